"""What OpenAPI says of the operations beyond their names."""

from __future__ import annotations

from typing import Any

_ANNOTATION: dict[str, Any] = {
    "type": "object",
    "description": "A Web Annotation (https://www.w3.org/TR/annotation-model/).",
    "required": ["type", "target"],
    "properties": {
        "@context": {},
        "id": {"type": "string"},
        "type": {"const": "Annotation"},
        "motivation": {"enum": ["commenting", "questioning", "editing", "replying"]},
        "body": {
            "description": "A TextualBody; a suggested edit has two, the one with the purpose "
            "“editing” holds the proposed wording.",
            "anyOf": [{"type": "object"}, {"type": "array", "items": {"type": "object"}}],
        },
        "bodyValue": {"type": "string"},
        "target": {
            "description": "A version with a selector, or the address of an annotation.",
            "anyOf": [{"type": "object"}, {"type": "string"}],
        },
        "canonical": {"type": "string"},
        "via": {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]},
    },
}
_PROBLEM: dict[str, Any] = {
    "type": "object",
    "required": ["title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "field": {"type": "string"},
        "errors": {"type": "array", "items": {"type": "object"}},
    },
}
_TEXTS = {
    400: "It cannot be read.",
    401: "Access key or session is missing or wrong.",
    403: "Not for this caller.",
    404: "There is nothing here for this caller.",
    406: "Only JSON-LD and JSON are to be had.",
    409: "The window is closed, or the annotation cannot be changed any more.",
    410: "Withdrawn or hidden.",
    412: "If-Match differs from the present state.",
    413: "Too long.",
    415: "Neither JSON-LD nor JSON.",
    422: "A field does not fit; the problem names it.",
    428: "If-Match is missing.",
    429: "Too often.",
}


def _header(name: str, text: str, *, required: bool = False) -> dict[str, Any]:
    return {
        "name": name,
        "in": "header",
        "required": required,
        "description": text,
        "schema": {"type": "string"},
    }


def _query(name: str, text: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "description": text, "schema": schema}


def _answers(*problems: int, **good: str) -> dict[str, Any]:
    """Return responses: good ones as ``_200="text"``, the others as problems."""
    found: dict[str, Any] = {}
    for code, text in good.items():
        number = code.removeprefix("_")
        found[number] = {"description": text}
        if number in {"200", "201"}:
            found[number]["content"] = {"application/ld+json": {"schema": {"type": "object"}}}
    for status in problems:
        content = {"application/problem+json": {"schema": _PROBLEM}}
        found[str(status)] = {"description": _TEXTS[status], "content": content}
    return found


_BODY = {
    "required": True,
    "content": {"application/ld+json": {"schema": _ANNOTATION}},
}
_SEEN = _header("If-Match", "ETag of the state that was read.", required=True)
_WRITING = (400, 401, 403, 404, 409, 413, 415, 422, 429)

READ_CONTAINER = {
    "parameters": [
        _query("page", "One page of the container.", {"type": "integer", "minimum": 0}),
        _query("iris", "1: addresses instead of annotations.", {"enum": [0, 1]}),
        _header(
            "Prefer",
            "ldp#PreferMinimalContainer, oa#PreferContainedIRIs or "
            "oa#PreferContainedDescriptions, as in the protocol.",
        ),
    ],
    "responses": _answers(400, 401, 404, 406, _200="The container or one of its pages."),
}
READ_ANNOTATION = {"responses": _answers(401, 404, 406, 410, _200="The annotation.")}
OPTIONS = {"responses": _answers(401, 404, 410, _200="Nothing but headers.")}
CREATE = {
    "parameters": [_header("Idempotency-Key", "The same for each sending of one annotation.")],
    "requestBody": _BODY,
    "responses": _answers(*_WRITING, _201="The annotation, with its address in Location."),
}
UPDATE = {
    "parameters": [_SEEN],
    "requestBody": _BODY,
    "responses": _answers(*_WRITING, 410, 412, 428, _200="The annotation as it is now."),
}
DELETE = {
    "parameters": [{**_SEEN, "required": False}],
    "responses": _answers(401, 403, 404, 410, 412, _204="Withdrawn."),
}
