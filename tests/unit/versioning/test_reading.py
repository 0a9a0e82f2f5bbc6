from __future__ import annotations

import io
import json
import unicodedata
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import docx
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from hypothesis import given
from hypothesis import strategies as st

from tests.hostile import text_content
from tests.support import MissingData, no_hang, shared_path
from versioning.core.normalizing import normal_text
from versioning.core.reading import SourceBlock, UnreadableFile, read_blocks, read_passages

if TYPE_CHECKING:
    from collections.abc import Callable

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def short(name: str, data: str | bytes) -> list[tuple[str, str]]:
    data = data.encode() if isinstance(data, str) else data
    return [(p.kind, p.text) for p in read_passages((name, data))]


def blocks(name: str, data: str | bytes) -> list[SourceBlock]:
    return read_blocks((name, data.encode() if isinstance(data, str) else data))


def assert_read_or_refused(read: Callable, name: str, data: bytes) -> None:
    try:
        found = read((name, data))
    except UnreadableFile as error:
        message = str(error)
    else:
        assert all(item.text for item in found)
        return
    assert message.startswith(name + ": ")


def zipped(parts: dict[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def word(body: str) -> bytes:
    return zipped({"word/document.xml": f"<w:document {W}><w:body>{body}</w:body></w:document>"})


def odt(body: str, styles: str = "") -> bytes:
    names = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for short, name in {
            "office": "office",
            "text": "text",
            "table": "table",
            "style": "style",
            "draw": "drawing",
            "fo": "xsl-fo-compatible",
            "svg": "svg-compatible",
        }.items()
    )
    content = (
        f'<office:document-content {names} xmlns:xlink="http://www.w3.org/1999/xlink" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )
    return zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content})


# JSON


def test_a_json_block_is_one_passage_whatever_its_type():
    items = [
        {"type": "heading", "level": 2, "text": "Ziele", "id": "k1"},
        {"type": "paragraph", "text": "a b", "html": "a <b>b</b>"},
        {"type": "list_item", "depth": 3, "text": "c\u00a0d"},
        {"type": "table", "text": "x\ty\nz"},
        {"type": "paragraph", "text": " \u00ad "},
        {"type": "image", "alt": "Bild"},
    ]
    found = read_passages(("a.json", json.dumps(items).encode()))
    assert [(p.kind, p.level, p.text) for p in found] == [
        ("heading", 2, "Ziele"),
        ("paragraph", 0, "a b"),
        ("list_item", 3, "c d"),
        ("table", 0, "x y z"),
        ("caption", 0, "Bild"),
    ]
    assert (found[0].block, found[0].uid) == ("k1", "k1")
    assert [p.html for p in found] == ["", "a <b>b</b>", "", "", ""]


def test_the_plain_text_counts_where_html_says_other_words():
    items = [{"type": "paragraph", "text": "a", "html": "<b>b</b>"}]
    (passage,) = read_passages(("a.json", json.dumps(items).encode()))
    assert (passage.text, passage.html) == ("a", "")


def test_html_alone_gives_the_text():
    items = [
        {"type": "paragraph", "html": "<p>a<br>b</p>"},
        {"type": "paragraph", "html": "x &amp; y"},
    ]
    found = read_passages(("a.json", json.dumps(items).encode()))
    assert [(p.text, p.html) for p in found] == [("a b", "a<br> b"), ("x & y", "")]


def test_a_list_without_blocks_is_a_text_without_passages():
    assert short("a.json", "[]") == []
    assert short("a.json", "\ufeff[]") == []


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b" \n ",
        b"{",
        b"{}",
        b'"a"',
        b"null",
        b"[1]",
        b'["a"]',
        b'[{"text": "a"}]',
        b'[{"type": "song", "text": "a"}]',
        b'[{"type": ["paragraph"], "text": "a"}]',
        b'[{"type": "paragraph"}]',
        b'[{"type": "paragraph", "text": 5}]',
        b'[{"type": "paragraph", "text": "a", "html": {}}]',
        b'[{"type": "heading", "text": "a", "level": "2"}]',
        b'[{"type": "heading", "text": "a", "level": true}]',
        b'[{"type": "heading", "text": "a", "level": 1e2}]',
        b'[{"type": "heading", "text": "a", "level": -1}]',
        b'[{"type": "heading", "text": "a", "level": ' + b"9" * 20 + b"}]",
        b'[{"type": "heading", "text": "a", "level": ' + b"9" * 5000 + b"}]",
        b'[{"type": "paragraph", "text": "a", "id": {}}]',
        b'[{"type": "paragraph", "text": "a", "id": "' + b"x" * 300 + b'"}]',
        b"[" * 200_000,
        b"[" * 200_000 + b"]" * 200_000,
        b'[{"type": "paragraph", "text": "\xe4"}]',
        b'[{"type": "paragraph", "text": "a\x00"}]',
        '[{"type": "paragraph", "text": "a"}]'.encode("utf-16"),
    ],
)
@pytest.mark.parametrize("read", [read_passages, read_blocks])
def test_a_json_file_of_the_wrong_shape_is_refused_in_one_line_with_its_name(read, data):
    with pytest.raises(UnreadableFile) as error:
        read(("ordner/wrong.json", data))
    assert str(error.value).startswith("ordner/wrong.json: ")
    assert "\n" not in str(error.value)
    assert str(error.value) == error.value.template % error.value.params


def test_the_message_names_the_first_wrong_block():
    with pytest.raises(UnreadableFile, match="block 2 cannot be used: it has no text"):
        read_passages(("a.json", b'[{"type": "table", "text": "a"}, {"type": "table"}]'))


def test_half_a_character_and_deep_html_in_a_block_are_no_error():
    items = [
        {"type": "paragraph", "text": "\ud83dx\x00"},
        {"type": "paragraph", "html": "<b>" * 20_000 + "y"},
    ]
    assert short("a.json", json.dumps(items)) == [("paragraph", "\ufffdx"), ("paragraph", "y")]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "text", "html", "id", "level", "depth"]), inner, max_size=4
        )
    ),
    max_leaves=10,
)


@given(st.lists(json_values, max_size=3))
def test_any_json_is_read_or_refused(value):
    for read in (read_passages, read_blocks):
        assert_read_or_refused(read, "a.json", json.dumps(value).encode())


@given(st.binary(max_size=200), st.sampled_from([".json", ".md", ".html", ".txt", ".docx", ".odt"]))
def test_any_bytes_are_read_or_refused(data, suffix):
    for read in (read_passages, read_blocks):
        assert_read_or_refused(read, "a" + suffix, data)


# Files


def test_what_is_no_readable_file_is_refused(tmp_path):
    paths = {
        tmp_path / "missing.md": "there is no such file",
        tmp_path: "is a directory",
        Path("/dev/null"): "there is no such file",
        tmp_path / ("x" * 300 + ".md"): "cannot be read",
        tmp_path / "nul\x00.md": "cannot be read|no such file",
    }
    for path, message in paths.items():
        with pytest.raises(UnreadableFile, match=message) as error:
            read_passages(path)
        assert str(path) in str(error.value)


@pytest.mark.parametrize("name", ["a.pdf", "a", "a.md.exe", ".md", "a.doc"])
def test_an_unknown_kind_of_file_is_refused(name):
    with pytest.raises(UnreadableFile, match="unknown kind of file"):
        read_passages((name, b"a"))


def test_a_file_over_fifty_megabytes_is_refused(tmp_path):
    path = tmp_path / "large.txt"
    with path.open("wb") as file:
        file.truncate(50 * 1024 * 1024 + 1)
    with pytest.raises(UnreadableFile, match="larger than 50 MB"):
        read_passages(path)


@pytest.mark.parametrize("suffix", [".md", ".txt", ".html"])
def test_binary_and_foreign_encodings_are_refused(suffix):
    with pytest.raises(UnreadableFile, match="binary"):
        read_passages(("a" + suffix, b"PK\x03\x04\x00\x00"))
    with pytest.raises(UnreadableFile, match="UTF-8"):
        read_passages(("a" + suffix, "für".encode("latin-1")))


@pytest.mark.parametrize("suffix", [".md", ".txt", ".html"])
def test_an_empty_text_file_is_a_text_without_passages(suffix):
    assert short("a" + suffix, b"") == []
    assert short("a" + suffix, b" \r\n\xc2\xa0") == []


def test_a_line_break_in_a_file_name_does_not_break_the_message():
    with pytest.raises(UnreadableFile) as error:
        read_passages(("a\nb.json", b""))
    assert "\n" not in str(error.value)


# Text, Markdown, html


def test_paragraphs_of_a_text_file_are_separated_by_blank_lines():
    text = "\ufeffEins\r\nnoch eins\r\n \r\n\r\n<b>zwei</b> &amp;\n\n\nStra\u00ads\u0327e"
    assert short("a.txt", text) == [
        ("paragraph", "Eins noch eins"),
        ("paragraph", "<b>zwei</b> &amp;"),
        ("paragraph", "Stra\u015fe"),
    ]


MARKDOWN = """---
title: Kopf
tags:
  - a
---
# Ziele

Ein *kurzer* **Text** mit [Verweis](https://a.b/) und <span>html</span>.
Zweite Zeile.

1. eins
   - innen
2. zwei

> Zitat

| A | B |
|---|---|
| 1 | **2** |

![Die Spree](spree.png)

<!-- weg -->

***
"""


def test_markdown_is_cut_into_passages():
    assert [
        (p.kind, p.level, p.marker, p.text) for p in read_passages(("a.md", MARKDOWN.encode()))
    ] == [
        ("heading", 1, "", "Ziele"),
        ("paragraph", 0, "", "Ein kurzer Text mit Verweis und html. Zweite Zeile."),
        ("list_item", 1, "1.", "eins"),
        ("list_item", 2, "•", "innen"),
        ("list_item", 1, "2.", "zwei"),
        ("quote", 0, "", "Zitat"),
        ("table_row", 0, "", "A B"),
        ("table_row", 0, "", "1 2"),
        ("caption", 0, "", "Die Spree"),
    ]


def test_markdown_gives_blocks_for_an_import():
    found = blocks("a.md", MARKDOWN)
    assert [b.kind for b in found] == [
        *("heading", "paragraph", "list_item", "list_item", "list_item", "quote", "table", "image")
    ]
    assert found[1].html.startswith(
        'Ein <i>kurzer</i> <b>Text</b> mit <a href="https://a.b/">Verweis</a>'
    )
    assert [(b.level, b.ordered) for b in found[2:5]] == [(1, True), (2, False), (1, True)]
    assert (found[6].rows, found[6].has_head) == ((("A", "B"), ("1", "<b>2</b>")), True)
    assert found[7].text == "Die Spree"


def test_a_thematic_break_at_the_start_is_no_yaml_head():
    assert short("a.md", "---\n\nText\n\n---\n\nmehr") == [
        ("paragraph", "Text"),
        ("paragraph", "mehr"),
    ]


@pytest.mark.parametrize("source", [">" * 5_000 + " a", "- " * 2_000 + "a", "> - " * 500 + "a"])
def test_markdown_nested_too_deeply_is_refused_and_nothing_is_lost_in_silence(source):
    with pytest.raises(UnreadableFile, match="nested too deeply"):
        read_passages(("a.md", source.encode()))


@pytest.mark.parametrize("source", ["[" * 20_000, "*a " * 20_000, "`" * 20_000, "![" * 5_000])
def test_hostile_markdown_ends_and_keeps_its_words(source):
    with no_hang():
        found = read_passages(("a.md", (source + "\n\nEnde").encode()))
        assert found[-1].text == "Ende"


def test_html_is_cut_into_passages_without_scripts():
    page = (
        "<!doctype html><html><head><title>t</title><style>x</style></head><body><h1>A</h1>"
        "<script>evil()</script><p>b<br>c</p><table><tr><td>1</td><td>2</td></tr></table>"
    )
    assert short("a.html", page) == [("heading", "A"), ("paragraph", "b c"), ("table_row", "1 2")]
    assert short("A.HTM", "x") == [("paragraph", "x")]


def test_html_nested_too_deeply_is_refused():
    with pytest.raises(UnreadableFile, match="nested too deeply"):
        read_passages(("a.html", b"<div>" * 10_000))


# Blocks of JSON


def test_json_blocks_keep_ids_and_tables_their_cells():
    items = [
        {"type": "heading", "level": 2, "text": "A & B", "id": "k1"},
        {"type": "list_item", "text": "a", "ordered": True},
        {"type": "table", "text": "| A | B |\n| 1 | 2 |"},
        {
            "type": "table",
            "text": "1 2",
            "html": "<table><tr><th>1</th><th><b>2</b></th></tr></table>",
        },
        {"type": "table", "text": "eine Zeile"},
        {"type": "paragraph", "text": ""},
    ]
    heading, item, lines, cells, single = blocks("a.json", json.dumps(items))
    assert (heading.key, heading.level, heading.html) == ("k1", 2, "A &amp; B")
    assert (item.level, item.ordered) == (1, True)
    assert lines.rows == (("A", "B"), ("1", "2"))
    assert (cells.rows, cells.has_head) == ((("1", "<b>2</b>"),), True)
    assert single.rows == (("eine Zeile",),)


# Word


def make_docx() -> bytes:
    document = docx.Document()
    document.add_heading("Ziele", 2)
    paragraph = document.add_paragraph("Ein ")
    paragraph.add_run("fetter").bold = True
    paragraph.add_run(" und kursiver").italic = True
    run = paragraph.add_run("2")
    run.font.superscript = True
    run.add_break()
    paragraph.add_run("Zeile\tzwei")
    document.add_paragraph("eins", style="List Number")
    document.add_paragraph("innen", style="List Bullet 2")
    document.add_paragraph("zwei", style="List Number")
    document.add_paragraph("Wort", style="Quote")
    table = document.add_table(2, 2)
    for number, cell in enumerate(table._cells):
        cell.text = str(number)
    link = OxmlElement("w:hyperlink")
    key = document.part.relate_to(
        "https://a.b/",
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink",
        is_external=True,
    )
    link.set(qn("r:id"), key)
    last = document.add_paragraph("Ein ")
    link.append(last.add_run("Verweis")._r)
    last._p.append(link)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_a_word_file_is_cut_into_passages():
    found = read_passages(("a.docx", make_docx()))
    assert [(p.kind, p.level, p.text) for p in found] == [
        ("heading", 2, "Ziele"),
        ("paragraph", 0, "Ein fetter und kursiver2 Zeile zwei"),
        ("list_item", 1, "eins"),
        ("list_item", 2, "innen"),
        ("list_item", 1, "zwei"),
        ("quote", 0, "Wort"),
        ("table_row", 0, "0 1"),
        ("table_row", 0, "2 3"),
        ("paragraph", 0, "Ein Verweis"),
    ]
    assert found[1].html == "Ein <b>fetter</b><i> und kursiver</i><sup>2<br> </sup>Zeile zwei"
    assert found[8].html == 'Ein <a href="https://a.b/">Verweis</a>'


def test_a_word_file_gives_numbered_and_plain_items():
    items = [b for b in blocks("a.docx", make_docx()) if b.kind == "list_item"]
    assert [b.ordered for b in items] == [True, False, True]


def test_deleted_words_of_a_word_file_do_not_count_and_inserted_ones_do():
    body = (
        "<w:p><w:r><w:t>a</w:t></w:r><w:del><w:r><w:delText>b</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>c</w:t></w:r></w:ins><w:r><w:instrText>PAGE</w:instrText></w:r></w:p>"
        "<w:sdt><w:sdtContent><w:p><w:r><w:t>d</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    )
    assert short("a.docx", word(body)) == [("paragraph", "ac"), ("paragraph", "d")]


# OpenDocument


def test_an_odt_file_is_cut_into_passages():
    styles = (
        '<style:style style:name="T1" style:family="text">'
        '<style:text-properties fo:font-weight="bold"/></style:style>'
        '<text:list-style style:name="L1"><text:list-level-style-number text:level="1"/>'
        "</text:list-style>"
    )
    body = (
        '<text:h text:outline-level="2">Ziele</text:h>'
        '<text:p>a<text:s text:c="3"/>b<text:span text:style-name="T1">fett</text:span>'
        "<text:note><text:note-body><text:p>weg</text:p></text:note-body></text:note> "
        '<text:a xlink:href="https://a.b/">Verweis</text:a><text:line-break/>Ende</text:p>'
        '<text:list text:style-name="L1"><text:list-item><text:p>eins</text:p>'
        "<text:list><text:list-item><text:p>innen</text:p></text:list-item></text:list>"
        "</text:list-item></text:list>"
        "<table:table><table:table-row><table:table-cell><text:p>1</text:p></table:table-cell>"
        "<table:table-cell><text:p>2</text:p></table:table-cell></table:table-row></table:table>"
        "<text:p><draw:frame><draw:image/><svg:desc>Die Spree</svg:desc></draw:frame></text:p>"
    )
    found = read_passages(("a.odt", odt(body, styles)))
    assert [(p.kind, p.level, p.marker, p.text) for p in found] == [
        ("heading", 2, "", "Ziele"),
        ("paragraph", 0, "", "a bfett Verweis Ende"),
        ("list_item", 1, "1.", "eins"),
        ("list_item", 2, "1.", "innen"),
        ("table_row", 0, "", "1 2"),
        ("caption", 0, "", "Die Spree"),
    ]
    assert found[1].html == 'a b<b>fett</b> <a href="https://a.b/">Verweis</a><br> Ende'


# Hostile archives

ENTITY = (
    '<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa">'
    + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + f"]><w:document {W}><w:body><w:p><w:r><w:t>&i;</w:t></w:r></w:p></w:body></w:document>"
)
EXTERNAL = (
    '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
    f"<w:document {W}><w:body><w:p><w:r><w:t>&x;</w:t></w:r></w:p></w:body></w:document>"
)
PARAGRAPH = "<w:p><w:r><w:t>x</w:t></w:r></w:p>"


def docx_without_text() -> bytes:
    out = io.BytesIO()
    docx.Document().save(out)
    return out.getvalue()


def of_too_many_elements() -> bytes:
    texts = (f"<w:p><w:r><w:t>{n * 7919:x}</w:t></w:r></w:p>" for n in range(150_000))
    return word("".join(texts))


def lying_about_its_size() -> bytes:
    data = bytearray(word(PARAGRAPH * 1_500_000))
    entry = data.index(b"PK\x01\x02")
    data[entry + 24 : entry + 28] = (1000).to_bytes(4, "little")
    return bytes(data)


def with_a_bomb_that_nobody_reads() -> bytes:
    text = f"<w:document {W}><w:body>{PARAGRAPH}</w:body></w:document>"
    data = bytearray(zipped({"word/document.xml": text, "word/media/bomb.bin": "x"}))
    entry = data.rindex(b"PK\x01\x02")
    data[entry + 24 : entry + 28] = (400_000_000).to_bytes(4, "little")
    return bytes(data)


def of_unknown_compression() -> bytes:
    data = bytearray(word(PARAGRAPH))
    entry = data.index(b"PK\x01\x02")
    data[entry + 10 : entry + 12] = (77).to_bytes(2, "little")
    return bytes(data)


@pytest.mark.parametrize(
    "make",
    [
        lambda: b"",
        lambda: b"not a zip",
        lambda: word(PARAGRAPH)[:-30],
        lambda: zipped({"other.xml": "<a/>"}),
        lambda: zipped({"word/document.xml": "<a"}),
        lambda: zipped({"word/document.xml": ""}),
        lambda: zipped({"word/document.xml": ENTITY}),
        lambda: zipped({"word/document.xml": EXTERNAL}),
        lambda: word(PARAGRAPH * 1_500_000),
        of_too_many_elements,
        lying_about_its_size,
        with_a_bomb_that_nobody_reads,
        of_unknown_compression,
        lambda: zipped({f"{n}.xml": "" for n in range(6_000)}),
        lambda: word("<w:tbl>" * 10_000 + "</w:tbl>" * 10_000),
        lambda: word("<w:p/>"),
        docx_without_text,
    ],
)
def test_a_hostile_or_empty_word_file_is_refused_quickly(make: Callable[[], bytes]):
    data = make()
    with no_hang(), pytest.raises(UnreadableFile, match=r"^böse\.docx: "):
        read_passages(("böse.docx", data))


@pytest.mark.parametrize(
    "make", [lambda: b"", lambda: odt(""), lambda: zipped({"content.xml": ENTITY})]
)
def test_a_hostile_or_empty_odt_file_is_refused(make: Callable[[], bytes]):
    with pytest.raises(UnreadableFile, match=r"^a\.odt: "):
        read_passages(("a.odt", make()))


def test_names_that_climb_out_of_the_archive_write_nothing(tmp_path):
    data = zipped({"../../evil.txt": "x", "word/document.xml": f"<w:document {W}/>"})
    path = tmp_path / "deep" / "a.docx"
    path.parent.mkdir()
    path.write_bytes(data)
    with pytest.raises(UnreadableFile):
        read_passages(path)
    assert [p.name for p in tmp_path.rglob("*") if p.is_file()] == ["a.docx"]


# Real documents


def revisions() -> list[Path]:
    try:
        return sorted(shared_path("data/revisions").glob("*/[no]*.json"))
    except MissingData:
        return []


@pytest.mark.skipif(
    not revisions(), reason="no revisions in the folder 'shared' beside the repository"
)
@pytest.mark.parametrize("path", revisions(), ids=lambda p: f"{p.parent.name[:3]}-{p.stem}")
def test_every_block_of_a_real_document_is_one_passage_with_its_words(path):
    given_blocks = [block for block in json.loads(path.read_text()) if normal_text(block["text"])]
    found = read_passages(path)
    assert [p.text for p in found] == [
        " ".join(unicodedata.normalize("NFC", b["text"].replace("\xad", "")).split())
        for b in given_blocks
    ]
    assert all(text_content(p.html) == p.text for p in found if p.html)
    marked = [
        bool(p.html) for p, b in zip(found, given_blocks, strict=True) if "<b>" in b.get("html", "")
    ]
    assert all(marked)
    assert [b.text for b in read_blocks(path)] == [p.text for p in found]
