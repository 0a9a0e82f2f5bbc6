"""Serve the model case: server and background work, until Ctrl-C."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

if TYPE_CHECKING:
    from argparse import ArgumentParser

MANAGE = Path(settings.ROOT) / "site" / "manage.py"


class Command(BaseCommand):
    """Prepare the database, load the model case once, then run server and worker side by side."""

    help = "Serve the model case on 127.0.0.1: server and background work, until Ctrl-C."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the port."""
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args: Any, port: int, **options: Any) -> None:  # noqa: ANN401  # Django's signature
        """Prepare, then serve."""
        if not 0 < port < 65536:  # ports have 16 bits
            message = f"{port} is not a port: choose a number from 1 to 65535."
            raise CommandError(message)
        Path(settings.VAR).mkdir(parents=True, exist_ok=True)
        self.stdout.write("== Preparing the database (the first time takes up to a minute)")
        call_command("migrate", verbosity=0)
        self.stdout.write("== Loading the model case")
        call_command("load_demo", base_url=f"http://127.0.0.1:{port}")
        self._serve(port)

    def _serve(self, port: int) -> None:
        commands = (["runserver", "--noreload", f"127.0.0.1:{port}"], ["run_jobs"])
        children = [_start(command) for command in commands]
        self.stdout.write(f"== Open http://127.0.0.1:{port}/  (Ctrl-C ends everything)")
        for number in (signal.SIGINT, signal.SIGTERM):  # also where a shell had SIGINT ignored
            signal.signal(number, _interrupt)
        try:
            while all(child.poll() is None for child in children):
                time.sleep(0.5)
            message = "The server or the background work has ended; see above."
            raise CommandError(message)
        except KeyboardInterrupt:
            self.stdout.write("== Stopping")
        finally:
            for child in children:
                child.terminate()
            for child in children:
                child.wait(timeout=20)


def _start(command: list[str]) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "DJANGO_RUNSERVER_HIDE_WARNING": "true"}
    return subprocess.Popen([sys.executable, str(MANAGE), *command], env=environment)  # noqa: S603  # our own commands


def _interrupt(signum: int, frame: object) -> None:
    raise KeyboardInterrupt
