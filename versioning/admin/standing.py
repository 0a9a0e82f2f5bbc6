"""Where submissions stand, in sentences that say what comes next."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from versioning.services.progress import (
    Progress,
    follower_of,
    last_decision,
    progress_of,
    still_open,
)

if TYPE_CHECKING:
    from versioning.models import GateStep, Submission, Version


class Standing(NamedTuple):
    """Where a submission stands.

    Attributes:
        short: For a list.
        sentence: What is the case and what to do next.
        links: Where it is done: texts and addresses.
    """

    short: str
    sentence: str
    links: tuple[tuple[str, str], ...] = ()


def standing_of(submission: Submission, *, newest: Version | None = None) -> Standing:
    """Tell where a submission stands; it asks the database nothing (``progress.chains_of``).

    Args:
        submission: With its steps, those before and after it.
        newest: The newest version of its page, where that is known.
    """
    following = follower_of(submission)
    if following is not None:
        text = _("%(version)s was handed over after it.") % {"version": following.version.name}
        url = reverse("synopse_versions:submission", args=[following.pk])
        return Standing(text, text, ((_("To the newer submission"), url),))
    return _LOOKS[progress_of(submission)](submission, newest)


def waiting_words(chain: list[Submission]) -> str:
    """Say why the newest version of a page has not been handed over yet.

    Args:
        chain: The submissions of the page, the newest last.
    """
    if not chain:
        return _("Not handed over yet")
    before = chain[-1]
    names = {"version": before.version.name, "number": before.round + 1}
    step = last_decision(before)
    names["body"] = step.body if step else ""
    return {
        Progress.UNDER_WAY: _("Waits: %(version)s is still on its way"),
        Progress.RETURNED: _("Returned by %(body)s: this version can begin round %(number)d"),
        Progress.AMENDED: _("%(body)s asked for changes: this version can go on"),
        Progress.FINAL: _("%(version)s was resolved and is final"),
        Progress.ENDED: _("All bodies have decided on %(version)s: this version can begin anew"),
    }[progress_of(before)] % names


def _under_way(submission: Submission, _newest: Version | None) -> Standing:
    step = still_open(submission)
    if step is None:
        return _ended(submission, None)
    short = _("%(body)s decides next") % {"body": step.body}
    return Standing(short, _next_words(step), _record_link(step))


def _next_words(step: GateStep) -> str:
    if step.planned_on is None:
        return _("%(body)s decides next. No day is planned yet.") % {"body": step.body}
    return _("%(body)s decides next, planned for %(day)s.") % {
        "body": step.body,
        "day": date_format(step.planned_on, "DATE_FORMAT"),
    }


def _record_link(step: GateStep) -> tuple[tuple[str, str], ...]:
    url = reverse("synopse_versions:decision", args=[step.pk])
    return ((_("Record the decision of: %(body)s") % {"body": step.body}, url),)


def _returned(submission: Submission, newest: Version | None) -> Standing:
    names = {"body": _asking(submission), "number": submission.round + 1}
    short = _("Returned by %(body)s") % names
    sentence = _(
        "Returned by %(body)s. Publish a new version, give its changes their reasons and hand it "
        "over: it begins round %(number)d, with all bodies."
    )
    return Standing(short, sentence % names, _way_on(submission, newest))


def _amended(submission: Submission, newest: Version | None) -> Standing:
    names = {"body": _asking(submission)}
    short = _("%(body)s asked for changes") % names
    sentence = _(
        "%(body)s agreed with changes. Publish a version that holds them, name the body as their "
        "reason and hand it over: it goes on with the bodies that are left."
    )
    return Standing(short, sentence % names, _way_on(submission, newest))


def _final(submission: Submission, _newest: Version | None) -> Standing:
    step = still_open(submission)
    short = _("Resolved: the text is final")
    if step is None:
        return Standing(short, _("The text was resolved and is final."))
    sentence = _("The text was resolved and is final. %(body)s has yet to take note.")
    return Standing(short, sentence % {"body": step.body}, _record_link(step))


def _ended(_submission: Submission, _newest: Version | None) -> Standing:
    short = str(Progress.ENDED.label)
    return Standing(short, _("All bodies have decided. A newer version can be handed over."))


_LOOKS = {
    Progress.UNDER_WAY: _under_way,
    Progress.RETURNED: _returned,
    Progress.AMENDED: _amended,
    Progress.FINAL: _final,
    Progress.ENDED: _ended,
}


def _asking(submission: Submission) -> str:
    step = last_decision(submission)
    return step.body if step else ""


def _way_on(submission: Submission, newest: Version | None) -> tuple[tuple[str, str], ...]:
    """Lead to the next thing to do: a new version, or its reasons and the gate."""
    page = submission.version.page_id
    if newest is None or newest.pk == submission.version_id:
        return ((_("Edit the text"), reverse("wagtailadmin_pages:edit", args=[page])),)
    names = {"version": newest.name}
    return (
        (
            _("Give the changes of %(version)s their reasons") % names,
            reverse("synopse_versions:changes", args=[newest.pk]),
        ),
        (
            _("Hand %(version)s over") % names,
            reverse("synopse_versions:gate", args=[newest.pk]),
        ),
    )
