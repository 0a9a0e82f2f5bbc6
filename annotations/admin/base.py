"""What our views in the admin share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from wagtail.admin.utils import get_valid_next_url_from_request
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from annotations.admin.links import annotation_url
from annotations.admin.lists import list_before, list_url
from annotations.admin.scope import may_open
from annotations.presentation.cards import shortened

if TYPE_CHECKING:
    from django import forms
    from django.core.exceptions import ValidationError
    from django.http import HttpRequest, HttpResponse

    from annotations.models import Annotation

TITLE = 60


class AnnotationAdminView(WagtailAdminTemplateMixin):
    """A page of the admin about annotations; put it before one of Django's views."""

    header_icon = "comment"
    request: HttpRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:  # noqa: ANN401  # Django's signature
        """Let in who may see annotations at all, then load what the address names."""
        if not may_open(request.user):
            raise PermissionDenied
        response: HttpResponse | None = self.load(**kwargs)
        return response or super().dispatch(request, *args, **kwargs)

    def load(self, **_kwargs: Any) -> HttpResponse | None:  # noqa: ANN401  # from the address
        """Find what the page is about and check the rights; a response ends the request."""
        return None

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead from the listing to here."""
        here = {"url": "", "label": self.get_page_title(), "sublabel": self.get_page_subtitle()}
        listing = {"url": list_url(self.within), "label": _("Annotations")}
        return [*self.breadcrumbs_items, listing, *self.between(), here]

    @cached_property
    def within(self) -> str:
        """The query of the listing that led here; empty where something else did."""
        return list_before(self.request)

    def between(self) -> list[dict[str, Any]]:
        """Return what stands between the listing and this page."""
        return []

    def back(self, otherwise: str) -> HttpResponse:
        """Lead back to where the person came from."""
        return HttpResponseRedirect(get_valid_next_url_from_request(self.request) or otherwise)


def title_of(annotation: Annotation) -> str:
    """Return author and first words."""
    return f"{annotation.user_name}: {shortened(annotation.comment, TITLE)}"


def crumb_of(annotation: Annotation, *, within: str = "") -> dict[str, Any]:
    """Return the breadcrumb of an annotation, with the query of the listing that led there."""
    return {
        "url": annotation_url(annotation.root_id or annotation.pk, within=within),
        "label": title_of(annotation),
    }


def base_url(request: HttpRequest) -> str:
    """Return scheme, host and port of a request, for links in mails."""
    return f"{request.scheme}://{request.get_host()}"


def add_errors(form: forms.Form, error: ValidationError) -> None:
    """Put what a service refused beside its field; what no field shows stands on top."""
    by_field = error.error_dict if hasattr(error, "error_dict") else {None: error.error_list}
    for name, messages in by_field.items():
        form.add_error(name if name in form.fields else None, messages)
