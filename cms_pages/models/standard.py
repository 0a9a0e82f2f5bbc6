"""Standard pages: imprint, privacy, accessibility."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField
from wagtail.models import Page

from annotations.services.retention import described
from cms_pages.services import privacy

if TYPE_CHECKING:
    from django.http import HttpRequest


class StandardRole(models.TextChoices):
    """What a standard page is for; those with a role stand in every footer."""

    NONE = "", _("none")
    IMPRINT = "imprint", _("Imprint")
    PRIVACY = "privacy", _("Privacy")
    ACCESSIBILITY = "accessibility", _("Accessibility statement")
    EASY_LANGUAGE = "easy_language", _("Easy language")
    SIGN_LANGUAGE = "sign_language", _("Sign language")


class StandardPage(Page):
    """A simple page of text."""

    role = models.CharField(
        _("role"),
        max_length=16,
        choices=StandardRole.choices,
        default=StandardRole.NONE,
        blank=True,
        help_text=_("Pages with a role are linked in the footer of every page."),
    )
    body = RichTextField(_("text"), blank=True)

    content_panels = [*Page.content_panels, FieldPanel("role"), FieldPanel("body")]
    template = "cms_pages/standard_page.html"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401
        """Give the page on privacy what the settings say of it."""
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        if self.role == StandardRole.PRIVACY:
            context |= {
                "retention": described(),
                "privacy": privacy.facts(),
                "wordings": privacy.wordings(),
            }
        return context

    class Meta:
        verbose_name = _("standard page")
        verbose_name_plural = _("standard pages")
