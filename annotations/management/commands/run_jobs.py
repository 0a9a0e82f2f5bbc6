"""Worker and clock in one: queued tasks, and every minute what is due."""

from __future__ import annotations

import logging
import signal
import threading
import time
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError, close_old_connections

from annotations import clock, worker

if TYPE_CHECKING:
    from types import FrameType

    from django.core.management.base import CommandParser
    from django_tasks_db.management.commands.db_worker import Worker

logger = logging.getLogger("synopse.jobs")

MINUTE = 60.0
PAUSE = 1.0
"""Seconds between two looks into an empty queue."""


class Command(BaseCommand):
    """Runs until SIGTERM or SIGINT; what is being done then is done to the end."""

    help = (
        "Run queued tasks and, every minute, scheduled publishing, windows, mails and deletions. "
        "Ends cleanly on SIGTERM and Ctrl-C."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add ``--once``."""
        parser.add_argument(
            "--once",
            action="store_true",
            help="Do everything that is due now, then end (for tests and cron).",
        )

    def handle(self, *, once: bool, **options: Any) -> None:  # noqa: ANN401  # Django's signature
        """Run."""
        self.stopping = threading.Event()
        self.worker_id = worker.new_worker_id()
        self.current: Worker | None = None
        if once:
            self._run_once()
            return
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        self.stdout.write("Jobs are running. Ctrl-C ends them.")
        self._run()
        self.stdout.write("Jobs have ended.")

    def _run_once(self) -> None:
        self._keep_queue()
        self._tick()
        while self._run_tasks():
            pass

    def _run(self) -> None:
        self.next_tick = time.monotonic()
        while not self.stopping.is_set():
            close_old_connections()
            try:
                is_idle = not self._turn()
            except DatabaseError:
                logger.exception("the database does not answer; trying again")
                is_idle = True
            if is_idle:
                self.stopping.wait(PAUSE)
        close_old_connections()

    def _turn(self) -> int:
        """Let the clock do its part if a minute has passed, and run some tasks."""
        if time.monotonic() >= self.next_tick:
            self.next_tick = time.monotonic() + MINUTE
            self._keep_queue()
            self._tick()
        return self._run_tasks()

    def _tick(self) -> None:
        done = {name: count for name, count in clock.tick().items() if count}
        if done:
            self.stdout.write(", ".join(f"{name}: {count}" for name, count in done.items()))

    def _keep_queue(self) -> None:
        if any(worker.database_backends()):
            worker.take_over_lost_tasks(own_id=self.worker_id)
            worker.prune_results()

    def _run_tasks(self) -> int:
        """Run some queued tasks and return how many."""
        return sum(self._run_batch(name) for name in worker.database_backends())

    def _run_batch(self, backend: str) -> int:
        self.current = worker.make_worker(backend=backend, worker_id=self.worker_id)
        self.current.running = not self.stopping.is_set()
        self.current.run()
        count = self.current._run_tasks
        self.current = None
        return int(count)

    def _stop(self, signum: int, frame: FrameType | None) -> None:
        self.stopping.set()
        if self.current is not None:
            self.current.running = False
