"""The mixin that makes any Wagtail page type versionable."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.http import Http404
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel

from versioning.core.corrections import (
    ContradictoryCorrections,
    MalformedCorrections,
    read_corrections,
)
from versioning.core.markup import UnreadableText
from versioning.models.versions import Version, VersionKind
from versioning.panels import ChangesPanel
from versioning.queries import original_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse
    from wagtail.models import Locale, Revision

PLAN: dict[str, Any] = {
    "version_label": "",
    "version_summary": "",
    "version_kind": VersionKind.SUBSTANTIVE,
    "version_opens": None,
    "version_closes": None,
    "version_corrections": [],
}
"""The fields that say what the next version will be, with what they hold before anyone plans it."""


MALFORMED = _("What was sent about the lineage of paragraphs cannot be read.")
CONTRADICTORY = _("Two corrections of the lineage contradict each other: take one of them back.")


class VersionedPageForm(WagtailAdminPageForm):
    """The page editor, whose panel "Next version" starts empty after each publication.

    The fields travel with a revision through workflow, schedule and translation, and stay on the
    page when it is published, so that a translation finds them. A new draft must not carry the
    label and the window of the version before into the next one. Corrections of the lineage stand
    in a field without a label, which the panel "Changes since the newest version" fills.
    """

    version_corrections = forms.JSONField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # Wagtail's signature
        """Empty the plan where it was used up by a version."""
        super().__init__(*args, **kwargs)
        if not self.is_bound and self.instance.pk and self.instance.is_plan_used():
            self.initial.update({name: PLAN[name] for name in PLAN if name in self.fields})
        self.initial["version_corrections"] = self.instance.pending_corrections()

    def clean(self) -> dict[str, Any]:
        """Store the corrections, unless the form was sent without them.

        What is wrong with them is said above the form, since their field cannot be seen.
        """
        cleaned: dict[str, Any] = super().clean()
        if self.errors.pop("version_corrections", None):
            self.add_error(None, MALFORMED)
        elif self.add_prefix("version_corrections") in self.data:
            self.instance.version_corrections = cleaned["version_corrections"] or []
        return cleaned


class VersionedPageMixin(models.Model):
    """Publishing a page of this type freezes its next version, in the same transaction.

    Inherit it before ``Page`` and name the fields that hold the text::

        class CharterPage(VersionedPageMixin, Page):
            body = RichTextField()
            versioned_fields = ["body"]
            content_panels = Page.content_panels + [VersionedFieldPanel("body")]
            settings_panels = VersionedPageMixin.version_panels + Page.settings_panels
    """

    if TYPE_CHECKING:  # what a page has, since this is inherited together with Page
        live: bool
        title: str
        locale: Locale
        locale_id: int
        translation_key: UUID
        alias_of_id: int | None
        latest_revision_id: int | None
        go_live_at: datetime | None
        first_published_at: datetime | None
        live_revision_id: int | None
        live_revision: Revision | None

        def get_lock(self) -> Any:  # noqa: ANN401, D102  # Wagtail's
            ...

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
    version_corrections = models.JSONField(default=list, blank=True, editable=False)
    """What editors say about lineage: see ``versioning.core.corrections``. It is not editable in
    Django's sense, so that no translation takes it over from its source."""

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
        ChangesPanel(heading=_("Changes since the newest version")),
    ]

    asks_about_lineage = True
    """Whether the editor asks on publishing where a guess about lineage is doubtful."""

    fallback_template = "versioning/versioned_page.html"
    """Used where the page type has no template of its own."""

    base_form_class = VersionedPageForm
    exclude_fields_in_copy: ClassVar[list[str]] = list(PLAN)

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # Django's signature
        """Save the row and freeze the next version where this save publishes, or do neither."""
        from versioning.services import freezing  # noqa: PLC0415  # services know the models

        fields = kwargs.get("update_fields")
        publishes = self.live and not self.alias_of_id
        if not publishes or (fields is not None and not _PUBLISHING.intersection(fields)):
            super().save(*args, **kwargs)
            return
        with transaction.atomic():
            before = freezing.stored_state(self)
            super().save(*args, **kwargs)
            freezing.freeze_if_published(page=self, before=before, is_partial=fields is not None)

    def publish(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401  # Wagtail's signature
        """Publish a revision wholly or not at all, so that a schedule survives a failure."""
        with transaction.atomic():
            return super().publish(*args, **kwargs)  # type: ignore[misc]  # a page by contract

    def delete(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401  # Wagtail's signature
        """Delete the page, which is refused where it has versions, wholly or not at all."""
        with transaction.atomic():
            return super().delete(*args, **kwargs)

    def clean(self) -> None:
        """Refuse a window that closes before it opens, and text that cannot be frozen."""
        super().clean()
        self._clean_corrections()
        opens, closes = self.version_opens, self.version_closes
        if opens and closes and closes <= opens:
            raise ValidationError(gettext("Comments must close after they open."))
        from versioning.extraction import passages_of  # noqa: PLC0415  # blocks know the models

        try:
            passages_of(self)
        except UnreadableText as error:
            raise ValidationError(gettext("The text is nested too deeply.")) from error

    def _clean_corrections(self) -> None:
        """Refuse corrections that cannot be read or cannot all be true."""
        try:
            read_corrections(self.version_corrections)
        except MalformedCorrections as error:
            raise ValidationError(MALFORMED) from error
        except ContradictoryCorrections as error:
            raise ValidationError(CONTRADICTORY) from error

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:  # noqa: ANN401  # Wagtail's signature
        """Show the newest version; a live page without one is not there for the public.

        Raises:
            Http404: The page has no version.
        """
        from versioning import access, page_cache  # noqa: PLC0415  # they know the models

        original = original_id(self)
        self._shown_versions = page_cache.kept_value(
            request,
            f"versions {original}",
            lambda: list(self._read_versions()),
            topics=lambda _rows: [original],
            is_public=lambda rows: bool(rows) and not access.is_restricted(self, request),
        )
        if not self._shown_versions:
            raise Http404
        return super().serve(request, *args, **kwargs)  # type: ignore[misc]  # a page

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401  # Wagtail's signature
        """Add the newest version, and its passages for a template that wants them."""
        from versioning.reading import version_groups  # noqa: PLC0415  # it knows the models

        context: dict[str, Any] = super().get_context(request, *args, **kwargs)  # type: ignore[misc]  # a page
        version = self.newest_version
        groups = SimpleLazyObject(lambda: version_groups(version, request) if version else [])
        return {**context, "version": version, "groups": groups}

    def get_template(self, request: HttpRequest, *args: Any, **kwargs: Any) -> list[str]:  # noqa: ANN401  # Wagtail's signature
        """Return the template of the page type, then the one for all versioned pages."""
        own = super().get_template(request, *args, **kwargs)  # type: ignore[misc]  # a page
        return [own, self.fallback_template]

    def get_preview_template(self, request: HttpRequest, mode_name: str) -> str:
        """Return the template of the preview in the admin."""
        return "versioning/preview.html"

    def get_preview_context(self, request: HttpRequest, mode_name: str) -> dict[str, Any]:
        """Return what the preview shows: the draft, cut as it would be frozen."""
        from versioning.reading import shown_groups  # noqa: PLC0415  # it knows the models
        from versioning.services.freezing import draft_passages  # noqa: PLC0415  # see above

        context: dict[str, Any] = super().get_context(request)  # type: ignore[misc]  # a page
        version = Version(page_id=self.pk, title=self.title, locale_id=self.locale_id)
        groups = shown_groups(draft_passages(self), request)
        return {**context, "version": version, "groups": groups}

    def plan_version(  # the fields of the panel
        self,
        *,
        label: str = "",
        summary: str = "",
        kind: str = VersionKind.SUBSTANTIVE,
        opens: datetime | None = None,
        closes: datetime | None = None,
    ) -> None:
        """Say what the next version will be; whoever drafts in code calls this for each draft.

        Args:
            label: How it is called.
            summary: What is new.
            kind: Substantive or editorial.
            opens: When comments open, None for at once.
            closes: When they close, None for no end. Both None means no window.
        """
        self.version_label, self.version_summary, self.version_kind = label, summary, kind
        self.version_opens, self.version_closes = opens, closes

    def is_plan_used(self) -> bool:
        """Tell whether a version has already taken its label and window from this plan."""
        newest = self.newest_version
        if newest is None:
            return False
        if self.latest_revision_id == self.live_revision_id:
            return True
        ours = (self.version_label, self.version_summary, self.version_opens, self.version_closes)
        return ours == (newest.label, newest.summary, newest.opens, newest.closes)

    def drop_used_plan(self) -> None:
        """Empty a plan that was used up; whoever saves drafts in code calls this before.

        Corrections of the lineage stay: they name the version that they are about.
        """
        if self.is_plan_used():
            self.plan_version()

    def is_scheduled_for_later(self) -> bool:
        """Tell whether publishing it now would only schedule it."""
        return bool(self.go_live_at and self.go_live_at > timezone.now())

    def pending_corrections(self) -> list[dict[str, Any]]:
        """Return the corrections that no version has used up: those about the newest one."""
        stored = self.version_corrections
        newest = self.newest_version if stored and isinstance(stored, list) else None
        if newest is None:
            return []
        return [
            item
            for item in stored
            if isinstance(item, dict) and item.get("version") == newest.number
        ]

    @property
    def newest_version(self) -> Version | None:
        """The version that the public reads."""
        shown: list[Version] | None = self.__dict__.get("_shown_versions")
        return shown[0] if shown else Version.objects.newest_of(self)

    def shown_versions(self) -> list[Version]:
        """Return all versions, newest first, with locale and submission; read once when served."""
        shown: list[Version] | None = self.__dict__.get("_shown_versions")
        return list(self._read_versions()) if shown is None else shown

    def _read_versions(self) -> Iterable[Version]:
        rows = Version.objects.of_page(self)
        return (
            rows.select_related("submission", "locale")
            .with_window_changed()
            .with_gate()
            .told_stage()
        )


_PUBLISHING = frozenset({"live", "live_revision", "live_revision_id", "alias_of", "alias_of_id"})
