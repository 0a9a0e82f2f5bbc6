"""Prepare a new site: languages, home page, standard pages, groups."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from cms_pages.services.site_setup import record_address_once, set_up_site


class Command(BaseCommand):
    """Prepare a new site; calling it again changes nothing."""

    help = (
        "Prepare a new site: languages, address, home and standard pages, the groups of all roles."
    )

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ANN401  # Django's signature
        """Set the site up and say what stands."""
        done = set_up_site()
        for home in done.homes:
            self.stdout.write(f"Home page: {home.title} ({home.locale.language_code})")
        if done.home is None:
            self.stdout.write("The site shows a page of its own: no home page was made.")
        site = record_address_once(settings.WAGTAILADMIN_BASE_URL)
        self.stdout.write(f"Address in mails: {site.root_url} (Settings, Sites)")
        self.stdout.write("Groups: " + ", ".join(group.name for group in done.groups))
