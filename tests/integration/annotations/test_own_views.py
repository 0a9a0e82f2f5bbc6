"""Authors mend and withdraw their own words on pages of their own, by the rules of the services."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from annotations.models import Annotation, State
from annotations.models.pages import Moderation
from tests.factories import make_user
from tests.factories.annotations import annotate, answer, next_version, open_version
from versioning.models import Version

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("root")]


@pytest.fixture
def own(client):
    made = annotate(open_version(), "Stadt")
    client.force_login(made.user)
    return made


def url(name, made):
    return reverse(f"annotations:{name}", args=[made.uuid])


def shown(client, made, status=200):
    response = client.get(made.get_absolute_url())
    assert response.status_code == status
    return response.content.decode()


def test_the_author_finds_both_ways_on_the_page_and_nobody_else_does(client, own):
    page = shown(client, own)
    assert url("edit", own) in page
    assert url("withdraw", own) in page
    client.force_login(make_user("editor"))
    page = shown(client, own)
    assert url("edit", own) not in page
    assert url("withdraw", own) not in page


def test_new_words_take_the_place_of_the_old_ones(client, own):
    form = client.get(url("edit", own)).content.decode()
    assert own.comment in form
    assert 'name="quote"' not in form
    response = client.post(
        url("edit", own),
        {"body": "Viel klarer.", "motivation": "editing", "proposed": "Gemeinde"},
        follow=True,
    )
    assert "Ihre neuen Worte sind gespeichert." in response.content.decode()
    stored = Annotation.objects.get(pk=own.pk)
    assert (stored.comment, stored.proposed, stored.exact) == ("Viel klarer.", "Gemeinde", "Stadt")


def test_a_reply_is_mended_and_withdrawn_too(client):
    made = answer(annotate(open_version()))
    client.force_login(made.user)
    page = shown(client, made.root)
    assert url("edit", made) in page
    assert url("withdraw", made) in page
    client.post(url("edit", made), {"body": "Viel klarer."})
    assert Annotation.objects.get(pk=made.pk).comment == "Viel klarer."
    client.post(url("withdraw", made))
    assert Annotation.objects.get(pk=made.pk).state == State.WITHDRAWN


def test_wrong_words_are_said_at_their_field_and_stay_in_the_form(client, own):
    response = client.post(url("edit", own), {"body": "x" * 3_001, "motivation": "commenting"})
    assert response.status_code == 422
    assert "x" * 3_001 in response.content.decode()
    assert Annotation.objects.get(pk=own.pk).comment == own.comment


def too_late(own):
    return time_machine.travel(timezone.now() + timedelta(minutes=16), tick=False)


def test_after_a_quarter_of_an_hour_the_page_says_so_and_gives_typed_words_back(client, own):
    with too_late(own):
        assert url("edit", own) not in shown(client, own)
        asked = client.get(url("edit", own), follow=True).content.decode()
        assert "15 Minuten" in asked
        sent = client.post(url("edit", own), {"body": "Zu spät?", "motivation": "commenting"})
    assert sent.status_code in {409, 422}
    assert "Zu spät?" in sent.content.decode()
    assert Annotation.objects.get(pk=own.pk).comment == own.comment


def test_after_an_answer_or_a_newer_version_words_stay(client, own):
    answer(own)
    assert url("edit", own) not in shown(client, own)
    other = annotate(open_version(), user=own.user)
    next_version(other.version, "<p>Ein neuer Text.</p>")
    response = client.post(url("edit", other), {"body": "Neu.", "motivation": "commenting"})
    assert response.status_code == 409
    assert "Neu." in response.content.decode()


def test_withdrawing_asks_first_and_leaves_a_tombstone(client, own):
    asked = client.get(url("withdraw", own)).content.decode()
    assert own.comment in asked
    assert Annotation.objects.get(pk=own.pk).state == State.PUBLIC
    answered = client.post(url("withdraw", own), follow=True)
    assert answered.status_code == 410
    page = answered.content.decode()
    assert "Ihre Worte sind zurückgezogen." in page
    assert own.comment not in page
    assert url("withdraw", own) not in page
    again = client.post(url("withdraw", own), follow=True)
    assert "nicht möglich" in again.content.decode()


@pytest.mark.parametrize("name", ["edit", "withdraw"])
def test_others_are_refused_and_guests_are_led_to_the_log_in(client, own, name):
    client.force_login(make_user("superuser"))
    for method in (client.get, client.post):
        assert method(url(name, own)).status_code == 403
    client.logout()
    assert "/accounts/login/" in client.get(url(name, own))["Location"]
    assert Annotation.objects.get(pk=own.pk).state == State.PUBLIC


def moderated(version):
    page = version.page.specific
    page.moderation = Moderation.BEFORE
    page.save()
    return Version.objects.get(pk=version.pk)


def test_what_waits_for_moderation_is_there_for_its_author_alone(client):
    version = moderated(open_version())
    made = annotate(version)
    assert made.state == State.PENDING
    client.force_login(made.user)
    page = shown(client, made)
    assert made.comment in page
    assert "Nur Sie sehen das" in page
    assert url("edit", made) in page
    client.force_login(make_user("moderator"))
    assert client.get(made.get_absolute_url()).status_code == 404


def test_links_at_own_replies_cost_no_queries(client, own):
    shown(client, own)
    counts = []
    for number in (1, 20):
        for _ in range(number):
            answer(own, user=own.user)
        with CaptureQueriesContext(connection) as queries:
            shown(client, own)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_two_windows_never_replace_each_other_silently(client, own):
    first, second = (client.get(url("edit", own)).context["form"].initial for _window in range(2))
    client.post(url("edit", own), {"body": "Geändert eins", **kind(own), "seen": first["seen"]})
    sent = {"body": "Geändert zwei", **kind(own), "seen": second["seen"]}

    refused = client.post(url("edit", own), sent)

    assert refused.status_code == 409
    page = refused.content.decode()
    assert "Jetzt lauten sie: Geändert eins" in page
    assert "Geändert zwei" in page
    own.refresh_from_db()
    assert own.comment == "Geändert eins"
    seen = refused.context["form"]["seen"].value()
    assert client.post(url("edit", own), {**sent, "seen": seen}).status_code == 302
    own.refresh_from_db()
    assert own.comment == "Geändert zwei"


def test_a_withdrawn_reply_that_nobody_answered_keeps_its_address(client):
    reply = answer(annotate(open_version()))
    client.force_login(reply.user)
    client.post(url("withdraw", reply))

    gone = client.get(reverse("annotations:annotation", args=[reply.uuid]))

    assert gone.status_code == 410
    assert "zurückgezogen" in gone.content.decode()


def kind(made):
    return {"motivation": made.motivation}
