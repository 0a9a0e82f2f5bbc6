"""Appeals: against the hiding of one's contribution, and against a report that was not upheld.

Source: Digital Services Act, article 20.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from annotations.models import Appeal, ModerationEvent, Report
from annotations.services import checking, mails, moments, reasons, reporting
from annotations.services.checking import Problems
from annotations.services.queueing import note_news

if TYPE_CHECKING:
    from datetime import datetime

    from annotations.services.mails import AppealMail

TEXT_LIMIT = 3_000


def appeal_as_author(*, event: ModerationEvent, text: str, base_url: str = "") -> Appeal:
    """Take the appeal of an author against the hiding of a contribution.

    Args:
        event: The act of moderation; the newest one of something that is still hidden.
        text: Why it is wrong.
        base_url: Begin of the links in the receipt.

    Raises:
        ValidationError: Words are missing, the time is over, or there is nothing to appeal.
    """
    if not reasons.is_in_force(event):
        raise checking.refusal(_("This decision does not hold any more."), "not_in_force")
    return _store({"event": event, "against": event.by}, event.at, text, base_url)


def appeal_as_reporter(*, report: Report, text: str, base_url: str = "") -> Appeal:
    """Take the appeal of a reporter whose report was not upheld.

    Raises:
        ValidationError: Words are missing, the time is over, or there is nothing to appeal.
    """
    if report.decided_at is None or report.is_upheld:
        raise checking.refusal(_("There is no decision to appeal."), "not_in_force")
    against = {"report": report, "against": report.decided_by}
    return _store(against, report.decided_at, text, base_url)


def tell_appellant(appeal: Appeal, what: AppealMail, *, base_url: str = "") -> None:
    """Mail something about an appeal to whoever made it, where there is an address."""
    if appeal.report is not None:
        reporting.tell_reporter(appeal.report, what, appeal=appeal, base_url=base_url)
    elif appeal.event is not None:
        token = reasons.token_of(appeal.event)
        mails.mail_appeal(appeal=appeal, what=what, token=token, base_url=base_url)


def _store(of: dict[str, Any], decided_at: datetime, text: str, base_url: str) -> Appeal:
    now = moments.now()
    if now > decided_at + reasons.appeal_period():
        raise checking.refusal(_("The time to appeal is over."), "late")
    problems = Problems()
    text = checking.read_text(text, name="text", limit=TEXT_LIMIT, problems=problems)
    problems.stop()
    try:
        with transaction.atomic():
            appeal = Appeal.objects.create(text=text, created_at=now, **of)
            log(instance=appeal, action="annotations.appeal", title=f"#{appeal.pk}")
            note_news(f"appeal:{appeal.pk}")
            tell_appellant(appeal, "appeal_receipt", base_url=base_url)
    except IntegrityError as error:
        raise checking.refusal(_("You have appealed already."), "appealed") from error
    return appeal
