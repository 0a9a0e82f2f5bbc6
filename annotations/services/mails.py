"""The mails of this app: whom they go to, and what they say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from django.apps import apps
from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy

from annotations.services.letters import Foot, body_of, letter_of
from annotations.services.outbox import queue_mail
from annotations.services.posting import Message, post
from annotations.services.sites import base_of

if TYPE_CHECKING:
    from datetime import datetime
    from typing import Any

    from django.utils.functional import _StrPromise

    from annotations.models import Annotation, Appeal, ModerationEvent, OutboxMail, Report
    from annotations.services.letters import Body
    from versioning.models import Version


ReportMail = Literal[
    "report_receipt", "report_decision", "report_reversed", "appeal_receipt", "appeal_decision"
]
"""What whoever reported something is told."""
AppealMail = Literal["appeal_receipt", "appeal_decision"]
"""What whoever appealed is told."""
_SUBJECTS = {
    "report_receipt": gettext_lazy("We have your report %(number)s"),
    "report_decision": gettext_lazy("We have decided on your report %(number)s"),
    "report_reversed": gettext_lazy("What you reported with %(number)s is shown again"),
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
    version = annotation.version
    url = base_of(version.page, base_url) + reverse("annotations:confirm", args=[token])
    return _ask(
        kind="confirm",
        to=annotation.user_email,
        subject=gettext_lazy("Please confirm your contribution"),
        body=body_of("confirm", language, title=version.title, url=url, hours=hours),
        language=language,
        name=annotation.user_name,
        annotation=annotation,
    )


def mail_reply(*, reply: Annotation, base_url: str = "") -> OutboxMail | None:
    """Tell the author of the parent that a reply is public; not for replies to oneself."""
    parent = reply.reply_to
    if parent is None or _is_same_author(parent, reply):
        return None
    base = base_of(reply.version.page, base_url)
    return _tell(
        kind="reply",
        author=parent,
        subject=gettext_lazy("Somebody has replied to your contribution"),
        template="reply",
        base=base,
        about=reply,
        context={"url": base + _page_of(reply, language_of(parent)), "author": _named(reply)},
    )


def mail_disposition(
    *, annotation: Annotation, token: str, base_url: str = ""
) -> OutboxMail | None:
    """Tell the author of an annotation that the editors' answer is public.

    Args:
        annotation: With its disposition.
        token: With which a guest says what they think of it.
        base_url: Begin of the links.
    """
    disposition = annotation.disposition
    if disposition is None:
        return None
    base = base_of(annotation.version.page, base_url)
    language = language_of(annotation)
    with translation.override(language):
        outcome = disposition.get_outcome_display()
    return _tell(
        kind="disposition",
        author=annotation,
        subject=gettext_lazy("The editors have answered your annotation"),
        template="disposition",
        base=base,
        context={
            "url": base + _page_of(annotation, language),
            "outcome": outcome,
            "reason": disposition.reason,
            "react_url": base + _reaction_path(annotation, token),
        },
    )


def _reaction_path(annotation: Annotation, token: str) -> str:
    """Return where an author says what they think of the answer; a guest's link needs no log-in."""
    language = language_of(annotation)
    if annotation.user_id is not None:
        return _path("react", annotation.uuid, language=language)
    return _path("react_by_link", token, language=language)


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
    base = base_of(annotation.version.page, base_url)
    url = base + _path("statement", token, language=language_of(annotation))
    return _tell(
        kind="moderation",
        author=annotation,
        subject=gettext_lazy("Your contribution is hidden"),
        template="statement",
        base=base,
        context={"event": event, "annotation": annotation, "url": url, "until": until},
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
    language = supported(report.language)
    parts = urlsplit(report.url)
    base = base_url.rstrip("/") or f"{parts.scheme}://{parts.netloc}"
    url = base + _path("report_status", token, language=language)
    body = body_of(what, language, report=report, appeal=appeal, url=url, until=until)
    subject = _SUBJECTS[what]
    return _ask(
        kind="report",
        to=report.email,
        subject=subject,
        values={"number": report.number},
        body=body,
        language=language,
    )


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
    base = base_of(annotation.version.page, base_url)
    url = base + _path("statement", token, language=language_of(annotation))
    return _tell(
        kind="moderation",
        author=annotation,
        subject=_SUBJECTS[what],
        template=what,
        base=base,
        context={"appeal": appeal, "url": url},
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
    base = base_of(annotation.version.page, base_url)
    path = reverse("annotations:confirm_support", args=[token]) if token else ""
    body = body_of(
        "confirm_support",
        language,
        title=annotation.version.title,
        purpose=purpose,
        url=base + path if path else "",
        annotation_url=base + annotation.get_absolute_url(),
        hours=confirmation_hours(),
    )
    return _ask(
        kind="confirm_support",
        to=to,
        subject=gettext_lazy("Support for an annotation: please confirm"),
        body=body,
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
    return _ask(
        kind="confirm_follow",
        to=to,
        subject=gettext_lazy("News by e-mail: please confirm"),
        body=body_of("confirm_follow", language, what=what, url=url, hours=confirmation_hours()),
        language=language,
    )


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
    return supported(translation.get_language() or settings.LANGUAGE_CODE)


def language_of(annotation: Annotation) -> str:
    """Return the language in which the author read and wrote."""
    return supported(annotation.locale.language_code)


def supported(code: str) -> str:
    """Return a language if the site speaks it, else the site's own."""
    return code if code in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def _is_same_author(one: Annotation, other: Annotation) -> bool:
    if one.user_id or other.user_id:
        return one.user_id == other.user_id
    return one.user_email.lower() == other.user_email.lower()


def _ask(  # noqa: PLR0913  # a mail has as many parts
    *,
    kind: str,
    to: str,
    subject: _StrPromise,
    body: Body,
    language: str,
    name: str = "",
    annotation: Annotation | None = None,
    values: dict[str, str] | None = None,
) -> OutboxMail:
    """Queue a mail to an address that nobody has proved yet; nothing is known of its owner."""
    with translation.override(language):
        words = str(subject) % (values or {})
        letter = letter_of(subject=words, body=body, language=language, name=name, foot=Foot())
    return queue_mail(
        kind=kind,
        to=to,
        subject=words,
        language=language,
        annotation=annotation,
        **letter._asdict(),
    )


def _tell(  # noqa: PLR0913  # a mail has as many parts
    *,
    kind: str,
    author: Annotation,
    subject: _StrPromise,
    template: str,
    base: str,
    context: dict[str, Any],
    about: Annotation | None = None,
) -> OutboxMail | None:
    """Tell the author of a contribution something, where the address is known to be theirs."""
    if not (to := verified_address(author)):
        return None
    language, about = language_of(author), about or author
    with translation.override(language):
        words = str(subject)
    message = Message(
        kind=kind,
        to=to,
        subject=words,
        body=body_of(template, language, title=author.version.title, **context),
        language=language,
        base=base,
        name=author.user_name,
        annotation=about,
        page=about.version.page,
    )
    return post(message)


def _path(name: str, key: object, *, language: str) -> str:
    """Return where a page of ours stands in the language of the mail, whoever causes it."""
    with translation.override(language):
        return reverse(f"annotations:{name}", args=[key])


def _page_of(annotation: Annotation, language: str) -> str:
    with translation.override(language):
        return annotation.get_absolute_url()


def _named(row: Annotation) -> str:
    """Return the name of an author; with the role, where it is an official one."""
    return f"{row.user_name} ({row.author_role})" if row.author_role else row.user_name
