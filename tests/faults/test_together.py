"""Several processes at the same work: everything is done, and done once."""

from __future__ import annotations

from collections import Counter

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection
from django_tasks_db.models import DBTaskResult

from annotations.models import Annotation, OutboxMail, Placement
from annotations.responses import codes_of
from annotations.services import outbox
from annotations.services.placement import place_annotations
from annotations.services.submitting import submit_annotation
from tests.factories import make_user
from tests.factories.annotations import BASE_URL, annotate, next_version, open_version, passage
from tests.faults import children, mailing
from versioning.services.integrity import check_integrity

pytestmark = pytest.mark.usefixtures("city")


@pytest.mark.skipif(connection.vendor != "sqlite", reason="it is about SQLite's one writer")
def test_four_writing_processes_on_sqlite_store_everything(rounds, counts):
    version, each = open_version(), rounds(10)
    one = passage(version)
    users = [make_user() for _ in range(4)]

    def writer(place):
        def write(tell) -> None:
            for number in range(each):
                made = submit_annotation(
                    version=version,
                    passage=one,
                    body=f"Anmerkung {number} von {place}",
                    user=users[place],
                    idempotency_key=f"{place}-{number}",
                    base_url=BASE_URL,
                )
                tell(f"stored {made.uuid}")

        return write

    ended = children.run_together(*[writer(place) for place in range(4)])

    told = {line.split()[1] for end in ended for line in end.said if line.startswith("stored")}
    stored = {str(uuid) for uuid in Annotation.objects.values_list("uuid", flat=True)}
    assert told == stored
    assert len(stored) == 4 * each
    assert check_integrity() == []
    counts("four writers on SQLite", stored=len(stored), of=4 * each)


def test_workers_at_one_outbox_send_each_mail_once(rounds, counts):
    number = rounds(20, 200)
    for place in range(number):
        outbox.queue_mail(
            kind="reply", to=f"p{place}@example.org", subject="Ja", text="Ja", language="de"
        )

    children.run_together(*[lambda tell: outbox.send_due()] * 3)

    assert mailing.sent() == {f"p{place}@example.org": 1 for place in range(number)}
    assert not OutboxMail.objects.filter(sent_at=None).exists()
    counts("three workers at one outbox", mails=number, lost=0, twice=0)


def test_workers_at_one_queue_do_each_task_once(rounds, counts):
    version, user = open_version("<p>Die Stadt gehört allen.</p>"), make_user()
    number = rounds(6, 60)
    for place in range(number):
        annotate(version, "Stadt", user=user, body=f"Anmerkung {place}")
    new = next_version(version, "<p>Unsere Stadt gehört allen.</p>")

    def jobs(tell) -> None:
        call_command("run_jobs", "--once", verbosity=0)

    children.run_together(jobs, jobs)

    tasks = list(DBTaskResult.objects.all())
    assert {len(task.worker_ids) for task in tasks} == {1}
    failed = {task.task_path for task in tasks if task.status != "SUCCESSFUL"}
    # Wagtail's index of one page, entered by both at once: one enters it, the other is refused.
    assert failed <= {"modelsearch.tasks.insert_or_update_object_task"}
    assert Placement.objects.filter(version=new).count() == number
    assert check_integrity() == []
    counts("two workers at one queue", tasks=len(tasks), placed=number, twice=0)


def test_workers_at_one_version_place_each_annotation_once(rounds, counts):
    version, user = open_version("<p>Die Stadt gehört allen.</p>"), make_user()
    number = rounds(10, 200)
    for place in range(number):
        annotate(version, "Stadt", user=user, body=f"Anmerkung {place}")
    new = next_version(version, "<p>Unsere Stadt gehört allen.</p>")

    children.run_together(*[lambda tell: place_annotations(version=new)] * 2)

    assert Placement.objects.filter(version=new).count() == number
    assert check_integrity() == []
    counts("two workers at one version", placed=number, twice=0)


def test_a_limit_holds_for_all_processes_together(settings, counts):
    settings.SYNOPSE_RATE_LIMITS = {"post_person": "5/h"}
    settings.SYNOPSE_NEW_ACCOUNT_HOURS = 0
    version, user = open_version(), make_user()
    one = passage(version)

    def writer(place):
        def write(tell) -> None:
            for number in range(4):
                try:
                    submit_annotation(
                        version=version,
                        passage=one,
                        body=f"Anmerkung {number} von {place}",
                        user=user,
                        idempotency_key=f"{place}-{number}",
                        base_url=BASE_URL,
                    )
                except ValidationError as error:
                    tell("refused" if list(codes_of(error)) == ["rate_limited"] else "wrong")
                else:
                    tell("taken")

        return write

    ended = children.run_together(*[writer(place) for place in range(4)])

    said = Counter(line for end in ended for line in end.said if not line.startswith("queries"))
    assert said == {"taken": 5, "refused": 11}
    assert Annotation.objects.count() == 5
    counts("a limit of five in four processes", taken=said["taken"], refused=said["refused"])
