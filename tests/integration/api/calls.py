"""Calling the interface as programs and pages do."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.test import Client
from django.urls import reverse

from annotations.services.tokens import make_token

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.http import HttpResponse

    from annotations.models import Annotation
    from versioning.models import Version

LD_JSON = "application/ld+json"
ANNO = "http://www.w3.org/ns/anno.jsonld"
BASE = "http://testserver"


class Program:
    """A program that calls with the access key of a person, or with none."""

    def __init__(self, user: User | None = None, **extra: Any) -> None:
        self.client = Client(raise_request_exception=True, **extra)
        self.headers = {}
        if user is not None:
            _token, raw = make_token(user=user, name="Programm", days=30)
            self.headers["Authorization"] = f"Bearer {raw}"

    def call(self, method: str, url: str, data: Any = None, **headers: str) -> HttpResponse:
        """Send a request; keywords are headers with underscores."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        body = data if isinstance(data, str | bytes) else json.dumps(data)
        return self.client.generic(
            method,
            url,
            "" if data is None else body,
            content_type=named.pop("Content-Type", LD_JSON),
            headers={**self.headers, **named},
        )

    def get(self, url: str, **headers: str) -> HttpResponse:
        return self.call("GET", url, **headers)

    def post(self, url: str, data: Any, **headers: str) -> HttpResponse:
        return self.call("POST", url, data, **headers)

    def put(self, url: str, data: Any, **headers: str) -> HttpResponse:
        return self.call("PUT", url, data, **headers)

    def delete(self, url: str, **headers: str) -> HttpResponse:
        return self.call("DELETE", url, **headers)


def container(version: Version) -> str:
    """Return the path of the container of a version's page."""
    return reverse("synopse_api:container", args=[version.page_id])


def address(made: Annotation) -> str:
    """Return the path of an annotation."""
    return reverse("synopse_api:annotation", args=[made.version.page_id, made.uuid])


def permalink(version: Version) -> str:
    return BASE + version.get_absolute_url()


def quoting(version: Version, exact: str, body: str = "Ein Wort dazu.", **more: Any) -> dict:
    """Return a new annotation on words of a version."""
    selector = {"type": "TextQuoteSelector", "exact": exact}
    return {
        "@context": ANNO,
        "type": "Annotation",
        "motivation": "commenting",
        "body": {"type": "TextualBody", "value": body, "format": "text/plain"},
        "target": {"source": permalink(version), "selector": selector},
        **more,
    }


def replying(parent: Annotation, body: str = "Dazu noch etwas.", **more: Any) -> dict:
    """Return a reply."""
    return {
        "@context": ANNO,
        "type": "Annotation",
        "motivation": "replying",
        "body": {"type": "TextualBody", "value": body},
        "target": BASE + address(parent),
        **more,
    }


def links(response: HttpResponse) -> dict[str, set[str]]:
    """Return the targets of the Link header by their relation."""
    found: dict[str, set[str]] = {}
    for part in response.headers.get("Link", "").split(","):
        target, _semicolon, rest = part.strip().partition(">")
        found.setdefault(rest.split('rel="')[1].split('"')[0], set()).add(target.lstrip("<"))
    return found


def methods(response: HttpResponse) -> set[str]:
    return set(response.headers["Allow"].split(", "))


def problem(response: HttpResponse) -> dict[str, Any]:
    """Return what went wrong; it must be told as the standard wants it."""
    assert response.headers["Content-Type"] == "application/problem+json"
    told = json.loads(response.content)
    assert told["status"] == response.status_code
    assert told["title"]
    assert told["detail"]
    return told
