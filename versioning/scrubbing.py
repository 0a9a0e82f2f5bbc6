"""Taking words out of what Wagtail keeps of a page: its row and its revisions.

The words of one passage may stand in one value (a paragraph of rich text) or in several (the cells
of a row). Three ways are tried for each block, from the gentlest on, until its passages no longer
hold the words: the element or value with exactly these words, the values whose words are part of
them, all values of the block.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import mark_safe
from lxml import html as lxml_html

from versioning import extraction
from versioning.core.cutting import cut_html
from versioning.core.normalizing import normal_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from lxml.html import HtmlElement
    from wagtail.models import Page

    Change = Callable[[str, str], str]

PLACEHOLDER = "[…]"
_VOID = frozenset({"br", "embed", "hr", "img"})
_NO_WORDS = frozenset({"id", "type"})


def scrub_content(page: Page, content: dict[str, Any], words: str) -> bool:
    """Replace the words of a passage in the stored form of a page, wherever they stand.

    Args:
        page: The page, of its own type.
        content: What ``serializable_data()`` gave for it or for one of its revisions; it is
            changed in place.
        words: Text of the passage, in normal form.

    Returns:
        Whether anything was changed.
    """
    changed = False
    for change in (_exactly, _partly, _wholly):
        keys = _keys_with(page, content, words)
        if not keys:
            break
        for name in page.versioned_fields:
            if content.get(name):
                content[name] = _changed_field(name, content[name], keys, change, words)
                changed = True
    return changed


def _keys_with(page: Page, content: dict[str, Any], words: str) -> set[str]:
    """Return the ids of the blocks, or names of the fields, whose passages hold the words."""
    stored = page.with_content_json(content)
    return {
        key.split(".")[0]
        for key, html in extraction.page_sources(stored)
        if any(words in (passage.text, passage.alt) for passage in cut_html(html))
    }


def _changed_field(name: str, value: str, keys: set[str], change: Change, words: str) -> str:
    try:
        blocks = json.loads(value)
    except ValueError:
        blocks = None
    if not isinstance(blocks, list):
        return change(value, words) if name in keys else value
    for block in blocks:
        if block.get("id", "") in keys:
            block["value"] = _changed_value(block["value"], change, words)
    return json.dumps(blocks)


def _changed_value(value: Any, change: Change, words: str) -> Any:  # noqa: ANN401  # a block's raw value
    if isinstance(value, str):
        return change(value, words)
    if isinstance(value, list):
        return [_changed_value(item, change, words) for item in value]
    if isinstance(value, dict):
        return {
            key: item if key in _NO_WORDS else _changed_value(item, change, words)
            for key, item in value.items()
        }
    return value


def _exactly(value: str, words: str) -> str:
    """Replace the element, paragraph or value with exactly these words."""
    if not _is_html(value):
        parts = re.split(r"(\n\s*\n)", value)
        return "".join(PLACEHOLDER if normal_text(part) == words else part for part in parts)
    if not any(words in (passage.text, passage.alt) for passage in cut_html(value)):
        return value
    root = lxml_html.fragment_fromstring(value, create_parent="div")
    for element in [element for element in root.iter() if isinstance(element.tag, str)]:
        _clear_if_equal(element, words)
    result = _inner_html(root)
    if any(passage.text == words for passage in cut_html(result)):
        return _as_paragraphs(value, words)
    return result


def _partly(value: str, words: str) -> str:
    """Replace values whose words are part of the words, such as the cells of a row."""
    text = " ".join(passage.text for passage in cut_html(value)) if _is_html(value) else value
    text = normal_text(text)
    return PLACEHOLDER if text and text in words else value


def _wholly(value: str, words: str) -> str:
    """Replace every value that holds words at all."""
    return PLACEHOLDER if normal_text(value) and words else value


def _is_html(value: str) -> bool:
    return "<" in value and ">" in value


def _clear_if_equal(element: HtmlElement, words: str) -> None:
    if normal_text(element.get("alt") or "") == words:
        element.set("alt", PLACEHOLDER)
    if element.tag in _VOID or normal_text(element.text_content()) != words:
        return
    for child in list(element):
        element.remove(child)
    element.text = PLACEHOLDER


def _inner_html(root: HtmlElement) -> str:
    """Return html in the form of Wagtail's database: empty elements that are void end with />."""
    for element in root.iter():
        if element.tag not in _VOID and element.text is None:
            element.text = ""
    children = (lxml_html.tostring(child, encoding="unicode", method="xml") for child in root)
    return str(conditional_escape(root.text or "")) + "".join(children)


def _as_paragraphs(value: str, words: str) -> str:
    """Return what remains as headings and paragraphs, where the elements cannot be told apart."""
    parts = []
    for passage in cut_html(value):
        tag = f"h{min(passage.level, 6) or 2}" if passage.kind == "heading" else "p"
        inner = PLACEHOLDER if passage.text == words else mark_safe(passage.html)  # noqa: S308  # sanitised
        parts.append(format_html("<{}>{}</{}>", tag, inner, tag))
    return "".join(parts)
