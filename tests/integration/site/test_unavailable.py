"""A database that is away and a disk that is full are said in words, and nothing typed is lost."""

import errno
from contextlib import contextmanager

import pytest
from config import views
from config.failures import COME_AGAIN
from django.db import InterfaceError, OperationalError, connection

from tests.factories.annotations import open_version, passage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("root")]


@contextmanager
def database_away(error):
    """Fail each query as a server that restarts does."""

    def fail(*args):
        raise error

    with connection.execute_wrapper(fail):
        yield


@pytest.fixture
def person(client):
    client.raise_request_exception = False
    return client


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_without_the_database_pages_say_when_to_come_again(person, error):
    with database_away(error("the server at 10.0.0.1 closed the connection")):
        response = person.get("/de/")

    assert response.status_code == 503
    assert response["Retry-After"] == str(COME_AGAIN)
    html = response.content.decode()
    assert "im Moment" in html
    assert 'lang="en"' in html
    assert "10.0.0.1" not in html
    assert "no-store" in response["Cache-Control"]


def test_words_that_could_not_be_stored_are_given_back(person):
    version = open_version()
    path = f"/de/versions/{version.page_id}/1/passages/{passage(version).uid}/"

    with database_away(OperationalError("database is locked")):
        response = person.post(path, {"body": "Mehr <b>Bäume</b>!", "email": "m@example.org"})

    html = response.content.decode()
    assert response.status_code == 503
    assert "Mehr &lt;b&gt;Bäume&lt;/b&gt;!" in html
    assert "nicht gespeichert" in html
    assert "nichts doppelt" in html
    assert "m@example.org" not in html


def test_programs_get_the_same_as_a_problem(person):
    version = open_version()

    with database_away(OperationalError("gone")):
        response = person.get(f"/api/annotations/{version.page_id}/")

    assert (response.status_code, response["Content-Type"]) == (503, "application/problem+json")
    assert response["Retry-After"] == str(COME_AGAIN)
    assert response.json()["status"] == 503


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_full_disk_is_named(person, monkeypatch, number):
    def fail():
        raise OSError(number, "full", "/srv/secret/place")

    monkeypatch.setattr(views, "usable_demo_accounts", fail)

    response = person.get("/readyz")

    assert response.status_code == 507
    html = response.content.decode()
    assert "kein Platz" in html
    assert "secret" not in html


def test_other_failures_of_files_are_still_our_own(person, monkeypatch):
    def fail():
        raise OSError(errno.EIO, "broken")

    monkeypatch.setattr(views, "usable_demo_accounts", fail)

    assert person.get("/readyz").status_code == 500
