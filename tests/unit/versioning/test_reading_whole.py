"""Office files as a whole: tracked changes, notes, comments, images, and what is refused."""

from __future__ import annotations

import io
import zipfile
from base64 import b64decode

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from tests.support import no_hang
from tests.unit.versioning.test_reading import PARAGRAPH, W, odt, word, zipped
from tests.unit.versioning.test_tracking import PAIRS, written
from versioning.core.reading import UnreadableFile, read_passages, read_source
from versioning.core.reading.pictures import MAX_IMAGES

PNG = b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def saved(document) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def source(data: bytes, *, name: str = "a.docx", refuse: bool = False):
    return read_source((name, data), refuse_changes=refuse)


def texts(found) -> list[str]:
    return [line for block in found.blocks for line in block.text.splitlines()]


def remarks(found) -> dict[str, int]:
    return {name: number for name, number in found.remarks.items() if number}


def changed(data: bytes, parts: dict[str, bytes]) -> bytes:
    """Return an archive with other or more parts."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        old = {name: archive.read(name) for name in archive.namelist()}
    return zipped({**old, **parts})


# Tracked changes


@pytest.mark.parametrize("name", [name for name, (old, new) in PAIRS.items() if old and new])
def test_changes_of_a_word_file_are_accepted_or_refused(name):
    old, new = PAIRS[name]
    data = written(old, new)
    assert texts(source(data)) == [one.text for one in new]
    assert texts(source(data, refuse=True)) == [one.text for one in old]


def test_how_many_changes_there_were_is_told():
    body = (
        "<w:p><w:r><w:t>a</w:t></w:r><w:del><w:r><w:delText>b</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>c</w:t></w:r></w:ins></w:p>"
    )
    assert remarks(source(word(body))) == {"changes_accepted": 2}
    assert remarks(source(word(body), refuse=True)) == {"changes_refused": 2}
    assert [texts(source(word(body), refuse=refuse)) for refuse in (False, True)] == [
        ["ac"],
        ["ab"],
    ]


def region(key: str, kind: str, deleted: str = "") -> str:
    inner = f"<text:{kind}>{deleted}</text:{kind}>"
    return f'<text:changed-region text:id="{key}">{inner}</text:changed-region>'


def mark(kind: str, key: str) -> str:
    return f'<text:{kind} text:change-id="{key}"/>'


ODT_CHANGES = {
    "words": (
        region("i", "insertion") + region("d", "deletion", "<text:p>alte </text:p>"),
        f"<text:p>Eine {mark('change', 'd')}{mark('change-start', 'i')}neue "
        f"{mark('change-end', 'i')}<text:span>Stadt</text:span></text:p>",
        ["Eine alte Stadt"],
        ["Eine neue Stadt"],
    ),
    "a paragraph that was deleted": (
        region("d", "deletion", "<text:p>eins</text:p><text:p>zwei</text:p>"),
        f"<text:p>vorn {mark('change', 'd')} <text:span>hinten</text:span></text:p>",
        ["vorn eins", "zwei hinten"],
        ["vorn hinten"],
    ),
    "paragraphs that were inserted": (
        region("i", "insertion"),
        f"<text:p>vorn{mark('change-start', 'i')} neu</text:p><text:p>ganz neu</text:p>"
        f"<text:p>noch neu {mark('change-end', 'i')} hinten</text:p>",
        ["vorn hinten"],
        ["vorn neu", "ganz neu", "noch neu hinten"],
    ),
    "an item that was inserted": (
        region("i", "insertion"),
        f"<text:list><text:list-item><text:p>eins{mark('change-start', 'i')}</text:p>"
        f"</text:list-item><text:list-item><text:p>zwei{mark('change-end', 'i')}</text:p>"
        "</text:list-item></text:list>",
        ["eins"],
        ["eins", "zwei"],
    ),
}


@pytest.mark.parametrize("name", ODT_CHANGES)
def test_changes_of_an_opendocument_text_are_accepted_or_refused(name):
    regions, body, old, new = ODT_CHANGES[name]
    data = odt(f"<text:tracked-changes>{regions}</text:tracked-changes>{body}")
    assert texts(source(data, name="a.odt")) == new
    assert texts(source(data, name="a.odt", refuse=True)) == old
    assert [p.text for p in read_passages(("a.odt", data))] == new


# Comments


def test_comments_of_a_word_file_stand_at_their_words():
    document = docx.Document()
    document.add_paragraph("Die Spree.")
    paragraph = document.add_paragraph("Die Stadt ist ")
    run = paragraph.add_run("klug")
    paragraph.add_run(" und grün.")
    document.add_paragraph("Die Spree.")
    comment = document.add_comment(run, text="Wirklich?", author="Ada  Lovelace", initials="AL")
    comment.add_paragraph("Bitte belegen.")
    document.add_comment(document.paragraphs[2].runs[0], text="Doppelt", author="B")
    document.add_comment(run, text=" ", author="C")
    found = source(saved(document))
    assert [(c.author, c.text, c.quote, c.block) for c in found.comments] == [
        ("Ada Lovelace", "Wirklich?\nBitte belegen.", "klug", 1),
        ("B", "Doppelt", "Die Spree.", 2),
    ]
    assert found.comments[0].written.startswith("20")
    assert found.comments[0].passage == "Die Stadt ist klug und grün."
    assert texts(found)[1] == found.comments[0].passage


def test_comments_in_tables_and_of_opendocument_texts_find_their_places():
    document = docx.Document()
    document.add_paragraph("Vorn")
    cell = document.add_table(1, 2).cell(0, 1)
    document.add_comment(cell.paragraphs[0].add_run("Zelle"), text="hier", author="A")
    assert [c.block for c in source(saved(document)).comments] == [1]
    body = (
        "<text:p>Eins</text:p><text:p>Eine <office:annotation office:name='n'><dc:creator>Ada"
        "</dc:creator><dc:date>2026-01-02T03:04:05</dc:date><text:p>Sicher?</text:p>"
        "</office:annotation>kluge<office:annotation-end office:name='n'/> Stadt"
        "<office:annotation><text:p>am Ende</text:p></office:annotation></text:p>"
    )
    found = source(odt(body), name="a.odt")
    assert texts(found) == ["Eins", "Eine kluge Stadt"]
    assert [(c.author, c.written, c.text, c.quote, c.block) for c in found.comments] == [
        ("Ada", "2026-01-02T03:04:05", "Sicher?", "kluge", 1),
        ("", "", "am Ende", "", 1),
    ]


# Notes at the foot


def test_footnotes_stand_behind_their_chapter():
    body = (
        '<w:p><w:pPr><w:pStyle w:val="H"/></w:pPr><w:r><w:t>Eins</w:t></w:r></w:p>'
        '<w:p><w:r><w:t>Satz</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r></w:p>'
        '<w:p><w:pPr><w:pStyle w:val="H"/></w:pPr><w:r><w:t>Zwei</w:t></w:r></w:p>'
        '<w:p><w:r><w:t>Ende</w:t></w:r><w:r><w:endnoteReference w:id="5"/></w:r></w:p>'
    )
    note = '<w:{0} w:id="{1}"><w:p><w:r><w:footnoteRef/><w:t>{2}</w:t></w:r></w:p></w:{0}>'
    line = '<w:footnote w:type="separator" w:id="0"><w:p/></w:footnote>'
    style = '<w:style w:styleId="H"><w:name w:val="heading 1"/></w:style>'
    data = changed(
        word(body),
        {
            "word/styles.xml": f"<w:styles {W}>{style}</w:styles>",
            "word/footnotes.xml": f"<w:footnotes {W}>{line}{note.format('footnote', 2, 'Quelle')}"
            "</w:footnotes>",
            "word/endnotes.xml": f"<w:endnotes {W}>{note.format('endnote', 5, 'Schluss')}"
            "</w:endnotes>",
        },
    )
    found = source(data)
    assert texts(found) == ["Eins", "Satz1", "1 Quelle", "Zwei", "Ende2", "2 Schluss"]
    assert found.blocks[1].html == "Satz<sup>1</sup>"
    assert remarks(found) == {"footnotes": 2}
    assert [p.text for p in read_passages(("a.docx", data))] == ["Eins", "Satz", "Zwei", "Ende"]


# Images and what is left out


def with_picture(data: bytes = PNG, *, descr: str = "", caption: str = "") -> bytes:
    document = docx.Document()
    document.add_paragraph("Text")
    document.add_picture(io.BytesIO(PNG))
    properties = next(document.element.body.iter("{*}docPr"))
    properties.set("descr", descr)
    if caption:
        document.add_paragraph(caption, style="Caption")
    return changed(saved(document), {"word/media/image1.png": data})


def test_an_image_of_a_word_file_comes_with_its_words():
    found = source(with_picture(descr="Die Spree", caption="Abbildung 1"))
    image = found.blocks[1]
    assert (image.kind, image.text, image.alt, image.image) == (
        "image", "Abbildung 1", "Die Spree", "image1.png",
    )  # fmt: skip
    assert found.images == {"image1.png": PNG}
    assert remarks(found) == {}


def test_an_image_that_nobody_described_is_told():
    found = source(with_picture())
    assert found.blocks[1].text == "Picture 1"
    assert remarks(found) == {"images_undescribed": 1}
    assert [p.text for p in read_passages(("a.docx", with_picture()))] == ["Text"]


def test_of_an_image_of_a_foreign_format_only_the_words_are_taken():
    found = source(with_picture(b"\x01\x00\x00\x00 EMF", descr="Die Spree"))
    assert [(b.text, b.image) for b in found.blocks] == [("Text", ""), ("Die Spree", "")]
    assert (found.images, remarks(found)) == ({}, {"images_of_foreign_formats": 1})


def test_headers_contents_boxes_and_charts_are_told():
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "Entwurf vom Montag"
    document.styles.add_style("toc 1", 1)
    document.add_paragraph("Kapitel 1 … 3", style="toc 1")
    run = document.add_paragraph("Text").add_run()
    box = "<w:txbxContent><w:p><w:r><w:t>Kasten</w:t></w:r></w:p></w:txbxContent>"
    chart = (
        '<w:drawing xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">'
        '<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart"/></w:drawing>'
    )
    for xml in (f"<w:pict>{box}</w:pict>", chart):
        run._r.append(parse_xml(xml.replace(">", f" {nsdecls('w')}>", 1)))
    found = source(saved(document))
    assert texts(found) == ["Text", "Kasten"]
    assert remarks(found) == {"headers": 1, "contents": 1, "text_boxes": 1, "objects": 1}


# What is refused


def relation(kind: str, target: str, part: str = "word/_rels/document.xml.rels") -> bytes:
    xml = (
        f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r1" Type="{RELATIONS}/{kind}" '
        f'Target="{target}" TargetMode="External"/></Relationships>'
    )
    return changed(word(PARAGRAPH), {part: xml})


@pytest.mark.parametrize(
    ("kind", "target", "part"),
    [
        ("attachedTemplate", "https://evil.example/a.dotm", "word/_rels/settings.xml.rels"),
        ("image", "http://evil.example/pixel.png", "word/_rels/document.xml.rels"),
        ("oleObject", r"\\evil.example\share\a.xls", "word/_rels/document.xml.rels"),
        ("frame", "file://evil.example/a.htm", "word/_rels/webSettings.xml.rels"),
        ("subDocument", "file:////evil.example/a.docx", "word/_rels/document.xml.rels"),
        ("oleObject", "mhtml:HTTP://evil.example/a", "_rels/.rels"),
    ],
)
def test_a_file_that_would_load_something_from_elsewhere_is_refused(kind, target, part):
    with pytest.raises(UnreadableFile, match="loads something from elsewhere") as refused:
        source(relation(kind, target, part))
    assert "evil.example" in str(refused.value)


@pytest.mark.parametrize(
    ("kind", "target"),
    [
        ("hyperlink", "https://stadt.example/"),
        ("attachedTemplate", "file:///C:\\Users\\Ada\\Normal.dotm"),
        ("image", "file:///C:/Bilder/spree.png"),
    ],
)
def test_links_and_places_on_the_own_disk_are_no_reason_to_refuse(kind, target):
    assert texts(source(relation(kind, target))) == ["x"]


def of_many_parts() -> bytes:
    return zipped({f"word/{n}.xml": "" for n in range(10_000)})


def of_large_parts() -> bytes:
    note = "".join(f"<w:p><w:r><w:t>{n * 7919:x}</w:t></w:r></w:p>" for n in range(90_000))
    rels = f'<Relationships xmlns="{PACKAGE}"/>' + " " * 900_000
    return changed(word(note), {f"word/_rels/{n}.xml.rels": rels for n in range(80)})


def encrypted_entry() -> bytes:
    data = bytearray(word(PARAGRAPH))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: b"", "is empty"),
        (lambda: b"%PDF-1.7", "damaged or not what its ending says"),
        (lambda: word(PARAGRAPH)[:200], "damaged"),
        (of_many_parts, "too many parts"),
        (of_large_parts, "too much data"),
        (lambda: OLD_OFFICE, "old format"),
        (lambda: OLD_OFFICE + "EncryptedPackage".encode("utf-16-le"), "password"),
        (encrypted_entry, "password"),
        (lambda: word("<w:tbl><w:tr><w:tc>" * 9 + PARAGRAPH), "damaged"),
        (lambda: word("<w:tbl><w:tr><w:tc>" * 90 + "</w:tc></w:tr></w:tbl>" * 90), "nested"),
    ],
)
def test_the_refusal_says_what_is_wrong(make, words):
    data = make()
    with no_hang(), pytest.raises(UnreadableFile, match=words):
        source(data)


def test_an_opendocument_text_with_a_password_or_an_image_from_elsewhere_is_refused():
    manifest = {"META-INF/manifest.xml": "<m><encryption-data/></m>", "content.xml": b"\x8f\x01"}
    with pytest.raises(UnreadableFile, match="password"):
        source(zipped(manifest), name="a.odt")
    frame = '<text:p><draw:frame><draw:image xlink:href="http://evil.example/a.png"/></draw:frame></text:p>'
    with pytest.raises(UnreadableFile, match="loads something from elsewhere"):
        source(odt(frame), name="a.odt")


def test_tables_in_tables_as_deep_as_people_write_them_are_read():
    deep = 15
    body = "<w:tbl><w:tr><w:tc>" * deep + PARAGRAPH + "</w:tc></w:tr></w:tbl>" * deep
    assert texts(source(word(body))) == ["x"]


def test_no_more_images_than_a_page_can_bear_are_taken():
    names = [f"Pictures/{n}.png" for n in range(MAX_IMAGES + 2)]
    frames = "".join(
        f'<text:p><draw:frame draw:name="b"><draw:image xlink:href="{name}"/></draw:frame></text:p>'
        for name in names
    )
    data = odt("<text:p>Text</text:p>" + frames)
    found = source(changed(data, dict.fromkeys(names, PNG)), name="a.odt")
    assert len(found.images) == MAX_IMAGES
    assert found.remarks["images_too_many"] == 2


def test_an_image_whose_name_climbs_out_of_the_archive_is_not_there():
    frame = (
        '<text:p>a<draw:frame><draw:image xlink:href="../../etc/hostname"/></draw:frame></text:p>'
    )
    found = source(odt(frame), name="a.odt")
    assert (found.images, found.remarks["images_elsewhere"]) == ({}, 1)
