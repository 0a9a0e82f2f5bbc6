"""Public pages of annotations."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse


def passage(request: HttpRequest, page_id: int, number: int, uid: UUID) -> HttpResponse:
    """Show one passage with its annotations and the form."""
    raise Http404


def annotation(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show one annotation with its whole fate."""
    raise Http404


def reply(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Reply to an annotation."""
    raise Http404


def sent(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Say what happens after sending."""
    raise Http404


def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Show the button that confirms (GET) or confirm (POST)."""
    raise Http404
