"""Withholding words where the law demands it: personal data, a court order."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import Page, ReferenceIndex
from wagtail.search import index

from versioning import permissions, stages, stamps
from versioning.models import Change, DocumentUse, Passage
from versioning.scrubbing import scrub_content
from versioning.services.exporting import forget_exports
from versioning.services.package_words import withhold_from_packages
from versioning.services.records import keep_record
from versioning.services.storing import forget_comparisons, lock_versions
from versioning.signals import passages_withheld

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from uuid import UUID

    from django.contrib.auth.models import AbstractBaseUser

WITHHOLD = "synopse.withhold"
MAX_GROUND = 255


@transaction.atomic
def withhold_passage(*, passage: Passage, ground: str, actor: AbstractBaseUser) -> list[Passage]:
    """Take the words of a passage out of everything that this app and Wagtail keep of a page.

    Withheld is every passage with the same words on any version of the page, of its translations
    and of the stages before and after it. Ground, person and time are shown; the hashes stay, so
    the chain stays valid. In drafts and revisions a placeholder stands for the words. Whoever
    keeps copies of them listens to ``passages_withheld``.

    Args:
        passage: A passage whose words have to leave.
        ground: Public ground, without the words.
        actor: Who answers for it.

    Returns:
        The passages that were withheld.

    Raises:
        PermissionDenied: ``actor`` may not withhold words of this page.
        ValidationError: The ground is missing or too long, or the words have left already.
    """
    page = passage.version.page
    permissions.require(actor, "withhold", page)
    stored = Passage.objects.select_for_update().get(pk=passage.pk)
    ground = _validated(stored, ground)
    keys = stages.keys_of_stages(page)
    same = list(_with_same_words(keys, stored))
    versions = {found.version_id for found in same}
    lock_versions(versions)
    pages = list(Page.objects.filter(translation_key__in=keys).specific())
    for kept in (*pages, *_aliases(pages)):
        _scrub_page(kept, [stored.text, stored.alt] if stored.alt else [stored.text])
    _withhold(same, ground, actor)
    forget_comparisons(versions=versions)
    forget_exports(versions=versions)
    withhold_from_packages(passages=same, ground=ground)
    numbers = sorted({found.version.number for found in same})
    data = {"ground": ground, "versions": numbers, "passages": [found.pk for found in same]}
    keep_record(
        page=page,
        action=WITHHOLD,
        actor=actor,  # type: ignore[arg-type]  # the site's users have groups
        data=data,
        version=passage.version,
    )
    send = partial(passages_withheld.send, sender=Passage, passages=same)
    transaction.on_commit(send, robust=True)
    return same


def _validated(passage: Passage, ground: str) -> str:
    ground = ground.strip()
    if passage.is_withheld:
        raise ValidationError(_("The words of this passage are withheld already."))
    if not ground:
        raise ValidationError({"ground": _("Say on which ground the words are withheld.")})
    if len(ground) > MAX_GROUND:
        message = _("The ground may have at most %(count)d characters.") % {"count": MAX_GROUND}
        raise ValidationError({"ground": message})
    return ground


def _with_same_words(keys: Collection[UUID], passage: Passage) -> Any:  # noqa: ANN401  # a QuerySet of passages
    return Passage.objects.filter(
        version__page__translation_key__in=keys,
        text_hash=passage.text_hash,
        withheld_at=None,
    ).select_related("version")


def _aliases(pages: Sequence[Page]) -> list[Page]:
    """Return the pages that show one of some pages under another address."""
    found: list[Page] = []
    known = {page.pk for page in pages}
    layer = known
    while layer:
        aliases = Page.objects.filter(alias_of__in=layer).exclude(pk__in=known).specific()
        found.extend(aliases)
        layer = {page.pk for page in aliases}
        known |= layer
    return found


def _scrub_page(page: Page, texts: Sequence[str]) -> None:
    """Take texts out of the row of a page and out of its revisions, past ``save()``."""
    if not getattr(page, "versioned_fields", ()):
        return
    content = page.serializable_data()
    if _scrub(page, content, texts):
        clean = page.with_content_json(content)
        fields = {name: getattr(clean, name) for name in page.versioned_fields}
        type(page)._base_manager.filter(pk=page.pk).update(**fields)
        index.insert_or_update_object(clean)
    for revision in page.revisions.all():
        if _scrub(page, revision.content, texts):
            revision.save(update_fields=["content"])


def _scrub(page: Page, content: dict[str, Any], texts: Sequence[str]) -> bool:
    changed = [scrub_content(page, content, text) for text in texts]
    return any(changed)


def _withhold(passages: Sequence[Passage], ground: str, actor: AbstractBaseUser) -> None:
    """Empty the rows, past the belt that protects published words."""
    keys = [passage.pk for passage in passages]
    now = timezone.now()
    Passage._base_manager.filter(pk__in=keys).update(
        text="",
        html="",
        alt="",
        image=None,
        withheld_at=now,
        withheld_by_id=actor.pk,
        withheld_ground=ground,
    )
    for old_side, words in (("old_passages__in", "old_words"), ("new_passages__in", "new_words")):
        changes = Change.objects.filter(**{old_side: keys}).values("pk")
        Change.objects.filter(pk__in=list(changes.values_list("pk", flat=True))).update(
            **{words: ""}
        )
    for use in DocumentUse.objects.filter(passage__in=keys):
        use.delete()
    stamps.touch(*{passage.version.page_id for passage in passages})
    for passage in passages:
        ReferenceIndex.remove_for_object(passage)
        passage.refresh_from_db()
