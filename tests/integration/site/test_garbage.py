"""No number, parameter or word of an address or a form breaks a page (S10)."""

from __future__ import annotations

import re

import pytest
from django.core.cache import cache
from django.urls import reverse

from annotations.models import Annotation
from tests.factories.annotations import annotate
from tests.factories.vectors import NAUGHTY, SCRIPTS, VALUES
from tests.integration.site.addresses import our_names, url_of
from tests.integration.site.harmless import assert_harmless, assert_words_only

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_rate_limits():
    cache.clear()


IDS = ["0", str(10**20), "-1", "%00", "²", "%ED%A0%80"]
PATHS = [
    "/de/versions/{0}/",
    "/de/versions/{0}/{0}/",
    "/de/versions/{page}/{0}/",
    "/de/versions/{page}/compare/{0}/{0}/",
    "/de/versions/{page}/compare/1/{0}/",
    "/de/versions/{page}/{0}/removed/",
    "/de/versions/{page}/annotations/?q={0}&chapter={0}&order={0}&page={0}",
    "/de/versions/{0}/annotations/",
    "/de/versions/{page}/2/passages/{0}/",
    "/de/submissions/{0}/",
    "/de/annotations/{0}/",
    "/de/annotations/{0}/reply/",
    "/de/annotations/sent/{0}/",
    "/de/annotations/confirm/{0}/",
    "/de/{0}/",
    "/{0}/",
    "/media/{0}",
    "/documents/{0}/{0}",
    "/accounts/confirm-email/{0}/",
    "/accounts/password/reset/key/{0}-{0}/",
    "/de/_util/authenticate_with_password/{0}/{0}/",
]
ADMIN_PATHS = [
    "/admin/annotations/{0}/",
    "/admin/annotations/{0}/hide/",
    "/admin/annotations/{0}/show/",
    "/admin/annotations/{0}/release/",
    "/admin/annotations/dispositions/{0}/",
    "/admin/annotations/placements/{0}/",
    "/admin/annotations/dispose/?annotation={0}",
    "/admin/versions/page/{0}/",
    "/admin/versions/page/{0}/gate/",
    "/admin/versions/{0}/changes/",
    "/admin/versions/{0}/window/",
    "/admin/versions/{0}/gate/",
    "/admin/versions/submissions/{0}/",
    "/admin/versions/decisions/{0}/",
    "/admin/import/{0}/",
    "/admin/import/?parent={0}",
    "/admin/problemreport/edit/{0}/",
]


@pytest.mark.parametrize("path", [*PATHS, *ADMIN_PATHS])
def test_no_number_in_an_address_breaks_a_page(world, client_of, path):
    client = client_of("moderator" if "/admin/" in path else "anon")
    if path.startswith(("/admin/import", "/admin/versions", "/admin/annotations/dis")):
        client = client_of("senate" if "decisions" in path else "editor")
    for value in IDS:
        url = path.format(value, page=world.drafts["open"].pk)
        assert client.get(url).status_code < 500, url
    assert client.post(path.format(10**20, page=world.drafts["open"].pk)).status_code < 500


PARAMETERS = re.findall(
    r"\w+",
    """
    page view show only from to change next p q version state answer chapter passage
    place replies ordering reasons annotation ids parent kind motivation document search
    export
""",
)


@pytest.mark.parametrize("value", VALUES)
def test_no_parameter_of_an_address_breaks_a_page(world, client_of, value):
    query = "&".join(f"{name}={value}" for name in PARAMETERS)
    clients = {role: client_of(role) for role in ("anon", "editor", "moderator", "senate")}
    for name in sorted(our_names() - {"media"}):
        if name.startswith("account_") and name not in {"account_login", "account_logout"}:
            continue
        role = "anon"
        if name.startswith(("synopse", "problemreport")):
            role = "moderator" if "outbox" in name or "hide" in name else "editor"
            role = "senate" if "decision" in name else role
        path = url_of(name, world).partition("?")[0]
        response = clients[role].get(f"{path}?{query}")
        assert response.status_code < 500, path
    pages = ["/de/", world.process.get_url(), world.drafts["open"].get_url()]
    for path in pages:
        assert_harmless(clients["anon"].get(f"{path}?{query}"))


@pytest.mark.parametrize("name", PARAMETERS)
def test_no_parameter_alone_breaks_the_listing(world, client_of, name):
    editor, listing = client_of("editor"), reverse("synopse_annotations:index")
    for value in (str(10**20), "%00"):
        assert editor.get(f"{listing}?{name}={value}").status_code < 500, value


@pytest.mark.parametrize(
    "values",
    [
        {"start": str(10**20), "end": str(10**21)},
        {"start": "-1", "end": "5"},
        {"start": "5", "end": "1"},
        {"start": "1e3", "end": "NaN"},
        {"start": "0", "end": "9" * 5_000},
        {"quote": "\x00", "start": "0", "end": "1"},
        {"base_hash": "x" * 5_000, "proposed": "y", "motivation": "editing"},
        {"motivation": "replying"},
        {"idempotency_key": "k" * 10_000},
        {"started": "eyJ.gefälscht"},
        {"body": ["eins", "zwei"], "quote": ["Stadt", "allen"]},
    ],
)
def test_garbage_ranges_and_keys_are_refused_or_ignored(world, client_of, values):
    words = {"body": "Hallo", "motivation": "commenting", "name": "A", "email": "a@example.org"}
    response = client_of("anon").post(url_of("annotations:passage", world), {**words, **values})
    assert response.status_code in {302, 409, 422}
    for made in Annotation.objects.filter(user_name="A"):
        assert made.start is None or made.passage.text[made.start : made.end] == made.exact


def test_the_listing_finds_hostile_words_as_words(world, client_of):
    one = annotate(world.versions["open"], position=1, body="100%_\\' sicher <b>")
    client, listing = client_of("editor"), reverse("synopse_annotations:index")
    for query in [*SCRIPTS[:3], *NAUGHTY[:3], "\x00", "%", "_", "\\"]:
        response = client.get(listing, {"q": query})
        assert response.status_code == 200
        assert_words_only(response)
    found = client.get(listing, {"q": "100%_\\'"}).context["object_list"]
    assert [row.pk for row in found] == [one.pk]
