"""The migrations of our apps run forward, back and forward again, on a database of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APPS = ["synopse_pages", "synopse_annotations", "synopse_versioning"]


@pytest.fixture
def manage(tmp_path):
    environment = {
        **os.environ,
        "SYNOPSE_VAR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "config.settings.dev",
    }

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "site/manage.py", *arguments],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def test_every_migration_can_be_taken_back_and_applied_again(manage):
    manage("migrate", "--verbosity", "0")
    for app in APPS:
        manage("migrate", app, "zero", "--verbosity", "0")
        assert "[X]" not in manage("showmigrations", app)
    manage("migrate", "--verbosity", "0")
    assert "[ ]" not in manage("showmigrations", *APPS)
    manage("makemigrations", "--check", "--dry-run")
