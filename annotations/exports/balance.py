"""The numbers of a balance sheet as JSON and CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from annotations.core.balance import STATES, flows
from annotations.exports import tables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from annotations.api.addresses import Addresses
    from annotations.presentation.balance import Balance, Line, Table
    from versioning.models import Version

FORMAT, FORMAT_VERSION = "synopse-balance", 1


def as_json(balance: Balance, newest: Version, addresses: Addresses) -> dict[str, Any]:
    """Return all numbers as plain data, each with the address of the list that it counts."""
    return {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "title": newest.title,
        "language": newest.locale.language_code,
        "version": newest.number,
        "url": addresses.balance(newest.page_id),
        "total": balance.total.count,
        "answered": balance.answered.count,
        "states": [
            {
                "key": one.key,
                "label": one.label,
                "count": one.count,
                "url": addresses.absolute(one.url),
            }
            for one in balance.states
        ],
        "tables": [_table(table, addresses) for table in (*balance.tables, balance.over_time)],
        "reactions": {one.key: one.count for one in balance.reactions},
        "flow": [
            {"kind": kind, "state": state, "result": result, "count": count}
            for (kind, state, result), count in sorted(
                flows(
                    balance.facts,
                    lambda fact: fact.kind,
                    lambda fact: fact.state,
                    lambda fact: fact.result,
                ).items()
            )
        ],
        "results": balance.results,
    }


def csv_lines(balance: Balance, addresses: Addresses) -> Iterator[str]:
    """Yield all numbers, one in each line."""
    return tables.csv_lines(rows_of(balance, addresses))


def rows_of(balance: Balance, addresses: Addresses) -> Iterator[list[Any]]:
    """Yield the headings, then all numbers, one in each row."""
    yield [_("Table"), _("Row"), _("State"), _("Count"), _("Address")]
    for number in balance.states:
        yield [_("All"), "", number.label, number.count, addresses.absolute(number.url)]
    for table in (*balance.tables, balance.over_time):
        for line in table.lines:
            for number in line.numbers:
                address = addresses.absolute(number.url)
                yield [table.title, line.label, number.label, number.count, address]
    for number in balance.reactions:
        address = addresses.absolute(number.url)
        yield [_("Authors on their answers"), "", number.label, number.count, address]


def _table(table: Table, addresses: Addresses) -> dict[str, Any]:
    return {
        "key": table.key,
        "title": table.title,
        "rows": [_line(line, addresses) for line in table.lines],
    }


def _line(line: Line, addresses: Addresses) -> dict[str, Any]:
    return {
        "key": line.key,
        "label": line.label,
        "total": line.total,
        "url": addresses.absolute(line.url),
        "counts": {state: number.count for state, number in zip(STATES, line.numbers, strict=True)},
    }
