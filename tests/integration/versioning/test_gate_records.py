"""Acts before the submission are kept on record, and the package tells what counted in the end."""

import json

import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.models import PageLogEntry

from tests.factories import make_user, publish
from tests.factories.gate import REASON
from tests.factories.signing import make_department, member_of, set_route, sign
from tests.factories.ways import HTML, make_text
from versioning import doors
from versioning.core.records import details_hash
from versioning.doors import GateLine
from versioning.models import GateRecord, Waiver
from versioning.services.decisions import record_decision
from versioning.services.gate import submit_version
from versioning.services.integrity import check_integrity
from versioning.services.signing import ask_for_signatures
from versioning.services.waiving import take_back_waiver, waive_line

pytestmark = pytest.mark.django_db

LINE = "lines"
BEFORE = ["synopse.ask_signatures", "synopse.waive", "synopse.take_back_waiver", "synopse.waive"]
BEFORE += ["synopse.sign", "synopse.sign"]


@pytest.fixture
def department(monkeypatch, root):
    """Let one department sign, and one line stay open."""
    lines = [
        GateLine("annotations", "Alle Anmerkungen sind beantwortet.", done=True),
        GateLine(LINE, "Ein Link ist tot.", done=False, waivable=True, facts=frozenset({"a"})),
    ]
    monkeypatch.setattr(doors, "_gate_checks", [lambda version: lines])
    monkeypatch.setattr(doors, "_reason_sources", [])
    department = make_department("Verkehr")
    set_route(monkeypatch, [department])
    return department


@pytest.fixture
def senate():
    return make_user("senate", first_name="Erika", last_name="Musterfrau")


@pytest.fixture
def version(department, senate):
    """Return a version for which a department changed its mind and the office its reason."""
    version = make_text().newest_version
    lena = member_of(department, first_name="Lena", last_name="Musterfrau")
    ask_for_signatures(version=version, actor=senate)
    waive_line(version=version, key=LINE, reason="Vertippt.", actor=senate)
    take_back_waiver(version=version, key=LINE, actor=senate)
    waive_line(version=version, key=LINE, reason=REASON, actor=senate)
    sign(version, department, lena, verdict="refused", remarks="Das kostet zu viel.")
    sign(version, department, lena, verdict="remarks", remarks="Bitte Kosten nennen.")
    return version


def returned(submission, senate):
    record_decision(
        step=submission.steps.get(),
        outcome="returned",
        decided_on=timezone.localdate(),
        reference="S-1/2026",
        note="Bitte kürzer.",
        actor=senate,
    )
    return submission


def public_records(client, submission):
    address = reverse("versioning:records", args=[submission.pk])
    text = b"".join(client.get(address).streaming_content).decode()
    return text, json.loads(text)["records"]


def test_acts_before_the_submission_are_kept_with_person_and_hash(version, senate):
    records = list(GateRecord.objects.filter(page=version.page_id))

    assert [record.action for record in records] == BEFORE
    assert [record.number for record in records] == [1, 2, 3, 4, 5, 6]
    assert {record.version_id for record in records} == {version.pk}
    assert records[0].person == senate
    assert records[0].data["departments"] == ["Verkehr"]
    assert (records[3].data["line"], records[3].data["reason"]) == (LINE, REASON)
    assert records[2].data["because"] == "asked"
    assert records[5].data["verdict"] == "remarks"
    assert records[5].role == "Gruppe Verkehr"
    for record in records:
        entry = PageLogEntry.objects.get(page=version.page_id, data__record=record.number)
        assert (entry.action, entry.data["record_hash"]) == (record.action, record.hash)
        assert entry.message
    assert check_integrity() == []


def test_the_public_learns_what_counted_at_the_submission_and_nothing_of_the_rest(
    version, senate, client
):
    submission = submit_version(version=version, actor=senate)
    text, records = public_records(client, submission)

    assert [record["action"] for record in records] == [*BEFORE, "synopse.submit"]
    told = {record["number"]: record["data"] for record in records if "data" in record}
    assert sorted(told) == [4, 6, 7]
    assert told[4]["reason"] == REASON
    assert (told[6]["department"], told[6]["verdict"]) == ("Verkehr", "remarks")
    for record in records:
        assert "data" not in record or record["details"] == details_hash(record["data"])
    for internal in ("Musterfrau", "Kosten", "kostet", "Vertippt", "refused"):
        assert internal not in text


def test_the_public_learns_nothing_of_a_version_that_was_not_handed_over(
    department, version, senate, client
):
    """Of few possible words the hash would say which they are: a salt keeps them from it."""
    first = returned(submit_version(version=version, actor=senate), senate)
    second = publish(version.page, html=HTML.format(2))
    sign(second, department, member_of(department), verdict="refused", remarks="Nein.")
    _text, records = public_records(client, first)

    assert records[-1]["action"] == "synopse.sign"
    assert "data" not in records[-1]
    kept = GateRecord.objects.get(page=version.page_id, number=records[-1]["number"])
    guessed = {name: value for name, value in kept.data.items() if name != "salt"}
    assert details_hash(guessed) != records[-1]["details"]
    assert details_hash(kept.data) == records[-1]["details"]


def test_the_file_of_the_admin_tells_all_but_remarks(version, client):
    client.force_login(make_user("reviewer"))
    address = reverse("synopse_versions:records", args=[version.page_id])
    text = b"".join(client.get(address).streaming_content).decode()
    found = json.loads(text)

    assert [record["data"].get("verdict") for record in found["records"]][-2:] == [
        "refused",
        "remarks",
    ]
    assert found["records"][-1]["person"] == "Lena Musterfrau"
    assert set(BEFORE) <= {entry["action"] for entry in found["log"]}
    assert "Kosten" not in text


def test_a_waiver_that_is_needless_at_the_end_is_taken_back_on_record(version, senate, monkeypatch):
    answered = [GateLine(key, "Gut.", done=True) for key in ("annotations", LINE)]
    monkeypatch.setattr(doors, "_gate_checks", [lambda version: answered])

    submit_version(version=version, actor=senate)

    record = GateRecord.objects.filter(action="synopse.take_back_waiver").last()
    assert record.data["because"] == "done"
    assert not Waiver.objects.filter(version=version, taken_back_at=None).exists()
