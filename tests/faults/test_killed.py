"""kill -9 in the middle of an act: all of it or nothing, nothing lost, nothing twice."""

from __future__ import annotations

import uuid

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.utils import timezone
from wagtail.models import Page, PageLogEntry

from annotations.models import Annotation, Disposition, DispositionEvent, OutboxMail, Placement
from annotations.services import outbox
from annotations.services.disposing import dispose_annotations
from tests.factories import make_draft, make_user, publish
from tests.factories.annotations import annotate, open_version, passage
from tests.factories.gate import hand_over, waive_all
from tests.faults import children, mailing
from versioning.models import GateRecord, GateStep, Submission, SubmissionPackage, Version
from versioning.services.decisions import record_decision
from versioning.services.gate import submit_version
from versioning.services.integrity import check_integrity, verify_versions

pytestmark = pytest.mark.usefixtures("city")

RECORDED = {"annotations", "versioning"}
"""Who records what a submission package is made from."""


class Killing:
    """Rounds in which an act is killed, tried again as a person would, and looked at.

    ``begin`` makes what a round acts on, ``act`` is what dies, ``done`` tells whether it is
    committed, whole, and fails where it is there in part.
    """

    def __init__(self, begin, act, done) -> None:
        self.begin, self.act, self.done = begin, act, done
        self.killed = self.committed = 0

    def run(self, rounds, chance) -> dict[str, int]:
        first = self.begin()
        measure = children.measured(lambda tell: self.act(first))
        assert self.done(first)
        for moment in children.moments(measure, chance, rounds):
            self._one(moment)
        assert check_integrity() == []
        assert verify_versions() == []
        return {"rounds": rounds, "killed underway": self.killed, "committed": self.committed}

    def _one(self, moment) -> None:
        thing = self.begin()

        def act(tell) -> None:
            self.act(thing)
            tell("acknowledged")

        ended = children.run(act, moment)
        done = self.done(thing)
        self.killed += ended.killed
        self.committed += done
        if "acknowledged" in ended.said:
            assert done, f"acknowledged and lost, killed at {moment}"
        if not done:
            self.act(thing)
            assert self.done(thing), f"cannot be done any more, killed at {moment}"
        assert check_integrity() == [], moment


def with_address(user):
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def test_disposing(rounds, chance, counts):
    version = open_version()
    type(version.page.specific).objects.update(dispositions_public="at_once")
    editor, author = make_user("editor"), with_address(make_user())

    def done(annotation) -> bool:
        answers = list(Disposition.objects.filter(annotations=annotation))
        events = DispositionEvent.objects.filter(disposition__in=answers).count()
        mails = OutboxMail.objects.filter(kind="disposition", annotation=annotation).count()
        assert len(answers) == events == mails <= 1
        return bool(answers)

    killing = Killing(
        begin=lambda: annotate(version, user=author, body=f"Anmerkung {uuid.uuid4()}"),
        act=lambda annotation: dispose_annotations(
            annotations=[annotation], outcome="noted", reason="Danke.", actor=editor
        ),
        done=done,
    )
    counts("disposing", **killing.run(rounds(3), chance))

    assert Disposition.objects.count() == Annotation.objects.count()
    call_command("run_jobs", "--once", verbosity=0)
    assert mailing.sent() == {author.email: Annotation.objects.count()}


def test_sending_mails(rounds, chance, counts):
    """A mail that was handed over and not yet ticked off goes out again: never lost, rarely twice.

    No sender can do better: whoever dies between the two cannot know what the other side has.
    """
    number, names = 4, iter(range(10_000))

    def begin() -> list[str]:
        to = [f"p{next(names)}@example.org" for _ in range(number)]
        for address in to:
            outbox.queue_mail(kind="reply", to=address, subject="Ja", text="Ja", language="de")
        return to

    begin()
    measure = children.measured(lambda tell: outbox.send_due())
    twice = killed = 0
    for moment in children.moments(measure, chance, rounds(3)):
        to = begin()
        killed += children.run(lambda tell: outbox.send_due(), moment).killed
        outbox.send_due()
        outbox.send_due(now=timezone.now() + outbox.LEASE)
        got = [mailing.sent()[address] for address in to]
        assert min(got) == 1
        assert sum(got) <= number + 1
        twice += sum(got) - number
    assert not OutboxMail.objects.filter(sent_at=None).exists()
    counts("sending mails", rounds=rounds(3), killed=killed, mails=sum(mailing.sent().values()))
    counts("sending mails", **{"went out again": twice, "lost": 0})


def test_publishing_a_version(rounds, chance, counts):
    version = open_version("<p>Die Stadt gehört allen.</p>")
    page, annotation = version.page, annotate(version, "Stadt")
    editor = make_user("editor")

    def begin() -> int:
        return page.synopse_versions.count() + 1

    def act(number) -> None:
        publish(page, html=f"<p>Die Stadt gehört {number} Leuten.</p>", user=editor)

    def done(number) -> bool:
        numbers = list(Version.objects.of_page(page).order_by("number").values_list("number"))
        assert numbers == [(each,) for each in range(1, len(numbers) + 1)]
        stored = Page.objects.get(pk=page.pk).specific
        newest = stored.newest_version
        assert newest.revision_id == stored.live_revision_id
        assert passage(newest).text in str(stored.body)
        assert PageLogEntry.objects.filter(page=page, action="wagtail.publish").count() <= number
        return newest.number == number

    killing = Killing(begin, act, done)
    counts("publishing a version", **killing.run(rounds(3), chance))

    call_command("run_jobs", "--once", verbosity=0)
    newest = Version.objects.of_page(page).latest("number")
    assert Placement.objects.filter(annotation=annotation, version=newest).count() == 1


def test_handing_a_version_over(rounds, chance, counts, settings):
    office = make_user("senate")
    draft = make_draft()
    process = draft.get_parent().specific

    def begin() -> Version:
        version = publish(make_draft(process=process, html=f"<p>Entwurf {uuid.uuid4()}.</p>"))
        waive_all(version, office)
        return version

    def act(version) -> None:
        submit_version(version=version, actor=office, note="Bitte.")

    def done(version) -> bool:
        submissions = list(Submission.objects.filter(version=version))
        steps = GateStep.objects.filter(submission__in=submissions).count()
        entries = PageLogEntry.objects.filter(page=version.page_id, action="synopse.submit")
        assert steps == len(submissions) * len(settings.SYNOPSE_GATE_BODIES)
        packages = SubmissionPackage.objects.filter(submission__in=submissions)
        assert packages.count() == len(submissions)
        for package in packages:
            assert {*package.submission.package_records.values_list("key", flat=True)} == RECORDED
        records = GateRecord.objects.filter(page=version.page_id, action="synopse.submit")
        assert entries.count() == records.count() == len(submissions) <= 1
        if submissions:
            with pytest.raises(ValidationError):
                act(version)
        return bool(submissions)

    killing = Killing(begin, act, done)
    counts("handing a version over", **killing.run(rounds(3), chance))


def test_recording_a_decision(rounds, chance, counts):
    """The decision, its place in the log and in the chain of records: all of it or nothing."""
    office = make_user("senate")
    draft = make_draft()
    process = draft.get_parent().specific

    def begin() -> GateStep:
        version = publish(make_draft(process=process, html=f"<p>Entwurf {uuid.uuid4()}.</p>"))
        return hand_over(version=version, actor=office).steps.order_by("position").first()

    def act(step) -> None:
        record_decision(
            step=step, outcome="agreed", decided_on=timezone.localdate(), actor=office, note="Gut."
        )

    def done(step) -> bool:
        stored = GateStep.objects.get(pk=step.pk)
        records = GateRecord.objects.filter(submission=step.submission, action="synopse.decide")
        page = step.submission.version.page_id
        entries = PageLogEntry.objects.filter(page=page, action="synopse.decide")
        assert bool(stored.outcome) == bool(stored.recorded_at) == bool(stored.note)
        assert records.count() == entries.count() == int(bool(stored.outcome))
        if stored.outcome:
            with pytest.raises(ValidationError):
                act(step)
        return bool(stored.outcome)

    killing = Killing(begin, act, done)
    counts("recording a decision", **killing.run(rounds(3), chance))
