"""Compile the translations without gettext; collect new texts where gettext is installed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = [ROOT / app for app in ("versioning", "annotations", "cms_pages")] + [ROOT / "templates"]


def compile_all() -> None:
    """Write a .mo beside each .po that is newer."""
    for folder in FOLDERS:
        for source in folder.glob("locale/*/LC_MESSAGES/*.po"):
            target = source.with_suffix(".mo")
            if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
                polib.pofile(str(source)).save_as_mofile(str(target))


def collect_all() -> None:
    """Collect new texts into the .po files by Django's makemessages."""
    for folder in FOLDERS:
        (folder / "locale").mkdir(exist_ok=True)
        subprocess.run(
            [sys.executable, "-m", "django", "makemessages", "-l", "de", "--no-location",
             "--no-obsolete", "--no-wrap"],
            cwd=folder, check=True, env={**os.environ, "DJANGO_SETTINGS_MODULE": ""},
        )  # fmt: skip


if __name__ == "__main__":
    {"compile": compile_all, "collect": collect_all}[sys.argv[1]]()
