"""Authors are told why something is hidden, at once and whole (DSA, article 17)."""

import re

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from annotations.models import ModerationEvent, OutboxMail
from annotations.services import outbox
from annotations.services.confirming import confirm_annotation
from annotations.services.moderating import hide_annotation, show_annotation, withdraw_annotation
from annotations.services.reasons import statement_of, token_of
from tests.factories import make_user
from tests.factories.annotations import annotate, answer, open_version

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("root")]

WORDS = "Diese Wörter standen da."


@pytest.fixture
def moderator():
    return make_user("moderator", username="die-moderatorin")


@pytest.fixture
def author(monkeypatch):
    """Return an account whose address is known to be its own."""
    from allauth.account.models import EmailAddress

    user = make_user(username="ada")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def hidden(author, moderator, **values):
    annotation = annotate(open_version(), user=author, body=WORDS)
    given = {"ground": "Regel 3: keine Beleidigungen.", "fact": "Es meint eine Person.", **values}
    return hide_annotation(annotation=annotation, actor=moderator, **given)


def path_in(mail):
    return "/" + re.search(r"https?://[^/]+/(\S+)", mail.text)[1]


def words_of(client, url):
    response = client.get(url)
    return response.status_code, re.sub(r"\s+", " ", response.content.decode())


def test_the_mail_says_fact_ground_decider_and_redress(author, moderator):
    hidden(author, moderator, base_url="https://stadt.example.org")

    mail = OutboxMail.objects.get(kind="moderation")
    assert mail.to == author.email
    for words in (
        WORDS,
        "Es meint eine Person.",
        "Regel 3: keine Beleidigungen.",
        "Es verstößt gegen die Regeln für Beiträge",
        "Das hat ein Mensch entschieden",
        "https://stadt.example.org/",
        "Gericht",
    ):
        assert words in mail.text, words
    assert "moderatorin" not in mail.text


def test_the_page_behind_the_link_says_the_same_without_signing_in(author, moderator):
    hidden(author, moderator)
    status, text = words_of(Client(), path_in(OutboxMail.objects.get(kind="moderation")))

    assert status == 200
    for words in (WORDS, "Es meint eine Person.", "Regel 3", "ein Mensch", "Widerspruch"):
        assert words in text, words
    assert "moderatorin" not in text


def test_a_guest_is_told_at_the_confirmed_address(moderator):
    annotation = annotate(open_version(), name="Ada", email="ada@example.org")
    mail = OutboxMail.objects.get(kind="confirm")
    confirm_annotation(token=re.search(r"confirm/([^/]+)/", mail.text)[1])

    hide_annotation(annotation=annotation, actor=moderator, ground="Regel 3")

    assert OutboxMail.objects.get(kind="moderation").to == "ada@example.org"


def test_an_address_that_nobody_has_proved_gets_no_mail(moderator):
    hidden(make_user(email="vielleicht@example.org"), moderator)

    assert not OutboxMail.objects.filter(kind="moderation").exists()


@pytest.mark.parametrize(
    ("state", "basis", "expected"),
    [
        ("hidden", "", "house_rules"),
        ("hidden", "law", "law"),
        ("spam", "", "house_rules"),
        ("illegal", "", "law"),
    ],
)
def test_the_basis_is_the_law_or_the_rules(author, moderator, state, basis, expected):
    hidden(author, moderator, state=state, basis=basis)

    assert ModerationEvent.objects.get().basis == expected


@pytest.mark.parametrize(("state", "basis"), [("hidden", "laune"), ("illegal", "house_rules")])
def test_a_basis_that_is_none_is_refused(author, moderator, state, basis):
    with pytest.raises(ValidationError):
        hidden(author, moderator, state=state, basis=basis)
    assert not OutboxMail.objects.exists()


def test_the_author_alone_finds_the_way_from_the_annotation(author, moderator):
    row = hidden(author, moderator)
    url = row.get_absolute_url()
    link = reverse("annotations:statement", args=[token_of(ModerationEvent.objects.get())])
    member = Client()
    member.force_login(author)
    stranger = Client()
    stranger.force_login(make_user())

    assert link in words_of(member, url)[1]
    for client in (stranger, Client()):
        status, text = words_of(client, url)
        assert (status, link in text, WORDS in text) == (410, False, False)


def test_the_author_of_a_hidden_reply_finds_it_beside_the_tombstone(author, moderator):
    root = annotate(open_version())
    reply = answer(root, user=author)
    hide_annotation(annotation=reply, actor=moderator, ground="Regel 3")
    member = Client()
    member.force_login(author)
    link = reverse("annotations:statement", args=[token_of(ModerationEvent.objects.get())])

    assert link in words_of(member, root.get_absolute_url())[1]
    assert link not in words_of(Client(), root.get_absolute_url())[1]


def test_a_decision_that_was_taken_back_says_so(author, moderator):
    row = hidden(author, moderator)
    show_annotation(annotation=row, actor=moderator)

    url = path_in(OutboxMail.objects.get(kind="moderation"))
    assert "gilt nicht mehr" in words_of(Client(), url)[1]


def test_only_what_hides_is_a_statement(author):
    row = annotate(open_version(), user=author)
    withdraw_annotation(annotation=row, actor=author)
    event = ModerationEvent.objects.get()

    for token in (token_of(event), f"{event.pk}.x", str(event.pk), "x", "9" * 300):
        response = Client().get(reverse("annotations:statement", args=[token]))
        assert response.status_code == 404, token


def test_the_link_leads_to_its_own_statement(author, moderator):
    hidden(author, moderator)
    event = ModerationEvent.objects.get()

    assert statement_of(token_of(event)) == event


def test_the_text_of_the_mail_is_forgotten_once_it_is_sent(author, moderator, mailoutbox):
    hidden(author, moderator)
    outbox.send_due()

    assert OutboxMail.objects.get(kind="moderation").text == ""
    assert WORDS in mailoutbox[0].body
