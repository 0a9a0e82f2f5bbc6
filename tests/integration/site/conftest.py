"""One site for all tests of a module: built once, rolled back at the end."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from wagtail.models import Site

from tests.factories.world import World, build_world


class _Undo(Exception):  # noqa: N818 -- not an error
    """Ends the transaction of a module."""


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker, tmp_path_factory):
    """Build the site in a transaction around all tests of the module."""
    from django.conf import settings

    before = settings.MEDIA_ROOT
    settings.MEDIA_ROOT = tmp_path_factory.mktemp("media")
    with django_db_blocker.unblock():
        cache.clear()
        try:
            with transaction.atomic():
                yield build_world()
                raise _Undo
        except _Undo:
            pass
        finally:
            settings.MEDIA_ROOT = before
            cache.clear()
            Site.clear_site_root_paths_cache()


@pytest.fixture
def client_of(world: World):
    """Return a maker of clients by role."""

    def make(role: str, **options) -> Client:
        client = Client(**options)
        if role != "anon":
            client.force_login(world.users[role])
        return client

    return make
