"""Mails of the demonstration."""

from django.db import models


class DemoMail(models.Model):
    """A mail that the demonstration would have sent."""

    to = models.CharField(max_length=255)
    subject = models.CharField(max_length=255)
    text = models.TextField()
    html = models.TextField(blank=True, default="")
    sent_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-sent_at", "-pk"]

    def __str__(self) -> str:
        """Subject."""
        return self.subject
