"""The route: the bodies through which a text goes, in their order."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _


def gate_bodies() -> list[str]:
    """Return the names of the bodies that decide, in their order."""
    return [str(body) for body in getattr(settings, "SYNOPSE_GATE_BODIES", [_("Senate")])]
