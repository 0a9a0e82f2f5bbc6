"""Telling authors that a version has changed the passages that they have annotated."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from django.contrib.auth import get_user_model
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone, translation
from django.utils.crypto import salted_hmac
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from annotations.models import Annotation, OutboxMail, Placement, PlacementState, State
from annotations.presentation.reading import passage_name
from annotations.services import persons, readers
from annotations.services.letters import body_of
from annotations.services.mails import language_of
from annotations.services.posting import Message, mail_of
from annotations.services.preferences import posts_for
from annotations.services.queueing import enqueue_sending
from annotations.services.sites import base_of
from versioning.models import Version

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import Any

    from django.db.models import QuerySet

NEW = timedelta(days=7)
"""A version that is out for longer is news to nobody; a late confirmation may place on it anew."""
BATCH = 200
"""Authors whose mails are queued at once."""
SHOWN = 20
"""So many annotations stand in one mail; the others are counted."""
WORDS = 160
SALT = "annotations.changed"
KIND = "changed"


class Author(NamedTuple):
    """A person: the accounts and addresses under which somebody wrote, behind one address."""

    email: str
    accounts: frozenset[int]
    addresses: frozenset[str]


def tell_authors(fact: str, key: str) -> int | None:
    """Queue one mail to each author whose annotated words a version has changed.

    Only of public annotations, only to addresses that are known to be theirs, and only to who may
    read the page; doing it again queues nothing more.

    Args:
        fact: Names the news.
        key: Of the version, on which all annotations have their places.

    Returns:
        How many authors were found; None where the page is not public any more.
    """
    version = Version.objects.select_related("page").filter(pk=key).first()
    if version is None or not version.page.live:
        return None
    before = Version.objects.filter(page=version.page_id, number=version.number - 1).first()
    if before is None or version.published_at < timezone.now() - NEW:
        return 0
    authors = _authors(version)
    found = 0
    for first in range(0, len(authors), BATCH):
        batch = authors[first : first + BATCH]
        found += _tell(fact, version, before, batch)
    return found


def _touched(version: Version) -> QuerySet[Placement]:
    """Return the places of public annotations whose words are not as they were written."""
    return Placement.objects.filter(
        version=version,
        state__in=(PlacementState.CHANGED, PlacementState.REMOVED),
        annotation__state=State.PUBLIC,
        annotation__reply_to=None,
        annotation__confirmed_at__isnull=False,
    )


def _authors(version: Version) -> list[Author]:
    """Return who wrote what may have changed; with few queries for all of them."""
    places = _touched(version).order_by()
    keys = set(
        places.filter(annotation__user__isnull=False).values_list("annotation__user", flat=True)
    )
    small = places.filter(annotation__user=None).annotate(small=Lower("annotation__user_email"))
    guests = sorted(set(small.values_list("small", flat=True)) - {""})
    owners = persons.owners_of(guests)
    readable = readers.accounts_let_in(version.page, keys | set(owners.values()))
    authors: dict[str, tuple[set[int], set[str]]] = {}
    for user, email in _proved(readable):
        authors[email] = ({user}, set())
    by_account = {user: email for email, (users, _guest) in authors.items() for user in users}
    is_open = readers.lets_guests_in(version.page)
    for guest in guests:
        email = by_account.get(owners[guest], "") if guest in owners else guest
        if email and (guest in owners or is_open):
            authors.setdefault(email, (set(), set()))[1].add(guest)
    return [
        Author(email, frozenset(users), frozenset(addresses))
        for email, (users, addresses) in sorted(authors.items())
    ]


def _proved(keys: Iterable[int]) -> Iterator[tuple[int, str]]:
    """Give accounts with their main address where it is known to be theirs."""
    users = get_user_model()._default_manager.filter(pk__in=set(keys)).exclude(email="")
    mains = {user: email.lower() for user, email in users.values_list("pk", "email")}
    owners = persons.owners_of(set(mains.values()))
    for user, email in sorted(mains.items()):
        if owners.get(email) == user:
            yield user, email


def _tell(fact: str, version: Version, before: Version, batch: Sequence[Author]) -> int:
    keys = {_once(fact, author): author for author in batch}
    known = set(OutboxMail.objects.filter(once__in=keys).values_list("once", flat=True))
    changed = _changed(version, before, batch)
    due = {
        once: author
        for once, author in keys.items()
        if once not in known and changed.get(author.email)
    }
    ways = posts_for(KIND, [author.email for author in due.values()])
    base = base_of(version.page, "")
    mails = [
        mail_of(_message(version, changed[author.email], author, base, once), ways[author.email])
        for once, author in due.items()
        if author.email in ways
    ]
    if mails:
        OutboxMail.objects.bulk_create(mails, ignore_conflicts=True)
        enqueue_sending()
    return len(due)


def _once(fact: str, author: Author) -> str:
    return salted_hmac(SALT, f"{fact}\n{author.email}", algorithm="sha256").hexdigest()


def _changed(
    version: Version, before: Version, batch: Sequence[Author]
) -> dict[str, list[Placement]]:
    """Return by address the places whose words this version has changed, as the text has them."""
    owners: dict[int | str, str] = {}
    for author in batch:
        owners |= dict.fromkeys((*author.accounts, *author.addresses), author.email)
    accounts = [key for key in owners if isinstance(key, int)]
    addresses = [key for key in owners if isinstance(key, str)]
    rows = list(
        _touched(version)
        .annotate(small=Lower("annotation__user_email"))
        .filter(Q(annotation__user__in=accounts) | Q(annotation__user=None, small__in=addresses))
        .select_related("annotation__passage", "annotation__locale", "annotation__root", "passage")
        .order_by("annotation__passage__position", "annotation_id")
    )
    earlier = {
        place.annotation_id: place
        for place in Placement.objects.filter(
            version=before, annotation__in=[row.annotation_id for row in rows]
        ).select_related("passage")
    }
    found: dict[str, list[Placement]] = {}
    for row in rows:
        if _is_changed(row, before, earlier):
            owner = owners[row.annotation.user_id or row.annotation.user_email.lower()]
            found.setdefault(owner, []).append(row)
    return found


def _is_changed(place: Placement, before: Version, earlier: Mapping[int, Placement]) -> bool:
    """Tell whether words stand elsewise than on the version before."""
    made = place.annotation
    old: Annotation | Placement | None = earlier.get(made.pk)
    if made.version_id == before.pk:
        old = made
    if old is None or old.passage is None:
        return False
    if place.passage is None:
        return True
    if old.passage.is_withheld or place.passage.is_withheld:
        return False
    return _words(old) != _words(place)


def _words(spot: Annotation | Placement) -> str:
    assert spot.passage is not None  # noqa: S101  # the caller has looked
    return spot.passage.text[spot.start : spot.end]


def _message(
    version: Version, places: Sequence[Placement], author: Author, base: str, once: str
) -> Message:
    newest = max((place.annotation for place in places), key=lambda made: made.pk)
    language = language_of(newest)
    with translation.override(language):
        subject = _("What you have annotated has changed in version %(number)d") % {
            "number": version.number
        }
        items = [_item(place, base) for place in places[:SHOWN]]
    context: dict[str, Any] = {
        "title": version.title,
        "number": version.number,
        "items": items,
        "count": len(places),
        "more": max(0, len(places) - SHOWN),
    }
    return Message(
        kind=KIND,
        to=author.email,
        subject=subject,
        body=body_of("changed", language, **context),
        language=language,
        base=base,
        name=newest.user_name,
        page=version.page,
        once=once,
    )


def _item(place: Placement, base: str) -> dict[str, str]:
    made = place.annotation
    return {
        "place": passage_name(made.passage),
        "fate": place.get_state_display(),
        "words": Truncator(made.comment).chars(WORDS),
        "url": base + made.get_absolute_url(),
    }
