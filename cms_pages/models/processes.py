"""The participation process: phases, timeline, and the drafts below it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel
from wagtail.blocks import StreamBlock
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page

from cms_pages.blocks import PhaseBlock, TimelineEntryBlock
from cms_pages.route_forms import ProcessForm
from versioning.models import AbstractRouteBody

if TYPE_CHECKING:
    from django.http import HttpRequest


class ParticipationProcessPage(Page):
    """A process in which a text is written together with citizens."""

    intro = RichTextField(_("introduction"), blank=True, features=["bold", "italic", "link"])
    body = RichTextField(_("text"), blank=True)
    phases = StreamField(
        StreamBlock([("phase", PhaseBlock())]), blank=True, verbose_name=_("phases")
    )
    timeline = StreamField(
        StreamBlock([("entry", TimelineEntryBlock())]), blank=True, verbose_name=_("timeline")
    )
    results = models.ForeignKey(
        "synopse_pages.ReusableText",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("how we deal with the results"),
    )

    content_panels = [
        *Page.content_panels,
        FieldPanel("intro"),
        FieldPanel("body"),
        FieldPanel("phases"),
        FieldPanel("timeline"),
        FieldPanel("results"),
        InlinePanel(
            "bodies",
            heading=_("Way through the bodies"),
            label=_("Body"),
            help_text=_(
                "Who decides about the texts of this process, in this order. First come those who "
                "co-sign. Without any, the bodies of the site hold. A text that was handed over "
                "keeps the way that held then."
            ),
        ),
    ]
    base_form_class = ProcessForm
    subpage_types = ["synopse_pages.StrategyDraftPage", "synopse_pages.StandardPage"]
    template = "cms_pages/participation_process_page.html"

    class Meta:
        verbose_name = _("participation process")
        verbose_name_plural = _("participation processes")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401  # Wagtail's signature
        """Add phases, timeline and the drafts with their state."""
        from cms_pages.overviews import process_context  # noqa: PLC0415  # see HomePage

        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        return context | process_context(self, request)


class ProcessBody(AbstractRouteBody):
    """One body on the way of the texts of a process."""

    page = ParentalKey(ParticipationProcessPage, on_delete=models.CASCADE, related_name="bodies")

    panels = [
        FieldPanel("body", heading=_("Name")),
        FieldPanel("role"),
        FieldPanel("group"),
        FieldRowPanel([FieldPanel("responsible"), FieldPanel("remind_days")]),
    ]

    class Meta(AbstractRouteBody.Meta):
        verbose_name = _("body")
        verbose_name_plural = _("bodies")
