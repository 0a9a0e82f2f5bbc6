"""Suggested edits in the admin: what an editor sees, and what the buttons do."""

from __future__ import annotations

from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from lxml import html as lxml_html

from annotations.admin import links
from annotations.models import Annotation, AppliedSuggestion
from annotations.services.accepting import accept_suggestion
from tests.factories import make_user
from tests.factories.annotations import annotate, open_version
from tests.integration.annotations.test_accepting import (
    NEW,
    TEXT,
    WORDS,
    draft_texts,
    edit,
    is_open,
    publish_draft,
    stored,
    suggest,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("root")]


@pytest.fixture
def editor():
    return make_user("editor")


@pytest.fixture
def client(editor) -> Client:
    client = Client()
    client.force_login(editor)
    return client


def url(name, annotation) -> str:
    return reverse(f"synopse_annotations:{name}", args=[annotation.pk])


def shown(client, address):
    response = client.get(address)
    assert response.status_code == 200
    return lxml_html.fromstring(response.content.decode())


def having(page, classname, then=""):
    """Return what has a class, or what stands below it."""
    classes = f"contains(concat(' ', @class, ' '), ' {classname} ')"
    return page.xpath(f".//*[{classes}]{then}")


def panel(client, annotation):
    page = shown(client, links.annotation_url(annotation.pk))
    (found,) = having(page, "synopse-suggestion")
    return found


def fields(page) -> dict[str, str]:
    """What the form on the page would send as it stands; the first line feed of a box is none."""
    (form,) = having(page, "synopse-bench__main")
    sent = dict(form.form_values())
    sent.pop("csrfmiddlewaretoken")
    return {name: value.removeprefix("\n") for name, value in sent.items()}


def press(client, page, name):
    """Press a button outside of the long form, as a browser would."""
    form = next(
        button.getparent()
        for button in page.xpath(".//form//button")
        if unescape(button.text_content()).strip() == name
    )
    while form.tag != "form":
        form = form.getparent()
    return client.post(form.get("action"), dict(form.form_values()), follow=True)


def test_an_editor_takes_a_suggestion_over_and_back_with_two_buttons(client):
    version = open_version(TEXT)
    suggestion = suggest(version)
    found = panel(client, suggestion)
    assert found.get("data-state") == "clean"
    assert [one.text_content().strip() for one in found.xpath(".//ins")][-1].endswith(NEW)

    response = press(client, found, "In den Entwurf übernehmen")

    assert draft_texts(version)[0] == "Die Busse fahren alle zehn Minuten in den Ort."
    assert not is_open(suggestion)
    assert "Die Wörter stehen jetzt im Entwurf." in response.content.decode()
    press(client, panel(client, suggestion), "Zurücknehmen")
    assert draft_texts(version)[0] == "Die Busse fahren jede Stunde in den Ort."
    assert is_open(suggestion)
    history = having(panel(client, suggestion), "synopse-history", "/li")
    assert len(history) == 1
    assert "zurückgenommen" in history[0].text_content()


def test_what_was_shown_must_still_hold_when_the_button_is_pressed(client):
    version = open_version(TEXT)
    suggestion = suggest(version)
    found = panel(client, suggestion)
    edit(version, "in den Ort", "ins Dorf")

    response = press(client, found, "In den Entwurf übernehmen")

    assert "Der Entwurf hat sich inzwischen geändert." in response.content.decode()
    assert not AppliedSuggestion.objects.exists()


def test_other_words_are_filled_in_with_the_suggestion_and_need_a_reason(client):
    version = open_version(TEXT)
    suggestion = suggest(version)
    address = url("accept", suggestion)
    sent = fields(shown(client, address))
    assert sent["wording"] == "Die Busse fahren alle zehn Minuten in den Ort."
    sent |= {"wording": "Die Busse fahren öfter in den Ort.", "outcome": "partly_adopted"}

    refused = client.post(address, sent)
    assert refused.status_code == 200
    assert "fahren öfter" in refused.content.decode(), "the words stay"
    assert draft_texts(version)[0] == "Die Busse fahren jede Stunde in den Ort."

    assert client.post(address, sent | {"reason": "Mehr geht nicht."}).status_code == 302
    assert draft_texts(version)[0] == "Die Busse fahren öfter in den Ort."
    suggestion.refresh_from_db()
    assert suggestion.disposition.outcome == "partly_adopted"


def test_the_form_begins_with_adopted_and_leads_back_to_where_it_was_opened(client):
    suggestion = suggest(open_version(TEXT), WORDS, NEW)
    page = shown(client, f"{url('accept', suggestion)}?next=/admin/pages/7/edit/%23tab")
    assert page.xpath("//input[@name='outcome'][@checked]/@value") == ["adopted"]
    assert page.xpath("//a[text()='Zurück']/@href") == ["/admin/pages/7/edit/#tab"]


def test_a_conflict_shows_both_texts_and_a_field(client):
    version = open_version(TEXT)
    suggestion = suggest(version)
    edit(version, WORDS, "jede halbe Stunde")
    found = panel(client, suggestion)
    assert found.get("data-state") == "conflict"
    assert any("halbe" in one.text_content() for one in found.xpath(".//ins"))
    assert any("halbe" in one.text_content() for one in found.xpath(".//del"))
    assert not found.xpath(".//form")

    page = shown(client, url("accept", suggestion))
    assert not page.xpath("//input[@name='outcome'][@checked]")
    sent = fields(page) | {"outcome": "adopted"}
    assert client.post(url("accept", suggestion), sent).status_code == 302
    assert draft_texts(version)[0] == "Die Busse fahren alle zehn Minuten in den Ort."


def test_a_draft_that_changed_while_somebody_wrote_is_shown_anew_and_the_words_stay(client):
    version = open_version(TEXT)
    suggestion = suggest(version)
    address = url("accept", suggestion)
    sent = fields(shown(client, address)) | {"outcome": "adopted"}
    edit(version, "in den Ort", "ins Dorf")

    refused = client.post(address, sent)

    assert draft_texts(version)[0] == "Die Busse fahren jede Stunde ins Dorf."
    again = fields(lxml_html.fromstring(refused.content.decode()))
    assert again["wording"] == sent["wording"]
    assert client.post(address, again | {"reason": "So soll es sein."}).status_code == 302
    assert draft_texts(version)[0] == sent["wording"]


def test_two_suggestions_for_one_place_stand_side_by_side_and_show_each_others_state(
    client, editor
):
    version = open_version(TEXT)
    one, rival = suggest(version), suggest(version, "fahren jede Stunde", "fahren nachts")
    suggest(version, "Radwege", "Breite Radwege", position=1)
    beside = having(panel(client, rival), "synopse-beside", "/li")
    assert [one.user_name in item.text_content() for item in beside] == [True]
    assert "für dieselben Wörter" in beside[0].text_content()

    accept_suggestion(annotation=one, actor=editor)

    found = panel(client, rival)
    assert found.get("data-state") == "conflict"
    assert "im Entwurf" in having(found, "synopse-beside", "/li")[0].text_content()


def test_the_form_of_a_disposition_offers_the_suggestion_too(client):
    version = open_version(TEXT)
    suggestion = suggest(version)

    page = shown(client, links.dispose_url([suggestion.pk]))
    press(client, having(page, "synopse-suggestion")[0], "In den Entwurf übernehmen")

    assert not is_open(suggestion)
    both = shown(client, links.dispose_url([suggest(version).pk, annotate(version).pk]))
    assert not having(both, "synopse-suggestion")


def test_what_is_public_offers_nothing_to_take_back(client, editor):
    version = open_version(TEXT)
    suggestion = suggest(version)
    accept_suggestion(annotation=suggestion, actor=editor)
    publish_draft(version)

    found = panel(client, suggestion)

    assert not found.xpath(".//form")
    client.post(url("take_back", suggestion))
    assert AppliedSuggestion.objects.get().taken_back_at is None


def test_a_locked_page_says_why_nothing_can_be_taken_over(client):
    version = open_version(TEXT)
    suggestion = suggest(version)
    page = stored(version)
    page.locked, page.locked_by = True, make_user("superuser")
    page.save(update_fields=["locked", "locked_by"])

    found = panel(client, suggestion)

    assert not found.xpath(".//form")
    assert having(found, "help-block")


def test_words_that_left_the_draft_again_are_announced(client, editor):
    version = open_version(TEXT)
    suggestion = suggest(version)
    accept_suggestion(annotation=suggestion, actor=editor)
    assert not having(panel(client, suggestion), "help-warning")

    edit(version, NEW, WORDS)

    assert having(panel(client, suggestion), "help-warning")


def test_hostile_words_of_a_suggestion_stay_text(client):
    version = open_version(TEXT)
    hostile = "<script>window.__pwn=1</script><img src=x onerror=alert(1)>"
    suggestion = suggest(version, proposed=hostile)
    assert hostile not in client.get(links.annotation_url(suggestion.pk)).content.decode()

    press(client, panel(client, suggestion), "In den Entwurf übernehmen")

    assert hostile in draft_texts(version)[0]
    assert "<script>window" not in stored(version).latest_revision.content["body"]


def test_the_queries_do_not_grow_with_the_suggestions(client, django_assert_max_num_queries):
    version = open_version(TEXT)
    suggestion = suggest(version)
    address = links.annotation_url(suggestion.pk)
    client.get(address)
    with django_assert_max_num_queries(100) as one:
        client.get(address)
    for number in range(8):
        suggest(version, proposed=f"alle {number} Minuten")

    with django_assert_max_num_queries(len(one.captured_queries)):
        client.get(address)
    assert Annotation.objects.count() == 9
