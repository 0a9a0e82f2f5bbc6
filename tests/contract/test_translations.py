"""The interface is complete in German: every text is translated, none is doubtful."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import polib
import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("versioning", "annotations", "cms_pages", "templates")
CATALOGUE = "locale/de/LC_MESSAGES/django.po"
PLACEHOLDER = re.compile(r"%(?:\((\w+)\))?[#0\- +]*\d*(?:\.\d+)?([sdifr])")
FAMILIAR = re.compile(r"\b(?:[Dd]u|[Dd]ein\w*|[Dd]ich|[Dd]ir)\b")


def catalogue(folder: str) -> polib.POFile:
    return polib.pofile(str(ROOT / folder / CATALOGUE))


def source_of(entry: polib.POEntry) -> tuple[str | None, str, str]:
    return entry.msgctxt, entry.msgid, entry.msgid_plural


def texts_of(entry: polib.POEntry) -> list[str]:
    return [*entry.msgstr_plural.values()] if entry.msgid_plural else [entry.msgstr]


def placeholders(text: str) -> set[tuple[str, str]]:
    return {
        (match.group(1) or "", match.group(2))
        for match in PLACEHOLDER.finditer(text.replace("%%", ""))
    }


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, polib.POFile]:
    """Return the texts of each folder, collected anew from its sources into a copy."""
    if shutil.which("xgettext") is None:
        pytest.skip("xgettext is not installed, so the sources cannot be searched for texts")
    catalogues = {}
    for folder in FOLDERS:
        copy = tmp_path_factory.mktemp("sources") / folder
        shutil.copytree(
            ROOT / folder, copy, ignore=shutil.ignore_patterns("*.po", "*.mo", "__pycache__")
        )
        (copy / "locale").mkdir(exist_ok=True)
        subprocess.run(  # Django's own command on a copy of our sources
            [sys.executable, "-m", "django", "makemessages", "-l", "de", "--no-location"],
            cwd=copy,
            check=True,
            capture_output=True,
            env={**os.environ, "DJANGO_SETTINGS_MODULE": ""},
        )
        catalogues[folder] = polib.pofile(str(copy / CATALOGUE))
    return catalogues


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_text_of_the_sources_stands_in_the_german_catalogue(collected, folder):
    known = {source_of(entry) for entry in catalogue(folder)}
    found = {source_of(entry) for entry in collected[folder]}
    assert found, f"{folder}: no text was found at all"
    assert sorted(found - known, key=str) == []


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_german_text_is_there_and_nobody_doubts_it(folder):
    entries = [entry for entry in catalogue(folder) if not entry.obsolete]
    assert entries
    assert [e.msgid for e in entries if not all(text.strip() for text in texts_of(e))] == []
    assert [e.msgid for e in entries if "fuzzy" in e.flags] == []
    assert [e.msgid for e in entries if e.msgid_plural and len(e.msgstr_plural) != 2] == []


@pytest.mark.parametrize("folder", FOLDERS)
def test_placeholders_are_the_same_in_both_languages(folder):
    differing = []
    for entry in catalogue(folder):
        either = placeholders(entry.msgid) | placeholders(entry.msgid_plural)
        for text in texts_of(entry):
            # A singular may leave the number out ("the change") where the plural names it.
            same = (
                placeholders(text) <= either
                if entry.msgid_plural
                else (placeholders(text) == either)
            )
            if not same:
                differing.append((entry.msgid, text))
    assert differing == []


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_plural_names_its_number_in_both_languages(folder):
    silent = [
        entry.msgid
        for entry in catalogue(folder)
        if entry.msgid_plural
        and placeholders(entry.msgid_plural) != placeholders(entry.msgstr_plural[1])
    ]
    assert silent == []


@pytest.mark.parametrize("folder", FOLDERS)
def test_german_says_sie_and_never_du(folder):
    familiar = [text for e in catalogue(folder) for text in texts_of(e) if FAMILIAR.search(text)]
    assert familiar == []


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_text_in_two_catalogues_has_one_translation(folder):
    """Django merges all catalogues, so the last one loaded would win without a word."""
    here = {source_of(entry): texts_of(entry) for entry in catalogue(folder)}
    for other in FOLDERS:
        for entry in catalogue(other):
            if source_of(entry) in here:
                assert here[source_of(entry)] == texts_of(entry), (other, entry.msgid)
