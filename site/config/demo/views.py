"""Pages of the demonstration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.paginator import Paginator
from django.shortcuts import render

from config.demo.models import DemoMail

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


def mails(request: HttpRequest) -> HttpResponse:
    """Show the mails of the demonstration, newest first."""
    page = Paginator(DemoMail.objects.all(), 20).get_page(request.GET.get("page"))
    return render(request, "demo/mails.html", {"mails": page})
