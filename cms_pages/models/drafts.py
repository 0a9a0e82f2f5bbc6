"""The strategy draft: the text that citizens annotate."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page

from annotations.models import AnnotatedPageMixin
from cms_pages.blocks import StrategyBlock


class StrategyDraftPage(AnnotatedPageMixin, Page):
    """A strategy text in its versions."""

    intro = RichTextField(_("introduction"), blank=True, features=["bold", "italic", "link"])
    body = StreamField(StrategyBlock(), blank=True, verbose_name=_("text"))

    versioned_fields = ["body"]
    content_panels = [*Page.content_panels, FieldPanel("intro"), FieldPanel("body")]
    settings_panels = [
        *AnnotatedPageMixin.version_panels,
        *AnnotatedPageMixin.annotation_panels,
        *Page.settings_panels,
    ]
    parent_page_types = ["synopse_pages.ParticipationProcessPage"]
    subpage_types: list[str] = []
    template = "cms_pages/strategy_draft_page.html"

    class Meta:
        verbose_name = _("strategy draft")
        verbose_name_plural = _("strategy drafts")
