"""Whoever looks after a body is reminded before the planned day, and once when it has passed."""

from copy import deepcopy
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from wagtail.users.models import UserProfile

from annotations.models import News, OutboxMail
from annotations.services import preferences, route_mails
from annotations.services.telling import tell
from tests.factories import make_draft, make_user, publish
from versioning import doors
from versioning.doors import GateLine, RouteBody
from versioning.services.decisions import plan_steps, record_decision
from versioning.services.gate import submit_version

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("root")]

ROUTE = [RouteBody("Rat", "heard", remind_days=7), RouteBody("Senat", "resolves", remind_days=0)]


@pytest.fixture(autouse=True)
def _only_our_doors(monkeypatch):
    answered = [GateLine("annotations", "Alles beantwortet.", done=True)]
    monkeypatch.setattr(doors, "_gate_checks", [lambda version: answered])
    monkeypatch.setattr(doors, "_route_sources", [lambda page: ROUTE])


@pytest.fixture(scope="module")
def shared_version(shared_root):
    return publish(make_draft(html="<p>Die Stadt gehört allen.</p>"))


@pytest.fixture
def senate():
    return looker_after("senat@example.org")


@pytest.fixture
def submission(shared_version, senate):
    then = timezone.now() - timedelta(days=30)
    return submit_version(version=deepcopy(shared_version), actor=senate, now=then)


def looker_after(email):
    user = make_user("senate", email=email)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def plan(submission, days, person, *, position=1):
    """Plan a body so many days from today."""
    step = submission.steps.get(position=position)
    plan_steps(
        submission=submission,
        planned={step.pk: timezone.localdate() + timedelta(days=days)},
        responsible={step.pk: person},
        actor=person,
    )
    return step


def remind(rounds=1):
    """Let the clock tick, and the tasks run."""
    for _round in range(rounds):
        route_mails.note_planned_decisions()
        for fact in News.objects.filter(told_at=None).values_list("fact", flat=True):
            tell(fact=fact)
    rows = OutboxMail.objects.filter(kind="staff_decisions").order_by("pk")
    return list(rows.values_list("to", "subject"))


def test_the_person_is_reminded_once_so_many_days_before(submission, senate):
    plan(submission, 8, senate)
    assert remind() == []
    step = plan(submission, 7, senate)

    ((to, subject),) = remind(rounds=3)

    assert to == senate.email
    assert subject.startswith("Rat entscheidet voraussichtlich am")
    address = reverse("synopse_versions:submission", args=[submission.pk])
    assert address in mail.outbox[-1].body
    (html, _kind), *_rest = mail.outbox[-1].alternatives
    assert address in html
    assert submission.version.title in mail.outbox[-1].body
    assert step.body in html


def test_when_the_day_has_passed_without_a_record_there_is_one_more_mail(submission, senate):
    plan(submission, -1, senate)

    ((_to, subject),) = remind(rounds=3)

    assert subject.startswith("Noch nicht eingetragen: die Entscheidung von Rat")


def test_a_recorded_decision_needs_no_reminder(submission, senate):
    step = plan(submission, -1, senate)
    record_decision(step=step, outcome="agreed", decided_on=timezone.localdate(), actor=senate)

    assert remind() == []


def test_what_was_noted_and_decided_meanwhile_is_not_told(submission, senate):
    step = plan(submission, 3, senate)
    route_mails.note_planned_decisions()
    (fact,) = News.objects.values_list("fact", flat=True)
    OutboxMail.objects.all().delete()
    News.objects.update(told_at=None)
    record_decision(step=step, outcome="agreed", decided_on=timezone.localdate(), actor=senate)

    tell(fact=fact)

    assert remind() == []
    assert not News.objects.filter(fact=fact).exists()


def test_another_day_is_reminded_of_anew(submission, senate):
    plan(submission, 2, senate)
    assert len(remind(rounds=2)) == 1
    plan(submission, 5, senate)

    assert len(remind(rounds=2)) == 2


def test_another_person_is_reminded_too(submission, senate):
    plan(submission, 2, senate)
    remind()
    other = looker_after("anders@example.org")
    plan(submission, 2, other)

    assert [to for to, _subject in remind()] == [senate.email, other.email]


def test_after_a_return_nobody_is_reminded_of_the_bodies_that_are_left(submission, senate):
    first = submission.steps.get(position=1)
    plan(submission, 0, senate, position=2)
    record_decision(
        step=first, outcome="returned", decided_on=timezone.localdate(), actor=senate, note="Kürzer"
    )

    assert remind() == []


def test_whoever_has_switched_the_reminders_off_gets_none(submission, senate):
    mine = preferences.preference_of(senate)
    mine.switched_off = ["staff_decisions"]
    mine.save()
    plan(submission, 1, senate)

    assert remind() == []


def test_the_mail_speaks_the_language_of_the_person(submission, senate):
    UserProfile.objects.update_or_create(user=senate, defaults={"preferred_language": "en"})
    plan(submission, 1, senate)

    ((_to, subject),) = remind()

    assert subject.startswith("Rat is going to decide on")


def test_the_clock_asks_as_much_for_many_bodies(submission, senate, django_assert_num_queries):
    for position in (1, 2):
        plan(submission, 0, senate, position=position)
    assert len(remind()) == 2
    with django_assert_num_queries(2):
        assert route_mails.note_planned_decisions() == 0
