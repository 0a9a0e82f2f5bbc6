"""Load the model case, once."""

from __future__ import annotations

import logging
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from annotations.services.queueing import sending_paused
from cms_pages.demo.growing import SIZES, grow
from cms_pages.demo.loading import is_loaded, load_demo, record_base_url

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Iterator


class Command(BaseCommand):
    """Load the model case through the services; what was written since stays."""

    help = "Load the model case: a finished first stage, an open second one, and its accounts."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the size and the address of the site."""
        parser.add_argument(
            "--size", choices=list(SIZES), default="s", help="s: the model case; m, l: many voices"
        )
        parser.add_argument(
            "--base-url",
            default=settings.WAGTAILADMIN_BASE_URL,
            help="begin of the links in mails, such as http://127.0.0.1:8000",
        )

    def handle(self, *args: Any, size: str, base_url: str, **options: Any) -> None:  # noqa: ANN401  # Django's signature
        """Load what is missing."""
        if not getattr(settings, "SYNOPSE_DEMO", False):
            message = "The demo has accounts whose password is known: it needs SYNOPSE_DEMO = True."
            raise CommandError(message)
        started = time.monotonic()
        with _quiet(), sending_paused():
            self._load(size, base_url)
        self.stdout.write(f"   Ready after {time.monotonic() - started:.0f} seconds.")

    def _load(self, size: str, base_url: str) -> None:
        if is_loaded(settings.SYNOPSE_DEMO_FOLDER):
            record_base_url(base_url)
            self.stdout.write("   The model case is there already; everything is kept.")
        else:
            load_demo(folder=settings.SYNOPSE_DEMO_FOLDER, base_url=base_url, say=self.stdout.write)
        if (many := SIZES[size]) is not None:
            grow(size=many, folder=settings.SYNOPSE_DEMO_FOLDER, say=self.stdout.write)
            _take_stock()


def _take_stock() -> None:
    """Let PostgreSQL count its rows now, as it would by itself some minutes later.

    Until then it plans for small tables, and the first visitors wait half a second.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the log of single annotations from hiding the progress."""
    before = logging.root.manager.disable
    logging.disable(logging.INFO)
    try:
        yield
    finally:
        logging.disable(before)
