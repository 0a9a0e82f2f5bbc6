"""Keeping what was done: in Wagtail's log and in a chain that nobody can edit."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log
from wagtail.models import Page

from versioning.core.records import details_hash, record_hash
from versioning.models import GateRecord

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.contrib.auth.models import User

    from versioning.models import Submission, Version

MAX_ROLE = 255
PUBLIC: frozenset[str] = frozenset(
    {"synopse.submit", "synopse.decide", "synopse.plan", "synopse.explain", "synopse.window"}
    | {"synopse.withhold", "synopse.continue", "synopse.document"}
    | {"synopse.build_package", "synopse.replace_package"}
)
"""Acts whose details are public anyway; of others the public gets the hash of the details."""
SALT_BYTES = 16


@transaction.atomic
def keep_record(  # noqa: PLR0913 -- the parts of a record
    *,
    page: Page,
    action: str,
    actor: User | None,
    data: Mapping[str, Any],
    version: Version | None = None,
    submission: Submission | None = None,
) -> GateRecord:
    """Keep an act about a text: in Wagtail's log, and as the next link of the page's chain.

    Services call it in the transaction of the act, so that there is none without the other. No
    name of a person belongs into ``data``: erasing somebody cannot reach it. Details that are not
    public get a salt, since few words could be guessed from their hash.

    Args:
        page: The page whose text is meant.
        action: A registered action of Wagtail's log, such as "synopse.submit".
        actor: Who did it, None for the machine.
        data: Details: texts, whole numbers, booleans, null, lists and mappings of them.
        version: Which version is meant.
        submission: Which submission is meant.

    Returns:
        The record as stored.
    """
    Page._base_manager.select_for_update().get(pk=page.pk)  # one after another
    kept = dict(data) if action in PUBLIC else {**data, "salt": secrets.token_hex(SALT_BYTES)}
    before = GateRecord.objects.filter(page=page.pk).order_by("-number").first()
    record = GateRecord(
        page_id=page.pk,
        number=before.number + 1 if before else 1,
        action=action,
        version=version,
        submission=submission,
        person=actor,
        role=_role_of(actor),
        data=kept,
        at=timezone.now(),
        details=details_hash(kept),
        previous_hash=before.hash if before else "",
    )
    record.hash = hash_of(record)
    record.save(force_insert=True)
    log(
        instance=page.specific_deferred,
        action=action,
        user=actor,
        data={**kept, "record": record.number, "record_hash": record.hash},
    )
    return record


def hash_of(record: GateRecord) -> str:
    """Return the hash that a record must have."""
    return record_hash(
        page=record.page_id,
        number=record.number,
        action=record.action,
        at=stamp(record.at),
        role=record.role,
        details=record.details,
        previous=record.previous_hash,
    )


def stamp(moment: datetime) -> str:
    """Return a moment as the chain holds it: in UTC, with microseconds."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _role_of(actor: User | None) -> str:
    """Return the groups of a person: departments and offices, no name."""
    if actor is None:
        return ""
    return ", ".join(actor.groups.order_by("name").values_list("name", flat=True))[:MAX_ROLE]
