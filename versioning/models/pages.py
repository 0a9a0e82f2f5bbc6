"""The mixin that makes any Wagtail page type versionable."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel

from versioning.models.versions import Version, VersionKind

if TYPE_CHECKING:
    from collections.abc import Sequence


class VersionedPageMixin(models.Model):
    """Publishing a page of this type freezes its next version, in the same transaction.

    Inherit it before ``Page`` and name the fields that hold the text::

        class CharterPage(VersionedPageMixin, Page):
            body = RichTextField()
            versioned_fields = ["body"]
            content_panels = Page.content_panels + [FieldPanel("body")]
            settings_panels = VersionedPageMixin.version_panels + Page.settings_panels
    """

    versioned_fields: ClassVar[Sequence[str]] = ()

    version_label = models.CharField(
        _("label"),
        max_length=120,
        blank=True,
        help_text=_("How the next version is called, such as “Draft for participation”."),
    )
    version_summary = models.TextField(_("what is new"), blank=True)
    version_kind = models.CharField(
        _("kind"),
        max_length=12,
        choices=VersionKind.choices,
        default=VersionKind.SUBSTANTIVE,
        help_text=_("An editorial correction inherits the open comment window."),
    )
    version_opens = models.DateTimeField(_("comments open"), null=True, blank=True)
    version_closes = models.DateTimeField(_("comments close"), null=True, blank=True)

    version_panels: ClassVar[list[Any]] = [
        MultiFieldPanel(
            [
                FieldPanel("version_label"),
                FieldPanel("version_summary"),
                FieldPanel("version_kind"),
                FieldRowPanel([FieldPanel("version_opens"), FieldPanel("version_closes")]),
            ],
            heading=_("Next version"),
        ),
    ]

    template = "versioning/versioned_page.html"

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # Django's signature
        """Save the row and freeze the next version where this save publishes, or do neither."""
        from versioning.services.freezing import freeze_if_published

        with transaction.atomic():
            before = self.live_revision_before_save()
            super().save(*args, **kwargs)
            freeze_if_published(page=self, live_revision_before=before)

    def live_revision_before_save(self) -> int | None:
        """Return the id of the revision that is live in the database, None for a new page."""
        if self.pk is None:
            return None
        return (
            type(self)
            ._base_manager.filter(pk=self.pk)
            .values_list("live_revision_id", flat=True)
            .first()
        )

    @property
    def newest_version(self) -> Version | None:
        """The version that the public reads."""
        return Version.objects.newest_of(self)  # type: ignore[arg-type]  # a page by contract
