"""How a Word document looks: page, letters, headings, lists, and what stands at its edges."""

from __future__ import annotations

from typing import TYPE_CHECKING

import docx
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Length, Pt, RGBColor

from versioning.core.reading.word_parts import MARKER, NUMBER

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph

FONT = "Arial"
MONOSPACED = "Courier New"
INK = RGBColor(0x1A, 0x1A, 0x1A)
QUIET = RGBColor(0x55, 0x55, 0x55)
TEXT_WIDTH = Cm(16)
MARGIN = Cm(2.5)
_HEADINGS = ((16, 18), (13.5, 16), (12, 14), *((11, 12),) * 6)
_LINE = "w:pBdr"


def new_document(*, language: str, margin: Length = MARGIN) -> Document:
    """Return an empty document in the look of this house.

    Args:
        language: Language of its words, such as "de".
        margin: Margin on the left.
    """
    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = margin
    section.right_margin = Length(Cm(21) - TEXT_WIDTH - margin)
    section.top_margin, section.bottom_margin = Cm(2.5), Cm(2.2)
    section.header_distance = section.footer_distance = Cm(1.2)
    section.different_first_page_header_footer = True
    _set_language(document, language)
    _style_text(document)
    _style_headings(document)
    _add_styles(document)
    return document


def ruled(paragraph: Paragraph, edge: str = "bottom") -> None:
    """Draw a thin line at one edge of a paragraph."""
    border = OxmlElement(_LINE)
    line = OxmlElement(f"w:{edge}")
    for name, value in (("val", "single"), ("sz", "4"), ("space", "4"), ("color", "808080")):
        line.set(qn(f"w:{name}"), value)
    border.append(line)
    paragraph._p.get_or_add_pPr().append(border)


def add_page_numbers(paragraph: Paragraph, words: str) -> None:
    """Write "Page 2 of 9" after a tab.

    Args:
        paragraph: Paragraph of a footer.
        words: The sentence with ``%(page)s`` and ``%(pages)s``.
    """
    before, _page, rest = words.partition("%(page)s")
    between, _pages, after = rest.partition("%(pages)s")
    paragraph.add_run("\t" + before)
    _add_field(paragraph, "PAGE")
    paragraph.add_run(between)
    _add_field(paragraph, "NUMPAGES")
    paragraph.add_run(after)


def _add_field(paragraph: Paragraph, code: str) -> None:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), code)
    run = OxmlElement("w:r")
    text = OxmlElement("w:t")
    text.text = "1"
    run.append(text)
    field.append(run)
    paragraph._p.append(field)


def _set_language(document: Document, language: str) -> None:
    found = document.styles.element.find(".//" + qn("w:rPrDefault") + "/" + qn("w:rPr"))
    for element in found.findall(qn("w:lang")):
        found.remove(element)
    element = OxmlElement("w:lang")
    for name in ("val", "eastAsia"):
        element.set(qn(f"w:{name}"), language)
    found.append(element)


def _style_text(document: Document) -> None:
    normal = document.styles["Normal"]
    normal.font.size, normal.font.color.rgb = Pt(10.5), INK
    _set_font(normal, FONT)
    normal.paragraph_format.space_after = Pt(6)
    normal.paragraph_format.line_spacing = 1.15
    for name in ("Header", "Footer"):
        style = document.styles[name]
        style.font.size, style.font.color.rgb = Pt(8.5), QUIET
        style.paragraph_format.tab_stops.clear_all()
        style.paragraph_format.tab_stops.add_tab_stop(TEXT_WIDTH, WD_TAB_ALIGNMENT.RIGHT)
    quote = document.styles["Quote"]
    quote.font.color.rgb = INK
    quote.paragraph_format.left_indent = quote.paragraph_format.right_indent = Cm(0.75)
    caption = document.styles["Caption"]
    caption.font.size, caption.font.color.rgb, caption.font.bold = Pt(9), QUIET, False
    caption.font.italic = True
    document.styles["List Paragraph"].paragraph_format.space_after = Pt(3)


def _style_headings(document: Document) -> None:
    for level, (size, before) in enumerate(_HEADINGS, start=1):
        style = document.styles[f"Heading {level}"]
        _set_font(style, FONT)
        style.font.size, style.font.bold, style.font.italic = Pt(size), True, False
        style.font.color.rgb = INK
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(4)
        style.paragraph_format.keep_with_next = True


def _add_styles(document: Document) -> None:
    styles = document.styles
    measure = styles.add_style("Measure", WD_STYLE_TYPE.PARAGRAPH)
    measure.base_style = styles["Normal"]
    measure.paragraph_format.left_indent = Cm(0.75)
    cell = styles.add_style("TableText", WD_STYLE_TYPE.PARAGRAPH)
    cell.base_style = styles["Normal"]
    cell.font.size = Pt(9.5)
    cell.paragraph_format.space_after = Pt(2)
    title = styles.add_style("DocumentTitle", WD_STYLE_TYPE.PARAGRAPH)
    title.base_style = styles["Header"]
    title.font.size, title.font.bold, title.font.color.rgb = Pt(18), True, INK
    title.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.LEFT
    title.paragraph_format.space_before = title.paragraph_format.space_after = Pt(6)
    code = styles.add_style("CodeWords", WD_STYLE_TYPE.CHARACTER)
    _set_font(code, MONOSPACED)
    link = styles.add_style("Hyperlink", WD_STYLE_TYPE.CHARACTER)
    link.font.underline, link.font.color.rgb = True, RGBColor(0x00, 0x3D, 0x8F)
    number = styles.add_style(NUMBER, WD_STYLE_TYPE.CHARACTER)
    number.font.size, number.font.color.rgb = Pt(8), QUIET
    number.font.bold, number.font.italic = False, False
    styles.add_style(MARKER, WD_STYLE_TYPE.CHARACTER)


def _set_font(style: object, name: str) -> None:
    """Set one font for letters of all scripts, instead of the theme's."""
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()  # type: ignore[attr-defined]  # any style
    for attribute in list(fonts.attrib):
        del fonts.attrib[attribute]
    for script in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{script}"), name)
