"""Mails say the same in both parts, and what people wrote stays text in both."""

import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotations.services.letters import (
    Foot,
    Section,
    body_of,
    bundle_of,
    html_of_text,
    letter_of,
)
from tests.hostile import any_html, words

BASE = "https://stadt.example"
AT = datetime(2026, 11, 28, 12, tzinfo=UTC)
TAGS = {
    *("html", "head", "meta", "title", "style", "body", "div", "hr", "br"),
    *("h1", "h2", "p", "a", "blockquote"),
}
VOID = {"meta", "hr", "br"}


class Reader(HTMLParser):
    """What a document says: its words, with each link's address in place of its label."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.said, self.open, self.tags, self.values, self.skip = [], [], [], [], 0

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.values += [value or "" for _name, value in attrs]
        assert not any(name.startswith("on") for name, _value in attrs)
        if tag == "a":
            self.said.append(f" {dict(attrs)['href']} ")
        if tag in {"a", "title", "style", "h1"}:
            self.skip += 1
        if tag == "br":
            self.said.append(" ")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag
        if tag in {"a", "title", "style", "h1"}:
            self.skip -= 1

    def handle_data(self, data):
        if not self.skip:
            self.said.append(data)


def read(html):
    reader = Reader()
    reader.feed(html)
    reader.close()
    assert reader.open == []
    return reader


def said(text):
    return re.sub(r"[\s\x1c-\x1f\x85-]+", " ", text).strip()


def context_of(hostile):
    annotation = SimpleNamespace(created_at=AT, comment=hostile)
    event = SimpleNamespace(
        at=AT, after="hidden", fact=hostile, ground=hostile, report_id=None, automated=False,
        get_basis_display="Es verstößt gegen die Regeln",
    )  # fmt: skip
    report = SimpleNamespace(
        number="M-1", url=f"{BASE}/{hostile}", answer=hostile, get_reason_display="Spam",
        is_upheld=False, text=hostile, email=hostile, page_url=hostile, get_kind_display="Fehler",
    )  # fmt: skip
    item = {"place": "Absatz 2.1", "fate": "geändert", "words": hostile, "url": f"{BASE}/a/"}
    return {
        "title": hostile,
        "url": f"{BASE}/u/",
        "annotation_url": f"{BASE}/v/",
        "unsubscribe_url": f"{BASE}/w/",
        "list_url": f"{BASE}/x/",
        "hours": 48,
        "what": hostile,
        "author": hostile,
        "outcome": "Übernommen",
        "reason": hostile,
        "passage": hostile,
        "number": 2,
        "count": 1,
        "items": [item],
        "lines": [hostile],
        "label": "Öffnen",
        "change": SimpleNamespace(sentence="Verlängert", reason=hostile),
        "annotation": annotation,
        "event": event,
        "report": report,
        "until": AT,
        "appeal": SimpleNamespace(answer=hostile, is_upheld=False),
    }


TEMPLATES = [
    "confirm",
    "confirm_support",
    "confirm_follow",
    "reply",
    "disposition",
    "statement",
    "report_receipt",
    "report_decision",
    "appeal_receipt",
    "appeal_decision",
    "news",
    "changed",
    "staff",
    "cms_pages/mail/problem.txt",
]


@pytest.mark.parametrize("template", TEMPLATES)
@pytest.mark.parametrize("language", ["de", "en"])
@settings(max_examples=12)
@given(hostile=any_html)
def test_both_parts_say_the_same_and_words_of_people_stay_words(template, language, hostile):
    body = body_of(template, language, **context_of(hostile))
    letter = letter_of(
        subject="Betreff",
        body=body,
        language=language,
        name=hostile,
        foot=Foot(f"{BASE}/wishes/", f"{BASE}/stop/"),
    )
    found = read(letter.html)
    assert said("".join(found.said)) == said(letter.text)
    assert set(found.tags) <= TAGS
    assert all(value.startswith(BASE) for value in found.values if ":" in value and "//" in value)
    assert letter.html.startswith("<!DOCTYPE html>")
    assert f'<html lang="{language}">' in letter.html


@given(hostile=words, number=st.integers(1, 4))
def test_a_bundle_says_all_that_its_pieces_say(hostile, number):
    pieces = [Section(hostile, body_of("reply", "de", **context_of(hostile)))] * number
    body = bundle_of(pieces, language="de")
    letter = letter_of(subject="Neues", body=body, language="de", foot=Foot())
    assert said("".join(read(letter.html).said)) == said(letter.text)
    assert letter.text.count(f"{BASE}/u/") == number
    assert letter.html.count(f'href="{BASE}/u/"') == number


def test_what_went_on_after_a_greeting_begins_anew_in_a_bundle():
    body = bundle_of(
        [Section("Neues", body_of("disposition", "de", **context_of("x")))], language="de"
    )
    assert "\nDie Redaktion hat" in body.text
    assert ">Die Redaktion hat" in body.html


@given(hostile=any_html)
def test_a_plain_mail_of_others_becomes_html_without_code(hostile):
    text = f"Hallo,\n\n{hostile}\n\n{BASE}/bestätigen/\n\nViele Grüße"
    found = read(html_of_text(subject=hostile, text=text, language="de"))
    assert {"script", "img", "iframe", "form"}.isdisjoint(found.tags)
    assert f" {BASE}/bestätigen/ " in found.said


def test_nothing_is_loaded_from_elsewhere_and_colours_leave_the_dark_to_the_mail_program():
    html = letter_of(
        subject="x", body=body_of("reply", "de", **context_of("x")), language="de"
    ).html
    assert "src=" not in html
    assert "url(" not in html
    assert "color-scheme" in html
    assert not re.search(r'<(body|div|p|h1)[^>]*[;"]color:', html)
