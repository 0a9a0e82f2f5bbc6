"""Keeping a choice of the listing of annotations: each person's own ones."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from annotations.models import SavedFilter
from annotations.services import moments
from versioning.core.sanitizing import plain_text

if TYPE_CHECKING:
    from collections.abc import Collection
    from typing import Any

MOST = 20
"""Choices that one person may keep."""
NAME_LIMIT = 60
QUERY_LIMIT = 1_000


def cleaned_query(query: str, known: Collection[str]) -> str:
    """Return a query string without empty values and without names that nobody knows.

    Args:
        query: As it stands in an address, without the question mark.
        known: The names that are kept.
    """
    pairs = parse_qsl(query[: 4 * QUERY_LIMIT])
    return urlencode([(name, value) for name, value in pairs if name in known and value.strip()])


@transaction.atomic
def save_filter(*, user: Any, name: str, query: str, known: Collection[str]) -> SavedFilter:  # noqa: ANN401  # any user model
    """Keep a choice; one of the same name is replaced.

    Args:
        user: Whose it is.
        name: How the person finds it.
        query: The query string of the listing.
        known: Names of the listing's filters; others are left out.

    Raises:
        ValidationError: Without a name, with nothing chosen, with too much chosen, or where the
            person keeps 20 choices already.
    """
    name = " ".join(plain_text(name[: 4 * NAME_LIMIT], limit=4 * NAME_LIMIT).split())
    chosen = cleaned_query(query, known)
    if not name or len(name) > NAME_LIMIT:
        message = _("Please give the choice a name of at most %(limit)d characters.")
        raise ValidationError(message % {"limit": NAME_LIMIT}, code="name")
    if not chosen:
        raise ValidationError(_("Please choose something first."), code="empty")
    if len(chosen) > QUERY_LIMIT:
        raise ValidationError(_("This choice is too long to be kept."), code="too_long")
    own = list(SavedFilter.objects.select_for_update().filter(user=user.pk))
    if len(own) >= MOST and name not in {each.name for each in own}:
        message = _("You keep %(limit)d choices already. Please remove one first.")
        raise ValidationError(message % {"limit": MOST}, code="full")
    saved, _is_new = SavedFilter.objects.update_or_create(
        user=user, name=name, defaults={"query": chosen, "created_at": moments.now()}
    )
    return saved


def remove_filter(*, user: Any, pk: int) -> bool:  # noqa: ANN401  # any user model
    """Remove one of somebody's own choices, and tell whether there was one."""
    removed, _by_model = SavedFilter.objects.filter(user=user.pk, pk=pk).delete()
    return bool(removed)
