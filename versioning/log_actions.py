"""How Wagtail's history names what happens to versions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.log_actions import LogFormatter

if TYPE_CHECKING:
    from wagtail.log_actions import LogActionRegistry


class FreezeFormatter(LogFormatter):
    """Names the version."""

    label = gettext_lazy("Freeze a version")

    def format_message(self, log_entry: Any) -> str:  # noqa: ANN401  # Wagtail's log entry
        """Say which version was frozen."""
        return _("Froze version %(number)s") % {"number": log_entry.data.get("number", "")}


class WithholdFormatter(LogFormatter):
    """Names the ground."""

    label = gettext_lazy("Withhold a passage")

    def format_message(self, log_entry: Any) -> str:  # noqa: ANN401  # Wagtail's log entry
        """Say on which ground words were withheld."""
        return _("Withheld a passage: %(ground)s") % {"ground": log_entry.data.get("ground", "")}


def register(actions: LogActionRegistry) -> None:
    """Register the actions of this module."""
    actions.register_action("synopse.freeze")(FreezeFormatter)
    actions.register_action("synopse.withhold")(WithholdFormatter)
