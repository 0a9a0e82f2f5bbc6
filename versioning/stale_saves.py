"""A form of the page editor that is older than the draft: nobody overwrites another unawares.

Wagtail's editor refuses that for what it saves by itself, but takes it from the buttons. Here such
a form changes nothing: both texts are shown as a comparison, the one that was sent is kept in the
history beside the draft, and the person decides.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.pages.utils import get_breadcrumbs_items_for_page
from wagtail.fields import StreamField
from wagtail.models import PageSubscription

from versioning.services.keeping import keep_apart

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from django_stubs_ext import StrOrPromise
    from wagtail.models import Page, Revision

NOT_SENT_AGAIN = frozenset(
    {
        "csrfmiddlewaretoken",
        "loaded_revision_id",
        "loaded_revision_created_at",
        "overwrite_revision_id",
    }
)
CONFLICT = 409
_KEY = re.compile(r' data-block-key=(\\?")[^"\\]*\1')
"""The key of a block of rich text, also where it stands in JSON."""


def ask_about_stale_save(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Answer a form that is older than the draft with both texts and a choice.

    A hook ``before_edit_page``, so the right to edit is checked already.

    Args:
        request: Any request to the editor.
        page: The page as its newest revision has it.
    """
    if request.method != "POST" or page.alias_of_id or not request.accepts("text/html"):
        return None
    latest = page.latest_revision
    if latest is None or not is_stale(request, latest):
        return None
    conflict = Conflict(request, page, latest)
    if conflict.is_settled:
        return None
    return conflict.response()


def is_stale(request: HttpRequest, latest: Revision) -> bool:
    """Tell whether a form was made from another draft than the newest one.

    The same question as Wagtail's own for what it saves by itself; a form that says nothing about
    it is taken as new.
    """
    overwrites = request.POST.get("overwrite_revision_id")
    if overwrites:
        return overwrites != str(latest.pk)
    loaded = request.POST.get("loaded_revision_id")
    if not loaded:
        return False
    if loaded != str(latest.pk):
        return True
    return request.POST.get("loaded_revision_created_at", "") != latest.created_at.isoformat()


class Conflict:
    """The text of a form and the newest draft.

    Attributes:
        mine: The page as the form would make it.
        is_valid: The form has no mistakes, so that ``mine`` is all of it.
        comparison: The fields in which they differ, as Wagtail's comparison of revisions has them.
    """

    def __init__(self, request: HttpRequest, page: Page, latest: Revision) -> None:
        """Read the form against the newest draft; nothing is saved."""
        self.request = request
        self.page = page
        self.latest = latest
        theirs = latest.as_object()
        edit_handler = page.specific_class.get_edit_handler()
        form = _form(edit_handler, request, latest.as_object())
        self.is_valid = form.is_valid()
        self.mine = form.save(commit=False) if self.is_valid else form.instance
        panel = edit_handler.get_bound_panel(instance=theirs, request=request, form=None)
        fields = (compare(theirs, self.mine) for compare in panel.get_comparison())
        self.comparison = [one for one in fields if one.has_changed() and not _is_same(one)]

    @property
    def is_settled(self) -> bool:
        """Whether there is nothing to decide: the draft says what the form says."""
        return self.is_valid and not self.comparison

    def response(self) -> HttpResponse:
        """Keep the text beside the draft and ask."""
        kept = keep_apart(page=self.mine, latest=self.latest, user=self.request.user)  # type: ignore[arg-type]  # signed in
        return ConflictView.as_view(conflict=self, kept=kept)(self.request)

    def sent_again(self) -> list[tuple[str, str]]:
        """Return what the form sent, made to go on top of the newest draft."""
        sent = [
            (name, value)
            for name, values in self.request.POST.lists()
            if name not in NOT_SENT_AGAIN
            for value in values
        ]
        return [
            *sent,
            ("loaded_revision_id", str(self.latest.pk)),
            ("loaded_revision_created_at", self.latest.created_at.isoformat()),
        ]


def _is_same(field: Any) -> bool:  # noqa: ANN401  # one of Wagtail's comparisons
    """Tell whether two values differ in nothing but the keys that the editor gives to blocks.

    Streams are compared as they are stored: two tables with the same cells are not equal in Python.
    """
    own = getattr(field, "own", field)
    values = [getattr(own, "val_a", None), getattr(own, "val_b", None)]
    if isinstance(own.field, StreamField):
        values = [json.dumps(own.field.get_prep_value(value)) for value in values]
    old, new = (_KEY.sub("", value) if isinstance(value, str) else None for value in values)
    return old is not None and old == new


def _form(edit_handler: Any, request: HttpRequest, page: Page) -> Any:  # noqa: ANN401  # Wagtail's
    """Return the editor's form, filled in as for a draft: what is required may be missing."""
    subscription = PageSubscription.objects.filter(page=page.pk, user=request.user.pk).first()
    form = edit_handler.get_form_class()(
        request.POST,
        request.FILES,
        instance=page,
        subscription=subscription or PageSubscription(page=page, user=request.user),
        parent_page=page.get_parent(),
        for_user=request.user,
    )
    form.defer_required_fields()
    return form


class ConflictView(WagtailAdminTemplateMixin, TemplateView):
    """Both texts and what may become of them."""

    template_name = "versioning/admin/conflict.html"
    page_title: StrOrPromise = gettext_lazy("This page was saved meanwhile")
    header_icon = "warning"
    conflict: Conflict | None = None
    kept: Revision | None = None

    def get_page_subtitle(self) -> str:
        """Name the page."""
        return str(self._found.page.get_admin_display_title())

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead from the page tree to here."""
        items = get_breadcrumbs_items_for_page(self._found.page, self.request.user)
        here = {"url": "", "label": self.get_page_title(), "sublabel": self.get_page_subtitle()}
        return [*(items or self.breadcrumbs_items), here]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:  # noqa: ANN401  # Django's signature
        """Answer what was sent, with the status of a conflict."""
        return self.render_to_response(self.get_context_data(**kwargs), status=CONFLICT)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401  # Django's signature
        """Add both texts and where they are kept."""
        found = self._found
        page, latest = found.page, found.latest
        compare_url = reverse(
            "wagtailadmin_pages:revisions_compare",
            args=[page.pk, latest.pk, self.kept.pk if self.kept else latest.pk],
        )
        return super().get_context_data(
            page=page,
            comparison=found.comparison,
            is_valid=found.is_valid,
            has_files=bool(self.request.FILES),
            saved_at=latest.created_at,
            is_own=latest.user_id == self.request.user.pk,
            saved_by=_name_of(latest),
            sent=found.sent_again(),
            act=_act_of(self.request),
            edit_url=reverse("wagtailadmin_pages:edit", args=[page.pk]),
            compare_url=compare_url,
            history_url=reverse("wagtailadmin_pages:history", args=[page.pk]),
            **kwargs,
        )

    @property
    def _found(self) -> Conflict:
        assert self.conflict is not None  # noqa: S101  # given to as_view
        return self.conflict


def _name_of(revision: Revision) -> str:
    user = revision.user
    return str(user.get_full_name() or user.get_username()) if user else ""


def _act_of(request: HttpRequest) -> str:
    """Name what the button does that sends the text once more."""
    if "action-publish" in request.POST:
        return _("Publish my text instead")
    if "action-submit" in request.POST or "action-restart-workflow" in request.POST:
        return _("Submit my text instead")
    return _("Keep my text as the draft")
