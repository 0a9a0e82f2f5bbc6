import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from annotations.admin import links
from annotations.admin.candidates import candidates_for
from annotations.models import (
    Disposition,
    Placement,
    PlacementState,
    State,
)
from annotations.services.following import follow
from tests.admin_pages import (
    HTML,
    LIVING,
    NEW_HTML,
    listed,
    said,
    signed_in,
    text_of,
    waiting_annotation,
)
from tests.factories import make_draft, publish
from tests.factories.annotations import (
    annotate,
    answer,
    dispose,
    next_version,
    open_version,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("root")]


def test_an_editor_answers_several_annotations_of_a_document_together():
    version = open_version(HTML)
    one, two = annotate(version), annotate(version, position=3)
    client = signed_in("editor")
    url = links.dispose_url([one.pk, two.pk], next_url=links.listing_url())

    response = client.post(url, {"outcome": "not_adopted", "reason": "Zu teuer."})

    disposition = Disposition.objects.get()
    assert set(disposition.annotations.all()) == {one, two}
    assert response.url == links.listing_url()
    assert disposition.public_at is None
    assert said(response) == said_when(public=False)


def said_when(*, public: bool) -> str:
    from django.utils.translation import gettext, override

    with override("de"):
        if public:
            return gettext("The disposition is saved and public.")
        return gettext("The disposition is saved. It becomes public with the next version.")


def test_an_answer_is_public_at_once_where_the_page_says_so():
    draft = make_draft(html=HTML, dispositions_public="at_once")
    version = publish(draft, closes=open_version(HTML).closes)
    annotation = annotate(version)

    response = signed_in("editor").post(
        links.dispose_url([annotation.pk]), {"outcome": "noted", "reason": ""}
    )

    assert Disposition.objects.get().public_at is not None
    assert said(response) == said_when(public=True)


@pytest.mark.parametrize("outcome", ["partly_adopted", "not_adopted", "answered"])
def test_a_missing_reason_is_told_at_its_field_and_the_text_stays(outcome):
    annotation = annotate(open_version(HTML))
    client = signed_in("editor")

    response = client.post(
        links.dispose_url([annotation.pk]),
        {"outcome": outcome, "reason": " ", "internal_note": "Mit dem Referat sprechen."},
    )

    assert response.status_code == 200
    assert "reason" in response.context["form"].errors
    assert "Mit dem Referat sprechen." in text_of(response)
    assert not Disposition.objects.exists()


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"outcome": "anything"},
        {"outcome": "noted", "due_on": "gestern"},
        {"outcome": "noted", "changes": ["4711"]},
        {"outcome": "noted", "office": "x" * 500},
        {"outcome": "noted", "reason": "x" * 20_000},
        {"outcome": "noted", "reason": "\x00"},
    ],
)
def test_a_broken_answer_is_refused_with_words(form):
    version = open_version(HTML)
    annotation = annotate(version, "dort wohnen", position=1)
    follow(version_id=next_version(version, NEW_HTML).pk)
    response = signed_in("editor").post(links.dispose_url([annotation.pk]), form)
    assert response.status_code == 200
    assert response.context["form"].errors
    assert not Disposition.objects.exists()


@pytest.mark.parametrize("ids", [[], ["x"], ["99999999999999999999"], ["4711"], ["-1"]])
def test_without_a_choice_the_form_leads_back_with_a_message(ids):
    client = signed_in("editor")
    response = client.get(reverse("synopse_annotations:dispose"), {"id": ids})
    assert response.url == links.listing_url()
    assert said(response)


def test_annotations_of_two_documents_are_not_answered_together():
    one, two = annotate(open_version(HTML)), annotate(open_version(HTML))
    client = signed_in("editor")
    url = links.dispose_url([one.pk, two.pk])

    assert client.get(url).url == links.listing_url()
    client.post(url, {"outcome": "noted"})
    assert not Disposition.objects.exists()


def test_what_is_answered_already_is_left_out_of_a_choice():
    version = open_version(HTML)
    answered, open_one = annotate(version), annotate(version)
    first = dispose(answered)
    client = signed_in("editor")

    page = client.get(links.dispose_url([answered.pk, open_one.pk]))
    assert page.context["left_out"]
    client.post(links.dispose_url([answered.pk, open_one.pk]), {"outcome": "noted"})

    answered.refresh_from_db()
    open_one.refresh_from_db()
    assert answered.disposition_id == first.pk
    assert open_one.disposition_id not in {None, first.pk}


def test_saving_can_lead_to_the_next_open_annotation():
    version = open_version(HTML)
    later, first = annotate(version, position=3), annotate(version, position=1)
    client = signed_in("editor")

    form = {"outcome": "noted", "next_open": "yes"}
    response = client.post(links.dispose_url([first.pk]), form)
    assert parse_qs(urlsplit(response.url).query)["id"] == [str(later.pk)]

    response = client.post(links.dispose_url([later.pk]), form)
    assert response.url == links.annotation_url(later.pk)


def test_an_answer_never_leads_to_a_foreign_host():
    annotation = annotate(open_version(HTML))
    url = links.dispose_url([annotation.pk], next_url="https://evil.example/")
    response = signed_in("editor").post(url, {"outcome": "noted"})
    assert response.url == links.annotation_url(annotation.pk)


def test_the_changes_of_the_annotated_words_are_offered_first():
    version = open_version(HTML)
    living, bus = annotate(version, "dort wohnen", position=1), annotate(version, position=3)
    new = next_version(version, NEW_HTML.replace("Busse", "Bahnen"))
    follow(version_id=new.pk)
    client = signed_in("editor")

    touching = candidates_for([living]).touching
    assert [change.new_words for change in touching] == ["hier leben"]
    groups = client.get(links.dispose_url([living.pk])).context["form"].fields["changes"].choices
    assert [value for value, _label in groups[0][1]] == [str(touching[0].pk)]

    other = candidates_for([living]).others[0]
    form = {"outcome": "adopted", "changes": [str(other.pk)]}
    client.post(links.dispose_url([living.pk]), form)
    assert list(Disposition.objects.get().changes.all()) == [other]
    assert [change.new_words for change in candidates_for([bus]).touching] == ["Bahnen"]


def test_without_a_newer_version_no_changes_are_offered():
    annotation = annotate(open_version(HTML))
    form = signed_in("editor").get(links.dispose_url([annotation.pk])).context["form"]
    assert "changes" not in form.fields


def test_a_changed_answer_keeps_its_history():
    annotation = annotate(open_version(HTML))
    disposition = dispose(annotation, outcome="not_adopted", reason="Zu teuer.")
    client = signed_in("editor")
    url = links.disposition_url(disposition.pk)

    assert client.get(url).context["form"].initial["reason"] == "Zu teuer."
    client.post(url, {"outcome": "adopted", "reason": "Doch bezahlbar."})

    page = text_of(client.get(links.annotation_url(annotation.pk)))
    assert "Zu teuer." in page
    assert "Doch bezahlbar." in page


def test_the_page_shows_the_marked_words_and_what_became_of_them():
    version = open_version(HTML)
    annotation = annotate(version, LIVING, position=1)
    answer(annotation, body="Sehe ich auch so.")
    follow(version_id=next_version(version, NEW_HTML).pk)

    page = text_of(signed_in("reviewer").get(links.annotation_url(annotation.pk)))

    assert f"<mark>{LIVING}</mark>" in page
    assert re.search(r"<del>.*?dort wohnen</del>", page)
    assert re.search(r"<ins>.*?hier leben</ins>", page)
    assert "Sehe ich auch so." in page


def test_hiding_asks_for_a_ground_and_showing_again_is_logged():
    annotation = annotate(open_version(HTML))
    client = signed_in("moderator")
    url = links.moderation_url("hide", annotation.pk)

    refused = client.post(url, {"state": "hidden", "ground": " "})
    assert "ground" in refused.context["form"].errors
    client.post(url, {"state": "hidden", "basis": "house_rules", "ground": "Beleidigung"})
    annotation.refresh_from_db()
    assert annotation.state == State.HIDDEN

    page = text_of(client.get(links.annotation_url(annotation.pk)))
    assert "Beleidigung" in page
    client.post(links.moderation_url("show", annotation.pk))
    annotation.refresh_from_db()
    assert annotation.state == State.PUBLIC
    assert annotation.moderation_events.count() == 2


def test_a_reply_is_hidden_on_its_own():
    annotation = annotate(open_version(HTML))
    reply = answer(annotation)
    client = signed_in("moderator")

    form = {"state": "spam", "basis": "house_rules", "ground": "Werbung"}
    response = client.post(links.moderation_url("hide", reply.pk), form)

    reply.refresh_from_db()
    annotation.refresh_from_db()
    assert (reply.state, annotation.state) == (State.SPAM, State.PUBLIC)
    assert response.url == links.annotation_url(annotation.pk)


def test_what_waits_is_released_once():
    annotation = waiting_annotation(open_version(HTML))
    client = signed_in("moderator")
    url = links.moderation_url("release", annotation.pk)

    response = client.post(url)
    annotation.refresh_from_db()
    assert annotation.state == State.PUBLIC
    (said,) = get_messages(response.wsgi_request)
    assert f'href="{links.desk_url()}"' in str(said)  # on to what still waits
    again = client.post(url)
    assert again.status_code == 302
    assert annotation.moderation_events.count() == 1


@pytest.fixture
def unplaced():
    """Return a place that a person has to choose, with two candidates."""
    version = open_version(HTML)
    annotation = annotate(version, "dort", position=1)
    new = next_version(version, NEW_HTML + "<p>Wer dort lebt, wohnt dort.</p>")
    last = new.passages.order_by("-position")[0]
    placement, _created = Placement.objects.update_or_create(
        annotation=annotation,
        version=new,
        defaults={
            "passage": None,
            "start": None,
            "end": None,
            "state": PlacementState.MANUAL,
            "candidates": [[last.pk, 4, 8], [last.pk, 21, 25]],
        },
    )
    return placement


def test_a_place_is_chosen_from_the_candidates(unplaced):
    client = signed_in("editor")
    url = links.placement_url(unplaced.pk)
    assert listed(client, place="manual") == {unplaced.annotation_id}

    page = text_of(client.get(url))
    assert page.count("<mark>dort</mark>") == 3
    client.post(url, {"place": "1"})

    unplaced.refresh_from_db()
    assert (unplaced.start, unplaced.end) == (21, 25)
    assert unplaced.placed_by is not None
    assert listed(client, place="manual") == set()


def test_a_person_can_say_that_the_words_are_gone(unplaced):
    signed_in("editor").post(links.placement_url(unplaced.pk), {"place": "removed"})
    unplaced.refresh_from_db()
    assert unplaced.state == PlacementState.REMOVED


@pytest.mark.parametrize("place", ["", "2", "-1", "x"])
def test_a_place_that_was_not_offered_is_refused(unplaced, place):
    response = signed_in("editor").post(links.placement_url(unplaced.pk), {"place": place})
    assert response.status_code == 200
    assert response.context["form"].errors
    unplaced.refresh_from_db()
    assert unplaced.state == PlacementState.MANUAL
