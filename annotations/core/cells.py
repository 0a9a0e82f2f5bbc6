"""Cells of tables that no spreadsheet runs as a formula.

Source: OWASP, CSV Injection.
"""

from __future__ import annotations

import re

_SIGNS = "=+\\-@\uff1d\uff0b\uff0d\uff20"
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_LINE_END = re.compile("\r\n?")
_BEGIN_OF_A_CELL = re.compile(rf"(^|[,;|\n])([\s\"']*)(?=[{_SIGNS}])")


def printable(text: str) -> str:
    """Return a text without signs that tables cannot hold."""
    return _CONTROL.sub("", text)


def harmless(text: str) -> str:
    """Return a text as a cell of a CSV file that stays words in every spreadsheet.

    Law: however a spreadsheet separates cells (comma, semicolon, tab, bar, new line), none begins
    with a sign that makes a formula of it. An apostrophe goes before such a sign; tabs are spaces.
    """
    flat = _LINE_END.sub("\n", printable(text)).replace("\t", " ")
    return _BEGIN_OF_A_CELL.sub(r"\1\2'", flat)
