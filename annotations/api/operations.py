"""The operations of the interface: they parse, call one service, and present."""

from __future__ import annotations

import uuid as uuids
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Router

from annotations import permissions
from annotations.api import documents, openapi
from annotations.api.addresses import Addresses
from annotations.api.containers import (
    Container,
    annotation_for,
    container_for,
    methods_of_annotation,
    methods_of_container,
)
from annotations.api.framing import document_response, etag_of, options_response
from annotations.api.negotiation import (
    LD_JSON,
    TYPES,
    check_seen,
    content_type_for,
    preference_of,
    read_json,
)
from annotations.api.problems import Problem
from annotations.api.reading import Written, read_annotation
from annotations.api.targets import find_parent, find_place
from annotations.models import Motivation
from annotations.networks import network_of
from annotations.presentation.records import extent_of, public_page, records_of
from annotations.responses import base_url
from annotations.services import editing, moderating, submitting
from annotations.services.states import locked

if TYPE_CHECKING:
    from annotations.models import Annotation

router = Router(tags=["Annotations"])
CONTAINER = "/pages/{int:page_id}/annotations/"
ANNOTATION = "/pages/{int:page_id}/annotations/{uuid:uuid}"
ANY = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"]
MOST_KEY = 200


@router.get(CONTAINER, url_name="container", openapi_extra=openapi.READ_CONTAINER)
def read_container(request: HttpRequest, page_id: int) -> HttpResponse:
    """Return the container of a page, or one of its pages where ``page`` says which."""
    content_type = content_type_for(request)
    container = container_for(request, page_id)
    preference = preference_of(request)
    iris = _flag(request, "iris", default=preference.iris)
    number = _number(request, "page")
    minimal = preference.minimal and number is None
    document = _container_document(request, container, number, iris=iris, minimal=minimal)
    allow = methods_of_container(request, container)
    response = document_response(request, document, content_type=content_type, allow=allow)
    response.headers["Accept-Post"] = ", ".join(TYPES)
    if preference.stated and number is None:
        response.headers["Preference-Applied"] = "return=representation"
    return response


def _container_document(
    request: HttpRequest, container: Container, number: int | None, *, iris: bool, minimal: bool
) -> documents.Document:
    newest, extent = container.newest, extent_of(container.newest)
    if number is not None and number > documents.last_page(extent.total):
        raise Http404
    first = (number or 0) * documents.PER_PAGE
    rows = [] if minimal else public_page(newest, first, documents.PER_PAGE)
    addresses = Addresses(request)
    if number is not None:
        return documents.page_document(
            newest, extent, addresses, number=number, iris=iris, rows=rows
        )
    return documents.container_document(
        newest, extent, addresses, iris=iris, minimal=minimal, rows=rows
    )


def _flag(request: HttpRequest, name: str, *, default: bool) -> bool:
    """Return whether a parameter is 1, or what holds without it."""
    value = request.GET.get(name)
    if value is None:
        return default
    if value not in {"0", "1"}:
        raise Problem(400, _("The parameter “%(name)s” is 0 or 1.") % {"name": name})
    return value == "1"


def _number(request: HttpRequest, name: str) -> int | None:
    """Return a parameter that counts from 0, None without it."""
    value = request.GET.get(name)
    if value is None:
        return None
    if not (value.isascii() and value.isdigit() and len(value) < 10):
        text = _("The parameter “%(name)s” is a number from 0.") % {"name": name}
        raise Problem(400, text)
    return int(value)


@router.api_operation(["HEAD"], CONTAINER, include_in_schema=False)
def head_container(request: HttpRequest, page_id: int) -> HttpResponse:
    """Return the headers of the container."""
    return read_container(request, page_id)


@router.api_operation(["OPTIONS"], CONTAINER, openapi_extra=openapi.OPTIONS)
def container_options(request: HttpRequest, page_id: int) -> HttpResponse:
    """Say what can be done with a container."""
    container = container_for(request, page_id)
    return options_response(methods_of_container(request, container), takes=True)


@router.post(CONTAINER, openapi_extra=openapi.CREATE)
def create_annotation(request: HttpRequest, page_id: int) -> HttpResponse:
    """Write an annotation, or a reply where the target is an annotation.

    It may wait for moderation; then it is visible to its author only.
    """
    container = container_for(request, page_id)
    written = read_annotation(read_json(request))
    made = _submitted(request, container, written)
    made_in = container_for(request, made.version.page_id)
    found = annotation_for(request, made_in, made.uuid)
    response = _annotation_response(request, found, status=HTTPStatus.CREATED)
    response.headers["Location"] = response.headers["Content-Location"]
    return response


def _submitted(request: HttpRequest, container: Container, written: Written) -> Annotation:
    """Hand what a client wrote to the service; a known key gives back what was stored then."""
    common: dict[str, Any] = {
        "body": written.body,
        "user": request.user,
        "idempotency_key": _key(request),
        "base_url": base_url(request),
        "network": network_of(request),
        "canonical": written.canonical,
        "via": written.via,
    }
    parent = find_parent(request, container.page, written.target)
    if parent is not None:
        if written.motivation != Motivation.REPLYING:
            text = _("An annotation is answered with the motivation “replying”.")
            raise ValidationError({"motivation": ValidationError(text, code="invalid")})
        return submitting.submit_reply(parent=parent, **common)
    if written.motivation == Motivation.REPLYING:
        text = _("A reply needs the address of an annotation of this page as its target.")
        raise ValidationError({"target": ValidationError(text, code="invalid")})
    place = find_place(request, container.page, container.newest, written.target)
    return submitting.submit_annotation(
        version=place.version,
        passage=place.passage,
        motivation=written.motivation,
        start=place.start,
        end=place.end,
        quote=place.quote,
        proposed=written.proposed,
        **common,
    )


def _key(request: HttpRequest) -> str:
    """Return the key under which a client repeats a request that it may have sent already."""
    return request.headers.get("Idempotency-Key", "").strip()[:MOST_KEY] or uuids.uuid4().hex


@router.get(ANNOTATION, url_name="annotation", openapi_extra=openapi.READ_ANNOTATION)
def read_one(request: HttpRequest, page_id: int, uuid: UUID) -> HttpResponse:
    """Return an annotation."""
    content_type = content_type_for(request)
    found = annotation_for(request, container_for(request, page_id), uuid)
    return _annotation_response(request, found, content_type=content_type)


@router.api_operation(["HEAD"], ANNOTATION, include_in_schema=False)
def head_one(request: HttpRequest, page_id: int, uuid: UUID) -> HttpResponse:
    """Return the headers of an annotation."""
    return read_one(request, page_id, uuid)


@router.api_operation(["OPTIONS"], ANNOTATION, openapi_extra=openapi.OPTIONS)
def annotation_options(request: HttpRequest, page_id: int, uuid: UUID) -> HttpResponse:
    """Say what can be done with an annotation."""
    found = annotation_for(request, container_for(request, page_id), uuid)
    return options_response(methods_of_annotation(request, found))


def _annotation_response(
    request: HttpRequest,
    found: Annotation,
    *,
    content_type: str = LD_JSON,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    return document_response(
        request,
        documents.annotation_document(found, Addresses(request)),
        content_type=content_type,
        allow=methods_of_annotation(request, found),
        status=status,
    )


@router.put(ANNOTATION, openapi_extra=openapi.UPDATE)
def update_annotation(request: HttpRequest, page_id: int, uuid: UUID) -> HttpResponse:
    """Replace the words of one's own annotation, for 15 minutes and until somebody answers."""
    container = container_for(request, page_id)
    with transaction.atomic():
        found = _locked(request, container, uuid, seen_required=True)
        written = read_annotation(read_json(request))
        _check_same(request, container, found, written)
        editing.edit_annotation(
            annotation=found,
            actor=request.user,
            body=written.body,
            motivation=written.motivation,
            proposed=written.proposed,
        )
    return _annotation_response(request, annotation_for(request, container, uuid))


@router.delete(ANNOTATION, openapi_extra=openapi.DELETE)
def withdraw_annotation(request: HttpRequest, page_id: int, uuid: UUID) -> HttpResponse:
    """Withdraw one's own annotation; its public page says so."""
    container = container_for(request, page_id)
    with transaction.atomic():
        found = _locked(request, container, uuid, seen_required=False)
        moderating.withdraw_annotation(annotation=found, actor=request.user)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


def _locked(
    request: HttpRequest, container: Container, uuid: UUID, *, seen_required: bool
) -> Annotation:
    """Return one's own annotation, locked, if it is still what the client has seen."""
    found = annotation_for(request, container, uuid)
    permissions.require_own(request.user, found)
    locked(found)
    fresh = records_of(container.newest).get(pk=found.pk)
    fresh.version.page = container.page
    etag = etag_of(documents.annotation_document(fresh, Addresses(request)))
    check_seen(request, etag, required=seen_required)
    return fresh


def _check_same(
    request: HttpRequest, container: Container, found: Annotation, written: Written
) -> None:
    """Refuse an update that moves an annotation, or changes addresses that were given once.

    Raises:
        ValidationError: Codes ``other_place`` and ``other_address``.
    """
    via = [each for each in written.via if each not in _own(request, found)]
    for name, before, now in (
        ("canonical", found.canonical, written.canonical),
        ("via", found.via, via),
    ):
        if now and before != now:
            text = _("An address that was given once stays as it is.")
            raise ValidationError({name: ValidationError(text, code="other_address")})
    if not _is_same_place(request, container, found, written):
        text = _("An annotation keeps its place. Please withdraw it and write another one.")
        raise ValidationError({"target": ValidationError(text, code="other_place")})


def _own(request: HttpRequest, found: Annotation) -> set[str]:
    return {Addresses(request).annotation(found.version.page_id, found.uuid)}


def _is_same_place(
    request: HttpRequest, container: Container, found: Annotation, written: Written
) -> bool:
    parent = find_parent(request, container.page, written.target)
    if parent is not None or found.is_reply:
        return parent is not None and parent.pk == found.reply_to_id
    place = find_place(request, container.page, container.newest, written.target)
    if (place.version.pk, place.passage.pk) != (found.version_id, found.passage_id):
        return False
    return (place.start, place.end) == (found.start, found.end)


@router.api_operation(ANY, "/{path:rest}", auth=None, include_in_schema=False)
def nothing(request: HttpRequest, rest: str) -> HttpResponse:
    """Say that there is nothing at an address below this one."""
    raise Http404
