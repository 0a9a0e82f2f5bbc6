"""Nothing that is not public is ever shown to strangers (S4, D2, D6)."""

from __future__ import annotations

import json
import re
from urllib.parse import urljoin, urlsplit

import pytest
import time_machine
from config.caching import hidden_key
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection, models
from django.test import Client
from django.urls import reverse
from lxml import html as lxml_html

from annotations.models import State
from tests.factories import UserFactory
from tests.factories.annotations import passage
from tests.factories.world import secrets_of
from tests.integration.site.addresses import FILES, url_of
from versioning.models import Version

pytestmark = pytest.mark.django_db

STARTS = ("/de/", "/en/", "/accounts/login/", "/accounts/signup/", "/accounts/password/reset/")


def crawl(client, starts) -> dict[str, tuple[int, str]]:
    """Follow every link of the site and return each answer by its address."""
    waiting, seen, known = list(starts), {}, set()
    while waiting:
        url = waiting.pop()
        if _kind(url) in known:
            continue
        known.add(_kind(url))
        response = client.get(url)
        kind = response.headers.get("Content-Type", "")
        text = response.getvalue().decode(errors="replace")  # also what is streamed
        headers = json.dumps(dict(response.headers))
        seen[url] = (response.status_code, headers + text)
        links = [response["Location"]] if "Location" in response else []
        if kind.startswith("text/html") and text.strip():
            links += lxml_html.fromstring(text).xpath("//a/@href")
        for link in links:
            parts = urlsplit(urljoin(url, link))
            path = parts.path + (f"?{parts.query}" if parts.query else "")
            if parts.netloc in {"", "testserver", "localhost"} and parts.scheme in {"", "http"}:
                waiting.append(path)
    return seen


def _kind(url: str) -> str:
    """Return what makes an address one of its own: not where one comes from."""
    return re.sub(r"\?(next|page)=/.*|\?(next|page)=%2F.*", "", url)


@pytest.fixture(scope="module")
def crawled(world, django_db_blocker):
    with django_db_blocker.unblock():
        return crawl(Client(), [*STARTS, *(draft.get_url() for draft in _open(world))])


def _open(world):
    return [world.drafts[name] for name in ("open", "moderated", "submitted")]


def test_a_stranger_who_follows_every_link_meets_no_secret(world, crawled):
    found = {
        (url, secret)
        for url, (_status, text) in crawled.items()
        for secret in secrets_of(world)
        if secret in text
    }
    assert found == set()


def test_every_link_that_a_stranger_meets_leads_somewhere(crawled):
    assert len(crawled) > 40
    broken = {url for url, (status, _text) in crawled.items() if status >= 404 and status != 410}
    assert broken == set()


def test_public_words_are_met_on_the_way(world, crawled):
    everything = " ".join(text for _status, text in crawled.values())
    for name in ("answered", "public", "reply", "fresh"):
        assert world.annotations[name].comment in everything


def _addresses_of(version: Version) -> list[str]:
    """Return every public address under a version and its page."""
    page, number = version.page_id, version.number
    spot = {"page_id": page, "number": number}
    return [
        version.page.get_url() or "",
        reverse("versioning:versions", args=[page]),
        reverse("versioning:version", args=[page, number]),
        reverse("versioning:origin", args=[page, number]),
        reverse("versioning:choose_comparison", args=[page]),
        reverse("versioning:comparison", args=[page, 1, 2]),
        reverse("annotations:passage", kwargs={**spot, "uid": passage(version, 1).uid}),
        reverse("annotations:list", args=[page]),
        reverse("annotations:removed", kwargs=spot),
        *(reverse(f"annotations:{name}", args=[page]) for name in FILES),
        reverse("annotations:passage_feed", args=[page, passage(version, 1).uid]),
    ]


@pytest.mark.parametrize("name", ["login", "password", "groups", "unpublished", "expired"])
def test_no_address_of_a_hidden_page_tells_strangers_anything(world, client_of, name):
    client = client_of("anon")
    made = world.annotations[f"on_{name}"]
    versions = Version.objects.filter(page=world.drafts[name])
    urls = [address for version in versions for address in _addresses_of(version)]
    views = ("annotation", "reply", "sent")
    urls += [reverse(f"annotations:{view}", args=[made.uuid]) for view in views]
    slug = world.drafts[name].slug
    for url in urls:
        for method in (client.get, client.head, client.post):
            response = method(url)
            text = (response.content.decode() + json.dumps(dict(response.headers))).replace(
                slug, ""
            )
            asks_for_password = name == "password" and url == world.drafts[name].get_url()
            assert response.status_code in {302, 403, 404, 405, 409} or asks_for_password, url
            assert not [secret for secret in secrets_of(world) if secret in text], (method, url)


@pytest.mark.parametrize(
    "state", ["unconfirmed", "pending", "hidden", "spam", "illegal", "withdrawn", "hidden_reply"]
)
@pytest.mark.parametrize("view", ["annotation", "reply", "sent"])
def test_words_that_are_not_public_stay_with_their_state(world, client_of, state, view):
    response = client_of("anon").get(
        reverse(f"annotations:{view}", args=[world.annotations[state].uuid]), follow=True
    )
    assert response.status_code in {200, 404, 410}
    assert not [secret for secret in secrets_of(world) if secret in response.content.decode()]


def test_the_canary_sings_for_those_who_may_hear_it(world, client_of):
    moderator, editor = client_of("moderator"), client_of("editor")
    hidden = reverse("synopse_annotations:detail", args=[world.annotations["hidden"].pk])
    assert "KANARIE hidden" in moderator.get(hidden).content.decode()
    fresh = reverse("synopse_annotations:detail", args=[world.annotations["fresh"].pk])
    assert "KANARIE der Antwort von morgen" in editor.get(fresh).content.decode()


@pytest.mark.parametrize("role", ["reviewer", "senate"])
def test_those_who_only_read_meet_no_secret_of_the_open_draft_in_the_admin(world, client_of, role):
    client = client_of(role)
    for name in ("index", "detail"):
        url = url_of(f"synopse_annotations:{name}", world)
        shown = client.get(url).content.decode().replace(world.users[role].last_name, "")
        for state in ("hidden", "spam", "illegal", "withdrawn", "unbestätigt", "wartet"):
            assert f"KANARIE {state}" not in shown, (url, state)
    fresh = reverse("synopse_annotations:detail", args=[world.annotations["fresh"].pk])
    assert "von morgen" not in client.get(fresh).content.decode()


@pytest.mark.parametrize("name", ["login", "groups", "password"])
@pytest.mark.parametrize("role", ["anon", "citizen", "editor"])
def test_a_private_page_opens_for_those_whom_its_restriction_lets_in(world, client_of, name, role):
    version = world.versions[name]
    url = reverse("versioning:version", args=[version.page_id, version.number])
    allowed = {"login": {"citizen", "editor"}, "groups": {"editor"}, "password": set()}
    expected = 200 if role in allowed[name] else 404
    assert client_of(role).get(url).status_code == expected


def test_titles_of_unpublished_processes_are_not_shown_beside_their_drafts(world, client_of):
    process = type(world.process).objects.get(pk=world.process.pk)
    process.title = "KANARIE des Verfahrens"
    process.save_revision().publish()
    type(process).objects.get(pk=process.pk).unpublish()
    client = client_of("anon")
    for url in ("/de/", world.drafts["open"].get_url(), url_of("versioning:versions", world)):
        assert "KANARIE" not in client.get(url).content.decode(), url


def test_a_private_translation_is_not_linked_from_the_public_page(world, client_of):
    from wagtail.models import Locale, PageViewRestriction

    english = world.drafts["open"].copy_for_translation(
        Locale.objects.get(language_code="en"), copy_parents=True
    )
    english.slug = "canary-of-the-translation"
    english.save_revision().publish()
    client = client_of("anon")
    url = world.drafts["open"].get_url()
    assert "canary-of-the-translation" in client.get(url).content.decode()
    PageViewRestriction.objects.create(page=english, restriction_type="login")
    assert "canary-of-the-translation" not in client.get(url).content.decode()


# Addresses of networks


ADDRESS = "203.0.113.77"


def test_no_address_of_a_network_is_stored_whatever_people_do(world, client_of, settings):
    cache.clear()
    anon = client_of("anon", REMOTE_ADDR=ADDRESS, HTTP_X_FORWARDED_FOR=ADDRESS)
    citizen = client_of("citizen", REMOTE_ADDR=ADDRESS)
    guest = {"name": "Ada", "email": "ada@example.org", "body": "Hallo", "motivation": "commenting"}
    place = url_of("annotations:passage", world)
    assert anon.post(place, guest).status_code == 302
    assert citizen.post(place, guest).status_code == 302
    assert anon.post(url_of("annotations:confirm", world)).status_code == 302
    report = {"kind": "error", "text": "Kaputt", "page_url": "/de/", "email": ""}
    assert anon.post(url_of("pages:report_problem", world), report).status_code == 302
    account = {"email": "neu@example.org", "username": "neu", "password1": "geheim-und-lang"}
    assert anon.post("/accounts/signup/", account).status_code == 302
    anon.post("/accounts/login/", {"login": "neu", "password": "falsch"})
    anon.post("/accounts/login/", {"login": "citizen", "password": "geheim-123"})
    tables = connection.introspection.table_names()
    found = [table for table in tables if ADDRESS in _dump(table)]
    sessions = [s for s in Session.objects.all() if ADDRESS in str(s.get_decoded())]
    assert (found, sessions) == ([], [])
    assert cache._cache
    assert ADDRESS not in str(dict(cache._cache))


def test_keys_of_limits_change_every_day_and_all_others_stay():
    limit, other = "allauth:rl:account:login:5/m/ip:ip:203.0.113.77", "comparison:1:2"
    with time_machine.travel("2026-11-22T12:00Z", tick=False):
        before = [hidden_key(key, "", 1) for key in (limit, other)]
        assert [hidden_key(key, "", 1) for key in (limit, other)] == before
        assert hidden_key(other, "", 2) != before[1]
    with time_machine.travel("2026-11-23T12:00Z", tick=False):
        after = [hidden_key(key, "", 1) for key in (limit, other)]
    assert (before[0] != after[0], before[1] == after[1]) == (True, True)
    assert ADDRESS not in "".join(before)


def test_behind_a_proxy_people_are_counted_one_by_one(client_of, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = settings.SYNOPSE_PROXIES = 1
    cache.clear()
    words = {"login": "citizen", "password": "falsch"}

    def try_from(address: str) -> int:
        client = client_of("anon", HTTP_X_FORWARDED_FOR=f"6.6.6.6, {address}")
        return client.post("/accounts/login/", words).status_code

    assert [try_from("203.0.113.1") for _ in range(40)][-1] == 429
    assert try_from("203.0.113.2") == 200


def _dump(table: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
        return str(cursor.fetchall())


def test_every_field_for_addresses_of_networks_is_empty(world):
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, models.GenericIPAddressField):
                filled = model._base_manager.exclude(**{f"{field.name}__isnull": True})
                assert not filled.exists(), f"{model}.{field.name}"


def test_a_person_who_is_switched_off_is_out_at_once(world, client_of):
    user = UserFactory(username="bald-fort")
    user.groups.set(world.users["editor"].groups.all())
    client = client_of("anon")
    client.force_login(user)
    assert client.get(url_of("synopse_versions:page", world)).status_code == 200
    user.is_active = False
    user.save()
    assert client.get(url_of("synopse_versions:page", world)).status_code == 302


def test_every_state_of_an_annotation_has_its_canary(world):
    states = {made.state for made in world.annotations.values()}
    assert states | {State.PUBLIC} == set(State.values)
