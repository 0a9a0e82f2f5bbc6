"""What stands on the site before a test: made once in each process, put back for each test.

A snapshot holds the database, uploaded files and mails, and copies of the objects that were made.
"""

from __future__ import annotations

import os
import shutil
from copy import deepcopy
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from django.conf import settings
from django.core import mail

from cms_pages.services.site_setup import set_up_site
from tests.databases import copy_named
from tests.support import forget

if TYPE_CHECKING:
    from collections.abc import Callable

Made = TypeVar("Made")
_snapshots: dict[str, Snapshot] = {}


class Snapshot:
    """The state of the site after a function has filled it."""

    def __init__(self, name: str, made: Any) -> None:
        name = f"snapshot-{os.getpid()}-{name}"
        self.made = deepcopy(made)
        self.mails = list(mail.outbox)
        self.files = settings.VAR / f"test-{name}"
        if Path(settings.MEDIA_ROOT).exists():
            shutil.copytree(settings.MEDIA_ROOT, self.files)
        self.database = copy_named(name)
        self.database.keep()

    def put_back(self) -> Any:
        """Let the site be as it was then, and return what was made."""
        self.database.put_back()
        shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)
        if self.files.exists():
            shutil.copytree(self.files, settings.MEDIA_ROOT)
        mail.outbox[:] = self.mails
        forget()
        return deepcopy(self.made)

    def drop(self) -> None:
        self.database.drop()
        shutil.rmtree(self.files, ignore_errors=True)


def made_once(make: Callable[[], Made]) -> Callable[[], Made]:
    """Let a function fill the new site only once, and put that back when it is called again.

    What stood on the site before is gone either way.
    """
    name = make.__name__

    @wraps(make)
    def make_or_put_back() -> Made:
        if name not in _snapshots:
            new_site()
            _snapshots[name] = Snapshot(name, make())
        return _snapshots[name].put_back()

    return make_or_put_back


def new_site() -> None:
    """Let the site be as a new installation has it."""
    if "site" not in _snapshots:
        set_up_site()
        _snapshots["site"] = Snapshot("site", None)
    _snapshots["site"].put_back()


def drop_all() -> None:
    """Leave no copy behind."""
    for snapshot in _snapshots.values():
        snapshot.drop()
    _snapshots.clear()
