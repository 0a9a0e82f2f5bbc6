"""What the pages of one version show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from versioning.models import Passage, Version


@dataclass(slots=True)
class Group:
    """Passages that stand together: the items of one list, or one passage of another kind."""

    passages: list[Passage]

    @property
    def is_list(self) -> bool:
        """Whether these are the items of a list."""
        return self.passages[0].kind == "list_item"


def groups_of(passages: Sequence[Passage]) -> list[Group]:
    """Group neighbouring list items, so that they can be shown as one list."""
    groups: list[Group] = []
    for passage in passages:
        if passage.kind == "list_item" and groups and groups[-1].is_list:
            groups[-1].passages.append(passage)
        else:
            groups.append(Group([passage]))
    return groups


def window_sentence(
    version: Version, now: datetime | None = None, *, is_newest: bool = True
) -> str:
    """Say in a whole sentence when a version takes annotations; only the newest one does."""
    now = now or timezone.now()
    is_over = version.closes is not None and version.closes <= now
    if (version.opens or version.closes) and not is_newest and not is_over:
        return _("The next version has ended the window for annotations.")
    opens, closes = _moment(version.opens), _moment(version.closes)
    if not opens and not closes:
        return _("No window for annotations is set for this version.")
    if version.opens and now < version.opens:
        words = _("Annotations are possible from %(opens)s.")
        words = _("Annotations are possible from %(opens)s until %(closes)s.") if closes else words
    elif version.is_open(now):
        words = _("Annotations are possible until %(closes)s.")
        words = words if closes else _("Annotations are possible since %(opens)s.")
    else:
        words = _("Annotations were possible until %(closes)s.")
        words = _("Annotations were possible from %(opens)s until %(closes)s.") if opens else words
    return words % {"opens": opens, "closes": closes}


def _moment(moment: datetime | None) -> str:
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT") if moment else ""
