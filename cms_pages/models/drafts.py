"""The strategy draft: the text that citizens annotate."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, ObjectList, TabbedInterface
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page
from wagtail_localize.fields import SynchronizedField, TranslatableField

from annotations.models import AnnotatedPageMixin
from annotations.panels import AnnotationsPanel
from cms_pages.blocks import StrategyBlock
from cms_pages.panels import NotesPanel
from versioning.panels import VersionedFieldPanel


class StrategyDraftPage(AnnotatedPageMixin, Page):  # type: ignore[django-manager-missing]  # Wagtail has no types
    """A strategy text in its versions."""

    intro = RichTextField(_("introduction"), blank=True, features=["bold", "italic", "link"])
    body = StreamField(StrategyBlock(), blank=True, verbose_name=_("text"))

    versioned_fields = ["body"]
    content_panels = [
        *Page.content_panels,
        FieldPanel("intro"),
        NotesPanel(heading=_("Internal notes")),
        VersionedFieldPanel("body"),
    ]
    settings_panels = [
        *AnnotatedPageMixin.version_panels,
        *AnnotatedPageMixin.annotation_panels,
        *Page.settings_panels,
    ]
    edit_handler = TabbedInterface(
        [
            ObjectList(content_panels, heading=_("Content")),
            ObjectList([AnnotationsPanel()], heading=_("Annotations")),
            ObjectList(Page.promote_panels, heading=_("Promote")),
            ObjectList(settings_panels, heading=_("Settings")),
        ],
        base_form_class=AnnotatedPageMixin.base_form_class,
    )
    override_translatable_fields = [
        TranslatableField("title"),
        TranslatableField("slug"),
        TranslatableField("intro"),
        TranslatableField("body"),
        TranslatableField("version_label"),
        TranslatableField("version_summary"),
        SynchronizedField("version_kind"),
        SynchronizedField("version_opens"),
        SynchronizedField("version_closes"),
        SynchronizedField("moderation"),
        SynchronizedField("dispositions_public"),
    ]
    parent_page_types = ["synopse_pages.ParticipationProcessPage"]
    subpage_types: list[str] = []
    template = "cms_pages/strategy_draft_page.html"

    class Meta:
        verbose_name = _("strategy draft")
        verbose_name_plural = _("strategy drafts")
