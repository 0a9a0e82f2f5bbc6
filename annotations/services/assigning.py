"""Assigning annotations to an office, and perhaps to one person of it, until a day."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from annotations import permissions
from annotations.models import Assignment
from annotations.services import moments, staff
from annotations.services.queueing import note_news

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from typing import Any

    from django.db.models import QuerySet

    from annotations.models import Annotation


@transaction.atomic
def assign(
    *,
    annotations: Sequence[Annotation],
    actor: Any,  # noqa: ANN401  # any user model
    office: Group,
    person: Any = None,  # noqa: ANN401  # any user model
    due_on: date | None = None,
) -> list[Assignment]:
    """Let an office look after annotations; what was assigned before is replaced.

    The members of the office hear of it by mail, or only the person where one is named.

    Args:
        annotations: Roots, of any pages.
        actor: An editor of these pages.
        office: One of ``offices``.
        person: A member of the office.
        due_on: Until when an answer is expected, today or later.

    Returns:
        The assignments, in the order of the annotations.

    Raises:
        PermissionDenied: ``actor`` may not dispose on one of the pages.
        ValidationError: By field, or code ``reply``.
    """
    for page in {row.version.page_id: row.version.page for row in annotations}.values():
        permissions.require(actor, "assign", page)
    _check(annotations, office, person, due_on)
    act, now = uuid.uuid4(), moments.now()
    values = {"office": office, "person": person, "due_on": due_on, "by": actor, "at": now}
    made = []
    for row in annotations:
        assignment, _is_new = Assignment.objects.update_or_create(
            annotation=row, defaults={**values, "act": act}
        )
        log(
            instance=row,
            action="annotations.assign",
            user=actor,
            title=str(row.uuid),
            data={"to": str(assignment)},
        )
        made.append(assignment)
    if made:
        note_news(f"assigned:{act}")
    return made


def offices() -> QuerySet[Group]:
    """Return the groups that can look after annotations: those that see them in the admin."""
    rows = Group.objects.filter(
        permissions__content_type__app_label="synopse_annotations",
        permissions__codename__in=staff.OPENING,
    )
    return rows.distinct().order_by("name")


def people_of_offices() -> QuerySet[Any]:
    """Return the members of all offices."""
    return staff.who_can_open().filter(Q(groups__in=offices().values("pk"))).distinct()


def _check(
    annotations: Sequence[Annotation],
    office: Group,
    person: Any,  # noqa: ANN401  # any user model
    due_on: date | None,
) -> None:
    errors: dict[str, ValidationError] = {}
    if not offices().filter(pk=office.pk).exists():
        message = _("This group does not see annotations in the admin.")
        errors["office"] = ValidationError(message, code="blind")
    if person is not None and not person.groups.filter(pk=office.pk).exists():
        message = _("This person does not belong to the office.")
        errors["person"] = ValidationError(message, code="stranger")
    if due_on is not None and due_on < timezone.localdate():
        errors["due_on"] = ValidationError(_("This day is over."), code="past")
    if errors:
        raise ValidationError(errors)
    if any(row.is_reply for row in annotations):
        raise ValidationError(_("Replies are not assigned, only annotations."), code="reply")
