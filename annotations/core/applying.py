"""Putting other words into a stored text, and nothing else.

What is stored stays as it is, letter for letter, but for the words that go and come: links, marks,
entities and keys around them are kept. New words carry the marks that stand on both sides of them.
The result is cut anew before anybody gets it: what is not exactly as asked for is refused.
"""

from __future__ import annotations

import re
from html import escape, unescape
from typing import TYPE_CHECKING, NamedTuple

from annotations.core.ranges import RangeError, check_range
from annotations.core.sourcing import Source, UnknownPlace, read_source
from versioning.core.characters import LINE_BREAK
from versioning.core.comparing import diff_words
from versioning.core.cutting import cut_html
from versioning.core.markup import read_stretches
from versioning.core.normalizing import normal_stretches, normal_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from annotations.core.sourcing import Token
    from versioning.core.passages import PassageText

_PARAGRAPHS = re.compile(r"(\n\s*\n)")


class CannotApply(ValueError):  # noqa: N818 -- a refusal, like UnreadableText
    """The words cannot be put there without changing anything else."""


class _Edit(NamedTuple):
    """Words of a passage that give way to others; offsets are code points, end exclusive."""

    start: int
    end: int
    words: str


def replaced(text: str, start: int, end: int, words: str) -> str:
    """Return a text in which a range says something else, in normal form."""
    return normal_text(text[:start] + words + text[end:])


def replace_words(html: str, ordinal: int, start: int, end: int, words: str) -> str:
    """Replace words of one passage in the html that it was cut from.

    Laws: cutting the result gives the same passages, but for this one, whose text is
    ``replaced(text, start, end, words)``; the words before and after the range keep their marks.

    Args:
        html: Rich text as the database holds it.
        ordinal: Which of its passages, from 0.
        start: Begin of the range in the passage's text.
        end: Its end, exclusive; the same as ``start`` to insert.
        words: What stands there from now on; plain text.

    Returns:
        The html with nothing else changed.

    Raises:
        CannotApply: The range does not fit, or nothing would be left of the passage, or the words
            stand in no text, reach over cells of a table or cut a letter.
        UnreadableText: Elements are nested too deeply.
    """
    before = cut_html(html)
    if not 0 <= ordinal < len(before):
        raise CannotApply(f"there is no passage {ordinal}")
    old = before[ordinal].text
    _check(old, start, end)
    new = replaced(old, start, end, words)
    if not new:
        raise CannotApply("nothing would be left of the passage")
    if new == old:
        return html
    try:
        source = read_source(html, ordinal)
    except UnknownPlace as error:
        raise CannotApply(str(error)) from error
    writing = _Writing(source)
    for edit in reversed([*_edits(old, new, start, end)]):  # so that earlier places stay true
        writing.make(edit)
    result = writing.html()
    _verify(before, cut_html(result), ordinal, new, (start, end))
    return result


def replace_in_plain(value: str, ordinal: int, start: int, end: int, words: str) -> str:
    """Do the same in a value of plain text, whose paragraphs a blank line divides.

    Raises:
        CannotApply: See ``replace_words``.
    """
    parts = _PARAGRAPHS.split(value.replace("\r\n", "\n"))
    filled = [at for at, part in enumerate(parts) if normal_text(part)]
    if not 0 <= ordinal < len(filled):
        raise CannotApply(f"there is no passage {ordinal}")
    at = filled[ordinal]
    parts[at] = replace_in_line(parts[at], 0, start, end, words)
    return "".join(parts)


def replace_in_line(value: str, ordinal: int, start: int, end: int, words: str) -> str:
    """Do the same in a value of plain text that is one passage, blank lines or not.

    Raises:
        CannotApply: See ``replace_words``.
    """
    html = replace_words(f"<p>{escape(value)}</p>", ordinal, start, end, words)
    return unescape(html.removeprefix("<p>").removesuffix("</p>"))


def _check(text: str, start: int, end: int) -> None:
    if start == end and 0 <= start <= len(text):
        return
    try:
        check_range(text, start, end)
    except RangeError as error:
        raise CannotApply(str(error)) from error


def _edits(old: str, new: str, start: int, end: int) -> Iterator[_Edit]:
    """Yield what differs within the range; words that stay keep their marks."""
    common = start
    while common and old[:common] != new[:common]:
        common -= 1
    tail = min(len(old) - end, len(new) - common)
    while tail and old[len(old) - tail :] != new[len(new) - tail :]:
        tail -= 1
    at = common
    stop = len(new) - tail
    gone, come = "", ""
    begin = at
    for operation, text in diff_words(old[common : len(old) - tail], new[common:stop])[0]:
        if operation == "equal":
            if gone or come:
                yield _Edit(begin, begin + len(gone), come)
            gone, come = "", ""
            at += len(text)
            begin = at
        elif operation == "delete":
            gone += text
            at += len(text)
        else:
            come += text
    if gone or come:
        yield _Edit(begin, begin + len(gone), come)


class _Writing:
    """The source while words go and come; tags stay as they are."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.texts = [token.text for token in source.tokens]
        self.behind = [""] * len(source.tokens)

    def make(self, edit: _Edit) -> None:
        """Take words out and put others in."""
        _check_letters(self.source, edit)
        atoms = [atom for at in range(edit.start, edit.end) for atom in self.source.atoms[at]]
        number, offset = _place_of(self.source, edit)
        words = escape(edit.words, quote=False)
        cuts = [(atom.token, atom.start, atom.end, "") for atom in atoms]
        if self.source.tokens[number].tag and offset:
            self.behind[number] = words + self.behind[number]
        else:
            cuts.append((number, offset, offset, words))
        for token, begin, stop, put in sorted(cuts, key=lambda cut: cut[:3], reverse=True):
            text = self.texts[token]
            self.texts[token] = text[:begin] + put + text[stop:]

    def html(self) -> str:
        """Return the source as it is now, without marks around nothing."""
        kept: list[int] = []
        for number, token in enumerate(self.source.tokens):
            if token.is_text and not self.texts[number]:
                continue
            if kept and self._is_pair(kept[-1], number):
                kept.pop()
                if self.behind[number]:
                    self.texts[number] = ""
                    kept.append(number)
            else:
                kept.append(number)
        return "".join(self.texts[number] + self.behind[number] for number in kept)

    def _is_pair(self, first: int, last: int) -> bool:
        """Tell whether a mark has lost all that stood in it."""
        opening, closing = self.source.tokens[first], self.source.tokens[last]
        return (
            closing.is_inline
            and closing.is_end
            and not opening.is_end
            and opening.tag == closing.tag
            and self.texts[first] == opening.text
            and not self.behind[first]
            and last - first > 1
        )


def _check_letters(source: Source, edit: _Edit) -> None:
    if edit.start in source.joined or edit.end in source.joined:
        raise CannotApply("the range cuts a letter")
    gone = range(edit.start, edit.end)
    if any(not source.atoms[at] and at not in source.joined for at in gone):
        raise CannotApply("the words reach over cells of a table")


def _place_of(source: Source, edit: _Edit) -> tuple[int, int]:
    """Choose where new words go: where the fewest marks are open between what stays.

    Returns:
        A token and an offset in its text; the offset of a tag is behind it.
    """
    first, last = _bounds(source, edit)
    best = first
    for number in range(first[0], last[0] + 1):
        token = source.tokens[number]
        if not (token.is_inline or token.is_text or token.tag == "br"):
            continue
        if token.depth < source.tokens[best[0]].depth:
            best = (number, 0 if token.is_text else len(token.text))
    return best


def _bounds(source: Source, edit: _Edit) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return the places between which new words may go."""
    gone = [atom for at in range(edit.start, edit.end) for atom in source.atoms[at]]
    if gone:
        return (gone[0].token, gone[0].start), (gone[-1].token, gone[-1].end)
    before = [atom for at in range(edit.start) for atom in source.atoms[at]]
    after = [atom for at in range(edit.start, len(source.text)) for atom in source.atoms[at]]
    if before and after:
        return (before[-1].token, before[-1].end), (after[0].token, after[0].start)
    if after:
        here = (after[0].token, after[0].start)
        return _before_marks(source.tokens, here), here
    number = _outwards(source.tokens, before[-1].token, 1)
    return (before[-1].token, before[-1].end), (number, len(source.tokens[number].text))


def _before_marks(tokens: Sequence[Token], place: tuple[int, int]) -> tuple[int, int]:
    """Return the place before the marks that open right before a place."""
    number = _outwards(tokens, place[0], -1)
    if number == place[0]:
        return place
    return (number - 1, len(tokens[number - 1].text)) if number else (0, 0)


def _outwards(tokens: Sequence[Token], number: int, step: int) -> int:
    """Walk from a text over the marks that open or close beside it, as far as they go."""
    while 0 <= number + step < len(tokens) and tokens[number + step].is_inline:
        number += step
    return number


def _verify(
    before: Sequence[PassageText],
    after: Sequence[PassageText],
    ordinal: int,
    wanted: str,
    stretch: tuple[int, int],
) -> None:
    """Refuse a result that is not exactly what was asked for.

    Raises:
        CannotApply: It is not.
    """
    if len(before) != len(after):
        raise CannotApply("other passages would come or go")
    for number, (old, new) in enumerate(zip(before, after, strict=True)):
        expected = old if number != ordinal else old._replace(text=wanted, html=new.html)
        if new != expected:
            raise CannotApply("something else would change")
    _verify_marks(before[ordinal], after[ordinal], *stretch)


def _verify_marks(old: PassageText, new: PassageText, start: int, end: int) -> None:
    """Refuse a result in which words beside the range have lost their marks."""
    ours, theirs = _marks(old.html), _marks(new.html)
    tail = _common_tail(old.text[end:], new.text)
    head = min(start, len(new.text))
    if not new.text.startswith(old.text[:head]):
        head = 0
    same = ours[:head] == theirs[:head]
    if tail:
        same = same and ours[-tail:] == theirs[-tail:]
    if not same:
        raise CannotApply("words beside the range would lose their marks")


def _common_tail(old: str, new: str) -> int:
    length = min(len(old), len(new))
    while length and old[-length:] != new[-length:]:
        length -= 1
    return length


def _marks(html: str) -> list[tuple[str, ...]]:
    """Return the marks of each letter; those of a space say nothing."""
    found: list[tuple[str, ...]] = []
    for text, marks in normal_stretches(read_stretches(html)):
        signs = text.replace(LINE_BREAK, "")
        found += [() if sign == " " else marks for sign in signs]
    return found
