"""Naming passages in the lines of the gate."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _

from versioning.doors import GateLine
from versioning.services.checklist import MAX_NAMED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from versioning.models import Passage, Version

QUOTED = 80


class Flaw(NamedTuple):
    """Something in a passage that should be mended.

    Attributes:
        passage: Where.
        kind: A slug for what is wrong.
        sentence: What is wrong, for editors.
        words: The words that are meant.
    """

    passage: Passage
    kind: str
    sentence: str
    words: str = ""

    @property
    def fact(self) -> str:
        """A lasting name, which tells the words to nobody: they may have to be withheld."""
        digest = sha256(self.words.encode()).hexdigest()[:12]
        return f"{self.kind}:{self.passage.uid}:{digest}"


def passages_to_check(version: Version) -> list[Passage]:
    """Return the passages of a version that still have their words, in reading order."""
    return list(version.passages.filter(withheld_at=None).in_order())


def line_of(version: Version, flaws: Sequence[Flaw], **said: Any) -> GateLine:  # noqa: ANN401
    """Return the line of the gate about flaws of passages.

    Args:
        version: Whose passages.
        flaws: In reading order; the first ``MAX_NAMED`` are named.
        said: ``key`` and ``text`` of the line.
    """
    url = version.get_absolute_url()
    return GateLine(
        done=not flaws,
        url=url,
        waivable=True,
        missing=tuple(
            (_sentence(flaw), f"{url}#p-{flaw.passage.uid}") for flaw in flaws[:MAX_NAMED]
        ),
        facts=frozenset(flaw.fact for flaw in flaws),
        **said,
    )


def name_of(passage: Passage) -> str:
    """Return how a passage is cited, or that it is the title."""
    return passage.number or _("title")


def versions_url(page_id: int) -> str:
    """Return the versions of a page in the admin."""
    return reverse("synopse_versions:page", args=[page_id])


def _sentence(flaw: Flaw) -> str:
    words = " ".join(flaw.words.split())
    quoted = words if len(words) <= QUOTED else f"{words[: QUOTED - 1].rstrip()}…"
    values = {"number": name_of(flaw.passage), "what": flaw.sentence, "words": quoted}
    return (_("%(number)s: %(what)s (“%(words)s”)") if quoted else "%(number)s: %(what)s") % values
