"""Measure public pages beside a trivial view under the same server, in one run.

``python -m tests.postgres python -m tests.benchmarks.web [--size l]`` loads the demonstration into
an empty PostgreSQL, starts gunicorn with two workers and prints one table. Without
``tests.postgres`` it uses SQLite in a folder of its own. What is compared is CPU: of the workers
and of the database, from the accounting of processes. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tests.serving import ROOT, Client, contribution, form_of, served

if TYPE_CHECKING:
    from collections.abc import Callable

SETTINGS = "tests.benchmarks.web_settings"
TICK = os.sysconf("SC_CLK_TCK")
AFTER_WRITE = "reading page, after each write"
WARM_UP = 24
"""Requests before each measurement: each worker has then done everything once, most likely."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What one kind of request costs.

    Attributes:
        cpu: CPU of workers and database per request, in milliseconds.
        queries: Queries of one request, counted apart.
        size: Bytes of the answer.
    """

    cpu: float
    queries: int
    size: int


def main() -> int:
    """Load, serve, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", default="l", choices=["s", "m", "l"])
    parser.add_argument("--requests", type=int, default=30)
    parser.add_argument("--load-seconds", type=int, default=60, help="0 leaves out the load run")
    options = parser.parse_args()
    try:
        import gunicorn  # noqa: F401  # it is only looked for
    except ImportError:
        sys.stderr.write("gunicorn is missing: pip install 'synopse[production]'\n")
        return 1
    with tempfile.TemporaryDirectory(prefix="synopse-web-") as folder:
        prepare(folder)
        _manage("load_demo", "--size", options.size)
        _measure_all(options)
    return 0


def prepare(folder: str) -> None:
    """Make a database, in this folder where none is named, for this process and the server's."""
    os.environ.setdefault("SYNOPSE_VAR", folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = SETTINGS
    os.environ["PYTHONPATH"] = os.pathsep.join(
        filter(None, [str(ROOT), str(ROOT / "site"), os.environ.get("PYTHONPATH")])
    )
    _manage("migrate", "--verbosity", "0")
    sys.path[:0] = [str(ROOT), str(ROOT / "site")]


def _manage(*arguments: str) -> None:
    command = [sys.executable, str(ROOT / "site" / "manage.py"), *arguments]
    subprocess.run(command, check=True)


def _measure_all(options: argparse.Namespace) -> None:
    places = Places.find()
    rows: list[tuple[str, Measured, float]] = []
    runs = (
        (
            "cached",
            {},
            ("reading page, kept", places.reading),
            ("comparison, kept", places.comparison),
        ),
        (
            "cold",
            {"SYNOPSE_PAGE_CACHE": "0"},
            ("reading page, cold", places.reading),
            ("the same without annotations", places.empty),
            (AFTER_WRITE, places.reading),
            ("20 threads with replies", places.passage),
            ("list of the interface", places.container),
            ("comparison, cold", places.comparison),
        ),
        (
            "nothing kept",
            {"SYNOPSE_PAGE_CACHE": "0", "SYNOPSE_TEXT_CACHE": "0"},
            ("reading page, nothing known", places.reading),
            ("the same without annotations, nothing known", places.empty),
        ),
    )
    for _name, environment, *pages in runs:
        with served(environment) as server:
            port = server.port
            trivial = _cpu_of(port, "/healthz", 40 * options.requests)
            for label, path in pages:
                before = partial(_support, places) if label == AFTER_WRITE else None
                cpu = _cpu_of(port, path, options.requests, before)
                measured = Measured(cpu, _queries_of(path, environment), _size_of(port, path))
                rows.append((label, measured, trivial))
            if not environment:
                cpu = _cpu_of_posting(port, places.passage, options.requests)
                rows.append(("posting as a guest", Measured(cpu, 0, 0), trivial))
                _print_highlights(port, places)
                if options.load_seconds:
                    _load(port, places, options.load_seconds)
    _print(rows)


@dataclass(frozen=True, slots=True)
class Places:
    """Addresses that are measured, on the text with most voices."""

    reading: str
    passage: str
    container: str
    comparison: str
    empty: str
    page_id: int
    newest: int

    @classmethod
    def find(cls) -> Places:
        """Look for the addresses; a copy of the text without a voice is made for comparing."""
        import django

        django.setup()
        from django.db.models import Count
        from django.urls import reverse

        from annotations.models import Annotation
        from versioning.models import Version
        from versioning.services.storing import store_comparisons_of

        counted = Annotation.objects.values("version__page").annotate(n=Count("pk"))
        page_id = counted.order_by("-n")[0]["version__page"]
        version = Version.objects.filter(page=page_id).order_by("-number")[0]
        store_comparisons_of(version=version)
        written = Annotation.objects.filter(version=version, reply_to=None)
        by_passage = written.values("passage__uid").annotate(n=Count("pk")).order_by("-n")
        hottest = by_passage[0]["passage__uid"]
        return cls(
            reading=version.page.get_url(),
            passage=reverse("annotations:passage", args=[page_id, version.number, hottest]),
            container=reverse("synopse_api:container", args=[page_id]) + "?page=0",
            comparison=reverse(
                "versioning:comparison", args=[page_id, version.number - 1, version.number]
            ),
            empty=_quiet_copy(version).get_url(),
            page_id=page_id,
            newest=written.order_by("-created_at")[0].pk,
        )


def _quiet_copy(version: object) -> object:
    """Return a page with the same text and no voices."""
    page = version.page.specific
    slug = f"{page.slug}-still"
    found = type(page).objects.filter(slug=slug).first()
    if found is None:
        found = page.copy(update_attrs={"slug": slug, "title": "Ohne Stimmen"}, keep_live=False)
        found.plan_version(closes=version.closes)
        found.save_revision().publish()
    return found


def _spent() -> float:
    """Return the CPU seconds of the server and of the database, with all their children."""
    parents: dict[int, int] = {}
    used: dict[int, float] = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            text = (entry / "stat").read_text()
        except OSError:
            continue
        fields = text.rpartition(")")[2].split()
        pid = int(entry.name)
        parents[pid] = int(fields[1])
        used[pid] = sum(map(int, fields[11:15])) / TICK
    return sum(seconds for pid, seconds in used.items() if _counts(pid, parents))


def _counts(pid: int, parents: dict[int, int]) -> bool:
    database = _database()
    while pid > 1:
        parent = parents.get(pid, 0)
        if pid == database or parent == os.getpid():
            return True
        pid = parent
    return False


def _database() -> int:
    """Return the process of the PostgreSQL that is used, 0 for SQLite."""
    found = re.search(r"host=([^&]+)", os.environ.get("SYNOPSE_TEST_DATABASE", ""))
    file = Path(found[1]) / "postmaster.pid" if found else None
    return int(file.read_text().split()[0]) if file and file.exists() else 0


def _support(places: Places) -> None:
    """Let one annotation of the text have one supporter more, as its service would tell."""
    from django.db.models import F

    from annotations.models import Annotation
    from versioning import stamps

    Annotation.objects.filter(pk=places.newest).update(support_count=F("support_count") + 1)
    stamps.touch(places.page_id)


def _cpu_of(port: int, path: str, number: int, before: Callable[[], None] | None = None) -> float:
    """Return the CPU of a request in milliseconds; something may happen before each."""

    def ask() -> None:
        if before is not None:
            before()
        status, _body = Client(port).ask("GET", path)
        assert status == 200, (path, status)

    return _cpu(ask, number)


def _cpu(ask: Callable[[], None], number: int) -> float:
    for _ in range(WARM_UP):
        ask()
    before = _spent()
    for _ in range(number):
        ask()
    return (_spent() - before) / number * 1000


def _size_of(port: int, path: str) -> int:
    return len(Client(port).ask("GET", path)[1].encode())


def _queries_of(path: str, environment: dict[str, str]) -> int:
    """Count the queries of a second visit, in a process with the same settings."""
    code = f"""
import django, sys, warnings
warnings.simplefilter("ignore")
django.setup()
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
client = Client(HTTP_HOST="127.0.0.1")
client.get({path!r})
with CaptureQueriesContext(connection) as captured:
    client.get({path!r})
print(len(captured))
"""
    command = [sys.executable, "-c", code]
    done = subprocess.run(
        command, env={**os.environ, **environment}, check=True, capture_output=True, text=True
    )
    return int(done.stdout.split()[-1])


def _print_highlights(port: int, places: Places) -> None:
    """Open the page in Chromium, too: there the highlights are made."""
    from annotations.models import Annotation
    from tests.benchmarks import highlights, tables

    number = Annotation.objects.filter(version__page=places.page_id, reply_to=None).count()
    visits = highlights.visit(port, {0: places.empty, number: places.reading})
    _say("\n" + tables.as_markdown(highlights.table_of(visits)))


def _cpu_of_posting(port: int, path: str, number: int) -> float:
    """Return the CPU of sending one form; fetching the forms is not part of it."""
    client = Client(port)
    fields = form_of(client, path)

    def post() -> None:
        data = contribution(fields, f"Messung {uuid.uuid4()}", "Messung")
        data["idempotency_key"] = uuid.uuid4().hex
        status, _body = client.ask("POST", path, data)
        assert status == 302, status

    return _cpu(post, number)


def _load(port: int, places: Places, seconds: int, readers: int = 200, rate: int = 50) -> None:
    """Let people read and write at once; a part of the writers sends twice."""
    stop = time.monotonic() + seconds
    answers: list[tuple[int, float]] = []
    sent: list[str] = []

    def read() -> None:
        while time.monotonic() < stop:
            begun = time.monotonic()
            status, _body = Client(port).ask("GET", places.reading)
            answers.append((status, time.monotonic() - begun))
            time.sleep(max(0.0, min(10.0, stop - time.monotonic())))

    def write(number: int) -> None:
        client = Client(port)
        fields = form_of(client, places.passage)
        body = f"Lastlauf {uuid.uuid4()}"
        data = contribution(fields, body, "Lastlauf")
        for _ in range(2 if number % 5 == 0 else 1):
            status, _body = client.ask("POST", places.passage, data)
            assert status == 302, status
        sent.append(body)

    people = [threading.Thread(target=read) for _ in range(readers)]
    for place, person in enumerate(people):
        person.start()
        time.sleep(10 / readers if place else 0)
    writers = []
    for number in range(rate * seconds // 60):
        writers.append(threading.Thread(target=write, args=[number]))
        writers[-1].start()
        time.sleep(60 / rate)
    for person in [*people, *writers]:
        person.join()
    _judge(answers, sent)


def _judge(answers: list[tuple[int, float]], sent: list[str]) -> None:
    from annotations.models import Annotation

    stored = list(Annotation.objects.filter(comment__in=sent).values_list("comment", flat=True))
    times = sorted(seconds for _status, seconds in answers)
    good = sum(status == 200 for status, _seconds in answers)
    _say(
        f"\nload: {len(answers)} readings ({good} answered, median {times[len(times) // 2]:.2f} s, "
        f"95 % below {times[int(len(times) * 0.95)]:.2f} s), {len(sent)} annotations sent, "
        f"lost {len(set(sent) - set(stored))}, twice {len(stored) - len(set(stored))}"
    )


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def _print(rows: list[tuple[str, Measured, float]]) -> None:
    _say("\n| what | CPU, ms | times the trivial view | queries | kB |")
    _say("| --- | ---: | ---: | ---: | ---: |")
    for label, measured, trivial in rows:
        _say(
            f"| {label} | {measured.cpu:.1f} | {measured.cpu / trivial:.1f} | "
            f"{measured.queries or ''} | {measured.size / 1000:.0f} |"
        )
    _say(f"| trivial view (`/healthz`) | {rows[0][2]:.2f} | 1 | 0 | 0 |")


if __name__ == "__main__":
    sys.exit(main())
