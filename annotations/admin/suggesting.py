"""What the admin shows of a suggested edit: what would happen, what did, and what stands beside."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from annotations import permissions
from annotations.admin import links
from annotations.admin.tables import answer_label
from annotations.core.merging import new_words
from annotations.models import AppliedSuggestion, Motivation
from annotations.presentation.cards import edit_of
from annotations.suggestions import Plan, PlanState, plans_for
from versioning.core.comparing import diff_words
from versioning.core.markup import UnreadableText

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest
    from django_stubs_ext import StrOrPromise

    from annotations.models import Annotation
    from versioning.core.passages import Run

SENTENCES: dict[PlanState, StrOrPromise] = {
    PlanState.CLEAN: gettext_lazy(
        "The draft says here what it said when this was written. The suggestion fits."
    ),
    PlanState.MERGED: gettext_lazy(
        "The passage has been edited since, but not these words. The suggestion fits beside "
        "these edits."
    ),
    PlanState.CONFLICT: gettext_lazy(
        "These words have changed in the draft since. Please compare both and choose the wording."
    ),
    PlanState.GONE: gettext_lazy(
        "The passage is no longer in the draft. If the suggestion is still right, please change "
        "the draft in the page editor."
    ),
    PlanState.THERE: gettext_lazy("The draft says already what is suggested."),
    PlanState.BY_HAND: gettext_lazy(
        "These words can only be changed in the page editor, such as words over several cells of "
        "a table, the description of a picture, or a translation."
    ),
}

LABELS: dict[PlanState, StrOrPromise] = {
    PlanState.CLEAN: gettext_lazy("fits"),
    PlanState.MERGED: gettext_lazy("fits beside other edits"),
    PlanState.CONFLICT: gettext_lazy("conflict"),
    PlanState.GONE: gettext_lazy("passage is gone"),
    PlanState.THERE: gettext_lazy("in the draft"),
    PlanState.BY_HAND: gettext_lazy("only in the page editor"),
}


@dataclass(frozen=True, slots=True)
class Beside:
    """Another suggestion for the same passage."""

    annotation: Annotation
    label: StrOrPromise
    answer: str
    runs: Sequence[Run]
    url: str
    is_same_place: bool


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A suggested edit as the admin shows it.

    Attributes:
        plan: What accepting it would mean.
        since: The passage then and now, as one text with its differences; only for a conflict.
        beside: Others of the same passage, those for the same words first.
        history: What was taken over and taken back, newest first.
        can_act: The person may change draft and answer.
        refusal: Why the draft cannot be changed now.
    """

    plan: Plan
    since: Sequence[Run]
    beside: Sequence[Beside]
    history: Sequence[AppliedSuggestion] = field(default_factory=list)
    can_act: bool = False
    refusal: str = ""

    @property
    def sentence(self) -> StrOrPromise:
        """What accepting would mean, in plain words."""
        return SENTENCES[self.plan.state]

    @property
    def label(self) -> StrOrPromise:
        """The same in a word."""
        return LABELS[self.plan.state]

    @property
    def state(self) -> str:
        """The same for the template."""
        return str(self.plan.state)

    @property
    def stands(self) -> bool:
        """Whether the draft still says what was taken over, in these words or in others."""
        applied = self.plan.applied
        if applied is None or not self.plan.text:
            return False
        words = new_words(applied.before, applied.after)
        return all(one in self.plan.text for one in words)

    @property
    def offers(self) -> bool:
        """Whether anything can be taken over now."""
        return self.can_act and not self.refusal and self.plan.applied is None

    @property
    def can_accept(self) -> bool:
        """Whether it can be taken over as it is."""
        return self.offers and self.plan.can_accept

    @property
    def can_reword(self) -> bool:
        """Whether it can be taken over in other words."""
        return self.offers and self.plan.can_reword

    @property
    def can_take_back(self) -> bool:
        """Whether what was taken over can be taken back."""
        applied = self.plan.applied
        return bool(
            applied and self.can_act and not self.refusal and not applied.disposition.public_at
        )


def suggestion_of(request: HttpRequest, annotation: Annotation) -> Suggestion | None:
    """Return a suggested edit for the people who see drafts; None for everything else."""
    page = annotation.version.page
    is_suggestion = annotation.motivation == Motivation.EDITING and not annotation.is_reply
    if not is_suggestion or not permissions.can(request.user, "dispose", page):
        return None
    try:
        plan, *others = plans_for(page, annotation)
    except UnreadableText:
        plan, others = Plan(annotation, PlanState.BY_HAND), []
    since: Sequence[Run] = ()
    if plan.state == PlanState.CONFLICT:
        since = diff_words(annotation.passage.text, plan.text)[0]
    beside = [_beside(plan, other) for other in others]
    rows = AppliedSuggestion.objects.filter(annotation=annotation.pk)
    return Suggestion(
        plan,
        since,
        sorted(beside, key=lambda one: not one.is_same_place),
        history=list(rows.select_related("by", "taken_back_by", "disposition").order_by("-at")),
        can_act=True,
        refusal=_refusal(page, request.user),
    )


def _beside(plan: Plan, other: Plan) -> Beside:
    return Beside(
        other.annotation,
        LABELS[other.state],
        answer_label(other.annotation),
        edit_of(other.annotation),
        links.annotation_url(other.annotation.pk),
        plan.overlaps(other),
    )


def _refusal(page: Any, user: Any) -> str:  # noqa: ANN401  # a page and a user of any model
    """Say why nobody, or not this person, can change the draft now."""
    if page.alias_of_id:
        return _("This page follows another one: change it there.")
    lock = page.specific.get_lock()
    if lock is not None and lock.for_user(user):
        return str(lock.get_message(user)) or _("This page is locked: it cannot be changed now.")
    return ""
