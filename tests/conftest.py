"""Fixtures of all tests."""

from __future__ import annotations

import os
import uuid
from contextlib import ExitStack
from copy import deepcopy
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.db import connection, transaction
from hypothesis import settings as hypothesis_settings
from wagtail.models import Locale, Page, Site

from tests.databases import find_template, one_at_a_time
from tests.support import forget

if TYPE_CHECKING:
    from collections.abc import Iterator

# On CI every run tries the same examples: what lands does not depend on luck. Elsewhere they are
# drawn anew each time, and a failing one is kept until it is mended.
hypothesis_settings.register_profile("ci", derandomize=True, deadline=None)
hypothesis_settings.register_profile("local", deadline=None)
hypothesis_settings.load_profile("ci" if os.environ.get("CI") else "local")


@pytest.fixture(scope="session")
def _waiting() -> ExitStack:
    """Hold what other processes wait for until the database stands."""
    return ExitStack()


@pytest.fixture(scope="session")
def _template(_waiting, django_db_blocker, django_db_modify_db_settings_parallel_suffix):
    """Hand out a copy of the template, and return whether there is one."""
    _waiting.enter_context(one_at_a_time())
    template = find_template()
    with django_db_blocker.unblock():
        if template.exists:
            template.hand_out()
            return None
    return template


@pytest.fixture(scope="session")
def django_db_modify_db_settings(_template) -> None:
    """Have the settings of the template in place before the database is made."""


@pytest.fixture(scope="session")
def django_db_keepdb(request, _template) -> bool:
    """Keep the file that was copied: Django would begin with an empty one."""
    copied = _template is None and connection.vendor == "sqlite"
    return copied or request.config.getvalue("reuse_db")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker, _template, _waiting) -> None:
    """Keep the first database as the template of all others."""
    with _waiting, django_db_blocker.unblock():
        if _template:
            _template.keep()


@pytest.fixture(autouse=True)
def _own_media_and_cache(settings, tmp_path_factory) -> None:
    """Give each test a media folder of its own, made by whoever stores a file, and empty caches."""
    settings.MEDIA_ROOT = tmp_path_factory.getbasetemp() / f"media-{uuid.uuid4()}"
    forget()


@pytest.fixture(scope="module")
def shared(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[None]:
    """Let all tests of a module stand on what its fixtures made, in a transaction around them.

    Whoever takes such a thing works on a deep copy, or the next test would see what became of it.
    """
    before = settings.MEDIA_ROOT
    settings.MEDIA_ROOT = tmp_path_factory.mktemp("media")
    forget()
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)
    settings.MEDIA_ROOT = before
    forget()


@pytest.fixture(scope="module")
def shared_root(shared) -> Page:
    """Return Wagtail's root page, with both locales in place for all tests of a module."""
    return make_root()


@pytest.fixture
def version(shared_version):
    """Return the version that the module makes as ``shared_version``, for one test."""
    return deepcopy(shared_version)


@pytest.fixture
def root(db) -> Page:
    """Return Wagtail's root page, with both locales in place."""
    return make_root()


def make_root() -> Page:
    Locale.objects.get_or_create(language_code="de")
    Locale.objects.get_or_create(language_code="en")
    return Page.objects.get(depth=1)


@pytest.fixture
def site_root(root: Page) -> Page:
    """Return the page that the default site shows at its own address."""
    return Site.objects.get(is_default_site=True).root_page.specific
