"""Nobody sends more than we can take; whoever tries is told so in words (S6, S8, S15)."""

from __future__ import annotations

import re
import uuid
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.conf import settings as site_settings
from django.core import mail

from annotations.models import Annotation, ConfirmationToken, OutboxMail, State
from annotations.services.confirming import confirm_annotation
from annotations.services.outbox import queue_mail, send_due
from annotations.services.submitting import submit_reply
from cms_pages.services.reports import report_problem
from tests.factories.annotations import annotate
from tests.factories.world import CANARY
from tests.integration.site.addresses import url_of
from tests.support import no_hang
from versioning.services.windows import change_window

pytestmark = pytest.mark.django_db

FORMS = [
    "annotations:passage",
    "annotations:reply",
    "annotations:report",
    "annotations:report_content",
    "pages:report_problem",
    "account_login",
]
GUEST = {"name": "Ada", "email": "ada@example.org", "motivation": "commenting"}


@pytest.mark.parametrize("name", FORMS)
def test_five_megabytes_are_refused_with_words(world, client_of, name):
    response = client_of("anon").post(url_of(name, world), {"body": "x" * 5_000_000, **GUEST})
    assert response.status_code == 413
    assert "zu viel" in response.content.decode()


def test_guests_cannot_send_much_to_the_admin_either(world, client_of):
    response = client_of("anon").post("/admin/annotations/dispose/", {"reason": "x" * 2_000_000})
    assert response.status_code == 413


def test_editors_can_send_a_long_text(world, client_of):
    url, client = url_of("synopse_annotations:disposition", world), client_of("editor")
    assert client.post(url, {"reason": "x" * 2_000_000}).status_code == 200
    assert client.post(url, {"reason": "x" * 13_000_000}).status_code == 400


def test_a_length_that_is_no_number_changes_nothing(world, client_of):
    url = url_of("annotations:passage", world)
    assert client_of("anon").get(url, CONTENT_LENGTH="viel").status_code == 200


@pytest.mark.parametrize(
    "body",
    ["&" * 900_000, "<ul><li>" * 100_000, "<" * 900_000, "a\u0301" * 250_000, "\n" * 900_000],
)
def test_a_long_text_below_the_limit_is_refused_quickly_and_kept(world, client_of, body):
    with no_hang():
        response = client_of("anon").post(
            url_of("annotations:reply", world), {"body": body, **GUEST}
        )
        assert response.status_code in {413, 422}
    assert not Annotation.objects.filter(user_name="Ada").exists()


def test_more_fields_than_a_form_can_have_are_refused(world, client_of):
    fields = {f"f{number}": "x" for number in range(site_settings.DATA_UPLOAD_MAX_NUMBER_FIELDS)}
    response = client_of("anon").post(url_of("annotations:reply", world), {**fields, **GUEST})
    assert response.status_code == 400


# Links in mails


def test_a_link_in_a_mail_holds_nothing_about_the_person(world):
    made = annotate(world.versions["open"], body="Geheimes Anliegen", position=1,
                    name="Ada", email="ada@example.org")  # fmt: skip
    text = OutboxMail.objects.get(annotation=made).text
    link = re.search(r"https?://\S+", text)[0]
    raw = re.search(r"/confirm/([A-Za-z0-9_-]+)/", link)[1]
    assert len(raw) >= 40
    assert not re.search(r"ada|example|geheim|=|@", link.replace(raw, ""), re.IGNORECASE)
    stored = ConfirmationToken.objects.get(annotation=made)
    assert raw not in str(stored.__dict__)
    assert str(made.uuid) not in link
    assert "Geheimes Anliegen" not in text


# Mails


def _sent():
    """Return headers of everything that is sent, as a mail server would read them."""
    send_due()
    return [message.message() for message in mail.outbox]


def _parts(message):
    """Give the parts of a mail that hold words, the plain text first."""
    return (part for part in message.walk() if not part.is_multipart())


INJECTIONS = [
    "\r\nBcc: opfer@example.org",
    "\nBcc: opfer@example.org",
    "\rBcc: opfer@example.org",
    "\u2028Bcc: opfer@example.org",
    "\x00\x0bBcc: opfer@example.org",
]


@pytest.mark.parametrize("injection", INJECTIONS)
def test_no_input_adds_a_header_to_a_mail(world, injection):
    OutboxMail.objects.all().delete()
    annotate(world.versions["open"], position=1, body=f"Hallo{injection}",
             name=f"Ada{injection}", email="ada@example.org")  # fmt: skip
    report_problem(kind="error", text=f"Kaputt{injection}", page_url=f"/de/{injection}"[:200],
                   base_url="http://testserver")  # fmt: skip
    queue_mail(kind="reply", to=f"a@example.org{injection}", subject=f"Antwort{injection}",
               text="x", language="de")  # fmt: skip
    messages = _sent()
    assert len(messages) >= 2
    for message in messages:
        assert message["Bcc"] is None
        assert message["Auto-Submitted"] == "auto-generated"
        assert next(_parts(message)).get_content_type() == "text/plain"
        assert message["Cc"] is None
    assert all(len(message.recipients()) == 1 for message in mail.outbox)


def test_an_unconfirmed_answer_reaches_nobody_by_mail(world):
    OutboxMail.objects.all().delete()
    submit_reply(
        parent=world.annotations["public"],
        body="Werbung für Uhren",
        name="Händler",
        email="uhren@example.org",
        idempotency_key=uuid.uuid4().hex,
        base_url="http://testserver",
    )
    assert [message["To"] for message in _sent()] == ["uhren@example.org"]
    parts = [part for message in _sent() for part in _parts(message)]
    assert [part.get_content_type() for part in parts] == ["text/plain", "text/html"]
    assert all("Uhren" not in part.get_payload(decode=True).decode() for part in parts)


# Windows at the minute


BERLIN = ZoneInfo("Europe/Berlin")


def _closes(world, moment: datetime):
    version = world.versions["open"]
    with time_machine.travel(moment - timedelta(days=1), tick=False):
        return change_window(
            version=version,
            opens=datetime(2026, 1, 1, tzinfo=BERLIN),
            closes=moment,
            reason="Zeitumstellung",
            actor=world.users["editor"],
        )


@pytest.mark.parametrize(
    ("closes", "last", "first_late"),
    [
        # The night that has 2:30 twice, and the window closes at the second one
        ("2026-10-25T02:30:00+01:00", "2026-10-25T01:29:59Z", "2026-10-25T01:30:00Z"),
        # … or at the first one
        ("2026-10-25T02:30:00+02:00", "2026-10-25T00:29:59Z", "2026-10-25T00:30:00Z"),
        # The night without 2:30: what is meant is the moment
        ("2026-03-29T03:30:00+02:00", "2026-03-29T01:29:59Z", "2026-03-29T01:30:00Z"),
    ],
)
def test_a_window_closes_at_its_moment_in_the_nights_when_clocks_change(
    world, client_of, closes, last, first_late
):
    _closes(world, datetime.fromisoformat(closes))
    url, client = url_of("annotations:passage", world), client_of("citizen")
    words = {"body": "Gerade noch", **GUEST}
    with time_machine.travel(last, tick=False):
        assert client.get(url).context["form"] is not None
        assert client.post(url, words).status_code == 302
    with time_machine.travel(first_late, tick=False):
        assert client.get(url).context["form"] is None
        late = client.post(url, {**words, "body": "Eine Sekunde zu spät"})
    assert late.status_code == 409
    assert "Eine Sekunde zu spät" in late.content.decode()
    assert Annotation.objects.filter(comment="Gerade noch").count() == 1


def test_a_link_confirms_until_the_second_at_which_the_window_closes(world):
    made = world.annotations["unconfirmed"]
    closes = datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN, fold=1)
    _closes(world, closes)
    with time_machine.travel("2026-10-25T01:29:59Z", tick=False):
        ConfirmationToken.objects.update(expires_at=closes)
        confirm_annotation(token=world.token)
    made.refresh_from_db()
    assert made.state == State.PUBLIC
    assert CANARY in made.comment


def test_settings_hold_the_limits_that_the_rules_name():
    assert site_settings.SYNOPSE_MAX_BODY == 1_000_000
    assert site_settings.COMMENT_MAX_LENGTH == 3_000
    assert site_settings.COMMENTS_XTD_MAX_THREAD_LEVEL == 3
    assert site_settings.SYNOPSE_CONFIRMATION_HOURS == 48
