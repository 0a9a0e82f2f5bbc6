"""What changed in a passage from version to version, and what stands behind it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from annotations.presentation.cards import change_url
from annotations.presentation.reading import comparison_url
from annotations.presentation.tracing import shortened_runs
from annotations.presentation.wording import runs_between
from versioning.doors import reasons_of
from versioning.models import Change, Passage, Version

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from versioning.core.passages import Run
    from versioning.doors import ChangeReason

MOST_CHANGES = 200
"""Changes of one passage that are told; a passage has a few in each version."""


@dataclass(frozen=True, slots=True)
class Step:
    """What a version did with a passage.

    Attributes:
        title: What happened, as a sentence.
        runs: The words before and after as one text, empty where they are the same.
        text: The words as they are now, where there is nothing to compare them with.
        reasons: What stands behind it; every one once.
        url: Its place in the comparison, empty for the first version.
        earlier_url: What happened before, where the passage comes from another stage.
    """

    version: Version
    title: str
    runs: Sequence[Run]
    text: str
    reasons: Sequence[ChangeReason]
    url: str
    is_changed: bool
    earlier_url: str = ""


def history_of(passage: Passage, stage: Version | None = None) -> list[Step]:
    """Return what happened to a passage, the newest version first.

    Args:
        passage: On any version.
        stage: The version that its page goes on from; what happened before is told there.

    Versions that left it as it was are left out, but for the one in which it came. The number of
    queries depends neither on the number of versions nor on that of the changes.
    """
    page = passage.version.page_id
    versions = list(Version.objects.filter(page_id=page).order_by("number"))
    rows = Passage.objects.filter(version__page=page, uid=passage.uid)
    known = {row.version_id: row for row in rows}
    changes = _changes(passage)
    reasons = reasons_of([change for found in changes.values() for change in found])
    before = stage.passages.filter(uid=passage.uid).first() if stage else None
    steps = [_in_stage_before(before)] if before else []
    for version in versions:
        now = known.get(version.pk)
        found = changes.get(version.pk, [])
        if found or (now is None) != (before is None):
            steps.append(_step(version, before, now, found, reasons))
        before = now
    return steps[::-1]


def _in_stage_before(passage: Passage) -> Step:
    version = passage.version
    args = [version.page_id, version.number, passage.uid]
    return Step(
        version=version,
        title=_("It stood in the resolved text of the stage before"),
        runs=(),
        text=passage.text,
        reasons=(),
        url="",
        is_changed=False,
        earlier_url=reverse("annotations:history", args=args),
    )


def _changes(passage: Passage) -> Mapping[int, list[Change]]:
    """Return the changes of a passage by version, on whichever side it stands."""
    page, uid = passage.version.page_id, passage.uid
    either = Q(new_passages__uid=uid) | Q(old_passages__uid=uid)
    rows = Change.objects.filter(either, version__page=page).distinct()
    found: defaultdict[int, list[Change]] = defaultdict(list)
    for change in rows.select_related("version").order_by("version", "position")[:MOST_CHANGES]:
        found[change.version_id].append(change)
    return found


def _step(
    version: Version,
    before: Passage | None,
    now: Passage | None,
    changes: Sequence[Change],
    reasons: Mapping[int, list[ChangeReason]],
) -> Step:
    differs = before is not None and now is not None and before.text != now.text
    url = change_url(changes[0]) if changes else comparison_url(version)
    return Step(
        version=version,
        title=_title(version, before, now, differs=differs),
        runs=shortened_runs(runs_between(before.text, now.text))
        if differs and before and now
        else (),
        text="" if differs or now is None else now.text,
        reasons=_once(reason for change in changes for reason in reasons[change.pk]),
        url=url or "",
        is_changed=bool(changes),
    )


def _title(version: Version, before: Passage | None, now: Passage | None, *, differs: bool) -> str:
    if now is None:
        return _("This paragraph is no longer there")
    if before is None:
        return (
            _("This paragraph came in")
            if version.number > 1
            else _("It stood in the first version")
        )
    return _("The passage now reads") if differs else _("The passage has moved and is unchanged")


def _once(reasons: Iterable[ChangeReason]) -> list[ChangeReason]:
    return list(dict.fromkeys(reasons))
