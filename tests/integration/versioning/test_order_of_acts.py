"""No order of acts reaches a submission with an open checklist (law 4)."""

from __future__ import annotations

from collections import Counter
from copy import deepcopy
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotations.models import Annotation, Disposition, Reaction, State
from annotations.services.disposing import change_disposition, dispose_annotations
from annotations.services.reacting import react
from annotations.services.seeing import mark_objections_seen
from tests.factories import make_user, publish
from tests.factories.annotations import annotate, open_version
from tests.factories.gate import waive_all
from versioning.doors import NEVER_WAIVED
from versioning.models import Change, Submission, Version
from versioning.services.changes import explain_changes, unexplained
from versioning.services.checklist import checklist
from versioning.services.gate import submit_version
from versioning.services.waiving import take_back_waiver, waive_line, waivers_of
from versioning.services.windows import change_window, end_window

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db

DONE: Counter[str] = Counter()
"""How often each act was not refused: a test in which nothing is ever done shows nothing."""
LINES = [*sorted(NEVER_WAIVED), "window", "objections", "translations", "nothing"]


class Gate:
    """One text and the people around it; each act may be refused, and then leaves nothing."""

    def __init__(self, people: dict, version: Version) -> None:
        self.people, self.page, self.texts = people, version.page, 0

    def version(self, *, old: bool = False) -> Version:
        rows = Version.objects.filter(page=self.page).select_related("page")
        return rows.order_by("number" if old else "-number")[0]

    def annotate(self) -> None:
        annotate(self.version(), user=self.people["citizen"])

    def wait_for_moderation(self) -> None:
        row = Annotation.objects.order_by("-pk")[0]
        Annotation.objects.filter(pk=row.pk).update(state=State.PENDING, disposition=None)

    def answer(self) -> None:
        Annotation.objects.filter(state=State.PENDING).update(state=State.PUBLIC)
        rows = list(Annotation.objects.undisposed())
        dispose_annotations(
            annotations=rows, outcome="not_adopted", reason="Nein.", actor=self.people["editor"]
        )

    def reopen(self) -> None:
        found = Disposition.objects.order_by("pk")[0]
        actor = self.people["editor"]
        change_disposition(disposition=found, outcome="adopted", reason="", actor=actor)
        Disposition.objects.filter(pk=found.pk).update(missing=True)

    def lose_the_reason(self) -> None:
        if not Disposition.objects.filter(outcome="not_adopted").update(reason=""):
            raise ValidationError("Nothing.")

    def object(self) -> None:
        Disposition.objects.update(public_at=timezone.now())
        row = Annotation.objects.filter(disposition__isnull=False, reaction=None).order_by("pk")[0]
        react(annotation=row, actor=self.people["citizen"], agrees=False, reason="Doch.")

    def see(self) -> None:
        rows = Annotation.objects.filter(reaction__isnull=False)
        mark_objections_seen(annotations=rows, actor=self.people["editor"])

    def explain(self) -> None:
        rows = list(Change.objects.filter(reason=""))
        explain_changes(changes=rows, reason="Stil", actor=self.people["editor"])

    def publish(self) -> None:
        self.texts += 1
        closes = timezone.now() + timedelta(days=3)
        publish(self.page, html=f"<p>Die Stadt gehört {self.texts} Leuten.</p>", closes=closes)

    def end_window(self) -> None:
        end_window(version=self.version(), reason="Ende", actor=self.people["editor"])

    def open_window(self) -> None:
        closes = timezone.now() + timedelta(days=9 + self.texts)
        actor, version = self.people["editor"], self.version()
        change_window(version=version, opens=None, closes=closes, reason="Weil", actor=actor)

    def waive_all(self) -> None:
        waive_all(self.version(), self.people["senate"])

    def hand_over(self, *, old: bool = False) -> None:
        """Hand over; what stands in the database counts, whatever the checklist says."""
        version = self.version(old=old)
        lines = checklist(version)
        unanswered = Annotation.objects.undisposed().exists()
        unanswered |= Annotation.objects.filter(state=State.PENDING).exists()
        unanswered |= (
            Annotation.objects.counted()
            .filter(disposition__outcome="not_adopted", disposition__reason="")
            .exists()
        )
        without_reason = unexplained(version).exists()
        submit_version(version=version, actor=self.people["senate"])
        assert not any(line.blocks for line in lines)
        assert version == self.version()
        assert not unanswered
        assert not without_reason
        reasons = {waiver.key: waiver.reason for waiver in waivers_of(version)}
        left = {line.key for line in lines if not line.done and not line.notice}
        assert left == set(reasons)
        assert all(reasons.values())
        assert not left & NEVER_WAIVED
        assert "window" in left or not version.is_open()
        unseen = Reaction.objects.filter(annotation__in=Annotation.objects.counted())
        assert "objections" in left or not unseen.unseen_objections().exists()

    def hand_over_old(self) -> None:
        self.hand_over(old=True)

    def waive(self, key: str) -> None:
        actor = self.people["senate"]
        waive_line(version=self.version(), key=key, reason="Weil.", actor=actor)
        assert key not in NEVER_WAIVED

    def take_back(self, key: str) -> None:
        take_back_waiver(version=self.version(), key=key, actor=self.people["senate"])


PLAIN = [
    "annotate", "wait_for_moderation", "answer", "answer", "reopen", "lose_the_reason", "object",
    "see", "explain", "explain", "publish", "end_window", "open_window", "waive_all", "waive_all",
    "hand_over", "hand_over", "hand_over", "hand_over_old",
]  # fmt: skip
acts = st.one_of(
    st.sampled_from(PLAIN).map(lambda name: (name, ())),
    st.tuples(st.sampled_from(["waive", "take_back"]), st.tuples(st.sampled_from(LINES))),
)
ENDING = [("answer", ()), ("explain", ()), ("waive_all", ()), ("hand_over", ())]
"""What most people do in the end, so that the way ends at the gate now and then."""


@pytest.fixture(scope="module")
def shared_gate(shared_root):
    people = {role: make_user(role) for role in ("editor", "senate", "citizen")}
    return people, open_version("<p>Die Stadt gehört allen.</p>")


def _try(act: Callable[..., None], *arguments: str) -> None:
    before = Submission.objects.count()
    try:
        with transaction.atomic():
            act(*arguments)
    except (ValidationError, PermissionDenied, IndexError):  # IndexError: there is none of it
        assert Submission.objects.count() == before
    else:
        DONE[act.__name__] += 1


def test_no_order_of_acts_hands_over_with_an_open_checklist(shared_gate):
    DONE.clear()

    @settings(
        max_examples=20, deadline=None, derandomize=True, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(st.lists(acts, min_size=4, max_size=14), st.lists(st.sampled_from(ENDING), max_size=6))
    def in_order(first, then):
        point = transaction.savepoint()
        gate = Gate(*deepcopy(shared_gate))
        try:
            for name, arguments in [*first, *then, ENDING[-1]]:
                _try(getattr(gate, name), *arguments)
        finally:
            transaction.savepoint_rollback(point)

    in_order()
    assert set(DONE) >= {"annotate", "answer", "publish", "waive_all", "take_back", "hand_over"}
    assert DONE["hand_over"] >= 3
