"""Background work; every task may run twice without harm."""

from __future__ import annotations

from django_tasks import task

from versioning.models import Version
from versioning.services import exporting, packaging, storing


@task()
def store_comparisons_of(version_id: int) -> int:
    """Store the comparisons of a version with those before it."""
    return storing.store_comparisons_of(version=Version.objects.get(pk=version_id))


@task()
def request_exports_of(version_id: int) -> int:
    """Have the files of a version made that would keep readers waiting."""
    versions = Version.objects.select_related("locale", "page")
    return exporting.request_exports_of(version=versions.get(pk=version_id))


@task()
def build_export(export_id: int) -> bool:
    """Make a file that was asked for."""
    return exporting.build_export(export=export_id)


@task()
def build_package(key: int) -> bool:
    """Build an edition of a submission package."""
    return packaging.build_package(key=key)


IDEMPOTENT = frozenset(
    {
        store_comparisons_of.module_path,
        request_exports_of.module_path,
        build_export.module_path,
        build_package.module_path,
    }
)
"""Tasks that are put back into the queue when their worker is gone."""
