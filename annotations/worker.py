"""The worker: runs queued tasks, and takes over those whose worker is gone."""

from __future__ import annotations

import logging
import os
import socket
import uuid
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from django.utils import timezone
from django_tasks import task_backends
from django_tasks_db.backend import DatabaseBackend
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from annotations import tasks
from versioning import tasks as versioning_tasks

if TYPE_CHECKING:
    from collections.abc import Iterator

logger = logging.getLogger("synopse.worker")

IDEMPOTENT = (
    tasks.IDEMPOTENT
    | versioning_tasks.IDEMPOTENT
    | {
        "modelsearch.tasks.insert_or_update_object_task",
        "wagtail.tasks.delete_file_from_storage_task",
        "wagtail.tasks.update_reference_index_task",
    }
)
"""Tasks that do no harm when they run twice: ours and those of Wagtail's indexes."""
TASKS_AT_ONCE = 20
"""After so many tasks the clock gets its turn."""
LONGEST_RUN = timedelta(hours=1)
"""How long a task of a worker on another machine may run before it is taken for lost."""
MAX_TAKEOVERS = 5
"""A task that has lost so many workers is given up: it may be what kills them."""
RESULTS_KEPT = timedelta(days=7)


def new_worker_id() -> str:
    """Return an id that tells on which machine and by which process a task is run."""
    host = socket.gethostname().replace(":", "-")[:24]
    return f"{host}:{os.getpid()}:{_started(os.getpid())}:{uuid.uuid4().hex[:8]}"


def database_backends() -> Iterator[str]:
    """Give the names of the task backends that keep their tasks in the database."""
    for name in task_backends:
        if isinstance(task_backends[name], DatabaseBackend):
            yield name


def make_worker(*, backend: str, worker_id: str) -> Worker:
    """Return a worker that runs what is queued and then stops."""
    return Worker(
        queue_names=["*"],
        interval=0,
        batch=True,
        backend_name=backend,
        startup_delay=False,
        max_tasks=TASKS_AT_ONCE,
        worker_id=worker_id,
        excluded_queue_names=[],
    )


def take_over_lost_tasks(*, own_id: str) -> int:
    """Queue tasks again whose worker is gone, where running them twice does no harm.

    Others are marked as failed, so that somebody sees them.

    Returns:
        How many were queued again.
    """
    requeued = 0
    for task in DBTaskResult.objects.running():
        worker = task.worker_ids[-1] if task.worker_ids else ""
        if _is_gone(worker, own_id=own_id, since=task.started_at):
            requeued += _take_over(task)
    return requeued


def _take_over(task: DBTaskResult) -> int:
    may_run_again = task.task_path in IDEMPOTENT and len(task.worker_ids) < MAX_TAKEOVERS
    if not may_run_again:
        logger.error("task %s (%s) was lost with its worker", task.pk, task.task_path)
        task.set_failed(RuntimeError("The worker of this task is gone."))
        return 0
    logger.warning("task %s (%s) is queued again", task.pk, task.task_path)
    lost = DBTaskResult.objects.filter(pk=task.pk, status="RUNNING", started_at=task.started_at)
    return lost.update(status="READY")


def _is_gone(worker: str, *, own_id: str, since: object) -> bool:
    """Tell whether a worker runs no more, by its id: host, process, start of the process."""
    if worker == own_id:
        return False
    host, pid, started = ([*worker.split(":"), "", "", ""])[:3]
    if host != own_id.split(":", maxsplit=1)[0] or not pid.isdigit():
        return since is None or since < timezone.now() - LONGEST_RUN  # type: ignore[operator]  # a time
    if int(pid) == os.getpid():
        return True
    return not _is_alive(int(pid)) or _started(int(pid)) != started


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _started(pid: int) -> str:
    """Return when a process began, so that a number given anew is not taken for the old one."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return stat.rpartition(")")[2].split()[19]


def prune_results() -> int:
    """Delete the records of tasks that ended a while ago."""
    old = timezone.now() - RESULTS_KEPT
    return DBTaskResult.objects.finished().filter(finished_at__lt=old).delete()[0]
