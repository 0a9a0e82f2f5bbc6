"""Headers that keep strangers' scripts, frames and eyes away, on every answer (S2)."""

from __future__ import annotations

import re

import pytest
from config import views
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse
from lxml import html as lxml_html

from tests.factories.annotations import passage
from tests.integration.site.addresses import our_names, url_of

pytestmark = pytest.mark.django_db

PUBLIC_POLICY = {
    "default-src": {"'self'"},
    "script-src": {"'self'"},
    "style-src": {"'self'"},
    "img-src": {"'self'", "data:"},
    "font-src": {"'self'"},
    "connect-src": {"'self'"},
    "object-src": {"'none'"},
    "base-uri": {"'none'"},
    "form-action": {"'self'"},
    "frame-ancestors": {"'self'"},
}
NOT_PUBLIC = (
    "synopse_",
    "problemreport",
    "watchedword",
    "reasontext",
    "consenttext",
    "other_admin",
)
JSON_TYPES = {"application/json", "application/ld+json"}


def policy_of(response) -> dict[str, set[str]]:
    """Return the directives; a nonce is left out, since it allows only what carries it."""
    policy = re.sub(r"'nonce-[^']+'", "", response["Content-Security-Policy"])
    parts = [part.split() for part in policy.split(";")]
    return {part[0]: set(part[1:]) for part in parts if part}


COMMON = {
    "X-Content-Type-Options": {"nosniff"},
    "Referrer-Policy": {"same-origin", "no-referrer"},
    "X-Frame-Options": {"SAMEORIGIN", "DENY"},
    "Cross-Origin-Opener-Policy": {"same-origin"},
}


def assert_common_headers(response):
    wrong = [name for name, good in COMMON.items() if response.headers.get(name) not in good]
    assert wrong == [], response.request["PATH_INFO"]


def inline_code(html: str) -> list[str]:
    """Return whatever runs or styles from inside a page."""
    tree = lxml_html.document_fromstring(html)
    found = [f"{node.tag} {name}" for node in tree.iter() if isinstance(node.tag, str)
             for name in node.attrib if name == "style" or name.startswith("on")]  # fmt: skip
    found += ["<style>" for _node in tree.iter("style")]
    for node in tree.iter("script"):
        if node.get("type") not in JSON_TYPES and (node.text or not node.get("src")):
            found.append("<script> without an address")
    links = [value for _node, name, value, _pos in tree.iterlinks() if name in {"href", "action"}]
    return found + [link for link in links if re.match(r"\s*(javascript|data|vbscript):", link)]


def public_urls(world) -> list[str]:
    """Return an address of every public page type and state."""
    names = [name for name in our_names() if not name.startswith(NOT_PUBLIC)]
    version, made = world.versions["open"], world.annotations
    comparison = reverse("versioning:comparison", args=[version.page_id, 1, 2])
    old = {"page_id": version.page_id, "number": 1, "uid": passage(version, 1).uid}
    pages = [page.get_url() for page in (world.process, *world.drafts.values())]
    standing = [page.get_url() for page in world.process.get_parent().get_children().live()]
    return [
        *(url_of(name, world) for name in sorted(names)),
        *pages,
        *standing,
        "/de/",
        "/en/",
        "/",
        f"{comparison}?view=inline&show=all",
        reverse("annotations:passage", kwargs=old),
        reverse("annotations:annotation", args=[made["withdrawn"].uuid]),
        reverse("annotations:annotation", args=[made["answered"].uuid]),
        reverse("annotations:sent", args=[made["unconfirmed"].uuid]),
        "/de/annotations/confirm/unknown/",
        "/de/_util/login/",
        f"/de/_util/authenticate_with_password/1/{world.drafts['password'].pk}/",
        "/de/nothing/here/",
        "/nothing",
        "/documents/1/nothing.pdf",
    ]


@pytest.mark.parametrize("role", ["anon", "citizen", "editor"])
def test_every_public_answer_carries_the_strict_policy_and_runs_nothing_inline(
    world, client_of, role
):
    client = client_of(role)
    for url in public_urls(world):
        response = client.get(url)
        assert policy_of(response) == PUBLIC_POLICY, url
        assert_common_headers(response)
        body = response.getvalue().decode(errors="replace")
        if body and "html" in response.headers.get("Content-Type", ""):
            assert inline_code(body) == [], url


def test_answers_to_forms_run_nothing_inline_either(world, client_of):
    for name in ("annotations:passage", "annotations:reply", "pages:report_problem",
                 "annotations:report", "annotations:report_content", "annotations:statement",
                 "account_login", "account_signup", "account_reset_password"):  # fmt: skip
        response = client_of("anon").post(url_of(name, world), {"body": "x", "email": "nichts"})
        assert policy_of(response) == PUBLIC_POLICY, name
        assert inline_code(response.content.decode()) == [], name


def test_the_check_finds_what_runs_inline():
    page = (
        '<a style="x" onclick="y" href=" javascript:1">z</a><script>1</script><style>p{}</style>'
        '<script type="application/json">{}</script><script src="/a.js"></script>'
    )
    assert len(inline_code(page)) == 5


def test_a_forged_form_is_refused_under_the_strict_policy(world, client_of):
    client = client_of("anon", enforce_csrf_checks=True)
    response = client.post(url_of("annotations:passage", world))
    assert response.status_code == 403
    assert policy_of(response) == PUBLIC_POLICY
    assert_common_headers(response)
    assert inline_code(response.content.decode()) == []


def test_our_own_failure_keeps_policy_and_words(world, client_of, monkeypatch):
    def fail():
        raise RuntimeError("Traceback with a secret")

    monkeypatch.setattr(views, "usable_demo_accounts", fail)
    response = client_of("anon", raise_request_exception=False).get("/readyz")
    assert response.status_code == 500
    assert policy_of(response) == PUBLIC_POLICY
    assert_common_headers(response)
    html = response.content.decode()
    assert "secret" not in html
    assert "Fehler" in html
    assert inline_code(html) == []


def test_the_failure_page_needs_no_database(django_db_blocker):
    with django_db_blocker.block():
        assert views.server_error(None).status_code == 500


def test_a_strange_host_is_refused_under_the_strict_policy(world, client_of, settings):
    settings.ALLOWED_HOSTS = ["testserver"]
    response = client_of("anon").get("/de/", headers={"host": "evil.example"})
    assert response.status_code == 400
    assert policy_of(response) == PUBLIC_POLICY
    assert "evil.example" not in response.content.decode()


@pytest.mark.parametrize("name", ["bild.svg", "seite.html", "bild.jpg", "text.xml", "ohne-endung"])
def test_an_uploaded_file_runs_nothing(world, client_of, name):
    script = b"<svg xmlns='http://www.w3.org/2000/svg'><script>window.__pwn=1</script></svg>"
    stored = default_storage.save(name, ContentFile(script))
    response = client_of("anon").get(f"/media/{stored}")
    assert response.status_code == 200
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert_common_headers(response)


@pytest.mark.parametrize(
    "path", ["../../manage.py", "..%2f..%2fmanage.py", "%2e%2e/manage.py", "/etc/passwd", "", "%00"]
)
def test_no_file_outside_the_media_folder_is_served(world, client_of, path):
    assert client_of("anon").get(f"/media/{path}").status_code in {301, 302, 400, 404}


@pytest.mark.parametrize("name", ["synopse_annotations:index", "synopse_versions:page"])
def test_the_admin_has_a_policy_of_its_own(world, client_of, name):
    response = client_of("editor").get(url_of(name, world))
    policy = policy_of(response)
    assert policy["script-src"] == {"'self'", "'unsafe-inline'"}
    assert policy["object-src"] == {"'none'"}
    for directive in ("default-src", "connect-src", "font-src", "form-action", "frame-ancestors"):
        assert policy[directive] == {"'self'"}, directive
    assert_common_headers(response)


def test_the_cookies_of_a_session_are_closed_to_scripts_and_other_sites(world, client_of):
    client = client_of("anon")
    client.post("/accounts/login/", {"login": "citizen", "password": "geheim-123"})
    cookie = client.cookies["sessionid"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_a_visit_sets_no_cookie_but_the_token_of_the_form(world, client_of):
    client = client_of("anon")
    for url in public_urls(world):
        client.get(url)
    assert set(client.cookies) <= {"csrftoken", "messages"}
