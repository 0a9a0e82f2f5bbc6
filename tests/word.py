"""Help for tests of Word files: their paragraphs, with all changes accepted or rejected.

Once by a small reading of the markup, once by LibreOffice.
"""

from __future__ import annotations

import io
import shutil
import subprocess
from typing import TYPE_CHECKING

import docx
from docx.oxml.ns import qn

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from lxml.etree import _Element

GONE = {"new": ("w:del", "w:moveFrom"), "old": ("w:ins", "w:moveTo")}
COMMANDS = {"new": ".uno:AcceptAllTrackedChanges", "old": ".uno:RejectAllTrackedChanges"}
ATTEMPTS = 6
"""LibreOffice without a screen sometimes falls over while it draws its own toolbars."""

MACRO = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">
<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Module1"
 script:language="StarBasic">
Sub Resolve(listing As String)
  Dim quiet(0) As New com.sun.star.beans.PropertyValue
  quiet(0).Name = "Hidden"
  quiet(0).Value = True
  Dim kind(0) As New com.sun.star.beans.PropertyValue
  kind(0).Name = "FilterName"
  kind(0).Value = "MS Word 2007 XML"
  Dim handle As Integer
  Dim entry As String
  dispatcher = createUnoService("com.sun.star.frame.DispatchHelper")
  handle = FreeFile
  Open listing For Input As #handle
  Do While Not Eof(handle)
    Line Input #handle, entry
    parts = Split(entry, "|")
    If UBound(parts) = 2 Then
      text = StarDesktop.loadComponentFromURL(parts(0), "_blank", 0, quiet())
      dispatcher.executeDispatch(text.CurrentController.Frame, parts(2), "", 0, Array())
      text.storeToURL(parts(1), kind())
      text.close(True)
    End If
  Loop
  Close #handle
  StarDesktop.terminate()
End Sub
</script:module>"""
LIBRARY = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE library:library PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "library.dtd">
<library:library xmlns:library="http://openoffice.org/2000/library" library:name="Standard"
 library:readonly="false" library:passwordprotected="false">
 <library:element library:name="Module1"/>
</library:library>"""


def paragraphs(content: bytes) -> list[tuple[str, str]]:
    """Return style and words of each paragraph of the body; a table row is one of style "row"."""
    return [line for line in _lines(docx.Document(io.BytesIO(content))) if line[1]]


def resolved(content: bytes, side: str) -> list[tuple[str, str]]:
    """Return the paragraphs with all changes accepted ("new") or rejected ("old")."""
    document = docx.Document(io.BytesIO(content))
    body = document.element.body
    gone = GONE[side]
    for row in list(body.iter(qn("w:tr"))):
        if any(row.find(f"{qn('w:trPr')}/{qn(tag)}") is not None for tag in gone):
            row.getparent().remove(row)
    for table in list(body.iter(qn("w:tbl"))):
        if table.find(qn("w:tr")) is None:
            table.getparent().remove(table)
    for paragraph in body.iter(qn("w:p")):
        _resolve_words(paragraph, gone, side)
    _join_paragraphs(body, gone)
    return [line for line in _lines(document) if line[1]]


def _resolve_words(paragraph: _Element, gone: Sequence[str], side: str) -> None:
    for element in _changes(paragraph, gone):
        element.getparent().remove(element)
    for text in paragraph.iter(qn("w:delText")):
        text.tag = qn("w:t")
    for element in _changes(paragraph, ("w:ins", "w:del", "w:moveFrom", "w:moveTo")):
        for run in list(element):
            element.addprevious(run)
        element.getparent().remove(element)
    change = paragraph.find(f"{qn('w:pPr')}/{qn('w:pPrChange')}")
    if change is not None and side == "old":
        properties = paragraph.find(qn("w:pPr"))
        for name in ("w:pStyle", "w:numPr"):
            for element in properties.findall(qn(name)):
                properties.remove(element)
        for element in reversed(list(change[0])):
            properties.insert(0, element)


def _changes(paragraph: _Element, tags: Sequence[str]) -> list[_Element]:
    """Return what stands around changed words; marks of paragraphs have none."""
    found = [element for tag in tags for element in paragraph.findall(f".//{qn(tag)}")]
    return [element for element in found if element.getparent().tag != qn("w:rPr")]


def _join_paragraphs(body: _Element, gone: Sequence[str]) -> None:
    """Join each paragraph whose mark is gone with the next one, which keeps its own properties."""
    for paragraph in list(body.findall(qn("w:p"))):
        mark = paragraph.find(f"{qn('w:pPr')}/{qn('w:rPr')}")
        if mark is None or all(mark.find(qn(tag)) is None for tag in gone):
            continue
        following = paragraph.getnext()
        while following.tag != qn("w:p"):
            assert following.tag not in {qn("w:tbl"), qn("w:sectPr")}, "no paragraph follows"
            following = following.getnext()
        for place, run in enumerate(list(paragraph)[1:], start=1):
            following.insert(place, run)
        body.remove(paragraph)


def _lines(document: docx.document.Document) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for element in document.element.body:
        if element.tag == qn("w:p"):
            paragraph = docx.text.paragraph.Paragraph(element, document)
            found.append((paragraph.style.name, _words(element)))
        elif element.tag == qn("w:tbl"):
            for row in element.findall(qn("w:tr")):
                cells = [
                    "".join(_words(paragraph) for paragraph in cell.iter(qn("w:p")))
                    for cell in row.findall(qn("w:tc"))
                ]
                found.append(("row", " ".join(words for words in cells if words)))
    return found


def _words(paragraph: _Element) -> str:
    return "".join(
        " " if element.tag == qn("w:br") else element.text or ""
        for element in paragraph.iter(qn("w:t"), qn("w:br"))
    )


def has_libreoffice() -> bool:
    """Tell whether LibreOffice is installed."""
    return shutil.which("soffice") is not None


def resolved_by_libreoffice(
    files: dict[str, bytes], folder: Path
) -> dict[tuple[str, str], list[tuple[str, str]]]:
    """Return the paragraphs of files after LibreOffice accepted and rejected all their changes.

    Args:
        files: Word files by name.
        folder: Where LibreOffice may work.

    Returns:
        Paragraphs by name of the file and side: "new" for accepted, "old" for rejected.
    """
    results = {(n, side): folder / f"{n}.{side}.docx" for n in files for side in COMMANDS}
    profile = folder / "profile"
    _soffice(profile, "--terminate_after_init")
    for attempt in range(ATTEMPTS):
        missing = [key for key, path in results.items() if not path.exists()]
        if not missing:
            break
        work = folder / f"attempt-{attempt}"
        work.mkdir()
        lines = []
        for name, side in missing:
            source = work / f"{name}.{side}.docx"
            source.write_bytes(files[name])
            target = results[name, side]
            lines.append(f"{source.as_uri()}|{target.as_uri()}|{COMMANDS[side]}\n")
        (work / "listing").write_text("".join(lines))
        library = profile / "user" / "basic" / "Standard"
        library.mkdir(parents=True, exist_ok=True)
        (library / "Module1.xba").write_text(MACRO)
        (library / "script.xlb").write_text(LIBRARY)
        _soffice(profile, f'macro:///Standard.Module1.Resolve("{work / "listing"}")')
    return {key: paragraphs(path.read_bytes()) for key, path in results.items()}


def _soffice(profile: Path, *arguments: str) -> None:
    settings = f"-env:UserInstallation={profile.as_uri()}"
    subprocess.run(
        ["soffice", "--headless", "--norestore", settings, *arguments],
        capture_output=True,
        timeout=240,
        check=False,
    )
