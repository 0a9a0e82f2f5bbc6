"""Background work; every task may run twice without harm."""

from __future__ import annotations

from django_tasks import task

from versioning.models import Version
from versioning.services import storing


@task()
def store_comparisons_of(version_id: int) -> int:
    """Store the comparisons of a version with those before it."""
    return storing.store_comparisons_of(version=Version.objects.get(pk=version_id))


IDEMPOTENT = frozenset({store_comparisons_of.module_path})
"""Tasks that are put back into the queue when their worker is gone."""
