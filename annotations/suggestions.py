"""Suggested edits against the newest draft of their page: what would happen, and beside what."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db.models import Q
from django.utils.functional import cached_property

from annotations.core import ranges
from annotations.core.applying import CannotApply
from annotations.core.merging import Wish, meet, narrowed
from annotations.models import Annotation, AppliedSuggestion, Motivation, Placement
from annotations.rewriting import put_words
from versioning.core import comparing
from versioning.core.corrections import ContradictoryCorrections, MalformedCorrections
from versioning.core.markup import UnreadableText
from versioning.draft_lineage import lineage_of_draft

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from versioning.core.passages import PassageText, Run
    from versioning.draft_lineage import DraftLineage

MAX_BESIDE = 20
"""Suggestions of the same passage that are shown beside one."""


class PlanState(StrEnum):
    """What accepting a suggested edit would mean now."""

    CLEAN = "clean"
    MERGED = "merged"
    CONFLICT = "conflict"
    GONE = "gone"
    THERE = "there"
    BY_HAND = "by_hand"


@dataclass(frozen=True, slots=True)
class Plan:
    """One suggested edit against the draft.

    Units: offsets are code points of ``text``, end exclusive.

    Attributes:
        annotation: The suggested edit.
        state: What accepting it would mean.
        index: Which passage of the draft it is about, from 0; None where it is gone.
        number: How that passage is cited.
        block: Key of the block that it stands in.
        text: What the passage says in the draft.
        start: Begin of the words in question.
        end: Their end.
        result: What the passage would say; where there is a conflict, a proposal.
        applied: The record of what was taken over, if it was and nobody took it back.
    """

    annotation: Annotation
    state: PlanState
    index: int | None = None
    number: str = ""
    block: str = ""
    text: str = ""
    start: int = 0
    end: int = 0
    result: str = ""
    applied: AppliedSuggestion | None = None

    @property
    def can_accept(self) -> bool:
        """Whether it can be taken over as it is."""
        return self.state in {PlanState.CLEAN, PlanState.MERGED, PlanState.THERE}

    @property
    def can_reword(self) -> bool:
        """Whether the passage can be given other words from here."""
        return self.index is not None and self.state != PlanState.BY_HAND

    @property
    def seen(self) -> str:
        """A digest of what the draft says, to notice if it changes before somebody acts."""
        return ranges.digest(f"{self.state} {self.text}")

    @property
    def runs(self) -> Sequence[Run]:
        """The passage of the draft and what it would say, as one text with its differences."""
        if self.state in {PlanState.GONE, PlanState.THERE}:
            return ()
        return comparing.diff_words(self.text, self.result)[0]

    def overlaps(self, other: Plan) -> bool:
        """Tell whether two of them want other words for the same place."""
        return (
            self.index is not None
            and self.index == other.index
            and self.start < max(other.end, other.start + 1)
            and other.start < max(self.end, self.start + 1)
        )


class DraftText:
    """The newest draft of a page, read once for all of its suggested edits.

    Attributes:
        draft: The page as its newest revision has it.
    """

    def __init__(self, page: Any) -> None:  # noqa: ANN401  # a page of any versioned type
        """Take a page as it is stored."""
        self.page = page.specific
        self.draft = self.page.get_latest_revision_as_object()

    @cached_property
    def lineage(self) -> DraftLineage | None:
        """What became of the newest version's passages.

        Raises:
            UnreadableText: A field is nested too deeply.
        """
        try:
            return lineage_of_draft(self.draft)
        except (MalformedCorrections, ContradictoryCorrections):
            return lineage_of_draft(self.draft, [])

    @cached_property
    def passages(self) -> Sequence[PassageText]:
        """Its passages, in reading order."""
        return self.lineage.new if self.lineage else []

    @cached_property
    def _successors(self) -> dict[int, tuple[int, ...]]:
        """Indices of passages of the draft by the key of the newest version's."""
        lineage = self.lineage
        if lineage is None:
            return {}
        return {lineage.old[i].pk: row.new for row in lineage.rows for i in row.old}

    @cached_property
    def _by_uid(self) -> dict[Any, int]:
        return {passage.uid: passage.pk for passage in self.lineage.old} if self.lineage else {}

    def newest_passage(self, annotation: Annotation, placed: int | None) -> int:
        """Return the passage of the newest version that an annotation is about, 0 if there is none.

        Args:
            annotation: One of any version of the page.
            placed: Its passage on the newest version, where it was placed there.
        """
        key = placed or annotation.passage_id
        return key if key in self._successors else self._by_uid.get(annotation.passage.uid, 0)

    def places_of(self, annotation: Annotation, placed: int | None) -> tuple[int, ...]:
        """Return the passages of the draft in which its words may stand, as indices."""
        return self._successors.get(self.newest_passage(annotation, placed), ())

    def plan(
        self,
        annotation: Annotation,
        *,
        placed: int | None = None,
        applied: AppliedSuggestion | None = None,
    ) -> Plan:
        """Tell what accepting a suggested edit would mean."""
        base = annotation.passage.text
        if annotation.passage.is_withheld or annotation.motivation != Motivation.EDITING:
            return Plan(annotation, PlanState.GONE, applied=applied)
        is_whole = annotation.start is None or annotation.end is None
        wish = Wish(
            annotation.start or 0,
            len(base) if annotation.end is None else annotation.end,
            annotation.proposed,
        )
        found = [
            (index, meet(base, wish, self.passages[index].text, is_whole=is_whole))
            for index in self.places_of(annotation, placed)
        ]
        if not found:
            return Plan(annotation, PlanState.GONE, applied=applied)
        index, meeting = min(found, key=lambda pair: _RANK.index(pair[1].state))
        return Plan(
            annotation,
            PlanState(meeting.state),
            index=index,
            number=self._number(index),
            block=self.passages[index].block,
            text=self.passages[index].text,
            start=meeting.start,
            end=meeting.end,
            result=meeting.text,
            applied=applied,
        )

    def checked(self, plan: Plan) -> Plan:
        """Return a plan that is tried: what no stored value can hold is to be done by hand."""
        if plan.index is None or plan.state == PlanState.THERE:
            return plan
        if is_translated(self.page):
            return replace(plan, state=PlanState.BY_HAND)
        try:
            self.with_passage(plan.index, plan.result)
        except (CannotApply, UnreadableText):
            return replace(plan, state=PlanState.BY_HAND)
        return plan

    def is_published(self, plan: Plan) -> bool:
        """Tell whether the newest version says what the draft says in a passage."""
        if self.lineage is None or plan.index is None:
            return False
        rows = (row for row in self.lineage.rows if plan.index in row.new)
        old = [self.lineage.old[i].text for row in rows for i in row.old]
        return plan.text in old

    def with_passage(self, index: int, text: str) -> Any:  # noqa: ANN401  # see above
        """Return the draft with other words in one of its passages.

        Raises:
            CannotApply: See ``put_words``.
        """
        return put_words(self.draft, index, *narrowed(self.passages[index].text, text, beside=0))

    def _number(self, index: int) -> str:
        return self.lineage.numbers[index] if self.lineage else ""


_RANK = ("there", "clean", "merged", "conflict")


def plans_for(page: Any, annotation: Annotation) -> list[Plan]:  # noqa: ANN401  # see above
    """Return the plan of a suggested edit, then those of others for the same passage.

    The number of queries does not grow with them.

    Args:
        page: The page, as stored.
        annotation: A suggested edit on any of its versions.

    Raises:
        UnreadableText: A field of the draft is nested too deeply.
    """
    text = DraftText(page)
    if text.lineage is None:
        return [Plan(annotation, PlanState.GONE)]
    newest = text.lineage.version
    placed = _placed([annotation.pk], newest.pk)
    key = text.newest_passage(annotation, placed.get(annotation.pk))
    others = _others(annotation, key, newest.pk) if key else []
    rows = [annotation, *others]
    placed = _placed([row.pk for row in rows], newest.pk)
    applied = applied_to(rows)
    plans = [text.plan(row, placed=placed.get(row.pk), applied=applied.get(row.pk)) for row in rows]
    first, *rest = plans
    return [text.checked(first), *(one for one in rest if one.index == first.index)]


def applied_to(annotations: Iterable[Annotation]) -> dict[int, AppliedSuggestion]:
    """Return what was taken over and not taken back, by the key of the annotation."""
    rows = AppliedSuggestion.objects.filter(
        annotation__in=[one.pk for one in annotations],
        taken_back_at=None,
        disposition__missing=False,
    )
    return {row.annotation_id: row for row in rows.select_related("by", "disposition")}


def placed_on_newest(annotation: Annotation, version_id: int) -> int | None:
    """Return the passage of a version on which an annotation was placed, if it was."""
    return _placed([annotation.pk], version_id).get(annotation.pk)


def _placed(keys: Sequence[int], version_id: int) -> dict[int, int]:
    rows = Placement.objects.filter(annotation__in=keys, version=version_id, passage__isnull=False)
    return dict(rows.values_list("annotation_id", "passage_id"))


def _others(annotation: Annotation, passage_id: int, version_id: int) -> list[Annotation]:
    """Return other suggested edits of the passage, oldest first."""
    here = Q(passage=passage_id) | Q(passage__uid=annotation.passage.uid)
    there = Q(placements__version=version_id, placements__passage=passage_id)
    rows = Annotation.objects.of_page(annotation.version.page_id).counted()
    rows = rows.filter(here | there, motivation=Motivation.EDITING).exclude(pk=annotation.pk)
    rows = rows.select_related("passage", "disposition").distinct().order_by("created_at", "pk")
    return list(rows[:MAX_BESIDE])


def is_translated(page: Any) -> bool:  # noqa: ANN401  # see above
    """Tell whether wagtail-localize writes the text of a page from its translations."""
    if not apps.is_installed("wagtail_localize"):
        return False
    translations = apps.get_model("wagtail_localize", "Translation").objects
    return bool(
        translations.filter(
            source__object_id=page.translation_key, target_locale=page.locale_id, enabled=True
        ).exists()
    )
