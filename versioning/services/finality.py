"""After the resolution the words of a text stay: no version, no window, no annotation follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from versioning.models import Version
from versioning.queries import WINDOW_ACTION
from versioning.services.progress import final_version, is_final
from versioning.services.records import keep_record

if TYPE_CHECKING:
    from versioning.models import VersionedPageMixin


class TextIsFinal(ValidationError):  # noqa: N818 -- it names what is the case, like Http404
    """New words for a text that was resolved are refused."""

    def __init__(self, title: str) -> None:
        """Name the page."""
        message = _(
            "“%(title)s” was resolved and is final: no new version can be published. A next stage "
            "begins with a text of its own."
        )
        super().__init__(message % {"title": title}, code="final")


def would_change_final(page: VersionedPageMixin) -> bool:
    """Tell whether publishing a page would give a resolved text other words.

    Args:
        page: The page as it would be published; nothing is stored.
    """
    from versioning.services.freezing import says_the_same  # noqa: PLC0415 -- it refuses by us

    final = final_version(page.pk)
    if final is None:
        return False
    newest = page.newest_version
    return not any(says_the_same(page, one) for one in (final, newest) if one is not None)


def close_if_final(*, page: int) -> None:
    """Close the window of a text that has just become final, whether it is open or planned.

    Args:
        page: Id of the page, which the caller has locked.
    """
    if not is_final(page):
        return
    version = Version.objects.filter(page=page).latest("number")
    now = timezone.now()
    is_planned = version.opens is not None and version.opens > now
    if not is_planned and not version.is_open(now):
        return
    before = [version.opens, version.closes]
    version.opens, version.closes = (None, None) if is_planned else (version.opens, now)
    version.save(update_fields=["opens", "closes"])
    data = {
        "version": version.number,
        "before": [moment.isoformat() if moment else "" for moment in before],
        "after": [m.isoformat() if m else "" for m in (version.opens, version.closes)],
        "reason": _("The text was resolved and is final."),
    }
    keep_record(page=version.page, action=WINDOW_ACTION, actor=None, data=data, version=version)
