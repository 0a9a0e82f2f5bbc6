"""No file that everybody may take along holds what is not public."""

from __future__ import annotations

import io

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from tests.factories.world import CANARY
from tests.integration.site.addresses import FILES

pytestmark = pytest.mark.django_db


def asked_for(world, name: str, kind: str):
    url = reverse(f"annotations:{kind}", args=[world.drafts[name].pk])
    return Client().get(url)


def words_of(response, kind: str) -> str:
    if kind != "xlsx":
        return response.getvalue().decode()
    rows = load_workbook(io.BytesIO(response.getvalue())).active
    return " ".join(str(cell.value) for row in rows for cell in row)


@pytest.mark.parametrize("kind", FILES)
@pytest.mark.parametrize("name", ["login", "password", "groups", "unpublished", "expired"])
def test_hidden_pages_have_neither_files_nor_feeds(world, name, kind):
    assert asked_for(world, name, kind).status_code == 404


@pytest.mark.parametrize("kind", FILES)
@pytest.mark.parametrize("name", ["open", "moderated", "submitted"])
def test_no_file_of_a_public_page_holds_a_secret(world, name, kind):
    response = asked_for(world, name, kind)
    assert response.status_code == 200
    words = words_of(response, kind)
    assert CANARY not in words
    assert CANARY.lower() not in words
