"""App configuration of cms_pages."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CmsPagesConfig(AppConfig):
    """Page types of a strategy process."""

    name = "cms_pages"
    label = "synopse_pages"
    verbose_name = _("Strategy process")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect our reactions to the facts of others."""
        from cms_pages import checks, signal_handlers  # noqa: F401, PLC0415  # models are ready only now
        from cms_pages.services import (  # noqa: PLC0415  # see above
            processes,  # noqa: F401  # it registers the bodies of a process
            uploads,
        )

        signal_handlers.connect()
        uploads.register()
