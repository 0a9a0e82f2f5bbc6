"""What must be done before a version may be handed over."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from versioning.comparisons import change_url, places_of
from versioning.doors import GateLine, gate_checks
from versioning.models import Version, Waiver
from versioning.presentation import category_name
from versioning.services.changes import unexplained
from versioning.services.signing import signing_lines

if TYPE_CHECKING:
    from collections.abc import Iterable

    from versioning.models import Change

MAX_NAMED = 20
"""How many missing things a line names; it counts them all."""


ORDER = (
    "newest",
    "window",
    "pending",
    "annotations",
    "placing",
    "objections",
    "changes",
    "translations",
    "links",
    "accessibility",
    "signatures",
)
"""In which order the lines stand; those of other apps follow."""


def checklist(version: Version) -> list[GateLine]:
    """Return what must be done before a version may be handed over, done or not.

    While no app answers for annotations a line says so and blocks. What was waived says so, as
    long as nothing more is missing than then.
    """
    lines = [_newest_line(version), _window_line(version), _changes_line(version)]
    for check in gate_checks():
        lines.extend(check(version))
    if not any(line.key == "annotations" for line in lines):
        lines.append(_nobody_answers())
    lines.extend(signing_lines(version))
    places = {key: place for place, key in enumerate(ORDER)}
    lines.sort(key=lambda line: places.get(line.key, len(ORDER)))
    return _with_waivers(version, lines)


def facts_of(lines: Iterable[GateLine], key: str) -> frozenset[str]:
    """Return the lasting names of all that is missing in the lines of one key."""
    return frozenset().union(
        *(line.all_facts() for line in lines if line.key == key and not line.done)
    )


def _with_waivers(version: Version, lines: list[GateLine]) -> list[GateLine]:
    waivers = Waiver.objects.filter(version=version, taken_back_at=None).select_related("waived_by")
    found = {waiver.key: waiver for waiver in waivers}
    return [_with_waiver(line, found.get(line.key), lines) for line in lines]


def _with_waiver(line: GateLine, waiver: Waiver | None, lines: list[GateLine]) -> GateLine:
    if waiver is None or not line.may_be_waived:
        return line
    if waiver.covers(facts_of(lines, line.key)):
        return replace(line, waiver=waiver)
    return replace(line, lapsed=waiver)


def _newest_line(version: Version) -> GateLine:
    newest = Version.objects.filter(page=version.page_id).order_by("-number").first()
    if newest is None or newest.pk == version.pk:
        return GateLine("newest", _("This is the newest version."), done=True)
    return GateLine(
        "newest",
        _("A newer version is out: only the newest one can be handed over."),
        done=False,
        url=reverse("synopse_versions:gate", args=[newest.pk]),
        missing=((newest.name, reverse("synopse_versions:gate", args=[newest.pk])),),
    )


def _nobody_answers() -> GateLine:
    text = _(
        "No part of this site answers for annotations. While nobody can say whether all of "
        "them have a disposition, nothing can be handed over."
    )
    return GateLine("annotations", text, done=False)


def _changes_line(version: Version) -> GateLine:
    missing = unexplained(version)
    number = missing.count()
    url = reverse("synopse_versions:changes", args=[version.pk])
    if not number:
        return GateLine("changes", _("Every change has a reason."), done=True, url=url)
    text = ngettext(
        "%(number)d change has no reason yet.", "%(number)d changes have no reason yet.", number
    ) % {"number": number}
    named = list(missing.select_related("version")[:MAX_NAMED])
    places = places_of(named)
    return GateLine(
        "changes",
        text,
        done=False,
        url=f"{url}?reasons=missing",
        missing=tuple(
            (_named(change, places.get(change.pk, "")), change_url(change)) for change in named
        ),
    )


def _named(change: Change, place: str) -> str:
    words = (change.new_words or change.old_words).strip() or category_name(change.relation)
    version = change.version
    return " ".join(filter(None, [f"{version.title}, {version.name}:", place, words[:80]]))


def _window_line(version: Version) -> GateLine:
    url = reverse("synopse_versions:window", args=[version.pk])
    if version.is_open():
        text = _("The window for annotations is still open. New ones will need an answer too.")
        facts = frozenset([f"closes:{version.closes.isoformat() if version.closes else ''}"])
        return GateLine("window", text, done=False, url=url, waivable=True, facts=facts)
    return GateLine("window", _("The window for annotations is closed."), done=True, url=url)
