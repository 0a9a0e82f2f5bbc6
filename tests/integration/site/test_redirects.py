"""Nobody is sent to a foreign host (S11)."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

import pytest
from django.core.cache import cache

from tests.integration.site.addresses import url_of

pytestmark = pytest.mark.django_db

TARGETS = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example/",
    "/\\evil.example/",
    "\\\\evil.example/",
    "/\t/evil.example/",
    "/\n/evil.example/",
    " //evil.example/",
    "http:evil.example",
    "http:///evil.example",
    "https:\\\\evil.example",
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "http://testserver@evil.example/",
    "http://testserver.evil.example/",
    "//evil.example\\@testserver/",
    "\x00//evil.example/",
    "//evil%2eexample/",
    "/%2F/evil.example/",
    "http://[::1/",
]


def is_ours(location: str) -> bool:
    """Tell whether a browser would stay here, also one that reads backslashes as slashes."""
    as_read = re.sub(r"[\x00-\x20]", "", location).replace("\\", "/")
    target = urlsplit(urljoin("http://testserver/de/", as_read))
    return target.scheme in {"http", "https"} and target.netloc == "testserver"


@pytest.fixture(autouse=True)
def _no_rate_limits():
    cache.clear()


@pytest.mark.parametrize("target", TARGETS)
def test_signing_in_leads_only_to_our_own_pages(world, client_of, target):
    client = client_of("anon")
    words = {"login": "citizen", "password": "geheim-123", "next": target}
    shown = client.get("/accounts/login/", {"next": target})
    assert shown.status_code == 200
    response = client.post("/accounts/login/", words)
    assert response.status_code == 302
    assert is_ours(response["Location"]), response["Location"]


@pytest.mark.parametrize("target", TARGETS)
def test_every_other_next_leads_only_to_our_own_pages(world, client_of, target):
    for role, url, words in (
        ("citizen", "/accounts/login/", {}),
        ("citizen", "/accounts/logout/", {}),
        ("citizen", "/accounts/signup/", {}),
        ("anon", "/language/", {"language": "en"}),
        ("anon", "/de/_util/login/", {"username": "citizen", "password": "geheim-123"}),
        ("moderator", url_of("synopse_annotations:release", world), {}),
    ):
        data = {**words, "next": target}
        for response in (
            client_of(role).post(url, data),
            client_of(role).post(f"{url}?next=%2F", data),
            client_of(role).get(url, {"next": target}),
        ):
            assert response.status_code < 500, url
            if "Location" in response:
                assert is_ours(response["Location"]), (url, response["Location"])


@pytest.mark.parametrize("target", TARGETS)
def test_the_report_form_takes_over_only_paths_of_this_site(world, client_of, target):
    shown = client_of("anon").get(url_of("pages:report_problem", world), {"page": target})
    assert shown.status_code == 200
    taken_over = shown.context["form"].initial["page_url"]
    assert not taken_over or re.match(r"/(?![/\\])", taken_over)


@pytest.mark.parametrize("target", ["/de/", "/en/", "/de/report-a-problem/"])
def test_ways_back_to_our_own_pages_work(world, client_of, target):
    words = {"login": "citizen", "password": "geheim-123", "next": target}
    assert client_of("anon").post("/accounts/login/", words)["Location"] == target
    language = {"language": "en", "next": target}
    location = client_of("anon").post("/language/", language)["Location"]
    assert location.replace("/en/", "/de/") == target.replace("/en/", "/de/")


def test_the_check_tells_foreign_hosts_from_our_own():
    assert is_ours("/de/")
    assert is_ours("?page=2")
    assert not is_ours("/\\evil.example")
    assert not is_ours("https://evil.example")
    assert not is_ours("javascript:alert(1)")
