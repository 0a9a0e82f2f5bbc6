"""Every act of the gate is kept: in Wagtail's log, and in a chain that nobody can edit."""

import json
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.admin import site as django_admin
from django.db import connection
from django.urls import get_resolver, reverse
from django.utils import timezone
from wagtail.models import PageLogEntry

import versioning
from tests.factories import make_user
from tests.factories.ways import HTML, decide, hand_over, make_text, resolve, use_route
from versioning.core.records import details_hash, record_hash
from versioning.frozen import FrozenError
from versioning.models import GateRecord, GateStep
from versioning.services.decisions import plan_steps
from versioning.services.integrity import check_integrity, verify_versions

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _route(monkeypatch, root):
    use_route(monkeypatch)


@pytest.fixture
def senate():
    return make_user("senate", first_name="Erika", last_name="Musterfrau")


@pytest.fixture
def submission(senate):
    """Return the second submission of a text, after a round that was returned."""
    draft = make_text()
    first = hand_over(draft, senate, HTML.format(2))
    plan_steps(
        submission=first,
        planned={first.steps.get(position=2).pk: timezone.localdate()},
        actor=senate,
    )
    decide(first, "agreed", "returned", actor=senate)
    second = hand_over(draft, senate, HTML.format(3))
    return resolve(second, senate)


def actions(page):
    return list(GateRecord.objects.filter(page=page).values_list("action", flat=True))


def test_each_act_is_in_the_log_and_in_the_chain_with_person_time_and_hash(submission, senate):
    page = submission.version.page_id

    assert actions(page) == [
        "synopse.explain",
        "synopse.submit",
        "synopse.plan",
        "synopse.decide",
        "synopse.decide",
        "synopse.explain",
        "synopse.submit",
        *["synopse.decide"] * 3,
    ]
    entries = PageLogEntry.objects.filter(page=page, action__in=set(actions(page)))
    for record in GateRecord.objects.filter(page=page):
        entry = entries.get(data__record=record.number)
        assert entry.data["record_hash"] == record.hash
        assert (entry.action, entry.user_id) == (record.action, record.person_id)
    assert GateRecord.objects.filter(action="synopse.submit").last().person == senate
    assert check_integrity() == []


def test_a_stranger_follows_the_chain_in_the_public_file_which_names_nobody(submission, client):
    url = reverse("versioning:records", args=[submission.pk])
    text = b"".join(client.get(url).streaming_content).decode()
    found = json.loads(text)

    previous = ""
    for number, record in enumerate(found["records"], start=1):
        assert record["details"] == details_hash(record["data"])
        assert record["hash"] == record_hash(
            page=found["page"],
            number=number,
            action=record["action"],
            at=record["at"],
            role=record["role"],
            details=record["details"],
            previous=previous,
        )
        previous = record["hash"]
    assert "person" not in found["records"][0]
    assert "Musterfrau" not in text


def test_the_file_of_the_admin_names_persons_and_holds_the_log(submission, client):
    client.force_login(make_user("reviewer"))
    url = reverse("synopse_versions:records", args=[submission.version.page_id])
    found = json.loads(b"".join(client.get(url).streaming_content))

    assert found["records"][-1]["person"] == "Erika Musterfrau"
    assert {"synopse.freeze", "synopse.submit"} <= {entry["action"] for entry in found["log"]}


def test_a_person_who_is_erased_leaves_and_the_chain_stays(submission, senate):
    senate.delete()

    assert not GateRecord.objects.exclude(person=None).filter(action="synopse.submit").exists()
    assert check_integrity() == []


def test_no_record_can_be_changed_or_deleted(submission):
    record = GateRecord.objects.first()
    record.data = {}
    with pytest.raises(FrozenError):
        record.save()
    with pytest.raises(FrozenError):
        record.delete()
    with pytest.raises(FrozenError):
        GateRecord.objects.update(action="synopse.plan")
    with pytest.raises(FrozenError):
        GateRecord.objects.all().delete()


def test_no_address_changes_records_or_the_log():
    """Neither Django's admin nor a view of Wagtail edits them; reports only read."""
    models = {GateRecord, *(m for m in apps.get_models() if m.__name__.endswith("LogEntry"))}
    assert not models & set(django_admin._registry)
    pattern = re.compile(r"(log.?entr|gaterecord|record).*(edit|change|delete|update|add)", re.I)
    assert not [name for name in _names(get_resolver()) if pattern.search(name)]
    content = {f"{m._meta.app_label}.{m._meta.model_name}" for m in models}
    assert not {name for name in content if name in _snippets()}


def _names(resolver, prefix=""):
    for pattern in resolver.url_patterns:
        if hasattr(pattern, "url_patterns"):
            space = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from _names(pattern, f"{prefix}{space}")
        elif pattern.name:
            yield f"{prefix}{pattern.name}"


def _snippets():
    from wagtail.snippets.models import get_snippet_models

    return {f"{m._meta.app_label}.{m._meta.model_name}" for m in get_snippet_models()}


def test_acts_of_the_gate_are_kept_by_the_one_function_for_it():
    """Freezing has the chain of versions, and a text beside the draft is no act about a version."""
    allowed = {"records.py", "freezing.py", "keeping.py"}
    services = Path(versioning.__file__).parent / "services"
    for module in services.glob("*.py"):
        assert module.name in allowed or not re.search(r"\blog\(", module.read_text()), module.name


@pytest.mark.parametrize(
    ("column", "value"),
    [("data", '{"x": 1}'), ("action", "synopse.plan"), ("role", "Andere"), ("hash", "0" * 64)],
)
def test_a_record_that_was_altered_in_the_database_is_found(submission, column, value):
    with connection.cursor() as cursor:
        cursor.execute(  # the names are those of this test
            f"UPDATE synopse_versioning_gaterecord SET {column} = %s WHERE number = 2", [value]
        )

    assert any("Protokolleintrag 2" in sentence for sentence in check_integrity())


def test_a_record_that_is_missing_is_found(submission):
    GateRecord._base_manager.filter(number=3)._raw_delete("default")

    assert any("Protokolleintrag 4" in sentence for sentence in check_integrity())


BREAKS = {
    "hash": "UPDATE synopse_versioning_submission SET content_hash = 'x'",
    "round": "UPDATE synopse_versioning_submission SET round = 3 WHERE previous_id IS NOT NULL",
    "first round": "UPDATE synopse_versioning_submission SET round = 2 WHERE previous_id IS NULL",
    "previous": "UPDATE synopse_versioning_submission SET previous_id = NULL",
    "order": "UPDATE synopse_versioning_gatestep SET position = position + 5 WHERE position = 3",
    "too early": "UPDATE synopse_versioning_gatestep SET decided_on = '2001-01-01' "
    "WHERE position = 1",
    "undecided": "UPDATE synopse_versioning_gatestep SET outcome = '' WHERE position = 1",
    "another outcome": "UPDATE synopse_versioning_gatestep SET outcome = 'noted' "
    "WHERE position = 1",
    "another role": "UPDATE synopse_versioning_gatestep SET role = 'notes' WHERE position = 1",
    "other words": "UPDATE synopse_versioning_gatestep SET note = 'Ja.' WHERE position = 2",
    "out of turn": "UPDATE synopse_versioning_gatestep SET outcome = 'noted', "
    "decided_on = '2030-01-01' WHERE position = 4 AND submission_id = "
    "(SELECT MIN(id) FROM synopse_versioning_submission)",
    "after the end": "UPDATE synopse_versioning_gatestep SET outcome = 'agreed' "
    "WHERE outcome = 'returned'",
}


@pytest.mark.parametrize("what", BREAKS)
def test_whatever_is_out_of_order_about_submissions_is_found(submission, what):
    assert check_integrity() == []
    with connection.cursor() as cursor:
        cursor.execute(BREAKS[what])

    found = check_integrity()
    assert any("Vorlage" in sentence for sentence in found), found


def test_words_that_came_out_after_the_resolution_are_found(submission, monkeypatch):
    from tests.factories import publish

    monkeypatch.setattr("versioning.services.freezing.final_version", lambda page: None)
    publish(submission.version.page, html=HTML.format(9))

    assert verify_versions() == []
    assert any("nach dem Beschluss" in sentence for sentence in check_integrity())


def test_a_step_of_old_without_records_is_no_fault(submission):
    GateRecord._base_manager.all()._raw_delete("default")

    assert GateStep.objects.exclude(outcome="").exists()
    assert check_integrity() == []
