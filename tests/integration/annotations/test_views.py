"""The public pages of annotations: passage, reply, confirmation, trace."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from django.core import signing
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import PageViewRestriction

from annotations.forms import SALT
from annotations.models import Annotation, State
from annotations.services.moderating import withdraw_annotation
from annotations.services.placement import place_annotations
from tests.annotation_pages import FETCH, NOBODY, close, link_in_mail, member, url_of, words
from tests.factories import make_user
from tests.factories.annotations import (
    annotate,
    answer,
    next_version,
    open_version,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def shared_version(shared_root):
    return open_version("<p>Die Stadt gehört allen.</p><p>Busse fahren oft.</p>")


def test_a_guest_writes_confirms_and_then_sees_the_annotation_on_the_reading_page(client, version):
    response = client.post(url_of(version), words(body="Wirklich allen?"), follow=True)
    made = Annotation.objects.get()
    assert response.redirect_chain[0][0] == reverse("annotations:sent", args=[made.uuid])
    assert made.state == State.UNCONFIRMED
    link = link_in_mail()

    assert client.get(link).status_code == 200
    made.refresh_from_db()
    assert made.state == State.UNCONFIRMED

    response = client.post(link)
    made.refresh_from_db()
    assert made.state == State.PUBLIC
    assert response.url == version.page.url
    html = client.get(response.url).content.decode()
    assert f'href="#a-{made.uuid}">Zum Beitrag</a>' in html
    assert f'id="a-{made.uuid}"' in html
    assert "Wirklich allen?" in html


def test_an_account_is_asked_neither_for_a_name_nor_for_an_address(client, version):
    user = member(client, username="ada")
    form = client.get(url_of(version)).context["form"]
    assert not {"name", "email"} & set(form.fields)
    response = client.post(url_of(version), words(name="Senatskanzlei"), follow=True)
    made = Annotation.objects.get()
    assert (made.user, made.user_name, made.state) == (user, "ada", State.PUBLIC)
    assert response.redirect_chain[0][0] == version.page.url
    assert [str(message) for message in response.context["messages"]]


def test_the_words_that_the_browser_chose_are_annotated(client, version):
    member(client)
    client.post(url_of(version), words(quote="Stadt", start="4", end="9"))
    made = Annotation.objects.get()
    assert (made.start, made.end, made.exact) == (4, 9, "Stadt")


def test_the_words_that_somebody_copied_are_found(client, version):
    member(client)
    client.post(url_of(version), words(quote="gehört allen"))
    assert Annotation.objects.get().exact == "gehört allen"


def test_offsets_that_do_not_hold_the_words_are_not_trusted(client, version):
    member(client)
    client.post(url_of(version), words(quote="allen", start="0", end="5"))
    assert Annotation.objects.get().start == 17


def test_words_that_do_not_stand_in_the_passage_are_refused_at_their_field(client, version):
    response = client.post(url_of(version), words(quote="Kühe", body="Bleibt stehen"))
    assert response.status_code == 422
    assert response.context["form"].errors["quote"]
    assert "Bleibt stehen" in response.content.decode()


def test_a_suggested_edit_is_stored_with_its_wording(client, version):
    member(client)
    client.post(
        url_of(version), words(motivation="editing", quote="allen", proposed="allen Menschen")
    )
    made = Annotation.objects.get()
    assert (made.motivation, made.proposed) == ("editing", "allen Menschen")
    html = client.get(version.page.url).content.decode()
    assert re.search(r"<ins>.*Menschen</ins>", html)


def test_a_suggested_edit_needs_a_wording(client, version):
    response = client.post(url_of(version), words(motivation="editing"))
    assert response.context["form"].errors["proposed"]


@pytest.mark.parametrize("field", ["body", "name", "email"])
def test_what_is_missing_is_said_at_its_field_and_in_a_summary(client, version, field):
    response = client.post(url_of(version), words(**{field: ""}))
    html = response.content.decode()
    assert response.status_code == 422
    assert response.context["form"].errors[field]
    assert re.search(r'<div class="syn-error-summary"[^>]* autofocus', html)
    assert f'href="#annotation-{field}"' in html
    assert response.context["form"][field].build_widget_attrs({})["aria-invalid"] == "true"
    assert re.search(rf'aria-describedby="[^"]*annotation-{field}_error', html)
    assert not Annotation.objects.exists()


def test_a_text_that_is_too_long_is_kept_and_told_by_how_much(client, version):
    response = client.post(url_of(version), words(body="x" * 3_004))
    assert "4" in response.context["form"].errors["body"][0]
    assert "x" * 3_004 in response.content.decode()


def test_a_form_sent_twice_stores_one_annotation(client, version):
    member(client)
    for _ in range(2):
        client.post(url_of(version), words(idempotency_key="k1"))
    assert Annotation.objects.count() == 1


def test_a_form_filled_in_by_a_machine_is_not_taken(client, version):
    response = client.post(url_of(version), words(website="http://spam.example"))
    assert response.status_code == 422
    assert not Annotation.objects.exists()
    html = response.content.decode()
    assert re.search(r'<input[^>]*name="website"[^>]*tabindex="-1"', html)


def test_a_form_sent_too_quickly_keeps_the_text_and_can_be_sent_again(client, version, settings):
    settings.SYNOPSE_MINIMUM_SECONDS = 3
    fresh = client.get(url_of(version)).context["form"]["started"].value()
    response = client.post(url_of(version), words(started=fresh))
    assert response.status_code == 422
    assert "Das sehe ich anders." in response.content.decode()
    old = signing.dumps(int(timezone.now().timestamp()) - 10, salt=SALT)
    assert client.post(url_of(version), words(started=old)).status_code == 302


def test_a_form_that_came_quickly_and_empty_hears_only_what_is_missing(client, version, settings):
    settings.SYNOPSE_MINIMUM_SECONDS = 3
    response = client.post(url_of(version), words(body=""))
    assert response.status_code == 422
    assert "Bitte schreiben Sie etwas" in response.text
    assert "sehr schnell" not in response.text


def test_a_forged_time_is_replaced_by_a_valid_one(client, version, settings):
    settings.SYNOPSE_MINIMUM_SECONDS = 3
    response = client.post(url_of(version), words(started="forged"))
    again = response.context["form"]["started"].value()
    assert signing.loads(again, salt=SALT)


def test_posting_without_the_csrf_token_is_refused(version):
    client = Client(enforce_csrf_checks=True)
    assert client.post(url_of(version), words()).status_code == 403
    assert not Annotation.objects.exists()


def test_a_window_that_closed_meanwhile_gives_the_text_back(client, version):
    close(version)
    response = client.post(url_of(version), words(body="Zu spät geschrieben"))
    assert response.status_code == 409
    assert "Zu spät geschrieben" in response.content.decode()
    assert not Annotation.objects.exists()


def test_a_closed_window_gives_back_even_an_incomplete_form(client, version):
    close(version)
    response = client.post(url_of(version), words(body="Zu spät", email=""))
    assert response.status_code == 409
    assert "Zu spät" in response.content.decode()


def test_a_version_that_is_no_longer_the_newest_gives_the_text_back(client, version):
    url = url_of(version)
    next_version(version, "<p>Die Stadt gehört uns allen.</p>")
    response = client.post(url, words(body="Zur alten Fassung"))
    html = response.content.decode()
    assert response.status_code == 409
    assert "Zur alten Fassung" in html
    assert version.page.url in html


def test_a_page_unpublished_meanwhile_gives_the_text_back(client, version):
    url = url_of(version)
    version.page.specific.unpublish()
    assert client.get(url).status_code == 404
    response = client.post(url, words(body="Ins Leere"))
    assert response.status_code == 409
    assert "Ins Leere" in response.content.decode()


def test_an_unknown_passage_gives_the_text_back(client, version):
    url = reverse("annotations:passage", args=[version.page_id, 1, uuid4()])
    assert client.get(url).status_code == 404
    response = client.post(url, words(body="Wohin damit"))
    assert response.status_code == 409
    assert "Wohin damit" in response.content.decode()


def test_a_closed_passage_shows_its_annotations_without_a_form(client, version):
    annotate(version, body="Früher gesagt")
    close(version)
    response = client.get(url_of(version))
    assert response.context["form"] is None
    assert "Früher gesagt" in response.content.decode()


def test_the_old_version_of_a_passage_leads_to_the_newest(client, version):
    url = url_of(version)
    next_version(version, "<p>Die Stadt gehört uns allen.</p>")
    response = client.get(url)
    assert response.context["form"] is None
    assert f'href="{version.page.url}"' in response.content.decode()


def test_a_restricted_page_shows_nothing_of_its_annotations(client, version):
    made = annotate(version)
    PageViewRestriction.objects.create(page=version.page, restriction_type="login")
    for url in (url_of(version), reverse("annotations:annotation", args=[made.uuid])):
        assert client.get(url).status_code == 404


@pytest.mark.parametrize(
    "url",
    [
        f"/de/versions/{10**20}/1/passages/{NOBODY}/",
        f"/de/versions/1/{10**20}/passages/{NOBODY}/",
        f"/de/versions/{10**20}/1/removed/",
        f"/de/annotations/{NOBODY}/",
        f"/de/annotations/{NOBODY}/reply/",
        f"/de/annotations/sent/{NOBODY}/",
        "/de/annotations/confirm/unknown/",
        f"/de/annotations/confirm/{'x' * 3000}/",
        "/de/annotations/confirm/%F0%9F%98%80/",
    ],
)
def test_addresses_of_nothing_are_not_found(client, root, url):
    assert client.get(url).status_code == 404
    assert client.post(url).status_code in {404, 405, 409}


def test_the_browser_module_gets_the_part_of_a_passage_alone(client, version):
    annotate(version)
    response = client.get(url_of(version), headers=FETCH)
    html = response.content.decode()
    assert "<html" not in html
    assert 'data-count="1"' in html
    assert 'id="annotation-form"' in html
    assert "X-Requested-With" in response["Vary"]


def test_the_browser_module_gets_the_new_card(client, version):
    member(client)
    response = client.post(url_of(version), words(body="Eben geschrieben"), headers=FETCH)
    html = response.content.decode()
    assert response.status_code == 201
    assert "<html" not in html
    assert "Eben geschrieben" in html
    assert "Ihre Worte ändern (15 Minuten lang möglich)" in html


def test_nobody_is_asked_to_support_what_they_have_just_written(client, version):
    annotate(version, body="Von jemand anderem")
    member(client)
    html = client.post(url_of(version), words(body="Eben geschrieben"), headers=FETCH).text
    assert "Eben geschrieben" in html
    assert html.count("data-support-link") == 1


def test_the_browser_module_tells_guests_to_confirm(client, version):
    response = client.post(url_of(version), words(body="Nur im Postfach"), headers=FETCH)
    assert response.status_code == 201
    assert response.context["notice"]
    assert "Nur im Postfach" not in response.content.decode()


def test_twenty_annotations_stand_on_one_page_of_a_passage(client, version):
    user = make_user()
    for n in range(21):
        annotate(version, body=f"Stimme {n}.", user=user)
    assert len(client.get(url_of(version)).context["cards"]) == 20
    assert len(client.get(url_of(version) + "?page=2").context["cards"]) == 1
    assert client.get(url_of(version) + "?page=unsinn").status_code == 200


def at(client, version, offset, **more):
    response = client.get(url_of(version), {"at": offset, **more}, headers=FETCH)
    assert response.status_code == 200
    return response


def test_a_passage_lists_the_annotations_on_one_character_alone(client, version):
    all_of_it = annotate(version, "Die Stadt gehört allen.", body="Zum Satz")
    annotate(version, "Stadt", body="Zur Stadt")
    annotate(version, "allen", body="Zum Ende")
    annotate(version, body="Zum ganzen Absatz")
    withdraw_annotation(annotation=all_of_it, actor=all_of_it.user)
    again = annotate(version, "Die Stadt", body="Zum Anfang")
    response = at(client, version, 4)
    assert {card.body for card in response.context["cards"]} == {"Zur Stadt", again.comment}
    assert "2 Anmerkungen an dieser Stelle" in response.text
    assert "Alle Anmerkungen zu" in response.text
    assert 'data-count="4"' in response.text
    assert "Keine Anmerkungen an dieser Stelle" in at(client, version, 10).text


def test_annotations_on_one_character_are_paged(client, version):
    for number in range(21):
        annotate(version, "Stadt", body=f"Stimme {number}")
    response = at(client, version, 4)
    assert "?at=4&amp;page=2" in response.text
    assert len(at(client, version, 4, page=2).context["cards"]) == 1


@pytest.mark.parametrize("offset", ["", "-1", "x", "²", "1" * 30, "23", "4\x00"])
def test_a_character_that_the_passage_does_not_have_shows_all_of_it(client, version, offset):
    annotate(version, "Stadt")
    assert len(at(client, version, offset).context["cards"]) == 1


def test_an_annotation_from_an_older_version_is_found_where_it_stands_now(client, version):
    annotate(version, "Stadt", body="Zur Stadt")
    newer = next_version(version, "<p>Die schöne Stadt gehört allen.</p>")
    place_annotations(version=newer)
    assert [card.body for card in at(client, newer, 12).context["cards"]] == ["Zur Stadt"]
    assert list(at(client, newer, 5).context["cards"]) == []


def test_ticked_sentences_become_the_words_of_an_annotation(client, root):
    version = open_version("<p>Die Stadt gehört allen. Busse fahren oft. Gut so.</p>")
    member(client)
    client.post(url_of(version), words(sentences=["1", "2"]))
    assert Annotation.objects.get().exact == "Busse fahren oft. Gut so."


def test_ticked_sentences_stay_ticked_when_something_is_missing(client, root):
    version = open_version("<p>Die Stadt gehört allen. Busse fahren oft. Gut so.</p>")
    response = client.post(url_of(version), words(sentences=["0", "2"]))
    assert response.status_code == 422
    assert len(re.findall(r'name="sentences"[^>]* checked', response.text)) == 2
    assert 'href="#annotation-sentences"' in response.text
    assert 'id="annotation-sentences"' in response.text


def test_the_page_of_a_passage_needs_as_many_queries_for_one_annotation_as_for_many(
    client, version
):
    answer(annotate(version))

    def count():
        with CaptureQueriesContext(connection) as captured:
            client.get(url_of(version), headers=FETCH)
        return len(captured)

    count()
    one = count()
    for _ in range(15):
        answer(annotate(version))
    assert count() == one


def test_annotations_whose_words_are_gone_are_listed(client, version):
    made = annotate(version, position=1, body="Fährt nicht mehr")
    newer = next_version(version, "<p>Die Stadt gehört allen.</p>")
    place_annotations(version=newer)
    html = client.get(reverse("annotations:removed", args=[newer.page_id, 2])).content.decode()
    assert f'id="a-{made.uuid}"' in html
    assert "Fährt nicht mehr" in html


@pytest.mark.parametrize("name", ["annotation", "sent"])
def test_pages_that_only_show_take_no_post(client, version, name):
    made = annotate(version)
    assert client.post(reverse(f"annotations:{name}", args=[made.uuid])).status_code == 405


@pytest.mark.parametrize(
    "values",
    [
        {"start": "-1", "end": "5"},
        {"start": "5", "end": "1", "quote": "allen"},
        {"start": "9" * 30, "end": "9" * 31},
        {"start": "abc"},
        {"motivation": "replying"},
        {"motivation": "<script>"},
        {"idempotency_key": "k" * 500},
        {"quote": "\x00"},
        {"body": "\x00 \ud83d"},
        {"name": "\u202e\u200b"},
        {"email": "a@b\nBcc: c@d"},
        {"proposed": "y" * 20_000},
        {"base_hash": "veraltet", "motivation": "editing", "proposed": "Neu"},
    ],
)
def test_hostile_input_is_refused_or_taken_but_never_an_error(client, version, values):
    data = words(**{k: v.encode("utf-8", "replace").decode() for k, v in values.items()})
    assert client.post(url_of(version), data).status_code in {302, 409, 422}
