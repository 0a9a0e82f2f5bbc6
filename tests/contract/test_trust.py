"""Each requirement of trust names tests that exist, and the page says so."""

import ast
import re
from functools import cache

import pytest

from tests.support import MissingData, shared_path
from tests.trust import PAGE, ROOT, ROWS, as_markdown


@cache
def names_in(file):
    """Return the tests of a module, those of classes with the class before them."""
    found = set()
    for node in ast.parse((ROOT / file).read_text()).body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            found.add(node.name)
        elif isinstance(node, ast.ClassDef):
            inner = [each for each in node.body if isinstance(each, ast.FunctionDef)]
            found |= {
                f"{node.name}::{each.name}" for each in inner if each.name.startswith("test_")
            }
    return found


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.key)
def test_every_named_test_exists(row):
    assert row.tests
    for test in row.tests:
        file, _sign, name = test.partition("::")
        assert (ROOT / file).is_file(), test
        assert name in names_in(file), test


def test_the_page_is_what_the_table_says():
    assert PAGE.read_text() == as_markdown(), "run: python -m tests.trust"


def test_every_requirement_that_may_not_be_broken_has_its_row():
    try:
        text = shared_path("TRUST.md").read_text()
    except MissingData as error:
        pytest.skip(str(error))
    wanted = set(re.findall(r"\b([SRDLA]\d+) P0\b", text))
    assert len(wanted) > 30
    assert {row.key for row in ROWS} == wanted
