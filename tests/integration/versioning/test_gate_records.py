"""Acts before the submission are kept on record, and the package tells what counted in the end."""

import json

import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.models import PageLogEntry

from tests.factories import make_user, publish
from tests.factories.gate import REASON, hand_over
from tests.factories.signing import make_department, member_of, set_route, sign
from tests.factories.ways import HTML, make_text
from tests.packages import rebuilt, unpacked
from versioning import doors
from versioning.core import packages
from versioning.core.canonical import read_canonical
from versioning.core.records import details_hash
from versioning.doors import GateLine
from versioning.models import GateRecord, Waiver
from versioning.services import packaging
from versioning.services.changes import explain_changes
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

    submission = submit_version(version=version, actor=senate)

    record = GateRecord.objects.filter(action="synopse.take_back_waiver").last()
    assert record.data["because"] == "done"
    assert not Waiver.objects.filter(version=version, taken_back_at=None).exists()
    assert (
        packaging.unpacked(submission.package_records.get(key=packaging.OWN))["gate"]["waived"]
        == []
    )


def second_round(version, department, senate):
    """Hand version 2 over after the first one was returned; no department signs it."""
    first = returned(submit_version(version=version, actor=senate), senate)
    second = publish(version.page, html=HTML.format(2))
    explain_changes(changes=list(second.changes.all()), reason="Kürzer", actor=make_user("editor"))
    sign(second, department, member_of(department), verdict="refused", remarks="Immer noch.")
    return first, hand_over(version=second, actor=senate)


@pytest.mark.usefixtures("quick")
def test_the_package_tells_what_stayed_open_who_signed_and_the_way_so_far(
    department, version, senate
):
    first, second = second_round(version, department, senate)
    content = rebuilt(second)
    files = unpacked(content)
    said = read_canonical(files["gate.json"])
    today = timezone.localdate().isoformat()

    assert (said["format"], said["format_version"]) == ("synopse-gate", 1)
    assert [one["line"] for one in said["waived"]] == ["signatures", LINE]
    assert said["waived"][1] == {
        "line": LINE,
        "text": "Ein Link ist tot.",
        "reason": REASON,
        "day": today,
    }
    assert said["signatures"] == [
        {
            "department": "Verkehr",
            "verdict": "refused",
            "day": today,
            "content_hash": second.content_hash,
        }
    ]
    assert said["path"] == [
        {
            "submission": first.pk,
            "version": 1,
            "content_hash": first.content_hash,
            "round": 1,
            "day": today,
            "decisions": [
                {
                    "body": "Senat",
                    "outcome": "returned",
                    "day": today,
                    "reference": "S-1/2026",
                    "words": "Bitte kürzer.",
                }
            ],
        }
    ]
    record = second.records.get(action="synopse.submit")
    assert said["records"] == {
        "page": version.page_id,
        "number": record.number,
        "hash": record.hash,
    }
    page, readme = files["gate.html"].decode(), files["LIESMICH.txt"].decode()
    for words in ("Ein Link ist tot.", REASON, "Verkehr", "S-1/2026", "Bitte kürzer."):
        assert words in page
    assert record.hash in page
    assert record.hash in readme
    for name in ("gate.json", "gate.html"):
        for internal in (b"Musterfrau", b"Immer noch", b"kostet"):
            assert internal not in files[name]
    assert packages.check(content).problems == []


@pytest.mark.usefixtures("quick")
def test_what_happens_later_changes_no_byte_and_an_altered_one_is_named(
    department, version, senate
):
    submission = hand_over(version=version, actor=senate)
    before = rebuilt(submission)
    returned(submission, senate)

    assert rebuilt(submission) == before
    for words in (b"Ein Link ist tot.", b'"verdict":"remarks"'):
        altered = bytearray(before)
        altered[before.rindex(words)] ^= 1
        assert [one.file for one in packages.check(bytes(altered)).problems] == ["gate.json"]
    files = unpacked(before)
    assert "erste Vorlage" in files["gate.html"].decode()
    assert read_canonical(files["gate.json"])["path"] == []


@pytest.mark.usefixtures("quick")
def test_a_submission_from_before_records_has_no_end_of_the_chain(version, senate):
    submission = submit_version(version=version, actor=senate)
    submission.package_records.all().delete()
    submission.packages.all().delete()
    GateRecord._base_manager.all()._raw_delete("default")

    packaging.ensure_recorded(submission)

    files = unpacked(rebuilt(submission))
    assert read_canonical(files["gate.json"])["records"] is None
    assert "Protokoll" not in files["gate.html"].decode()
