"""Reports of content that should not stand here, and appeals against decisions."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class ReportReason(models.TextChoices):
    """Why somebody reports something."""

    CHILD_ABUSE = "child_abuse", _("It shows sexual abuse of children")
    HATE = "hate", _("It incites hatred or discriminates")
    THREAT = "threat", _("It threatens somebody or calls for violence")
    INSULT = "insult", _("It insults or defames somebody")
    PERSONAL = "personal", _("It shows personal data or private pictures")
    SYMBOLS = "symbols", _("It shows forbidden symbols or promotes terror")
    COPYRIGHT = "copyright", _("It infringes copyright or trade marks")
    ILLEGAL = "illegal", _("It is against the law in another way")
    SPAM = "spam", _("It is advertising or spam")
    HOUSE_RULES = "house_rules", _("It is against the rules for contributions")


class Decided(models.Model):
    """What a moderator decides once, with words for whoever asked."""

    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    is_upheld = models.BooleanField(_("upheld"), null=True)
    answer = models.TextField(_("answer"), blank=True)

    class Meta:
        abstract = True


class Report(Decided):
    """A notice that something is illegal or against the rules.

    ``annotation`` is empty where it is about something else than a contribution. Name and address
    of whoever reports are for those alone who decide on reports.

    Source: Digital Services Act, article 16.
    """

    number = models.CharField(_("number"), max_length=12, unique=True, editable=False)
    annotation = models.ForeignKey(
        "synopse_annotations.Annotation",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="reports",
    )
    url = models.CharField(_("address"), max_length=500)
    reason = models.CharField(_("reason"), max_length=12, choices=ReportReason.choices)
    text = models.TextField(_("explanation"))
    name = models.CharField(_("name"), max_length=100, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    language = models.CharField(max_length=12, default="de")
    created_at = models.DateTimeField(_("received"))
    idempotency_key = models.CharField(max_length=64, null=True, blank=True, unique=True)
    consent = models.ForeignKey(
        "synopse_annotations.ConsentText",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering = ["-created_at", "-pk"]
        default_permissions = ()
        permissions = [("decide_report", _("Can decide on reports"))]
        indexes = [
            models.Index(
                fields=["created_at"], condition=Q(decided_at=None), name="synopse_report_open"
            ),
        ]

    def __str__(self) -> str:
        """Its number, never who sent it."""
        return self.number


class Appeal(Decided):
    """Somebody does not agree with a decision; another moderator looks at it.

    It is the appeal of an author against an act of moderation (``event``), or that of a reporter
    whose report was not upheld (``report``).

    Source: Digital Services Act, article 20.
    """

    event = models.OneToOneField(
        "synopse_annotations.ModerationEvent",
        on_delete=models.PROTECT,
        null=True,
        related_name="appeal",
    )
    report = models.OneToOneField(
        Report, on_delete=models.CASCADE, null=True, related_name="appeal"
    )
    against = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    text = models.TextField(_("why"))
    created_at = models.DateTimeField(_("received"))

    class Meta:
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        ordering = ["-created_at", "-pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(event=None, report__isnull=False) | Q(event__isnull=False, report=None),
                name="synopse_appeal_of_one",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | Q(against=None) | ~Q(decided_by=F("against")),
                name="synopse_appeal_other_person",
            ),
        ]

    def __str__(self) -> str:
        """Its key and whose it is, never a name."""
        return f"#{self.pk} {'reporter' if self.report_id else 'author'}"
