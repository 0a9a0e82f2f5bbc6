"""Containers, pages and annotations as the Web Annotation Protocol wants them to be read."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from annotations.api import documents
from annotations.services import moderating
from annotations.services.editing import edit_annotation
from annotations.services.following import follow
from tests.factories import make_user
from tests.factories.annotations import annotate, answer, dispose, next_version, open_version
from tests.integration.api.calls import ANNO, BASE, address, container, links, methods, problem
from versioning.services.withholding import withhold_passage

pytestmark = pytest.mark.django_db

LDP = "http://www.w3.org/ns/ldp#"
OA = "http://www.w3.org/ns/oa#"
MINIMAL = f'return=representation;include="{LDP}PreferMinimalContainer"'
IRIS = f'return=representation; include="{OA}PreferContainedIRIs"'
DESCRIPTIONS = f'return=representation;include="{OA}PreferContainedDescriptions"'
READ = {"GET", "HEAD", "OPTIONS"}


def document(response):
    assert response.status_code == 200, response.content
    return json.loads(response.content)


# An annotation


def test_an_annotation_tells_words_place_kind_and_public_name(version, stranger):
    made = annotate(version, "Stadt", position=1, body="Wirklich?", motivation="questioning")
    found = document(stranger.get(address(made)))
    assert found == {
        "@context": ANNO,
        "id": BASE + address(made),
        "type": "Annotation",
        "motivation": "questioning",
        "creator": {"type": "Person", "name": made.user_name},
        "created": found["created"],
        "body": {
            "type": "TextualBody",
            "value": "Wirklich?",
            "format": "text/plain",
            "language": version.locale.language_code,
            "purpose": "questioning",
        },
        "target": {
            "type": "SpecificResource",
            "source": BASE + version.get_absolute_url(),
            "selector": {
                "type": "FragmentSelector",
                "conformsTo": "http://tools.ietf.org/rfc/rfc3236",
                "value": f"p-{made.passage.uid}",
                "refinedBy": [
                    {
                        "type": "TextQuoteSelector",
                        "exact": "Stadt",
                        "prefix": "Die ",
                        "suffix": " gehört allen.",
                    },
                    {"type": "TextPositionSelector", "start": 4, "end": 9},
                ],
            },
        },
    }
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", found["created"])


def test_the_place_of_an_annotation_leads_to_its_words(version, stranger):
    made = annotate(version, "allen", position=1)
    target = document(stranger.get(address(made)))["target"]
    page = stranger.client.get(target["source"])
    assert page.status_code == 200
    assert f'id="{target["selector"]["value"]}"' in page.content.decode()


def test_a_suggested_edit_has_two_bodies_and_a_reply_an_annotation_as_target(version, stranger):
    made = annotate(version, "Stadt", position=1, proposed="Gemeinde", body="Genauer.")
    edit, why = document(stranger.get(address(made)))["body"]
    assert (edit["value"], edit["purpose"]) == ("Gemeinde", "editing")
    assert (why["value"], why["purpose"]) == ("Genauer.", "commenting")
    reply = answer(made)
    found = document(stranger.get(address(reply)))
    assert (found["target"], found["motivation"]) == (BASE + address(made), "replying")


def test_long_quotes_are_given_whole(root, stranger):
    words = " ".join(f"Wort{number}" for number in range(300))
    made = annotate(open_version(f"<p>Anfang {words} Ende</p>"), words)
    quote = document(stranger.get(address(made)))["target"]["selector"]["refinedBy"][0]
    assert quote["exact"] == words


def test_later_versions_and_dispositions_are_told_in_our_own_words(version, stranger):
    made = annotate(version, "jede Stunde", position=2)
    dispose(made, outcome="not_adopted", reason="Kein Geld.")
    found = document(stranger.get(address(made)))
    assert "synopse:disposition" not in found  # it becomes public with the next version
    newest = next_version(version, "<h2>Wohnen</h2><p>Busse fahren jede Stunde, immer.</p>")
    follow(version_id=newest.pk)
    told = document(stranger.get(address(made)))
    assert told["target"] == found["target"]
    place = told["synopse:place"]
    assert place["synopse:state"] in {"intact", "moved"}
    assert place["synopse:passage"].startswith("p-")
    assert told["synopse:disposition"]["synopse:reason"] == "Kein Geld."
    assert told["@context"] == [ANNO, documents.OURS]


def test_withheld_words_are_told_by_nobody(version, stranger):
    secret = annotate(version, "allen", position=1, proposed="wenigen, nicht allen", body="Hm.")
    withhold_passage(passage=secret.passage, ground="Art. 17 DSGVO", actor=make_user("superuser"))
    text = stranger.get(address(secret)).content.decode()
    assert "allen" not in text
    assert "Hm." in text


def test_the_headers_of_an_annotation(version, stranger):
    made = annotate(version)
    response = stranger.get(address(made))
    assert response["Content-Type"] == f'application/ld+json; profile="{ANNO}"'
    assert links(response) == {"type": {f"{LDP}Resource"}}
    assert methods(response) == READ
    assert response["Content-Location"] == BASE + address(made)
    assert {"Accept", "Authorization"} <= set(response["Vary"].replace(",", "").split())
    head = stranger.call("HEAD", address(made))
    same = ("ETag", "Content-Type", "Link", "Allow", "Vary", "Content-Location")
    assert [head[name] for name in same] == [response[name] for name in same]
    options = stranger.call("OPTIONS", address(made))
    assert (options.status_code, methods(options)) == (200, READ)


def test_the_etag_changes_with_the_representation_and_only_then(version, stranger):
    made = annotate(version)
    first = stranger.get(address(made))["ETag"]
    annotate(version)
    assert stranger.get(address(made), Accept_Language="en")["ETag"] == first
    assert stranger.get(address(made), If_None_Match=first).status_code == 304
    edit_annotation(annotation=made, actor=made.user, body="Besser gesagt.")
    changed = stranger.get(address(made), If_None_Match=first)
    assert changed.status_code == 200
    assert changed["ETag"] != first
    assert "modified" in document(changed)


def test_addresses_carry_host_and_port_of_the_request(version, stranger):
    made = annotate(version)
    found = document(stranger.get(address(made), Host="stadt.example:8443"))
    assert found["id"] == f"http://stadt.example:8443{address(made)}"
    assert found["target"]["source"].startswith("http://stadt.example:8443/")


@pytest.mark.parametrize(
    ("accept", "given"),
    [
        ("", "application/ld+json"),
        ("*/*", "application/ld+json"),
        ("application/json", "application/json"),
        (f'application/ld+json; profile="{ANNO}"', "application/ld+json"),
        ("text/html, application/xhtml+xml, */*;q=0.8", "application/ld+json"),
        ("application/json;q=0.9, application/ld+json;q=0.1", "application/json"),
        ("application/*", "application/ld+json"),
        ("text/html", None),
        ("application/ld+json;q=0", None),
        ("*/*, application/*;q=0", None),
        ("nonsense;;,,", None),
    ],
)
def test_json_ld_is_given_to_whoever_accepts_it(version, stranger, accept, given):
    for url in (container(version), address(annotate(version))):
        response = stranger.get(url, Accept=accept)
        if given is None:
            assert problem(response)["status"] == 406
        else:
            assert response["Content-Type"].partition(";")[0] == given


# A container


def test_a_container_describes_itself_and_holds_its_first_page(version, stranger):
    made = [annotate(version, body=f"Stimme {number}") for number in range(3)]
    response = stranger.get(container(version))
    found = document(response)
    assert found["@context"] == [ANNO, "http://www.w3.org/ns/ldp.jsonld"]
    assert found["type"] == ["BasicContainer", "AnnotationCollection"]
    assert (found["total"], found["label"]) == (3, version.title)
    assert found["id"] == response["Content-Location"] == f"{BASE}{container(version)}?iris=0"
    assert found["first"]["type"] == "AnnotationPage"
    assert found["first"]["partOf"]["id"] == found["id"]
    assert [item["id"] for item in found["first"]["items"]] == [BASE + address(m) for m in made]
    assert found["first"]["items"][1] == document(stranger.get(address(made[1])))
    assert found["last"] == found["first"]["id"]
    assert "next" not in found["first"]
    assert found["modified"].endswith("Z")


def test_the_headers_of_a_container_stand_on_every_answer(version, stranger, program):
    url = container(version)
    answers = [
        stranger.get(url),
        stranger.call("HEAD", url),
        stranger.call("OPTIONS", url),
        stranger.get(url, Accept="text/html"),
        stranger.get(f"{url}?page=99"),
        stranger.get(f"{url}?page=x"),
        stranger.get(url.replace(str(version.page_id), "999999")),
        stranger.post(url, {}),
        program.post(url, "{"),
        program.put(url, {}),
        program.call("PATCH", url, {}),
    ]
    statuses = [response.status_code for response in answers]
    assert statuses == [200, 200, 200, 406, 404, 400, 404, 401, 400, 405, 405]
    for response in answers:
        assert links(response) == {
            "type": {f"{LDP}BasicContainer"},
            f"{LDP}constrainedBy": {"http://www.w3.org/TR/annotation-protocol/"},
        }
        assert {"Accept", "Prefer"} <= set(response["Vary"].replace(",", "").split())
        assert methods(response) >= READ
        assert "ETag" in response["Access-Control-Expose-Headers"]
    assert answers[0]["ETag"] == answers[1]["ETag"]
    assert "application/ld+json" in answers[2]["Accept-Post"]
    assert answers[0]["Accept-Post"]


def test_a_client_gets_what_it_prefers(version, stranger):
    made = annotate(version)
    url = container(version)
    minimal = stranger.get(url, Prefer=MINIMAL)
    assert isinstance(document(minimal)["first"], str)
    assert "contains" not in minimal.content.decode()
    assert minimal["Content-Location"] == document(minimal)["id"] == BASE + url
    assert minimal["Preference-Applied"] == "return=representation"
    iris = stranger.get(url, Prefer=IRIS)
    assert document(iris)["first"]["items"] == [BASE + address(made)]
    assert iris["Content-Location"] == document(iris)["id"] == f"{BASE}{url}?iris=1"
    whole = stranger.get(url, Prefer=DESCRIPTIONS)
    assert whole.content == stranger.get(url).content
    assert stranger.get(url, Prefer="respond-async, wait=10").content == whole.content
    both = stranger.get(url, Prefer=f'return=representation;include="{LDP}PreferMinimalContainer '
                                    f'{OA}PreferContainedIRIs"')  # fmt: skip
    assert "iris=1" in document(both)["first"]
    assert len({each["ETag"] for each in (minimal, iris, whole, both)}) == 4


@pytest.mark.parametrize("iris", [0, 1])
def test_walking_from_page_to_page_meets_every_annotation_once(
    version, stranger, iris, monkeypatch
):
    monkeypatch.setattr(documents, "PER_PAGE", 3)
    writer = make_user()
    made = [annotate(version, user=writer, body=f"Stimme {n}") for n in range(8)]
    described = document(stranger.get(f"{container(version)}?iris={iris}"))
    address_of_page, met, pages = described["first"]["id"], [], []
    while address_of_page:
        page = document(stranger.get(address_of_page))
        assert page["id"] == address_of_page
        assert page["type"] == "AnnotationPage"
        assert page["@context"] == ANNO
        assert page["partOf"]["id"] == described["id"]
        assert page["startIndex"] == len(met)
        assert page.get("prev") == (pages[-1] if pages else None)
        met += [item if iris else item["id"] for item in page["items"]]
        pages.append(address_of_page)
        address_of_page = page.get("next")
    assert met == [BASE + address(each) for each in made]
    assert (pages[-1], described["total"]) == (described["last"], 8)


def test_an_empty_container_has_no_page(version, stranger):
    found = document(stranger.get(container(version)))
    assert found["total"] == 0
    assert not {"first", "last", "modified"} & set(found)
    assert problem(stranger.get(f"{container(version)}?page=0"))["status"] == 404


def test_all_versions_of_a_page_share_a_container(version, stranger):
    annotate(version)
    newest = next_version(version, "<p>Ganz anders.</p>")
    annotate(newest)
    found = document(stranger.get(container(version)))
    sources = [item["target"]["source"] for item in found["first"]["items"]]
    assert sources == [BASE + each.get_absolute_url() for each in (version, newest)]


def test_allow_says_what_this_caller_may(version, stranger, program, user):
    own, other = annotate(version, user=user), annotate(version)
    url = container(version)
    assert methods(stranger.get(url)) == READ
    assert methods(program.get(url)) == READ | {"POST"}
    assert methods(program.get(address(other))) == READ
    assert methods(program.get(address(own))) == READ | {"PUT", "DELETE"}
    with time_machine.travel(timezone.now() + timedelta(minutes=20)):
        assert methods(program.get(address(own))) == READ | {"DELETE"}
    with time_machine.travel(timezone.now() + timedelta(days=8)):
        assert methods(program.get(url)) == READ


def test_other_pages_have_no_container(version, stranger):
    for page_id in (version.page.get_parent().pk, 1, 0, 10**20, 999_999):
        url = reverse("synopse_api:container", args=[page_id])
        assert problem(stranger.get(url))["status"] == 404


def test_below_the_interface_everything_is_told_as_a_problem(stranger, root):
    for path in ("nothing", "pages/1/", "pages/1/annotations/x", "pages/-1/annotations/", "\x00"):
        for method in ("GET", "POST", "DELETE"):
            assert problem(stranger.call(method, f"/api/{path}"))["status"] == 404


def test_what_moderators_hide_is_gone_and_a_reply_to_it_stays(version, stranger):
    made = annotate(version)
    reply = answer(made)
    moderating.hide_annotation(annotation=made, actor=make_user("moderator"), ground="Spam")
    assert problem(stranger.get(address(made)))["status"] == 410
    found = document(stranger.get(container(version)))
    assert [item["id"] for item in found["first"]["items"]] == [BASE + address(reply)]


# OpenAPI


def test_the_interface_describes_itself(stranger, root):
    described = document(stranger.get("/api/openapi.json"))
    paths = described["paths"]
    assert set(paths["/api/pages/{page_id}/annotations/"]) >= {"get", "options", "post"}
    one = paths["/api/pages/{page_id}/annotations/{uuid}"]
    assert set(one) >= {"get", "options", "put", "delete"}
    assert {"KeyAuth", "SessionAuth"} <= set(described["components"]["securitySchemes"])
    assert {"412", "428", "409", "422"} <= set(one["put"]["responses"])
    assert stranger.client.get("/api/").headers["Location"] == "/api/openapi.json"
    assert stranger.call("POST", "/api/openapi.json").status_code == 405
