"""What must hold before words are stored; every refusal is a sentence at its field."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from annotations import permissions, threads
from annotations.core import ranges
from annotations.models import AnnotatedPageMixin, State
from annotations.models.pages import Moderation
from annotations.services import moments
from annotations.services.limits import is_flood
from versioning.core.sanitizing import TextTooLong, plain_text
from versioning.models import Version

if TYPE_CHECKING:
    from typing import Any

    from annotations.models import Annotation
    from versioning.models import Passage

NAME_LIMIT = 50
EMAIL_LIMIT = 254
PROPOSAL_EXTRA = 3_000
"""Characters by which a proposed wording may be longer than its passage."""
_UNSEEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


@dataclass
class Problems:
    """What is wrong with an input, by field."""

    found: dict[str, list[ValidationError]] = field(default_factory=dict)

    def add(self, name: str, message: str, code: str, **params: Any) -> None:  # noqa: ANN401
        """Note a problem of a field, or of the whole (``__all__``)."""
        error = ValidationError(message, code=code, params=params or None)
        self.found.setdefault(name, []).append(error)

    def stop(self) -> None:
        """Refuse if anything is wrong.

        Raises:
            ValidationError: With everything that was noted.
        """
        if self.found:
            raise ValidationError(self.found)


class Author(NamedTuple):
    """Who writes: an account, or a guest by pseudonym and address."""

    user: Any
    name: str
    email: str


class Stretch(NamedTuple):
    """The words that are meant; start and end are empty for the whole passage."""

    start: int | None
    end: int | None
    exact: str
    prefix: str
    suffix: str


def refusal(message: str, code: str, **params: Any) -> ValidationError:  # noqa: ANN401
    """Return a refusal of the whole, not of a field."""
    error = ValidationError(message, code=code, params=params or None)
    return ValidationError({NON_FIELD_ERRORS: error})


def check_page(version: Version, *, user: Any, action: str) -> AnnotatedPageMixin:  # noqa: ANN401
    """Return the page of a version if it takes annotations at all.

    Raises:
        ValidationError: The page was unpublished meanwhile, or takes no annotations.
        PermissionDenied: ``user`` may not read the page.
    """
    page = version.page.specific
    if not page.live:
        raise refusal(
            _("This page is not public at the moment. Please keep your text and try again later."),
            "unpublished",
        )
    permissions.require(user, action, page)
    if not isinstance(page, AnnotatedPageMixin):
        raise refusal(_("This page takes no annotations."), "closed")
    return page


def check_newest(version: Version) -> None:
    """Refuse a version that has a successor.

    Raises:
        ValidationError: Code ``stale``, with number and address of the newest version.
    """
    newest = newest_of(version)
    if newest.pk != version.pk:
        raise refusal(
            _(
                "There is a newer version meanwhile: %(name)s. Your text is still here; please "
                "look at the newer version and annotate there."
            ),
            "stale",
            name=newest.name,
            number=newest.number,
            url=newest.get_absolute_url(),
        )


def newest_of(version: Version) -> Version:
    """Return the newest version of a version's page."""
    return Version.objects.filter(page_id=version.page_id).order_by("-number")[0]


def check_window(version: Version) -> None:
    """Refuse while the window of a version is not open.

    Raises:
        ValidationError: Code ``closed``.
    """
    now = moments.now()
    if version.is_open(now):
        return
    if version.opens is not None and now < version.opens:
        raise refusal(_("The time for annotations to this version has not begun yet."), "closed")
    raise refusal(_("The time for annotations to this version is over."), "closed")


def check_parent(parent: Annotation) -> None:
    """Refuse to answer what is not public, or deeper than threads go.

    Raises:
        ValidationError: Code ``not_public`` or ``too_deep``.
    """
    if parent.state != State.PUBLIC or (parent.root and parent.root.state != State.PUBLIC):
        raise refusal(
            _("This contribution can't be answered, since it is not public."), "not_public"
        )
    if parent.depth >= threads.max_depth():
        raise refusal(_("Replies can't go deeper here. Please reply one step higher."), "too_deep")


def read_author(*, user: Any, name: str, email: str, problems: Problems) -> Author:  # noqa: ANN401
    """Tell who writes: of an account nothing is taken from the form."""
    if user is not None and user.is_authenticated:
        return Author(user, user.get_username()[:NAME_LIMIT], user.email or "")
    name = one_line(name, limit=4 * NAME_LIMIT)
    email = read_address(email, problems)
    if not name:
        problems.add("name", _("Please give a name; it may be a pseudonym."), "empty")
    elif len(name) > NAME_LIMIT:
        problems.add(
            "name",
            _("The name may have %(limit)d characters at most."),
            "too_long",
            limit=NAME_LIMIT,
        )
    return Author(None, name, email)


def read_address(email: str, problems: Problems) -> str:
    """Return an e-mail address without invisible characters, noting if it is none."""
    email = _UNSEEN.sub("", email).strip()
    if not email:
        problems.add("email", _("Please give your e-mail address; nobody will see it."), "empty")
        return ""
    try:
        if len(email) > EMAIL_LIMIT or not email.isprintable():
            raise ValidationError("")
        validate_email(email)
    except ValidationError:
        problems.add("email", _("This is not an e-mail address."), "invalid")
    return email


def one_line(text: str, *, limit: int) -> str:
    """Return a text as one line without invisible characters; of a far too long one the begin."""
    return " ".join(plain_text(_UNSEEN.sub("", text[:limit]), limit=limit).split())


def body_limit() -> int:
    """Return how long an annotation may be, in characters."""
    return int(getattr(settings, "COMMENT_MAX_LENGTH", 3_000))


def read_text(text: str, *, name: str, limit: int, problems: Problems) -> str:
    """Return plain text without control characters, noting if there is none or too much of it."""
    try:
        clean = plain_text(text, limit=limit)
    except TextTooLong as error:
        problems.add(
            name,
            _("The text has %(length)d characters; %(limit)d are possible."),
            "too_long",
            length=error.length,
            limit=error.limit,
        )
        return ""
    if not _UNSEEN.sub("", clean).strip():
        problems.add(name, _("Please write something."), "empty")
    return clean


def check_passage(version: Version, passage: Passage) -> None:
    """Refuse a passage that is not one of the version's, or that nobody can read.

    Raises:
        ValidationError: Code ``unknown_passage``.
    """
    if passage.version_id != version.pk or passage.withheld_at is not None:
        raise refusal(_("This passage does not exist in this version."), "unknown_passage")


def read_stretch(
    passage: Passage, *, start: int | None, end: int | None, quote: str, problems: Problems
) -> Stretch:
    """Tell which words of a passage are meant.

    Offsets hold where they fit the quote, or where there is no quote; else the quote is looked
    for. Without both the whole passage is meant.

    Units: ``start`` and ``end`` are code points of the passage's text, end exclusive.
    """
    text = passage.text
    if start is None and end is None and not quote.strip():
        return Stretch(None, None, "", "", "")
    words = " ".join(quote[: 4 * len(text) + 100].split())
    if start is not None or end is not None:
        try:
            ranges.check_range(text, start, end)
        except ranges.RangeError:
            problems.add("quote", _("The marked words lie outside the passage."), "range")
            return Stretch(None, None, "", "", "")
        if not words or words == " ".join(text[start:end].split()):
            return _stretch(text, int(start or 0), int(end or 0))
    return _found(text, words, problems)


def _found(text: str, words: str, problems: Problems) -> Stretch:
    places = ranges.find_quote(text, words)
    if len(places) == 1:
        return _stretch(text, *places[0])
    if not places:
        problems.add(
            "quote",
            _("These words do not stand in the passage. Please copy them letter for letter."),
            "quote_not_found",
        )
    else:
        problems.add(
            "quote",
            _("These words stand in the passage %(count)d times. Please copy a few more."),
            "quote_ambiguous",
            count=len(places),
        )
    return Stretch(None, None, "", "", "")


def _stretch(text: str, start: int, end: int) -> Stretch:
    start, end = ranges.snap(text, start, end)
    described = ranges.quote(text, start, end)
    return Stretch(
        start, end, ranges.abbreviate(described.exact), described.prefix, described.suffix
    )


def read_proposal(
    text: str, *, passage: Passage, stretch: Stretch, base_hash: str, problems: Problems
) -> str:
    """Return a proposed wording, noting if it changes nothing or was made on other words."""
    limit = len(passage.text) + PROPOSAL_EXTRA
    clean = read_text(text, name="proposed", limit=limit, problems=problems)
    if clean and clean == passage.text[stretch.start : stretch.end]:
        problems.add("proposed", _("The proposed wording changes nothing."), "unchanged")
    if base_hash and base_hash != passage.text_hash:
        problems.add(
            "proposed",
            _("The proposal was made on other words than those of this passage."),
            "stale",
        )
    return clean


def state_after_confirmation(
    annotation: Annotation, page: AnnotatedPageMixin, *, is_held: bool
) -> str:
    """Return the state of confirmed words: public, or waiting for moderators.

    They look first where the page says so, and where the same words come again and again.

    Args:
        annotation: What was written.
        page: On which it stands.
        is_held: A word of the moderators' list holds it back.
    """
    waits = is_held or page.moderation == Moderation.BEFORE or is_flood(annotation)
    return State.PENDING if waits else State.PUBLIC
