"""Tells what a page runs from what it only says."""

from __future__ import annotations

from lxml import html as lxml_html

from tests.factories.vectors import MARK
from tests.integration.site.test_headers import inline_code

WORDS = {"value", "content", "title", "alt", "aria-label", "placeholder"}
"""Attributes that hold words, which nothing runs."""
CODE = {"script", "style", "iframe", "object", "embed", "base", "math", "svg", "img"}


def what_runs(html: str) -> list[str]:
    """Return whatever of a page carries our mark where it could run, or runs at all."""
    found = inline_code(html)
    for node in lxml_html.document_fromstring(html).iter():
        if not isinstance(node.tag, str):
            continue
        attributes = {name: value for name, value in node.attrib.items() if name not in WORDS}
        found += [f"{node.tag} {name}" for name, value in attributes.items()
                  if MARK in value and name != "href"]  # fmt: skip
        is_code = node.tag in {
            "script",
            "style",
            "iframe",
            "object",
            "embed",
            "base",
            "math",
            "svg",
        }
        if is_code and MARK in (node.text or "") and node.get("type") != "application/json":
            found.append(node.tag)
        if node.tag in {"base", "iframe", "object", "embed", "meta"} and "evil" in str(node.attrib):
            found.append(node.tag)
    return found


def assert_harmless(response):
    assert response.status_code < 500
    if response.content and "html" in response.headers.get("Content-Type", ""):
        html = response.content.decode()
        if "<" in html:
            assert what_runs(html) == []


def assert_words_only(response):
    """Check a page of the admin, where Wagtail itself runs scripts inline."""
    assert response.status_code == 200
    html = response.content.decode()
    tree = lxml_html.document_fromstring(html)
    nodes = [node for node in tree.iter() if isinstance(node.tag, str)]
    code = [node for node in nodes if node.tag in CODE]
    assert not [node.tag for node in code if MARK in f"{node.text} {dict(node.attrib)}"]
    handlers = [value for node in nodes for name, value in node.attrib.items() if name[:2] == "on"]
    assert not [value for value in handlers if MARK in value]
    links = [value for _n, name, value, _p in tree.iterlinks() if name in {"href", "src"}]
    assert not [link for link in links if link.strip().lower().startswith("javascript:")]


# Import
