"""A document with annotations, and programs that call."""

from __future__ import annotations

from copy import deepcopy

import pytest

from tests.factories import make_user
from tests.factories.annotations import open_version
from tests.integration.api.calls import Program

HTML = "<h2>Wohnen</h2><p>Die Stadt gehört allen.</p><p>Busse fahren jede Stunde.</p>"


@pytest.fixture(scope="module")
def shared_version(shared_root):
    return open_version(HTML)


@pytest.fixture
def version(shared_version):
    return deepcopy(shared_version)


@pytest.fixture
def user(db):
    return make_user()


@pytest.fixture
def program(user):
    return Program(user)


@pytest.fixture
def stranger():
    return Program()
