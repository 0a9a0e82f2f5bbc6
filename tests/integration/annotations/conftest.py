"""What the tests of annotations share: a version that each module makes once, and an editor."""

from copy import deepcopy

import pytest

from tests.factories import make_user


@pytest.fixture
def version(shared_version):
    """Return the version that the module makes as ``shared_version``, for one test."""
    return deepcopy(shared_version)


@pytest.fixture(scope="module")
def shared_editor(shared_root):
    return make_user("editor")


@pytest.fixture
def editor(shared_editor):
    return deepcopy(shared_editor)
