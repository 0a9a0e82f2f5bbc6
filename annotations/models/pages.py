"""The mixin that makes a versioned page open for annotations."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel

from versioning import page_cache
from versioning.models import VersionedPageMixin

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest, HttpResponse

    from versioning.models import Version


class Moderation(models.TextChoices):
    """When moderators look at what citizens write."""

    AFTER = "after", _("After publication")
    BEFORE = "before", _("Before publication")


class DispositionsPublic(models.TextChoices):
    """When dispositions become public."""

    WITH_VERSION = "with_version", _("Together with the next version")
    AT_ONCE = "at_once", _("At once")


MODERATION_HELP = _(
    "Holds as soon as the page is published. A page in another language takes it over when its "
    "translation is brought up to date; until then its own setting holds."
)


class AnnotatedPageMixin(VersionedPageMixin):
    """A versioned page whose passages citizens may annotate while the window is open."""

    moderation = models.CharField(
        _("moderation"), max_length=6, choices=Moderation.choices, default=Moderation.AFTER
    )
    dispositions_public = models.CharField(
        _("dispositions become public"),
        max_length=12,
        choices=DispositionsPublic.choices,
        default=DispositionsPublic.WITH_VERSION,
    )

    annotation_panels: ClassVar[list[Any]] = [
        MultiFieldPanel(
            [
                FieldPanel("moderation", help_text=MODERATION_HELP),
                FieldPanel("dispositions_public"),
            ],
            heading=_("Annotations"),
        ),
    ]

    fallback_template = "annotations/annotated_page.html"

    class Meta:
        abstract = True

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:  # noqa: ANN401  # Wagtail's signature
        """Let the page be kept, and say in a header where programs find its annotations."""
        from annotations.api.addresses import container_link  # noqa: PLC0415  # see below

        page_cache.remember_states(request)
        response = super().serve(request, *args, **kwargs)
        version = self.newest_version
        if version is not None:
            page_cache.share(request, response, page=self, topic=version.page_id)
        link = container_link(request, version.page_id) if version else ""
        if link:
            response.headers["Link"] = link
        return response

    def _read_versions(self) -> Iterable[Version]:
        from annotations.presentation.languages import versions_shown_by  # noqa: PLC0415  # see below

        return versions_shown_by(self)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401  # Wagtail's signature
        """Add what reads the newest version's passages with their annotations.

        The template calls it in ``{% kept_text %}``, so that nothing is read where the text of the
        page is kept.
        """
        from annotations.presentation import reading_context  # noqa: PLC0415  # it imports the models

        context = super().get_context(request, *args, **kwargs)
        version = self.newest_version
        if version is not None:
            context["reading"] = partial(
                reading_context, page=self, version=version, request=request
            )
        return context
