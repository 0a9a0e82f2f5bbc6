"""Entering what came by workshop, interview or letter: staff write down what others said."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass
from datetime import datetime, time
from typing import TYPE_CHECKING, NamedTuple

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log
from wagtail.models import Page

from annotations import permissions, threads
from annotations.models import Annotation, Motivation, Source, State
from annotations.models.moderation import Watch
from annotations.services import checking, moments
from annotations.services.checking import NAME_LIMIT, Problems
from annotations.services.names import check_name, reserved_names
from annotations.services.queueing import follow_if_late
from annotations.services.states import announce
from annotations.services.watching import note_hold, word_list
from annotations.signals import annotation_published
from versioning import stamps
from versioning.models import Submission

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from typing import Any

    from annotations.core.naming import Reserved
    from annotations.services.watching import WordList
    from versioning.models import Passage, Version

logger = logging.getLogger("synopse.annotations")

MOST_ROWS = 1_000
"""Contributions that are entered together."""
KINDS = (Motivation.COMMENTING, Motivation.QUESTIONING, Motivation.EDITING)
SOURCES = tuple(source for source in Source if source != Source.ONLINE)
_NOON = time(12)

Said = tuple[object, ...]
Errors = dict[str, list[ValidationError]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """What somebody said or wrote elsewhere.

    Attributes:
        passage: What it is about, of the newest version; None where that is not known.
        body: Plain text, up to 3,000 characters.
        name: Of its author, or a label such as "Werkstatt im Wedding".
        made_on: The day on which it was said or written; None where that is not known.
        source: Where: workshop, interview or letter.
        motivation: Comment, question or suggested edit; with a proposed wording always the last.
        quote: The words that are meant; empty for the whole passage, unless there is a range.
        start: Begin of the words that are meant.
        end: Their end, exclusive.
        proposed: What should stand there instead.

    Units: ``start`` and ``end`` are code points of the passage's text.
    """

    passage: Passage | None
    body: str
    name: str
    made_on: date | None
    source: str
    motivation: str = Motivation.COMMENTING
    quote: str = ""
    start: int | None = None
    end: int | None = None
    proposed: str = ""


class RowsRefused(ValidationError):  # noqa: N818  # it says what has happened
    """Some of several contributions cannot be entered, so none was.

    Attributes:
        by_row: What is wrong, by place in the list, from 0, and by field.
    """

    def __init__(self, by_row: dict[int, Errors]) -> None:
        """Keep what is wrong."""
        super().__init__(_("Some rows can't be taken over. Nothing was saved."), code="rows")
        self.by_row = by_row


class _Rules(NamedTuple):
    """What every contribution is compared with, read once for all of them."""

    version: Version
    reserved: Reserved
    holding: WordList
    now: datetime
    said: set[Said]


def enter_contribution(
    *,
    version: Version,
    contribution: Contribution,
    actor: Any,  # noqa: ANN401  # any user model
    has_agreed: bool,
    idempotency_key: str,
) -> Annotation:
    """Store one contribution, at once public unless a word of the moderators' list holds it.

    Its author has no account and no address here, so nobody but followers gets a mail.

    Args:
        version: The newest version of a page; its window may be closed.
        contribution: What was said or written.
        actor: Who enters it.
        has_agreed: Whoever said it knows that everybody will read it, and agrees.
        idempotency_key: The same for each sending of one form; the second stores nothing.

    Returns:
        The annotation; for a key that is known already, the one stored then.

    Raises:
        ValidationError: By field, with codes such as ``stale``, ``handed_over``, ``too_long``.
        PermissionDenied: ``actor`` may not dispose on the page.
    """
    try:
        rows = enter_rows(
            version=version,
            contributions=[contribution],
            actor=actor,
            has_agreed=has_agreed,
            idempotency_key=idempotency_key,
        )
    except RowsRefused as error:
        raise ValidationError(error.by_row[0]) from error
    return rows[0]


def enter_rows(
    *,
    version: Version,
    contributions: Sequence[Contribution],
    actor: Any,  # noqa: ANN401  # any user model
    has_agreed: bool,
    idempotency_key: str,
) -> list[Annotation]:
    """Store several contributions, or none where anything is wrong with one of them.

    Followers hear of a single one; several are no news, as imported history is none.

    Args:
        version: The newest version of a page; its window may be closed.
        contributions: At least one, at most ``MOST_ROWS``.
        actor: Who enters them.
        has_agreed: Whoever said it knows that everybody will read it, and agrees.
        idempotency_key: The same for each sending of one form; the second stores nothing.

    Returns:
        The annotations in the same order; for a key that is known already, those stored then.

    Raises:
        RowsRefused: With what is wrong with which.
        ValidationError: None, too many, no agreement, or the version takes none any more.
        PermissionDenied: ``actor`` may not dispose on the page.
    """
    try:
        with transaction.atomic():
            page = Page.objects.select_for_update().get(pk=version.page_id)
            permissions.require(actor, "dispose", page)
            if known := entered_before(actor=actor, idempotency_key=idempotency_key):
                return known
            check_open(version, actor=actor)
            _check_number(contributions)
            if not has_agreed:
                raise ValidationError({"has_agreed": _disagreed()})
            keys = _keys(idempotency_key, actor, len(contributions))
            return _store(version, contributions, actor=actor, keys=keys, page=page)
    except IntegrityError:
        if known := entered_before(actor=actor, idempotency_key=idempotency_key):
            return known
        raise


def entered_before(*, actor: Any, idempotency_key: str) -> list[Annotation]:  # noqa: ANN401  # any user
    """Return what somebody has entered with a key, in its order; nothing where nothing was."""
    keys = _keys(idempotency_key, actor, MOST_ROWS)
    if not Annotation.objects.filter(idempotency_key=keys[0]).exists():
        return []
    return list(Annotation.objects.filter(idempotency_key__in=keys).order_by("pk"))


def check_open(version: Version, *, actor: Any) -> None:  # noqa: ANN401  # any user model
    """Refuse where nothing can be entered, whatever it is.

    Raises:
        ValidationError: There is a newer version (``stale``), this one was handed over
            (``handed_over``), or the page is not public (``unpublished``).
        PermissionDenied: ``actor`` may not dispose on the page.
    """
    checking.check_page(version, user=actor, action="dispose")
    checking.check_newest(version)
    if Submission.objects.filter(version=version).exists():
        message = _("This version has been handed over. Nothing can be added to it any more.")
        raise checking.refusal(message, "handed_over")


def check_rows(version: Version, contributions: Sequence[Contribution]) -> dict[int, Errors]:
    """Tell what is wrong with contributions, without storing any.

    The number of queries does not depend on how many they are.

    Returns:
        What is wrong, by place in the list, from 0, and by field; without those that fit.
    """
    return _checked(version, contributions)[1]


def read_again(row: Annotation, contribution: Contribution, problems: Problems) -> Annotation:
    """Return what an entry would be with other words, not stored, noting what is wrong with it."""
    return _row(contribution, _rules(row.version, [contribution], besides=row), problems)


def _checked(
    version: Version, contributions: Sequence[Contribution]
) -> tuple[list[Annotation], dict[int, Errors], _Rules]:
    rules = _rules(version, contributions)
    rows, wrong = [], {}
    for place, contribution in enumerate(contributions):
        problems = Problems()
        row = _row(contribution, rules, problems)
        if problems.found:
            wrong[place] = problems.found
        rows.append(row)
    return rows, wrong, rules


def _rules(
    version: Version, contributions: Sequence[Contribution], *, besides: Annotation | None = None
) -> _Rules:
    passages = {one.passage.pk for one in contributions if one.passage is not None}
    stored = Annotation.objects.filter(version=version, passage__in=passages, user=None)
    stored = stored.exclude(source=Source.ONLINE).order_by()
    if besides is not None:
        stored = stored.exclude(pk=besides.pk)
    columns = ("passage_id", "start", "end", "motivation", "comment", "proposed", "user_name")
    return _Rules(
        version=version,
        reserved=reserved_names(),
        holding=word_list(effects=[Watch.HOLD]),
        now=moments.now(),
        said=set(stored.values_list(*columns)),
    )


def _row(contribution: Contribution, rules: _Rules, problems: Problems) -> Annotation:
    """Return a contribution ready to be stored, noting what is wrong with it."""
    row = Annotation(
        version=rules.version,
        locale_id=rules.version.locale_id,
        source=contribution.source,
        state=State.PUBLIC,
        confirmed_at=rules.now,
        created_at=_moment(contribution.made_on, rules, problems),
        user_name=_name(contribution.name, rules, problems),
        comment=checking.read_text(
            contribution.body, name="body", limit=checking.body_limit(), problems=problems
        ),
    )
    row.motivation = _kind(contribution, problems)
    if contribution.source not in SOURCES:
        message = _("Please say where it comes from: workshop, interview or letter.")
        problems.add("source", message, "invalid")
    _place(row, contribution, problems)
    said = (row.passage_id, row.start, row.end, row.motivation, row.comment, row.proposed)
    if not problems.found:
        _note_said(rules, (*said, row.user_name), problems)
    return row


def _place(row: Annotation, contribution: Contribution, problems: Problems) -> None:
    """Put a contribution on its words, with the wording that it proposes."""
    passage = contribution.passage
    try:
        if passage is None:
            raise ValidationError("")
        checking.check_passage(row.version, passage)
    except ValidationError:
        problems.add("passage", _("Please choose a passage of the newest version."), "required")
        return
    row.passage = passage
    stretch = checking.read_stretch(
        passage,
        start=contribution.start,
        end=contribution.end,
        quote=contribution.quote,
        problems=problems,
    )
    for name, value in stretch._asdict().items():
        setattr(row, name, value)
    if row.motivation == Motivation.EDITING:
        row.base_hash = passage.text_hash
        row.proposed = checking.read_proposal(
            contribution.proposed, passage=passage, stretch=stretch, base_hash="", problems=problems
        )


def _kind(contribution: Contribution, problems: Problems) -> str:
    if contribution.proposed.strip():
        return Motivation.EDITING
    if contribution.motivation not in KINDS:
        problems.add("motivation", _("Please choose what kind of annotation it is."), "invalid")
        return Motivation.COMMENTING
    return contribution.motivation


def _name(name: str, rules: _Rules, problems: Problems) -> str:
    """Return a name as it is stored, under the rules for the names of guests."""
    name = checking.one_line(name, limit=4 * NAME_LIMIT)
    if not name:
        message = _("Please give a name, or where it comes from, such as “Workshop in Wedding”.")
        problems.add("name", message, "empty")
    elif len(name) > NAME_LIMIT:
        message = _("The name may have %(limit)d characters at most.")
        problems.add("name", message, "too_long", limit=NAME_LIMIT)
    else:
        try:
            check_name(name, reserved=rules.reserved)
        except ValidationError as error:
            problems.add("name", str(error.message), "reserved")
    return name


def _moment(day: date | None, rules: _Rules, problems: Problems) -> datetime:
    """Return the noon of a day; of today not later than now."""
    if day is None:
        problems.add("made_on", _("Please give the day on which it was made."), "required")
        return rules.now
    if day > timezone.localdate(rules.now):
        problems.add("made_on", _("This day is still to come."), "future")
        return rules.now
    try:
        return min(timezone.make_aware(datetime.combine(day, _NOON)), rules.now)
    except (OverflowError, ValueError):  # a day at the very beginning of time
        problems.add("made_on", _("Please give the day on which it was made."), "invalid")
        return rules.now


def _note_said(rules: _Rules, said: Said, problems: Problems) -> None:
    """Refuse what stands word for word there already, entered earlier or in a row above."""
    if said in rules.said:
        message = _("Exactly this, by the same name, has been entered at this place already.")
        problems.add("body", message, "said_already")
    rules.said.add(said)


def _store(
    version: Version,
    contributions: Sequence[Contribution],
    *,
    actor: Any,  # noqa: ANN401  # any user model
    keys: list[str],
    page: Page,
) -> list[Annotation]:
    rows, wrong, rules = _checked(version, contributions)
    if wrong:
        raise RowsRefused(wrong)
    held: dict[int, list[str]] = {}
    for place, row in enumerate(rows):
        row.idempotency_key = keys[place]
        if words := [watched.words for watched in rules.holding.found_in(row)]:
            row.state, held[place] = State.PENDING, words
    threads.add_rows(rows, page=page)
    for place, words in held.items():
        note_hold(rows[place], before=State.UNCONFIRMED, words=words)
    stamps.touch(version.page_id)
    _tell(rows)
    follow_if_late(rows[0])
    sources = sorted({row.source for row in rows})
    data = {"annotations": [row.pk for row in rows], "sources": sources, "agreed": True}
    log(instance=page.specific_deferred, action="annotations.enter", user=actor, data=data)
    logger.info("entered %d contributions to page %d", len(rows), page.pk)
    return rows


def _tell(rows: Sequence[Annotation]) -> None:
    if len(rows) == 1:
        announce(rows[0])
        return
    for row in rows:
        if row.state == State.PUBLIC:
            transaction.on_commit(_publication_of(row))


def _publication_of(row: Annotation) -> Any:  # noqa: ANN401  # a callback
    return lambda: annotation_published.send(Annotation, annotation=row)


def _check_number(contributions: Sequence[Contribution]) -> None:
    if not contributions:
        raise ValidationError(_("There is nothing to take over."), code="empty")
    if len(contributions) > MOST_ROWS:
        raise ValidationError(
            _("At most %(limit)d rows can be taken over at once."),
            code="too_many",
            params={"limit": MOST_ROWS},
        )


def _disagreed() -> ValidationError:
    message = _("Without this agreement nothing can be published.")
    return ValidationError(message, code="required")


def _keys(key: str, actor: Any, number: int) -> list[str]:  # noqa: ANN401  # any user model
    """Return the stored form of a key for each row; nobody meets the rows of another by a key."""
    begin = f"entered {actor.pk}\n{key}\n"
    return [
        hashlib.sha256(f"{begin}{place}".encode("utf-8", "replace")).hexdigest()
        for place in range(number)
    ]
