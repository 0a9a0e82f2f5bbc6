"""Importing a text into a draft, new or existing."""

from __future__ import annotations

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
from cms_pages.core.slugs import ascii_slug
from cms_pages.models import ParticipationProcessPage, StrategyDraftPage
from cms_pages.services.images import store_images
from versioning.core.normalizing import normal_form
from versioning.extraction import block_sources

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
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
    """

    page: StrategyDraftPage
    revision: Revision
    version: Version | None
    kept: int
    blocks: int


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

    Returns:
        What was stored.

    Raises:
        PermissionDenied: ``actor`` may not edit, add or publish there.
        ValidationError: The text, the title or the window cannot be used. Then nothing is stored.
    """
    if not document:
        raise ValidationError({"file": _("The file holds no text.")}, code="empty")
    target = _draft_of(page) if page is not None else _new_draft(parent, title, intro)
    _require(actor, target, parent, is_published=publish is not None)
    images = _known_images(target, document)
    if folder:
        images |= store_images(document, folder=folder, actor=actor)
    blocks = draft_blocks(document, images=images)
    known = _known_blocks(target)
    keys = keys_for(blocks, known)
    target.body = _stream(target, blocks, keys)
    if publish is not None:
        _set_version_details(target, publish)
    revision = _store(target, parent, actor)
    kept = len({block.key for block in known} & set(keys))
    version = _publish(revision, target, actor) if publish is not None else None
    return ImportedDraft(target, revision, version, kept, len(blocks))


def _draft_of(page: StrategyDraftPage) -> StrategyDraftPage:
    if page.alias_of_id:
        raise ValidationError(
            {"page": _("This page is an alias: import into its original instead.")}, code="alias"
        )
    stored = StrategyDraftPage.objects.get(pk=page.pk)
    draft: StrategyDraftPage = stored.get_latest_revision_as_object()
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


def _require(
    actor: User | None,
    target: StrategyDraftPage,
    parent: ParticipationProcessPage | None,
    *,
    is_published: bool,
) -> None:
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


def _store(
    page: StrategyDraftPage, parent: ParticipationProcessPage | None, actor: User | None
) -> Revision:
    """Save the draft as a revision; a new page is made first."""
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
