"""README and docs say what is there."""

import re
from pathlib import Path

import pytest

from cms_pages.demo.accounts import ACCOUNTS, PASSWORD

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
README = (ROOT / "README.md").read_text()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_and_images_lead_to_files(page):
    targets = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text())
    missing = [target for target in targets if not (page.parent / target).exists()]
    assert missing == []


def test_images_are_small():
    images = list((ROOT / "docs" / "images").iterdir())
    assert images
    assert [image.name for image in images if image.stat().st_size > 250_000] == []


def test_every_make_target_that_is_named_exists():
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    named = {
        target
        for page in PAGES
        for target in re.findall(r"(?:`|\$ |&& )make ([a-z-]+)", page.read_text())
    }
    assert named
    assert named <= targets


def test_the_readme_names_every_account_of_the_demo_and_its_password():
    rows = set(re.findall(r"^\| `([a-z]+)` \|", README, re.MULTILINE))
    assert rows == {account.username for account in ACCOUNTS}
    assert f"`{PASSWORD}`" in README


def test_the_guide_to_production_names_every_variable_that_is_read():
    guide = (ROOT / "docs" / "how-to" / "production.md").read_text()
    guide = re.sub(r"`(SYNOPSE_[A-Z]+)_[A-Z]+`, (`_[A-Z]+`(, )?)+", _written_out, guide)
    read = {
        name
        for layer in ("base", "production")
        for name in re.findall(
            r"""(?:environ\.get|_required)\(\s*"(SYNOPSE_[A-Z_]+)""",
            (ROOT / "site" / "config" / "settings" / f"{layer}.py").read_text(),
        )
    }
    assert "SYNOPSE_SMTP_TLS" in read
    assert sorted(name for name in read if f"`{name}`" not in guide) == []


def _written_out(match):
    first, *others = re.findall(r"`([A-Z_]+)`", match.group())
    family = first.rpartition("_")[0]
    return " ".join([f"`{first}`", *(f"`{family}{other}`" for other in others)])


def test_commands_of_the_guides_exist():
    from django.core.management import get_commands

    named = {
        command
        for page in PAGES
        for command in re.findall(r"manage\.py ([a-z_]+)", page.read_text())
    }
    assert named <= {*get_commands(), "load_demo"}
