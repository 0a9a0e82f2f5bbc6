"""What each role may do: one table, from which the groups are made."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Role:
    """What a group may do.

    Attributes:
        group: Name of the group.
        pages: Rights on the page tree below the home page, as Wagtail names them.
        permissions: Permissions of models, as ``app_label.codename``.
        collections: Rights on images and documents, as ``app_label.codename``.
    """

    group: str
    pages: tuple[str, ...] = ()
    permissions: tuple[str, ...] = ()
    collections: tuple[str, ...] = ()


EDITOR = Role(
    group="Redaktion",
    pages=("add", "change", "publish"),
    permissions=(
        "wagtailadmin.access_admin",
        "wagtail_localize.submit_translation",
        "synopse_versioning.view_version",
        "synopse_versioning.submit_version",
        "synopse_annotations.view_annotation",
        "synopse_annotations.dispose_annotation",
        "synopse_annotations.view_reasontext",
        "synopse_annotations.add_reasontext",
        "synopse_annotations.change_reasontext",
        "synopse_annotations.delete_reasontext",
        "synopse_pages.add_reusabletext",
        "synopse_pages.change_reusabletext",
        "synopse_pages.view_problemreport",
        "synopse_pages.change_problemreport",
    ),
    collections=(
        "wagtailimages.add_image",
        "wagtailimages.change_image",
        "wagtailimages.choose_image",
        "wagtaildocs.add_document",
        "wagtaildocs.change_document",
        "wagtaildocs.choose_document",
    ),
)
REVIEWER = Role(
    group="Prüfung",
    permissions=(
        "wagtailadmin.access_admin",
        "synopse_versioning.view_version",
        "synopse_annotations.view_annotation",
    ),
)
MODERATOR = Role(
    group="Moderation",
    permissions=(
        "wagtailadmin.access_admin",
        "synopse_versioning.view_version",
        "synopse_annotations.view_annotation",
        "synopse_annotations.moderate_annotation",
        "synopse_annotations.decide_report",
        "synopse_annotations.view_watchedword",
        "synopse_annotations.add_watchedword",
        "synopse_annotations.change_watchedword",
        "synopse_annotations.delete_watchedword",
        "synopse_pages.view_problemreport",
        "synopse_pages.change_problemreport",
    ),
)
SENATE_OFFICE = Role(
    group="Senat",
    permissions=(
        "wagtailadmin.access_admin",
        "synopse_versioning.view_version",
        "synopse_versioning.submit_version",
        "synopse_versioning.change_gatestep",
        "synopse_annotations.view_annotation",
    ),
)

DEPARTMENT = Role(
    group="",
    permissions=("wagtailadmin.access_admin", "synopse_versioning.view_version"),
)
"""What every department that co-signs may do; each has a group of its own."""

ROLES = (EDITOR, REVIEWER, MODERATOR, SENATE_OFFICE)
"""Every role of the site. Withholding a passage is no role's right: it stays with superusers."""
