"""Comments in the margin of a file, gathered while its text is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from versioning.core.normalizing import normal_text
from versioning.core.reading.blocks import SourceComment
from versioning.core.structure import part_text, read_structure

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_COMMENTS = 1_000
MAX_QUOTE = 300
MAX_WORDS = 3_000


class Margin:
    """Gathers comments in reading order, with the words that they are about.

    Args:
        known: Author, moment and words of each comment, by its key in the file.

    Attributes:
        comments: Those that were met.
    """

    def __init__(self, known: Mapping[str, SourceComment]) -> None:
        """Start before the text."""
        self.comments: list[SourceComment] = []
        self._known = known
        self._waiting: list[str] = []
        self._met: set[str] = set()
        self._open: dict[str, int] = {}
        self._quotes: dict[str, str] = {}
        self._places: dict[str, int] = {}

    def begin(self, key: str) -> None:
        """Note that the words of a comment begin here."""
        if key in self._known and key not in self._met and len(self._met) < MAX_COMMENTS:
            self._met.add(key)
            self._waiting.append(key)
            self._open[key] = 0
            self._quotes[key] = ""

    def end(self, key: str) -> None:
        """Note that they end here."""
        if key in self._open:
            del self._open[key]

    def mark(self, key: str) -> None:
        """Note the sign of a comment, which stands behind its words or has none."""
        self.begin(key)
        self.end(key)

    def words(self, text: str) -> None:
        """Take words of the text."""
        if not text:
            return
        for key in list(self._open):
            self._quotes[key] += text
            if len(self._quotes[key]) > MAX_QUOTE:
                del self._open[key]

    def paragraph(self, html: str) -> None:
        """Take a paragraph that has been read; comments that began in it belong to it."""
        self.words(" ")
        if not self._waiting:
            return
        parts = read_structure(f"<p>{html}</p>")
        passage = part_text(parts[0]) if parts else ""
        for key in self._waiting:
            self._places[key] = len(self.comments)
            self.comments.append(self._known[key]._replace(passage=passage))
        self._waiting = []

    def finished(self) -> list[SourceComment]:
        """Return the comments with the words that they are about."""
        for key, place in self._places.items():
            quote = normal_text(self._quotes[key])
            shown = quote if len(quote) <= MAX_QUOTE else f"{quote[:MAX_QUOTE].rstrip()} …"
            self.comments[place] = self.comments[place]._replace(quote=shown)
        return self.comments


def comment_of(author: str, written: str, paragraphs: list[str]) -> SourceComment:
    """Return a comment, its words in normal form and of bounded length."""
    text = "\n".join(words for each in paragraphs if (words := normal_text(each)))
    return SourceComment(normal_text(author)[:100], written[:40], text[:MAX_WORDS])
