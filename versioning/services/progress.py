"""How far a submission is on its way through the bodies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from versioning.models import GateStep, Outcome, Submission

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from wagtail.models import Page

    from versioning.models import Version


class Progress(models.TextChoices):
    """Where a submission stands."""

    UNDER_WAY = "under_way", _("On its way through the bodies")
    RETURNED = "returned", _("Returned: a new version begins a new round")
    AMENDED = "amended", _("Agreed with changes: the version with the changes goes on")
    FINAL = "final", _("Resolved: the text is final")
    ENDED = "ended", _("All bodies have decided")


def newest_submission(page: int) -> Submission | None:
    """Return the newest submission of a page, with its version.

    Args:
        page: Id of the page.
    """
    found = Submission.objects.filter(version__page=page).select_related("version")
    return found.order_by("-version__number").first()


def progress_of(submission: Submission) -> Progress:
    """Tell where a submission stands, from what the bodies have decided.

    The text is final as soon as a body has resolved it as it is, or where the version with the
    changes of a resolution was handed over after it; other bodies may still take note.

    Args:
        submission: A submission; where its steps are prefetched nothing is asked for.
    """
    steps = list(submission.steps.all())
    decided = [step for step in steps if step.outcome]
    return progress_from(
        decided[-1].outcome if decided else "",
        is_resolved=any(step.is_resolution for step in decided) or _resolved_before(submission),
        is_open=len(decided) < len(steps),
    )


def progress_from(outcome: str, *, is_resolved: bool, is_open: bool) -> Progress:
    """Tell where a submission stands; the one rule for it.

    Args:
        outcome: What was decided last, empty where nothing was.
        is_resolved: A body resolved the text, on this submission or before it in its round.
        is_open: A body has yet to decide on it.
    """
    if outcome == Outcome.RETURNED:
        return Progress.RETURNED
    if outcome == Outcome.AGREED_WITH_CHANGES:
        return Progress.AMENDED
    if is_resolved:
        return Progress.FINAL
    return Progress.UNDER_WAY if is_open else Progress.ENDED


def is_final(page: int) -> bool:
    """Tell whether the text of a page was resolved, so that its words stay.

    Args:
        page: Id of the page.
    """
    return final_version(page) is not None


def final_version(page: int) -> Version | None:
    """Return the version that was resolved, None where the text of a page is not final.

    It need not be the newest one: another may have been published while it was on its way.

    Args:
        page: Id of the page.
    """
    newest = newest_submission(page)
    is_resolved = newest is not None and progress_of(newest) == Progress.FINAL
    return newest.version if newest is not None and is_resolved else None


def final_among(pages: Collection[int]) -> set[int]:
    """Return those of many pages whose texts are final; two queries for all of them.

    Args:
        pages: Ids of pages.
    """
    found = Submission.objects.filter(version__page__in=pages).select_related("version")
    known = {one.pk: one for one in found.prefetch_related("steps")}
    followed = {one.previous_id for one in known.values()}
    for one in known.values():
        if one.previous_id is not None:
            one.previous = known[one.previous_id]
    return {
        one.version.page_id
        for one in known.values()
        if one.pk not in followed and progress_of(one) == Progress.FINAL
    }


def next_step(submission: Submission) -> GateStep | None:
    """Return the body that decides next; none where no body can decide on this version."""
    if progress_of(submission) not in {Progress.UNDER_WAY, Progress.FINAL}:
        return None
    if Submission.objects.filter(previous=submission).exists():
        return None
    return submission.steps.filter(outcome="").order_by("position").first()


def path_of(submission: Submission) -> list[Submission]:
    """Return all submissions of a text up to the newest, in their order, with their steps."""
    return chains_of([submission.version.page_id])[submission.version.page_id]


def chains_of(pages: Iterable[int]) -> dict[int, list[Submission]]:
    """Return the submissions of many pages, in a number of queries that does not depend on them.

    Args:
        pages: Ids of pages.

    Returns:
        By page its submissions, the oldest first, with their steps and those before and after
        them, so that ``progress_of`` and ``follower_of`` ask for nothing.
    """
    chains: dict[int, list[Submission]] = {page: [] for page in pages}
    found = Submission.objects.filter(version__page__in=chains)
    found = found.select_related("version__locale", "version__page").prefetch_related("steps")
    known: dict[int, Submission] = {}
    for submission in found.order_by("version__page", "version__number"):
        known[submission.pk] = submission
        submission.previous = known.get(submission.previous_id or 0)
        submission._state.fields_cache["following"] = None  # like select_related
        if submission.previous is not None:
            submission.previous._state.fields_cache["following"] = submission
        chains[submission.version.page_id].append(submission)
    return chains


def follower_of(submission: Submission) -> Submission | None:
    """Return the submission that came after one of ``chains_of``; it asks nothing."""
    following: Submission | None = getattr(submission, "following", None)
    return following


def still_open(submission: Submission) -> GateStep | None:
    """Return the first body without a decision; where its steps are prefetched it asks nothing."""
    return next((step for step in submission.steps.all() if not step.outcome), None)


def last_decision(submission: Submission) -> GateStep | None:
    """Return the body that decided last; where its steps are prefetched it asks nothing."""
    decided = [step for step in submission.steps.all() if step.outcome]
    return decided[-1] if decided else None


def steps_on_the_way(submission: Submission, *, is_newest: bool) -> list[GateStep]:
    """Return the bodies that decided on a submission, and those that are still going to, in order.

    Those that did not come to decide, since another version took its place, are left out.

    Args:
        submission: A submission; where its steps are prefetched nothing is asked for.
        is_newest: It is the newest one of its text.
    """
    steps = list(submission.steps.all())
    goes_on = is_newest and not any(step.asks_for_changes for step in steps)
    return [step for step in steps if step.outcome or goes_on]


def asking_steps(page: Page) -> list[GateStep]:
    """Return the bodies that asked for changes with their last word on a text.

    Args:
        page: The page that was handed over, or a translation of it.
    """
    found = Submission.objects.filter(version__page__translation_key=page.translation_key)
    submissions = list(found.filter(following=None).prefetch_related("steps"))
    asking = {Progress.RETURNED, Progress.AMENDED}
    steps = [step for one in submissions if progress_of(one) in asking for step in one.steps.all()]
    return sorted((step for step in steps if step.asks_for_changes), key=lambda step: step.pk)


def _resolved_before(submission: Submission) -> bool:
    """Tell whether this version only holds the changes with which it was resolved."""
    before = submission.previous
    if before is None or before.round != submission.round:
        return False
    return any(step.is_resolution for step in before.steps.all()) or _resolved_before(before)
