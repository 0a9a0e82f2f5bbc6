"""The site under a real web server, and a browser of few words that asks it."""

from __future__ import annotations

import http.client
import os
import re
import socket
import subprocess
import sys
import time
import uuid
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]


class Client:
    """A browser that keeps its connection and its cookies."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self.cookies: dict[str, str] = {}
        self.headers: dict[str, str] = {}

    def close(self) -> None:
        """Give up the connection; the next request opens a new one."""
        self.connection.close()

    def ask(self, method: str, path: str, data: dict[str, str] | None = None) -> tuple[int, str]:
        """Return status and body of an answer; ``headers`` are those of the last one."""
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        headers["Referer"] = f"http://127.0.0.1:{self.port}{path}"
        body = urlencode(data) if data is not None else None
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            self.connection.request(method, path, body, headers)
            answer = self.connection.getresponse()
            text = answer.read().decode("utf-8", "replace")
        except (OSError, http.client.HTTPException):
            self.close()
            raise
        self.headers = {name.lower(): value for name, value in answer.getheaders()}
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        return answer.status, text


def form_of(client: Client, path: str, start: str = 'id="annotation-form"') -> dict[str, str]:
    """Return the hidden fields of the form that stands behind some words of a page."""
    _status, html = client.ask("GET", path)
    form = html.partition(start)[2].partition("</form>")[0]
    fields = re.findall(r'<input[^>]*type="hidden"[^>]*>', form)
    found = {}
    for field in fields:
        name, value = re.search(r'name="([^"]*)"', field), re.search(r'value="([^"]*)"', field)
        if name:
            found[name[1]] = value[1] if value else ""
    return found


def contribution(fields: dict[str, str], body: str, person: str) -> dict[str, str]:
    """Return what a guest sends with the form for annotations, with an address of its own."""
    values = {"motivation": "commenting", "body": body, "name": person}
    return {**fields, **values, "email": f"{uuid.uuid4().hex}@example.org"}


@dataclass(frozen=True)
class Server:
    """A running gunicorn.

    Attributes:
        port: Where it listens.
        process: Its master, whose children answer.
    """

    port: int
    process: subprocess.Popen

    def workers(self) -> list[int]:
        """Return the processes that answer."""
        file = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in file.read_text().split()]


@contextmanager
def served(
    environment: dict[str, str], *options: str, workers: int = 2, threads: int = 4
) -> Iterator[Server]:
    """Start gunicorn on a free port of this machine, and stop it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "config.wsgi", "--chdir", str(ROOT / "site")]
    command += ["--bind", f"127.0.0.1:{port}", "--workers", str(workers)]
    command += ["--threads", str(threads), "--worker-class", "gthread"]
    command += ["--log-level", "error", "--timeout", "120", *options]
    process = subprocess.Popen(command, env={**os.environ, **environment})
    try:
        with closing(Client(port)) as client:
            _wait_for(client)
        yield Server(port, process)
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait_for(client: Client) -> None:
    for _ in range(600):
        try:
            if client.ask("GET", "/healthz")[0] == 200:
                return
        except OSError:
            time.sleep(0.2)
