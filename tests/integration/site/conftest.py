"""One site for all tests of a module: built once, rolled back at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client

from tests.factories.world import World, build_world, register_world_route

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def world(shared) -> Iterator[World]:
    """Build the site, for all tests of the module."""
    world = build_world()
    with pytest.MonkeyPatch.context() as patch:
        register_world_route(world, patch)
        yield world


@pytest.fixture
def client_of(world: World):
    """Return a maker of clients by role."""

    def make(role: str, **options) -> Client:
        client = Client(**options)
        if role != "anon":
            client.force_login(world.users[role])
        return client

    return make
