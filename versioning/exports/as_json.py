"""Comparisons as data: the rows of ``compare_texts`` with passages, reasons and addresses.

The shape is described in docs/reference/exports.md; ``FORMAT_VERSION`` grows when a reader of
older files would read newer ones wrongly.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from versioning.computing import parameters
from versioning.core.comparing import ENGINE_VERSION
from versioning.exports import sources
from versioning.presentation import place_of

if TYPE_CHECKING:
    from versioning.comparisons import ComparedRow, Comparison
    from versioning.doors import ChangeReason
    from versioning.exports.sources import Publisher
    from versioning.models import Change, Passage, Version

FORMAT = "synopse-comparison"
FORMAT_VERSION = 1


def comparison_json(comparison: Comparison) -> bytes:
    """Return a comparison as JSON in UTF-8.

    Of the reasons it has those that explain a change; nobody's name stands in it. Rows with
    withheld words have no runs, but say when and why the words left.

    Args:
        comparison: A whole comparison.
    """
    publisher = sources.publisher_of(comparison.new)
    url = sources.comparison_url(comparison, publisher)
    data = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "title": comparison.new.title,
        "language": comparison.new.locale.language_code,
        "publisher": publisher.name,
        "url": url,
        "old": _version(comparison.old, publisher),
        "new": _version(comparison.new, publisher),
        "engine": {"version": ENGINE_VERSION, "parameters": parameters()},
        "stats": {
            "rows": dict(sorted(comparison.numbers.items())),
            "words_inserted": comparison.words_added,
            "words_deleted": comparison.words_removed,
        },
        "rows": [_row(row, comparison, url, publisher) for row in comparison.rows],
    }
    return json.dumps(data, ensure_ascii=False).encode()


def _version(version: Version, publisher: Publisher) -> dict[str, Any]:
    return {
        "number": version.number,
        "label": version.label,
        "published_at": version.published_at.isoformat(),
        "content_hash": version.content_hash,
        "url": sources.version_url(version, publisher),
    }


def _row(
    row: ComparedRow, comparison: Comparison, url: str, publisher: Publisher
) -> dict[str, Any]:
    data: dict[str, Any] = {
        "relation": row.row.relation,
        "old": [_passage(passage) for passage in row.old],
        "new": [_passage(passage) for passage in row.new],
        "runs": [] if row.is_withheld else row.row.runs,
        "format": row.row.format,
    }
    if row.ordinal:
        place = place_of(row)
        data["number"] = row.ordinal
        data["url"] = f"{url}?at={place}#{place}"
        data["changes"] = [_change(change, comparison, publisher) for change in row.changes]
        data["reasons"] = [_reason(r, publisher) for r in sources.shown_reasons(row.reasons)]
    return data


def _passage(passage: Passage) -> dict[str, Any]:
    data: dict[str, Any] = {
        "position": passage.position,
        "number": passage.number,
        "uid": str(passage.uid),
        "kind": passage.kind,
    }
    if passage.withheld_at is not None:
        ground = passage.withheld_ground
        data["withheld"] = {"at": passage.withheld_at.isoformat(), "ground": ground}
    return data


def _change(change: Change, comparison: Comparison, publisher: Publisher) -> dict[str, Any]:
    """Return the id of a stored change, and its address where it is of these two versions."""
    data: dict[str, Any] = {"id": change.pk}
    if comparison.is_consecutive:
        address = sources.comparison_url(comparison, publisher)
        data["url"] = f"{address}?change={change.pk}#change-{change.pk}"
    return data


def _reason(reason: ChangeReason, publisher: Publisher) -> dict[str, Any]:
    return {
        "kind": reason.kind,
        "title": str(reason.title),
        "text": reason.text,
        "outcome": reason.outcome,
        "annotations": reason.count,
        "office": reason.office,
        "url": publisher.absolute(reason.url) if reason.url else "",
        "annotations_url": publisher.absolute(reason.all_url) if reason.all_url else "",
    }
