"""Text, Markdown and html files."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

from versioning.core.markup import UnreadableText, escape_text
from versioning.core.reading.files import Content, UnreadableFile, decoded, gettext_noop
from versioning.core.structure import read_structure

if TYPE_CHECKING:
    from versioning.core.structure import Part

_MAX_NESTING = 80
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n|\f")
_FRONT_MATTER = re.compile(r"---[ \t]*\n(?:(?:[\w-]+:|[ \t]|#|- ).*\n)+---[ \t]*(?:\n|\Z)")


def parts_of_text(content: Content) -> list[Part]:
    """Return paragraphs, which are separated by blank lines."""
    lines = decoded(content).replace("\r\n", "\n").replace("\r", "\n")
    return _structure(
        content.name, "".join(f"<p>{escape_text(p)}" for p in _BLANK_LINE.split(lines))
    )


def parts_of_html(content: Content) -> list[Part]:
    """Return the parts of a html file; only words and inline marks of it count."""
    return _structure(content.name, decoded(content))


def parts_of_markdown(content: Content) -> list[Part]:
    """Return the parts of a CommonMark file with tables; a YAML head is left out."""
    source = decoded(content).replace("\r\n", "\n").replace("\r", "\n")
    source = _FRONT_MATTER.sub("", source, count=1) if source.startswith("---") else source
    parser = MarkdownIt("commonmark", {"maxNesting": _MAX_NESTING})
    parser.enable(["table", "strikethrough"])
    try:
        tokens = parser.parse(source)
    except RecursionError as error:
        raise _nested_too_deeply(content.name) from error
    if any(token.level >= _MAX_NESTING - 1 for token in tokens):
        raise _nested_too_deeply(content.name)
    return _structure(content.name, parser.renderer.render(tokens, parser.options, {}))


def _structure(name: str, html: str) -> list[Part]:
    try:
        return read_structure(html)
    except UnreadableText as error:
        raise _nested_too_deeply(name) from error


def _nested_too_deeply(name: str) -> UnreadableFile:
    return UnreadableFile(name, gettext_noop("%(name)s: the file is nested too deeply."))
