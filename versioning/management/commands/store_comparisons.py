"""Store the comparisons of published versions."""

from __future__ import annotations

import sys
from collections import Counter
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from wagtail.models import Page

from versioning.models import Version
from versioning.services.storing import earlier_versions, is_current, store_comparison

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Iterator


class Command(BaseCommand):
    """Store what is missing or outdated, or everything anew."""

    help = "Stores comparisons of published versions that are missing or outdated."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the page and whether to compute everything."""
        parser.add_argument("--page", metavar="URL_PATH_OR_ID", help="only this page")
        parser.add_argument("--all", action="store_true", help="also what is stored and fits")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ANN401  # Django's signature
        """Store one comparison after the other and count."""
        counts: Counter[str] = Counter()
        for old, new in _pairs(options["page"]):
            counts[self._store(old, new, anew=options["all"])] += 1
        self.stdout.write(
            _("Stored: %(stored)d. Already stored: %(kept)d. Failed: %(failed)d.")
            % {name: counts[name] for name in ("stored", "kept", "failed")}
        )
        if counts["failed"]:
            sys.exit(1)

    def _store(self, old: Version, new: Version, *, anew: bool) -> str:
        """Store one comparison; what goes wrong with it does not stop the others."""
        if not anew and is_current(old=old, new=new):
            return "kept"
        try:
            store_comparison(old=old, new=new, anew=anew)
        except Exception as error:  # the sentence names it, the exit status tells
            self.stderr.write(
                _("Page %(page)d “%(title)s”, versions %(old)d and %(new)d: %(error)s")
                % {
                    "page": new.page_id,
                    "title": new.title,
                    "old": old.number,
                    "new": new.number,
                    "error": f"{type(error).__name__}: {error}",
                }
            )
            return "failed"
        return "stored"


def _pairs(wanted: str | None) -> Iterator[tuple[Version, Version]]:
    """Yield older and newer version, page by page, the newest first."""
    versions = Version.objects.order_by("page", "-number")
    if wanted:
        versions = versions.filter(page=_page_id(wanted))
    for new in versions:
        for old in earlier_versions(new):
            yield old, new


def _page_id(wanted: str) -> int:
    """Return the id of the page with this id, path in the tree or public address."""
    if wanted.isdecimal():
        found = Page.objects.filter(pk=int(wanted[:18]))
    else:
        path = f"/{wanted.strip('/')}/"
        found = Page.objects.filter(url_path=path)
        found = found if found.exists() else _at_address(path)
    page = found.values_list("pk", flat=True).first()
    if page is None:
        raise CommandError(_("There is no page “%(page)s”.") % {"page": wanted}, returncode=2)
    return int(page)


def _at_address(path: str) -> Any:  # noqa: ANN401  # a QuerySet of pages
    """Return the page with versions at a public address, which Wagtail's tree does not know."""
    versioned = Page.objects.filter(synopse_versions__isnull=False).distinct()
    keys = [page.pk for page in versioned if (page.get_url_parts() or (0, "", ""))[2] == path]
    return Page.objects.filter(pk__in=keys)
