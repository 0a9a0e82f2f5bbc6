"""Ways of a text through the bodies that decide."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone

from tests.factories import gate, make_draft, make_user, publish
from versioning import doors
from versioning.doors import GateLine, RouteBody
from versioning.models import BodyRole
from versioning.services.changes import explain_changes, unexplained
from versioning.services.decisions import record_decision
from versioning.services.progress import next_step

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.contrib.auth.models import User

    from versioning.models import Submission

HTML = "<p>Die Stadt gehört allen Menschen, die hier leben und arbeiten.</p><p>Absatz {}.</p>"
ROUTE = [
    RouteBody("Senat, erste Befassung", BodyRole.HEARD),
    RouteBody("Rat der Bürgermeister", BodyRole.HEARD),
    RouteBody("Senat, Beschluss", BodyRole.RESOLVES),
    RouteBody("Abgeordnetenhaus", BodyRole.NOTES),
]


def use_route(monkeypatch: Any, route: Sequence[RouteBody] = ROUTE) -> None:
    """Let one check answer for annotations, one route hold, and no app give reasons."""
    answered = [GateLine("annotations", "Alle Anmerkungen sind beantwortet.", done=True)]
    monkeypatch.setattr(doors, "_gate_checks", [lambda version: answered])
    monkeypatch.setattr(doors, "_reason_sources", [])
    monkeypatch.setattr(doors, "_route_sources", [lambda page: route])


def make_text(**fields: Any) -> Any:
    """Return a page with its first version."""
    draft = make_draft(html=HTML.format(1), **fields)
    publish(draft)
    return draft


def hand_over(page: Any, actor: User, html: str | None = None, **details: Any) -> Submission:
    """Publish words, give every change a reason, waive what may stay open, hand it over."""
    version = publish(page, html=html)
    if changes := list(unexplained(version)):
        explain_changes(changes=changes, reason="Sprache", actor=make_user("superuser"))
    return gate.hand_over(version=version, actor=actor, **details)


def decide(submission: Submission, *outcomes: str, actor: User, note: str = "") -> Submission:
    """Record outcomes of the bodies one after another."""
    for outcome in outcomes:
        words = (note or "Bitte kürzer.") if outcome in {"returned", "agreed_with_changes"} else ""
        record_decision(
            step=next_step(submission),
            outcome=outcome,
            decided_on=timezone.localdate(),
            actor=actor,
            note=words,
        )
    return submission


def resolve(submission: Submission, actor: User) -> Submission:
    """Let all bodies up to the resolution agree."""
    return decide(submission, "agreed", "agreed", "agreed", actor=actor)
