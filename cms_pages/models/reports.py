"""Problems that people report from the footer of any page."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ProblemReport(models.Model):
    """What somebody reports about the site: a barrier, an error, or an illegal content."""

    class Kind(models.TextChoices):
        """What the report is about."""

        BARRIER = "barrier", _("A barrier: I cannot use something")
        ERROR = "error", _("Something does not work or is wrong")
        CONTENT = "content", _("A content that should not stand here")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    page_url = models.CharField(_("page"), max_length=500, blank=True)
    text = models.TextField(_("description"), max_length=3000)
    email = models.EmailField(_("e-mail for an answer"), blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)

    class Meta:
        verbose_name = _("reported problem")
        verbose_name_plural = _("reported problems")
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        """Kind and first words."""
        return f"{self.get_kind_display()}: {self.text[:60]}"
