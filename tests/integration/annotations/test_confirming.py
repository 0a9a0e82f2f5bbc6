import re
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from annotations.models import Annotation, ConfirmationToken, OutboxMail
from annotations.services.confirming import (
    TokenExpired,
    TokenUnknown,
    TokenUsed,
    confirm_annotation,
    find_token,
)
from annotations.services.moderating import hide_annotation
from annotations.services.purging import purge
from annotations.signals import annotation_published
from tests.factories import make_user
from tests.factories.annotations import annotate, answer, next_version, open_version

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("root")]

GUEST = {"name": "Marlen", "email": "marlen@example.org"}


def token() -> str:
    text = OutboxMail.objects.filter(kind="confirm").latest("pk").text
    return re.search(r"/annotations/confirm/([^/\s]+)/", text)[1]


def test_confirming_makes_a_guests_words_public():
    annotation = annotate(open_version(), **GUEST)

    confirmed = confirm_annotation(token=token())

    assert confirmed == annotation
    annotation.refresh_from_db()
    assert (annotation.state, annotation.is_public) == ("public", True)
    assert annotation.confirmed_at is not None


def test_looking_at_a_token_changes_nothing():
    annotate(open_version(), **GUEST)

    find_token(token())
    find_token(token())

    assert ConfirmationToken.objects.get().used_at is None
    assert Annotation.objects.get().state == "unconfirmed"


def test_where_moderators_look_first_confirmed_words_wait():
    version = open_version()
    version.page.specific_class.objects.update(moderation="before")
    annotate(version, **GUEST)

    assert confirm_annotation(token=token()).state == "pending"


@pytest.mark.parametrize("moderation", ["before", "after"])
def test_pages_say_that_somebody_looks_first_only_where_that_is_true(client, moderation):
    version = open_version()
    version.page.specific_class.objects.update(moderation=moderation)
    annotation = annotate(version, **GUEST)
    is_first = moderation == "before"

    sent = client.get(reverse("annotations:sent", args=[annotation.uuid])).content.decode()
    page = client.get(reverse("annotations:confirm", args=[token()])).content.decode()

    assert ("jeder Beitrag geprüft, bevor er sichtbar wird" in sent) == is_first
    assert ("Danach können es alle lesen" in page) == is_first
    assert ("Bestätigen und veröffentlichen" in page) != is_first

    confirm_annotation(token=token())
    again = client.get(reverse("annotations:confirm", args=[token()])).content.decode()
    assert ("Ihr Beitrag wird sichtbar, sobald er geprüft ist." in again) == is_first


def test_a_token_works_once():
    annotation = annotate(open_version(), **GUEST)
    raw = token()
    confirm_annotation(token=raw)

    with pytest.raises(TokenUsed) as error:
        confirm_annotation(token=raw)
    assert error.value.annotation == annotation


def test_a_used_token_publishes_nothing_that_was_hidden_since():
    annotation = annotate(open_version(), **GUEST)
    raw = token()
    confirm_annotation(token=raw)
    hide_annotation(annotation=annotation, actor=make_user("moderator"), ground="Beleidigung")

    with pytest.raises(TokenUsed):
        confirm_annotation(token=raw)
    assert Annotation.objects.get().state == "hidden"


@pytest.mark.parametrize("raw", ["", "x", "é\x00", "\ud800", "a" * 100_000])
def test_an_unknown_token_is_refused(raw):
    annotate(open_version(), **GUEST)

    with pytest.raises(TokenUnknown):
        confirm_annotation(token=raw)


def test_the_stored_hash_is_no_token():
    annotate(open_version(), **GUEST)

    with pytest.raises(TokenUnknown):
        find_token(ConfirmationToken.objects.get().token_hash)


def test_a_token_of_another_purpose_is_refused():
    annotate(open_version(), **GUEST)
    ConfirmationToken.objects.update(purpose="support")

    with pytest.raises(TokenUnknown):
        find_token(token())


def test_a_token_expires_after_48_hours():
    annotate(open_version(), **GUEST)
    known = ConfirmationToken.objects.get()
    assert known.expires_at - known.annotation.created_at == timedelta(hours=48)
    ConfirmationToken.objects.update(expires_at=timezone.now())

    with pytest.raises(TokenExpired):
        confirm_annotation(token=token())
    assert Annotation.objects.get().state == "unconfirmed"


def test_a_window_that_closed_meanwhile_refuses_and_keeps_the_token():
    version = open_version()
    annotate(version, **GUEST)
    type(version).objects.update(closes=timezone.now())

    with pytest.raises(ValidationError) as error:
        confirm_annotation(token=token())

    assert error.value.error_dict["__all__"][0].code == "closed"
    assert ConfirmationToken.objects.get().used_at is None


def test_a_page_unpublished_meanwhile_refuses():
    version = open_version()
    annotate(version, **GUEST)
    version.page.unpublish()

    with pytest.raises(ValidationError) as error:
        confirm_annotation(token=token())
    assert error.value.error_dict["__all__"][0].code == "unpublished"


def test_words_confirmed_after_the_next_version_follow_to_it(django_capture_on_commit_callbacks):
    version = open_version()
    annotation = annotate(version, "Stadt", **GUEST)
    raw = token()
    with django_capture_on_commit_callbacks(execute=True):
        new = next_version(version, "<p>Unsere Stadt gehört allen.</p>")
    assert not annotation.placements.exists()

    with django_capture_on_commit_callbacks(execute=True):
        confirm_annotation(token=raw)

    placement = annotation.placements.get()
    assert (placement.version, placement.state, placement.start) == (new, "intact", 7)


def test_a_reply_to_what_was_hidden_meanwhile_is_refused():
    annotation = annotate(open_version())
    answer(annotation, **GUEST)
    hide_annotation(annotation=annotation, actor=make_user("moderator"), ground="Spam")

    with pytest.raises(ValidationError) as error:
        confirm_annotation(token=token())
    assert error.value.error_dict["__all__"][0].code == "not_public"


def test_strangers_hear_of_it_after_the_commit(django_capture_on_commit_callbacks):
    heard = []

    def hear(sender, annotation, **kwargs):
        heard.append(annotation)

    annotation_published.connect(hear)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            annotation = annotate(open_version(), **GUEST)
            raw = token()
        assert heard == []
        with django_capture_on_commit_callbacks(execute=True):
            confirm_annotation(token=raw)
            assert heard == []
        assert heard == [annotation]
    finally:
        annotation_published.disconnect(hear)


def test_after_48_hours_words_address_token_and_mail_are_gone():
    annotate(open_version(), **GUEST)
    confirmed = annotate(open_version(), name="Anton", email="anton@example.org")
    raw = token()
    confirm_annotation(token=raw)
    Annotation.objects.update(created_at=timezone.now() - timedelta(hours=48))

    assert purge()["annotations"] == 1

    assert Annotation.objects.get() == confirmed
    assert not OutboxMail.objects.filter(to="marlen@example.org").exists()
    assert not ConfirmationToken.objects.exclude(annotation=confirmed).exists()
    with pytest.raises(TokenUsed):
        find_token(raw)


def test_before_48_hours_nothing_is_deleted():
    annotate(open_version(), **GUEST)
    Annotation.objects.update(created_at=timezone.now() - timedelta(hours=47, minutes=59))

    assert purge()["annotations"] == 0
    assert Annotation.objects.count() == 1
