"""Telling people of facts: each person once of each fact, never of their own words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from django.apps import apps
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from wagtail.models import PageLogEntry, PageViewRestriction

from annotations.models import Annotation, Follow, News, OutboxMail, State
from annotations.presentation.reading import passage_name
from annotations.presentation.windows import WindowChange, change_of, moment
from annotations.services import (
    changing,
    cosigning,
    reminding,
    route_mails,
    staff,
    subscribing,
)
from annotations.services.letters import body_of
from annotations.services.posting import Message, mail_of
from annotations.services.preferences import posts_for
from annotations.services.queueing import enqueue_sending
from annotations.services.sites import base_of
from versioning.models import Version

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    from django.db.models import QuerySet
    from wagtail.models import Page

BATCH = 200
"""Followers whose mails are queued at once; the outbox sends as many in one run."""
SALT = "annotations.news"


@dataclass(frozen=True)
class Story:
    """A fact, and who may want to hear of it.

    Attributes:
        kind: annotation, reply, version, window or reminder.
        topics: What is followed; empty for everything of the page.
        author: Account and address of whoever wrote it, who is not told.
        told: Addresses that hear of the fact by another mail, in small letters.
        latest: When it comes too late.
    """

    kind: str
    version: Version
    annotation: Annotation | None = None
    change: WindowChange | None = None
    topics: Sequence[str] = ()
    author: tuple[int | None, str] = (None, "")
    told: frozenset[str] = field(default_factory=frozenset)
    latest: datetime | None = None


class Addressee(NamedTuple):
    """A follower whose address is known to be theirs."""

    follow: Follow
    email: str


def tell(*, fact: str) -> int:
    """Queue a mail about a fact to each who wants to hear of it; a second time queues nothing.

    What is not public any more is forgotten, and told if it becomes public again.

    Returns:
        How many people were found.
    """
    news = News.objects.filter(fact=fact, told_at=None).first()
    if news is None:
        return 0
    kind, _colon, key = fact.partition(":")
    found = _tellers()[kind](fact, key)
    if found is None:
        news.delete()
        return 0
    news.told_at = timezone.now()
    news.save(update_fields=["told_at"])
    return found


def _tellers() -> Mapping[str, Callable[[str, str], int | None]]:
    """Return by the kind of a fact who tells it; they return None where it holds no more."""
    return {
        **dict.fromkeys(_STORIES, _tell_followers),
        "changed": changing.tell_authors,
        **staff.TELLERS,
        **route_mails.TELLERS,
        **cosigning.TELLERS,
    }


def _tell_followers(fact: str, _key: str) -> int | None:
    story = _story(fact)
    if story is None:
        return None
    found = 0
    for batch in _batches(story):
        mails = _mails(fact, story, batch)
        OutboxMail.objects.bulk_create(mails, ignore_conflicts=True)
        enqueue_sending()
        found += len(batch)
    return found


def _story(fact: str) -> Story | None:
    kind, _colon, key = fact.partition(":")
    return _STORIES[kind](key)


def _of_annotation(key: str) -> Story | None:
    rows = Annotation.objects.select_related("version__page", "passage", "root")
    row = rows.filter(pk=key, state=State.PUBLIC).first()
    if row is None or not row.version.page.live:
        return None
    author = (row.user_id, row.user_email.lower())
    if row.root is None:
        topics = (subscribing.DOCUMENT, subscribing.passage_key(row.passage.uid))
        return Story("annotation", row.version, row, topics=topics, author=author)
    if row.root.state != State.PUBLIC:
        return None
    replied = OutboxMail.objects.filter(kind="reply", annotation=row).values_list("to", flat=True)
    return Story(
        "reply",
        row.version,
        row,
        topics=(subscribing.thread_key(row.root.uuid),),
        author=author,
        told=frozenset(to.lower() for to in replied),
    )


def _of_version(key: str) -> Story | None:
    version = Version.objects.select_related("page").filter(pk=key).first()
    return Story("version", version) if version is not None and version.page.live else None


def _of_window(key: str) -> Story | None:
    entry = PageLogEntry.objects.filter(pk=key).first()
    change = change_of(entry) if entry is not None else None
    if entry is None or change is None:
        return None
    version = (
        Version.objects.select_related("page")
        .filter(page=entry.page_id, number=change.number, page__live=True)
        .first()
    )
    return Story("window", version, change=change) if version is not None else None


def _of_reminder(key: str) -> Story | None:
    """Read version and end of its window; another end is another fact."""
    number, _colon, end = key.partition(":")
    version = Version.objects.select_related("page").filter(pk=number).first()
    if version is None or version.closes is None or not version.page.live:
        return None
    if reminding.end_of(version) != end or not version.is_open(timezone.now()):
        return None
    return Story("reminder", version, topics=(subscribing.DOCUMENT,), latest=version.closes)


_STORIES: dict[str, Callable[[str], Story | None]] = {
    "annotation": _of_annotation,
    "version": _of_version,
    "window": _of_window,
    "reminder": _of_reminder,
}


def _batches(story: Story) -> Iterator[list[Addressee]]:
    """Give those who are told, some at a time, in the order in which they began to follow."""
    rows = _follows(story)
    last = 0
    while batch := list(rows.filter(pk__gt=last)[:BATCH]):
        last = batch[-1].pk
        yield _addressees(batch, story)


def _follows(story: Story) -> QuerySet[Follow]:
    page = story.version.page
    rows = Follow.objects.filter(page=page, confirmed_at__isnull=False).filter(_welcome(page))
    if story.topics:
        rows = rows.filter(topic__in=story.topics)
    author, _address = story.author
    if author is not None:
        rows = rows.exclude(user=author)
    return rows.select_related("user").order_by("pk")


def _welcome(page: Page) -> Q:
    """Return the condition for those who may read a page; see ``permissions``."""
    welcome = Q(user__isnull=True) | Q(user__is_active=True)
    for restriction in page.get_view_restrictions():
        welcome &= _let_in(restriction)
    return welcome


def _let_in(restriction: PageViewRestriction) -> Q:
    if restriction.restriction_type == PageViewRestriction.LOGIN:
        return Q(user__isnull=False)
    if restriction.restriction_type == PageViewRestriction.GROUPS:
        members = Follow.objects.filter(user__groups__in=restriction.groups.all()).values("pk")
        return Q(user__is_superuser=True) | Q(pk__in=members)
    return Q(user__is_superuser=True)


def _addressees(batch: Sequence[Follow], story: Story) -> list[Addressee]:
    verified = _verified([row.user_id for row in batch if row.user_id is not None])
    _author, author_address = story.author
    left_out = {"", author_address, *story.told}
    found = []
    for row in batch:
        email = row.email if row.user is None else row.user.email
        if row.user_id is not None and (row.user_id, email.lower()) not in verified:
            continue
        if email.lower() not in left_out:
            found.append(Addressee(row, email))
    return found


def _verified(user_ids: Sequence[int]) -> set[tuple[int, str]]:
    """Return pairs of account and address that are known to belong together."""
    if not apps.is_installed("allauth.account"):
        rows = Follow.objects.filter(user__in=user_ids).values_list("user_id", "user__email")
    else:
        model = apps.get_model("account", "EmailAddress")
        rows = model.objects.filter(user__in=user_ids, verified=True)
        rows = rows.values_list("user_id", "email")
    return {(user, email.lower()) for user, email in rows}


def _mails(fact: str, story: Story, batch: Sequence[Addressee]) -> list[OutboxMail]:
    """Return the mails to those who want them and have none of this fact yet."""
    keys = {_once(fact, addressee.email): addressee for addressee in reversed(batch)}
    known = set(OutboxMail.objects.filter(once__in=keys).values_list("once", flat=True))
    kind = "reminder" if story.kind == "reminder" else "news"
    new = {key: addressee for key, addressee in keys.items() if key not in known}
    ways = posts_for(kind, [one.email for one in new.values()], latest=story.latest)
    base = base_of(story.version.page, "")
    return [
        mail_of(_message(kind, story, addressee, base, once), ways[addressee.email.lower()])
        for once, addressee in new.items()
        if addressee.email.lower() in ways
    ]


def _once(fact: str, email: str) -> str:
    return salted_hmac(SALT, f"{fact}\n{email.lower()}", algorithm="sha256").hexdigest()


def _message(kind: str, story: Story, addressee: Addressee, base: str, once: str) -> Message:
    follow, email = addressee
    token = subscribing.unsubscribe_token(follow)
    one_click = ""
    with translation.override(follow.language):
        if kind == "news":
            one_click = base + reverse("annotations:unsubscribe_at_once", args=[token])
        subject = _subject(story)
        context = {
            "kind": story.kind,
            "title": story.version.title,
            "number": story.version.number,
            "passage": passage_name(story.annotation.passage) if story.annotation else "",
            "change": story.change,
            "closes": moment(story.version.closes) if story.version.closes else "",
            "url": base + _path(story),
            "unsubscribe_url": base + reverse("annotations:unsubscribe", args=[token]),
        }
    return Message(
        kind=kind,
        to=email,
        subject=subject,
        body=body_of("news", follow.language, **context),
        language=follow.language,
        base=base,
        annotation=story.annotation,
        page=story.version.page,
        once=once,
        stop_url=one_click,
    )


def _subject(story: Story) -> str:
    title = {"title": story.version.title}
    if story.kind == "annotation":
        return _("New annotation to “%(title)s”") % title
    if story.kind == "reply":
        return _("New reply in a discussion about “%(title)s”") % title
    if story.kind == "version":
        return _("New version of “%(title)s”") % title
    if story.kind == "reminder":
        return _("The time for annotations to “%(title)s” ends soon") % title
    return _("The time for annotations to “%(title)s” has changed") % title


def _path(story: Story) -> str:
    if story.annotation is not None:
        return story.annotation.get_absolute_url()
    return story.version.get_absolute_url()
