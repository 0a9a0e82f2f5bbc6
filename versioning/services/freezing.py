"""Freezing: publishing makes the next version."""

from __future__ import annotations

import re
import uuid
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import transaction
from django.utils import timezone
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.log_actions import get_active_log_context, log
from wagtail.models import Locale, Page, ReferenceIndex

from versioning import extraction, fingerprints, stages
from versioning.core import hashing, identity, lineage, numbering
from versioning.models import DocumentUse, Passage, Version
from versioning.models.versions import VersionKind
from versioning.scrubbing import PLACEHOLDER
from versioning.services import correcting
from versioning.services.finality import TextIsFinal
from versioning.services.progress import final_version
from versioning.services.tracing import store_origins
from versioning.signals import version_published

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from datetime import datetime

    from django.contrib.auth.models import AbstractBaseUser

    from versioning.core.passages import PassageText, Row
    from versioning.models import VersionedPageMixin

FREEZE = "synopse.freeze"
_DOCUMENT = re.compile(r'<a linktype="document" id="([0-9]+)"')
MIN_RETURNED_WORDS = 4
"""Words from which on an equal text is taken for the passage that stood in an older version."""
_moment: ContextVar[datetime | None] = ContextVar("synopse_published_at", default=None)


class StoredState(NamedTuple):
    """What the database says about a page before it is saved."""

    live_revision_id: int | None
    alias_of_id: int | None


@contextmanager
def published_at(moment: datetime) -> Iterator[None]:
    """Date the versions that are frozen inside to a moment of the past, for imports of history.

    Args:
        moment: When they were really published.
    """
    token = _moment.set(moment)
    try:
        yield
    finally:
        _moment.reset(token)


def stored_state(page: VersionedPageMixin) -> StoredState:
    """Return what is stored of a page and lock it, so that numbers are given one after another."""
    stored = (
        Page._base_manager.select_for_update()
        .filter(pk=page.pk)
        .values_list("live_revision_id", "alias_of_id")
        .first()
    )
    return StoredState(*stored) if stored else StoredState(None, None)


def freeze_if_published(
    *, page: VersionedPageMixin, before: StoredState, is_partial: bool = False
) -> Version | None:
    """Freeze the next version where a save has published the page.

    That is where the live revision is another one than before, or where the page has just ceased
    to be an alias: then it keeps what the public has read through it.

    Args:
        page: The page as saved.
        before: What was stored before the save.
        is_partial: Only some fields were saved, so the rest is read from the database.

    Returns:
        The new version, if there is one.
    """
    if not page.live or page.alias_of_id:
        return None
    is_published = page.live_revision_id and page.live_revision_id != before.live_revision_id
    if not is_published and not before.alias_of_id:
        return None
    if is_partial:
        page = type(page)._base_manager.get(pk=page.pk)
    return freeze_version(page=page, user=get_active_log_context().user)


@transaction.atomic
def freeze_version(*, page: VersionedPageMixin, user: AbstractBaseUser | None) -> Version | None:
    """Freeze what a page says now as its next version.

    Permission is Wagtail's: only what Wagtail publishes is frozen.

    Args:
        page: A live page, no alias, as stored.
        user: Who published it, None for on schedule.

    Returns:
        The version, or None where nothing has changed since the newest one.

    Raises:
        UnreadableText: A field is nested too deeply.
        TextIsFinal: The text was resolved, and other words would take its place.
    """
    stored_state(page)
    newest = Version.objects.filter(page_id=page.pk).order_by("-number").first()
    previous = newest or stages.stage_before(page.pk)
    old = list(previous.passages.in_order()) if previous else []
    passages = draft_passages(page)
    revision_id = _own_revision_id(page)
    if newest and _same(old, passages):
        Version.objects.filter(pk=newest.pk, revision=None).update(revision=revision_id)
        return None
    final = final_version(page.pk) if newest else None
    if final is not None:
        if not _same_resolved(list(final.passages.in_order()), passages):
            raise TextIsFinal(page.title)
        if final == newest:  # words of it were withheld
            return None
    before, after = [p.as_text() for p in old], [_anonymous(p) for p in passages]
    known = correcting.known_pairs(page=page, version=newest, old=before, new=after)
    rows = lineage.trace(before, after, lineage=known.lineage, apart=known.apart)
    _identify(page, rows, old, passages, known.apart)
    version = _store(_version(page, previous, user, revision_id), passages)
    if previous:
        store_origins(version=version, old=old, new=passages, rows=rows)
    _use_up_corrections(page)
    _tell(version, page, user)
    return version


def says_the_same(page: VersionedPageMixin, version: Version) -> bool:
    """Tell whether a page has the words of a version; a placeholder stands for withheld ones.

    Args:
        page: The page as it would be published; nothing is stored.
        version: A version of the page.
    """
    return _same_resolved(list(version.passages.in_order()), draft_passages(page))


def draft_passages(page: VersionedPageMixin) -> list[Passage]:
    """Return the passages that a page would have if it were published now; nothing is stored.

    Raises:
        UnreadableText: A field is nested too deeply.
    """
    return _passages(page, extraction.passages_of(page))


def _passages(page: VersionedPageMixin, cut: Sequence[PassageText]) -> list[Passage]:
    """Return rows for what was cut, without identity and version."""
    images = get_image_model().objects.in_bulk({int(p.image) for p in cut if p.image})
    hashes: dict[tuple[str, str], str] = {}
    passages: list[Passage] = []
    for position, (text, citation) in enumerate(zip(cut, numbering.cite(cut), strict=True)):
        image = images.get(int(text.image)) if text.image else None
        if image is not None and (text.image, text.alt) not in hashes:
            hashes[text.image, text.alt] = fingerprints.image_hash(image, text.alt)
        passages.append(
            Passage(
                position=position,
                kind=text.kind,
                level=text.level,
                chapter=citation.chapter,
                number=citation.number,
                marker=text.marker,
                html=text.html,
                html_hash=hashing.text_hash(text.html),
                text=text.text,
                text_hash=hashing.text_hash(text.text),
                block=text.block[:255],
                locale=page.locale,
                image=image,
                image_hash=hashes[text.image, text.alt] if image is not None else "",
                alt=text.alt,
            )
        )
    return passages


def _same(old: Sequence[Passage], new: Sequence[Passage]) -> bool:
    def content(passages: Sequence[Passage]) -> list[tuple[Any, ...]]:
        return [(p.text, p.html, p.kind, p.level, p.marker, p.image_hash) for p in passages]

    return content(old) == content(new)


def _same_resolved(old: Sequence[Passage], new: Sequence[Passage]) -> bool:
    """Tell whether passages say what was resolved, with a placeholder where words had to leave."""
    if len(old) != len(new):
        return False
    return all(
        after.text == PLACEHOLDER if before.is_withheld else _same([before], [after])
        for before, after in zip(old, new, strict=True)
    )


def _anonymous(passage: Passage) -> PassageText:
    """Return a passage as plain data without the uid that no one has given it yet."""
    return passage.as_text(uid="")


def _identify(
    page: VersionedPageMixin,
    rows: Sequence[Row],
    old: Sequence[Passage],
    new: Sequence[Passage],
    apart: Collection[tuple[int, int]],
) -> None:
    """Give each passage its uid, and the source's locale where it is not translated yet."""
    before, after = [p.as_text() for p in old], [_anonymous(p) for p in new]
    source = _source_passages(page)
    if source:
        texts = [p.as_text() for p in source]
        uids = identity.translated_uids(rows, before, after, texts, _no_uid)
    else:
        uids = lineage.assign_uids(rows, before, after, _no_uid)
    uids = _with_returned(page, uids, old, new, apart)
    locales = {passage.text: passage.locale_id for passage in source}
    for passage, uid in zip(new, uids, strict=True):
        passage.uid = uuid.UUID(uid) if uid else uuid.uuid4()
        if identity.untranslated(passage.text, locales.keys()):
            passage.locale_id = locales[passage.text]


def _no_uid() -> str:
    return ""


def _with_returned(
    page: VersionedPageMixin,
    uids: Sequence[str],
    old: Sequence[Passage],
    new: Sequence[Passage],
    apart: Collection[tuple[int, int]],
) -> list[str]:
    """Give passages that come back unchanged after a version without them the uid they had.

    Whoever says that a passage is new means that, too.
    """
    refused = {j for _i, j in apart}
    missing = {
        j: (new[j].text_hash, new[j].kind)
        for j, uid in enumerate(uids)
        if not uid and j not in refused and len(new[j].text.split()) >= MIN_RETURNED_WORDS
    }
    if not missing or not old:
        return list(uids)
    gone = (
        Passage.objects.filter(
            version__page=page.pk,
            text_hash__in={words for words, _kind in missing.values()},
            withheld_at=None,
        )
        .exclude(uid__in=[passage.uid for passage in old])
        .values_list("text_hash", "kind", "uid")
        .distinct()
    )
    known: dict[tuple[str, str], set[str]] = {}
    for words, kind, uid in gone.order_by("text_hash", "kind", "uid"):
        known.setdefault((words, kind), set()).add(str(uid))
    return lineage.with_returned(uids, missing, known)


def _source_passages(page: VersionedPageMixin) -> list[Passage]:
    """Return the newest passages of the page that this one translates.

    The source is the page that was frozen first among the translations of one another.
    """
    first = (
        Version.objects.filter(page__translation_key=page.translation_key)
        .order_by("pk")
        .values_list("page_id", flat=True)
        .first()
    )
    if first is None or first == page.pk:
        return []
    newest = Version.objects.filter(page_id=first).order_by("-number").values("pk")[:1]
    return list(Passage.objects.filter(version__in=newest).in_order())


def _use_up_corrections(page: VersionedPageMixin) -> None:
    """Empty the corrections of the page's row; the revision keeps what it was published with."""
    if page.version_corrections:
        page.version_corrections = []
        type(page)._base_manager.filter(pk=page.pk).update(version_corrections=[])


def _own_revision_id(page: VersionedPageMixin) -> int | None:
    """Return the live revision, unless it is another page's (Wagtail copies the link)."""
    revision = page.live_revision
    return revision.pk if revision and str(revision.object_id) == str(page.pk) else None


def _version(
    page: VersionedPageMixin,
    previous: Version | None,
    user: AbstractBaseUser | None,
    revision_id: int | None,
) -> Version:
    """Return the next version; an editorial one inherits the window of the one before.

    Args:
        page: A live page.
        previous: The version before it, which may be the final one of the stage before.
        user: Who published it.
        revision_id: The live revision.
    """
    newest = previous if previous and previous.page_id == page.pk else None
    window = (page.version_opens, page.version_closes)
    if newest and page.version_kind == VersionKind.EDITORIAL:
        window = (newest.opens, newest.closes)
    return Version(
        page_id=page.pk,
        number=newest.number + 1 if newest else 1,
        title=page.title,
        label=page.version_label,
        summary=page.version_summary,
        kind=page.version_kind,
        locale_id=page.locale_id,
        revision_id=revision_id,
        published_at=_moment.get() or timezone.now(),
        published_by_id=user.pk if user else None,
        opens=window[0],
        closes=window[1],
        previous_hash=previous.content_hash if previous else "",
    )


def _store(version: Version, passages: list[Passage]) -> Version:
    locales = dict(Locale.objects.values_list("pk", "language_code"))
    version.content_hash = fingerprints.content_hash(version, passages, locales)
    version.save(force_insert=True)
    for passage in passages:
        passage.version = version
    Passage.objects.bulk_create(passages)
    _protect(passages)
    return version


def _protect(passages: Sequence[Passage]) -> None:
    """Note which images and documents the passages use, so that Wagtail refuses to delete them."""
    linked = {p: {int(key) for key in _DOCUMENT.findall(p.html)} for p in passages}
    keys = set().union(*linked.values())
    known = set(get_document_model().objects.filter(pk__in=keys).values_list("pk", flat=True))
    uses = DocumentUse.objects.bulk_create(
        DocumentUse(passage=passage, document_id=key)
        for passage, found in linked.items()
        for key in sorted(found & known)
    )
    for user in (*uses, *(passage for passage in passages if passage.image_id)):
        ReferenceIndex.create_or_update_for_object(user)


def _tell(version: Version, page: VersionedPageMixin, user: AbstractBaseUser | None) -> None:
    log(
        instance=page,
        action=FREEZE,
        user=user,
        revision=version.revision,
        data={"number": version.number, "label": version.label, "hash": version.content_hash},
    )
    send = partial(version_published.send, sender=Version, version=version)
    transaction.on_commit(send, robust=True)
