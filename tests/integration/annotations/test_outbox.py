import smtplib
from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone, translation

from annotations.models import OutboxMail
from annotations.services import outbox
from annotations.services.outbox import MAX_ATTEMPTS, queue_mail, send_due
from annotations.services.purging import purge
from tests.factories.annotations import annotate, open_version

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("root")]


class BrokenBackend(BaseEmailBackend):
    """A mail server that refuses with the address in its answer."""

    def send_messages(self, messages):
        to = messages[0].to[0]
        raise smtplib.SMTPRecipientsRefused({to: (550, b"unknown " + to.encode())})


class SlowServer(BaseEmailBackend):
    """While it sends, another worker looks for work."""

    found_by_other = None

    def send_messages(self, messages):
        type(self).found_by_other = send_due()
        mail.outbox.extend(messages)
        return len(messages)


def queue(**values):
    return queue_mail(
        **{
            "kind": "reply",
            "to": "ada@example.org",
            "subject": "Antwort",
            "text": "Hallo",
            "language": "de",
            **values,
        }
    )


def test_a_mail_is_sent_after_the_commit(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        queue()
        assert mail.outbox == []

    assert [(m.to, m.subject, m.body) for m in mail.outbox] == [
        (["ada@example.org"], "Antwort", "Hallo")
    ]
    assert OutboxMail.objects.get().sent_at is not None


def test_a_mail_is_sent_once():
    queue()

    assert send_due() == 1
    assert send_due() == 0
    assert len(mail.outbox) == 1


def test_line_breaks_in_subject_and_address_add_no_header():
    queue(subject="Antwort\r\nBcc: x@example.org", to="ada@example.org\n")

    send_due()

    (sent,) = mail.outbox
    assert sent.subject == "Antwort Bcc: x@example.org"
    assert sent.recipients() == ["ada@example.org"]
    assert "Bcc" not in sent.message()


def test_a_refusing_server_loses_nothing(settings):
    settings.EMAIL_BACKEND = f"{__name__}.BrokenBackend"
    queue()

    assert send_due() == 0

    stored = OutboxMail.objects.get()
    assert (stored.sent_at, stored.attempts, stored.text) == (None, 1, "Hallo")
    assert stored.last_error == "SMTPRecipientsRefused"
    assert stored.send_after > timezone.now()

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert send_due() == 0
    assert send_due(now=timezone.now() + timedelta(minutes=2)) == 1
    assert OutboxMail.objects.get().last_error == ""


def test_the_log_of_failures_holds_no_address(settings, caplog):
    settings.EMAIL_BACKEND = f"{__name__}.BrokenBackend"
    queue()

    send_due()

    assert "SMTPRecipientsRefused" in caplog.text
    assert "ada@example.org" not in caplog.text


def test_each_failure_waits_longer_up_to_six_hours():
    pauses = [outbox._pause(attempt) for attempt in range(1, MAX_ATTEMPTS + 1)]

    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (timedelta(minutes=1), timedelta(hours=6))


def test_after_many_failures_a_mail_stays_unsent(settings):
    settings.EMAIL_BACKEND = f"{__name__}.BrokenBackend"
    queue()
    for day in range(1, MAX_ATTEMPTS + 3):
        send_due(now=timezone.now() + timedelta(days=day))

    stored = OutboxMail.objects.get()
    assert (stored.attempts, stored.sent_at) == (MAX_ATTEMPTS, None)


def test_one_broken_mail_keeps_no_other_from_being_sent(monkeypatch):
    queue(subject="eins")
    queue(subject="zwei")
    send = outbox.EmailMultiAlternatives.send

    def fail_once(message, *args, **kwargs):
        if message.subject == "eins":
            raise OSError("kaputt")
        return send(message, *args, **kwargs)

    monkeypatch.setattr(outbox.EmailMultiAlternatives, "send", fail_once)

    assert send_due() == 1
    assert [m.subject for m in mail.outbox] == ["zwei"]


def test_a_second_worker_does_not_take_a_mail_that_is_being_sent(settings):
    settings.EMAIL_BACKEND = f"{__name__}.SlowServer"
    queue()

    assert send_due() == 1
    assert SlowServer.found_by_other == 0
    assert len(mail.outbox) == 1


def test_a_mail_whose_worker_died_is_sent_later():
    stored = queue()
    assert outbox._claim(stored, timezone.now())
    assert send_due() == 0

    assert send_due(now=timezone.now() + outbox.LEASE + timedelta(seconds=1)) == 1


def test_the_link_is_forgotten_once_the_mail_is_sent():
    annotate(open_version(), name="Marlen", email="marlen@example.org")
    assert "/annotations/confirm/" in OutboxMail.objects.get().text

    send_due()

    assert "/annotations/confirm/" in mail.outbox[0].body
    assert OutboxMail.objects.get().text == ""


def test_mails_speak_the_language_of_the_reader():
    with translation.override("en"):
        annotate(open_version(), name="Marlen", email="marlen@example.org")

    stored = OutboxMail.objects.get()
    assert stored.language == "en"
    assert stored.subject == "Please confirm your contribution"
    assert "http://testserver/en/annotations/confirm/" in stored.text


def test_a_name_in_a_mail_is_not_escaped():
    annotate(open_version(), name="Tom & <Jerry>", email="tom@example.org")

    assert "Tom & <Jerry>" in OutboxMail.objects.get().text


def test_sent_mails_are_deleted_after_a_week_and_others_stay():
    queue(subject="alt")
    send_due()
    OutboxMail.objects.update(sent_at=timezone.now() - timedelta(days=8))
    queue(subject="wartet")
    OutboxMail.objects.filter(subject="wartet").update(
        created_at=timezone.now() - timedelta(days=30)
    )

    assert purge()["mails"] == 1
    assert OutboxMail.objects.get().subject == "wartet"


def test_a_worker_is_woken_once_for_many_mails(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        queue(subject="eins")
        queue(subject="zwei")

    assert callbacks == [outbox.enqueue_sending]
