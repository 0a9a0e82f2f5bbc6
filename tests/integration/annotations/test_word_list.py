"""Words of the moderators' list hold contributions back or are marked."""

import re

import pytest
from django.core.exceptions import ValidationError

from annotations.models import Annotation, ModerationEvent, OutboxMail, WatchedWord
from annotations.services.confirming import confirm_annotation
from annotations.services.editing import edit_annotation
from annotations.services.moderating import release_annotation
from annotations.services.watching import word_list
from tests.factories import make_user
from tests.factories.annotations import annotate, answer, open_version, passage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("root")]


@pytest.fixture
def dreck():
    return WatchedWord.objects.create(words="Dreck")


@pytest.mark.parametrize("body", ["So ein Dreck!", "so ein DRECK", "Dr\u200beck", "ⓓⓡⓔⓒⓚ"])
def test_a_word_of_the_list_lets_a_contribution_wait(dreck, body):
    made = annotate(open_version(), body=body)

    assert made.state == "pending"
    event = ModerationEvent.objects.get()
    assert (event.by, event.automated, event.after, event.ground) == (
        None, True, "pending", "Dreck",
    )  # fmt: skip


def test_words_that_are_not_whole_and_words_to_be_marked_hold_nothing(dreck):
    WatchedWord.objects.create(words="sonderbar", effect="highlight")

    assert annotate(open_version(), body="Drecksack, sonderbar").state == "public"
    assert not ModerationEvent.objects.exists()


def test_proposals_replies_and_names_are_looked_at_too(dreck):
    version = open_version()
    proposal = annotate(version, body="Besser:", proposed="Die Stadt ist Dreck.")
    reply = answer(annotate(version), body="Dreck")
    by_name = annotate(version, user=make_user(username="dreck"))

    assert {row.state for row in (proposal, reply, by_name)} == {"pending"}


def test_a_guest_is_held_after_the_confirmation(dreck):
    made = annotate(open_version(), body="Dreck", name="Ada", email="ada@example.org")
    assert made.state == "unconfirmed"
    mail = OutboxMail.objects.get(kind="confirm")

    confirmed = confirm_annotation(token=re.search(r"confirm/([^/]+)/", mail.text)[1])

    assert confirmed.state == "pending"
    assert ModerationEvent.objects.get().automated


def test_mending_brings_no_word_of_the_list_past_the_moderators(dreck):
    made = annotate(open_version(), body="Nett hier.")

    edit_annotation(annotation=made, actor=made.user, body="Dreck hier.")

    stored = Annotation.objects.get(pk=made.pk)
    assert (stored.state, stored.is_public, stored.searchable) == ("pending", False, "")


def test_what_the_list_holds_is_released_as_anything(dreck):
    made = annotate(open_version(), body="Dreck")

    assert release_annotation(annotation=made, actor=make_user("moderator")).state == "public"


def test_the_marked_pieces_give_the_text_back(dreck):
    WatchedWord.objects.create(words="ein Dreck")
    text = "So ein Dreck, Dreck!"
    pieces = word_list().marked(text)

    assert "".join(piece.text for piece in pieces) == text
    assert [piece.text for piece in pieces if piece.is_found] == ["ein Dreck", "Dreck"]


@pytest.mark.parametrize("words", ["DRECK", "Dre\u00adck", "  dreck ", "!!", "\u200b"])
def test_the_list_takes_words_and_each_once(dreck, words):
    with pytest.raises(ValidationError):
        WatchedWord(words=words).full_clean()


def test_a_long_list_costs_no_more_queries_than_a_short_one(dreck, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    version = open_version()
    place, user = passage(version), make_user()
    annotate(version, passage=place, user=user)
    with CaptureQueriesContext(connection) as short:
        annotate(version, passage=place, user=user)
    WatchedWord.objects.bulk_create(
        WatchedWord(words=f"wort{n}", folded=f"wort{n}") for n in range(300)
    )
    with django_assert_num_queries(len(short)):
        annotate(version, passage=place, user=user)
