"""Reading marks from a .json file, each checked against the text that it stands on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from annotations.core.placing import Mark, check_mark
from annotations.core.ranges import RangeError, is_offset
from versioning.core.reading.files import UnreadableFile, gettext_noop, load, parsed_json

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from versioning.core.passages import PassageText

MAX_SHOWN = 100
"""Characters of an id that a message shows."""


class ReadMark(NamedTuple):
    """A mark and its id as the file writes it, a string or a whole number."""

    id: str | int
    mark: Mark


def read_marks(path: Path, old: Sequence[PassageText]) -> list[ReadMark]:
    """Return the marks of a file.

    Args:
        path: A JSON list of objects with ``id``, ``passage``, ``start`` and ``end``; start and
            end both null mean the whole passage. Other keys are left aside.
        old: Passages of the text that the marks stand on.

    Returns:
        The marks in the file's order.

    Raises:
        UnreadableFile: With one line that names the file, and the annotation if one is wrong.
    """
    content = load(path)
    items = parsed_json(content)
    if not isinstance(items, list):
        raise UnreadableFile(
            content.name, gettext_noop("%(name)s: the file must hold a list of annotations.")
        )
    return [_mark(content.name, number, item, old) for number, item in enumerate(items, start=1)]


def _mark(name: str, number: int, item: object, old: Sequence[PassageText]) -> ReadMark:
    if not isinstance(item, Mapping):
        raise UnreadableFile(
            name, gettext_noop("%(name)s: entry %(number)s is not an object."), number=number
        )
    key = item.get("id")
    if (not key and key != 0) or isinstance(key, bool) or not isinstance(key, str | int):
        raise UnreadableFile(
            name, gettext_noop("%(name)s: annotation number %(number)s has no id."), number=number
        )
    try:
        mark = _checked(item)
        check_mark(mark, old)
    except RangeError as error:
        raise UnreadableFile(
            name,
            gettext_noop("%(name)s: annotation %(id)s: %(reason)s."),
            id=_shown(key),
            reason=error,
        ) from error
    return ReadMark(key, mark)


def _checked(item: Mapping[str, Any]) -> Mark:
    """Give the mark of an object whose values have the right types."""
    missing = [field for field in ("passage", "start", "end") if field not in item]
    if missing:
        raise RangeError(f"it lacks {' and '.join(missing)}")
    if not is_offset(item["passage"]):
        raise RangeError("its passage is not a whole number from 0")
    if (item["start"] is None) != (item["end"] is None):
        raise RangeError("start and end must both be null or both be numbers")
    return Mark(str(item["id"]), item["passage"], item["start"], item["end"])


def _shown(key: str | int) -> str:
    """Give an id for a message of one line."""
    shown = "".join(sign if sign.isprintable() else " " for sign in str(key)[: MAX_SHOWN + 1])
    return shown if len(shown) <= MAX_SHOWN else f"{shown[:MAX_SHOWN]}…"
