"""Texts on their way through the bodies: returned once, resolved, continued by a next stage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from tests.factories import make_draft, publish
from tests.factories.gate import hand_over
from tests.factories.ways import decide
from versioning.services.changes import explain_changes, unexplained
from versioning.services.continuing import begin_next_stage
from versioning.services.decisions import plan_steps
from versioning.services.progress import asking_steps, is_final

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from wagtail.models import Page

    from versioning.models import Submission

FIRST = (
    "<h2>Leitgedanken</h2><p>Die Stadt gehört allen Menschen, die hier leben und arbeiten.</p>"
    "<p>Daten der Verwaltung sind offen, wo das Gesetz es erlaubt.</p>"
)
SECOND = FIRST.replace("wo das Gesetz es erlaubt", "wo kein Gesetz dagegen spricht")
THIRD = SECOND.replace("leben und arbeiten", "leben, lernen und arbeiten")
WISH = "Wer hier lernt, fehlt im ersten Leitgedanken. Bitte ergänzen."


def returned(process: Page, users: dict[str, User]) -> Submission:
    """Return a submission that the Council of Mayors has returned."""
    draft = make_draft(title="Ein zurückgegebener Text", html=FIRST, process=process)
    publish(draft, label="Entwurf")
    submission = _hand_over(draft, SECOND, users)
    return decide(submission, "noted", "returned", actor=users["senat"], note=WISH)


def resolved(process: Page, users: dict[str, User]) -> Submission:
    """Return the submission of a text resolved in its second round; a next stage goes on."""
    draft = make_draft(title="Ein beschlossener Text", html=FIRST, process=process)
    publish(draft, label="Entwurf")
    first = _hand_over(draft, SECOND, users)
    decide(first, "noted", "returned", actor=users["senat"], note=WISH)
    second = _hand_over(draft, THIRD, users)
    decide(second, "noted", "agreed", actor=users["senat"])
    while not is_final(draft.pk):
        decide(second, "agreed", actor=users["senat"])
    stage = begin_next_stage(page=draft, title="Die nächste Stufe", actor=users["redaktion"])
    publish(stage, html=f"{THIRD}<p>Eine Maßnahme kommt dazu.</p>", label="Maßnahmen")
    return second


def _hand_over(draft: Page, html: str, users: dict[str, User]) -> Submission:
    version = publish(draft, html=html, label="Vorlage")
    changes = list(unexplained(version))
    asked = next(iter(asking_steps(draft)), None)
    explain_changes(
        changes=changes,
        reason="" if asked else "So ist es verständlicher.",
        actor=users["redaktion"],
        step=asked,
    )
    submission = hand_over(version=version, actor=users["senat"], note="Mit der Bitte um Rat.")
    planned = {step.pk: timezone.localdate() for step in submission.steps.all()}
    plan_steps(submission=submission, planned=planned, actor=users["senat"])
    return submission
