"""Placing an annotation by hand where two places fit equally well."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView
from wagtail.admin import messages

from annotations import permissions
from annotations.admin import links, showing
from annotations.admin.base import AnnotationAdminView, add_errors, crumb_of
from annotations.admin.forms import PlacementForm
from annotations.admin.scope import visible_placement
from annotations.services.placement import settle_placement
from versioning.models import Passage

if TYPE_CHECKING:
    from django.http import HttpResponse

    from annotations.models import Placement


class PlacementView(AnnotationAdminView, FormView):
    """Choose one of the candidates, or say that the words are gone."""

    template_name = "annotations/admin/form.html"
    form_class = PlacementForm
    page_title = gettext_lazy("Place by hand")
    placement: Placement

    def load(self, **kwargs: Any) -> HttpResponse | None:  # noqa: ANN401  # from the address
        """Find the place and check the right."""
        self.placement = visible_placement(self.request, kwargs["pk"])
        permissions.require(self.request.user, "dispose", self.placement.version.page)
        return None

    def get_page_subtitle(self) -> str:
        """Name the version."""
        return self.placement.version.name

    def between(self) -> list[dict[str, Any]]:
        """Lead over the annotation."""
        return [crumb_of(self.placement.annotation)]

    def passages(self) -> dict[int, Passage]:
        """Return the passages of the candidates."""
        keys = [spot[0] for spot in self.placement.candidates]
        return Passage.objects.filter(version=self.placement.version_id).in_bulk(keys)

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer the candidates."""
        kwargs: dict[str, Any] = super().get_form_kwargs()
        return {**kwargs, "placement": self.placement, "passages": self.passages()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401  # Django's signature
        """Add the annotation with its words then."""
        annotation = self.placement.annotation
        return super().get_context_data(
            quoted=annotation,
            marked=showing.marked(annotation),
            submit_label=_("Save"),
            back_url=links.annotation_url(annotation.pk),
            **kwargs,
        )

    def form_valid(self, form: PlacementForm) -> HttpResponse:
        """Call the service."""
        spot = form.chosen_spot()
        passage = self.passages()[spot[0]] if spot else None
        try:
            settle_placement(
                placement=self.placement,
                passage=passage,
                start=spot[1] if spot else None,
                end=spot[2] if spot else None,
                actor=self.request.user,
            )
        except ValidationError as error:
            add_errors(form, error)
            return self.form_invalid(form)
        messages.success(self.request, _("The place is saved."))
        return self.back(links.annotation_url(self.placement.annotation_id))
