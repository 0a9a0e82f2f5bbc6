"""A clock that jumps, and the hour that there is twice or never."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from wagtail.models import PageLogEntry

from annotations.forms import is_too_quick, stamp
from annotations.models import Annotation, OutboxMail
from annotations.responses import codes_of
from annotations.services import outbox
from annotations.services.closing import WINDOW_CLOSED, note_closed_windows
from annotations.services.confirming import TokenExpired, confirm_annotation, find_annotation
from tests.factories.annotations import annotate, answer, open_version, passage
from tests.faults import mailing
from versioning.forms import WindowForm
from versioning.services.integrity import check_integrity

pytestmark = pytest.mark.usefixtures("city")

HOUR = timedelta(hours=1)
NOON = datetime(2026, 10, 20, 12, tzinfo=UTC)
WAYS = pytest.mark.parametrize("jump", [-HOUR, HOUR], ids=["back", "forward"])


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as travelling:
        yield travelling


def link_of(annotation) -> str:
    text = OutboxMail.objects.get(annotation=annotation, kind="confirm").text
    return text.split("/confirm/")[1].split("/")[0]


@WAYS
def test_what_was_begun_before_a_jump_is_finished_after_it(clock, jump, settings, counts):
    settings.SYNOPSE_MINIMUM_SECONDS = 3
    version = open_version()
    root = annotate(version, body="Davor.")
    waiting = annotate(version, name="Marlen", email="marlen@example.org")
    raw, stamped = link_of(waiting), stamp()
    for place in range(3):
        outbox.queue_mail(
            kind="reply", to=f"p{place}@example.org", subject="Ja", text="Ja", language="de"
        )

    clock.shift(jump + timedelta(seconds=5))

    assert not is_too_quick(stamped)
    assert confirm_annotation(token=raw).state == "public"
    reply = answer(root, body="Danach.")
    assert list(Annotation.objects.in_thread_order().filter(root=root)) == [reply]
    page = reverse(
        "annotations:passage", args=[version.page_id, version.number, passage(version).uid]
    )
    assert "Danach." in Client().get(page).content.decode()
    call_command("run_jobs", "--once", verbosity=0)
    clock.shift(2 * HOUR)
    call_command("run_jobs", "--once", verbosity=0)
    assert not OutboxMail.objects.filter(sent_at=None).exists()
    assert set(mailing.sent().values()) == {1}
    assert check_integrity() == []
    counts(
        f"clock an hour {'forward' if jump == HOUR else 'back'}",
        mails=mailing.sent().total(),
        lost=0,
        twice=0,
    )


def test_a_form_that_is_sent_at_once_is_still_given_back(clock, settings):
    settings.SYNOPSE_MINIMUM_SECONDS = 3
    stamped = stamp()

    clock.shift(timedelta(seconds=2))
    assert is_too_quick(stamped)
    assert is_too_quick("forged")


@WAYS
def test_the_lease_of_a_worker_that_died_ends_in_spite_of_a_jump(clock, jump):
    mail = outbox.queue_mail(
        kind="reply", to="ada@example.org", subject="Ja", text="Ja", language="de"
    )
    assert outbox._claim(mail, NOON)
    assert outbox.send_due() == 0

    clock.shift(jump)
    outbox.send_due()
    clock.move_to(NOON + outbox.LEASE)
    outbox.send_due()

    assert mailing.sent() == {"ada@example.org": 1}


def test_a_link_lasts_for_its_hours_and_not_longer(clock):
    waiting = annotate(
        open_version(closes=NOON + 100 * HOUR), name="Marlen", email="marlen@example.org"
    )
    raw = link_of(waiting)

    clock.shift(-HOUR)
    assert find_annotation(raw) == waiting
    clock.move_to(NOON + 48 * HOUR)
    with pytest.raises(TokenExpired):
        confirm_annotation(token=raw)


TWICE = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
"""02:30 in Berlin, for the first time; an hour later it is 02:30 again."""


def test_a_window_ends_once_in_the_hour_that_there_is_twice(clock):
    version = open_version(opens=NOON - HOUR, closes=TWICE)
    clock.move_to(TWICE - timedelta(seconds=1))
    annotate(version, body="Gerade noch.")
    assert note_closed_windows() == 0

    for moment in (TWICE, TWICE + HOUR - timedelta(seconds=1), TWICE + HOUR):
        clock.move_to(moment)
        with pytest.raises(ValidationError) as refused:
            annotate(version, body="Zu spät.")
        assert list(codes_of(refused.value)) == ["closed"]
        note_closed_windows()

    assert Annotation.objects.count() == 1
    assert PageLogEntry.objects.filter(action=WINDOW_CLOSED).count() == 1


@pytest.mark.parametrize("typed", ["2026-10-25 02:30", "2027-03-28 02:30"], ids=["twice", "never"])
def test_an_hour_that_there_is_twice_or_never_cannot_be_typed(clock, typed):
    form = WindowForm({"opens": "", "closes": typed, "reason": "Länger"})

    assert not form.is_valid()
    assert "closes" in form.errors
