"""Forms of annotating and replying."""

from __future__ import annotations

import time

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import QueryDict

from annotations.forms import SALT, AnnotationForm, ReplyForm, seconds_since, stamp
from versioning.models import Passage

PASSAGE = Passage(text="Die Stadt 😀 gehört allen.", text_hash="abc")


def data(**values):
    found = QueryDict(mutable=True)
    filled = {"body": "Ja.", "motivation": "commenting", "name": "Ada", "email": "a@example.org"}
    found.update({**filled, **values})
    return found


@pytest.fixture
def request_of_guest(rf):
    request = rf.get("/")
    request.user = AnonymousUser()
    return request


def bound(request, **values):
    return AnnotationForm(data(**values), request=request, passage=PASSAGE)


def test_a_complete_form_is_valid(request_of_guest):
    form = bound(request_of_guest)
    assert form.is_valid()
    assert form.contribution()["body"] == "Ja."


def test_a_range_counts_only_if_it_holds_the_quoted_words(request_of_guest):
    form = bound(request_of_guest, quote="gehört", start="12", end="18")
    assert form.is_valid()
    assert form.range == (12, 18)
    form = bound(request_of_guest, quote="gehört", start="11", end="17")
    assert form.is_valid()
    assert form.range is None


def test_a_wording_is_never_lost_whatever_kind_was_chosen(request_of_guest):
    form = bound(request_of_guest, motivation="commenting", proposed="Neu")
    assert form.is_valid()
    assert form.contribution()["proposed"] == "Neu"


def test_line_ends_of_browsers_do_not_count_twice(request_of_guest, settings):
    settings.COMMENT_MAX_LENGTH = 5
    assert bound(request_of_guest, body="a\r\nb\r\nc").is_valid()


def test_each_form_has_a_key_of_its_own(request_of_guest):
    forms = [AnnotationForm(request=request_of_guest, passage=PASSAGE) for _ in range(2)]
    assert forms[0]["idempotency_key"].value() != forms[1]["idempotency_key"].value()


def test_a_form_keeps_its_key_when_it_is_shown_again(request_of_guest):
    form = bound(request_of_guest, body="", idempotency_key="k1")
    assert not form.is_valid()
    assert form.renewed()["idempotency_key"].value() == "k1"


def test_a_stamp_tells_how_long_ago_the_form_was_shown():
    assert seconds_since(stamp()) < 5
    assert seconds_since(signing.dumps(int(time.time()) - 60, salt=SALT)) >= 59


def test_a_stamp_that_is_not_ours_counts_as_just_now():
    for forged in ("", "x", signing.dumps(0)):
        assert seconds_since(forged) < 5


def test_what_a_service_refuses_stands_at_its_field_or_on_top(request_of_guest):
    form = ReplyForm(data(), request=request_of_guest)
    assert form.is_valid()
    form.add_service_error(
        ValidationError({"body": ValidationError("leer"), "quote": ValidationError("fremd")})
    )
    assert form.errors["body"] == ["leer"]
    assert form.non_field_errors() == ["fremd"]


def test_helps_and_errors_are_linked_to_their_fields(request_of_guest):
    form = bound(request_of_guest, email="kein")
    html = str(form["email"])
    assert 'aria-describedby="annotation-email_helptext annotation-email_error"' in html
    assert 'autocomplete="email"' in html


SENTENCES = Passage(
    text="Wir pflanzen z. B. Linden. Linden duften. Niemand fällt sie.", text_hash="abc"
)


def ticked(request, *indexes, **values):
    sent = data(**values)
    sent.setlist("sentences", [str(index) for index in indexes])
    return AnnotationForm(sent, request=request, passage=SENTENCES)


def test_a_passage_of_several_sentences_offers_them(request_of_guest):
    form = AnnotationForm(request=request_of_guest, passage=SENTENCES)
    assert [label for _index, label in form.fields["sentences"].choices] == [
        "Wir pflanzen z. B. Linden.",
        "Linden duften.",
        "Niemand fällt sie.",
    ]


@pytest.mark.parametrize("text", ["Ein Satz.", "", "Ja. " * 61])
def test_one_sentence_or_very_many_offer_no_choice(request_of_guest, text):
    form = AnnotationForm(request=request_of_guest, passage=Passage(text=text.strip()))
    assert "sentences" not in form.fields


def test_ticked_sentences_are_the_range(request_of_guest):
    form = ticked(request_of_guest, 2, 1)
    assert form.is_valid()
    made = form.contribution()
    words = SENTENCES.text[made["start"] : made["end"]]
    assert words == "Linden duften. Niemand fällt sie."


def test_sentences_with_a_gap_are_refused_at_their_field(request_of_guest):
    form = ticked(request_of_guest, 0, 2)
    assert not form.is_valid()
    assert form.errors.as_data()["sentences"][0].code == "gap"


@pytest.mark.parametrize("sent", ["7", "-1", "x", "1" * 30])
def test_a_sentence_that_does_not_exist_is_refused(request_of_guest, sent):
    form = ticked(request_of_guest, sent)
    assert not form.is_valid()
    assert "sentences" in form.errors


def test_a_quote_beside_sentences_is_looked_for_in_them(request_of_guest):
    form = ticked(request_of_guest, 1, quote="Linden")
    assert form.is_valid()
    assert form.range == (27, 33)


def test_a_quote_outside_the_ticked_sentences_is_refused_at_its_field(request_of_guest):
    form = ticked(request_of_guest, 2, quote="Linden")
    assert not form.is_valid()
    assert list(form.errors) == ["quote"]


def test_words_that_the_browser_chose_win_over_sentences(request_of_guest):
    form = ticked(request_of_guest, 2, quote="duften", start="34", end="40")
    assert form.is_valid()
    assert form.range == (34, 40)
