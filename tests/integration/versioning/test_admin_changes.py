"""The changes of a version in the admin: by paragraphs, with the words around them."""

import json

import pytest
from django.urls import reverse
from lxml import html as lxml_html

from tests.factories import make_draft, make_user, publish
from tests.factories.ways import decide, hand_over
from versioning import doors
from versioning.admin import changes as admin_changes
from versioning.change_groups import add_context, groups_of, pages_of
from versioning.comparisons import compare_versions
from versioning.doors import GateLine, RouteBody
from versioning.exports.as_json import comparison_json
from versioning.exports.printed import reasons_below
from versioning.exports.sources import Tracked
from versioning.models import Version
from versioning.services.changes import explain_changes
from versioning.services.progress import asking_steps
from versioning.services.withholding import withhold_passage

pytestmark = pytest.mark.django_db

OLD = "<p>Kinder*innen, Lehrer*innen und Bürger*innen reden mit.</p><p>Wir planen <b>eins</b>.</p>"
NEW = OLD.replace("*", ":").replace("eins", "zwei & <i>drei</i>")


@pytest.fixture(autouse=True)
def _only_our_doors(monkeypatch, root):
    monkeypatch.setattr(doors, "_reason_sources", [])


@pytest.fixture
def version():
    draft = make_draft(title="Strategie", html=OLD)
    publish(draft)
    return publish(draft, html=NEW)


def _groups(version):
    groups = groups_of(version, list(version.changes.all()))
    for group in groups:
        group.listed = group.places
    return groups


def _url(version):
    return reverse("synopse_versions:changes", args=[version.pk])


def _page(client, version, query=""):
    client.force_login(make_user("editor"))
    return lxml_html.fromstring(client.get(_url(version) + query).content.decode())


def test_places_of_one_paragraph_stand_together_with_the_words_around_them(client, version):
    first, second = _page(client, version).xpath("//li[@data-syn-group]")
    assert len(first.xpath(".//input[@name='change']")) == 3
    assert not second.xpath(".//input[@name='change']")
    words = first.xpath("./p[contains(@class, 'syn-draft__words')]")[0]
    for hidden in words.xpath(".//*[@class='w-sr-only']"):
        hidden.drop_tree()
    for gone in words.xpath(".//del"):
        gone.drop_tree()
    assert words.text_content() == version.passages.all()[0].text


def test_words_are_escaped_and_say_what_became_of_them(client):
    draft = make_draft(html="<p>Wir planen eins und mehr davon.</p>")
    publish(draft)
    version = publish(draft, html="<p>Wir planen &lt;script&gt; und mehr davon.</p>")
    client.force_login(make_user("editor"))
    page = client.get(_url(version)).content.decode()
    assert "planen <script>" not in page
    assert "&lt;script&gt;" in page
    assert page.count('<span class="w-sr-only"> eingefügt:') == 1


@pytest.mark.parametrize("kind", ["group", "change"])
def test_a_reason_is_given_to_a_whole_paragraph_or_to_a_single_place(client, version, kind):
    client.force_login(make_user("editor"))
    first, second = (group.places for group in _groups(version))
    chosen = {"group": [first[0].change.pk], "change": [first[1].change.pk]}
    response = client.post(_url(version), {kind: chosen[kind], "reason": "Lesbarer"})
    assert response.status_code == 302
    meant = {place.change.pk for place in first} if kind == "group" else {first[1].change.pk}
    explained = set(version.changes.exclude(reason="").values_list("pk", flat=True))
    assert explained == meant
    assert not explained & {place.change.pk for place in second}


def test_the_box_of_a_paragraph_leaves_reasons_that_the_list_does_not_show(client, version):
    client.force_login(make_user("editor"))
    first = _groups(version)[0].places
    client.post(_url(version), {"change": [first[0].change.pk], "reason": "Eigener Grund"})
    data = {"group": [first[0].change.pk], "reason": "Lesbarer"}
    assert client.post(_url(version) + "?reasons=missing", data).status_code == 302
    reasons = [version.changes.get(pk=place.change.pk).reason for place in first]
    assert reasons == ["Eigener Grund", "Lesbarer", "Lesbarer"]


def test_ticks_stay_when_the_reason_is_missing(client, version):
    client.force_login(make_user("editor"))
    first, second = _groups(version)
    data = {"group": [second.key], "change": [first.places[2].change.pk]}
    tree = lxml_html.fromstring(client.post(_url(version), data).content.decode())
    ticked = tree.xpath("//li[@data-syn-group]//input[@checked]/@value")
    assert ticked == [str(first.places[2].change.pk), str(second.key)]


def test_no_paragraph_is_torn_apart_by_a_page_break(client, version, monkeypatch):
    monkeypatch.setattr(admin_changes, "PER_PAGE", 2)
    shown = [
        tree.xpath("//li[@data-syn-group]//input[@name='group']/@value")
        for tree in (_page(client, version), _page(client, version, "?p=2"))
    ]
    assert shown == [[str(group.key)] for group in _groups(version)]
    assert [len(page) for page in pages_of(_groups(version), 100)] == [2]


def test_long_words_between_two_places_are_left_out():
    middle = " ".join(f"wort{number}" for number in range(200))
    draft = make_draft(html=f"<p>Anfang eins {middle} eins Ende.</p>")
    publish(draft)
    version = publish(draft, html=f"<p>Anfang zwei {middle} zwei Ende.</p>")
    (group,) = _groups(version)
    add_context([group])
    text = "".join(text for operation, text in group.runs() if operation != "delete")
    assert text.startswith("Anfang zwei wort0 ")
    assert text.endswith(" wort199 zwei Ende.")
    assert " … " in text
    assert len(text) < 250


def test_around_withheld_words_nothing_is_shown(version):
    passage = version.passages.all()[0]
    withhold_passage(passage=passage, ground="Gericht", actor=make_user("superuser"))
    groups = _groups(version)
    add_context(groups)
    shown = " ".join(text for group in groups for _operation, text in group.runs())
    assert "Kinder" not in shown
    assert "Wir planen" in shown


def test_paragraphs_of_a_page_need_no_query_each(version, django_assert_num_queries):
    with django_assert_num_queries(4):
        add_context(_groups(version))


# Bodies that asked for changes

ROUTE = [RouteBody("Rat der Bürgermeister", "heard"), RouteBody("Senat", "resolves")]
BODY = "Rat der Bürgermeister: Mit Änderungen zugestimmt"


@pytest.fixture
def amended(monkeypatch):
    """Return a version that holds what the council asked for, and more."""
    answered = [GateLine("annotations", "Alles beantwortet.", done=True)]
    monkeypatch.setattr(doors, "_gate_checks", [lambda version: answered])
    monkeypatch.setattr(doors, "_route_sources", [lambda page: ROUTE])
    draft, senate = make_draft(title="Strategie", html=OLD), make_user("senate")
    publish(draft)
    decide(hand_over(draft, html=NEW, actor=senate), "agreed_with_changes", actor=senate)
    return publish(draft, html=NEW.replace("drei", "vier").replace("reden", "sprechen"))


def test_a_body_that_asked_for_changes_is_named_for_all_without_a_reason_by_one_click(
    client, amended
):
    page = _page(client, amended)
    assert "Bitte kürzer." in page.text_content()
    (form,) = [form for form in page.forms if form.xpath(".//button[@name='missing']")]
    fields = {name: value for name, value in form.form_values() if name != "csrfmiddlewaretoken"}

    assert client.post(_url(amended), {**fields, "missing": "on"}).status_code == 302

    assert set(amended.changes.values_list("step__body", "reason")) == {
        ("Rat der Bürgermeister", "Bitte kürzer.")
    }
    assert not _page(client, amended).xpath("//button[@name='missing']")


def test_a_body_is_chosen_for_some_changes_with_words_of_the_editors(client, amended):
    change, other = amended.changes.order_by("position")
    page = _page(client, amended)
    (option,) = page.xpath("//input[@name='quick'][@type='radio'][starts-with(@value, 'body-')]")
    data = {"quick": option.get("value"), "change": change.pk, "reason": "So beschlossen."}

    assert client.post(_url(amended), data).status_code == 302

    change.refresh_from_db()
    assert (change.step.body, change.reason) == ("Rat der Bürgermeister", "So beschlossen.")
    other.refresh_from_db()
    assert (other.step, other.reason) == (None, "")


def test_without_a_body_that_asked_none_is_offered(client, version):
    page = _page(client, version)
    assert not page.xpath("//input[starts-with(@value, 'body-')]")
    client.post(_url(version), {"quick": "body-1", "every": "on", "reason": "Nein"})
    assert not version.changes.exclude(reason="").exists()


@pytest.fixture
def explained(amended):
    """Return the version, with the council behind all its changes."""
    (step,) = asking_steps(amended.page)
    changes = list(amended.changes.all())
    explain_changes(changes=changes, reason="", actor=make_user("editor"), step=step)
    return amended


def test_the_pages_about_changes_name_the_body_and_lead_to_its_submission(client, explained):
    numbers = [explained.page_id, explained.number - 1, explained.number]
    comparison = client.get(reverse("versioning:comparison", args=numbers)).content.decode()
    change = explained.changes.first()
    address = reverse("versioning:origin", args=[explained.page_id, explained.number])
    origin = client.get(f"{address}?change={change.pk}").content.decode()

    for page in (comparison, origin):
        tree = lxml_html.fromstring(page)
        (reason, *_others) = tree.xpath("//*[contains(@class, 'syn-reason--body')]")
        words = " ".join(reason.text_content().split())
        assert BODY in words
        assert "Bitte kürzer." in words
        assert "Zur Vorlage" in words
        assert reason.xpath(".//a/@href") == [change.step.submission.get_absolute_url()]


def test_the_files_of_a_comparison_name_the_body(explained):
    before = Version.objects.get(page=explained.page_id, number=explained.number - 1)
    comparison = compare_versions(before, explained)

    data = json.loads(comparison_json(comparison))
    reasons = [reason for row in data["rows"] for reason in row["reasons"]]
    assert {(one["kind"], one["title"], one["text"]) for one in reasons} == {
        ("body", BODY, "Bitte kürzer.")
    }
    notes = [note.text for found in Tracked(comparison).notes().values() for note in found]
    assert len(notes) == 2
    assert all(words.startswith(f"{BODY}\nBitte kürzer.") for words in notes)
    below = [reason.title for row in comparison.rows for reason in reasons_below(row)]
    assert below == [BODY] * 2
