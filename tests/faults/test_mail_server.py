"""A mail server that hangs, refuses or is away: mails wait, and nothing else waits for them."""

from __future__ import annotations

import socket
import threading
from contextlib import closing, contextmanager
from datetime import timedelta

import pytest
import time_machine
from config.settings import base
from django.core.management import call_command
from django.utils import timezone

from annotations.models import Annotation, OutboxMail
from annotations.services import outbox
from tests.factories.annotations import annotate, open_version
from tests.faults import mailing

SMTP = "django.core.mail.backends.smtp.EmailBackend"
FOLDER = "tests.faults.mailing.FolderBackend"


@pytest.fixture
def server(city, settings):
    """Let mails go to a port of this machine, at which nobody listens yet."""
    with closing(socket.socket()) as listening:
        listening.bind(("127.0.0.1", 0))
        settings.EMAIL_BACKEND = SMTP
        settings.EMAIL_HOST, settings.EMAIL_PORT = listening.getsockname()
        settings.EMAIL_TIMEOUT = 0.3
        yield listening


@contextmanager
def silence(listening):
    """Take every connection and never say a word; give what was taken."""
    taken: list[socket.socket] = []
    listening.listen()

    def take() -> None:
        while True:
            try:
                taken.append(listening.accept()[0])
            except OSError:
                return

    thread = threading.Thread(target=take)
    thread.start()
    try:
        yield taken
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        thread.join(timeout=30)
        for one in taken:
            one.close()


def queue(number: int) -> None:
    for place in range(number):
        outbox.queue_mail(
            kind="reply", to=f"p{place}@example.org", subject="Ja", text="Ja", language="de"
        )


def test_the_site_does_not_wait_for_ever():
    assert 0 < base.EMAIL_TIMEOUT < outbox.LEASE.total_seconds()


def test_a_silent_server_keeps_mails_and_holds_up_nothing_else(server, counts, settings):
    queue(20)
    draft = annotate(open_version(), name="Marlen", email="marlen@example.org")
    Annotation.objects.update(created_at=timezone.now() - timedelta(hours=49))

    with silence(server) as taken:
        call_command("run_jobs", "--once", verbosity=0)

    assert 1 <= len(taken) <= 2 * outbox.TRIES_AT_ONCE
    assert not Annotation.objects.filter(pk=draft.pk).exists(), "the job behind was done"
    assert OutboxMail.objects.filter(sent_at=None).count() == 20
    assert set(OutboxMail.objects.values_list("last_error", flat=True)) == {
        "",
        "SMTPServerDisconnected",
    }
    settings.EMAIL_BACKEND = FOLDER
    outbox.send_due(now=timezone.now() + outbox.LONGEST_PAUSE)
    assert mailing.sent() == {f"p{place}@example.org": 1 for place in range(20)}
    counts("mail server silent", mails=20, lost=0, twice=0, connections=len(taken))


def test_a_server_that_is_away_for_days_loses_no_mail(server, settings, counts, rounds):
    days = rounds(1, 7)
    with time_machine.travel("2026-11-02T09:00:00Z", tick=False) as clock:
        queue(5)
        back = timezone.now() + timedelta(days=days)
        tries = 0
        while timezone.now() < back:
            assert outbox.send_due() == 0
            tries += 1
            first = OutboxMail.objects.earliest("send_after").send_after
            clock.move_to(max(first, timezone.now() + timedelta(minutes=1)))
        assert set(OutboxMail.objects.values_list("last_error")) == {("ConnectionRefusedError",)}

        settings.EMAIL_BACKEND = FOLDER
        clock.move_to(back + outbox.LONGEST_PAUSE_WHILE_AWAY + timedelta(minutes=1))
        outbox.send_due()

    assert mailing.sent() == {f"p{place}@example.org": 1 for place in range(5)}
    counts(f"mail server away for {days} days", turns=tries, mails=5, lost=0)
