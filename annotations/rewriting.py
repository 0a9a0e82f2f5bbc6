"""Other words for one passage of a draft, in whatever field or block it is stored.

What a block makes of its value is known to the block alone. So every value of the block that may
hold the words is tried, and what comes out is read anew: only a draft in which this passage says
exactly what was asked for, and nothing else has changed, is ever returned.
"""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from annotations.core.applying import (
    CannotApply,
    replace_in_line,
    replace_in_plain,
    replace_words,
    replaced,
)
from versioning import extraction
from versioning.core.cutting import cut_html
from versioning.core.markup import UnreadableText
from versioning.core.normalizing import normal_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Path = tuple[str | int, ...]
    Source = tuple[str, str]

MAX_TRIES = 60
"""Values of a block that are tried."""
_NO_WORDS = frozenset({"id", "type"})


class _Try(NamedTuple):
    """One value that may hold the words: where it is and what it would be."""

    path: Path
    value: str


def put_words(draft: Any, index: int, start: int, end: int, words: str) -> Any:  # noqa: ANN401  # a page of any versioned type
    """Return a draft in which a range of one passage says something else.

    Args:
        draft: The page as its newest revision has it; it stays as it is.
        index: Which of its passages, from 0, in the order of ``passages_of``.
        start: Begin of the range in code points.
        end: Its end, exclusive.
        words: What stands there from now on.

    Raises:
        CannotApply: No stored value can be changed so that nothing else changes.
        UnreadableText: A field is nested too deeply.
    """
    sources = list(extraction.page_sources(draft))
    at, ordinal, text = _locate(sources, index)
    wanted = replaced(text, start, end, words)
    if not wanted:
        raise CannotApply("nothing would be left of the passage")
    content = draft.serializable_data()
    for name, raw, attempt in _tries(draft, content, sources[at][0], text, (start, end, words)):
        changed = draft.with_content_json({**content, name: _with(raw, attempt)})
        if _is_right(sources, list(extraction.page_sources(changed)), at, ordinal, wanted):
            return changed
    raise CannotApply("no stored value holds just these words")


def _locate(sources: list[Source], index: int) -> tuple[int, int, str]:
    """Return the source of a passage, its place in it and its words."""
    passed = 0
    for at, (_key, html) in enumerate(sources):
        found = cut_html(html)
        if index < passed + len(found):
            return at, index - passed, found[index - passed].text
        passed += len(found)
    raise CannotApply(f"there is no passage {index}")


def _tries(
    draft: Any,  # noqa: ANN401  # see put_words
    content: dict[str, Any],
    key: str,
    text: str,
    edit: tuple[int, int, str],
) -> Iterator[tuple[str, Any, _Try]]:
    """Yield field, stored value and what may become of it."""
    left = MAX_TRIES
    for name in draft.versioned_fields:
        raw = _loaded(content.get(name) or "")
        for path, value in _values(raw, name, key.split(".", maxsplit=1)[0]):
            for other in _other_values(value, text, edit):
                if not left:
                    return
                left -= 1
                yield name, raw, _Try(path, other)


def _loaded(value: str) -> Any:  # noqa: ANN401  # a list of blocks, or the value itself
    try:
        blocks = json.loads(value)
    except ValueError:
        return value
    return blocks if isinstance(blocks, list) else value


def _values(raw: Any, name: str, block: str) -> Iterator[tuple[Path, str]]:  # noqa: ANN401
    """Yield the texts stored in a block, or in a field without blocks."""
    if isinstance(raw, str):
        if name == block:
            yield (), raw
        return
    for at, one in enumerate(raw):
        if (one.get("id") or "") == block:
            yield from _leaves(one.get("value"), (at, "value"))


def _leaves(value: Any, path: Path) -> Iterator[tuple[Path, str]]:  # noqa: ANN401  # a raw value
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield from _leaves(item, (*path, at))
    elif isinstance(value, dict):
        for name, item in value.items():
            if name not in _NO_WORDS:
                yield from _leaves(item, (*path, name))


def _other_values(value: str, text: str, edit: tuple[int, int, str]) -> Iterator[str]:
    """Yield what a value may become, as rich text and as plain text."""
    start, end, words = edit
    ways: list[tuple[Callable[..., str], list[str]]] = []
    if "<" in value:
        with suppress(UnreadableText):
            ways.append((replace_words, [passage.text for passage in cut_html(value)]))
    paragraphs = [normal_text(part) for part in extraction.paragraphs_in(value)]
    ways.append((replace_in_plain, paragraphs))
    if len(paragraphs) > 1:
        ways.append((replace_in_line, [normal_text(value)]))
    for way, passages in ways:
        for ordinal, own in enumerate(passages):
            for shift in _shifts(own, text, start, end):
                try:
                    yield way(value, ordinal, start - shift, end - shift, words)
                except CannotApply:
                    continue


def _shifts(own: str, text: str, start: int, end: int) -> Iterator[int]:
    """Yield where a part of the words begins in all of them, if the range lies within it."""
    at = text.find(own) if own else -1
    while 0 <= at <= start:
        if end <= at + len(own):
            yield at
        at = text.find(own, at + 1)


def _with(raw: Any, attempt: _Try) -> str:  # noqa: ANN401  # a raw value
    """Return the stored form with one value changed."""
    if isinstance(raw, str):
        return attempt.value
    blocks = json.loads(json.dumps(raw))
    holder = blocks
    for step in attempt.path[:-1]:
        holder = holder[step]
    holder[attempt.path[-1]] = attempt.value
    return json.dumps(blocks)


def _is_right(
    before: list[Source], after: list[Source], at: int, ordinal: int, wanted: str
) -> bool:
    """Tell whether one passage says what was asked for and nothing else has changed."""
    if len(before) != len(after):
        return False
    others = ((old, new) for n, (old, new) in enumerate(zip(before, after, strict=True)) if n != at)
    if after[at][0] != before[at][0] or any(old != new for old, new in others):
        return False
    old, new = cut_html(before[at][1]), cut_html(after[at][1])
    expected = [
        one._replace(text=wanted, html="") if n == ordinal else one for n, one in enumerate(old)
    ]
    found = [one._replace(html="") if n == ordinal else one for n, one in enumerate(new)]
    return found == expected
