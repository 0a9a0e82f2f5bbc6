"""Choosing words of a passage with the pointer, as a person does."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page


def choose_words(page: Page, first: str, last: str = "", *, start: int = 0, end: int = -3) -> None:
    """Choose words as a system's handles do: the selection changes, and no pointer is heard of.

    Args:
        page: The reading page.
        first: Text of the passage in which the words begin.
        last: Text of the passage in which they end, if it is another one.
        start: Character of the first passage.
        end: Character of the last passage, from its end if negative.
    """
    page.evaluate(CHOOSE, [first, last or first, start, end])


CHOOSE = """([first, last, start, end]) => {
  const bodies = [...document.querySelectorAll(".syn-passage__body")];
  const node = (text) => {
    const body = bodies.find((each) => each.textContent === text);
    return document.createTreeWalker(body, NodeFilter.SHOW_TEXT).nextNode();
  };
  const to = node(last);
  getSelection().setBaseAndExtent(node(first), start, to, end < 0 ? to.length + end : end);
}"""


def click_word(page: Page, text: str, word: str, *, tap: bool = False) -> None:
    """Click into the middle of a word of the passage with this text."""
    page.locator(".syn-passage__body", has_text=text).first.scroll_into_view_if_needed()
    x, y = page.evaluate(MIDDLE, [text, word])
    (page.touchscreen.tap if tap else page.mouse.click)(x, y)


MIDDLE = """([text, word]) => {
  const bodies = [...document.querySelectorAll(".syn-passage__body")];
  const body = bodies.find((each) => each.textContent === text);
  const walker = document.createTreeWalker(body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const at = walker.currentNode.data.indexOf(word);
    if (at < 0) continue;
    const range = document.createRange();
    range.setStart(walker.currentNode, at);
    range.setEnd(walker.currentNode, at + word.length);
    const box = range.getClientRects()[0];
    return [box.left + box.width / 2, box.top + box.height / 2];
  }
  throw new Error(`${word} does not stand in the text`);
}"""
