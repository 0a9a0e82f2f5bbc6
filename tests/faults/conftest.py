"""Fixtures of the fault runs: a site on which everything is really committed, seed and counts.

``make test`` runs a short form, ``make test-faults`` (``SYNOPSE_FAULTS=long``) all rounds. The seed
is printed; ``SYNOPSE_FAULTS_SEED`` repeats a run.
"""

from __future__ import annotations

import os
import random
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.conf import settings as django_settings
from django.db import connection, connections

from tests.browser import snapshots
from tests.faults.settings import AS_IN_PUBLIC

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LONG = os.environ.get("SYNOPSE_FAULTS") == "long"
SEED = int(os.environ.get("SYNOPSE_FAULTS_SEED") or random.SystemRandom().randrange(10**6))
_counts: list[tuple[str, dict[str, int]]] = []


def pytest_report_header() -> str:
    return f"faults: {'long' if LONG else 'short'} form, SYNOPSE_FAULTS_SEED={SEED}"


def pytest_terminal_summary(terminalreporter) -> None:
    if not _counts:
        return
    terminalreporter.section(f"faults on {connection.vendor}, seed {SEED}")
    for name, numbers in _counts:
        figures = ", ".join(f"{number} {what}" for what, number in numbers.items())
        terminalreporter.write_line(f"| {name} | {figures} |")


@pytest.fixture
def counts() -> Callable[..., None]:
    """Return what notes the counts of a run for the table at the end."""
    return lambda name, **numbers: _counts.append((name, numbers))


@pytest.fixture
def chance(request) -> random.Random:
    """Return the source of all chance of a test, which the seed and its name determine."""
    return random.Random(f"{SEED} {request.node.name}")


@pytest.fixture
def rounds() -> Callable[[int, int], int]:
    """Return how often something is done, in the short and in the long form."""
    return lambda short, long=50: long if LONG else short


@pytest.fixture(scope="session")
def _snapshots(django_db_setup, django_db_blocker) -> Iterator[None]:
    yield
    with django_db_blocker.unblock():
        snapshots.drop_all()


@pytest.fixture
def transactional_db(django_db_setup, django_db_blocker, _snapshots) -> Iterator[None]:
    """Let a new site stand before each test; pytest-django's would empty the database after it."""
    with django_db_blocker.unblock():
        snapshots.new_site()
        yield
        connections.close_all()


@pytest.fixture
def city(transactional_db, settings, tmp_path, monkeypatch) -> Path:
    """Return the folder of the mails of a new site, which works as it does in public."""
    for name, value in AS_IN_PUBLIC.items():
        setattr(settings, name, value)
    mails = tmp_path / "mails"
    mails.mkdir()
    settings.EMAIL_FILE_PATH = str(mails)
    root = Path(__file__).resolve().parents[2]
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "tests.faults.settings")
    monkeypatch.setenv("SYNOPSE_FAULTS_DATABASE", str(django_settings.DATABASES["default"]["NAME"]))
    monkeypatch.setenv("SYNOPSE_FAULTS_MAILS", str(mails))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(root), str(root / "site")]))
    return mails
