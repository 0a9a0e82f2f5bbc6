"""The security log tells what happened, and nothing about the person (S19)."""

from __future__ import annotations

import logging
import re

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from annotations.services.moderating import hide_annotation
from tests.factories.annotations import annotate
from tests.factories.world import secrets_of
from tests.integration.site.addresses import url_of
from versioning.security_log import note
from versioning.services.decisions import record_decision

pytestmark = pytest.mark.django_db

PASSWORD = "geheim-123"  # what UserFactory sets
LINE = re.compile(r"[a-z_.]+( [a-z_]+=[A-Za-z0-9_.:-]+)*")


@pytest.fixture
def told(caplog):
    """Return what stands in the log so far."""
    cache.clear()
    caplog.set_level(logging.INFO, "synopse.security")

    def lines() -> list[str]:
        return [r.getMessage() for r in caplog.records if r.name == "synopse.security"]

    return lines


def test_signing_in_and_out_and_failing_are_told(world, told):
    client, number = Client(), world.users["citizen"].pk
    client.post("/accounts/login/", {"login": "citizen", "password": "falsch"})
    client.post("/accounts/login/", {"login": "citizen", "password": PASSWORD})
    client.post("/accounts/logout/")
    failed, done, ended = told()
    assert failed.startswith("login.failed network=fd")
    assert (done, ended) == (f"login.done account={number}", f"login.ended account={number}")


def test_moderation_is_told_without_its_words(world, told):
    made = annotate(world.versions["open"], position=1, user=world.users["citizen"], body="KANARIE")
    moderator = world.users["moderator"]
    hide_annotation(annotation=made, actor=moderator, ground="KANARIE des Grundes")
    line = f"annotations.hide account={moderator.pk} kind=annotation object={made.pk}"
    assert line in told()


def test_the_gate_is_told(world, told):
    senate, today = world.users["senate"], timezone.localdate()
    step = world.submission.steps.first()
    record_decision(step=step, outcome="agreed", decided_on=today, actor=senate, note="KANARIE")
    page = world.submission.version.page_id
    assert f"synopse.decide account={senate.pk} kind=page object={page}" in told()


def test_exports_and_refusals_are_told(world, told, client_of):
    for form in ("csv", "xlsx", "json_ld"):
        Client().get(url_of(f"annotations:{form}", world))
    page = world.versions["open"].page_id
    assert [line for line in told() if line.startswith("export")] == [
        f"export page={page} form={form}" for form in ("csv", "xlsx", "jsonld")
    ]
    client = client_of("citizen")
    assert client.get("/accounts/admin/").status_code == 403
    assert told()[-1] == f"refused account={world.users['citizen'].pk} view=admin_login"


def test_no_input_begins_a_line_and_nobody_is_named(world, told, client_of):
    hostile = "x\r\n2026-01-01 INFO login.done account=1\u2028\x85"
    note("event\nlogin.done", value=hostile, other="a b=c")
    for login in (hostile, "citizen", world.users["citizen"].email):
        Client().post("/accounts/login/", {"login": login, "password": hostile, "next": hostile})
    client_of("editor").post(url_of("synopse_annotations:disposition", world), {"reason": hostile})
    annotate(world.versions["open"], position=1, user=world.users["citizen"], body=hostile)
    lines = told()
    assert len(lines) > 4
    for line in lines:
        assert LINE.fullmatch(line), line
    everything = "\n".join(lines)
    for secret in [*secrets_of(world), "citizen", "127.0.0.1"]:
        assert secret not in everything
