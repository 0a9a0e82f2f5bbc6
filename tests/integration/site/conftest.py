"""One site for all tests of a module: built once, rolled back at the end."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.factories.world import World, build_world


@pytest.fixture(scope="module")
def world(shared) -> World:
    """Build the site, for all tests of the module."""
    return build_world()


@pytest.fixture
def client_of(world: World):
    """Return a maker of clients by role."""

    def make(role: str, **options) -> Client:
        client = Client(**options)
        if role != "anon":
            client.force_login(world.users[role])
        return client

    return make
