"""PostgreSQL restarts under load: clear answers meanwhile, nothing lost, nothing wedged."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from contextlib import closing

import psycopg
import pytest
from django.db import connection, connections
from django.urls import reverse

from tests.factories.annotations import open_version, passage
from tests.postgres import control, own_server
from tests.serving import ROOT, Client, contribution, form_of, served

pytestmark = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="there is no server to be restarted"
)
NAME = "synopse_restarted"


@pytest.fixture
def database(city, monkeypatch):
    """Return a server with a copy of the site that nobody else uses, and the version on it."""
    version = open_version("<p>Die Stadt gehört allen.</p>")
    source = {**connection.settings_dict}
    connections.close_all()
    with own_server(is_restarted=True) as server:
        with psycopg.connect(server.get_uri(), autocommit=True) as opened:
            opened.execute(f"CREATE DATABASE {NAME}")
        dump = [server.bin_path / "pg_dump", "-U", source["USER"], "-h", source["HOST"]]
        copied = subprocess.run(
            [*map(str, dump), source["NAME"]], check=True, capture_output=True
        ).stdout
        psql = [str(server.bin_path / "psql"), "-q", "-o", "/dev/null", server.get_uri(NAME)]
        subprocess.run(psql, input=copied, check=True)
        monkeypatch.setenv("SYNOPSE_TEST_DATABASE", server.get_uri(NAME))
        monkeypatch.setenv("SYNOPSE_FAULTS_DATABASE", NAME)
        yield server, version


class People(threading.Thread):
    """Somebody who reads and writes until told to stop, and sends again what was not taken."""

    def __init__(self, port, path, stop) -> None:
        super().__init__()
        self.client, self.path, self.stop = Client(port), path, stop
        self.fields = form_of(self.client, path)
        self.answers: Counter = Counter()
        self.written: list[str] = []
        self.without_time: list[int] = []

    def run(self) -> None:
        with closing(self.client):
            while not self.stop.is_set():
                self._ask("GET")
                data = contribution(self.fields, f"Anmerkung {uuid.uuid4()}", "Marlen")
                data["idempotency_key"] = uuid.uuid4().hex
                while self._ask("POST", data) != 302:
                    time.sleep(0.05)
                self.written.append(data["body"])

    def _ask(self, method, data=None) -> int:
        status, _body = self.client.ask(method, self.path, data)
        self.answers[status] += 1
        if status == 503 and "retry-after" not in self.client.headers:
            self.without_time.append(status)
        return status


def test_restarts_under_load(database, rounds, counts):
    server, version = database
    path = reverse(
        "annotations:passage", args=[version.page_id, version.number, passage(version).uid]
    )
    connections.close_all()
    stop = threading.Event()
    with served({}, "--preload", workers=2, threads=2) as site:
        people = [People(site.port, path, stop) for _ in range(3)]
        for person in people:
            person.start()
        for turn in range(rounds(2, 12)):
            time.sleep(0.7)
            control(server, "restart", "-m", ["fast", "immediate"][turn % 2])
        time.sleep(0.7)
        stop.set()
        for person in people:
            person.join(timeout=60)
            assert not person.is_alive()
        with closing(Client(site.port)) as client:
            for _ in range(10):
                assert client.ask("GET", path)[0] == 200
                assert client.ask("GET", "/readyz")[0] == 200

    answers = sum((person.answers for person in people), Counter())
    written = [body for person in people for body in person.written]
    assert set(answers) <= {200, 302, 503}, answers
    assert not [person.without_time for person in people if person.without_time]
    assert written
    with psycopg.connect(server.get_uri(NAME)) as opened:
        stored = [row[0] for row in opened.execute("SELECT comment FROM django_comments")]
    assert Counter(written) == Counter(stored)
    check = [sys.executable, str(ROOT / "site" / "manage.py"), "check_integrity"]
    subprocess.run(check, check=True, capture_output=True)
    counts(
        "PostgreSQL restarted under load",
        restarts=rounds(2, 12),
        answers=answers.total(),
        written=len(written),
        lost=0,
        **{"answered 503": answers[503]},
    )
