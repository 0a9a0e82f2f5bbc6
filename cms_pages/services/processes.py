"""Making a participation process with phases, timeline, reusable text and bodies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import LogContext

from cms_pages.models import ParticipationProcessPage, ProcessBody, ReusableText
from versioning.doors import register_route
from versioning.services.route import problems_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from django.contrib.auth.models import User
    from wagtail.models import Page

    from versioning.doors import RouteBody

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
    bodies: Sequence[RouteBody] = (),
) -> ParticipationProcessPage:
    """Make and publish a process page.

    Args:
        parent: The page above it.
        title: Its title.
        slug: Its part of the address.
        actor: Who makes it.
        intro: Rich text.
        body: Rich text.
        phases: In their order.
        timeline: In their order.
        results: What happens to the results.
        bodies: The way of its texts, in order; none for that of the site.

    Raises:
        PermissionDenied: ``actor`` may not publish pages there.
        ValidationError: Title or slug cannot be used, or the bodies are no way.
    """
    if not parent.permissions_for_user(actor).can_publish_subpage():
        raise PermissionDenied(_("You may not publish pages here."))
    if problems := problems_of(bodies):
        raise ValidationError([problem.message for problem in problems], code="route")
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
    page.bodies = [_body(place, body) for place, body in enumerate(bodies)]
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


@register_route
def route_of_process(page: Page) -> list[RouteBody]:
    """Return the bodies that the process above a text names.

    A translated process without any has those of the process that it translates.
    """
    processes = ParticipationProcessPage.objects.ancestor_of(page, inclusive=True)
    process = processes.order_by("-depth").first()
    if process is None:
        return []
    alike = ParticipationProcessPage.objects.filter(translation_key=process.translation_key)
    found: dict[int, list[RouteBody]] = {}
    rows = ProcessBody.objects.filter(page__in=alike).exclude(body="")
    for row in rows.order_by("page", "sort_order", "pk"):
        found.setdefault(row.page_id, []).append(row.as_route())
    return found.get(process.pk) or next(iter(found.values()), [])


def _body(place: int, body: RouteBody) -> ProcessBody:
    return ProcessBody(
        sort_order=place,
        body=body.body,
        role=body.role,
        group_id=body.group,
        responsible_id=body.responsible,
        remind_days=body.remind_days,
    )


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
