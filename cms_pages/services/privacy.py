"""What the page on privacy says by itself, from the settings."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from annotations.services.consents import all_versions

if TYPE_CHECKING:
    from annotations.models import ConsentText

LABELS = {
    "controller": gettext_lazy("Who is responsible"),
    "officer": gettext_lazy("Data protection officer"),
    "purpose": gettext_lazy("What the data are for"),
    "legal_basis": gettext_lazy("Legal basis"),
    "authority": gettext_lazy("Where you can complain"),
}


class Fact(NamedTuple):
    """A line of the page: what it is, and what the settings say."""

    label: str
    text: str


class Wording(NamedTuple):
    """What stands below a form, and what stood there before.

    Attributes:
        now: The newest version.
        before: Older ones, the newest first.
    """

    now: ConsentText
    before: list[ConsentText]


def wordings() -> list[Wording]:
    """Return what people agree to by sending something, in the reader's language."""
    by_act = groupby(all_versions(), key=lambda row: row.act)
    return [Wording(now, before) for now, *before in (rows for _act, rows in by_act)]


def facts() -> list[Fact]:
    """Return what ``SYNOPSE_PRIVACY`` says; purpose and legal basis have a text of their own."""
    said = {
        "purpose": _(
            "Your contribution, your name or pseudonym and your answers are shown in public, "
            "so that everybody can follow how the text came about. Your e-mail address is only "
            "used to let you confirm and to tell you what you asked for; nobody sees it."
        ),
        "legal_basis": _("Article 6 (1) (e) GDPR: a task in the public interest."),
        **getattr(settings, "SYNOPSE_PRIVACY", {}),
    }
    return [Fact(str(label), said[name]) for name, label in LABELS.items() if said.get(name)]
