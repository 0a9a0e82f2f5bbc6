"""Importing a text into a draft, new or existing."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.blocks.stream_block import StreamValue
from wagtail.coreutils import find_available_slug
from wagtail.log_actions import LogContext

from cms_pages.core.drafting import draft_blocks, image_name
from cms_pages.core.recognizing import KnownBlock, keys_for
from cms_pages.models import ParticipationProcessPage, StrategyDraftPage
from cms_pages.services.images import store_images, store_taken, usable_images
from versioning.core.normalizing import normal_form
from versioning.core.slugs import ascii_slug
from versioning.extraction import block_sources

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from django.contrib.auth.models import User
    from wagtail.models import Revision

    from cms_pages.core.documents import DocumentBlock
    from cms_pages.core.drafting import DraftBlock
    from versioning.models import Version

MAX_BLOCKS = 3_000
"""How many blocks a draft may get from one file; more would make its editor unusable."""


@dataclass(frozen=True, slots=True)
class VersionDetails:
    """How the version is called that an import publishes.

    Attributes:
        label: Its label.
        summary: What is new.
        kind: Whether it is new in substance or an editorial correction.
        opens: When the comment window opens.
        closes: When it closes.
    """

    label: str = ""
    summary: str = ""
    kind: str = "substantive"
    opens: datetime | None = None
    closes: datetime | None = None


@dataclass(frozen=True, slots=True)
class ImportedDraft:
    """What an import stored.

    Attributes:
        page: The draft.
        revision: The new revision that holds the text.
        version: The version that it was published as, None if it was not.
        kept: How many blocks kept their id.
        blocks: How many blocks the draft has now.
        notes: How many comments of the file were kept as notes.
    """

    page: StrategyDraftPage
    revision: Revision
    version: Version | None
    kept: int
    blocks: int
    notes: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import would make of a draft.

    Attributes:
        page: The draft with its new text; nothing of it is stored.
        known: What the draft held before.
        blocks: What it would hold.
        keys: The id of each of these blocks.
    """

    page: StrategyDraftPage
    known: list[KnownBlock]
    blocks: list[DraftBlock]
    keys: list[str]

    @property
    def kept(self) -> int:
        """How many blocks would keep their id."""
        return len({block.key for block in self.known} & set(self.keys))


@transaction.atomic
def import_draft(  # noqa: PLR0913  # keyword-only: each names one choice of the person
    *,
    document: Sequence[DocumentBlock],
    actor: User | None,
    page: StrategyDraftPage | None = None,
    parent: ParticipationProcessPage | None = None,
    title: str = "",
    intro: str = "",
    publish: VersionDetails | None = None,
    folder: Path | None = None,
    files: Mapping[str, bytes] | None = None,
) -> ImportedDraft:
    """Import a text into a draft page and publish it where asked.

    Args:
        document: Blocks of the text, in reading order.
        actor: Who imports; None for the person who runs the server's commands.
        page: The draft that gets the text; its recognised blocks keep their ids.
        parent: The process under which a new draft is made, instead of ``page``.
        title: Title of the new draft.
        intro: Introduction of the new draft, as rich text.
        publish: How the published version is called; None leaves a draft.
        folder: Where the files of images lie; None keeps the images that the draft has already
            and leaves the captions of all others.
        files: Images that the document holds itself, by name.

    Returns:
        What was stored.

    Raises:
        PermissionDenied: ``actor`` may not edit, add or publish there.
        ValidationError: The text, the title or the window cannot be used. Then nothing is stored.
    """
    target = target_of(page=page, parent=parent, title=title, intro=intro)
    require_import(actor, target, parent, is_published=publish is not None)
    images = store_images(document, folder=folder, actor=actor) if folder else {}
    images |= store_taken(document, usable_images(files or {}), actor=actor)
    plan = plan_for(target, document, images=images)
    if publish is not None:
        _set_version_details(target, publish)
    revision = store_plan(plan, parent=parent, actor=actor)
    version = _publish(revision, target, actor) if publish is not None else None
    return ImportedDraft(target, revision, version, plan.kept, len(plan.blocks))


def target_of(
    *,
    page: StrategyDraftPage | None,
    parent: ParticipationProcessPage | None,
    title: str = "",
    intro: str = "",
) -> StrategyDraftPage:
    """Return the draft that gets a text: the newest state of a page, or a new one.

    Raises:
        ValidationError: It is an alias, or title or process of a new one are missing.
    """
    return _draft_of(page) if page is not None else _new_draft(parent, title, intro)


def plan_for(
    target: StrategyDraftPage,
    document: Sequence[DocumentBlock],
    *,
    images: Mapping[str, int],
    fresh: Callable[[int], str] = lambda _index: str(uuid.uuid4()),
) -> Plan:
    """Put a text into a draft without storing anything.

    Args:
        target: See ``target_of``; its text is replaced.
        document: Blocks of the text, in reading order.
        images: Keys of images by name, besides those that the draft has already.
        fresh: Makes the id of a block that is new, of its index.

    Raises:
        ValidationError: There is no text, or too much.
    """
    if not document:
        raise ValidationError({"file": _("The file holds no text.")}, code="empty")
    blocks = draft_blocks(document, images={**_known_images(target, document), **images})
    known = _known_blocks(target)
    keys = keys_for(blocks, known, fresh=fresh)
    target.body = _stream(target, blocks, keys)
    return Plan(target, known, blocks, keys)


def _draft_of(page: StrategyDraftPage) -> StrategyDraftPage:
    if page.alias_of_id:
        raise ValidationError(
            {"page": _("This page is an alias: import into its original instead.")}, code="alias"
        )
    stored = StrategyDraftPage.objects.get(pk=page.pk)
    draft: StrategyDraftPage = stored.get_latest_revision_as_object()
    draft.drop_used_plan()
    return draft


def _new_draft(
    parent: ParticipationProcessPage | None, title: str, intro: str
) -> StrategyDraftPage:
    if parent is None:
        raise ValidationError({"parent": _("Choose a process for the new draft.")}, code="required")
    if not title.strip():
        raise ValidationError({"title": _("The new draft needs a title.")}, code="required")
    _check_length("title", "title", title.strip())
    return StrategyDraftPage(
        title=title.strip(),
        slug=find_available_slug(parent, ascii_slug(title) or "text"),
        intro=intro,
        live=False,
        locale=parent.locale,
    )


def _check_length(name: str, field: str, value: str) -> None:
    """Refuse what does not fit into its column, by the name that the person knows."""
    limit = getattr(StrategyDraftPage._meta.get_field(field), "max_length", 0)
    if len(value) > limit:
        text = _("Use at most %(limit)d characters.") % {"limit": limit}
        raise ValidationError({name: text}, code="too_long")


def require_import(
    actor: User | None,
    target: StrategyDraftPage,
    parent: ParticipationProcessPage | None,
    *,
    is_published: bool = False,
) -> None:
    """Stop whoever may not import there.

    Raises:
        PermissionDenied: ``actor`` may not edit, add or publish there.
        ValidationError: The page is locked.
    """
    if actor is None:
        return
    if parent is not None and target.pk is None:
        rights = parent.permissions_for_user(actor)
        is_allowed = rights.can_add_subpage() and (not is_published or rights.can_publish_subpage())
    else:
        rights = target.permissions_for_user(actor)
        is_allowed = rights.can_edit() and (not is_published or rights.can_publish())
        if is_allowed and rights.page_locked():
            raise ValidationError(
                {"page": _("This page is locked; unlock it before importing.")}, code="locked"
            )
    if not is_allowed:
        raise PermissionDenied(_("You may not import a text here."))


def _known_images(page: StrategyDraftPage, document: Sequence[DocumentBlock]) -> dict[str, int]:
    """Return the images that the draft has already, by the name that the document gives them."""
    present: dict[str, int] = {}
    for child in page.body:
        if child.block_type == "image" and child.value["image"] is not None:
            present[child.id or ""] = present[child.value["caption"]] = child.value["image"].pk
    return {
        image_name(block): present.get(block.source.key) or present[block.source.text]
        for block in document
        if block.source.kind == "image"
        and (block.source.key in present or block.source.text in present)
    }


def _known_blocks(page: StrategyDraftPage) -> list[KnownBlock]:
    return [_known_block(child) for child in page.body]


def _known_block(child: StreamValue.StreamChild) -> KnownBlock:
    sources = [html for _key, html in block_sources(child.block, child.value, child.id or "")]
    lines = [normal_form(html)[1] for html in sources]
    heading = lines[0] if child.block_type in {"chapter", "measure"} and lines else ""
    if child.block_type == "text" and sources and sources[0].lstrip().startswith("<h"):
        head, _end, _rest = sources[0].partition("</h")
        heading = normal_form(head)[1]
    return KnownBlock(child.block_type, child.id or "", " ".join(lines), heading)


def _stream(
    page: StrategyDraftPage, blocks: Sequence[DraftBlock], keys: Iterable[str]
) -> StreamValue:
    """Return the blocks as the value of the page's stream.

    Raises:
        ValidationError: There are too many.
    """
    if len(blocks) > MAX_BLOCKS:
        raise ValidationError(
            {"file": _("The text has too many sections: at most %(limit)d can be imported.")
             % {"limit": MAX_BLOCKS}},
            code="too_many",
        )  # fmt: skip
    raw: list[dict[str, Any]] = [
        {"type": block.kind, "value": block.value, "id": key}
        for block, key in zip(blocks, keys, strict=True)
    ]
    return StreamValue(page.body.stream_block, raw, is_lazy=True)


def _set_version_details(page: StrategyDraftPage, details: VersionDetails) -> None:
    if details.opens and details.closes and details.closes <= details.opens:
        raise ValidationError(
            {"closes": _("The comment window must end after it begins.")}, code="window"
        )
    _check_length("label", "version_label", details.label)
    page.plan_version(
        label=details.label,
        summary=details.summary,
        kind=details.kind,
        opens=details.opens,
        closes=details.closes,
    )


def store_plan(
    plan: Plan, *, parent: ParticipationProcessPage | None, actor: User | None
) -> Revision:
    """Save the draft as a revision; a new page is made first."""
    page = plan.page
    if page.pk is None and parent is not None:
        parent.refresh_from_db()
        parent.add_child(instance=page)
    page.full_clean()
    return page.save_revision(user=actor, log_action=True)


def _publish(revision: Revision, page: StrategyDraftPage, actor: User | None) -> Version | None:
    with LogContext(user=actor):
        revision.publish(user=actor)
    page.refresh_from_db()
    return page.newest_version
