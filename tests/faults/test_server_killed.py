"""kill -9 of a worker of the web server while somebody sends or confirms an annotation."""

from __future__ import annotations

import http.client
import importlib
import os
import signal
import threading
import time
import uuid
from contextlib import closing

import pytest
from django.core.management import call_command
from django.db import connection
from django.urls import reverse

from annotations.models import Annotation, ConfirmationToken, OutboxMail
from tests.factories.annotations import open_version, passage
from tests.faults import mailing
from tests.serving import Client, contribution, form_of, served
from versioning.services.integrity import check_integrity

LOST = (OSError, http.client.HTTPException)
"""What a browser sees when the other side is gone in the middle."""


@pytest.fixture
def server(city):
    """Start a server with one worker, which is forked anew as soon as it is gone."""
    with served({}, "--preload", workers=1, threads=1) as running:
        yield running


def sent_while_killed(server, path, data, client, seconds) -> int | None:
    """Send a form and kill the worker meanwhile; return the status if there was an answer."""
    (worker,) = server.workers()
    killer = threading.Timer(seconds, os.kill, (worker, signal.SIGKILL))
    killer.start()
    try:
        status, _body = client.ask("POST", path, data)
    except LOST:
        status = None
    killer.join()
    client.close()  # the other end may be gone, and it would be noticed only by the next request
    until(lambda: server.workers() not in ([], [worker]))
    return status


def until(true) -> None:
    limit = time.monotonic() + 60
    while not true():
        assert time.monotonic() < limit
        time.sleep(0.01)


def seconds_of(act) -> float:
    begun = time.monotonic()
    act()
    return time.monotonic() - begun


@pytest.fixture
def client(server):
    with closing(Client(server.port)) as found:
        yield found


def test_posting_and_confirming(server, client, rounds, chance, counts):
    version = open_version()
    path = reverse(
        "annotations:passage", args=[version.page_id, version.number, passage(version).uid]
    )
    fields = form_of(client, path)
    written: list[dict[str, str]] = []

    def new() -> dict[str, str]:
        data = contribution(fields, f"Anmerkung {uuid.uuid4()}", "Marlen")
        written.append(data | {"idempotency_key": uuid.uuid4().hex})
        return written[-1]

    client.ask("POST", path, new())
    usual = seconds_of(lambda: client.ask("POST", path, new()))
    lost = 0
    for _ in range(rounds(3)):
        data = new()
        status = sent_while_killed(server, path, data, client, chance.uniform(0, 2 * usual))
        assert status in {302, None}
        lost += status is None
        stored = Annotation.objects.filter(comment=data["body"]).count()
        assert stored == 1 if status == 302 else stored <= 1
        assert client.ask("POST", path, data)[0] == 302, "sent once more, as a person would"
        assert Annotation.objects.filter(comment=data["body"]).count() == 1
        assert check_integrity() == []
    assert Annotation.objects.count() == len(written)
    assert ConfirmationToken.objects.count() == OutboxMail.objects.count() == len(written)
    counts("posting an annotation", rounds=rounds(3), **{"killed underway": lost})

    _confirm_all(server, client, written, rounds, chance, counts)
    call_command("run_jobs", "--once", verbosity=0)
    assert mailing.sent() == {data["email"]: 1 for data in written}
    assert check_integrity() == []


def _confirm_all(server, client, written, rounds, chance, counts) -> None:
    lost, usual = 0, 0.0
    for data in written:
        annotation = Annotation.objects.get(comment=data["body"])
        text = OutboxMail.objects.get(annotation=annotation).text
        path = "/de/annotations/confirm/" + text.split("/confirm/")[1].split("/")[0] + "/"
        fields = form_of(client, path, "<main")
        if not usual:
            usual = seconds_of(lambda path=path, sent=fields: client.ask("POST", path, sent))
        else:
            status = sent_while_killed(server, path, fields, client, chance.uniform(0, 2 * usual))
            assert status in {302, None}
            lost += status is None
            annotation.refresh_from_db()
            used = ConfirmationToken.objects.get(annotation=annotation).used_at is not None
            assert used == (annotation.state == "public")
            assert used or status is None
            assert client.ask("POST", path, fields)[0] == (410 if used else 302)
        annotation.refresh_from_db()
        assert annotation.state == "public"
        assert check_integrity() == []
    counts("confirming by the link", rounds=len(written) - 1, **{"killed underway": lost})


def test_a_server_that_forks_after_loading_hands_on_no_connection(city):
    importlib.import_module("config.wsgi")

    assert connection.connection is None
