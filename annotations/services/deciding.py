"""Deciding on reports and on appeals.

Source: Digital Services Act, articles 16, 17 and 20.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from annotations import permissions
from annotations.models import Annotation, Appeal, Report, State
from annotations.services import checking, moments
from annotations.services.appealing import tell_appellant
from annotations.services.checking import Problems
from annotations.services.moderating import hide_annotation, show_annotation
from annotations.services.reasons import statements_for
from annotations.services.reporting import tell_reporter
from annotations.services.states import HIDDEN_STATES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from django.db.models import QuerySet

ANSWER_LIMIT = 3_000
VISIBLE = frozenset({State.PUBLIC, State.PENDING})


@transaction.atomic
def decide_report(  # noqa: PLR0913  # a decision has as many parts
    *,
    report: Report,
    actor: Any,  # noqa: ANN401  # any user model
    is_upheld: bool,
    answer: str,
    reasons: Mapping[str, str] | None = None,
    base_url: str = "",
    with_others: bool = False,
) -> Report:
    """Decide on a report, and tell whoever sent it; a contribution is hidden where it is upheld.

    Args:
        report: Not decided yet.
        actor: A moderator who may decide on reports.
        is_upheld: Whether the report is right.
        answer: Why; whoever reported reads it.
        reasons: What ``hide_annotation`` tells the author; only where something is to be hidden.
        base_url: Begin of the links in mails.
        with_others: Whether all other open reports of the same contribution are decided alike.

    Raises:
        PermissionDenied: ``actor`` may not decide on reports.
        ValidationError: It is decided already, or words are missing.
    """
    permissions.require_decide_reports(actor)
    row = Report.objects.select_for_update().get(pk=report.pk)
    others = list(open_alike(row).select_for_update()) if with_others else []
    for each in (row, *others):
        _decide(each, actor, is_upheld=is_upheld, answer=answer)
        if is_upheld:
            _hide(each, actor, reasons, base_url)
        log(instance=each, action="annotations.decide_report", user=actor, title=each.number)
        tell_reporter(each, "report_decision", base_url=base_url)
    return row


def open_alike(report: Report) -> QuerySet[Report]:
    """Return the other open reports of the same contribution."""
    if report.annotation_id is None:
        return Report.objects.none()
    same = Report.objects.filter(annotation=report.annotation_id, decided_at=None)
    return same.exclude(pk=report.pk).order_by("pk")


@transaction.atomic
def decide_appeal(  # noqa: PLR0913  # see decide_report
    *,
    appeal: Appeal,
    actor: Any,  # noqa: ANN401  # any user model
    is_upheld: bool,
    answer: str,
    reasons: Mapping[str, str] | None = None,
    base_url: str = "",
) -> Appeal:
    """Decide on an appeal as somebody else than the one who decided first, and tell who appealed.

    Where it is right, an author's contribution is shown again, whoever reported it is told, and
    what a reporter meant is hidden.

    Args:
        appeal: Not decided yet.
        actor: A moderator who may decide on reports, and has not decided on this before.
        is_upheld: Whether the appeal is right.
        answer: Why; whoever appealed reads it.
        reasons: What ``hide_annotation`` tells the author; only where something is to be hidden.
        base_url: Begin of the links in mails.

    Raises:
        PermissionDenied: ``actor`` may not decide on reports, or has decided on this before.
        ValidationError: It is decided already, or words are missing.
    """
    permissions.require_decide_reports(actor)
    row = Appeal.objects.select_for_update().get(pk=appeal.pk)
    if has_decided_before(row, actor):
        raise PermissionDenied(_("Somebody else has to decide: the first decision is yours."))
    _decide(row, actor, is_upheld=is_upheld, answer=answer)
    if is_upheld and row.report is not None:
        _hide(row.report, actor, reasons, base_url)
    elif is_upheld:
        _show(appealed_annotation(row), actor)
        if row.event is not None and row.event.report is not None:
            tell_reporter(row.event.report, "report_reversed", base_url=base_url)
    log(instance=row, action="annotations.decide_appeal", user=actor, title=f"#{row.pk}")
    tell_appellant(row, "appeal_decision", base_url=base_url)
    return row


def has_decided_before(appeal: Appeal, user: Any) -> bool:  # noqa: ANN401  # any user model
    """Tell whether somebody made the decision that an appeal is against, or the one in force."""
    if appeal.against_id == user.pk:
        return True
    if appeal.event is None:
        return False
    newest = statements_for([appealed_annotation(appeal)]).get(appeal.event.annotation_id)
    return newest is not None and newest.by_id == user.pk


def appealed_annotation(appeal: Appeal) -> Annotation:
    """Return the contribution of whose author an appeal is."""
    assert appeal.event is not None  # noqa: S101  # only authors' appeals ask
    found: Annotation = Annotation.objects.select_related("version__page").get(
        pk=appeal.event.annotation_id
    )
    return found


def _decide(row: Report | Appeal, actor: Any, *, is_upheld: bool, answer: str) -> None:  # noqa: ANN401
    if row.decided_at is not None:
        raise ValidationError(_("This is decided already."), code="decided")
    problems = Problems()
    row.answer = checking.read_text(answer, name="answer", limit=ANSWER_LIMIT, problems=problems)
    problems.stop()
    row.decided_at, row.decided_by, row.is_upheld = moments.now(), actor, is_upheld
    row.save(update_fields=["answer", "decided_at", "decided_by", "is_upheld"])


def _hide(
    report: Report,
    actor: Any,  # noqa: ANN401  # any user model
    reasons: Mapping[str, str] | None,
    base_url: str,
) -> None:
    """Hide what a report means, unless it is out of sight already or no contribution."""
    if report.annotation_id is None:
        return
    found = Annotation.objects.select_related("version__page").get(pk=report.annotation_id)
    if found.state in VISIBLE:
        given = {"ground": "", **(reasons or {})}
        hide_annotation(annotation=found, actor=actor, report=report, base_url=base_url, **given)


def _show(annotation: Annotation, actor: Any) -> None:  # noqa: ANN401  # any user model
    """Show again what is still hidden; its author may have withdrawn it."""
    if annotation.state in HIDDEN_STATES:
        show_annotation(annotation=annotation, actor=actor, ground=_("The appeal was right."))
