"""Problems that people report, and what becomes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from annotations.services.letters import body_of, letter_of
from annotations.services.outbox import queue_mail
from cms_pages.models import ProblemReport

if TYPE_CHECKING:
    from django.contrib.auth.models import User

SETTLE = "synopse_pages.change_problemreport"


@transaction.atomic
def report_problem(
    *, kind: str, text: str, page_url: str = "", email: str = "", base_url: str
) -> ProblemReport:
    """Store a report and tell the people who look after the site.

    Args:
        kind: One of ``ProblemReport.Kind``.
        text: What happened, plain text.
        page_url: The page that it is about.
        email: Where an answer may go.
        base_url: Begin of the link in the mail, from the request.

    Raises:
        ValidationError: By field.
    """
    text, page_url = (words.replace("\x00", "") for words in (text, page_url))  # no database's
    report = ProblemReport(kind=kind, text=text, page_url=page_url, email=email)
    report.full_clean()
    report.save()
    with translation.override(settings.LANGUAGE_CODE):
        subject = _("Problem reported: %(kind)s") % {"kind": report.get_kind_display()}
        body = body_of(
            "cms_pages/mail/problem.txt",
            settings.LANGUAGE_CODE,
            report=report,
            list_url=base_url + reverse("problemreport:index"),
        )
        letter = letter_of(subject=subject, body=body, language=settings.LANGUAGE_CODE)
        queue_mail(
            kind="problem",
            to=getattr(settings, "SYNOPSE_CONTACT_EMAIL", settings.DEFAULT_FROM_EMAIL),
            subject=subject,
            language=settings.LANGUAGE_CODE,
            **letter._asdict(),
        )
    return report


@transaction.atomic
def settle_report(*, report: ProblemReport, is_settled: bool, actor: User) -> ProblemReport:
    """Say that a report is settled, or take that back.

    Raises:
        PermissionDenied: ``actor`` may not change reports.
    """
    if not actor.has_perm(SETTLE):
        raise PermissionDenied(_("You may not settle reports."))
    if is_settled != bool(report.settled_at):
        report.settled_at = timezone.now() if is_settled else None
        report.save(update_fields=["settled_at"])
        log(instance=report, action="wagtail.edit", user=actor, data={"settled": is_settled})
    return report
