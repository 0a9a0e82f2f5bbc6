"""What all files that are handed out for the reader's disk have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote

from django.http import StreamingHttpResponse
from django.utils.cache import patch_cache_control
from django.utils.http import content_disposition_header, parse_etags

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase
    from wagtail.models import Page

Response = TypeVar("Response", bound="HttpResponseBase")


def name_file(response: Response, *, plain: str, full: str) -> Response:
    """Name a file for the reader's disk, and let no browser guess what it is.

    Args:
        response: The file.
        plain: Its name in ASCII.
        full: Its name with all letters.
    """
    names = f"filename=\"{plain}\"; filename*=UTF-8''{quote(full)}"
    response["Content-Disposition"] = f"attachment; {names}"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def mark(response: Response, state: str) -> Response:
    """Tell the reader's browser to ask again each time, and by what."""
    response["ETag"] = f'"{state}"'
    patch_cache_control(response, private=True, no_cache=True)
    return response


def is_known(request: HttpRequest, state: str) -> bool:
    """Tell whether the reader has this very file already."""
    known = parse_etags(request.headers.get("If-None-Match", ""))
    return "*" in known or any(tag.removeprefix("W/") == f'"{state}"' for tag in known)


def records_response(pieces: Iterable[str], page: Page) -> StreamingHttpResponse:
    """Return the records of a page as a file."""
    response = StreamingHttpResponse(pieces, content_type="application/json; charset=utf-8")
    name = content_disposition_header(as_attachment=True, filename=f"{page.slug}-records.json")
    response["Content-Disposition"] = name or ""
    return response
