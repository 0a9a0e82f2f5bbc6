"""What a machine can find in a text that keeps people from reading it.

Looked at is what editors decide by writing: headings, alternative texts, header cells, words of
links, capitals. What the templates decide (contrast, focus, landmarks) is no matter of the text.
The language of each passage is known and marked when it is shown, so nothing is said about it;
empty headings and images without any words are never frozen.

Source: WCAG 2.2, success criteria 1.1.1, 1.3.1, 2.4.4, 2.4.6; for capitals BITV, "Leichte
Sprache" and DIN 1450, section 4.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Literal, NamedTuple

from versioning.core.addresses import links_in, plain_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from versioning.core.passages import PassageText

FindingKind = Literal[
    "heading_skipped",
    "heading_empty",
    "image_undescribed",
    "image_file_name",
    "table_headless",
    "link_empty",
    "link_vague",
    "link_bare",
    "capitals",
]

HIGHEST_FIRST = 2
"""The lowest level with which a text may begin: the title of its page stands above it."""
MIN_CAPITALS = 12
"""How many letters a passage in capitals has at least; shorter ones may be names."""
MIN_LONG_WORD = 6
"""How long its longest word is at least; a row of abbreviations has none."""
MIN_DESCRIPTION = 3
"""From how many plain words on a file may well be named by what it shows."""
VAGUE = frozenset(
    {"da", "dort", "details", "download", "hier", "hier klicken", "bitte hier klicken", "info"}
    | {"infos", "klick hier", "klicken sie hier", "lesen sie mehr", "link", "mehr", "mehr dazu"}
    | {"mehr erfahren", "mehr infos", "mehr informationen", "siehe hier", "weiter", "weiterlesen"}
    | {"weitere informationen", "zum download", "zur seite", "dieser link", "diese seite"}
    | {"click here", "continue", "continue reading", "here", "learn more", "more", "more info"}
    | {"more information", "read more", "see here", "see more", "this link", "this page"}
)
"""Words that do not say where a link leads, folded."""

_HEADER_CELL = re.compile(r"<th\b[^>]*>(.*?)</th>", re.DOTALL)
_BARE = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_IMAGE_NAME = re.compile(r"\.(?:avif|bmp|gif|heic|jpe?g|png|svg|tiff?|webp)\Z", re.IGNORECASE)
_CAMERA = re.compile(r"(?:img|dsc|dscn|pxl|image|bild|foto|photo|screenshot)[\W_]*\d*", re.I)
_STORED_SUFFIX = re.compile(r"_[A-Za-z0-9]{7}\Z")
_WORD = re.compile(r"[^\W\d_]+")
_NO_LETTERS = re.compile(r"[\W_]+")


class Finding(NamedTuple):
    """One obstacle in a text.

    Attributes:
        place: Which passage, by its place in the text, from 0.
        kind: What is wrong.
        words: The words that are meant; those of the passage where all of it is meant.
    """

    place: int
    kind: FindingKind
    words: str


def findings(
    passages: Sequence[PassageText], *, files: Mapping[str, str] | None = None
) -> list[Finding]:
    """Return what is wrong, in reading order.

    Args:
        passages: The whole text in reading order.
        files: Names of the image files by the key of the image.
    """
    found = [*_headings(passages), *_tables(passages)]
    for index, passage in enumerate(passages):
        found.extend(_of_passage(index, passage, files or {}))
    return sorted(found, key=lambda finding: finding.place)


def _of_passage(index: int, passage: PassageText, files: Mapping[str, str]) -> Iterator[Finding]:
    if passage.image:
        yield from _image(index, passage, files.get(passage.image, ""))
    for link in links_in(passage.html):
        if kind := _wrong_words(link.words):
            yield Finding(index, kind, link.words or link.target)
    if is_shouting(passage.text):
        yield Finding(index, "capitals", passage.text)


def _headings(passages: Sequence[PassageText]) -> Iterator[Finding]:
    """Find headings that skip a level or say nothing; the title of the page has level 1."""
    before = HIGHEST_FIRST - 1
    for index, passage in enumerate(passages):
        if passage.kind != "heading":
            continue
        if not re.search(r"[^\W_]", passage.text):
            yield Finding(index, "heading_empty", passage.text)
        if passage.level > before + 1:
            yield Finding(index, "heading_skipped", passage.text)
        before = passage.level


def _tables(passages: Sequence[PassageText]) -> Iterator[Finding]:
    """Find tables without any header cell; rows that follow one another in a block are one."""
    for rows in _runs_of_rows(passages):
        cells = [cell for row in rows for cell in _HEADER_CELL.findall(passages[row].html)]
        if not any(plain_words(cell) for cell in cells):
            yield Finding(rows[0], "table_headless", passages[rows[0]].text)


def _runs_of_rows(passages: Sequence[PassageText]) -> Iterator[list[int]]:
    rows: list[int] = []
    for index, passage in enumerate(passages):
        goes_on = rows and rows[-1] == index - 1 and passages[index - 1].block == passage.block
        if rows and not (goes_on and passage.kind == "table_row"):
            yield rows
            rows = []
        if passage.kind == "table_row":
            rows.append(index)
    if rows:
        yield rows


def _image(index: int, passage: PassageText, file: str) -> Iterator[Finding]:
    alt = " ".join(passage.alt.split())
    if not _folded(alt):
        yield Finding(index, "image_undescribed", passage.text)
    elif _is_file_name(alt, file):
        yield Finding(index, "image_file_name", alt)


def _is_file_name(alt: str, file: str) -> bool:
    """Tell whether an alternative text is only the name of a file, or that of a camera."""
    if _IMAGE_NAME.search(alt) or _CAMERA.fullmatch(alt):
        return True
    stem = PurePosixPath(file).stem
    names = {_folded(stem), _folded(_STORED_SUFFIX.sub("", stem))} - {""}
    words = alt.split(" ")
    is_description = len(words) >= MIN_DESCRIPTION and all(word.isalpha() for word in words)
    return _folded(alt) in names and not is_description


def _wrong_words(words: str) -> FindingKind | None:
    folded = _folded(words, joint=" ")
    if not folded:
        return "link_empty"
    if folded in VAGUE:
        return "link_vague"
    return "link_bare" if _BARE.fullmatch(words) else None


def is_shouting(text: str) -> bool:
    """Tell whether a text is written in capitals throughout, and is no row of abbreviations."""
    words = _WORD.findall(text)
    letters = "".join(words).replace("ß", "")
    return (
        len(letters) >= MIN_CAPITALS
        and letters.isupper()
        and max(len(word) for word in words) >= MIN_LONG_WORD
    )


def _folded(text: str, *, joint: str = "") -> str:
    return _NO_LETTERS.sub(joint, text.casefold()).strip()
