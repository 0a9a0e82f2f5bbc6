"""Disposition reports for editors: the texts, and the files with what is not public yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods
from django.views.generic import TemplateView

from annotations.admin.base import AnnotationAdminView
from annotations.admin.scope import newest_versions, scope_of
from annotations.export_views import report_in

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

PER_PAGE = 50
FORMS = ("pdf", "docx", "xlsx", "csv")


class DispositionReportsView(AnnotationAdminView, TemplateView):
    """The texts whose annotations somebody sees as a whole, each with its files."""

    template_name = "annotations/admin/disposition_reports.html"
    page_title = gettext_lazy("Disposition reports")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401  # Django's signature
        """Add the texts."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        rows = newest_versions().filter(page__in=scope_of(self.request).full)
        rows = rows.select_related("page").order_by("-published_at", "pk")
        listed = Paginator(rows, PER_PAGE).get_page(self.request.GET.get("p"))
        return context | {"listed": listed, "forms": FORMS}


@require_http_methods(["GET", "HEAD", "POST"])
def disposition_report(request: HttpRequest, page_id: int, form: str) -> HttpResponseBase:
    """Hand out the report of a text with what only editors and moderators may see."""
    if page_id not in scope_of(request).full:
        raise PermissionDenied
    newest = newest_versions().filter(page=page_id).select_related("locale", "page").get()
    return report_in(request, newest, form, is_internal=True)
