"""What the documentation promises and what the code offers are the same."""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from config.settings import base

if TYPE_CHECKING:
    from django.template import Library
from django.core.management import load_command_class
from django.dispatch import Signal

ROOT = Path(__file__).resolve().parents[2]
APPS = ("versioning", "annotations", "cms_pages")
REFERENCE = {path.stem: path.read_text() for path in (ROOT / "docs" / "reference").glob("*.md")}


def _sources() -> dict[Path, str]:
    folders = [ROOT / name for name in (*APPS, "site", "templates")]
    return {
        path: path.read_text()
        for folder in folders
        for path in folder.rglob("*")
        if path.suffix in {".py", ".html"} and "fixtures" not in path.parts
    }


def _named(pattern: str) -> set[str]:
    return {name for text in _sources().values() for name in re.findall(pattern, text)}


def test_every_setting_and_variable_is_documented():
    used = _named(r"\bSYNOPSE_[A-Z_]+[A-Z]")
    assert {name for name in used if f"`{name}`" not in REFERENCE["settings"]} == set()


def test_every_documented_setting_and_variable_exists():
    documented = set(re.findall(r"`(SYNOPSE_[A-Z_]+)`", REFERENCE["settings"]))
    assert documented - _named(r"\bSYNOPSE_[A-Z_]+[A-Z]") == set()


def test_the_documented_values_are_those_of_the_code():
    for name, value in (
        ("SYNOPSE_CONFIRMATION_HOURS", base.SYNOPSE_CONFIRMATION_HOURS),
        ("SYNOPSE_APPEAL_DAYS", base.SYNOPSE_APPEAL_DAYS),
        ("SYNOPSE_MINIMUM_SECONDS", base.SYNOPSE_MINIMUM_SECONDS),
        ("COMMENT_MAX_LENGTH", base.COMMENT_MAX_LENGTH),
        ("COMMENTS_XTD_MAX_THREAD_LEVEL", base.COMMENTS_XTD_MAX_THREAD_LEVEL),
        ("SYNOPSE_MAX_BODY", f"{base.SYNOPSE_MAX_BODY:,}"),
        ("SYNOPSE_DEMO", f"`{base.SYNOPSE_DEMO}`"),
    ):
        assert f"| `{name}` ({value})" in REFERENCE["settings"], name


def _hooks() -> set[str]:
    found = set()
    for path, text in _sources().items():
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for name in re.findall(
            r"^def (register_(?:gate|change|page|file|integrity)\w+)\(", text, re.M
        ):
            found.add(f"{module}.{name}")
    return found


def test_every_hook_is_documented_with_its_module():
    assert len(_hooks()) == 5
    assert {hook for hook in _hooks() if f"`{hook}`" not in REFERENCE["hooks"]} == set()


def _signals() -> set[str]:
    found = set()
    for app in ("versioning", "annotations"):
        module = importlib.import_module(f"{app}.signals")
        names = [name for name, value in vars(module).items() if isinstance(value, Signal)]
        found |= {f"{app}.signals.{name}" for name in names}
    return found


def test_every_signal_is_documented_and_sent():
    documented = set(
        re.findall(r"`((?:versioning|annotations)\.signals\.\w+)`", REFERENCE["hooks"])
    )
    assert documented == _signals()
    sent = _named(r"\b(\w+)\.send(?:_robust)?\b")
    assert {name.rpartition(".")[2] for name in documented} <= sent


@pytest.mark.parametrize(
    "library",
    [
        "versioning.templatetags.versioning_tags",
        "versioning.templatetags.comparison_tags",
        "annotations.templatetags.annotations_tags",
        "cms_pages.templatetags.site_tags",
    ],
)
def test_every_tag_and_filter_is_documented(library):
    register: Library = importlib.import_module(library).register
    section = REFERENCE["hooks"].split(library.rpartition(".")[2])[1].split("###")[0]
    names = {*register.tags, *register.filters}
    assert {name for name in names if not re.search(rf"[`|]{name}\b", section)} == set()


def _commands() -> dict[str, str]:
    found = {}
    for app in (*APPS, "site/config/demo"):
        for path in (ROOT / app / "management" / "commands").glob("[a-z]*.py"):
            found[path.stem] = ".".join(path.relative_to(ROOT).parts[:-3]).removeprefix("site.")
    return found


def test_every_command_is_documented_with_its_options():
    for name, app in _commands().items():
        row = re.search(rf"^\| `{name}\b.*$", REFERENCE["commands"], re.M)
        assert row, name
        parser = load_command_class(app, name).create_parser("manage.py", name)
        usual = load_command_class("django.core", "check").create_parser("manage.py", "check")
        usual_options = {option for action in usual._actions for option in action.option_strings}
        for action in parser._actions:
            for option in set(action.option_strings) - usual_options - {"--skip-checks"}:
                assert option in row[0], (name, option)


def test_every_documented_command_exists():
    assert set(re.findall(r"^\| `([a-z_]+)(?=[ `])", REFERENCE["commands"], re.M)) == set(
        _commands()
    )


def test_every_check_of_the_system_is_documented():
    ids = _named(r'id="(synopse\w*\.[EW]\d+)"')
    assert ids
    assert {name for name in ids if name not in REFERENCE["commands"]} == set()


def test_the_index_leads_to_every_page():
    index = (ROOT / "docs" / "index.md").read_text()
    for name in REFERENCE:
        assert f"reference/{name}" in index
