"""What the pages of the admin about versions share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.pages.utils import get_breadcrumbs_items_for_page

from versioning import permissions
from versioning.forms import add_errors
from versioning.models import Version

if TYPE_CHECKING:
    from django import forms
    from django.core.paginator import Page as ListPage
    from django.http import HttpRequest, HttpResponse
    from django_stubs_ext import StrOrPromise
    from wagtail.models import Page

PER_PAGE = 100


class VersionAdminView(WagtailAdminTemplateMixin, View):
    """A page of the admin about the versions of one page; asks for ``action`` first."""

    action = "view_versions"
    header_icon = "history"
    page: Page
    version: Version | None = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:  # noqa: ANN401  # Django's signature
        """Find what the page is about and check the permission."""
        self.load(**kwargs)
        permissions.require(request.user, self.action, self.page)
        return super().dispatch(request, *args, **kwargs)  # type: ignore[return-value]  # View's union

    def load(self, **kwargs: Any) -> None:  # noqa: ANN401  # from the address
        """Find the version and its page."""
        self.version = get_object_or_404(
            Version.objects.select_related("page", "locale"), pk=kwargs["pk"]
        )
        self.page = self.version.page

    def get(self, request: HttpRequest, **_kwargs: int) -> HttpResponse:
        """Show the page."""
        return self.render_to_response(self.get_context_data())

    def get_page_subtitle(self) -> str:
        """Name the version."""
        return self.version.name if self.version else self.page.get_admin_display_title()

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead from the page tree over the page's versions to here."""
        items = get_breadcrumbs_items_for_page(self.page, self.request.user)
        items = items or [*self.breadcrumbs_items]
        url = reverse("synopse_versions:page", args=[self.page.pk])
        items.append({"url": url, "label": _("Versions")})
        return [*items, {"url": "", "label": self.get_page_title()}] if self.version else items

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401  # Django's signature
        """Add the page and what the user may do."""
        may = {
            name: permissions.can(self.request.user, name, self.page) for name in permissions.RULES
        }
        return super().get_context_data(page=self.page, version=self.version, may=may, **kwargs)

    def listed(self, rows: Any) -> dict[str, Any]:  # noqa: ANN401  # a queryset or a list
        """Return one page of a list, as Wagtail's pagination wants it."""
        paginator = Paginator(rows, PER_PAGE)
        listed: ListPage[Any] = paginator.get_page(self.request.GET.get("p"))
        return {
            "listed": listed,
            "elided_page_range": paginator.get_elided_page_range(listed.number),
        }


class FormView(VersionAdminView):
    """A page with one form that calls one service."""

    template_name = "versioning/admin/form.html"
    form_class: type[forms.Form]
    submit_label: StrOrPromise = gettext_lazy("Save")

    def post(self, request: HttpRequest, **_kwargs: int) -> HttpResponse:
        """Call the service; show what it refuses at its field."""
        form = self.get_form(request.POST)
        if form.is_valid():
            try:
                done = self.perform(form)
            except ValidationError as error:
                self.refuse(form, error)
            else:
                messages.success(request, done)
                return redirect(self.success_url())
        return self.render_to_response(self.get_context_data(form=form))

    def get_form(self, data: Any = None) -> forms.Form:  # noqa: ANN401  # a QueryDict or None
        """Return the form, with what is stored where nothing was sent."""
        return self.form_class(data, initial=self.initial())

    def initial(self) -> dict[str, Any]:
        """Return what is stored."""
        return {}

    def perform(self, form: forms.Form) -> str:
        """Call the service and return a sentence that says what happened."""
        raise ValidationError(_("Nothing to do."))

    def refuse(self, form: forms.Form, error: ValidationError) -> None:
        """Show what the service refused."""
        add_errors(form, error)

    def success_url(self) -> str:
        """Return where to go afterwards."""
        return reverse("synopse_versions:page", args=[self.page.pk])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401  # Django's signature
        """Add the form."""
        form = kwargs.pop("form", None) or self.get_form()
        return super().get_context_data(
            form=form, media=form.media, submit_label=self.submit_label, **kwargs
        )
