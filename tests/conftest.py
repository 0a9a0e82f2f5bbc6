"""Fixtures of all tests."""

from __future__ import annotations

import pytest
from wagtail.models import Locale, Page, Site


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def root(db) -> Page:
    """Return Wagtail's root page, with both locales in place."""
    Locale.objects.get_or_create(language_code="de")
    Locale.objects.get_or_create(language_code="en")
    return Page.objects.get(depth=1)


@pytest.fixture
def site_root(root: Page) -> Page:
    """Return the page that the default site shows at its own address."""
    return Site.objects.get(is_default_site=True).root_page.specific
