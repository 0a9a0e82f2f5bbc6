"""Whatever strangers send, the interface answers in words and never breaks (S10)."""

from __future__ import annotations

import json

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotations.api.reading import read_annotation
from tests.factories.annotations import annotate
from tests.factories.vectors import HOSTILE, VALUES
from tests.hostile import any_html, words
from tests.integration.api.calls import address, container, permalink, problem, quoting

pytestmark = pytest.mark.django_db

KEYS = st.sampled_from(
    ["@context", "id", "type", "@type", "motivation", "body", "bodyValue", "value", "format",
     "purpose", "target", "source", "selector", "refinedBy", "exact", "prefix", "suffix", "start",
     "end", "canonical", "via"]
)  # fmt: skip
KNOWN = st.sampled_from(
    ["Annotation", "TextualBody", "TextQuoteSelector", "TextPositionSelector", "FragmentSelector",
     "commenting", "editing", "replying", "text/plain", "Stadt", "p-x", "http://testserver/"]
)  # fmt: skip
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | KNOWN
    | words
    | any_html
)
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=6),
    max_leaves=25,
)
PARTS = st.dictionaries(KEYS, JSON, max_size=4)
HEADERS = st.sampled_from(
    ["Accept", "Prefer", "If-Match", "If-None-Match", "Content-Type", "Authorization",
     "Idempotency-Key", "Accept-Language", "Slug"]
)  # fmt: skip
LATIN = st.text(st.characters(max_codepoint=255, exclude_characters="\r\n"), max_size=40)
VALUE = LATIN | st.sampled_from(
    ['return=representation;include="', "include=;;,", '"', 'W/"x", *', "*/*;q=x", "a/b/c;;=,",
     "Bearer " + "x" * 5_000, "application/ld+json;profile=", "application/json;q=1e999"]
)  # fmt: skip
MANY = settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def assert_told(response):
    """Everything is done, or refused with words that are JSON."""
    assert response.status_code < 500
    if response.status_code >= 400 and response.content:
        problem(response)


def send(program, method: str, url: str, data=None, **headers):
    """Send a request; what it changed is forgotten."""
    savepoint = transaction.savepoint()
    try:
        response = program.call(method, url, data, **headers)
        assert_told(response)
        return response
    finally:
        transaction.savepoint_rollback(savepoint)


def as_json(value) -> str:
    return json.dumps(value)


@MANY
@given(data=JSON)
def test_any_json_is_answered(version, program, data):
    send(program, "POST", container(version), as_json(data))


@MANY
@given(changes=PARTS)
def test_any_change_of_a_good_annotation_is_answered(version, program, changes):
    send(program, "POST", container(version), as_json({**quoting(version, "Stadt"), **changes}))


@MANY
@given(selector=JSON, words=words)
def test_any_selector_is_answered(version, program, selector, words):
    target = {"source": permalink(version), "selector": selector}
    data = {**quoting(version, "Stadt", body=words), "target": target}
    send(program, "POST", container(version), as_json(data))


@MANY
@given(changes=PARTS)
def test_any_update_is_answered(version, program, user, changes):
    made = annotate(version, "Stadt", position=1, user=user)
    data = {**quoting(version, "Stadt"), **changes}
    send(program, "PUT", address(made), as_json(data), **{"If-Match": "*"})


@MANY
@given(body=st.binary(max_size=200))
def test_any_bytes_are_answered(version, program, body):
    send(program, "POST", container(version), body)


@MANY
@given(name=HEADERS, value=VALUE, method=st.sampled_from(["GET", "HEAD", "OPTIONS", "POST"]))
def test_any_header_is_answered(version, program, name, value, method):
    data = quoting(version, "Stadt") if method == "POST" else None
    send(program, method, container(version), data, **{name: value})


@MANY
@given(
    source=st.sampled_from(["http://testserver", "/", "//testserver", "http://[", "urn:", ""]),
    rest=LATIN | words,
)
def test_any_address_as_target_is_answered(version, program, source, rest):
    for address_of_it in (source + rest, permalink(version) + rest):
        data = {**quoting(version, "Stadt"), "target": address_of_it}
        send(program, "POST", container(version), as_json(data))


@pytest.mark.parametrize("method", ["GET", "OPTIONS", "POST", "PUT", "DELETE"])
def test_any_value_in_an_address_is_answered(version, program, method):
    uuid = "00000000-0000-0000-0000-000000000000"
    for value in (*VALUES, "x", "0", "1", "1e3", "%F0%9F%8F%99", "٣"):
        for url in (
            f"/api/pages/{value}/annotations/",
            f"/api/pages/{value}/annotations/{uuid}",
            f"/api/pages/{version.page_id}/annotations/{value}",
            f"{container(version)}?page={value}",
            f"{container(version)}?iris={value}&page=0",
        ):
            send(program, method, url, {} if method in {"POST", "PUT"} else None)


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_hostile_words_stay_words(version, program, stranger, number):
    vector = HOSTILE[number]
    data = quoting(version, "Stadt", motivation="editing")
    data["body"] = [
        {"type": "TextualBody", "value": f"Statt dessen {vector}", "purpose": "editing"},
        {"type": "TextualBody", "value": f"Weil {vector}", "purpose": "commenting"},
    ]
    response = program.post(container(version), as_json(data))
    assert response.status_code == 201
    read = stranger.get(response["Location"])
    assert read["X-Content-Type-Options"] == "nosniff"
    assert json.loads(read.content)["body"][0]["value"].startswith("Statt dessen")


def test_deep_and_wide_documents_are_answered(version, program):
    deep: dict = {"type": "TextQuoteSelector", "exact": "Stadt"}
    for _ in range(200):
        deep = {"type": "FragmentSelector", "value": "p-x", "refinedBy": [deep, deep]}
        deep["refinedBy"] = deep["refinedBy"][:1]
    wide = [{"type": "TextQuoteSelector", "exact": "Stadt"}] * 5_000
    for selector in (deep, wide, [[[[]]]], {"refinedBy": {"refinedBy": 7}}):
        data = quoting(version, "Stadt")
        data["target"]["selector"] = selector
        send(program, "POST", container(version), as_json(data))
    many = {**quoting(version, "Stadt"), "via": ["urn:a:1"] * 9_999}
    send(program, "POST", container(version), as_json(many))


def test_endless_surroundings_of_a_quote_are_not_compared_at_every_place(version):
    """A megabyte beside a letter that stands everywhere would keep a worker busy for minutes."""
    data = quoting(version, "e")
    data["target"]["selector"] |= {
        "prefix": "x" * 400_000 + "vor",
        "suffix": "nach" + "y" * 400_000,
    }
    target = read_annotation(data).target
    assert len(target.prefix) == len(target.suffix) == 500
    assert target.prefix.endswith("vor")
    assert target.suffix.startswith("nach")
