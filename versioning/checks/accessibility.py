"""The line of the gate about obstacles in the text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.images import get_image_model

from versioning.checks.places import Flaw, line_of, passages_to_check
from versioning.core.accessibility import findings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django_stubs_ext import StrOrPromise

    from versioning.core.accessibility import FindingKind
    from versioning.doors import GateLine
    from versioning.models import Passage, Version

WORDS: dict[FindingKind, StrOrPromise] = {
    "heading_skipped": gettext_lazy("the heading skips a level"),
    "heading_empty": gettext_lazy("the heading has no words"),
    "image_undescribed": gettext_lazy("the image has no description"),
    "image_file_name": gettext_lazy("the description of the image is only the name of its file"),
    "table_headless": gettext_lazy("the table has no header cells"),
    "link_empty": gettext_lazy("the link has no words"),
    "link_vague": gettext_lazy("the words of the link do not say where it leads"),
    "link_bare": gettext_lazy("the link shows its bare address instead of words"),
    "capitals": gettext_lazy("all of it is in capitals"),
}


def accessibility_lines(version: Version) -> list[GateLine]:
    """Say what a machine finds in the text that keeps people from reading it."""
    passages = passages_to_check(version)
    found = findings([p.as_text() for p in passages], files=_files(passages))
    flaws = [Flaw(passages[one.place], one.kind, str(WORDS[one.kind]), one.words) for one in found]
    text = _("The check of the text for accessibility found nothing.")
    if flaws:
        text = ngettext(
            "The check of the text for accessibility found %(number)d place.",
            "The check of the text for accessibility found %(number)d places.",
            len(flaws),
        ) % {"number": len(flaws)}
    return [line_of(version, flaws, key="accessibility", text=text)]


def _files(passages: Iterable[Passage]) -> dict[str, str]:
    """Return the names of the image files by the key of the image."""
    keys = {passage.image_id for passage in passages if passage.image_id}
    if not keys:
        return {}
    rows = get_image_model().objects.filter(pk__in=keys).values_list("pk", "file")
    return {str(pk): name for pk, name in rows}
