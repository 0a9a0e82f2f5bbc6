"""Pages of the demonstration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from csp.constants import NONE, UNSAFE_INLINE
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from config.demo.models import DemoMail

if TYPE_CHECKING:
    from django.http import HttpRequest


def mails(request: HttpRequest) -> HttpResponse:
    """Show the mails of the demonstration, newest first."""
    page = Paginator(DemoMail.objects.all(), 20).get_page(request.GET.get("page"))
    return render(request, "demo/mails.html", {"mails": page})


def mail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the HTML part of a mail as a mail program does, with nothing from elsewhere."""
    response = HttpResponse(get_object_or_404(DemoMail.objects.exclude(html=""), pk=pk).html)
    response._csp_replace = {  # type: ignore[attr-defined]  # django-csp's own door for views
        "default-src": [NONE],
        "script-src": [NONE],
        "style-src": [UNSAFE_INLINE],
    }
    return response
