"""A document with tracked changes holds both texts: accepted the new, rejected the old one."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support import MissingData, shared_path
from tests.word import has_libreoffice, resolved, resolved_by_libreoffice
from versioning.core import reading
from versioning.core.comparing import compare
from versioning.core.passages import PassageText
from versioning.exports.blocks import Line, Table
from versioning.exports.inline import Span, link_target, para_of, spans_of
from versioning.exports.styles import new_document
from versioning.exports.tracking import track
from versioning.exports.wordml import Credit, Note, Writer

STYLES = {
    "heading": "Heading {level}",
    "list_item": "List Paragraph",
    "quote": "Quote",
    "caption": "Caption",
    "measure": "Measure",
    "table_row": "row",
}
WAYS = "Die Stadt sorgt für sichere Wege und mehr Grün in allen Quartieren."
BROAD = WAYS.replace("sichere", "breite")
SCHOOLS = "Zweitens werden die Schulen mit schnellem Netz ausgestattet."
CLUBS = "Drittens erhalten Vereine drei Jahre lang verlässliche Förderung."
OTHER = "Anderes steht hier weit unten und bleibt."


def p(html, kind="paragraph", *, level=0, marker="", block="a"):
    text = re.sub("<[^>]*>", "", html)
    level = level or int(kind in {"heading", "list_item"})
    return PassageText(kind, text, html, level=level, marker=marker, block=block)


def row(*cells, block="t"):
    html = "".join(f"{' ' * bool(n)}<td>{cell}</td>" for n, cell in enumerate(cells))
    return p(html, "table_row", block=block)


def written(old, new, rows=None):
    rows = compare(old, new) if rows is None else rows
    document = new_document(language="de")
    credit = Credit("Amt für Wege", datetime(2026, 3, 4, tzinfo=UTC))
    writer = Writer(
        document,
        credit_of=lambda _row, _hunk: credit,
        notes={n: [Note(credit, f"Grund {n}")] for n, r in enumerate(rows) if r.relation != "kept"},
        base="https://stadt.example/",
    )
    writer.write(track([para_of(one) for one in old], [para_of(one) for one in new], rows))
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def expected(passages):
    return [(STYLES.get(one.kind, "Normal").format(level=one.level), one.text) for one in passages]


PAIRS = {
    "words-changed": ([p("Eins zwei drei vier fünf")], [p("Eins zwei <b>drei</b> neu fünf")]),
    "added-before-a-heading": (
        [p(WAYS), p("Kopf", "heading"), p(CLUBS)],
        [p(WAYS), p(SCHOOLS), p("Kopf", "heading"), p(CLUBS)],
    ),
    "removed-before-a-heading": (
        [p(WAYS), p(SCHOOLS), p("Kopf", "heading"), p(CLUBS)],
        [p(WAYS), p("Kopf", "heading"), p(CLUBS)],
    ),
    "heading-added-first": ([p(WAYS)], [p("Neu", "heading"), p(WAYS)]),
    "heading-removed-first": ([p("Alt", "heading"), p(WAYS)], [p(WAYS)]),
    "heading-added-last": ([p("Kopf", "heading"), p(WAYS)], [p(WAYS), p("Ende", "heading")]),
    "last-removed": (
        [p("Kopf", "heading"), p(WAYS), p(SCHOOLS, "list_item", marker="1.")],
        [p("Kopf", "heading"), p(WAYS)],
    ),
    "moved-to-the-end": (
        [p(WAYS), p(SCHOOLS), p(CLUBS), p("Kopf", "heading"), p(OTHER)],
        [p(SCHOOLS), p(CLUBS), p("Kopf", "heading"), p(OTHER), p(WAYS)],
    ),
    "moved-and-changed": (
        [p(WAYS), p(SCHOOLS), p(CLUBS), p("Kopf", "heading"), p(OTHER)],
        [
            p(SCHOOLS),
            p(CLUBS),
            p("Kopf", "heading"),
            p(WAYS.replace("sichere", "breite")),
            p(OTHER),
        ],
    ),
    "split": ([p(f"{WAYS} {SCHOOLS}"), p(CLUBS)], [p(WAYS), p(SCHOOLS), p(CLUBS)]),
    "merged": ([p(WAYS), p(SCHOOLS), p(CLUBS)], [p(f"{WAYS} {SCHOOLS}"), p(CLUBS)]),
    "other-kinds": (
        [p(WAYS), p(SCHOOLS), p("Fett", "quote")],
        [p(WAYS, "heading"), p(SCHOOLS, "list_item", marker="a)"), p("<i>Fett</i>", "quote")],
    ),
    "everything-replaced": (
        [p(WAYS), p(SCHOOLS, "heading")],
        [p("Ganz anders", "heading"), p("Noch etwas völlig Neues"), p("Drittes", "quote")],
    ),
    "from-nothing": ([], [p(WAYS), p(SCHOOLS, "heading")]),
    "to-nothing": ([p(WAYS, "heading"), p(SCHOOLS)], []),
    "other-link": (
        [p('Siehe <a href="https://a.example/">dort</a> und mehr davon')],
        [p('Siehe <a href="https://b.example/?a=1&amp;b=2">dort</a> und mehr davon')],
    ),
    "row-added": (
        [p(WAYS), row("a", "b"), row("e", "f"), p(CLUBS)],
        [p(WAYS), row("a", "b"), row("c neu", "d neu"), row("e", "f"), p(CLUBS)],
    ),
    "row-removed": (
        [p(WAYS), row("a", "b"), row("c alt", "d alt"), row("e", "f"), p(CLUBS)],
        [p(WAYS), row("a", "b"), row("e", "f"), p(CLUBS)],
    ),
    "cell-changed": (
        [p(WAYS), row("eins zwei", "drei vier"), p(CLUBS)],
        [p(WAYS), row("eins neu", "drei vier"), p(CLUBS)],
    ),
    "table-added": ([p(WAYS), p(CLUBS)], [p(WAYS), row("a", "b"), row("c", "d"), p(CLUBS)]),
    "table-removed-last": ([p(WAYS), row("a", "b"), row("c", "d")], [p(WAYS)]),
    "added-before-a-table": ([p(WAYS), row("a", "b")], [p(WAYS), p(SCHOOLS), row("a", "b")]),
    "removed-before-a-table": ([p(WAYS), p(SCHOOLS), row("a", "b")], [p(WAYS), row("a", "b")]),
}

words = st.sampled_from(["eins", "zwei", "<b>drei</b>", "<i>vier</i>", "fünf", "sechs", "acht"])


@st.composite
def passages(draw):
    kind = draw(st.sampled_from(["paragraph", "paragraph", "heading", "list_item", "table_row"]))
    if kind != "table_row":
        return p(" ".join(draw(st.lists(words, min_size=1, max_size=9))), kind)
    cells = draw(st.lists(st.lists(words, min_size=1, max_size=4), min_size=1, max_size=3))
    return row(*map(" ".join, cells), block=draw(st.sampled_from(["s", "t"])))


def without_marks(blocks, side):
    """Return the passages of one side of a tracked document by its definition."""
    other = "insert" if side == "old" else "delete"
    found, current = [], ""
    for block in blocks:
        if isinstance(block, Table):
            assert not current
            found.extend(
                " ".join(filter(None, (_kept(cell.pieces, other) for cell in line.cells)))
                for line in block.rows
                if getattr(line, f"in_{side}")
            )
            continue
        current += _kept(block.pieces, other)
        if getattr(block, side):
            found.append(current)
            current = ""
    assert not current
    return [text for text in found if text]


def _kept(pieces, other):
    return "".join(piece.text for piece in pieces if piece.operation != other)


@given(st.lists(passages(), max_size=7), st.lists(passages(), max_size=7), st.data())
@settings(max_examples=300, deadline=None)
def test_a_tracked_document_holds_both_texts(old, new, data):
    if old:
        keep = st.one_of(st.none(), st.sampled_from(old))
        new = [data.draw(keep) or one for one in new]
    rows = compare(old, new)
    blocks = track([para_of(one) for one in old], [para_of(one) for one in new], rows)
    assert without_marks(blocks, "old") == [one.text for one in old]
    assert without_marks(blocks, "new") == [one.text for one in new]
    assert isinstance(blocks[-1], Line)
    assert blocks[-1].old
    assert blocks[-1].new
    neighbours = pairwise(blocks)
    assert not any(isinstance(a, Table) and isinstance(b, Table) for a, b in neighbours)


@given(st.lists(passages(), max_size=5), st.lists(passages(), max_size=5))
@settings(max_examples=25, deadline=None)
def test_the_file_says_what_the_plan_says(old, new):
    content = written(old, new)
    assert resolved(content, "old") == expected(old)
    assert resolved(content, "new") == expected(new)


@pytest.mark.parametrize("name", PAIRS)
def test_accepting_gives_the_new_text_and_rejecting_the_old_one(name):
    old, new = PAIRS[name]
    content = written(old, new)
    assert resolved(content, "old") == expected(old)
    assert resolved(content, "new") == expected(new)


@pytest.mark.skipif(not has_libreoffice(), reason="LibreOffice is not installed")
def test_libreoffice_accepts_to_the_new_text_and_rejects_to_the_old_one(tmp_path):
    found = resolved_by_libreoffice({n: written(*pair) for n, pair in PAIRS.items()}, tmp_path)
    for name, (old, new) in PAIRS.items():
        assert found[name, "new"] == expected(new), name
        assert found[name, "old"] == expected(old), name


@pytest.mark.skipif(not has_libreoffice(), reason="LibreOffice is not installed")
def test_libreoffice_resolves_real_revisions(tmp_path):
    try:
        folder = shared_path("data/revisions")
    except MissingData as error:
        pytest.skip(str(error))
    pairs = {
        name: tuple(
            reading.read_passages(next(folder.glob(f"{name}-*")) / f"{side}.json")
            for side in ("old", "new")
        )
        for name in ("A03", "A09", "A11")
    }
    found = resolved_by_libreoffice({n: written(*pair) for n, pair in pairs.items()}, tmp_path)
    for name, (old, new) in pairs.items():
        for side, passages_of_side in (("old", old), ("new", new)):
            texts = [words for _style, words in found[name, side]]
            assert texts == [one.text for one in passages_of_side], (name, side)


def test_a_line_break_is_the_one_space_of_the_text():
    assert spans_of("<b>Eins<br> zwei</b>", "Eins zwei") == (
        Span("Eins", ("b",)),
        Span(" ", ("b", "br")),
        Span("zwei", ("b",)),
    )


def test_html_that_does_not_say_the_text_is_not_used():
    assert spans_of("<b>anders</b>", "so") == (Span("so"),)


@pytest.mark.parametrize(
    ("href", "target"),
    [
        ("https://a.example/x?y=1", "https://a.example/x?y=1"),
        ("/seite/", "https://stadt.example/seite/"),
        ("mailto:amt@stadt.example", "mailto:amt@stadt.example"),
        ("javascript:alert(1)", ""),
        ("file:///etc/hostname", ""),
        ("data:text/html,x", ""),
    ],
)
def test_a_link_leads_to_the_web_or_nowhere(href, target):
    assert link_target(href, "https://stadt.example/") == target
