"""The checks of the W3C for the Web Annotation model, and every MUST of the protocol."""

from __future__ import annotations

import importlib.util
import json
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import pytest

from annotations.api import documents
from annotations.services.following import follow
from tests.factories import make_user
from tests.factories.annotations import annotate, answer, dispose, next_version, open_version
from tests.integration.api.calls import (
    ANNO,
    BASE,
    Program,
    address,
    container,
    links,
    methods,
    quoting,
)
from tests.support import MissingData, shared_path

pytestmark = pytest.mark.django_db

LDP = "http://www.w3.org/ns/ldp#"
PREFER = 'return=representation;include="{}"'
READ = {"GET", "HEAD", "OPTIONS"}


def shared(name: str):
    try:
        return shared_path(f"w3c/{name}")
    except MissingData as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="module")
def checks():
    """Return the runner of the model's checks."""
    path = shared("check_model.py")
    spec = importlib.util.spec_from_file_location("w3c_check_model", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@dataclass
class Site:
    """A container with annotations of every kind, and callers."""

    url: str
    version: Any
    stranger: Program
    program: Program
    made: list[Any]

    def get(self, url: str = "", **headers: str) -> Any:
        return self.stranger.get(url or self.url, **headers)

    def document(self, url: str = "", **headers: str) -> dict:
        response = self.get(url, **headers)
        assert response.status_code == 200
        return json.loads(response.content)

    def pages(self) -> list[dict]:
        found = [self.document(self.document()["first"]["id"])]
        while "next" in found[-1]:
            found.append(self.document(found[-1]["next"]))
        return found


@pytest.fixture(scope="module")
def shared_site(shared_root):
    version = open_version("<h2>Wohnen</h2><p>Die Stadt gehört allen.</p><p>Busse fahren.</p>")
    user = make_user()
    made = [
        annotate(version, "Stadt", position=1, user=user),
        annotate(version, position=0, motivation="questioning", body="Warum?"),
        annotate(version, "fahren", position=2, proposed="rollen", body="Schöner."),
    ]
    made.append(answer(made[0]))
    dispose(made[1], outcome="answered", reason="Darum.")
    follow(version_id=next_version(version, "<p>Die Stadt gehört allen Leuten.</p>").pk)
    made.append(annotate(version.page.specific.newest_version, "Leuten", user=user))
    newest = version.page.specific.newest_version
    return Site(container(version), newest, Program(), Program(user), made)


@pytest.fixture
def site(shared_site, monkeypatch):
    monkeypatch.setattr(documents, "PER_PAGE", 2)
    return deepcopy(shared_site)


def failures(checks, document: dict, name: str) -> list:
    found = list(checks.run(document, name))
    assert found
    return [(path, text) for path, ok, text in found if not ok]


def test_every_annotation_passes_the_checks_of_the_model(checks, site):
    items = [item for page in site.pages() for item in page["items"]]
    assert len(items) == len(site.made)
    for made in [*items, *(site.document(address(each)) for each in site.made)]:
        assert failures(checks, made, "annotations/annotationMusts.test") == []


def test_containers_and_pages_pass_the_checks_of_the_model(checks, site):
    for query in ("", "?iris=0", "?iris=1"):
        found = site.document(site.url + query)
        assert failures(checks, found, "collections/collectionMusts.test") == []
        assert failures(checks, found, "collections/pages/pageMusts.test") == []
    for page in site.pages():
        assert failures(checks, page, "collections/pages/pageMusts.test") == []


def test_the_samples_of_the_w3c_are_refused_with_words(site):
    """They are about foreign pages, so none can be taken; none may break anything either."""
    paths = sorted(shared("samples").rglob("*.json"))
    assert len(paths) > 70
    for path in paths:
        response = site.program.post(site.url, path.read_bytes())
        assert response.status_code in {400, 422}, path
        assert json.loads(response.content)["detail"]


# The protocol


def a1(site):
    for method in ("GET", "HEAD", "OPTIONS"):
        assert site.stranger.call(method, address(site.made[0])).status_code == 200


def a2(site):
    response = site.get(address(site.made[0]))
    assert response["Content-Type"].startswith("application/ld+json")
    assert ANNO in response["Content-Type"]


def a4(site):
    assert f"{LDP}Resource" in links(site.get(address(site.made[0])))["type"]


def a5(site):
    url = address(site.made[0])
    assert site.get(url)["ETag"] == site.stranger.call("HEAD", url)["ETag"] == site.get(url)["ETag"]
    assert site.get(url)["ETag"] != site.get(address(site.made[1]))["ETag"]


def a6(site):
    own = address(site.made[-1])
    assert methods(site.get(own)) == READ
    assert methods(site.program.get(own)) == READ | {"PUT", "DELETE"}


def a7(site):
    assert "Accept" in site.get(address(site.made[0]))["Vary"].replace(",", "").split()


def a8(site):
    for made in site.made:
        assert site.document(address(made))["id"] == BASE + address(made)


def c1(site):
    assert site.url.endswith("/")
    assert not {"?", "#"} & set(site.url)


def c2(site):
    for method in ("GET", "HEAD", "OPTIONS"):
        assert site.stranger.call(method, site.url).status_code == 200
    assert site.get()["Content-Type"].startswith("application/ld+json")


def c3(site):
    for response in everything(site):
        assert f"{LDP}BasicContainer" in links(response)["type"]


def c4(site):
    for response in everything(site):
        constraints = links(response)[f"{LDP}constrainedBy"]
        assert constraints == {"http://www.w3.org/TR/annotation-protocol/"}


def everything(site):
    calls = [site.stranger.call(method, site.url) for method in ("GET", "HEAD", "OPTIONS", "PATCH")]
    calls.append(site.program.post(site.url, quoting(site.version, "Stadt")))
    return [*calls, site.program.post(site.url, "{"), site.get(Accept="text/html")]


def c5(site):
    assert site.get()["ETag"] == site.stranger.call("HEAD", site.url)["ETag"]


def c6(site):
    assert {"Accept", "Prefer"} <= set(site.get()["Vary"].replace(",", "").split())


def c7(site):
    found = site.document()
    assert {"AnnotationCollection", "BasicContainer"} <= set(found["type"])
    assert ANNO in found["@context"]
    assert found["id"]


def c8(site):
    assert site.document()["first"]["type"] == "AnnotationPage"


def c10(site):
    for name in ("ldp#PreferMinimalContainer", "oa#PreferContainedIRIs", "nothing"):
        response = site.get(Prefer=PREFER.format(f"http://www.w3.org/ns/{name}"))
        assert response["Content-Location"] == json.loads(response.content)["id"]


def c11(site):
    found = site.document(Prefer=PREFER.format(f"{LDP}PreferMinimalContainer"))
    assert isinstance(found["first"], str)
    assert not {"contains", "ldp:contains"} & set(found)


def c12(site):
    oa = "http://www.w3.org/ns/oa#PreferContained"
    iris = site.document(Prefer=PREFER.format(f"{oa}IRIs"))["first"]
    assert all(isinstance(item, str) for item in iris["items"])
    whole = site.document(Prefer=PREFER.format(f"{oa}Descriptions"))["first"]
    assert [item["id"] for item in whole["items"]] == iris["items"]


def p1(site):
    for page in site.pages():
        assert page["id"]
        assert page["type"] == "AnnotationPage"
        assert page["items"]
        assert page["@context"]


def p2(site):
    described = site.document()["id"]
    assert {page["partOf"]["id"] for page in site.pages()} == {described}


def p3(site):
    pages = site.pages()
    assert len(pages) == 3
    assert [("next" in page) for page in pages] == [True, True, False]


def p5(site):
    met = [item["id"] for page in site.pages() for item in page["items"]]
    assert len(met) == len(set(met)) == site.document()["total"]
    assert met == [item["id"] for page in site.pages() for item in page["items"]]


def n1(site):
    response = site.program.post(site.url, quoting(site.version, "Stadt"))
    assert response.status_code == 201
    assert site.get(response["Location"]).status_code == 200


def n2(site):
    foreign = quoting(site.version, "Stadt", id="https://other.example/1")
    location = site.program.post(site.url, foreign)["Location"]
    rest = location.removeprefix(BASE + site.url)
    assert rest
    assert "/" not in rest


def n4(site):
    data = quoting(site.version, "Stadt", canonical="https://other.example/1")
    location = site.program.post(site.url, data)["Location"]
    assert site.document(location)["canonical"] == "https://other.example/1"


def u1(site):
    own = address(site.made[-1])
    response = site.program.get(own)
    data = json.loads(response.content)
    data["body"]["value"] = "Neu gesagt."
    updated = site.program.put(own, data, If_Match=response["ETag"])
    assert updated.status_code == 200
    assert json.loads(updated.content)["body"]["value"] == "Neu gesagt."


def d1(site):
    before = site.document()["total"]
    assert site.program.delete(address(site.made[0])).status_code == 204
    assert site.document()["total"] == before - 1
    met = [item["id"] for page in site.pages() for item in page["items"]]
    assert BASE + address(site.made[0]) not in met


def l1(site):
    response = site.stranger.client.get(site.version.page.get_url())
    service = links(response)["http://www.w3.org/ns/oa#annotationService"]
    assert service == {BASE + site.url}


MUSTS = {
    check.__name__.upper(): check
    for check in (a1, a2, a4, a5, a6, a7, a8, c1, c2, c3, c4, c5, c6, c7, c8, c10, c11, c12,
                  p1, p2, p3, p5, n1, n2, n4, u1, d1, l1)
}  # fmt: skip


@pytest.mark.parametrize("name", MUSTS)
def test_the_protocol_is_kept(site, name):
    MUSTS[name](site)


def test_every_must_of_the_list_is_checked():
    listed = json.loads(shared("protocol-checks.json").read_text())
    entries = [each for part in listed.values() if isinstance(part, list) for each in part]
    musts = {each["id"] for each in entries if each["level"] in {"must", "must-if"}}
    assert len(musts) > 20
    assert musts - set(MUSTS) == set()
