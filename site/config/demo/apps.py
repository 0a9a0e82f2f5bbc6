"""App configuration of the demonstration."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """Mails that can be read in the browser."""

    name = "config.demo"
    label = "synopse_demo"
    default_auto_field = "django.db.models.BigAutoField"
