"""Looking changes nothing, and what changes something needs the token of our own form (S5)."""

from __future__ import annotations

import hashlib

import pytest
from django.contrib.sessions.models import Session
from django.db import connection

from tests.integration.site.addresses import our_names, url_of

pytestmark = pytest.mark.django_db


def _state() -> dict[str, str]:
    """Return a fingerprint of every table but that of sessions."""
    tables = set(connection.introspection.table_names()) - {Session._meta.db_table}
    return {table: _fingerprint(table) for table in tables}


def _fingerprint(table: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
        rows = sorted(map(repr, cursor.fetchall()))
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()


@pytest.mark.parametrize("role", ["anon", "editor", "moderator"])
def test_looking_at_any_address_changes_no_row(world, client_of, role):
    client = client_of(role)
    urls = [url_of(name, world) for name in sorted(our_names())]
    urls += ["/de/", "/en/", world.process.get_url(), world.drafts["open"].get_url()]
    before = _state()
    for url in urls:
        for look in (client.get, client.head):
            look(url)
    after = _state()
    assert {table for table in after if after[table] != before[table]} == set()


def test_a_changed_row_would_be_noticed(world):
    before = _state()
    world.process.title = "Anders"
    world.process.save()
    assert {table for table, seen in _state().items() if seen != before[table]} >= {
        "wagtailcore_page"
    }


@pytest.mark.parametrize("role", ["anon", "editor"])
def test_nothing_is_taken_without_the_token_of_our_form(world, client_of, role):
    client = client_of(role, enforce_csrf_checks=True)
    refused = {
        "synopse_api:annotation": 405,
        "synopse_api:nothing": 404,
        "annotations:unsubscribe_at_once": 200,  # the clicks of a mail program, by their tokens
        "annotations:stop_mails_at_once": 200,
    }
    if role == "anon":
        refused["synopse_api:container"] = 401
    for name in sorted(our_names()):
        assert client.post(url_of(name, world)).status_code == refused.get(name, 403), name
    for send in (client.put, client.patch, client.delete):
        assert send(url_of("annotations:passage", world)).status_code == 403


def test_a_form_without_its_token_is_refused_with_words_in_the_readers_language(world, client_of):
    client = client_of("anon", enforce_csrf_checks=True)
    german = client.post(url_of("annotations:passage", world)).content.decode()
    assert '<html lang="de"' in german
    english = client.post(url_of("pages:report_problem", world).replace("/de/", "/en/"))
    assert '<html lang="en"' in english.content.decode()
    assert "CSRF" not in german
