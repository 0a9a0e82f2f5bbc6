"""The migrated database is made once and copied: for each process, and again in later runs.

Migrations take half a minute of a processor. Whoever comes first makes the database as usual and
keeps a copy as a template; the others wait for it. A change of any migration makes a new one.
"""

from __future__ import annotations

import fcntl
import hashlib
import sqlite3
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django
from django.apps import apps
from django.conf import settings
from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Let no other process of this folder look for a template, or make one, meanwhile."""
    with (settings.VAR / "test-template.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def find_template() -> SQLiteTemplate | PostgreSQLTemplate:
    """Return the template of the database in use, which may have to be made yet."""
    kind = SQLiteTemplate if connection.vendor == "sqlite" else PostgreSQLTemplate
    return kind(_fingerprint())


def _fingerprint() -> str:
    """Return a name for what the migrations of all apps say; none is imported, as one asks."""
    folders = [Path(app.path) / "migrations" for app in apps.get_app_configs()]
    files = sorted(file for folder in folders for file in folder.glob("*.py"))
    text = "".join([django.__version__, *(f"{file}\n{file.read_text()}" for file in files)])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


class SQLiteTemplate:
    """A file beside the database."""

    def __init__(self, fingerprint: str) -> None:
        self.path = settings.VAR / f"test-template-{fingerprint}.sqlite3"

    @property
    def exists(self) -> bool:
        return self.path.exists()

    def hand_out(self) -> None:
        """Put a copy where Django expects a database that it shall keep."""
        target = connection.settings_dict["TEST"]["NAME"]
        for end in ("", "-wal", "-shm"):
            Path(f"{target}{end}").unlink(missing_ok=True)
        _copy(self.path, target)

    def keep(self) -> None:
        """Make the database that was just migrated the template, instead of older ones."""
        for old in settings.VAR.glob("test-template-*"):
            old.unlink()
        _copy(connection.settings_dict["NAME"], self.path)


def _copy(source: str | Path, target: str | Path) -> None:
    half = f"{target}-half"
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(half)) as new:
        old.backup(new)
    Path(half).rename(target)


class PostgreSQLTemplate:
    """Another database on the server."""

    def __init__(self, fingerprint: str) -> None:
        self.name = f"template_synopse_{fingerprint}"

    @property
    def exists(self) -> bool:
        with connection._nodb_cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [self.name])
            return cursor.fetchone() is not None

    def hand_out(self) -> None:
        """Let Django copy the template when it makes the database."""
        connection.settings_dict["TEST"]["TEMPLATE"] = self.name

    def keep(self) -> None:
        """Make a copy of the database that was just migrated the template."""
        connection.close()  # a database that somebody uses cannot be copied
        with connection._nodb_cursor() as cursor:
            cursor.execute(
                f'CREATE DATABASE "{self.name}" TEMPLATE "{connection.settings_dict["NAME"]}"'
            )
