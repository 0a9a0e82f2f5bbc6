"""Importing a text in Wagtail's admin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import FormView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from cms_pages.forms import ImportForm, NewDraftForm, processes_for
from cms_pages.models import StrategyDraftPage
from cms_pages.services.importing import ImportedDraft, import_draft

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.http import HttpRequest, HttpResponse
    from django.http.response import HttpResponseBase


class ImportView(WagtailAdminTemplateMixin, FormView):
    """Takes a file and shows what is wrong with it, or opens the page editor."""

    template_name = "cms_pages/admin/import.html"
    header_icon = "upload"
    page_title = gettext_lazy("Import a text")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Return the way to this view."""
        return [*super().get_breadcrumbs_items(), {"url": "", "label": self.get_page_title()}]

    def form_valid(self, form: ImportForm) -> HttpResponse:
        """Import, or show the service's objections at their fields."""
        try:
            done = self.store(form)
        except ValidationError as error:
            _add_errors(form, error)
            return self.form_invalid(form)
        messages.success(self.request, _success(done))
        return redirect(reverse("wagtailadmin_pages:edit", args=[done.page.pk]))

    def store(self, form: ImportForm) -> ImportedDraft:
        """Call the service."""
        raise PermissionDenied


class ImportNewView(ImportView):
    """Imports a text as a new draft."""

    form_class = NewDraftForm
    page_subtitle = gettext_lazy("new draft")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # noqa: ANN401  # Django's signature
        """Stop whoever may not make drafts anywhere."""
        if not processes_for(request.user).exists():
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        """Add the user, whose processes are offered."""
        return {**super().get_form_kwargs(), "user": self.request.user}

    def get_initial(self) -> dict[str, Any]:
        """Choose the process that the address names."""
        return {"parent": self.request.GET.get("parent", "")}

    def store(self, form: ImportForm) -> ImportedDraft:
        """Import as a new draft."""
        data = form.cleaned_data
        return import_draft(
            document=data["file"],
            parent=data["parent"],
            title=data["title"],
            actor=signed_in(self.request),
        )


class ImportIntoView(ImportView):
    """Imports a text into a draft."""

    form_class = ImportForm

    @cached_property
    def draft(self) -> StrategyDraftPage:
        """The draft that gets the text."""
        try:
            return get_object_or_404(StrategyDraftPage, pk=self.kwargs["page_id"])
        except OverflowError as error:  # a number that no database can hold
            raise Http404 from error

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # noqa: ANN401  # Django's signature
        """Stop whoever may not edit the draft."""
        if not self.draft.permissions_for_user(request.user).can_edit():
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_page_subtitle(self) -> str:
        """Return the title of the draft."""
        return str(self.draft.get_admin_display_title())

    def store(self, form: ImportForm) -> ImportedDraft:
        """Import into the draft."""
        return import_draft(
            document=form.cleaned_data["file"], page=self.draft, actor=signed_in(self.request)
        )


def signed_in(request: HttpRequest) -> User:
    """Return who is signed in; the admin lets nobody else in.

    Raises:
        PermissionDenied: Nobody is.
    """
    if not request.user.is_authenticated:
        raise PermissionDenied
    return request.user


def _add_errors(form: ImportForm, error: ValidationError) -> None:
    """Show errors at their fields; those of fields that the form has not stand on top."""
    by_field = error.error_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: [error]}
    for name, errors in by_field.items():
        form.add_error(name if name in form.fields else None, errors)


def _success(done: ImportedDraft) -> str:
    text = ngettext(
        "The text is in the draft, in %(blocks)d block. Look through it, then publish.",
        "The text is in the draft, in %(blocks)d blocks. Look through it, then publish.",
        done.blocks,
    ) % {"blocks": done.blocks}
    if done.kept:
        text += " " + ngettext(
            "%(kept)d block was recognised and keeps its annotations.",
            "%(kept)d blocks were recognised and keep their annotations.",
            done.kept,
        ) % {"kept": done.kept}
    return text
