"""Noting objections as seen: one on the page of its annotation, or several of the listing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView
from wagtail.admin import messages

from annotations import permissions
from annotations.admin.base import AnnotationAdminView
from annotations.admin.disposing import MAX_SHOWN, chosen_annotations
from annotations.admin.links import annotation_url, listing_url
from annotations.admin.scope import scope_of
from annotations.models import Reaction
from annotations.services.seeing import mark_objections_seen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest, HttpResponse

    from annotations.models import Annotation


class SeeObjectionsView(AnnotationAdminView, TemplateView):
    """Show the objections to the answers of the annotations that ``id`` names, and note them."""

    template_name = "annotations/admin/see_objections.html"
    page_title = gettext_lazy("Note objections as seen")
    annotations: Sequence[Annotation]

    def get_page_subtitle(self) -> str:
        """Say how many objections there are to see."""
        number = len(self.objections)
        return ngettext("%(number)d objection", "%(number)d objections", number) % {
            "number": number
        }

    def load(self, **_kwargs: Any) -> HttpResponse | None:  # noqa: ANN401  # from the address
        """Find the annotations, for whoever may answer them."""
        if not scope_of(self.request).disposable:
            raise PermissionDenied
        self.annotations = chosen_annotations(self.request)
        for page in {one.version.page_id: one.version.page for one in self.annotations}.values():
            permissions.require(self.request.user, "dispose", page)
        return None

    def post(self, request: HttpRequest) -> HttpResponse:
        """Call the service."""
        try:
            number = mark_objections_seen(annotations=self.annotations, actor=request.user)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            said = ngettext(
                "%(number)d objection is noted as seen.",
                "%(number)d objections are noted as seen.",
                number,
            ) % {"number": number}
            messages.success(request, said)
        if len(self.annotations) == 1:
            return self.back(annotation_url(self.annotations[0].pk))
        return self.back(listing_url(reaction="unseen"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401  # Django's signature
        """Add the objections with their answers."""
        rows = self.objections
        return super().get_context_data(
            shown=rows[:MAX_SHOWN], more_count=max(0, len(rows) - MAX_SHOWN), **kwargs
        )

    @cached_property
    def objections(self) -> list[Reaction]:
        """The objections that nobody has seen, in the order in which they came."""
        rows = Reaction.objects.unseen_objections().filter(annotation__in=self.annotations)
        rows = rows.select_related("annotation__version", "disposition")
        return list(rows.order_by("at", "pk"))
