"""A comparison as data: whole, stable, and without anybody's name."""

import json

import pytest
from django.urls import reverse

from tests.factories import make_draft, make_user, publish
from versioning.comparisons import compare_versions
from versioning.exports.as_json import comparison_json
from versioning.models import Change, Passage
from versioning.services.changes import explain_changes
from versioning.services.withholding import withhold_passage

pytestmark = pytest.mark.django_db

FIRST = "<h2>Ziele</h2><p>Die Stadt gehört allen Menschen.</p><p>Busse fahren jede Stunde.</p>"
SECOND = "<h2>Ziele</h2><p>Die Stadt gehört allen klugen Menschen.</p><p>Neu ist das Schiff.</p>"
HOSTILE = (
    "<h2>Titel ]]&gt; &lt;script&gt;alert(1)&lt;/script&gt;</h2><p>\u202eמחר أهلا 👩🏽‍🚒 "
    "a\u0301 &amp;lt;b&amp;gt;</p>"
)


@pytest.fixture
def versions(root):
    draft = make_draft(title="Strategie", html=FIRST)
    return [publish(draft, label="Entwurf"), publish(draft, html=SECOND)]


def read(versions):
    return json.loads(comparison_json(compare_versions(*versions)))


def test_it_names_both_versions_with_hash_date_and_whole_address(versions):
    data = read(versions)
    for name, version in zip(("old", "new"), versions, strict=True):
        assert data[name] == {
            "number": version.number,
            "label": version.label,
            "published_at": version.published_at.isoformat(),
            "content_hash": version.content_hash,
            "url": f"http://localhost{version.get_absolute_url()}",
        }
    assert (data["format"], data["format_version"]) == ("synopse-comparison", 1)
    assert data["engine"]["version"]
    assert data["engine"]["parameters"]


def test_its_runs_give_both_texts_back(versions):
    data = read(versions)
    for side, other in (("old", "insert"), ("new", "delete")):
        version = versions[side == "new"]
        found = {}
        for row in data["rows"]:
            text = "".join(words for operation, words in row["runs"] if operation != other)
            for passage, words in zip(row[side], text.split("\n"), strict=False):
                found[passage["position"]] = (passage["uid"], words)
        expected = version.passages.in_order().values_list("uid", "text")
        assert [found[at] for at in sorted(found)] == [(str(u), t) for u, t in expected]


def test_each_change_has_a_lasting_address_and_the_ids_of_what_is_stored(versions):
    changed = [row for row in read(versions)["rows"] if row["relation"] != "kept"]
    assert [row["number"] for row in changed] == list(range(1, len(changed) + 1))
    assert all("?at=" in row["url"] for row in changed)
    ids = {change["id"] for row in changed for change in row["changes"]}
    assert ids == set(Change.objects.values_list("pk", flat=True))


def test_reasons_of_editors_stand_at_their_rows_without_a_name(versions):
    editor = make_user("superuser", username="frieda-geheim", first_name="Frieda")
    change = Change.objects.first()
    explain_changes(changes=[change], reason="Klarer gesagt.", actor=editor)
    content = comparison_json(compare_versions(*versions))
    assert b"Frieda" not in content
    assert b"frieda-geheim" not in content
    reasons = [reason for row in json.loads(content)["rows"] for reason in row.get("reasons", ())]
    assert [(reason["kind"], reason["text"]) for reason in reasons] == [
        ("editorial", "Klarer gesagt.")
    ]


def test_withheld_words_are_nowhere_and_their_ground_is(versions):
    passage = Passage.objects.get(version=versions[1], text__contains="klugen")
    withhold_passage(passage=passage, ground="Urteil", actor=make_user("superuser"))
    content = comparison_json(compare_versions(*versions)).decode()
    assert "Menschen" not in content
    withheld = [p for row in json.loads(content)["rows"] for p in row["new"] if "withheld" in p]
    assert [passage["withheld"]["ground"] for passage in withheld] == ["Urteil"]


def test_hostile_words_come_through_as_they_are(root):
    draft = make_draft(title="]]> <script>", html=HOSTILE)
    versions = [publish(draft), publish(draft, html=HOSTILE.replace("alert", "prompt"))]
    data = read(versions)
    words = "".join(text for row in data["rows"] for _operation, text in row["runs"])
    assert "]]> <script>" in words
    assert "👩🏽‍🚒" in words
    assert data["title"] == "]]> <script>"


def test_the_page_hands_it_out(client, versions):
    args = [versions[0].page_id, 1, 2, "json"]
    response = client.get(reverse("versioning:export_comparison", args=args))
    assert response["Content-Type"] == "application/json"
    assert response.json() == read(versions)
    assert client.post(response.request["PATH_INFO"]).status_code == 405
