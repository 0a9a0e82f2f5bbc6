"""Lineage in Wagtail's admin: what a draft would change, and questions before publishing."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.decorators.cache import never_cache
from wagtail.admin import messages
from wagtail.admin.views.pages.utils import get_breadcrumbs_items_for_page
from wagtail.models import Page, Revision

from versioning import permissions
from versioning.admin.base import VersionAdminView
from versioning.core.corrections import ContradictoryCorrections, MalformedCorrections
from versioning.core.markup import UnreadableText
from versioning.draft_lineage import lineage_of_draft
from versioning.models import VersionedPageMixin
from versioning.models.pages import CONTRADICTORY, MALFORMED
from versioning.presentation.lineage import Presenter
from versioning.presentation.questions import questions_about
from versioning.presentation.words import CATEGORIES
from versioning.services.correcting import publish_with_corrections

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from django_stubs_ext import StrOrPromise

    from versioning.draft_lineage import DraftLineage
    from versioning.presentation.questions import Question

ROWS = 50
"""Rows of the panel at a time."""


def versioned_page(page_id: int) -> Any:  # noqa: ANN401  # a page of any versioned type
    """Return a versioned page that is no alias, as it is live.

    Raises:
        Http404: There is none.
    """
    page = get_object_or_404(Page, pk=page_id).specific
    if not isinstance(page, VersionedPageMixin) or page.alias_of_id:
        raise Http404
    return page


@method_decorator(never_cache, name="dispatch")
class DraftChangesView(View):
    """What the last saved draft would change, as a piece of html for the panel.

    A POST brings corrections that are not saved yet; it changes nothing.
    """

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:  # noqa: ANN401  # Django's signature
        """Find the page and check the permission."""
        self.page = versioned_page(kwargs["page_id"])
        permissions.require(request.user, "correct_lineage", self.page)
        return super().dispatch(request, *args, **kwargs)  # type: ignore[return-value]  # View's union

    def get(self, request: HttpRequest, **_kwargs: int) -> HttpResponse:
        """Show the draft with the corrections that are stored with it."""
        return self.answer(None)

    def post(self, request: HttpRequest, **_kwargs: int) -> HttpResponse:
        """Show the draft with other corrections."""
        try:
            corrections = json.loads(request.POST.get("corrections") or "[]")
        except (ValueError, RecursionError):
            corrections = None
        return self.answer(corrections if corrections is not None else "")

    def answer(self, corrections: object) -> HttpResponse:
        """Return the rows, or a sentence that says why there are none."""
        draft = self.page.get_latest_revision_as_object()
        context: dict[str, Any] = {"page": self.page, "problem": ""}
        try:
            found = lineage_of_draft(draft, corrections)
        except UnreadableText:
            context["problem"] = _("The text is nested too deeply.")
        except MalformedCorrections:
            context["problem"] = MALFORMED
        except ContradictoryCorrections:
            context["problem"] = CONTRADICTORY
        else:
            context.update(self.found(found))
        return TemplateResponse(self.request, "versioning/admin/draft_changes.html", context)

    def found(self, draft: DraftLineage | None) -> dict[str, Any]:
        """Return what the panel shows."""
        if draft is None:
            return {"problem": _("This page has no version yet: there is nothing to compare with.")}
        presenter = Presenter(draft)
        counts = Counter(presenter.category(row) for row in draft.rows)
        rows = [row for row in draft.rows if presenter.category(row) != "kept"]
        doubtful = [row for row in rows if presenter.is_doubtful(row)]
        only = self.request.GET.get("show") == "doubtful"
        listed = Paginator(doubtful if only else rows, ROWS).get_page(self.request.GET.get("p"))
        return {
            "version": draft.version,
            "numbers": [(word, counts[name]) for name, word in CATEGORIES.items() if counts[name]],
            "doubts": len(doubtful),
            "only_doubtful": only,
            "listed": listed,
            "rows": [presenter.shown(row) for row in listed],
            "said": presenter.said(),
            "corrections": json.dumps([item.as_data() for item in draft.corrections()]),
        }


def ask_before_publishing(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Lead to one page of questions where a guess is doubtful and nobody has decided.

    Wagtail's editor calls this after it has saved the draft. A date in the future is a schedule,
    which takes the guesses, as do workflows, imports and everything else but this button.
    """
    if not isinstance(page, VersionedPageMixin) or not page.asks_about_lineage:
        return None
    if page.is_scheduled_for_later():
        return None
    try:
        draft = lineage_of_draft(page)
    except (UnreadableText, MalformedCorrections, ContradictoryCorrections):
        return None
    if draft is None or not questions_about(draft):
        return None
    url = reverse("synopse_versions:publish", args=[page.pk, page.latest_revision_id])
    target = request.POST.get("next") or request.GET.get("next") or ""
    return redirect(f"{url}?{urlencode({'next': target})}" if _is_ours(request, target) else url)


def _is_ours(request: HttpRequest, url: str) -> bool:
    return bool(url) and url_has_allowed_host_and_scheme(
        url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )


class PublishView(VersionAdminView):
    """The page between the editor and the public: questions about doubtful guesses."""

    action = "publish"
    template_name = "versioning/admin/publish.html"
    page_title: StrOrPromise = gettext_lazy("Before publishing")
    header_icon = "help"
    revision: Revision

    def load(self, **kwargs: Any) -> None:  # noqa: ANN401  # from the address
        """Find the page and its revision."""
        self.page = versioned_page(kwargs["page_id"])
        self.revision = get_object_or_404(self.page.revisions, pk=kwargs["revision_id"])

    def get(self, request: HttpRequest, **_kwargs: int) -> HttpResponse:
        """Ask, or lead back where there is nothing to ask any more."""
        if self.revision.pk != self.page.latest_revision_id or not self.questions:
            return self.back()
        return self.render_to_response(self.get_context_data())

    def post(self, request: HttpRequest, **_kwargs: int) -> HttpResponse:
        """Publish with the answers."""
        try:
            answers = [question.correction(request.POST) for question in self.questions]
            blocked = publish_with_corrections(
                page=self.page,
                revision=self.revision,
                corrections=answers,
                actor=request.user,  # type: ignore[arg-type]  # signed in
                request=request,
            )
        except ValidationError as error:
            for sentence in error.messages:
                messages.error(request, sentence)
            return self.back()
        if blocked is not None:
            return blocked
        published = self.page.specific_class.objects.get(pk=self.page.pk)
        text = _("Page “%(title)s” has been published.") % {
            "title": published.get_admin_display_title()
        }
        buttons = [messages.button(published.url, _("View live"))] if published.url else []
        messages.success(request, text, buttons=buttons)
        return redirect(self.next_url() or reverse("wagtailadmin_explore", args=[self.parent_id()]))

    @property
    def questions(self) -> list[Question]:
        """The questions about the revision, none where it has no doubts."""
        try:
            draft = lineage_of_draft(self.revision.as_object())
        except (UnreadableText, MalformedCorrections, ContradictoryCorrections):
            return []
        return questions_about(draft) if draft else []

    def back(self) -> HttpResponse:
        """Lead to the editor."""
        return redirect("wagtailadmin_pages:edit", self.page.pk)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead from the page tree to here."""
        items = get_breadcrumbs_items_for_page(self.page, self.request.user)
        return [*(items or self.breadcrumbs_items), {"url": "", "label": self.get_page_title()}]

    def next_url(self) -> str:
        """Return where the person wanted to go after publishing, on this site."""
        target = self.request.POST.get("next") or self.request.GET.get("next") or ""
        return target if _is_ours(self.request, target) else ""

    def parent_id(self) -> int:
        """Return the id of the page above."""
        return int(self.page.get_parent().pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401  # Django's signature
        """Add the questions."""
        newest = self.page.newest_version
        return super().get_context_data(
            questions=self.questions, newest=newest, next=self.next_url(), **kwargs
        )
