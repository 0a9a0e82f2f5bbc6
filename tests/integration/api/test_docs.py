"""The examples of the documentation work."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from django.test import Client

from annotations.services.tokens import make_token
from tests.factories.annotations import annotate
from tests.integration.api.calls import container, permalink

pytestmark = pytest.mark.django_db

PAGE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "api.md"
HOST = "http://127.0.0.1:8000"


def commands() -> list[str]:
    """Return the examples of the page in their order."""
    blocks = re.findall(r"```text\n(.*?)```", PAGE.read_text(), re.DOTALL)
    return [
        command for block in blocks for command in re.split(r"^\$ curl ", block, flags=re.M)[1:]
    ]


def run(command: str):
    """Send what curl would send."""
    words = shlex.split(command.replace("\\\n", " "))
    method, url, data, headers = "GET", "", "", {}
    while words:
        word = words.pop(0)
        if word in {"-X", "-H", "-d"}:
            value = words.pop(0)
        if word == "-X":
            method = value
        elif word == "-H":
            name, _colon, text = value.partition(":")
            headers[name] = text.strip()
        elif word == "-d":
            data = value
        elif word == "-I":
            method = "HEAD"
        else:
            url = word
    assert url.startswith(HOST)
    kind = headers.pop("Content-Type", "application/octet-stream")
    headers["Host"] = "127.0.0.1:8000"
    return Client().generic(
        method, url.removeprefix(HOST), data, content_type=kind, headers=headers
    )


def test_every_example_of_the_documentation_works(version, user):
    annotate(version)
    _token, key = make_token(user=user, name="Beispiel", days=30)
    own = permalink(version).removeprefix("http://testserver")
    known = {"KEY": key, "/api/pages/7/annotations/": container(version), "/de/versions/7/1/": own}
    statuses = []
    for example in commands():
        command = example
        for word, value in known.items():
            command = command.replace(word, value)
        response = run(command)
        statuses.append(response.status_code)
        if response.status_code == 201:
            known["UUID"] = response["Location"].rpartition("/")[2]
            known['"ETAG"'] = response["ETag"]
    assert statuses == [200, 200, 200, 200, 201, 200, 204]
