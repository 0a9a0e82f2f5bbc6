"""Mails to those who moderate, decide and answer: what waits for them.

They go by permission, and by page where a permission does. None holds words of a contribution or
tells who has reported something: what it is about stands in the admin.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db.models import Min, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone, translation
from django.utils.crypto import salted_hmac
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.users.models import UserProfile

from annotations import permissions
from annotations.admin import links
from annotations.models import (
    Annotation,
    Appeal,
    Assignment,
    ModerationEvent,
    News,
    OutboxMail,
    Reaction,
    Report,
    State,
)
from annotations.services import persons
from annotations.services.letters import body_of
from annotations.services.mails import supported
from annotations.services.posting import Message, mail_of
from annotations.services.preferences import posts_for
from annotations.services.queueing import enqueue_sending, note_news
from annotations.services.sites import default_base

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence
    from typing import Any

    from django.db.models import QuerySet
    from wagtail.models import Page

HOUR = timedelta(hours=1)
SALT = "annotations.staff"
OPENING = ("view_annotation", "dispose_annotation", "moderate_annotation")
"""Permissions of which each opens annotations in the admin."""
SHOWN = 20
"""So many annotations stand in one mail; the others are counted."""


class Notice(NamedTuple):
    """What one person of the staff is told, in the language that is active.

    Attributes:
        lines: Sentences, one below the other.
        url: Where it is done, as a path of the admin.
        label: What the link to there says.
    """

    subject: str
    lines: Sequence[str]
    url: str
    label: str


def with_permissions(*names: str) -> QuerySet[Any]:
    """Return the accounts that have all of some permissions of this app."""
    users = get_user_model()._default_manager.filter(is_active=True)
    for name in names:
        users = users.filter(Q(is_superuser=True) | Q(pk__in=_holders(name).values("pk")))
    return users.order_by("pk")


def who_can_open() -> QuerySet[Any]:
    """Return the accounts that see annotations in the admin."""
    either = Q(is_superuser=True)
    for name in OPENING:
        either |= Q(pk__in=_holders(name).values("pk"))
    return get_user_model()._default_manager.filter(either, is_active=True).order_by("pk")


def _holders(name: str) -> QuerySet[Any]:
    """Return who has a permission, themselves or by a group."""
    found = Permission.objects.filter(
        content_type__app_label="synopse_annotations", codename=name
    ).values("pk")
    users = get_user_model()._default_manager
    return users.filter(Q(user_permissions__in=found) | Q(groups__permissions__in=found))


def who_can_dispose(page: Page) -> list[Any]:
    """Return the accounts that answer annotations of a page."""
    users = with_permissions("dispose_annotation")
    return [user for user in users if permissions.can(user, "dispose", page)]


# What waits for moderation


def note_waiting(*, now: datetime | None = None) -> int:
    """Write down that moderators shall hear of what waits, at most once an hour.

    Only where something has come since they heard last.

    Returns:
        1 where they shall hear, else 0.
    """
    now = now or timezone.now()
    told = News.objects.filter(fact__startswith="waiting:").order_by("-created_at").first()
    rows = waiting()
    if told is not None:
        if now - told.created_at < HOUR:
            return 0
        rows = rows.filter(since__gt=told.created_at)
    if not rows.exists():
        return 0
    note_news(f"waiting:{now:%Y-%m-%dT%H}")
    return 1


def waiting() -> QuerySet[Annotation]:
    """Return what waits for moderation, with ``since``."""
    held = ModerationEvent.objects.filter(annotation=OuterRef("pk"), after=State.PENDING)
    newest = held.order_by("-at", "-pk").values("at")[:1]
    rows = Annotation.objects.filter(state=State.PENDING)
    return rows.annotate(since=Coalesce(Subquery(newest), "confirmed_at", "created_at")).order_by()


def _tell_waiting(fact: str, _key: str) -> int | None:
    rows = waiting()
    number, oldest = rows.count(), rows.aggregate(oldest=Min("since"))["oldest"]
    if not number:
        return None

    def notice(_user: Any) -> Notice:  # noqa: ANN401  # any user model
        subject = ngettext(
            "%(number)d contribution waits for moderation",
            "%(number)d contributions wait for moderation",
            number,
        ) % {"number": number}
        since = date_format(timezone.localtime(oldest), "DATETIME_FORMAT")
        lines = [f"{subject}.", _("The oldest waits since %(since)s.") % {"since": since}]
        return Notice(subject, lines, links.desk_url(), _("Open the desk"))

    moderators = with_permissions("moderate_annotation")
    return tell_people("staff_waiting", fact, moderators, notice)


# Reports, appeals, objections


def _tell_report(fact: str, key: str) -> int | None:
    report = Report.objects.filter(pk=key, decided_at=None).first()
    if report is None:
        return None

    def notice(_user: Any) -> Notice:  # noqa: ANN401  # any user model
        subject = _("Report %(number)s waits for a decision") % {"number": report.number}
        lines = [_("Why it is reported:") + f" {report.get_reason_display()}", _waiting_reports()]
        return Notice(subject, lines, links.report_url(report.pk), _("Open the report"))

    return tell_people("staff_reports", fact, _deciders(), notice)


def _waiting_reports() -> str:
    number = Report.objects.filter(decided_at=None).count()
    return ngettext(
        "%(number)d report waits in all.", "%(number)d reports wait in all.", number
    ) % {"number": number}


def _tell_appeal(fact: str, key: str) -> int | None:
    """Tell of an appeal everybody who may decide on it: not whoever decided first."""
    appeal = Appeal.objects.filter(pk=key, decided_at=None).first()
    if appeal is None:
        return None

    def notice(_user: Any) -> Notice:  # noqa: ANN401  # any user model
        subject = _("An appeal waits for a decision")
        lines = [_("Somebody else than the person who decided first has to look at it.")]
        return Notice(subject, lines, links.appeal_url(appeal.pk), _("Open the appeal"))

    others = _deciders().exclude(pk=appeal.against_id)
    return tell_people("staff_reports", fact, others, notice)


def _deciders() -> QuerySet[Any]:
    return with_permissions("decide_report", "moderate_annotation")


def _tell_objection(fact: str, key: str) -> int | None:
    rows = Reaction.objects.select_related("annotation__version__page")
    found = rows.filter(pk=key, agrees=False, annotation__state=State.PUBLIC).first()
    if found is None:
        return None
    made = found.annotation

    def notice(_user: Any) -> Notice:  # noqa: ANN401  # any user model
        title = {"title": made.version.title}
        subject = _("An author objects to an answer: “%(title)s”") % title
        said = _("Somebody does not agree with the answer to their annotation on “%(title)s”.")
        lines = [said % title, _("The reason stands beside the answer.")]
        return Notice(subject, lines, links.annotation_url(made.pk), _("Open the annotation"))

    return tell_people(
        "staff_objections", fact, who_can_dispose(made.version.page), notice, annotation=made
    )


# Assignments


def _tell_assigned(fact: str, key: str) -> int | None:
    """Tell of what was assigned together, in one mail to each."""
    rows = [row for row in _assignments().filter(act=key) if row.by_id != row.person_id]

    def subject(number: int) -> str:
        return ngettext(
            "%(number)d annotation is assigned to you",
            "%(number)d annotations are assigned to you",
            number,
        ) % {"number": number}

    return _tell_assignments("staff_assigned", fact, rows, subject)


def _tell_due(fact: str, key: str) -> int | None:
    """Remind of what is due on a day and has no answer yet, in one mail to each."""
    day = date.fromisoformat(key)
    rows = _assignments().filter(due_on=day, annotation__in=Annotation.objects.undisposed())

    def subject(number: int) -> str:
        words = {"number": number, "day": date_format(day, "DATE_FORMAT")}
        return (
            ngettext(
                "%(number)d annotation is to be answered by %(day)s",
                "%(number)d annotations are to be answered by %(day)s",
                number,
            )
            % words
        )

    latest = timezone.make_aware(datetime.combine(day + timedelta(days=1), datetime.min.time()))
    return _tell_assignments("staff_due", fact, list(rows), subject, latest=latest)


def _assignments() -> QuerySet[Assignment]:
    rows = Assignment.objects.select_related("annotation__version__page", "annotation__passage")
    return rows.select_related("office", "person").order_by("annotation_id")


def _tell_assignments(
    kind: str,
    fact: str,
    rows: Sequence[Assignment],
    subject: Callable[[int], str],
    *,
    latest: datetime | None = None,
) -> int | None:
    if not rows:
        return None
    own = _by_person(rows)

    def notice(user: Any) -> Notice:  # noqa: ANN401  # any user model
        mine = own[user.pk]
        lines = [_line_of(row) for row in mine[:SHOWN]]
        if len(mine) > SHOWN:
            rest = len(mine) - SHOWN
            lines.append(
                ngettext("and %(count)d more annotation", "and %(count)d more annotations", rest)
                % {"count": rest}
            )
        url = links.listing_url(assigned="mine", answer="open")
        if len(mine) == 1:
            url = links.annotation_url(mine[0].annotation_id)
        return Notice(subject(len(mine)), lines, url, _("Open it in the admin"))

    return tell_people(kind, fact, who_can_open().filter(pk__in=own), notice, latest=latest)


def _by_person(rows: Iterable[Assignment]) -> dict[int, list[Assignment]]:
    """Return by account what it is to look after: its own, or that of its office for anybody."""
    members: dict[int, list[int]] = {}
    for office in {row.office_id for row in rows if row.person_id is None}:
        users = get_user_model()._default_manager.filter(groups=office, is_active=True)
        members[office] = list(users.values_list("pk", flat=True))
    own: dict[int, list[Assignment]] = {}
    for row in rows:
        people = [row.person_id] if row.person_id is not None else members[row.office_id]
        for person in people:
            own.setdefault(person, []).append(row)
    return own


def _line_of(row: Assignment) -> str:
    made = row.annotation
    words = {
        "title": made.version.title,
        "passage": made.passage.number or "–",
        "office": row.office.name,
        "day": date_format(row.due_on, "DATE_FORMAT") if row.due_on else "",
    }
    if row.due_on:
        return _("“%(title)s”, %(passage)s, for %(office)s, due on %(day)s") % words
    return _("“%(title)s”, %(passage)s, for %(office)s") % words


# To whom, and in which language


def tell_people(  # noqa: PLR0913  # a mail has as many parts
    kind: str,
    fact: str,
    users: Iterable[Any],
    notice: Callable[[Any], Notice],
    *,
    latest: datetime | None = None,
    annotation: Annotation | None = None,
) -> int:
    """Queue a mail to each person of the staff whose address is known, once.

    Args:
        kind: One of ``preferences.STAFF_KINDS``.
        fact: What is told; nobody gets two mails of one fact.
        users: Accounts.
        notice: Says what an account is told, in its language.
        latest: When the mail would come too late for a bundle.
        annotation: What it is about, if it is about one.

    Returns:
        How many hear of it for the first time.
    """
    people = {user.email.lower(): user for user in users if user.email}
    owners = persons.owners_of(people)
    keys = {
        _once(fact, email): user for email, user in people.items() if owners.get(email) == user.pk
    }
    known = set(OutboxMail.objects.filter(once__in=keys).values_list("once", flat=True))
    new = {once: user for once, user in keys.items() if once not in known}
    ways = posts_for(kind, [user.email for user in new.values()], latest=latest)
    languages = _languages(new.values())
    mails = []
    for once, user in new.items():
        if user.email.lower() not in ways:
            continue
        message = _message(kind, user, languages[user.pk], notice)._replace(
            once=once, annotation=annotation
        )
        mails.append(mail_of(message, ways[user.email.lower()]))
    if mails:
        OutboxMail.objects.bulk_create(mails, ignore_conflicts=True)
        enqueue_sending()
    return len(new)


def _message(kind: str, user: Any, language: str, notice: Callable[[Any], Notice]) -> Message:  # noqa: ANN401
    base = default_base()
    with translation.override(language):
        told = notice(user)
    body = body_of("staff", language, lines=told.lines, url=base + told.url, label=told.label)
    return Message(
        kind=kind,
        to=user.email,
        subject=told.subject,
        body=body,
        language=language,
        base=base,
        name=user.get_username(),
    )


def _languages(users: Collection[Any]) -> dict[int, str]:
    """Return the language in which each account has its admin."""
    rows = UserProfile.objects.filter(user__in=[user.pk for user in users])
    chosen = dict(rows.values_list("user_id", "preferred_language"))
    return {user.pk: supported(chosen.get(user.pk) or "") for user in users}


def _once(fact: str, email: str) -> str:
    return salted_hmac(SALT, f"{fact}\n{email}", algorithm="sha256").hexdigest()


TELLERS: dict[str, Callable[[str, str], int | None]] = {
    "waiting": _tell_waiting,
    "report": _tell_report,
    "appeal": _tell_appeal,
    "objection": _tell_objection,
    "assigned": _tell_assigned,
    "due": _tell_due,
}
"""Kind of a fact to what tells the staff of it."""
