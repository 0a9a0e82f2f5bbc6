"""A page type of a strange site: versionable in ten lines."""

from wagtail.fields import RichTextField
from wagtail.models import Page

from versioning.models import VersionedPageMixin
from versioning.panels import VersionedFieldPanel


class CharterPage(VersionedPageMixin, Page):
    body = RichTextField(blank=True)
    versioned_fields = ["body"]
    content_panels = [*Page.content_panels, VersionedFieldPanel("body")]
    settings_panels = [*VersionedPageMixin.version_panels, *Page.settings_panels]
