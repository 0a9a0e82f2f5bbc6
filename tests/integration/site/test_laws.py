"""The laws hold whatever people do, in whatever order (DESIGN, section 1)."""

from __future__ import annotations

import uuid
from collections import Counter
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from wagtail.models import Locale, Page

from annotations.models import Annotation, OutboxMail, Placement, State
from annotations.services import confirming, disposing, moderating
from annotations.services.following import follow
from annotations.services.submitting import submit_annotation, submit_reply
from tests.factories import make_draft, make_process, make_user, publish
from tests.factories.gate import waive_all
from versioning.models import Submission, Version
from versioning.services.changes import explain_changes
from versioning.services.checklist import checklist
from versioning.services.gate import submit_version
from versioning.services.integrity import check_integrity, verify_versions

pytestmark = pytest.mark.django_db

BASE = "http://testserver"
WORDS = ["Wasser", "Stadt", "Straße", "grün", "für", "alle", "Busse", "e\u0301cole", "👩🏽‍💻"]
paragraphs = st.lists(
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=5).map(lambda w: f"<p>{' '.join(w)}</p>"),
    min_size=1,
    max_size=4,
)
DONE: Counter[str] = Counter()
"""How often each service did what was asked: a test that is always refused shows nothing."""
REFUSALS = (ValidationError, PermissionDenied, confirming.TokenError)


class Process(RuleBasedStateMachine):
    """Editors, citizens, guests and moderators in any order; laws after every step."""

    @initialize(before=st.booleans())
    def begin(self, before: bool) -> None:
        """Publish a first version."""
        self.people = {role: make_user(role) for role in ("editor", "moderator", "senate")}
        self.people["citizen"] = make_user()
        self.draft = make_draft(process=make_process(), moderation="before" if before else "after")
        self.texts = 0
        self.fates: dict[int, tuple] = {}
        self.hashes: dict[int, tuple] = {}
        self.confirmed: set[int] = set()
        self._publish(["<p>Die Stadt gehört allen</p>", "<p>Busse fahren oft</p>"])

    def _publish(self, html) -> None:
        closes = timezone.now() + timedelta(days=7)
        version = publish(self.draft, html="".join(html), closes=closes, user=self.people["editor"])
        if version is not None:
            follow(version_id=version.pk)

    def _newest(self) -> Version:
        return Version.objects.filter(page=self.draft).order_by("-number").first()

    def _first(self) -> Version:
        return Version.objects.get(page=self.draft, number=1)

    def _try(self, act, **arguments):
        """Do something that may be refused; a refusal leaves nothing behind."""
        before = _counts()
        try:
            with transaction.atomic():
                done = act(**arguments)
        except REFUSALS:
            assert _counts() == before
            return None
        DONE[act.__name__] += 1
        return done

    def _any(self, number: int, **filters) -> Annotation | None:
        rows = list(Annotation.objects.filter(**filters).order_by("pk"))
        return rows[number % len(rows)] if rows else None

    @rule(html=paragraphs)
    def publish_another_text(self, html) -> None:
        """Publish; the same text makes no version."""
        self._publish(html)

    @rule(number=st.integers(0, 9), is_guest=st.booleans(), whole=st.booleans(), old=st.booleans())
    def annotate(self, number, is_guest, whole, old) -> None:
        """Annotate a passage or its first word, on the newest version or on an old one."""
        self.texts += 1
        version = Version.objects.filter(page=self.draft).order_by("number" if old else "-number")[
            0
        ]
        passages = list(version.passages.in_order())
        passage = passages[number % len(passages)]
        end = len(passage.text.split(" ")[0])
        author = (
            {"name": "Ada", "email": f"a{self.texts}@example.org"}
            if is_guest
            else {"user": self.people["citizen"]}
        )
        made = self._try(
            submit_annotation,
            version=version,
            passage=passage,
            body=f"Stimme {self.texts}",
            start=None if whole else 0,
            end=None if whole else end,
            idempotency_key=uuid.uuid4().hex,
            base_url=BASE,
            **author,
        )
        assert made is None or not is_guest or made.state == State.UNCONFIRMED

    @rule(number=st.integers(0, 9))
    def reply(self, number) -> None:
        """Reply to anything; only what is public takes an answer."""
        parent = self._any(number)
        if parent is None:
            return
        self.texts += 1
        made = self._try(
            submit_reply,
            parent=parent,
            body=f"Antwort {self.texts}",
            user=self.people["citizen"],
            idempotency_key=uuid.uuid4().hex,
            base_url=BASE,
        )
        assert made is None or parent.state == State.PUBLIC

    @rule(number=st.integers(0, 9))
    def confirm(self, number) -> None:
        """Open the link of a mail, perhaps for the second time."""
        mails = list(OutboxMail.objects.filter(kind="confirm").order_by("pk"))
        if mails:
            sent = mails[number % len(mails)]
            token = sent.text.split("/confirm/")[1].split("/")[0]
            if made := self._try(confirming.confirm_annotation, token=token):
                assert made.pk not in self.confirmed
                self.confirmed.add(made.pk)

    @rule(number=st.integers(0, 9), state=st.sampled_from(["hidden", "spam", "illegal"]))
    def hide(self, number, state) -> None:
        """Hide anything."""
        if found := self._any(number):
            actor = self.people["moderator"]
            self._try(moderating.hide_annotation, annotation=found, actor=actor, ground="Weil",
                      state=state)  # fmt: skip

    @rule(number=st.integers(0, 9), verb=st.sampled_from(["show", "release"]), fits=st.booleans())
    def let_be_seen(self, number, verb, fits) -> None:
        """Show or release what waits for it, or anything, also what nobody has confirmed."""
        states = [State.PENDING] if verb == "release" else [State.HIDDEN, State.SPAM]
        if found := self._any(number, **({"state__in": states} if fits else {})):
            act = getattr(moderating, f"{verb}_annotation")
            self._try(act, annotation=found, actor=self.people["moderator"])

    @rule(number=st.integers(0, 9))
    def withdraw(self, number) -> None:
        """Take one's own words back."""
        if found := self._any(number):
            self._try(
                moderating.withdraw_annotation, annotation=found, actor=self.people["citizen"]
            )

    @rule(
        number=st.integers(0, 9),
        outcome=st.sampled_from(["adopted", "not_adopted", "noted"]),
        reason=st.sampled_from(["", "Weil es so ist."]),
        fits=st.booleans(),
    )
    def dispose(self, number, outcome, reason, fits) -> None:
        """Answer what waits for it, or anything."""
        waiting = {"state": State.PUBLIC, "reply_to": None, "disposition": None}
        if found := self._any(number, **(waiting if fits else {})):
            self._dispose([found], outcome, reason)

    def _dispose(self, annotations, outcome, reason) -> None:
        actor = self.people["editor"]
        self._try(
            disposing.dispose_annotations,
            annotations=annotations,
            outcome=outcome,
            reason=reason,
            actor=actor,
        )

    @rule()
    def answer_everything(self) -> None:
        """Release what waits, answer all that is open, and give what stays open its reason."""
        for row in Annotation.objects.filter(state=State.PENDING):
            moderator = self.people["moderator"]
            self._try(moderating.release_annotation, annotation=row, actor=moderator)
        if rows := list(Annotation.objects.filter(disposition=None).undisposed()):
            self._dispose(rows, "noted", "")
        self.explain_changes()
        self._try(waive_all, version=self._newest(), actor=self.people["senate"])

    @rule()
    def explain_changes(self) -> None:
        """Give every change a reason."""
        if changes := list(self._newest().changes.all()):
            self._try(explain_changes, changes=changes, reason="Stil", actor=self.people["editor"])

    @precondition(lambda self: self.texts)
    @rule(old=st.booleans())
    def hand_over(self, old) -> None:
        """Hand over; law 4: only when nothing is unanswered and everything has a reason."""
        version = Version.objects.filter(page=self.draft).order_by("number" if old else "-number")[
            0
        ]
        was_clean = not any(line.blocks for line in checklist(version))
        unanswered = Annotation.objects.of_text(self.draft).undisposed().exists()
        done = self._try(submit_version, version=version, actor=self.people["senate"])
        if done is not None:
            assert was_clean
            assert not unanswered
            assert not Annotation.objects.filter(state=State.PENDING).exists()

    @invariant()
    def what_was_published_never_changes(self) -> None:
        """Law 1."""
        for version in Version.objects.all():
            texts = tuple(version.passages.in_order().values_list("uid", "text", "html"))
            seen = (version.content_hash, version.previous_hash, version.title, texts)
            assert self.hashes.setdefault(version.pk, seen) == seen

    @invariant()
    def an_annotation_keeps_its_words_and_its_place(self) -> None:
        """Law 2."""
        fields = ("version_id", "passage_id", "locale_id", "start", "end", "exact", "comment")
        for pk, *values in Annotation.objects.values_list("pk", *fields):
            assert self.fates.setdefault(pk, tuple(values)) == tuple(values)
        assert set(self.fates) == set(Annotation.objects.values_list("pk", flat=True))

    @invariant()
    def a_place_quotes_what_it_says(self) -> None:
        """Law 2: nothing stands silently on other words."""
        for placed in Placement.objects.select_related("annotation", "passage"):
            if placed.state in {"intact", "moved"} and placed.start is not None:
                words = placed.passage.text[placed.start : placed.end]
                assert words == placed.annotation.exact

    @invariant()
    def nothing_unconfirmed_is_public(self) -> None:
        """Law 6."""
        guests = Annotation.objects.filter(user=None)
        for row in guests.exclude(state=State.UNCONFIRMED):
            assert row.pk in self.confirmed
            assert row.confirmed_at is not None
        assert not guests.filter(state=State.UNCONFIRMED, confirmed_at__isnull=False).exists()
        assert not Annotation.objects.filter(is_public=True).exclude(state=State.PUBLIC).exists()
        assert not Annotation.objects.filter(state=State.PUBLIC, is_public=False).exists()

    def teardown(self) -> None:
        """Let the whole be checked, and look with a stranger's eyes."""
        if not hasattr(self, "draft"):
            return
        assert verify_versions() == []
        assert check_integrity() == []
        page = Page.objects.get(pk=self.draft.pk)
        shown = Client().get(page.get_url()).content.decode()
        for row in Annotation.objects.exclude(state=State.PUBLIC):
            assert f">{row.comment}<" not in shown
        assert Submission.objects.count() <= Version.objects.count()


def _counts() -> tuple[int, ...]:
    return tuple(
        model.objects.count() for model in (Annotation, OutboxMail, Submission, Version, Placement)
    )


@pytest.fixture
def _languages(root):
    Locale.objects.get_or_create(language_code="de")


def test_the_laws_hold_whatever_people_do(_languages):  # noqa: PT019 -- used for what it does
    from hypothesis.stateful import run_state_machine_as_test

    class Undone(Process):
        """Each example in a transaction of its own, which is rolled back."""

        def __init__(self) -> None:
            super().__init__()
            self.savepoint = transaction.savepoint()

        def teardown(self) -> None:
            try:
                super().teardown()
            finally:
                transaction.savepoint_rollback(self.savepoint)

    run_state_machine_as_test(
        Undone,
        settings=settings(
            max_examples=10,
            stateful_step_count=20,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_every_step_of_the_machine_does_what_it_is_named_for(_languages):  # noqa: PT019 -- see above
    DONE.clear()
    process = Process()
    process.begin(before=True)
    for step in (
        lambda: process.annotate(number=0, is_guest=True, whole=False, old=False),
        lambda: process.confirm(number=0),
        lambda: process.let_be_seen(number=0, verb="release", fits=True),
        lambda: process.reply(number=0),
        lambda: process.hide(number=0, state="spam"),
        lambda: process.let_be_seen(number=0, verb="show", fits=True),
        lambda: process.dispose(number=0, outcome="not_adopted", reason="Nein.", fits=True),
        lambda: process.annotate(number=1, is_guest=False, whole=True, old=False),
        lambda: process.withdraw(number=2),
        lambda: process.publish_another_text(html=["<p>Busse fahren nie</p>"]),
        process.answer_everything,
        lambda: process.hand_over(old=False),
    ):
        step()
        process.what_was_published_never_changes()
        process.an_annotation_keeps_its_words_and_its_place()
        process.a_place_quotes_what_it_says()
        process.nothing_unconfirmed_is_public()
    assert {name: DONE[name] for name in DONE} == {
        "submit_annotation": 2,
        "confirm_annotation": 1,
        "release_annotation": 2,
        "submit_reply": 1,
        "hide_annotation": 1,
        "show_annotation": 1,
        "dispose_annotations": 1,
        "withdraw_annotation": 1,
        "explain_changes": 1,
        "waive_all": 1,
        "submit_version": 1,
    }
    process.teardown()
