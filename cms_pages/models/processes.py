"""The participation process: phases, timeline, and the drafts below it."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.blocks import StreamBlock
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page

from cms_pages.blocks import PhaseBlock, TimelineEntryBlock


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
    ]
    subpage_types = ["synopse_pages.StrategyDraftPage", "synopse_pages.StandardPage"]
    template = "cms_pages/participation_process_page.html"

    class Meta:
        verbose_name = _("participation process")
        verbose_name_plural = _("participation processes")
