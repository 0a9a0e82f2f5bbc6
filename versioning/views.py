"""Public pages of versions, comparisons and submissions."""

from django.http import Http404, HttpRequest, HttpResponse


def versions(request: HttpRequest, page_id: int) -> HttpResponse:
    """List the versions of a page."""
    raise Http404


def version(request: HttpRequest, page_id: int, number: int) -> HttpResponse:
    """Show one frozen version."""
    raise Http404


def choose_comparison(request: HttpRequest, page_id: int) -> HttpResponse:
    """Redirect to the comparison that the form asks for."""
    raise Http404


def comparison(request: HttpRequest, page_id: int, old: int, new: int) -> HttpResponse:
    """Compare two versions of a page."""
    raise Http404


def submission(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a submission and its way through the bodies."""
    raise Http404
