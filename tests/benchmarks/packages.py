"""Measure what a submission package costs whose text has 12,000 annotations and replies.

``python -m tests.benchmarks.packages`` loads them into a database of its own, records what the
package is made from, and builds it file by file. Nothing is asserted.
"""

from __future__ import annotations

import sys
import tempfile
import time
from resource import RUSAGE_SELF, getrusage
from typing import TYPE_CHECKING, Any
from unittest import mock

from tests.benchmarks import tables, web

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from versioning.doors import PackageFile, Progress
    from versioning.models import Submission

MEGABYTE = 2**20


def main() -> None:
    """Load, record, build, print."""
    import django

    with tempfile.TemporaryDirectory(prefix="synopse-packages-") as folder:
        web.prepare(folder)
        django.setup()
        sys.stdout.write(tables.as_markdown(table_of(submission())))


def submission() -> Submission:
    """Return a submission of the text with the most annotations; what it lacks is not asked."""
    from django.core.management import call_command
    from django.db.models import Count
    from django.utils import timezone

    from versioning.models import Submission, Version

    call_command("load_demo", size="l", verbosity=0)
    versions = Version.objects.annotate(number_of=Count("annotations")).order_by("-number_of")
    newest = Version.objects.filter(page=versions[0].page_id).order_by("-number")[0]
    return Submission.objects.create(
        version=newest, submitted_at=timezone.now(), content_hash=newest.content_hash
    )


def table_of(submission: Submission) -> tables.Table:
    """Return CPU seconds of each step, and how many times the text as PDF that is."""
    from django.db import transaction

    from versioning.services import packaging

    rows: list[tuple[str, float, str]] = []

    def record() -> Any:
        with transaction.atomic():
            return packaging.record(submission)

    def one_by_one(wanted: Iterable[PackageFile], progress: Progress) -> dict[str, bytes]:
        files: dict[str, bytes] = {}
        for one in wanted:
            seconds, made = _timed(lambda one=one: make([one], progress))
            files |= made
            rows.append((one.name, seconds, f"{len(made[one.name]) / MEGABYTE:.1f}"))
        return files

    seconds, edition = _timed(record)
    rows.append(("recording", seconds, ""))
    make = packaging._made
    with mock.patch.object(packaging, "_made", one_by_one):
        seconds, is_built = _timed(lambda: packaging.build_package(key=edition.pk))
    edition.refresh_from_db()
    assert is_built, edition.message
    rows.append(("building all of it", seconds, f"{edition.size / MEGABYTE:.1f}"))
    unit = next(seconds for name, seconds, _size in rows if name == "text.pdf")
    memory = getrusage(RUSAGE_SELF).ru_maxrss // 1024
    return [
        ["what", "CPU seconds", "times the text as PDF", "MB"],
        *([name, f"{cpu:.1f}", f"{cpu / unit:.1f}", size] for name, cpu, size in rows),
        ["memory at most", "", "", str(memory)],
    ]


def _timed(do: Callable[[], Any]) -> tuple[float, Any]:
    begun = time.process_time()
    made = do()
    return time.process_time() - begun, made


if __name__ == "__main__":
    main()
