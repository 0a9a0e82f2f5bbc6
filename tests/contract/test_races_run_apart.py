"""Tests that empty the database run in a call of their own, or they take it from the others."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_every_test_with_real_transactions_stands_among_the_races():
    races = re.search(r"^RACES := (.*)$", (ROOT / "Makefile").read_text(), re.M)[1].split()
    emptying = [
        str(path.relative_to(ROOT))
        for path in sorted((ROOT / "tests/integration").rglob("test_*.py"))
        if re.search(r"transaction=True|transactional_db", path.read_text())
    ]

    assert emptying == sorted(races)
