"""Importing a text in Wagtail's admin."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext, gettext_lazy, ngettext
from django.views import View
from django.views.generic import FormView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from cms_pages.forms import ImportForm, NewDraftForm, processes_for
from cms_pages.import_preview import context_of
from cms_pages.models import StrategyDraftPage, WaitingImport
from cms_pages.services.uploads import (
    NothingWaits,
    hold_upload,
    preview_of,
    take_over,
    throw_away,
    waiting_for,
)

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.http import HttpRequest, HttpResponse
    from django.http.response import HttpResponseBase

    from cms_pages.services.importing import ImportedDraft


class ImportView(WagtailAdminTemplateMixin, FormView):
    """Takes a file and shows what is wrong with it, or leads to its preview."""

    template_name = "cms_pages/admin/import.html"
    header_icon = "upload"
    page_title = gettext_lazy("Import a text")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Return the way to this view."""
        return [*super().get_breadcrumbs_items(), {"url": "", "label": self.get_page_title()}]

    def form_valid(self, form: ImportForm) -> HttpResponse:
        """Keep the file and lead to its preview, or show the service's objections."""
        try:
            upload = self.hold(form)
        except ValidationError as error:
            _add_errors(form, error)
            return self.form_invalid(form)
        return redirect("synopse_import:preview", upload.pk)

    def hold(self, form: ImportForm) -> WaitingImport:
        """Call the service."""
        name, content = form.cleaned_data["file"]
        return hold_upload(
            name=name,
            content=content,
            actor=signed_in(self.request),
            refuses_changes=form.refuses_changes,
            **self.target(form),
        )

    def target(self, form: ImportForm) -> dict[str, Any]:
        """Say where the text shall go."""
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

    def target(self, form: ImportForm) -> dict[str, Any]:
        """Make a new draft."""
        return {"parent": form.cleaned_data["parent"], "title": form.cleaned_data["title"]}


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

    def target(self, form: ImportForm) -> dict[str, Any]:
        """Put the text into the draft."""
        return {"page": self.draft}


class ImportPreviewView(WagtailAdminTemplateMixin, View):
    """Shows what a file would change, and takes it over or throws it away."""

    template_name = "cms_pages/admin/import_preview.html"
    header_icon = "view"
    page_title = gettext_lazy("Preview of the import")

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:  # noqa: ANN401  # the address
        """Show the preview."""
        try:
            return self.shown()
        except NothingWaits:
            return self.gone()

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:  # noqa: ANN401  # the address
        """Take the text over, or throw the file away."""
        actor = signed_in(request)
        try:
            if "discard" in request.POST:
                return self.discarded()
            done = take_over(
                key=kwargs["key"],
                actor=actor,
                state=request.POST.get("state", ""),
                answers=request.POST,
                comments=_numbers(request.POST.getlist("comment")),
            )
        except NothingWaits:
            return self.gone()
        except ValidationError as error:
            for sentence in error.messages:
                messages.warning(request, sentence)
            return self.get(request)
        messages.success(request, _success(done))
        return redirect(reverse("wagtailadmin_pages:edit", args=[done.page.pk]))

    def shown(self) -> HttpResponse:
        """Return the preview; where the text cannot be used any more, the form with the reason."""
        try:
            preview = preview_of(self.upload, actor=signed_in(self.request))
        except ValidationError as error:
            for sentence in error.messages:
                messages.error(self.request, sentence)
            return redirect(self.form_url())
        return self.render_to_response(
            self.get_context_data(**context_of(preview, self.request), form_url=self.form_url())
        )

    def discarded(self) -> HttpResponse:
        """Throw the file away and lead back to the form."""
        url = self.form_url()
        throw_away(key=self.upload.pk, actor=signed_in(self.request))
        messages.success(self.request, gettext("The file was thrown away. Nothing has changed."))
        return redirect(url)

    def gone(self) -> HttpResponse:
        """Say that the file is not there any more."""
        context = {"page_title": self.page_title, "header_icon": self.header_icon}
        return TemplateResponse(
            self.request,
            "cms_pages/admin/import_gone.html",
            context,
            status=HTTPStatus.GONE,
        )

    @cached_property
    def upload(self) -> WaitingImport:
        """The file.

        Raises:
            NothingWaits: It is not there, or somebody else's.
        """
        found = waiting_for(signed_in(self.request)).filter(pk=self.kwargs["key"]).first()
        if found is None:
            raise NothingWaits
        return found

    def form_url(self) -> str:
        """Return the address of the form to upload another file."""
        if self.upload.page_id:
            return reverse("synopse_import:page", args=[self.upload.page_id])
        return f"{reverse('synopse_import:new')}?parent={self.upload.parent_id}"

    def get_page_subtitle(self) -> str:
        """Return the title of the draft."""
        if self.upload.page is not None:
            return str(self.upload.page.get_admin_display_title())
        return self.upload.title

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead from the form to here."""
        return [
            *super().get_breadcrumbs_items(),
            {"url": self.form_url(), "label": gettext("Import a text")},
            {"url": "", "label": self.get_page_title()},
        ]


def signed_in(request: HttpRequest) -> User:
    """Return who is signed in; the admin lets nobody else in.

    Raises:
        PermissionDenied: Nobody is.
    """
    if not request.user.is_authenticated:
        raise PermissionDenied
    return request.user


def _numbers(sent: list[str]) -> set[int]:
    return {int(number) for number in sent if number.isdecimal() and len(number) < 9}


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
    if done.notes:
        text += " " + ngettext(
            "%(notes)d comment of the file is kept as a note.",
            "%(notes)d comments of the file are kept as notes.",
            done.notes,
        ) % {"notes": done.notes}
    return text
