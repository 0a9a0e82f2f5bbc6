"""Taking reports of content that should not stand here; an account is not needed.

Source: Digital Services Act, article 16.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from uuid import UUID

from django.db import IntegrityError, transaction
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from annotations.models import Annotation, Report, ReportReason, State
from annotations.services import checking, mails, moments
from annotations.services.checking import Problems
from annotations.services.confirming import TokenUnknown
from annotations.services.limits import count_report, may_mail_receipt
from annotations.services.queueing import note_news
from annotations.services.reasons import appeal_period
from annotations.services.signed_links import SignedKeys

if TYPE_CHECKING:
    from datetime import datetime

    from annotations.models import Appeal
    from annotations.services.mails import ReportMail

TEXT_LIMIT = 3_000
NAME_LIMIT = 100
URL_LIMIT = 500
_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Without those that look like others."""
_LINKS = SignedKeys("annotations.report")


def submit_report(  # noqa: PLR0913  # a report has as many parts
    *,
    reason: str,
    text: str,
    url: str,
    name: str = "",
    email: str = "",
    good_faith: bool,
    annotation: Annotation | None = None,
    idempotency_key: str,
    base_url: str,
    network: str = "",
    consent: int | None = None,
) -> Report:
    """Store a report, and confirm by mail that it has arrived.

    Args:
        reason: One of ``ReportReason``.
        text: Why it is illegal or against the rules, up to 3,000 characters.
        url: The exact address: a path of this site, or an address that begins with ``base_url``.
        name: Of whoever reports; may be missing for sexual abuse of children.
        email: For receipt and decision; may be missing for the same.
        good_faith: Whoever reports believes that it is true and complete.
        annotation: The contribution that is meant, public; where it is missing and the address is
            that of one, that one is meant.
        idempotency_key: The same for each sending of one form.
        base_url: Begin of the site's addresses, from the request.
        network: Hash of the network of whoever reports, see ``networks.network_of``.
        consent: The version of the words that stood below the form, see ``consents.seen``.

    Returns:
        The report; for a key that is known already, the one stored then.

    Raises:
        ValidationError: By field; code ``not_public`` where the contribution is gone meanwhile,
            ``rate_limited`` where too many come from one network.
    """
    problems = Problems()
    path = _own_path(url, base_url, problems)
    values = {
        "reason": _reason(reason, problems),
        "text": checking.read_text(text, name="text", limit=TEXT_LIMIT, problems=problems),
        **_reporter(reason, name, email, problems),
    }
    if not good_faith:
        problems.add("good_faith", _("Please confirm this, so that we may act."), "required")
    problems.stop()
    key = _scoped(idempotency_key, values)
    if known := _known(key):
        return known
    annotation = annotation or contribution_at(path)
    if annotation is not None and annotation.state != State.PUBLIC:
        raise checking.refusal(_("This contribution is not public any more."), "not_public")
    report = Report(
        annotation=annotation,
        url=(base_url.rstrip("/") + path)[:URL_LIMIT],
        language=mails.reader_language(),
        created_at=moments.now(),
        idempotency_key=key,
        consent_id=consent,
        **values,
    )
    return _store(report, base_url, network)


def _store(report: Report, base_url: str, network: str) -> Report:
    """Write a report, or return the one that a simultaneous sending has written."""
    try:
        with transaction.atomic():
            count_report(network=network)
            report.number = _new_number()
            report.save(force_insert=True)
            log(instance=report, action="annotations.report", title=report.number)
            note_news(f"report:{report.pk}")
            if may_mail_receipt(report.email):
                tell_reporter(report, "report_receipt", base_url=base_url)
    except IntegrityError:
        if known := _known(report.idempotency_key):
            return known
        raise
    return report


def tell_reporter(
    report: Report, what: ReportMail, *, appeal: Appeal | None = None, base_url: str = ""
) -> None:
    """Mail something about a report to whoever sent it, where there is an address."""
    if report.email:
        mails.mail_report(
            report=report,
            what=what,
            token=token_of(report),
            until=appeal_until(report),
            appeal=appeal,
            base_url=base_url,
        )


def appeal_until(report: Report) -> datetime | None:
    """Return until when the decision on a report can be appealed, None where none can be."""
    if report.decided_at is None or report.is_upheld:
        return None
    return report.decided_at + appeal_period()


def token_of(report: Report) -> str:
    """Return the token of the link to a report; nobody can guess it, and nothing stores it."""
    return _LINKS.token_of(report.pk)


def report_of(token: str) -> Report:
    """Return the report that a link leads to.

    Raises:
        TokenUnknown: There is none.
    """
    found: Report | None = (
        Report.objects.select_related("annotation").filter(pk=_LINKS.key_of(token)).first()
    )
    if found is None:
        raise TokenUnknown
    return found


def contribution_at(path: str) -> Annotation | None:
    """Return the public contribution whose page or place an address names, if it is one."""
    parts = urlsplit(path)
    try:
        match = resolve(parts.path)
    except Resolver404:
        return None
    if match.view_name != "annotations:annotation":
        return None
    found = Annotation.objects.public().filter(uuid=match.kwargs["uuid"]).first()
    if found is None or not (key := _uuid_of(parts.fragment)):
        return found
    reply: Annotation | None = found.thread.public().filter(uuid=key).first()
    return reply or found


def _uuid_of(fragment: str) -> UUID | None:
    """Return the id that the place of a contribution on a page names."""
    try:
        return UUID(fragment.removeprefix("a-"))
    except ValueError:
        return None


def _own_path(url: str, base_url: str, problems: Problems) -> str:
    """Return the path of an address on this site, noting if it is none."""
    url = checking.one_line(url, limit=URL_LIMIT)
    base = base_url.rstrip("/")
    path = url.removeprefix(base)
    if not path.startswith("/") or path.startswith(("//", "/\\")):
        message = _("Please give an address of this site. It begins with %(base)s/")
        problems.add("url", message, "foreign", base=base)
        return "/"
    return path


def _reason(reason: str, problems: Problems) -> str:
    if reason not in ReportReason.values:
        problems.add("reason", _("Please choose a reason."), "invalid")
    return reason


def _reporter(reason: str, name: str, email: str, problems: Problems) -> dict[str, str]:
    """Return who reports; of sexual abuse of children one may tell without a name."""
    name = checking.one_line(name, limit=4 * NAME_LIMIT)[:NAME_LIMIT]
    may_be_missing = reason == ReportReason.CHILD_ABUSE
    if not name and not may_be_missing:
        problems.add("name", _("Please give your name."), "empty")
    if email.strip() or not may_be_missing:
        email = checking.read_address(email, problems)
    return {"name": name, "email": email.strip()}


def _scoped(key: str, values: dict[str, Any]) -> str | None:
    """Return the stored form of a key: nobody gets the report of another by a known key."""
    if not key:
        return None
    sender = "\n".join(str(values[name]) for name in ("reason", "text", "name", "email"))
    return hashlib.sha256(f"{key}\n{sender}".encode("utf-8", "replace")).hexdigest()


def _known(key: str | None) -> Report | None:
    return Report.objects.filter(idempotency_key=key).first() if key else None


def _new_number() -> str:
    """Return a number that nobody has, and from which nobody can tell how many there are."""
    letters = "".join(secrets.choice(_LETTERS) for _place in range(8))
    return f"M-{letters[:4]}-{letters[4:]}"
