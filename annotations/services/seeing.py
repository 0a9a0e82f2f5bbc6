"""Noting that an objection was seen: authors object once, and somebody of the editors reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from annotations import permissions
from annotations.models import Annotation, Reaction
from annotations.services import moments

if TYPE_CHECKING:
    from collections.abc import Iterable


@transaction.atomic
def mark_objections_seen(*, annotations: Iterable[Annotation], actor: Any) -> int:  # noqa: ANN401  # any user model
    """Note who has seen the objections of the authors of annotations, and when; noted once.

    Args:
        annotations: Any; those without an objection, or with one that was seen, stay as they are.
        actor: Who has read them.

    Returns:
        How many objections were noted as seen.

    Raises:
        PermissionDenied: ``actor`` may not answer annotations on one of the pages.
        ValidationError: Code ``nothing``: none of them has an objection that nobody has seen.
    """
    keys = [annotation.pk for annotation in annotations]
    rows = list(
        Annotation.objects.filter(pk__in=keys).select_related("version__page").order_by("pk")
    )
    for page in {row.version.page_id: row.version.page for row in rows}.values():
        permissions.require(actor, "dispose", page)
    found = Reaction.objects.select_for_update().filter(annotation__in=keys).unseen_objections()
    seen = set(found.values_list("annotation_id", flat=True))
    if not seen:
        raise ValidationError(
            _("There is no objection here that nobody has seen yet."), code="nothing"
        )
    Reaction.objects.filter(annotation__in=seen).update(seen_at=moments.now(), seen_by=actor)
    for row in rows:
        if row.pk in seen:
            log(instance=row, action="annotations.see_objection", user=actor, title=str(row.uuid))
    return len(seen)
