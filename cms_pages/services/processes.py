"""Making a participation process with its phases, timeline and reusable text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import LogContext

from cms_pages.models import ParticipationProcessPage, ReusableText

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from django.contrib.auth.models import User
    from wagtail.models import Page

ADD_TEXT = "synopse_pages.add_reusabletext"


@dataclass(frozen=True, slots=True)
class Phase:
    """One phase: its title, its first day, and what one can do."""

    title: str
    begins: date
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One entry: on a day, from a day on, or a span of days."""

    kind: str
    day: date
    title: str
    text: str = ""
    end: date | None = None


@transaction.atomic
def make_process(  # noqa: PLR0913  # a process has as many parts
    *,
    parent: Page,
    title: str,
    slug: str,
    actor: User,
    intro: str = "",
    body: str = "",
    phases: Sequence[Phase] = (),
    timeline: Sequence[TimelineEntry] = (),
    results: ReusableText | None = None,
) -> ParticipationProcessPage:
    """Make and publish a process page.

    Raises:
        PermissionDenied: ``actor`` may not publish pages there.
        ValidationError: Title or slug cannot be used.
    """
    if not parent.permissions_for_user(actor).can_publish_subpage():
        raise PermissionDenied(_("You may not publish pages here."))
    page = ParticipationProcessPage(
        title=title,
        slug=slug,
        intro=intro,
        body=body,
        results=results,
        locale=parent.locale,
        live=False,
        show_in_menus=True,
        owner=actor,
    )
    page.phases = _raw("phase", [_phase(phase) for phase in phases])
    page.timeline = _raw("entry", [_entry(entry) for entry in timeline])
    parent.add_child(instance=page)
    with LogContext(user=actor):
        page.save_revision(user=actor, log_action=True).publish(user=actor)
    page.refresh_from_db()
    return page


@transaction.atomic
def make_reusable_text(*, title: str, text: str, parent: Page, actor: User) -> ReusableText:
    """Make a text that several pages show.

    Args:
        title: Its heading.
        text: Rich text.
        parent: A page in whose language it is written.
        actor: Who writes it.

    Raises:
        PermissionDenied: ``actor`` may not add such texts.
    """
    if not actor.has_perm(ADD_TEXT):
        raise PermissionDenied(_("You may not add reusable texts."))
    snippet = ReusableText(title=title, text=text, locale=parent.locale)
    snippet.full_clean()
    snippet.save()
    return snippet


def _raw(kind: str, values: Sequence[dict[str, Any]]) -> list[tuple[str, dict[str, Any]]]:
    return [(kind, value) for value in values]


def _phase(phase: Phase) -> dict[str, Any]:
    return {"title": phase.title, "begins": phase.begins, "sentence": phase.sentence}


def _entry(entry: TimelineEntry) -> dict[str, Any]:
    return {
        "kind": entry.kind,
        "date": entry.day,
        "end": entry.end,
        "title": entry.title,
        "text": entry.text,
    }
