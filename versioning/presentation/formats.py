"""What differs besides the words: where it stands, and whole sentences for it."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, NamedTuple

from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from versioning.presentation.marked import cut, pieces_of
from versioning.presentation.words import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from versioning.comparisons import ComparedRow
    from versioning.presentation.marked import Piece

MAX_SENTENCES = 5
"""How many differences of marks are told one by one."""
_QUOTE = 60
_ADDRESS = 80
_HREF = re.compile(r'href="([^"]*)"')
_SEEN = frozenset({"b", "i", "a", "code", "sup", "sub"})


class FormatChange(NamedTuple):
    """A stretch of equal words whose marks differ.

    Units: offsets are code points of the old or new passages of a row joined with a line feed.
    """

    old_start: int
    old_end: int
    new_start: int
    new_end: int
    words: str
    old_tags: tuple[str, ...]
    new_tags: tuple[str, ...]


def format_changes(
    row: ComparedRow, old: Sequence[Piece], new: Sequence[Piece]
) -> list[FormatChange]:
    """Return the stretches of a row whose marks differ although their words are the same.

    Args:
        row: A row of a comparison.
        old: Pieces of its old side.
        new: Pieces of its new side.
    """
    found: list[FormatChange] = []
    old_at = new_at = 0
    for operation, text in row.row.runs:
        if operation == "equal":
            found += _differing(
                list(cut(old, old_at, old_at + len(text))),
                list(cut(new, new_at, new_at + len(text))),
            )
        old_at += len(text) if operation != "insert" else 0
        new_at += len(text) if operation != "delete" else 0
    return _joined(found)


def format_sentences(row: ComparedRow) -> list[str]:
    """Say what differs besides the words of a row, in whole sentences; a few are enough."""
    if not row.row.format:
        return []
    sentences = list(_about_kind(row))
    changes = format_changes(row, pieces_of(row.old), pieces_of(row.new))
    for change in changes[:MAX_SENTENCES]:
        sentences += _about_marks(change)
    if (more := len(changes) - MAX_SENTENCES) > 0:
        sentences.append(
            ngettext("and at %(count)d more place", "and at %(count)d more places", more)
            % {"count": more}
        )
    return sentences


def _differing(old: Sequence[Piece], new: Sequence[Piece]) -> Iterator[FormatChange]:
    """Walk along the same words of both sides, in steps within which no mark changes."""
    ours = [piece for piece in old if piece.text]
    theirs = [piece for piece in new if piece.text]
    i = j = begin_old = begin_new = 0
    while i < len(ours) and j < len(theirs):
        one, other = ours[i], theirs[j]
        length = min(len(one.text) - begin_old, len(other.text) - begin_new)
        words = one.text[begin_old : begin_old + length]
        if words.strip() and _seen(one.tags) != _seen(other.tags):
            start, place = one.start + begin_old, other.start + begin_new
            yield FormatChange(
                start, start + length, place, place + length, words, one.tags, other.tags
            )
        begin_old, begin_new = begin_old + length, begin_new + length
        if begin_old == len(one.text):
            i, begin_old = i + 1, 0
        if begin_new == len(other.text):
            j, begin_new = j + 1, 0


def _joined(changes: Sequence[FormatChange]) -> list[FormatChange]:
    """Join neighbours that differ in the same way."""
    found: list[FormatChange] = []
    for change in changes:
        last = found[-1] if found else None
        if (
            last is not None
            and (last.old_end, last.new_end) == (change.old_start, change.new_start)
            and (last.old_tags, last.new_tags) == (change.old_tags, change.new_tags)
        ):
            found[-1] = last._replace(
                old_end=change.old_end, new_end=change.new_end, words=last.words + change.words
            )
        else:
            found.append(change)
    return found


def _about_kind(row: ComparedRow) -> Iterator[str]:
    if not row.old or not row.new:
        return
    old, new = row.old[0], row.new[0]
    if "kind" in row.row.format:
        yield pgettext("comparison", "%(old)s → %(new)s") % {
            "old": KINDS.get(old.kind, old.kind),
            "new": KINDS.get(new.kind, new.kind),
        }
    elif "level" in row.row.format:
        yield _("Level %(old)d → level %(new)d") % {"old": old.level, "new": new.level}
    elif "marker" in row.row.format:
        yield _("The item of the list is marked differently")
    if "image" in row.row.format:
        yield _("The picture or its description is another one")
    if "cells" in row.row.format:
        yield _("The same words stand in other cells")


def _about_marks(change: FormatChange) -> Iterator[str]:
    quote = {"words": Truncator(change.words.strip()).chars(_QUOTE)}
    old, new = dict(_named(change.old_tags)), dict(_named(change.new_tags))
    if old.get("a") != new.get("a"):
        yield _about_link(old.get("a"), new.get("a")) % {
            **quote,
            "old": Truncator(old.get("a") or _("nowhere")).chars(_ADDRESS),
            "new": Truncator(new.get("a") or _("nowhere")).chars(_ADDRESS),
        }
    for tag, words in _mark_words().items():
        if (tag in old) != (tag in new):
            yield words[tag in new] % quote


def _about_link(old: str | None, new: str | None) -> str:
    if old is None:
        return _("“%(words)s” now links to %(new)s")
    if new is None:
        return _("“%(words)s” no longer links to %(old)s")
    return _("“%(words)s” links to another place: %(old)s → %(new)s")


def _mark_words() -> dict[str, tuple[str, str]]:
    """Return what to say where a mark is gone, and where it is new."""
    return {
        "b": (_("“%(words)s” is no longer bold"), _("“%(words)s” is now bold")),
        "i": (_("“%(words)s” is no longer italic"), _("“%(words)s” is now italic")),
        "code": (_("“%(words)s” is no longer code"), _("“%(words)s” is now code")),
        "sup": (
            _("“%(words)s” is no longer superscript"),
            _("“%(words)s” is now superscript"),
        ),
        "sub": (_("“%(words)s” is no longer subscript"), _("“%(words)s” is now subscript")),
    }


def _seen(tags: Sequence[str]) -> frozenset[str]:
    return frozenset(tag for tag in tags if tag.split(" ", 1)[0] in _SEEN)


def _named(tags: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield each mark with the address of a link, empty where it has none."""
    for tag in tags:
        name = tag.split(" ", 1)[0]
        match = _HREF.search(tag)
        yield name, unescape(match[1]) if match else ""
