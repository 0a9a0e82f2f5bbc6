"""What the tests of annotations share: an editor."""

from copy import deepcopy

import pytest

from tests.factories import make_user


@pytest.fixture(scope="module")
def shared_editor(shared_root):
    return make_user("editor")


@pytest.fixture
def editor(shared_editor):
    return deepcopy(shared_editor)
