"""Following a document, a passage or a thread: whoever does hears of its news by e-mail."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from annotations import permissions
from annotations.models import Follow, OutboxMail, State
from annotations.services import checking, confirming, mails, moments, persons
from annotations.services.checking import Problems
from annotations.services.limits import count_confirm_mail, count_voice
from versioning.models import Version

if TYPE_CHECKING:
    from typing import Any

    from annotations.models import Annotation
    from versioning.models import Passage

PURPOSE = "follow"
SALT = "annotations.unsubscribe"
DOCUMENT = "document"
NEWS_KINDS = ("news", "reminder")
"""Kinds of mails that come because somebody follows something; each holds its token."""
_LONGEST_TOKEN = 200


@dataclass(frozen=True)
class Topic:
    """What somebody wants to hear of: a document, or one passage or thread of it.

    Attributes:
        version: The newest version of the page, or the one on which the passage was seen.
    """

    version: Version
    passage: Passage | None = None
    thread: Annotation | None = None

    @property
    def key(self) -> str:
        """What names the topic within its page."""
        if self.thread is not None:
            return thread_key(self.thread.uuid)
        return passage_key(self.passage.uid) if self.passage is not None else DOCUMENT


def passage_key(uid: object) -> str:
    """Return what names a passage among the topics of its page, in all versions."""
    return f"passage:{uid}"


def thread_key(uuid: object) -> str:
    """Return what names a thread among the topics of its page."""
    return f"thread:{uuid}"


@transaction.atomic
def follow_topic(*, topic: Topic, user: Any) -> Follow:  # noqa: ANN401  # any user model
    """Let an account follow something; doing it twice changes nothing.

    Args:
        topic: On a page that ``user`` may read.
        user: The account.

    Raises:
        PermissionDenied: Nobody is signed in, or ``user`` may not read the page.
        ValidationError: Code ``unpublished`` or ``not_public``.
    """
    permissions.require_person(user)
    _check(topic, user=user)
    follow, _made = Follow.objects.get_or_create(
        page_id=topic.version.page_id,
        topic=topic.key,
        user=user,
        defaults={
            **_parts(topic),
            "token_hash": _hashed(token_of_person(topic.version.page_id, topic.key, user=user)),
            "confirmed_at": moments.now(),
        },
    )
    return follow


@transaction.atomic
def ask_to_follow(  # noqa: PLR0913  # what a mail needs, and what stood below the form
    *,
    topic: Topic,
    email: str,
    what: str,
    base_url: str,
    network: str = "",
    consent: int | None = None,
) -> OutboxMail:
    """Send a guest the link with which news begin; until then nothing else is sent.

    Args:
        topic: On a page that everybody may read.
        email: The guest's address.
        what: The topic in words, for the mail.
        base_url: Begin of the link in the mail.
        network: Hash of the guest's network, see ``networks.network_of``.
        consent: The version of the words that stood below the form, see ``consents.seen``.

    Raises:
        PermissionDenied: Guests may not read the page.
        ValidationError: By field, or code ``unpublished`` or ``not_public``.
    """
    problems = Problems()
    email = checking.read_address(email, problems).lower()
    problems.stop()
    _check(topic, user=None)
    count_voice(network=network)
    count_confirm_mail(email)
    page_id = topic.version.page_id
    raw = token_of_person(page_id, topic.key, email=email)
    follow, _made = Follow.objects.get_or_create(
        page_id=page_id,
        topic=topic.key,
        user=None,
        email=email,
        defaults={**_parts(topic), "token_hash": _hashed(raw), "consent_id": consent},
    )
    _token, raw = confirming.make_token(
        purpose=PURPOSE, about={"follow": follow, "annotation": topic.thread}
    )
    return mails.mail_follow(
        version=topic.version, to=email, what=what, token=raw, base_url=base_url
    )


@transaction.atomic
def confirm_follow(*, token: str) -> Follow:
    """Let a guest hear of news from now on; an address of an account becomes the account's wish.

    Raises:
        TokenError: See ``confirming.find_token``.
        PermissionDenied: The page is private meanwhile.
        ValidationError: Code ``unpublished`` or ``not_public``.
    """
    _locked(pk=confirming.find_token(token, purposes=(PURPOSE,)).follow_id)
    follow = confirming.take_token(token, purposes=(PURPOSE,)).follow
    if follow is None:
        raise confirming.TokenUnknown
    owner = persons.account_of(follow.email)
    check_follow(follow, user=owner)
    if owner is None:
        follow.confirmed_at = follow.confirmed_at or moments.now()
        follow.save(update_fields=["confirmed_at"])
        return follow
    follow.delete()
    kept, _made = Follow.objects.select_related("page", "thread").get_or_create(
        page_id=follow.page_id,
        topic=follow.topic,
        user=owner,
        defaults={
            "passage_uid": follow.passage_uid,
            "thread": follow.thread,
            "language": follow.language,
            "consent_id": follow.consent_id,
            "token_hash": _hashed(token_of_person(follow.page_id, follow.topic, user=owner)),
            "confirmed_at": moments.now(),
        },
    )
    return kept


@transaction.atomic
def stop_following(*, follow: Follow, actor: Any) -> None:  # noqa: ANN401  # any user model
    """End the news of something for an account.

    Raises:
        PermissionDenied: It is not ``actor``'s own.
    """
    if not permissions.is_person(actor) or follow.user_id != actor.pk:
        raise PermissionDenied(_("You can only unsubscribe from your own news."))
    for row in _locked(pk=follow.pk):
        _end(row)


@transaction.atomic
def unsubscribe(*, token: str) -> bool:
    """End the news that a mail belongs to, by its link and without signing in.

    Returns:
        Whether there was something to end; a second time there is not.
    """
    found = _locked(token_hash=_hashed(token))
    for row in found:
        _end(row)
    return bool(found)


def _end(follow: Follow) -> None:
    """Delete what somebody follows, and what they have not been sent of it yet."""
    raw = token_of_person(follow.page_id, follow.topic, user=follow.user, email=follow.email)
    waiting = OutboxMail.objects.filter(kind__in=NEWS_KINDS, sent_at=None, bundle=None)
    waiting.filter(text__contains=f"/{raw}/").delete()
    follow.delete()


def find_follow(token: str) -> Follow | None:
    """Return what an unsubscribe link ends, None where it has ended or never was."""
    rows = Follow.objects.select_related("page", "thread").filter(token_hash=_hashed(token))
    return rows.first()


def unsubscribe_token(follow: Follow) -> str:
    """Return the token of the unsubscribe link; only its hash is stored.

    It is made anew for each mail from what is followed by whom. Where the secret key of the site
    has changed since, the stored hash follows.
    """
    raw = token_of_person(follow.page_id, follow.topic, user=follow.user, email=follow.email)
    hashed = _hashed(raw)
    if hashed != follow.token_hash:
        Follow.objects.filter(pk=follow.pk).update(token_hash=hashed)
    return raw


def token_of_person(page_id: int, topic: str, *, user: Any = None, email: str = "") -> str:  # noqa: ANN401
    """Return the token that ends the news of a topic for one person; nobody can guess it."""
    person = f"account {user.pk}" if user is not None else f"address {email}"
    value = f"{page_id} {topic} {person}"
    return salted_hmac(SALT, value, algorithm="sha256").hexdigest()


def _locked(**which: Any) -> list[Follow]:  # noqa: ANN401  # conditions of a filter
    """Return rows, locked before their tokens; everybody locks in this order."""
    return list(Follow.objects.select_for_update().filter(**which))


def _parts(topic: Topic) -> dict[str, Any]:
    return {
        "passage_uid": topic.passage.uid if topic.passage is not None else None,
        "thread": topic.thread,
        "language": mails.reader_language(),
    }


def check_follow(follow: Follow, *, user: Any) -> None:  # noqa: ANN401  # any user model
    """Refuse what nobody can hear of any more.

    Raises:
        PermissionDenied: ``user`` may not read the page.
        ValidationError: Code ``unpublished`` or ``not_public``.
    """
    newest = Version.objects.filter(page_id=follow.page_id).order_by("-number")[0]
    _check(Topic(newest, thread=follow.thread), user=user)


def _check(topic: Topic, *, user: Any) -> None:  # noqa: ANN401  # any user model
    checking.check_page(topic.version, user=user, action="follow")
    if topic.thread is not None and topic.thread.state != State.PUBLIC:
        raise checking.refusal(
            _("This discussion can't be followed, since it is not public."), "not_public"
        )


def _hashed(raw: str) -> str:
    return hashlib.sha256(raw[:_LONGEST_TOKEN].encode("utf-8", "replace")).hexdigest()
