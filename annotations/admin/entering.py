"""Entering what came by workshop, interview or letter: alone, or from a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import FormView, TemplateView
from wagtail.admin import messages
from wagtail.models import Page

from annotations.admin.base import AnnotationAdminView, add_errors
from annotations.admin.entry_forms import (
    EntryForm,
    SheetForm,
    TakeOverForm,
    earlier,
    kept_for_next,
    open_table,
    seal_table,
)
from annotations.admin.links import annotation_url, enter_sheet_url, enter_url, listing_url
from annotations.admin.scope import newest_versions, scope_of
from annotations.models import State
from annotations.presentation.cards import shortened
from annotations.services.entering import (
    RowsRefused,
    check_open,
    enter_contribution,
    enter_rows,
    entered_before,
)
from annotations.services.sheets import headings, read_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest, HttpResponse

    from annotations.core.sheets import SheetRow
    from annotations.models import Annotation
    from annotations.services.sheets import Row
    from versioning.models import Version

SHOWN_ERRORS = 50
"""Rows with errors that the list above a preview names; the table marks all of them."""

CELL_LIMIT = 300
"""Characters of a cell that the preview shows."""


class ChooseDocumentView(AnnotationAdminView, TemplateView):
    """The documents to which something can be entered."""

    template_name = "annotations/admin/enter_choose.html"
    page_title = gettext_lazy("Enter a contribution")

    def load(self, **_kwargs: Any) -> HttpResponse | None:  # noqa: ANN401  # from the address
        """Stop whoever may enter nothing anywhere."""
        if not scope_of(self.request).disposable:
            raise PermissionDenied
        return None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401  # Django's signature
        """Add the documents."""
        pages = Page.objects.filter(pk__in=scope_of(self.request).disposable, live=True)
        rows = pages.select_related("locale").order_by("title", "locale_id")
        return {**super().get_context_data(**kwargs), "pages": rows}


class OnVersionView(AnnotationAdminView):
    """A page of the admin about the newest version of a document."""

    version: Version

    def load(self, **kwargs: Any) -> HttpResponse | None:  # noqa: ANN401  # from the address
        """Find the version, and lead back where nothing can be entered."""
        self.version = version_for(self.request, kwargs["page"])
        try:
            check_open(self.version, actor=self.request.user)
        except ValidationError as error:
            messages.error(self.request, " ".join(error.messages))
            return self.back(listing_url(page=self.version.page_id))
        return None

    def get_page_subtitle(self) -> str:
        """Return title and number of the version."""
        return str(self.version)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401  # Django's signature
        """Add the version and the ways between the two forms."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        page = self.version.page_id
        urls = {"enter_url": enter_url(page), "sheet_url": enter_sheet_url(page)}
        return {**context, **urls, "version": self.version, "back_url": listing_url(page=page)}


class EnterView(OnVersionView, FormView):
    """Enter one contribution."""

    template_name = "annotations/admin/enter.html"
    form_class = EntryForm
    page_title = gettext_lazy("Enter a contribution")

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer the passages of the version."""
        return {**super().get_form_kwargs(), "version": self.version}

    def get_initial(self) -> dict[str, Any]:
        """Begin with the occasion of the contribution before."""
        return earlier(self.request.GET)

    def form_valid(self, form: EntryForm) -> HttpResponse:
        """Call the service; what it refuses stands at the fields, and the text stays."""
        try:
            made = enter_contribution(
                version=self.version,
                contribution=form.contribution(),
                actor=self.request.user,
                has_agreed=form.cleaned_data["has_agreed"],
                idempotency_key=form.cleaned_data["key"],
            )
        except ValidationError as error:
            add_errors(form, error)
            return self.form_invalid(form)
        self._say(made)
        if "another" in self.request.POST:
            url = enter_url(self.version.page_id, **kept_for_next(form.cleaned_data))
            return HttpResponseRedirect(url)
        return self.back(annotation_url(made.pk))

    def _say(self, made: Annotation) -> None:
        button = messages.button(annotation_url(made.pk), _("Look at it"))
        if made.state == State.PUBLIC:
            messages.success(self.request, _("The contribution is public."), buttons=[button])
            return
        words = _("The contribution waits for moderation: it holds a word of the list.")
        messages.warning(self.request, words, buttons=[button])


class EnterSheetView(OnVersionView, FormView):
    """Enter many contributions from a table: first a preview, then taking over."""

    template_name = "annotations/admin/enter_sheet.html"
    preview_template = "annotations/admin/enter_preview.html"
    form_class = SheetForm
    page_title = gettext_lazy("Enter contributions from a table")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:  # noqa: ANN401  # Django's signature
        """Take over what was looked at, or show a preview of what is uploaded."""
        if "rows" in request.POST:
            return self.take_over()
        response: HttpResponse = super().post(request, *args, **kwargs)
        return response

    def form_valid(self, form: SheetForm) -> HttpResponse:
        """Show the preview; nothing is stored."""
        rows: list[SheetRow] = form.cleaned_data["file"]
        try:
            sealed = seal_table(rows, user=self.request.user, page=self.version.page_id)
        except ValidationError as error:
            add_errors(form, error)
            return self.form_invalid(form)
        read = read_rows(self.version, rows)
        return self.preview(read, sealed, TakeOverForm(wrong=_wrong(read)))

    def take_over(self) -> HttpResponse:
        """Store the rows that fit, if those that do not are left out knowingly."""
        sealed = self.request.POST["rows"]
        try:
            key, sheet = open_table(sealed, user=self.request.user, page=self.version.page_id)
        except ValidationError as error:
            messages.error(self.request, " ".join(error.messages))
            return HttpResponseRedirect(enter_sheet_url(self.version.page_id))
        rows = read_rows(self.version, sheet)
        form = TakeOverForm(self.request.POST, wrong=_wrong(rows))
        form.is_valid()
        try:
            stored = self._store(form, rows, key)
        except ValidationError as error:
            add_errors(form, error)
            return self.preview(rows, sealed, form)
        messages.success(self.request, _taken_over(stored))
        return HttpResponseRedirect(listing_url(page=self.version.page_id))

    def _store(self, form: TakeOverForm, rows: Sequence[Row], key: str) -> list[Annotation]:
        if known := entered_before(actor=self.request.user, idempotency_key=key):
            return known
        if self.request.POST.get("version") != str(self.version.pk):
            raise ValidationError(
                _(
                    "There is a newer version meanwhile. This is what the table says of it; please "
                    "look once more."
                )
            )
        fitting = [row.contribution for row in rows if not row.errors]
        if len(fitting) < len(rows) and not form.cleaned_data["leave_out"]:
            message = _("Some rows can't be taken over. Mend them in the file, or leave them out.")
            raise ValidationError(message)
        try:
            return enter_rows(
                version=self.version,
                contributions=fitting,
                actor=self.request.user,
                has_agreed=form.cleaned_data["has_agreed"],
                idempotency_key=key,
            )
        except RowsRefused as error:  # somebody has entered the same at this very moment
            raise ValidationError(error.message) from error

    def preview(self, rows: Sequence[Row], sealed: str, form: TakeOverForm) -> HttpResponse:
        """Show what would be entered, and what is wrong with it."""
        names = headings()
        wrong = [row for row in rows if row.errors]
        context = self.get_context_data(
            form=form,
            names=names,
            rows=[_shown(row, names) for row in rows],
            wrong=[_shown(row, names) for row in wrong[:SHOWN_ERRORS]],
            wrong_count=len(wrong),
            more_wrong=max(0, len(wrong) - SHOWN_ERRORS),
            fitting_count=len(rows) - len(wrong),
            sealed=sealed,
        )
        self.template_name = self.preview_template
        return self.render_to_response(context)


def version_for(request: HttpRequest, page: int) -> Version:
    """Return the newest version of a document to which the person of a request may enter.

    Raises:
        Http404: There is none that they see.
        PermissionDenied: They may not dispose there.
    """
    scope = scope_of(request)
    if page not in scope.pages:
        raise Http404
    if page not in scope.disposable:
        raise PermissionDenied
    return newest_versions().select_related("page", "locale").get(page=page)


def _shown(row: Row, names: dict[str, str]) -> dict[str, Any]:
    """Return a row as the preview shows it: cells as they stand, with what is wrong."""
    cells = [
        {
            "name": name,
            "text": shortened(row.sheet.cells.get(name, ""), CELL_LIMIT),
            "errors": _sentences(row, name),
        }
        for name in names
    ]
    errors = [(names[name], sentence) for name in names for sentence in _sentences(row, name)]
    return {"number": row.sheet.number, "cells": cells, "errors": errors}


def _sentences(row: Row, name: str) -> list[str]:
    return [sentence for error in row.errors.get(name, ()) for sentence in error.messages]


def _wrong(rows: Sequence[Row]) -> int:
    return sum(bool(row.errors) for row in rows)


def _taken_over(stored: Sequence[Annotation]) -> str:
    words = ngettext(
        "%(number)d contribution was entered.",
        "%(number)d contributions were entered.",
        len(stored),
    ) % {"number": len(stored)}
    held = sum(row.state == State.PENDING for row in stored)
    if held:
        words += " " + ngettext(
            "%(number)d of them waits for moderation, since it holds a word of the list.",
            "%(number)d of them wait for moderation, since they hold a word of the list.",
            held,
        ) % {"number": held}
    return words
