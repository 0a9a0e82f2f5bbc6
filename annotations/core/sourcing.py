"""From the text of a passage back to the html that it was cut from.

Cutting throws away what the source was: which element a word stood in, which entity wrote a sign,
how many spaces there were. Whoever changes a few words of a stored text needs exactly that. Here
every letter of a passage gets the places of the source that it came from.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape
from typing import TYPE_CHECKING, NamedTuple

from versioning.core.characters import belongs_to, cleaned, composed
from versioning.core.cutting import cut_html
from versioning.core.normalizing import normal_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_TOKEN = re.compile(
    r"<!--.*?-->"
    r"|</?[a-zA-Z](?:[^\"'<>]|\"[^\"]*\"|'[^']*')*>"
    r"|<[!?][^>]*>",
    re.DOTALL,
)
_SIGN = re.compile(r"&(?:#[xX]?[0-9a-fA-F]+|[a-zA-Z][a-zA-Z0-9]*);?|.", re.DOTALL)
_NAME = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]*)")
_LABEL = re.compile("\ue000([0-9]+)\ue001")
_INLINE = frozenset(
    {"a", "abbr", "b", "cite", "code", "del", "em", "i", "ins", "kbd", "mark", "q", "s", "samp"}
    | {"small", "span", "strike", "strong", "sub", "sup", "tt", "u"}
)


class UnknownPlace(ValueError):  # noqa: N818 -- it names the place, like UnreadableText the text
    """The words of a passage cannot be found in its source."""


class Atom(NamedTuple):
    """A stretch of one token of the source."""

    token: int
    start: int
    end: int


@dataclass(slots=True)
class Token:
    """A tag, or the text between two tags.

    Attributes:
        text: As it stands in the source.
        tag: Name of the element, empty for text and comments.
        is_end: It closes its element.
        depth: How many inline marks are open behind it.
    """

    text: str
    tag: str = ""
    is_end: bool = False
    is_text: bool = False
    depth: int = 0

    @property
    def is_inline(self) -> bool:
        """Tell whether it begins or ends a mark."""
        return self.tag in _INLINE


@dataclass(slots=True)
class Source:
    """A passage in its source.

    Attributes:
        tokens: The whole source; joining their texts gives it back.
        text: The words of the passage, in normal form.
        atoms: For each code point of ``text`` the places that it came from. Several code points
            that came from one place hold it together at the first of them; a space between two
            cells has none.
        joined: Offsets of code points that belong to the one before them.
    """

    tokens: list[Token]
    text: str
    atoms: list[list[Atom]] = field(default_factory=list)
    joined: set[int] = field(default_factory=set)


def read_source(html: str, ordinal: int) -> Source:
    """Find the words of a passage in its source.

    Args:
        html: Rich text as the database holds it.
        ordinal: Which of its passages, from 0.

    Raises:
        UnknownPlace: They stand in no text of the source, such as the words of a picture.
        UnreadableText: Elements are nested too deeply.
    """
    tokens = _tokens(html)
    wanted = cut_html(html)[ordinal].text
    labelled = cut_html("".join(_labelled(tokens)))
    if ordinal >= len(labelled):
        raise UnknownPlace("labels change what the passages are")
    numbers = [int(number) for number in _LABEL.findall(labelled[ordinal].text)]
    if not numbers:
        raise UnknownPlace("the passage stands in no text")
    source = Source(tokens, wanted)
    _align(source, numbers)
    return source


def _tokens(html: str) -> list[Token]:
    """Cut a source into tags and text."""
    found: list[Token] = []
    at = 0
    for match in _TOKEN.finditer(html):
        if match.start() > at:
            found.append(Token(html[at : match.start()], is_text=True))
        found.append(_tag(match.group()))
        at = match.end()
    if at < len(html):
        found.append(Token(html[at:], is_text=True))
    depth = 0
    for token in found:
        if token.is_inline and not token.text.endswith("/>"):
            depth = max(0, depth - 1) if token.is_end else depth + 1
        token.depth = depth
    return found


def _tag(text: str) -> Token:
    name = _NAME.match(text)
    return Token(text, tag=name.group(1).lower() if name else "", is_end=text.startswith("</"))


def _labelled(tokens: Sequence[Token]) -> Iterator[str]:
    """Yield the source with a number in place of every text that shows something."""
    for number, token in enumerate(tokens):
        shows = token.is_text and normal_text(unescape(token.text))
        yield f"\ue000{number}\ue001" if shows else token.text


def _align(source: Source, numbers: Sequence[int]) -> None:
    """Walk through the source and the words side by side.

    Raises:
        UnknownPlace: They differ.
    """
    at = 0
    spaces: list[Atom] = []
    for letters, places in _groups(source.tokens, numbers[0], numbers[-1], set(numbers)):
        if letters == " ":
            spaces += places
            continue
        if at and source.text[at : at + 1] == " ":
            source.atoms.append(spaces)
            at += 1
        spaces = []
        if not source.text.startswith(letters, at):
            raise UnknownPlace("the source reads otherwise than its passage")
        source.atoms += [places, *([] for _ in letters[1:])]
        source.joined.update(range(at + 1, at + len(letters)))
        at += len(letters)
    if at != len(source.text):
        raise UnknownPlace("the source ends before its passage")


def _groups(
    tokens: Sequence[Token], first: int, last: int, labelled: set[int]
) -> Iterator[tuple[str, list[Atom]]]:
    """Yield letters in normal form with their places; white space and breaks are one space.

    An accent goes to its letter, and what is never shown to the letter before it.
    """
    raw, places = "", list[Atom]()
    for sign, atom in _signs(tokens, first, last, labelled):
        shown = cleaned(sign)
        if raw and (not shown or belongs_to(shown[0], raw)):
            raw += shown
            places.append(atom)
            continue
        if raw:
            yield composed(raw), places
            raw, places = "", []
        if shown and not shown.strip():
            yield " ", [atom]
        elif shown:
            raw, places = shown, [atom]
    if raw:
        yield composed(raw), places


def _signs(
    tokens: Sequence[Token], first: int, last: int, labelled: set[int]
) -> Iterator[tuple[str, Atom]]:
    for number in range(first, last + 1):
        token = tokens[number]
        if token.tag == "br":
            yield " ", Atom(number, 0, len(token.text))
        elif number in labelled or (token.is_text and not token.text.strip()):
            for match in _SIGN.finditer(token.text):
                yield unescape(match.group()), Atom(number, *match.span())
