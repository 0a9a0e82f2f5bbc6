"""App configuration of annotations."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AnnotationsConfig(AppConfig):
    """Annotations, threads and dispositions on passages."""

    name = "annotations"
    label = "synopse_annotations"
    verbose_name = _("Annotations")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect our reactions to the facts of others and register with versioning's doors."""
        from annotations import signal_handlers  # noqa: PLC0415  # models are ready only now

        signal_handlers.connect()
