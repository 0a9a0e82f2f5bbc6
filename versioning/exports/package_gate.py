"""The files of a submission package that tell what stayed open, who signed, and the path so far."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.dateparse import parse_date

from versioning.core.canonical import canonical
from versioning.exports import sources
from versioning.models import GateRecord, Outcome, Signature, Verdict
from versioning.services.progress import path_of
from versioning.services.waiving import waivers_of

if TYPE_CHECKING:
    from datetime import datetime

    from versioning.doors import PackageFrame
    from versioning.models import GateStep, Submission, Version

FORMAT, FORMAT_VERSION = "synopse-gate", 1


def record(submission: Submission) -> dict[str, Any]:
    """Return as plain data how things stand at the gate, as the page of the submission shows it.

    Args:
        submission: A submission, right after the record of its own act was kept.

    Returns:
        ``waived``: lines that stayed open. ``signatures``: the last word of each department,
        without person and remarks. ``path``: the submissions before it, the oldest first.
        ``records``: page, number and hash of the record of handing over, null for a submission
        from before records were kept. Days are those of the site's time zone, as ISO 8601.
    """
    version = submission.version
    return {
        "waived": [
            {
                "line": waiver.key,
                "text": waiver.text,
                "reason": waiver.reason,
                "day": _day(waiver.waived_at),
            }
            for waiver in waivers_of(version)
        ],
        "signatures": _signatures(version),
        "path": [_stage(one) for one in path_of(submission) if one.version.number < version.number],
        "records": _head(submission),
    }


def as_json(data: dict[str, Any]) -> bytes:
    """Return what ``record`` returned as canonical JSON."""
    return canonical({"format": FORMAT, "format_version": FORMAT_VERSION, **data})


def as_html(frame: PackageFrame, data: dict[str, Any]) -> bytes:
    """Return the same for reading."""
    context = {
        "version": frame.version,
        "moment": frame.moment,
        "publisher": sources.publisher_of(frame.version),
        "language": frame.version.locale.language_code,
        "waived": [_read(one) for one in data["waived"]],
        "signatures": [
            {**_read(one), "verdict": Verdict(one["verdict"]).label} for one in data["signatures"]
        ],
        "path": [
            {
                **_read(stage),
                "decisions": [
                    {**_read(one), "outcome": Outcome(one["outcome"]).label}
                    for one in stage["decisions"]
                ],
            }
            for stage in data["path"]
        ],
        "head": data["records"],
    }
    return render_to_string("versioning/exports/package_gate.html", context).encode()


def _signatures(version: Version) -> list[dict[str, str]]:
    found = Signature.objects.that_count().filter(version=version).order_by("department")
    return [
        {
            "department": signature.department,
            "verdict": signature.verdict,
            "day": _day(signature.signed_at),
            "content_hash": signature.content_hash,
        }
        for signature in found
    ]


def _stage(submission: Submission) -> dict[str, Any]:
    return {
        "submission": submission.pk,
        "version": submission.version.number,
        "content_hash": submission.content_hash,
        "round": submission.round,
        "day": _day(submission.submitted_at),
        "decisions": [_decision(step) for step in submission.steps.all() if step.outcome],
    }


def _decision(step: GateStep) -> dict[str, str]:
    return {
        "body": step.body,
        "outcome": step.outcome,
        "day": step.decided_on.isoformat() if step.decided_on else "",
        "reference": step.reference,
        "words": step.note,
    }


def _head(submission: Submission) -> dict[str, Any] | None:
    """Return the end of the chain of records at the moment of handing over."""
    kept = GateRecord.objects.filter(submission=submission, action="synopse.submit").first()
    if kept is None:
        return None
    return {"page": kept.page_id, "number": kept.number, "hash": kept.hash}


def _day(moment: datetime) -> str:
    return timezone.localdate(moment).isoformat()


def _read(one: dict[str, Any]) -> dict[str, Any]:
    return {**one, "day": parse_date(one["day"])}
