"""Headers and bodies of requests: what a client accepts, prefers, sends and has seen."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from django.conf import settings
from django.http.request import MediaType
from django.utils.http import parse_etags
from django.utils.translation import gettext as _

from annotations.api.problems import Problem, too_long

if TYPE_CHECKING:
    from django.http import HttpRequest

PROFILE = "http://www.w3.org/ns/anno.jsonld"
LD_JSON = f'application/ld+json; profile="{PROFILE}"'
TYPES = {"application/ld+json": LD_JSON, "application/json": "application/json"}
MAX_BODY = 1_000_000
_LONGEST_HEADER = 2_000

_LDP = "http://www.w3.org/ns/ldp#"
_OA = "http://www.w3.org/ns/oa#"
_INCLUDE = re.compile(r'(?:^|[;,\s])include\s*=\s*(?:"([^"]*)"|([^\s;,"]+))')


class Preference(NamedTuple):
    """What a client wants of a container.

    Attributes:
        minimal: Only its description, no annotations.
        iris: Only the addresses of the annotations.
        stated: The client said so.
    """

    minimal: bool
    iris: bool
    stated: bool


def content_type_for(request: HttpRequest) -> str:
    """Return the type in which a client gets its answer.

    Raises:
        Problem: 406, where it accepts neither JSON-LD nor JSON.
    """
    header = request.headers.get("Accept", "").strip()[:_LONGEST_HEADER]
    if not header:
        return LD_JSON
    accepted = [MediaType(part) for part in re.split(r',(?=(?:[^"]*"[^"]*")*[^"]*$)', header)]
    ranked = [(_quality(accepted, name), -place, name) for place, name in enumerate(TYPES)]
    quality, _place, best = max(ranked)
    if quality <= 0:
        raise Problem(406, _("This can be had as application/ld+json or as application/json."))
    return TYPES[best]


def _quality(accepted: list[MediaType], name: str) -> float:
    """Return how much a client wants a type: what it says most exactly holds."""
    main, _slash, sub = name.partition("/")
    fitting = [
        (media.main_type != "*", media.sub_type != "*", media.quality)
        for media in accepted
        if media.main_type in {"*", main} and media.sub_type in {"*", sub}
    ]
    return float(max(fitting)[2]) if fitting else 0.0


def preference_of(request: HttpRequest) -> Preference:
    """Return what a client prefers (RFC 7240); what nobody knows is passed over."""
    header = request.headers.get("Prefer", "")[:_LONGEST_HEADER]
    wanted = {
        word
        for quoted, bare in _INCLUDE.findall(header)
        for word in (quoted or bare).split()
        if "return=representation" in header.replace(" ", "").replace('"', "")
    }
    iris = f"{_OA}PreferContainedIRIs" in wanted
    descriptions = f"{_OA}PreferContainedDescriptions" in wanted
    minimal = f"{_LDP}PreferMinimalContainer" in wanted
    return Preference(minimal, iris and not descriptions, minimal or iris or descriptions)


def body_limit() -> int:
    """Return how many bytes a request may send."""
    return int(getattr(settings, "SYNOPSE_MAX_BODY", MAX_BODY))


def read_json(request: HttpRequest) -> dict[str, Any]:
    """Return the JSON object that a client sent.

    Raises:
        Problem: 415, 413, or 400 where it cannot be read: no JSON, no object, nested too deeply,
            no Unicode.
    """
    if (request.content_type or "").lower() not in TYPES:
        raise Problem(415, _("Please send application/ld+json."))
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isdecimal() and int(length) > body_limit():
        raise too_long(body_limit())
    body = request.body
    if len(body) > body_limit():
        raise too_long(body_limit())
    try:
        data = json.loads(body.decode("utf-8-sig"), parse_constant=_refuse)
        json.dumps(data, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise Problem(400, _("This is not JSON, or it is nested too deeply.")) from error
    if not isinstance(data, dict):
        raise Problem(400, _("This is JSON, but not an object."))
    return data


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def check_seen(request: HttpRequest, etag: str, *, required: bool) -> None:
    """Refuse to change what a client has not seen in its present state.

    Args:
        request: With ``If-Match``.
        etag: Of the present state.
        required: The header must be there.

    Raises:
        Problem: 428 where it is missing, 412 where it differs.
    """
    header = request.headers.get("If-Match", "")[:_LONGEST_HEADER]
    if not header:
        if required:
            raise Problem(428, _("Please send If-Match with the ETag of what you have read."))
        return
    seen = parse_etags(header)
    if seen != ["*"] and etag not in seen:
        raise Problem(412, _("Please read it again: it is not what you have seen any more."))
