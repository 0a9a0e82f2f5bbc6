"""Tables of benchmarks, as text and in a page of the documentation."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

START, END = "<!-- benchmark: start -->", "<!-- benchmark: end -->"

Table = list[list[str]]


def as_text(table: Table) -> str:
    """Give a table in columns for a terminal; the first row is its head."""
    widths = [max(len(row[at]) for row in table) for at in range(len(table[0]))]
    lines = [
        "  ".join(
            cell.ljust(width) if at == 0 else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in table
    ]
    return "\n".join(lines) + "\n"


def as_markdown(table: Table) -> str:
    """Give a table as Markdown, numbers to the right."""
    rule = ["---", *["---:"] * (len(table[0]) - 1)]
    rows = [table[0], rule, *table[1:]]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows) + "\n"


def write_page(page: Path, tables: Sequence[Table]) -> None:
    """Exchange what stands between the markers of a page."""
    before, rest = page.read_text().split(START)
    after = rest.split(END)[1]
    inside = "\n".join(as_markdown(table) for table in tables)
    page.write_text(f"{before}{START}\n\n{inside}\n{END}{after}")
