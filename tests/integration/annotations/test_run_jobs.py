import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.core import mail
from django.core.management import call_command
from django.utils import timezone
from django_tasks_db.management.commands import db_worker
from django_tasks_db.models import DBTaskResult
from wagtail.models import Page, PageLogEntry, Revision

from annotations import clock, tasks, worker
from annotations.models import Annotation, OutboxMail, Placement
from annotations.services.closing import WINDOW_CLOSED
from annotations.services.outbox import queue_mail
from annotations.signals import window_closed
from tests.factories import make_draft, make_process
from tests.factories.annotations import annotate, next_version, open_version

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("root")]

ROOT = Path(__file__).resolve().parents[3]
DEAD = "gone"


@pytest.fixture
def queue(settings, monkeypatch):
    """Let tasks wait in the database, as they do outside of tests, on the test's connection."""
    monkeypatch.setattr(db_worker, "close_old_connections", lambda: None)
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}


def run_once():
    call_command("run_jobs", "--once")


def queue_one():
    return queue_mail(
        kind="reply", to="ada@example.org", subject="Antwort", text="Hallo", language="de"
    )


def schedule(page, minutes=-1):
    page.go_live_at = timezone.now() + timedelta(minutes=minutes)
    revision = page.save_revision(approved_go_live_at=page.go_live_at)
    Revision.objects.filter(pk=revision.pk).update(approved_go_live_at=page.go_live_at)
    return revision


def test_queued_tasks_are_run(queue):
    version = open_version("<p>Die Stadt gehört allen.</p>")
    annotation = annotate(version, "Stadt")
    new = next_version(version, "<p>Unsere Stadt gehört allen.</p>")
    result = tasks.follow_version.enqueue(new.pk)

    run_once()

    assert Placement.objects.get(annotation=annotation).version == new
    assert DBTaskResult.objects.get(pk=result.id).status == "SUCCESSFUL"


def test_a_task_that_fails_keeps_no_other_from_being_run(queue):
    failing = tasks.follow_version.enqueue(10**9)
    good = tasks.send_outbox.enqueue()

    run_once()

    assert DBTaskResult.objects.get(pk=failing.id).status == "FAILED"
    assert DBTaskResult.objects.get(pk=good.id).status == "SUCCESSFUL"


def test_due_mails_are_sent_without_a_task():
    queue_one()

    run_once()

    assert len(mail.outbox) == 1


def test_the_task_of_a_worker_that_is_gone_is_run_again(queue):
    result = tasks.send_outbox.enqueue()
    host = worker.new_worker_id().split(":")[0]
    DBTaskResult.objects.update(
        status="RUNNING",
        started_at=timezone.now(),
        worker_ids=[f"{host}:{_dead_process()}:1:{DEAD}"],
    )

    run_once()

    task = DBTaskResult.objects.get(pk=result.id)
    assert (task.status, len(task.worker_ids)) == ("SUCCESSFUL", 2)


def _dead_process() -> int:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    return child.pid


def test_the_task_of_a_living_worker_is_left_alone(queue):
    tasks.send_outbox.enqueue()
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        host = worker.new_worker_id().split(":")[0]
        started = worker._started(child.pid)
        DBTaskResult.objects.update(
            status="RUNNING",
            started_at=timezone.now(),
            worker_ids=[f"{host}:{child.pid}:{started}:x"],
        )
        assert worker.take_over_lost_tasks(own_id=worker.new_worker_id()) == 0

        DBTaskResult.objects.update(worker_ids=[f"{host}:{child.pid}:{DEAD}:x"])
        assert worker.take_over_lost_tasks(own_id=worker.new_worker_id()) == 1
    finally:
        child.communicate(b"\n")


def test_the_task_of_another_machine_is_lost_after_an_hour(queue):
    tasks.send_outbox.enqueue()
    DBTaskResult.objects.update(
        status="RUNNING", started_at=timezone.now(), worker_ids=["elsewhere:1:1:x"]
    )
    assert worker.take_over_lost_tasks(own_id=worker.new_worker_id()) == 0

    DBTaskResult.objects.update(started_at=timezone.now() - timedelta(minutes=61))
    assert worker.take_over_lost_tasks(own_id=worker.new_worker_id()) == 1


def test_a_task_that_must_not_run_twice_is_marked_as_failed(queue):
    tasks.send_outbox.enqueue()
    DBTaskResult.objects.update(
        status="RUNNING", started_at=None, worker_ids=[], task_path="somewhere.pay_money"
    )

    assert worker.take_over_lost_tasks(own_id=worker.new_worker_id()) == 0
    assert DBTaskResult.objects.get().status == "FAILED"


def test_a_task_that_has_lost_many_workers_is_given_up(queue):
    tasks.send_outbox.enqueue()
    host = worker.new_worker_id().split(":")[0]
    lost = f"{host}:{_dead_process()}:1:x"
    DBTaskResult.objects.update(
        status="RUNNING", started_at=timezone.now(), worker_ids=[lost] * worker.MAX_TAKEOVERS
    )

    assert worker.take_over_lost_tasks(own_id=worker.new_worker_id()) == 0
    assert DBTaskResult.objects.get().status == "FAILED"


def test_records_of_old_tasks_are_deleted(queue):
    tasks.send_outbox.enqueue()
    run_once()
    DBTaskResult.objects.update(finished_at=timezone.now() - timedelta(days=8))

    assert worker.prune_results() == 1


def test_a_page_is_published_at_its_time_and_frozen():
    draft = make_draft(html="<p>Die Stadt gehört allen.</p>")
    schedule(draft)
    later = make_draft(html="<p>Später.</p>")
    schedule(later, minutes=5)

    run_once()

    draft.refresh_from_db()
    later.refresh_from_db()
    assert (draft.live, later.live) == (True, False)
    assert (draft.newest_version.number, draft.newest_version.published_by) == (1, None)


def test_one_page_that_fails_keeps_no_other_from_being_published(monkeypatch, caplog):
    broken, good = make_draft(html="<p>Eins.</p>"), make_draft(html="<p>Zwei.</p>")
    schedule(broken, minutes=-2)
    schedule(good, minutes=-1)
    from versioning.services import freezing

    freeze = freezing.freeze_version

    def fail_for_one(*, page, user):
        if page.pk == broken.pk:
            raise RuntimeError("kaputt")
        return freeze(page=page, user=user)

    monkeypatch.setattr(freezing, "freeze_version", fail_for_one)

    run_once()

    broken.refresh_from_db()
    good.refresh_from_db()
    assert (broken.live, good.live) == (False, True)
    assert "publishing revision" in caplog.text


def test_an_expired_page_is_unpublished():
    process = make_process()
    Page.objects.filter(pk=process.pk).update(expire_at=timezone.now() - timedelta(minutes=1))

    run_once()

    process.refresh_from_db()
    assert (process.live, process.expired) == (False, True)


def test_the_end_of_a_window_is_noted_once():
    version = open_version()
    open_version()
    type(version).objects.filter(pk=version.pk).update(closes=timezone.now())
    heard = []

    def hear(sender, version, **kwargs):
        heard.append(version.pk)

    window_closed.connect(hear)
    try:
        run_once()
        run_once()
    finally:
        window_closed.disconnect(hear)

    entry = PageLogEntry.objects.get(action=WINDOW_CLOSED)
    assert (entry.page_id, entry.data["version"]) == (version.page_id, 1)


def test_what_nobody_confirmed_is_deleted():
    annotate(open_version(), name="Marlen", email="marlen@example.org")
    Annotation.objects.update(created_at=timezone.now() - timedelta(hours=49))

    run_once()

    assert not Annotation.objects.exists()
    assert not OutboxMail.objects.exists()


def test_one_job_that_fails_keeps_no_other_from_being_done(monkeypatch, caplog):
    def fail():
        raise RuntimeError("kaputt")

    monkeypatch.setitem(clock.JOBS, "publish_scheduled", fail)
    queue_one()

    done = clock.tick()

    assert (done["publish_scheduled"], done["outbox"]) == (-1, 1)
    assert "publish_scheduled" in caplog.text


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly(stop, tmp_path):
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings.dev",
        "SYNOPSE_VAR": str(tmp_path),
    }
    command = [sys.executable, str(ROOT / "site" / "manage.py"), "run_jobs"]
    with (tmp_path / "out").open("wb") as output:
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=output)
        deadline = time.monotonic() + 60
        while b"are running" not in (tmp_path / "out").read_bytes():
            assert time.monotonic() < deadline, (tmp_path / "out").read_text()
            assert process.poll() is None, (tmp_path / "out").read_text()
            time.sleep(0.1)
        process.send_signal(stop)
        code = process.wait(timeout=30)

    assert code == 0
    assert "Jobs have ended." in (tmp_path / "out").read_text()
