"""Stamps: how one process knows that another has changed what the public sees.

Whoever writes adds a stamp in the same transaction. Whoever keeps a page reads the state of the
stamps before reading anything else, and keeps it with the page. A kept page holds while the state
is still the same: a change that is not committed when the state is read adds its stamp later, so
nothing that was read before can pass for new.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Count, Sum
from django.utils import timezone
from wagtail.contrib.settings.models import BaseGenericSetting, BaseSiteSetting
from wagtail.documents.models import AbstractDocument
from wagtail.images.models import AbstractImage
from wagtail.models import Locale, Page, PageViewRestriction, Site
from wagtail.snippets.models import get_snippet_models

from versioning.models import Stamp

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from django.db.models import QuerySet

    State = tuple[int, int]

FRAME = 0
"""The topic of what stands around every text: navigation, languages, footer, settings."""
KEPT = timedelta(minutes=10)
"""How old stamps are swept out; entries of caches live much shorter."""

_FRAME_MODELS = (
    Page,
    Site,
    Locale,
    PageViewRestriction,
    BaseGenericSetting,
    BaseSiteSetting,
    AbstractImage,
    AbstractDocument,
)
_DRAFTS_ONLY = frozenset(
    {"latest_revision", "latest_revision_created_at", "draft_title", "has_unpublished_changes"}
)
"""Fields of a page that change when only a draft is saved."""


def touch(*page_ids: int) -> None:
    """Say that the public pages of some texts have changed; call it in the transaction.

    What is said about a text in one language shows in the others, so they are touched, too.

    Args:
        page_ids: Pages whose versions are shown; aliases show those of their originals.
    """
    of_texts = Page.objects.filter(pk__in=page_ids).order_by().values("translation_key")
    topics = Page.objects.filter(translation_key__in=of_texts).order_by("pk")
    _add(*topics.values_list("pk", flat=True))


def touch_frame() -> None:
    """Say that something has changed which any page may show."""
    _add(FRAME)


def _add(*topics: int) -> None:
    Stamp.objects.bulk_create(Stamp(topic=topic) for topic in topics)


def state_of(*topics: int) -> State:
    """Return the state of texts and of the frame, in one query."""
    rows = Stamp.objects.filter(topic__in={FRAME, *topics})
    found = rows.aggregate(number=Count("pk"), marks=Sum("mark"))
    return found["number"], found["marks"] or 0


def states() -> dict[int, State]:
    """Return the states of all topics that were changed of late, in one query."""
    rows = Stamp.objects.order_by().values("topic").annotate(number=Count("pk"), marks=Sum("mark"))
    return {row["topic"]: (row["number"], row["marks"]) for row in rows}


def joined(known: Mapping[int, State], *topics: int) -> State:
    """Return from ``states`` what ``state_of`` would have returned."""
    pairs = [known.get(one, (0, 0)) for one in {FRAME, *topics}]
    return sum(pair[0] for pair in pairs), sum(pair[1] for pair in pairs)


@transaction.atomic
def sweep_stamps() -> int:
    """Delete old stamps; a new one of the frame keeps old states from coming back.

    Returns:
        How many were deleted.
    """
    old: QuerySet[Stamp] = Stamp.objects.filter(at__lt=timezone.now() - KEPT)
    deleted = old.delete()[0]
    if deleted:
        touch_frame()
    return deleted


def touch_after_save(
    sender: type,
    instance: object,
    update_fields: Iterable[str] | None = None,
    **kwargs: Any,  # noqa: ANN401
) -> None:
    """Touch the frame when a page, a setting, a snippet or the like was saved or deleted."""
    if _is_of_frame(sender) and not (update_fields and _DRAFTS_ONLY.issuperset(update_fields)):
        touch_frame()


def touch_after_move(sender: type, **kwargs: Any) -> None:  # noqa: ANN401  # a receiver
    """Touch the frame when a page was moved, which saves nothing."""
    touch_frame()


def touch_own_page(sender: type, instance: Any, **kwargs: Any) -> None:  # noqa: ANN401  # a receiver
    """Touch the text of a version, or of something that belongs to a version."""
    touch(getattr(instance, "version", instance).page_id)


def _is_of_frame(model: type) -> bool:
    return issubclass(model, _FRAME_MODELS) or model in get_snippet_models()
