"""Nothing that is not public leaves by the interface, whoever calls (S4, D6)."""

from __future__ import annotations

import json

import pytest
from django.core.cache import cache
from django.urls import reverse

from annotations.models import State
from tests.factories.world import ROLES, World, secrets_of
from tests.integration.api.calls import Program, address
from tests.integration.site.conftest import world  # noqa: F401  # a fixture

pytestmark = pytest.mark.django_db

HIDDEN_PAGES = ("login", "password", "groups", "unpublished", "expired")
LET_IN = {"login": set(ROLES) - {"anon"}, "groups": {"editor", "administrator"}}


def program_of(world: World, role: str) -> Program:  # noqa: F811
    return Program(None if role == "anon" else world.users[role])


def everything_of(program: Program, page_id: int) -> list:
    """Return answers to everything that can be read of a container."""
    url = reverse("synopse_api:container", args=[page_id])
    prefer = 'return=representation;include="http://www.w3.org/ns/oa#PreferContainedIRIs"'
    return [
        program.get(url),
        program.get(url, Prefer=prefer),
        program.get(f"{url}?page=0"),
        program.get(f"{url}?page=0&iris=1"),
        program.call("HEAD", url),
        program.call("OPTIONS", url),
    ]


def told(response) -> str:
    return response.content.decode() + json.dumps(dict(response.headers))


@pytest.mark.parametrize("role", ROLES)
def test_no_secret_of_a_public_page_is_told_to_anybody(world, role):  # noqa: F811
    program = program_of(world, role)
    own = {world.users[role].email} if role != "anon" else set()
    for name in ("open", "moderated", "submitted"):
        for response in everything_of(program, world.drafts[name].pk):
            assert response.status_code in {200, 404}
            found = [secret for secret in secrets_of(world) if secret in told(response)]
            assert set(found) <= own


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", HIDDEN_PAGES)
def test_hidden_pages_are_there_for_those_alone_whom_they_let_in(world, role, name):  # noqa: F811
    program = program_of(world, role)
    expected = 200 if role in LET_IN.get(name, ()) else 404
    answers = everything_of(program, world.drafts[name].pk)
    answers.append(program.get(address(world.annotations[f"on_{name}"])))
    assert {response.status_code for response in answers} == {expected}
    if expected == 404:
        assert not [s for s in secrets_of(world) for r in answers if s in told(r)]


@pytest.mark.parametrize("role", ROLES)
def test_an_annotation_is_told_by_its_state(world, role):  # noqa: F811
    program = program_of(world, role)
    for name, made in world.annotations.items():
        if name.startswith("on_"):
            continue
        waits = made.state in {State.PENDING, State.UNCONFIRMED}
        own = made.state == State.PENDING and role == "citizen"
        expected = 200 if made.state == State.PUBLIC or own else (404 if waits else 410)
        response = program.get(address(made))
        assert response.status_code == expected, name
        if not own:
            assert "KANARIE" not in told(response), name


def test_a_container_counts_what_is_public_and_nothing_else(world):  # noqa: F811
    url = reverse("synopse_api:container", args=[world.drafts["open"].pk])
    found = json.loads(Program().get(url).content)
    public = [a for a in world.annotations.values() if a.state == State.PUBLIC]
    here = {str(a.uuid) for a in public if a.version.page_id == world.drafts["open"].pk}
    assert {item["id"].rpartition("/")[2] for item in found["first"]["items"]} == here
    assert found["total"] == len(here)


def test_no_key_of_a_row_or_of_a_person_is_told(world):  # noqa: F811
    url = reverse("synopse_api:container", args=[world.drafts["open"].pk])
    found = json.loads(Program().get(url).content)
    names = {key for item in found["first"]["items"] for key in _keys(item)}
    assert names <= {
        *("@context", "id", "type", "motivation", "creator", "name", "created", "modified"),
        *("body", "value", "format", "language", "purpose", "target", "source", "selector"),
        *("conformsTo", "refinedBy", "exact", "prefix", "suffix", "start", "end", "synopse"),
        *("synopse:place", "synopse:state", "synopse:passage", "synopse:start", "synopse:end"),
        *("synopse:disposition", "synopse:outcome", "synopse:reason", "synopse:intended"),
        *("synopse:version", "synopse:change", "synopse:source"),
        *("canonical", "via"),
    }


def _keys(value) -> set[str]:
    if isinstance(value, list):
        return {key for each in value for key in _keys(each)}
    if not isinstance(value, dict):
        return set()
    return set(value) | {key for each in value.values() for key in _keys(each)}


@pytest.mark.parametrize("name", HIDDEN_PAGES)
def test_nobody_writes_where_nobody_may_read(world, name):  # noqa: F811
    cache.clear()
    url = reverse("synopse_api:container", args=[world.drafts[name].pk])
    for role in ("citizen", "moderator"):
        if role in LET_IN.get(name, ()):
            continue
        response = program_of(world, role).post(url, {"type": "Annotation", "target": "/"})
        assert response.status_code == 404
