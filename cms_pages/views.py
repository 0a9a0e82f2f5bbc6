"""Public pages of the strategy site beside its pages."""

from django.http import Http404, HttpRequest, HttpResponse


def report_problem(request: HttpRequest) -> HttpResponse:
    """Take a report about any page."""
    raise Http404
