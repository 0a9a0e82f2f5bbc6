"""Submitting annotations and replies."""

from __future__ import annotations

import hashlib
import logging
from typing import TYPE_CHECKING, NamedTuple

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from annotations import threads
from annotations.models import Annotation, Motivation, State
from annotations.services import checking, moments
from annotations.services.checking import Problems
from annotations.services.confirming import ask_for_confirmation
from annotations.services.limits import count_confirm_mail, count_post
from annotations.services.mails import mail_reply
from annotations.services.names import check_author
from annotations.services.officials import role_of
from annotations.services.states import announce
from annotations.services.watching import note_hold, words_that_hold

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from annotations.models import AnnotatedPageMixin
    from annotations.services.checking import Author
    from versioning.models import Passage, Version

logger = logging.getLogger("synopse.annotations")


class Sending(NamedTuple):
    """How a contribution comes: by whom, under which key, to which page, from where."""

    author: Author
    key: str | None
    page: AnnotatedPageMixin
    base_url: str
    network: str
    consent: int | None


def submit_annotation(  # noqa: PLR0913  # an annotation has as many parts
    *,
    version: Version,
    passage: Passage,
    body: str,
    motivation: str = Motivation.COMMENTING,
    start: int | None = None,
    end: int | None = None,
    quote: str = "",
    proposed: str = "",
    base_hash: str = "",
    user: Any = None,  # noqa: ANN401  # any user model
    name: str = "",
    email: str = "",
    idempotency_key: str,
    base_url: str,
    network: str = "",
    consent: int | None = None,
    canonical: str = "",
    via: Sequence[str] = (),
) -> Annotation:
    """Store an annotation: of an account at once, of a guest until it is confirmed by mail.

    A proposed wording makes a suggested edit of it, whatever ``motivation`` says.

    Args:
        version: The newest version of a page, with an open window.
        passage: One of its passages.
        body: Plain text, up to 3,000 characters.
        motivation: Comment, question or suggested edit.
        start: Begin of the words that are meant; empty for the whole passage.
        end: Their end, exclusive.
        quote: The words themselves; looked for in the passage where offsets are missing.
        proposed: What should stand there instead.
        base_hash: Hash of the text on which the proposal was made.
        user: The account that is signed in; name and address are then taken from it.
        name: A guest's pseudonym.
        email: A guest's address; never shown.
        idempotency_key: The same for each sending of one form; the second stores nothing.
        base_url: Begin of the links in mails, from the request.
        network: Hash of the network it comes from, see ``networks.network_of``.
        consent: The version of the words that stood below the form, see ``consents.seen``.
        canonical: Address that a client gave to the annotation wherever it is copied.
        via: Addresses that it had elsewhere.

    Returns:
        The annotation; for a key that is known already, the one stored then.

    Raises:
        ValidationError: By field, with codes such as ``closed``, ``stale``, ``too_long``.
        PermissionDenied: ``user`` may not read the page.

    Units: offsets are code points of the passage's text, end exclusive.
    """
    problems = Problems()
    author = checking.read_author(user=user, name=name, email=email, problems=problems)
    key = _scoped(idempotency_key, author)
    if known := _known(key):
        return known
    page = checking.check_page(version, user=author.user, action="annotate")
    checking.check_newest(version)
    checking.check_window(version)
    checking.check_passage(version, passage)
    stretch = checking.read_stretch(passage, start=start, end=end, quote=quote, problems=problems)
    body = checking.read_text(body, name="body", limit=checking.body_limit(), problems=problems)
    motivation = _motivation(motivation, proposed, problems)
    wording = ""
    if motivation == Motivation.EDITING:
        wording = checking.read_proposal(
            proposed, passage=passage, stretch=stretch, base_hash=base_hash, problems=problems
        )
    check_author(author, problems)
    problems.stop()
    annotation = Annotation(
        motivation=motivation,
        proposed=wording,
        base_hash=passage.text_hash if wording else "",
        version=version,
        passage=passage,
        locale_id=version.locale_id,
        canonical=canonical,
        via=list(via),
        **stretch._asdict(),
    )
    sent = Sending(author, key, page, base_url, network, consent)
    return _store(annotation, body, sent)


def submit_reply(  # noqa: PLR0913  # see submit_annotation
    *,
    parent: Annotation,
    body: str,
    user: Any = None,  # noqa: ANN401  # any user model
    name: str = "",
    email: str = "",
    idempotency_key: str,
    base_url: str,
    network: str = "",
    consent: int | None = None,
    canonical: str = "",
    via: Sequence[str] = (),
) -> Annotation:
    """Store a reply to a public annotation or reply, on the passage of its thread.

    A thread on an older version goes on while the window of the newest version is open.

    Args:
        parent: What is answered; public, as is its thread.
        body: Plain text, up to 3,000 characters.
        user: The account that is signed in.
        name: A guest's pseudonym.
        email: A guest's address; never shown.
        idempotency_key: The same for each sending of one form.
        base_url: Begin of the links in mails, from the request.
        network: Hash of the network it comes from, see ``networks.network_of``.
        consent: The version of the words that stood below the form, see ``consents.seen``.
        canonical: Address that a client gave to the annotation wherever it is copied.
        via: Addresses that it had elsewhere.

    Returns:
        The reply; for a key that is known already, the one stored then.

    Raises:
        ValidationError: By field; code ``not_public`` or ``too_deep`` where the parent can't be
            answered.
        PermissionDenied: ``user`` may not read the page.
    """
    problems = Problems()
    author = checking.read_author(user=user, name=name, email=email, problems=problems)
    key = _scoped(idempotency_key, author)
    if known := _known(key):
        return known
    page = checking.check_page(parent.version, user=author.user, action="reply")
    checking.check_window(checking.newest_of(parent.version))
    checking.check_parent(parent)
    body = checking.read_text(body, name="body", limit=checking.body_limit(), problems=problems)
    check_author(author, problems)
    problems.stop()
    root = parent.root or parent
    reply = Annotation(
        motivation=Motivation.REPLYING,
        root=root,
        reply_to=parent,
        version=root.version,
        passage=root.passage,
        locale_id=root.locale_id,
        canonical=canonical,
        via=list(via),
    )
    return _store(reply, body, Sending(author, key, page, base_url, network, consent))


def _motivation(motivation: str, proposed: str, problems: Problems) -> str:
    if proposed.strip():
        return Motivation.EDITING
    if motivation not in set(Motivation.values) - {Motivation.REPLYING}:
        problems.add("motivation", _("Please choose what kind of annotation it is."), "invalid")
        return Motivation.COMMENTING
    return motivation


def _scoped(key: str, author: Author) -> str | None:
    """Return the stored form of a key: nobody gets the annotation of another by a known key."""
    if not key:
        return None
    owner = f"account {author.user.pk}" if author.user else f"guest {author.email.lower()}"
    return hashlib.sha256(f"{owner}\n{key}".encode("utf-8", "replace")).hexdigest()


def _known(key: str | None) -> Annotation | None:
    return Annotation.objects.filter(idempotency_key=key).first() if key else None


def _store(annotation: Annotation, body: str, sent: Sending) -> Annotation:
    """Write a contribution, or return the one that a simultaneous sending has written."""
    annotation.comment = body
    annotation.user, annotation.user_name, annotation.user_email = sent.author
    annotation.author_role = role_of(sent.author.user)
    annotation.idempotency_key = sent.key
    annotation.consent_id = sent.consent
    annotation.created_at = moments.now()
    try:
        with transaction.atomic():
            _write(annotation, sent)
    except IntegrityError:
        if known := _known(sent.key):
            return known
        raise
    logger.info("submitted %s as %s", annotation.uuid, annotation.state)
    return annotation


def _write(annotation: Annotation, sent: Sending) -> None:
    page = sent.page
    count_post(annotation, network=sent.network)
    words: list[str] = []
    if annotation.user is None:
        count_confirm_mail(annotation.user_email)
        annotation.state = State.UNCONFIRMED
    else:
        words = words_that_hold(annotation)
        annotation.confirmed_at = annotation.created_at
        annotation.state = checking.state_after_confirmation(annotation, page, is_held=bool(words))
    threads.add_row(annotation, page=page)
    note_hold(annotation, before=State.UNCONFIRMED, words=words)
    if annotation.state == State.UNCONFIRMED:
        ask_for_confirmation(annotation=annotation, base_url=sent.base_url)
    elif annotation.state == State.PUBLIC:
        announce(annotation)
        mail_reply(reply=annotation, base_url=sent.base_url)
