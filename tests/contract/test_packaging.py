"""What people install is complete, and nothing but the plugin."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import polib
import pytest
from django.core.management import call_command

ROOT = Path(__file__).resolve().parents[2]
APPS = ("versioning", "annotations", "cms_pages")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> set[str]:
    """Build the wheel as a release does and return the names in it."""
    subprocess.run([sys.executable, ".ci/messages.py", "compile"], cwd=ROOT, check=True)
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (built,) = folder.glob("*.whl")
    return set(zipfile.ZipFile(built).namelist())


def _in_repository(pattern: str) -> set[str]:
    return {
        str(path.relative_to(ROOT))
        for app in APPS
        for path in (ROOT / app).rglob(pattern)
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.mark.parametrize(
    "pattern", ["*.py", "templates/**/*", "static/**/*", "locale/**/*.mo", "locale/**/*.po"]
)
def test_the_wheel_holds_every_file_of_the_apps(wheel, pattern):
    expected = _in_repository(pattern)
    assert len(expected) > 2
    assert expected - wheel == set()


def test_every_translation_is_compiled(wheel):
    for app in APPS:
        assert f"{app}/locale/de/LC_MESSAGES/django.mo" in wheel


def test_the_wheel_holds_nothing_but_the_apps(wheel):
    tops = {name.partition("/")[0] for name in wheel}
    assert {top for top in tops if not top.startswith("synopse-")} == set(APPS)
    assert not [name for name in wheel if "test" in Path(name).name or "kern" in name.lower()]


def test_the_folder_of_the_site_is_no_package():
    assert not (ROOT / "site" / "__init__.py").exists()
    import site

    assert ROOT not in Path(site.__file__).parents


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_placeholders_of_translations_are_those_of_the_originals():
    for path in [*ROOT.glob("*/locale/de/LC_MESSAGES/django.po")]:
        for entry in polib.pofile(str(path)).translated_entries():
            texts = [entry.msgstr, *entry.msgstr_plural.values()]
            for text in filter(None, texts):
                assert _placeholders(text) <= _placeholders(entry.msgid + entry.msgid_plural), text
                if not entry.msgid_plural:
                    assert _placeholders(text) == _placeholders(entry.msgid), text


def _placeholders(text: str) -> set[str]:
    import re

    return set(re.findall(r"%\(\w+\)[sd]|%[sd]", text.replace("%%", "")))
