"""The home page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField
from wagtail.models import Page

if TYPE_CHECKING:
    from django.http import HttpRequest


class HomePage(Page):
    """Shows the processes; the page whose window is open comes first."""

    intro = RichTextField(_("introduction"), blank=True, features=["bold", "italic", "link"])
    body = RichTextField(_("text"), blank=True)

    content_panels = [*Page.content_panels, FieldPanel("intro"), FieldPanel("body")]
    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["synopse_pages.ParticipationProcessPage", "synopse_pages.StandardPage"]
    template = "cms_pages/home_page.html"

    class Meta:
        verbose_name = _("home page")
        verbose_name_plural = _("home pages")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401  # Wagtail's signature
        """Add the drafts, the open one first, and the processes."""
        from cms_pages.overviews import home_context  # noqa: PLC0415  # it needs the models

        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        return context | home_context(self, request)
