"""Names that look like those of an office.

Names are compared by what people read: case, accents, spaces, signs and invisible characters do not
count, letters of other alphabets and digits count as the letters that they look like. A name
imitates a reserved one where all of it, or some whole words of it in a row, read the same; so
"Senat von Berlin" and "S e n a t" do, "Senta" and "Verwalterin Müller" do not.

The table of look-alikes is Unicode's own (UTS 39), in the package confusable-homoglyphs: no copy of
its ten thousand signs has to be kept here.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from confusable_homoglyphs.utils import load

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

ANY_ENDING = "*"
DIGITS = str.maketrans("01345789", "oleastbg")
SIGNS = str.maketrans("@$€|!", "asell")
ALIKE = str.maketrans("iæœ", "lao")
"""What is read as another letter; i and l count as one, since a large i looks like a small l."""
PAIRS = (("rn", "m"), ("vv", "w"), ("ae", "a"), ("oe", "o"), ("ue", "u"))
"""Letters that are read as one, and the German way to write an umlaut without its dots."""
_UNSEEN = {"Mn", "Me", "Cf", "Cc"}
_BLANKS = frozenset("\u115f\u1160\u3164\uffa0\u2800")
"""Letters and signs without any ink."""
_HUMPS = re.compile(r"(?<=[^\W\d_A-Z])(?=[A-Z])")


class Reserved(NamedTuple):
    """Names that strangers may not bear, as they read.

    Attributes:
        words: Whole words, or several in a row.
        begins: Begins of words.
        names: Whole names.
    """

    words: frozenset[str]
    begins: tuple[str, ...]
    names: frozenset[str]


def reserve(words: Iterable[str], names: Iterable[str] = ()) -> Reserved:
    """Return reserved names in the form in which they are compared.

    Args:
        words: Refused as a whole name and as words in one; with ``*`` at the end also whatever
            begins with them.
        names: Refused as a whole name only.
    """
    words = [word.strip() for word in words]
    whole = (_reading(word) for word in words if not word.endswith(ANY_ENDING))
    begins = (_reading(word[:-1]) for word in words if word.endswith(ANY_ENDING))
    return Reserved(
        frozenset(filter(None, whole)),
        tuple(filter(None, begins)),
        frozenset(filter(None, map(_reading, names))),
    )


def imitates(name: str, reserved: Reserved) -> bool:
    """Tell whether people could take a name for a reserved one."""
    return any(_is_taken(words, reserved) for words in _readings(name))


def _is_taken(words: Sequence[str], reserved: Reserved) -> bool:
    if any(_read("".join(row)) in reserved.words for row in _rows(words)):
        return True
    if any(_read(word).startswith(reserved.begins) for word in words):
        return True
    return _read("".join(words)) in reserved.names


def _rows(words: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(len(words)):
        for end in range(start + 1, len(words) + 1):
            yield words[start:end]


def _readings(name: str) -> Iterator[list[str]]:
    """Yield the words of a name in every way in which its signs, digits and large letters are read.

    Signs stand for letters ("$enat") or between words ("team@senat"), digits for letters ("5enat")
    or beside words ("Senat2026"), a large letter begins a word ("BerlinSenat") or does not.
    """
    seen = _letters(name)
    for signs, humps in product((SIGNS, {}), (True, False)):
        text = seen.translate(signs)
        words = _words(_HUMPS.sub(" ", text) if humps else text)
        yield [word.translate(DIGITS) for word in words]
        yield [word for each in words if (word := each.strip("0123456789"))]


def _reading(name: str) -> str:
    return _read("".join(_words(_letters(name))))


def _read(word: str) -> str:
    """Return a word as it is read, whatever single letters it was put together from."""
    word = word.casefold().translate(DIGITS).translate(ALIKE)
    for pair, one in PAIRS:
        word = word.replace(pair, one)
    return word


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text)


def _letters(name: str) -> str:
    """Return a name in plain letters, its case kept; what is not seen is left out."""
    text = unicodedata.normalize("NFKC", name)
    plain = "".join(map(_plain, text))
    return "".join(" " if c in _BLANKS else c for c in plain if c.isprintable())


@cache
def _plain(character: str) -> str:
    """Return a character without marks, or the plain letters that it looks like."""
    bare = _bare(character)
    return bare if bare.isascii() else _looks_like().get(character, bare)


def _bare(text: str) -> str:
    split = unicodedata.normalize("NFKD", text)
    return "".join(c for c in split if unicodedata.category(c) not in _UNSEEN)


@cache
def _looks_like() -> dict[str, str]:
    """Return the plain letter that each foreign character looks like."""
    found = {}
    for character, others in load("confusables.json").items():
        plain = (_bare(other["c"]) for other in others)
        letters = [text for text in plain if text.isascii() and text.isalnum()]
        if letters and not character.isascii():
            found[character] = min(letters, key=len)
    return found
