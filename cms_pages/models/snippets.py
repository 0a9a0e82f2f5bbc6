"""Texts that stand in several places with the same words."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField
from wagtail.models import TranslatableMixin
from wagtail.snippets.models import register_snippet


@register_snippet
class ReusableText(TranslatableMixin, models.Model):
    """A text that several pages show, such as “How do we deal with the results?”."""

    title = models.CharField(_("title"), max_length=120)
    text = RichTextField(_("text"))

    panels = [FieldPanel("title"), FieldPanel("text")]

    class Meta(TranslatableMixin.Meta):
        verbose_name = _("reusable text")
        verbose_name_plural = _("reusable texts")

    def __str__(self) -> str:
        """Title."""
        return self.title
