"""App configuration of versioning."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class VersioningConfig(AppConfig):
    """Named versions, comparison, lineage and the gate."""

    name = "versioning"
    label = "synopse_versioning"
    verbose_name = _("Versions")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect our reactions to the facts of others."""
        from versioning import checks, signal_handlers  # noqa: F401, PLC0415  # models are ready only now

        signal_handlers.connect()
