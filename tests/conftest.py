"""Fixtures of all tests."""

from __future__ import annotations

import os

import pytest
from django.core.cache import caches
from django.utils import translation
from hypothesis import settings as hypothesis_settings
from wagtail.models import Locale, Page, Site

# On CI every run tries the same examples: what lands does not depend on luck. Elsewhere they are
# drawn anew each time, and a failing one is kept until it is mended.
hypothesis_settings.register_profile("ci", derandomize=True, deadline=None)
hypothesis_settings.register_profile("local", deadline=None)
hypothesis_settings.load_profile("ci" if os.environ.get("CI") else "local")


@pytest.fixture(autouse=True)
def _own_media_and_cache(settings, tmp_path):
    """Give each test a media folder of its own and an empty cache: Wagtail keeps sites there.

    The language of the last request of the test before stays active in its thread, so it ends.
    """
    settings.MEDIA_ROOT = tmp_path / "media"
    for cache in caches.all(initialized_only=True):
        cache.clear()
    translation.deactivate()


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
