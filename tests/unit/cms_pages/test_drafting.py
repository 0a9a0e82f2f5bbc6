"""From a document to the blocks of a draft."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cms_pages.core.documents import read_document
from cms_pages.core.drafting import draft_blocks
from cms_pages.core.recognizing import KnownBlock, keys_for
from versioning.core.cutting import cut_html
from versioning.core.reading import UnreadableFile


def read(items):
    return read_document(("text.json", json.dumps(items).encode()))


def words(blocks):
    """Return what the blocks say, passage by passage."""
    said = []
    for block in blocks:
        if block.kind == "text":
            said += [passage.text for passage in cut_html(block.value)]
        elif block.kind == "quote":
            said.append(block.value["quote"])
        else:
            said.append(block.text)
    return said


texts = st.text(st.sampled_from("ab<>& ä\u00ad\n"), min_size=1, max_size=12).map(
    lambda text: f"x{text}x"
)
items = st.lists(
    st.one_of(
        st.builds(
            lambda text, level: {"type": "heading", "text": text, "level": level},
            texts,
            st.integers(1, 6),
        ),
        st.builds(lambda text: {"type": "paragraph", "text": text}, texts),
        st.builds(lambda text: {"type": "quote", "text": text}, texts),
        st.builds(
            lambda text, depth, ordered: {
                "type": "list_item",
                "text": text,
                "depth": depth,
                "ordered": ordered,
            },
            texts,
            st.integers(0, 4),
            st.booleans(),
        ),
    ),
    min_size=1,
    max_size=12,
)


@given(items)
def test_every_block_of_a_document_is_one_passage_of_the_draft_in_the_same_order(blocks):
    document = read(blocks)
    assert words(draft_blocks(document)) == [block.source.text for block in document]


@given(items)
def test_headings_keep_their_order_of_levels(blocks):
    document = read(blocks)
    given_levels = [b.source.level for b in document if b.source.kind == "heading"]
    kept = []
    for block in draft_blocks(document):
        if block.kind == "chapter":
            kept.append(1)
        elif block.kind == "text":
            kept += [p.level for p in cut_html(block.value) if p.kind == "heading"]
    pairs = list(zip(given_levels, kept, strict=True))
    assert all(new <= other_new for old, new in pairs for other, other_new in pairs if old < other)


def test_a_heading_and_its_text_up_to_the_next_heading_are_one_block():
    blocks = draft_blocks(
        read(
            [
                {"type": "heading", "level": 1, "text": "Kapitel"},
                {"type": "paragraph", "text": "Davor."},
                {"type": "heading", "level": 2, "text": "Eins"},
                {"type": "paragraph", "text": "Text."},
                {"type": "list_item", "text": "Punkt"},
                {"type": "heading", "level": 3, "text": "Zwei"},
            ]
        )
    )
    assert [(b.kind, b.value) for b in blocks] == [
        ("chapter", "Kapitel"),
        ("text", "<p>Davor.</p>"),
        ("text", "<h2>Eins</h2><p>Text.</p><ul><li>Punkt</li></ul>"),
        ("text", "<h3>Zwei</h3>"),
    ]


def test_lists_are_nested_by_depth():
    (block,) = draft_blocks(
        read(
            [
                {"type": "list_item", "text": "eins", "depth": 0},
                {"type": "list_item", "text": "innen", "depth": 1, "ordered": True},
                {"type": "list_item", "text": "zwei", "depth": 0},
            ]
        )
    )
    assert block.value == "<ul><li>eins<ol><li>innen</li></ol></li><li>zwei</li></ul>"


def test_a_table_with_rows_keeps_head_and_cells():
    (block,) = draft_blocks(
        read([{"type": "table", "header": True, "rows": [["A", "B"], ["1"]], "text": "A B 1"}])
    )
    assert block.value["columns"] == [
        {"type": "text", "heading": "A"},
        {"type": "text", "heading": "B"},
    ]
    assert block.value["rows"] == [{"values": ["1", ""]}]


def test_a_measure_keeps_its_fields_and_one_without_them_is_a_paragraph():
    fields = {"title": "Titel", "goal": "Ziel", "responsible": "Amt", "text": "Titel Ziel Amt"}
    full, bare = draft_blocks(
        read([{"type": "measure", **fields}, {"type": "measure", "text": "Nur Text."}])
    )
    assert full.kind == "measure"
    assert full.value["responsible"] == "Amt"
    assert bare.value == "<p>Nur Text.</p>"


def test_scripts_and_foreign_links_do_not_survive():
    html = '<b>fett</b> <a href="javascript:alert(1)">x</a><script>alert(1)</script>'
    (block,) = draft_blocks(read([{"type": "paragraph", "text": "", "html": html}]))
    assert block.value == "<p><b>fett</b> x</p>"


def test_an_image_without_its_file_leaves_its_caption():
    image = {"type": "image", "text": "Bild", "alt": "Was man sieht", "file": "b.png"}
    (caption,) = draft_blocks(read([image]))
    assert caption.value == "<p>Bild</p>"
    (figure,) = draft_blocks(read([image]), images={"b.png": 7})
    assert figure.value == {"image": 7, "alt": "Was man sieht", "caption": "Bild"}


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.json", b"{"),
        ("a.json", b"[]"),
        ("a.json", b"[1]"),
        ("a.json", b"[" * 100_000),
        ("a.json", b'[{"type":"table","rows":[[1]],"text":"x"}]'),
        ("a.json", b'[{"type":"table","rows":"x","text":"x"}]'),
        ("a.json", b'[{"type":"measure","title":{},"text":"x"}]'),
        ("a.json", b'[{"type":"image","file":["/etc/passwd"],"text":"x"}]'),
        ("a.json", b"\xff\xfe"),
        ("a.md", b""),
        ("a.md", b"\x00\x01"),
        ("a.html", b"<p></p>"),
        ("a.docx", b"PK"),
        ("a.exe", b"MZ"),
        ("", b""),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_one_line(name, data):
    with pytest.raises(UnreadableFile) as refused:
        read_document((name, data))
    assert "\n" not in str(refused.value)
    assert name in str(refused.value)


def test_markdown_becomes_chapters_and_text():
    blocks = draft_blocks(
        read_document(("a.md", b"# Kapitel\n\nEin **Satz**.\n\n## Unten\n\n- a\n- b\n"))
    )
    assert [(b.kind, b.value) for b in blocks] == [
        ("chapter", "Kapitel"),
        ("text", "<p>Ein <b>Satz</b>.</p>"),
        ("text", "<h2>Unten</h2><ul><li>a</li><li>b</li></ul>"),
    ]


def test_blocks_keep_the_ids_of_what_they_were():
    old = draft_blocks(
        read(
            [
                {"type": "heading", "level": 2, "text": "Eins"},
                {"type": "paragraph", "text": "Der erste Absatz über Busse und Bahnen."},
                {"type": "heading", "level": 2, "text": "Zwei"},
                {"type": "paragraph", "text": "Der zweite Absatz über Ämter und Briefe."},
                {"type": "heading", "level": 2, "text": "Drei"},
                {"type": "paragraph", "text": "Ein dritter Abschnitt."},
            ]
        )
    )
    known = [KnownBlock(b.kind, key, b.text, b.heading) for b, key in zip(old, "abc", strict=True)]
    new = draft_blocks(
        read(
            [
                {"type": "heading", "level": 2, "text": "Drei"},
                {"type": "paragraph", "text": "Ein dritter Abschnitt."},
                {"type": "heading", "level": 2, "text": "Neu"},
                {"type": "paragraph", "text": "Ganz etwas anderes, nie gelesen."},
                {"type": "heading", "level": 2, "text": "Eins"},
                {"type": "paragraph", "text": "Anders."},
                {"type": "heading", "level": 2, "text": "Zwei und mehr"},
                {"type": "paragraph", "text": "Der zweite Absatz über Ämter, Briefe und Telefone."},
            ]
        )
    )
    keys = keys_for(new, known)
    assert (keys[0], keys[2], keys[3]) == ("c", "a", "b")
    assert keys[1] not in "abc"


def test_ids_of_the_file_are_kept_only_once_and_only_where_they_are_usable():
    blocks = draft_blocks(
        read(
            [
                {"type": "quote", "text": "a", "id": "eins"},
                {"type": "quote", "text": "b", "id": "eins"},
                {"type": "quote", "text": "c", "id": "mit punkt."},
            ]
        )
    )
    keys = keys_for(blocks)
    assert keys[0] == "eins"
    assert len(set(keys)) == 3
    assert "mit punkt." not in keys
