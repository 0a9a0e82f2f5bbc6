"""The migrations of our apps run back and forward again, on a database of their own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.databases import find_template

ROOT = Path(__file__).resolve().parents[2]
STORY = """
import io

import django
from django.core.management import call_command

django.setup()
APPS = ["synopse_pages", "synopse_annotations", "synopse_versioning"]


def shown(*apps):
    out = io.StringIO()
    call_command("showmigrations", *apps, stdout=out)
    return out.getvalue()


call_command("migrate", verbosity=0)
for app in APPS:
    assert "[X]" in shown(app)
    call_command("migrate", app, "zero", verbosity=0)
    assert "[X]" not in shown(app), shown(app)
call_command("migrate", verbosity=0)
assert "[ ]" not in shown(*APPS), shown(*APPS)
call_command("makemigrations", "--check", "--dry-run")
"""


@pytest.fixture
def migrated(django_db_setup, tmp_path) -> Path:
    """Return a folder with a database of the demo on which all migrations have run."""
    shutil.copy(find_template().path, tmp_path / "synopse.sqlite3")
    return tmp_path


def test_every_migration_can_be_taken_back_and_applied_again(migrated):
    environment = {
        **os.environ,
        "SYNOPSE_VAR": str(migrated),
        "DJANGO_SETTINGS_MODULE": "config.settings.dev",
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'site'}",
    }
    done = subprocess.run(
        [sys.executable, "-c", STORY],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
