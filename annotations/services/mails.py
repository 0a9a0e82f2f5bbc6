"""The mails of this app: whom they go to, and what they say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from django.apps import apps
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from annotations.services.outbox import queue_mail

if TYPE_CHECKING:
    from datetime import datetime
    from typing import Any

    from wagtail.models import Page

    from annotations.models import Annotation, Appeal, ModerationEvent, OutboxMail, Report
    from versioning.models import Version


ReportMail = Literal["report_receipt", "report_decision", "appeal_receipt", "appeal_decision"]
"""What whoever reported something is told."""
AppealMail = Literal["appeal_receipt", "appeal_decision"]
"""What whoever appealed is told."""
_SUBJECTS = {
    "report_receipt": gettext_lazy("We have your report %(number)s"),
    "report_decision": gettext_lazy("We have decided on your report %(number)s"),
    "appeal_receipt": gettext_lazy("We have your appeal"),
    "appeal_decision": gettext_lazy("We have decided on your appeal"),
}


def mail_confirmation(
    *, annotation: Annotation, token: str, hours: int, base_url: str
) -> OutboxMail:
    """Ask a guest to confirm what was written; the only mail to an address not yet confirmed.

    It holds the link and nothing of what was written, which may not be theirs.
    """
    language = reader_language()
    page = annotation.version.page
    with translation.override(language):
        url = base_of(page, base_url) + reverse("annotations:confirm", args=[token])
        text = _rendered("confirm", annotation, url=url, hours=hours)
        subject = _("Please confirm your contribution")
    return queue_mail(
        kind="confirm",
        to=annotation.user_email,
        subject=subject,
        text=text,
        language=language,
        annotation=annotation,
    )


def mail_reply(*, reply: Annotation, base_url: str = "") -> OutboxMail | None:
    """Tell the author of the parent that a reply is public; not for replies to oneself."""
    parent = reply.reply_to
    if parent is None or _is_same_author(parent, reply) or not (to := verified_address(parent)):
        return None
    language = language_of(parent)
    with translation.override(language):
        url = base_of(reply.version.page, base_url) + reply.get_absolute_url()
        text = _rendered("reply", parent, url=url, author=_named(reply))
        subject = _("Somebody has replied to your contribution")
    return queue_mail(
        kind="reply", to=to, subject=subject, text=text, language=language, annotation=reply
    )


def mail_disposition(*, annotation: Annotation, base_url: str = "") -> OutboxMail | None:
    """Tell the author of an annotation that the editors' answer is public."""
    disposition = annotation.disposition
    to = verified_address(annotation)
    if disposition is None or not to:
        return None
    language = language_of(annotation)
    with translation.override(language):
        url = base_of(annotation.version.page, base_url) + annotation.get_absolute_url()
        outcome = disposition.get_outcome_display()
        text = _rendered(
            "disposition", annotation, url=url, outcome=outcome, reason=disposition.reason
        )
        subject = _("The editors have answered your annotation")
    return queue_mail(
        kind="disposition",
        to=to,
        subject=subject,
        text=text,
        language=language,
        annotation=annotation,
    )


def mail_statement(
    *, event: ModerationEvent, token: str, until: datetime, base_url: str = ""
) -> OutboxMail | None:
    """Tell an author why a contribution is hidden, and how to appeal.

    Args:
        event: The act of moderation.
        token: Of the link to the statement.
        until: When the time to appeal is over.
        base_url: Begin of the link.
    """
    annotation = event.annotation
    if not (to := verified_address(annotation)):
        return None
    language = language_of(annotation)
    with translation.override(language):
        url = base_of(annotation.version.page, base_url)
        url += reverse("annotations:statement", args=[token])
        text = _rendered(
            "statement", annotation, event=event, annotation=annotation, url=url, until=until
        )
        subject = _("Your contribution is hidden")
    return queue_mail(
        kind="moderation",
        to=to,
        subject=subject,
        text=text,
        language=language,
        annotation=annotation,
    )


def mail_report(  # noqa: PLR0913  # a mail has as many parts
    *,
    report: Report,
    what: ReportMail,
    token: str,
    until: datetime | None = None,
    appeal: Appeal | None = None,
    base_url: str = "",
) -> OutboxMail:
    """Tell whoever reported something that it has arrived, or what was decided.

    A receipt goes to an address that nobody has confirmed, so it holds nothing that was written.

    Args:
        report: The report.
        what: Which mail.
        token: Of the link to the report.
        until: When the time to appeal is over, where there is a decision.
        appeal: The appeal that the mail is about.
        base_url: Begin of the link; without it, that of the reported address.
    """
    language = _supported(report.language)
    parts = urlsplit(report.url)
    base = base_url.rstrip("/") or f"{parts.scheme}://{parts.netloc}"
    with translation.override(language):
        url = base + reverse("annotations:report_status", args=[token])
        text = _text(what, report=report, appeal=appeal, url=url, until=until)
        subject = _SUBJECTS[what] % {"number": report.number}
    return queue_mail(kind="report", to=report.email, subject=subject, text=text, language=language)


def mail_appeal(
    *, appeal: Appeal, what: AppealMail, token: str, base_url: str = ""
) -> OutboxMail | None:
    """Tell an author that an appeal has arrived, or what was decided.

    Args:
        appeal: Of an author.
        what: Which mail.
        token: Of the link to the statement of reasons.
        base_url: Begin of the links.
    """
    assert appeal.event is not None  # noqa: S101  # of an author
    annotation = appeal.event.annotation
    if not (to := verified_address(annotation)):
        return None
    language = language_of(annotation)
    with translation.override(language):
        url = base_of(annotation.version.page, base_url)
        url += reverse("annotations:statement", args=[token])
        text = _text(what, appeal=appeal, url=url)
        subject = str(_SUBJECTS[what])
    return queue_mail(
        kind="moderation",
        to=to,
        subject=subject,
        text=text,
        language=language,
        annotation=annotation,
    )


def mail_support(
    *, annotation: Annotation, to: str, purpose: str, base_url: str, token: str = ""
) -> OutboxMail:
    """Send a guest the link that counts a voice or takes it back, or say that neither is possible.

    Args:
        annotation: What is supported.
        to: The address of whoever asked, not yet known to be theirs.
        purpose: "support", "take_back" or "own".
        token: For the link.
        base_url: Begin of the links.
    """
    language = reader_language()
    page = annotation.version.page
    with translation.override(language):
        base = base_of(page, base_url)
        path = reverse("annotations:confirm_support", args=[token]) if token else ""
        text = _text(
            "confirm_support",
            title=annotation.version.title,
            purpose=purpose,
            url=base + path if path else "",
            annotation_url=base + annotation.get_absolute_url(),
            hours=confirmation_hours(),
        )
        subject = _("Support for an annotation: please confirm")
    return queue_mail(
        kind="confirm_support",
        to=to,
        subject=subject,
        text=text,
        language=language,
        annotation=annotation,
    )


def mail_follow(*, version: Version, to: str, what: str, token: str, base_url: str) -> OutboxMail:
    """Send a guest the link with which news of a document, passage or thread begin.

    Args:
        version: The newest version of the page.
        to: The address of whoever asked, not yet known to be theirs.
        what: What is followed, in words.
        token: For the link.
        base_url: Begin of the link.
    """
    language = reader_language()
    url = base_of(version.page, base_url) + reverse("annotations:confirm_follow", args=[token])
    text = _text("confirm_follow", what=what, url=url, hours=confirmation_hours())
    subject = _("News by e-mail: please confirm")
    return queue_mail(kind="confirm_follow", to=to, subject=subject, text=text, language=language)


def verified_address(annotation: Annotation) -> str:
    """Return the author's address if it is known to be theirs, else an empty string.

    A guest has proved it by confirming; an account has proved it to django-allauth, where that
    is installed.
    """
    if annotation.user_id is None:
        return annotation.user_email if annotation.confirmed_at else ""
    user = annotation.user
    if not user.is_active or not user.email:
        return ""
    if not apps.is_installed("allauth.account"):
        return str(user.email)
    known = apps.get_model("account", "EmailAddress").objects.filter(
        user=user, email__iexact=user.email, verified=True
    )
    return str(user.email) if known.exists() else ""


def confirmation_hours() -> int:
    """Return how long a link is valid, in hours."""
    return int(getattr(settings, "SYNOPSE_CONFIRMATION_HOURS", 48))


def reader_language() -> str:
    """Return the language of the running request, or the site's own."""
    return _supported(translation.get_language() or settings.LANGUAGE_CODE)


def language_of(annotation: Annotation) -> str:
    """Return the language in which the author read and wrote."""
    return _supported(annotation.locale.language_code)


def _supported(code: str) -> str:
    return code if code in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def base_of(page: Page, base_url: str) -> str:
    """Return the begin of links: the request's own, else that of the site's record."""
    if base_url:
        return base_url.rstrip("/")
    site = page.get_site()
    return str(site.root_url) if site else ""


def _is_same_author(one: Annotation, other: Annotation) -> bool:
    if one.user_id or other.user_id:
        return one.user_id == other.user_id
    return one.user_email.lower() == other.user_email.lower()


def _rendered(kind: str, addressee: Annotation, **values: Any) -> str:  # noqa: ANN401  # template
    return _text(kind, name=addressee.user_name, title=addressee.version.title, **values)


def _text(kind: str, **context: Any) -> str:  # noqa: ANN401  # template
    return render_to_string(f"annotations/mail/{kind}.txt", context).strip() + "\n"


def _named(row: Annotation) -> str:
    """Return the name of an author; with the role, where it is an official one."""
    return f"{row.user_name} ({row.author_role})" if row.author_role else row.user_name
