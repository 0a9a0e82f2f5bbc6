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
from typing import TYPE_CHECKING

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


def find_template() -> SQLiteCopy | PostgreSQLCopy:
    """Return the template of the database in use, which may have to be made yet."""
    return copy_named(f"template-{_fingerprint()}")


def copy_named(name: str) -> SQLiteCopy | PostgreSQLCopy:
    """Return a copy of the database in use, which may have to be made yet."""
    return SQLiteCopy(name) if connection.vendor == "sqlite" else PostgreSQLCopy(name)


def _fingerprint() -> str:
    """Return a name for what the migrations of all apps say; none is imported, as one asks."""
    folders = [Path(app.path) / "migrations" for app in apps.get_app_configs()]
    files = sorted(file for folder in folders for file in folder.glob("*.py"))
    text = "".join([django.__version__, *(f"{file}\n{file.read_text()}" for file in files)])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


class SQLiteCopy:
    """A file beside the database."""

    def __init__(self, name: str) -> None:
        self.path = settings.VAR / f"test-{name}.sqlite3"

    @property
    def exists(self) -> bool:
        return self.path.exists()

    def keep(self) -> None:
        """Copy the database as it is now."""
        half = self.path.with_suffix(".half")
        with _opened(connection.settings_dict["NAME"]) as old, _opened(half) as new:
            old.backup(new)
        half.rename(self.path)

    def hand_out(self) -> None:
        """Put the copy where Django expects a database that it shall keep."""
        target = connection.settings_dict["TEST"]["NAME"]
        for end in ("", "-wal", "-shm"):
            Path(f"{target}{end}").unlink(missing_ok=True)
        with _opened(self.path) as old, _opened(target) as new:
            old.backup(new)

    def put_back(self) -> None:
        """Let the database in use be as it was."""
        connection.ensure_connection()
        with _opened(self.path) as old:
            old.backup(connection.connection)

    def drop(self) -> None:
        self.path.unlink(missing_ok=True)


def _opened(path: str | Path) -> closing[sqlite3.Connection]:
    return closing(sqlite3.connect(path))


class PostgreSQLCopy:
    """Another database on the server."""

    def __init__(self, name: str) -> None:
        self.name = f"synopse-{name}"

    @property
    def exists(self) -> bool:
        return bool(_on_server("SELECT 1 FROM pg_database WHERE datname = %s", [self.name]))

    def keep(self) -> None:
        """Copy the database as it is now."""
        self._copy(connection.settings_dict["NAME"], self.name)

    def hand_out(self) -> None:
        """Let Django copy the copy when it makes the database."""
        connection.settings_dict["TEST"]["TEMPLATE"] = self.name

    def put_back(self) -> None:
        """Let the database in use be as it was."""
        self._copy(self.name, connection.settings_dict["NAME"])

    def drop(self) -> None:
        _on_server(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')

    def _copy(self, source: str, target: str) -> None:
        connection.close()  # a database that somebody uses can neither be copied nor dropped
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
        _on_server(others, [source])
        _on_server(f'DROP DATABASE IF EXISTS "{target}" WITH (FORCE)')
        _on_server(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')


def _on_server(statement: str, values: list[str] | None = None) -> list[tuple]:
    with connection._nodb_cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []
