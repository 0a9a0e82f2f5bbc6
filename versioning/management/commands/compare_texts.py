"""Compare two texts from files."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING

from django.core.management.base import BaseCommand, CommandError

from versioning.core import comparing, reading

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Sequence

    from versioning.core.passages import PassageText, Row

_SIGNS = {
    "kept": "=",
    "changed": "~",
    "moved": ">",
    "moved_changed": "≷",
    "split": "<",
    "merged": "Y",
    "added": "+",
    "removed": "-",
}


class Command(BaseCommand):
    """Compare two files passage by passage and word by word, without a database."""

    help = "Compare two texts (.json, .md, .html, .txt, .docx or .odt) word by word."
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the two files and the form of the output."""
        parser.add_argument("old", metavar="OLD")
        parser.add_argument("new", metavar="NEW")
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *, old: str, new: str, **options: object) -> None:
        """Print the comparison, or end with 2 and one line on bad input."""
        try:
            opened = [reading.open_passages(Path(name)) for name in (old, new)]
            started = time.perf_counter()
            before, after = (passages() for passages in opened)
        except reading.UnreadableFile as error:
            raise CommandError(str(error), returncode=2) from error
        rows = comparing.compare(before, after)
        seconds = time.perf_counter() - started
        if options["format"] == "json":
            self.stdout.write(as_json(before, after, rows, seconds))
        else:
            self.stdout.write("\n".join(_lines(rows)))


def as_json(
    old: Sequence[PassageText], new: Sequence[PassageText], rows: Sequence[Row], seconds: float
) -> str:
    """Write a comparison as JSON; all but the seconds is the same on every run."""
    result = {
        "old": [{"kind": passage.kind, "text": passage.text} for passage in old],
        "new": [{"kind": passage.kind, "text": passage.text} for passage in new],
        "rows": [
            {
                "relation": row.relation,
                "old": row.old,
                "new": row.new,
                "runs": row.runs,
                "format": row.format,
            }
            for row in rows
        ],
        "stats": {"seconds": round(seconds, 6)},
    }
    return json.dumps(result, ensure_ascii=False)


def _lines(rows: Sequence[Row]) -> list[str]:
    """Give the rows that differ, one line each, as people mark changes in plain text."""
    return [
        f"{_SIGNS[row.relation]} {_marked(row)}{_format(row)}"
        for row in rows
        if row.relation != "kept"
    ]


def _marked(row: Row) -> str:
    shown = {"equal": "{}", "delete": "[-{}-]", "insert": "{{+{}+}}"}
    return "".join(shown[run.operation].format(run.text) for run in row.runs).replace("\n", " ¶ ")


def _format(row: Row) -> str:
    return f" ({', '.join(row.format)})" if row.format else ""
