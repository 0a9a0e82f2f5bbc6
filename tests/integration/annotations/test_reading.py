"""The reading page: text, cards, counts, and what became of annotations."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from annotations.models import Annotation
from annotations.services.moderating import hide_annotation
from annotations.services.placement import place_annotations
from tests.factories import make_user
from tests.factories.annotations import (
    annotate,
    answer,
    dispose,
    next_version,
    open_version,
    passage,
)
from versioning.services.withholding import withhold_passage

pytestmark = pytest.mark.django_db

TEXT = [
    "<h2>Ziele</h2><p>Die Stadt gehört <b>allen</b>, die in ihr leben.</p>"
    "<ul><li>Busse fahren alle zehn Minuten.</li></ul><p>Kosten &amp; Nutzen stehen im Netz.</p>"
]


class Bodies(HTMLParser):
    """Collects the text content of every passage's body."""

    def __init__(self, html: str):
        super().__init__()
        self.found: dict[int, str] = {}
        self._passage: int | None = None
        self._open = 0
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if "syn-passage__body" in (attributes.get("class") or "").split():
            self._passage, self._open = int(attributes["data-passage"]), 0
            self.found[self._passage] = ""
        elif self._passage is not None and tag != "br":
            self._open += 1

    def handle_endtag(self, tag):
        if self._passage is None:
            return
        if self._open == 0:
            self._passage = None
        self._open -= 1

    def handle_data(self, data):
        if self._passage is not None:
            self.found[self._passage] += data


@pytest.fixture
def version(root):
    return open_version(TEXT, label="Entwurf zur Beteiligung")


def read(client, version):
    response = client.get(version.page.url)
    assert response.status_code == 200
    return response


def content(client, version):
    return read(client, version).content.decode()


def reading_data(html):
    found = re.search(r'id="syn-reading-data"[^>]*>(.*?)</script>', html, re.DOTALL)
    return json.loads(found[1])


def queries(client, version):
    read(client, version)
    with CaptureQueriesContext(connection) as captured:
        read(client, version)
    return len(captured)


def test_the_text_content_of_each_body_is_the_stored_text(client, version):
    shown = Bodies(content(client, version)).found
    assert shown == {row.pk: row.text for row in version.passages.all()}


def test_an_annotation_stands_beside_its_passage_with_its_words(client, version):
    made = annotate(version, "alle zehn Minuten", position=2, body="Auch nachts?")
    html = content(client, version)
    after = html[html.index(f'id="p-{made.passage.uid}"') :]
    card = after[after.index(f'id="a-{made.uuid}"') :]
    assert "alle zehn Minuten</q>" in card
    assert "Auch nachts?" in card
    assert [made.passage_id, made.start, made.end, str(made.uuid)] in reading_data(html)["ranges"]


def test_the_button_of_a_withheld_passage_leads_to_its_annotations_and_stays_without_any(
    client, version
):
    asked, silent = passage(version, 1), passage(version, 2)
    annotate(version, passage=asked, body="Das hat mich getroffen.")
    for withheld in (asked, silent):
        withhold_passage(passage=withheld, ground="Urteil", actor=make_user("superuser"))
    html = content(client, version)
    buttons = [
        re.search(rf'<a class="syn-passage__button[^>]*{found.uid}[^>]*>', html)[0]
        for found in (asked, silent)
    ]
    assert [" hidden" in button for button in buttons] == [False, True]


def test_an_unconfirmed_annotation_is_not_shown(client, version):
    annotate(version, body="Noch geheim", name="Gast", email="gast@example.org")
    assert "Noch geheim" not in content(client, version)


def test_the_number_of_queries_does_not_grow_with_annotations_and_replies(client, version):
    made = annotate(version, "zehn", position=2)
    answer(made)
    dispose(made)
    few = queries(client, version)
    for position in (0, 1, 3):
        for _ in range(17):
            answer(annotate(version, position=position))
    assert queries(client, version) == few


def test_the_reading_context_needs_at_most_ten_queries(version, rf):
    from annotations.presentation import reading_context

    answer(annotate(version))
    with CaptureQueriesContext(connection) as captured:
        reading_context(page=version.page, version=version, request=rf.get("/"))
    assert len(captured) <= 10, [query["sql"][:80] for query in captured]


def test_a_passage_shows_three_cards_and_counts_the_rest(client, version):
    made = [annotate(version, position=1, body=f"Stimme {n}.") for n in range(5)]
    html = content(client, version)
    assert [f"Stimme {n}." in html for n in range(5)] == [False, False, True, True, True]
    button = re.search(r'class="syn-passage__button has-annotations"[^>]*>(\d+)<', html)
    assert button[1] == "5"
    assert reading_data(html)["ranges"] == []
    assert all(row.start is None for row in made)


def test_ranges_without_a_card_are_painted_as_one(client, version):
    for words in ["Die Stadt", "Stadt gehört", "allen", "leben", "in ihr"]:
        annotate(version, words, position=1)
    ranges = reading_data(content(client, version))["ranges"]
    assert len([row for row in ranges if row[3]]) == 3
    assert all(start < end for _passage, start, end, _uuid in ranges)


def test_words_of_citizens_are_never_markup(client, version):
    evil = '<script>alert("x")</script><img src=x onerror=alert(1)>'
    annotate(version, position=1, body=evil, name=evil[:40], email="gast@example.org")
    made = annotate(version, position=1, body=evil)
    answer(made, body=evil)
    Annotation.objects.filter(pk=made.pk).update(proposed=evil, motivation="editing")
    html = content(client, version)
    assert "<script>alert" not in html
    assert "<img src=x" not in html
    assert "&lt;script&gt;" in html


def test_a_hidden_annotation_with_a_public_reply_leaves_a_tombstone(client, version):
    made = annotate(version, "allen", position=1, body="Schlimme Worte")
    lonely = annotate(version, position=3, body="Auch schlimm")
    answer(made, body="Bitte sachlich bleiben.")
    for row in (made, lonely):
        hide_annotation(annotation=row, actor=make_user("moderator"), ground="Beleidigung")
    html = content(client, version)
    assert "Schlimme Worte" not in html
    assert "Auch schlimm" not in html
    assert "Bitte sachlich bleiben." in html
    assert f'id="a-{made.uuid}"' in html
    assert f'id="a-{lonely.uuid}"' not in html
    assert reading_data(html)["ranges"] == []


def test_changed_words_are_shown_as_then_and_today(client, version):
    made = annotate(version, "alle zehn Minuten", position=2)
    newer = next_version(version, [TEXT[0].replace("alle zehn Minuten", "alle fünf Minuten")])
    place_annotations(version=newer)
    html = content(client, newer)
    card = html[html.index(f'id="a-{made.uuid}"') :]
    card = card[: card.index("</article>")]
    assert "alle zehn Minuten</q>" in card
    assert "alle fünf Minuten</q>" in card


def test_an_annotation_on_unchanged_words_stands_on_the_next_version(client, version):
    made = annotate(version, "Busse", position=2)
    newer = next_version(version, [TEXT[0].replace("zehn", "fünf")])
    place_annotations(version=newer)
    html = content(client, newer)
    new_passage = passage(newer, 2)
    assert [new_passage.pk, 0, 5, str(made.uuid)] in reading_data(html)["ranges"]


def test_an_annotation_on_removed_words_stands_at_the_end(client, version):
    made = annotate(version, "Busse fahren", position=2)
    newer = next_version(version, [TEXT[0].replace("<li>Busse fahren alle zehn Minuten.</li>", "")])
    place_annotations(version=newer)
    html = content(client, newer)
    assert html.index('class="syn-removed"') < html.index(f'id="a-{made.uuid}"')


def test_a_public_disposition_stands_in_the_card(client, version):
    made = annotate(version, position=1)
    dispose(made, outcome="not_adopted", reason="Das kostet zu viel.")
    assert "Das kostet zu viel." not in content(client, version)
    newer = next_version(version, [TEXT[0] + "<p>Neu.</p>"])
    place_annotations(version=newer)
    Annotation.objects.get(pk=made.pk).disposition.__class__.objects.update(
        public_at=timezone.now()
    )
    assert "Das kostet zu viel." in content(client, newer)


def test_the_page_says_until_when_one_can_annotate(client, root):
    closes = timezone.make_aware(timezone.datetime(2099, 12, 20, 23, 59))
    version = open_version(TEXT, closes=closes)
    response = client.get(version.page.url)
    assert "2099" in response.context["window_sentence"]
    assert "23:59" in response.context["window_sentence"]
    assert response.context["is_open"]


def test_a_closed_text_offers_no_form_but_still_its_annotations(client, root):
    version = open_version(TEXT)
    made = annotate(version, position=1)
    version.page.specific.synopse_versions.update(closes=timezone.now() - timedelta(minutes=1))
    response = client.get(version.page.url)
    html = response.content.decode()
    assert not response.context["is_open"]
    assert "data-open" not in html
    assert f'id="a-{made.uuid}"' in html
    assert f"/annotations/{made.uuid}/reply/" not in html


def test_the_contents_count_the_annotations_of_each_chapter(client, version):
    response = read(client, version)
    before = {chapter.title: chapter.count for chapter in response.context["chapters"]}
    annotate(version, position=1)
    annotate(version, position=2)
    after = {c.title: c.count for c in read(client, version).context["chapters"]}
    assert sum(after.values()) == sum(before.values()) + (2 if after else 0)


def test_the_page_links_to_the_comparison_with_the_version_before(client, version):
    assert "/compare/" not in content(client, version)
    newer = next_version(version, [TEXT[0] + "<p>Neu.</p>"])
    assert f"/versions/{newer.page_id}/compare/1/2/" in content(client, newer)


def test_a_card_of_a_long_annotation_shows_its_begin_and_leads_to_the_rest(client, version):
    annotate(version, position=1, body="Wort " * 500 + "SCHLUSS")
    assert "SCHLUSS" not in content(client, version)


def test_hundreds_of_annotated_passages_stay_a_bounded_page(client, root):
    version = open_version(["".join(f"<p>Absatz Nummer {n}.</p>" for n in range(90))])
    user = make_user()
    for row in version.passages.all():
        for n in range(3):
            annotate(version, passage=row, user=user, body=f"{n} " + "x" * 900)
    html = content(client, version)
    assert html.count('class="syn-card ') == 100
    assert len(html) < 400_000


def test_the_margin_shows_how_much_each_passage_is_talked_about(client, root):
    version = open_version(TEXT)
    for position, number in ((1, 4), (2, 2), (3, 1)):
        for _n in range(number):
            annotate(version, position=position)
    html = client.get(version.page.get_url()).text
    steps = re.findall(r"syn-passage--heat-(\d)", html)
    assert steps == ["4", "2", "1"]
    assert "Je breiter der Balken" in html


def test_the_number_of_annotations_leads_to_all_of_them(client, root):
    version = open_version(TEXT)
    head = r"<header class=\"syn-reading__head\">.*?</header>"
    url = reverse("annotations:list", args=[version.page_id])
    before = re.search(head, client.get(version.page.get_url()).text, re.DOTALL)[0]
    assert url not in before
    annotate(version, position=1)
    after = re.search(head, client.get(version.page.get_url()).text, re.DOTALL)[0]
    assert re.findall(rf'<a href="{url}">([^<]*)</a>', after) == ["1 Anmerkung"]


def test_a_text_without_annotations_has_no_bars_to_explain(client, root):
    html = client.get(open_version(TEXT).page.get_url()).text
    assert "syn-passage--heat" not in html
    assert "Je breiter der Balken" not in html


def test_a_card_shows_the_begin_of_a_long_answer_and_leads_to_the_rest(client, version):
    made = annotate(version, position=1)
    answer = dispose(made, outcome="not_adopted", reason="Grund " * 100 + "SCHLUSS")
    type(answer).objects.update(public_at=timezone.now())
    html = content(client, version)
    assert "Grund Grund" in html
    assert "SCHLUSS" not in html
    link = re.search(r'class="syn-answer.*?<a href="([^"]+)">Weiterlesen', html, re.DOTALL)[1]
    assert link == made.get_absolute_url()
    assert "SCHLUSS" in client.get(link).content.decode()
