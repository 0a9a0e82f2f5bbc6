"""What must be done before a version may be handed over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from versioning.comparisons import change_url, places_of
from versioning.doors import GateLine, gate_checks
from versioning.models import Version
from versioning.presentation import category_name
from versioning.services.changes import unexplained
from versioning.services.signing import signing_lines

if TYPE_CHECKING:
    from versioning.models import Change

MAX_NAMED = 20
"""How many missing things a line names; it counts them all."""


def checklist(version: Version) -> list[GateLine]:
    """Return what must be done before a version may be handed over, done or not.

    While no app answers for annotations a line says so and blocks.
    """
    lines = [_newest_line(version)]
    for check in gate_checks():
        lines.extend(check(version))
    if not any(line.key == "annotations" for line in lines):
        lines.append(_nobody_answers())
    lines.extend([_changes_line(version), _window_line(version)])
    lines.extend(signing_lines(version))
    return lines


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
        return GateLine("window", text, done=False, url=url, waivable=True)
    return GateLine("window", _("The window for annotations is closed."), done=True, url=url)
