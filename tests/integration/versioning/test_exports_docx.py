"""Word files of versions and comparisons, opened again by python-docx."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime

import docx
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from docx.oxml.ns import qn
from lxml import etree

from tests.factories import make_draft, make_user, publish
from tests.word import has_libreoffice, paragraphs, resolved, resolved_by_libreoffice
from versioning import doors
from versioning.comparisons import compare_versions
from versioning.core.reading import read_passages
from versioning.doors import ChangeReason
from versioning.exports.docx import comparison_docx, version_docx
from versioning.models import Change, Passage, Version
from versioning.services.changes import explain_changes
from versioning.services.withholding import withhold_passage

pytestmark = pytest.mark.django_db

OLD = (
    "<h2>Ziele</h2><p>Die Stadt gehört allen <b>Menschen</b>, die hier leben.</p>"
    "<ul><li>Wege für alle</li><li>Schulen mit Netz</li></ul>"
    "<table><tr><th>Jahr</th><th>Ziel</th></tr><tr><td>2030</td><td>61 %</td></tr></table>"
    "<p>Dieser Absatz geht am Ende fort und kommt nicht wieder.</p>"
)
NEW = (
    "<h2>Ziele</h2><p>Die Stadt gehört allen <b>Leuten</b>, die hier leben.</p>"
    "<ul><li>Wege für alle</li><li>Ein neuer Punkt der Liste</li><li>Schulen mit Netz</li></ul>"
    "<table><tr><th>Jahr</th><th>Ziel</th></tr><tr><td>2030</td><td>75 %</td></tr></table>"
)


@pytest.fixture(autouse=True)
def reasons(monkeypatch):
    """Let a test say which reasons stand behind changes."""
    found: dict[str, list[ChangeReason]] = {}
    source = lambda changes: {c.pk: found.get(c.new_words, []) for c in changes}  # noqa: E731
    monkeypatch.setattr(doors, "_reason_sources", [source])
    return found


def two_versions(old=OLD, new=NEW, **fields):
    draft = make_draft(title="Strategie", html=old, **fields)
    return publish(draft, label="Entwurf"), publish(draft, html=new)


def compared(old=OLD, new=NEW):
    return compare_versions(*two_versions(old, new))


def xml_of(content, name="word/document.xml"):
    return etree.fromstring(zipfile.ZipFile(io.BytesIO(content)).read(name))


def attributes(content, *tags):
    found = [element for tag in tags for element in xml_of(content).iter(qn(tag))]
    return {(e.get(qn("w:author")), e.get(qn("w:date"))) for e in found}


def texts(lines):
    return [words for _style, words in lines]


def words_of(version):
    return [passage.text for passage in version.passages.in_order()]


def set_moment(version, day):
    moment = datetime(2026, 3, day, 10, tzinfo=UTC)
    Version._base_manager.filter(pk=version.pk).update(published_at=moment)


def test_accepting_gives_the_new_version_and_rejecting_the_old_one(root):
    old, new = two_versions()
    content = comparison_docx(compare_versions(old, new))
    assert texts(resolved(content, "old")) == words_of(old)
    assert texts(resolved(content, "new")) == words_of(new)
    assert resolved(content, "new")[:3] == [
        ("Heading 2", "Ziele"),
        ("Normal", "Die Stadt gehört allen Leuten, die hier leben."),
        ("List Paragraph", "Wege für alle"),
    ]


@pytest.mark.skipif(not has_libreoffice(), reason="LibreOffice is not installed")
def test_libreoffice_gives_both_versions(root, tmp_path):
    old, new = two_versions()
    found = resolved_by_libreoffice({"pair": comparison_docx(compare_versions(old, new))}, tmp_path)
    assert texts(found["pair", "old"]) == words_of(old)
    assert texts(found["pair", "new"]) == words_of(new)


def test_a_change_has_the_date_of_its_version_and_no_person_as_author(root, settings):
    settings.SITE_NAME = "Stadt Spreehafen"
    old, new = two_versions()
    set_moment(new, 5)
    old.refresh_from_db()
    new.refresh_from_db()
    content = comparison_docx(compare_versions(old, new))
    assert attributes(content, "w:ins", "w:del") == {("Stadt Spreehafen", "2026-03-05T10:00:00Z")}


def test_the_office_behind_a_disposition_is_the_author_of_its_change(root, reasons):
    reasons["Leuten"] = [
        ChangeReason("disposition", "Übernommen", "Gilt für alle.", count=2, office="Amt für Wege",
                     quote="Worte einer Bürgerin", author="Erika Muster"),
    ]  # fmt: skip
    old, new = two_versions()
    content = comparison_docx(compare_versions(old, new))
    assert {author for author, _date in attributes(content, "w:ins")} >= {"Amt für Wege"}
    [comment] = docx.Document(io.BytesIO(content)).comments
    assert comment.author == "Amt für Wege"
    assert comment.text.splitlines()[0].startswith("Übernommen")
    assert "Gilt für alle." in comment.text
    everything = b"".join(
        zipfile.ZipFile(io.BytesIO(content)).read(name)
        for name in zipfile.ZipFile(io.BytesIO(content)).namelist()
    ).decode(errors="replace")
    assert "Erika Muster" not in everything
    assert "Worte einer" not in everything


def test_over_several_versions_each_change_has_the_date_of_its_own(root):
    first, second = two_versions()
    third = publish(first.page, html=NEW.replace("Wege für alle", "Breite Wege für alle"))
    for day, version in enumerate((first, second, third), start=1):
        set_moment(version, day)
    first.refresh_from_db()
    third.refresh_from_db()
    content = comparison_docx(compare_versions(first, third))
    found = {
        element.findtext(f".//{qn('w:t')}"): element.get(qn("w:date"))
        for element in xml_of(content).iter(qn("w:ins"))
    }
    assert found["Leuten"] == "2026-03-02T10:00:00Z"
    assert next(d for t, d in found.items() if t and "Breite" in t) == "2026-03-03T10:00:00Z"


def test_an_editorial_reason_stands_beside_its_change(root):
    old, new = two_versions()
    change = Change.objects.get(version=new, new_words="Leuten")
    explain_changes(changes=[change], reason="Verständlicher.", actor=make_user("superuser"))
    [comment] = docx.Document(io.BytesIO(comparison_docx(compare_versions(old, new)))).comments
    assert "Verständlicher." in comment.text


def test_marks_alone_are_a_change_of_format(root):
    content = comparison_docx(compared("<p>Eins zwei drei</p>", "<p>Eins <b>zwei</b> drei</p>"))
    [change] = xml_of(content).iter(qn("w:rPrChange"))
    assert change.getparent().find(qn("w:b")) is not None
    assert change.find(f"{qn('w:rPr')}/{qn('w:b')}") is None
    assert not list(xml_of(content).iter(qn("w:ins"), qn("w:del")))


def test_another_kind_of_paragraph_is_a_change_of_format(root):
    content = comparison_docx(compared("<h2>Ein Satz</h2><p>X</p>", "<h3>Ein Satz</h3><p>X</p>"))
    [change] = xml_of(content).iter(qn("w:pPrChange"))
    assert change.find(f"{qn('w:pPr')}/{qn('w:pStyle')}").get(qn("w:val")) == "Heading2"


def test_a_moved_passage_is_a_move_with_one_name_at_both_ends(root):
    parts = [f"<p>Absatz {n} sagt etwas, das in keinem anderen Absatz steht: {w}.</p>"
             for n, w in enumerate(["Wege", "Schulen", "Vereine", "Bäume", "Busse"])]  # fmt: skip
    moved = [*parts[1:], parts[0]]
    content = comparison_docx(compared("".join(parts), "".join(moved)))
    [begin] = xml_of(content).iter(qn("w:moveFromRangeStart"))
    [end] = xml_of(content).iter(qn("w:moveToRangeStart"))
    assert begin.get(qn("w:name")) == end.get(qn("w:name"))


def test_withheld_words_are_gone_and_the_notice_stands_in_both_versions(root):
    old, new = two_versions()
    passage = new.passages.get(text__contains="Leuten")
    withhold_passage(passage=passage, ground="Beschluss 12", actor=make_user("superuser"))
    for content in (comparison_docx(compare_versions(old, new)), version_docx(new)):
        everything = etree.tostring(xml_of(content), encoding=str)
        assert "Leuten" not in everything
        assert "Beschluss 12" in everything


def test_words_that_xml_cannot_hold_and_markup_stay_words(root):
    words = "]]> <w:p/> &amp; \u202eRTL\u202c 👩🏽‍🔬 =1+1 @SUM(A1)"
    _old, new = two_versions(new=NEW + "<p>Platz</p>")
    Passage._base_manager.filter(version=new, text="Platz").update(
        text=words + "\x07\x0b", html=words.replace("&", "&amp;").replace("<", "&lt;")
    )
    content = version_docx(new)
    assert f"{words}\ufffd\ufffd" in "\n".join(texts(paragraphs(content)))


def test_a_link_that_is_none_becomes_no_hyperlink(root):
    _old, new = two_versions(new=NEW + "<p>Klick hier</p>")
    Passage._base_manager.filter(version=new, text="Klick hier").update(
        html='<a href="javascript:alert(1)">Klick</a> <a href="file:///etc/hostname">hier</a>'
    )
    content = version_docx(new)
    relations = zipfile.ZipFile(io.BytesIO(content)).read("word/_rels/document.xml.rels")
    assert b"javascript" not in relations
    assert b"file:" not in relations
    assert not list(xml_of(content).iter(qn("w:hyperlink")))


def test_a_passage_of_100000_characters_is_written(root):
    long = "Wort " * 20_000
    content = comparison_docx(compared(OLD, f"{OLD}<p>{long}</p>"))
    assert long.strip() in texts(resolved(content, "new"))


def test_a_version_has_numbers_before_its_passages_and_real_headings(root):
    _old, new = two_versions()
    lines = paragraphs(version_docx(new))
    numbers = [passage.number for passage in new.passages.in_order()]
    assert ("Heading 2", f"{numbers[0]}Ziele") in lines
    assert ("row", f"{numbers[-1]} 2030 75 %") in lines


def test_a_version_that_comes_back_as_a_file_is_the_text_without_numbers_and_signs(root):
    """Offices get the Word file, change it and send it back: the numbers are not their words."""
    lists = (
        "<ul><li>eins<ol><li>innen</li><li>zwei</li></ol></li></ul><blockquote>Wort</blockquote>"
    )
    _old, new = two_versions(new=NEW + lists)
    back = read_passages(("zurück.docx", version_docx(new)))
    stored = list(new.passages.in_order())
    assert [(p.kind, p.level, p.text, p.marker) for p in back] == [
        (p.kind, p.level, p.text, p.marker) for p in stored
    ]


def test_words_typed_right_behind_a_number_or_sign_come_back_too(root):
    """Word gives them the style of what stands before them."""
    _old, new = two_versions()
    document = docx.Document(io.BytesIO(version_docx(new)))
    of_text, of_item = (
        next(p for p in document.paragraphs if words in p.text)
        for words in ("Die Stadt gehört", "Wege für")
    )
    of_text.runs[0].add_text("2 Häfen! ")
    of_item.runs[1].add_text("Kurze ")
    out = io.BytesIO()
    document.save(out)
    back = [p.text for p in read_passages(("zurück.docx", out.getvalue()))]
    assert "2 Häfen! Die Stadt gehört allen Leuten, die hier leben." in back
    assert "Kurze Wege für alle" in back


def test_the_head_of_a_version_names_hash_and_permalink(root):
    old, _new = two_versions()
    document = docx.Document(io.BytesIO(version_docx(old)))
    head = "\n".join(p.text for p in document.sections[0].first_page_header.paragraphs)
    assert old.content_hash in head
    assert old.get_absolute_url() in head
    assert document.core_properties.title.startswith("Strategie")
    assert document.core_properties.language == old.locale.language_code


def test_the_same_comparison_gives_the_same_file(root):
    old, new = two_versions()
    first, second = (comparison_docx(compare_versions(old, new)) for _time in range(2))
    assert first == second


def test_the_number_of_queries_does_not_grow_with_the_text(root):
    few, many = (
        two_versions("".join(f"<p>Absatz {n} alt.</p>" for n in range(size)),
                     "".join(f"<p>Absatz {n} neu.</p>" for n in range(size)))
        for size in (3, 30)
    )  # fmt: skip
    counts = []
    for pair in (few, few, many):
        with CaptureQueriesContext(connection) as queries:
            comparison_docx(compare_versions(*pair))
        counts.append(len(queries))
    assert counts[2] <= counts[0]


def test_a_version_against_itself_has_no_changes(root):
    old, _new = two_versions()
    content = comparison_docx(compare_versions(old, old))
    assert texts(resolved(content, "new")) == words_of(old)
    assert not list(xml_of(content).iter(qn("w:ins"), qn("w:del")))
