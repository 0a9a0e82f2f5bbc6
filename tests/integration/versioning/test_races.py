"""What happens at the same moment: on PostgreSQL, where several can write at once."""

import threading

import pytest
from django.core.cache import cache
from django.db import connection, connections
from django.test import Client
from django.utils import timezone
from wagtail import hooks

from tests.factories import make_draft, make_user, publish, site_root
from tests.factories.pdfs import pdf
from tests.factories.signing import make_department, member_of, set_route, sign
from tests.factories.ways import hand_over
from tests.page_editor import form, loaded, stored, url_of
from tests.testapp.models import CharterPage
from versioning import doors
from versioning.computing import withheld_in
from versioning.doors import GateLine, RouteBody
from versioning.exports.files import File
from versioning.models import (
    Export,
    Passage,
    Signature,
    StoredComparison,
    Submission,
    Version,
)
from versioning.outlines import fits
from versioning.services import exporting, storing
from versioning.services.decisions import record_decision
from versioning.services.exporting import build_export, request_export
from versioning.services.gate import submit_version
from versioning.services.integrity import check_integrity
from versioning.services.signing_state import signing_state
from versioning.services.storing import store_comparison, store_comparisons_of
from versioning.services.withholding import withhold_passage

pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.usefixtures("root"),
    pytest.mark.skipif(
        connection.vendor != "postgresql",
        reason="SQLite lets one write after the other; these races need PostgreSQL",
    ),
]

HTML = "<p>Die Stadt gehört allen.</p><p>Karla Muster wohnt hier.</p>"


def together(*acts):
    """Run several things at once, each on a connection of its own."""
    barrier, results = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place):
        try:
            barrier.wait(timeout=30)
            results[place] = acts[place]()
        except Exception as error:  # the test looks at it
            results[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


@pytest.fixture
def versions():
    draft = make_draft(html=HTML)
    made = [publish(draft, html=HTML + f"<p>Fassung {n}</p>" * n) for n in range(4)]
    StoredComparison.objects.all().delete()
    cache.clear()
    return made


def test_workers_that_store_the_same_comparison_keep_one(versions):
    first, second = versions[:2]

    results = together(*[lambda: store_comparison(old=first, new=second)] * 6)

    assert {getattr(result, "pk", result) for result in results} == {
        StoredComparison.objects.get().pk
    }
    assert check_integrity() == []


def test_workers_that_store_all_comparisons_at_once_do_not_block_each_other(versions):
    acts = [lambda version=version: store_comparisons_of(version=version) for version in versions]

    results = together(*acts, *acts)

    assert results == [0, 1, 2, 3] * 2
    assert StoredComparison.objects.count() == 6


def test_words_that_leave_while_a_comparison_is_stored_leave_no_lengths(versions, monkeypatch):
    first, second = versions[:2]
    passage = Passage.objects.get(version=first, text__contains="Karla")
    boss, computed, left = make_user("superuser"), threading.Event(), threading.Event()

    def slow(old, new):
        result = compute(old, new)
        if not computed.is_set():
            computed.set()
            left.wait(timeout=30)
        return result

    def withhold():
        computed.wait(timeout=30)
        try:
            return withhold_passage(passage=passage, ground="Name", actor=boss)
        finally:
            left.set()

    compute = storing.compute
    monkeypatch.setattr(storing, "compute", slow)
    results = together(lambda: store_comparison(old=first, new=second), withhold)

    assert not [result for result in results if isinstance(result, Exception)], results
    stored = StoredComparison.objects.get(old=first, new=second)
    assert fits(stored, first, second, withheld_in(first, second))
    assert withheld_in(first, second) == (1, 1)
    assert check_integrity() == []


def test_what_the_editor_saves_by_itself_does_not_take_back_what_is_being_published(root):
    page = site_root().add_child(
        instance=CharterPage(title="Charta", slug="charta", body="", live=False)
    )
    page.save_revision()
    clients, editor = [Client(), Client()], make_user("editor")
    for client in clients:
        client.force_login(editor)
    read, published = threading.Event(), threading.Event()
    sent = form(page, HTML, **loaded(page))

    def publish_it():
        with_button = {**sent, "action-publish": "action-publish"}
        try:
            return clients[0].post(url_of(page), with_button).status_code
        finally:
            published.set()

    def save_it():
        asked = {"accept": "application/json"}
        return clients[1].post(url_of(page), sent, headers=asked).status_code

    def read_before_the_other_writes(request, _page):
        if "action-publish" in request.POST:
            read.wait(timeout=2)  # until the other one has read the page, if it can
        elif not published.is_set():
            read.set()
            published.wait(timeout=4)  # until it is out, if that can be before

    with hooks.register_temporarily("before_edit_page", read_before_the_other_writes):
        results = together(publish_it, save_it)

    assert results[0] == 302
    assert stored(page).live
    assert Version.objects.filter(page=page.pk).count() == 1


def test_workers_that_make_the_same_file_keep_one(versions, monkeypatch):
    monkeypatch.setattr(exporting, "_enqueue", lambda keys: None)
    export = request_export(file=File("comparison", *versions[:2], "docx"))

    results = together(*[lambda: build_export(export=export.pk)] * 3)

    assert results == [True] * 3
    assert Export.objects.get(pk=export.pk).state == "done"


def test_of_two_people_who_record_a_decision_at_once_one_is_told_and_no_file_stays(
    root, monkeypatch, settings, tmp_path
):
    settings.MEDIA_ROOT = str(tmp_path)
    answered = [GateLine("annotations", "Alles beantwortet.", done=True)]
    monkeypatch.setattr(doors, "_gate_checks", [lambda version: answered])
    monkeypatch.setattr(doors, "_route_sources", [lambda page: [RouteBody("Senat", "resolves")]])
    people = [make_user("senate") for _number in range(2)]
    step = hand_over(make_draft(html=HTML), html=HTML, actor=people[0]).steps.get()
    day = timezone.localdate()

    results = together(
        *[
            lambda actor=actor, mark=str(place): record_decision(
                step=step, outcome="agreed", decided_on=day, actor=actor, reference=mark,
                documents=[pdf(f"{mark}.pdf", mark=mark)],
            )
            for place, actor in enumerate(people)
        ]
    )  # fmt: skip

    (refused,) = [result for result in results if isinstance(result, Exception)]
    assert refused.code == "meanwhile", refused
    step.refresh_from_db()
    assert step.recorded_by == people[int(step.reference)]
    assert [row.title for row in step.documents.all()] == [step.reference]
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1
    assert check_integrity() == []


def test_of_two_submissions_of_one_version_at_once_one_is_told(root, monkeypatch):
    answered = [GateLine("annotations", "Alles beantwortet.", done=True)]
    monkeypatch.setattr(doors, "_gate_checks", [lambda version: answered])
    people = [make_user("senate") for _number in range(2)]
    version = publish(make_draft(html=HTML))

    results = together(
        *[lambda actor=actor: submit_version(version=version, actor=actor) for actor in people]
    )

    (refused,) = [result for result in results if isinstance(result, Exception)]
    assert refused.code == "handed_over", refused
    assert Submission.objects.count() == 1


def test_two_members_who_sign_at_once_are_both_on_record_and_the_newest_counts(
    versions, monkeypatch
):
    department = make_department("Verkehr")
    set_route(monkeypatch, [department])
    newest = versions[-1]
    members = [member_of(department) for _member in range(4)]

    results = together(
        *[
            lambda member=member, number=number: sign(
                newest, department, member, verdict="refused", remarks=f"Grund {number}"
            )
            for number, member in enumerate(members)
        ]
    )

    assert sorted(result.ordinal for result in results) == [1, 2, 3, 4]
    last = max(results, key=lambda result: result.ordinal)
    (state,) = signing_state(newest)
    assert state.signature == last
    assert check_integrity() == []


def test_a_signature_and_a_new_version_at_once_leave_no_signature_of_an_old_text(
    versions, monkeypatch
):
    department = make_department("Verkehr")
    set_route(monkeypatch, [department])
    newest, member = versions[-1], member_of(department)

    signed, third = together(
        lambda: sign(newest, department, member),
        lambda: publish(newest.page, html=HTML + "<p>Ganz neu.</p>"),
    )

    assert third.number == newest.number + 1
    assert isinstance(signed, Signature) or signed.code == "superseded"
    (state,) = signing_state(third)
    assert state.waits
    assert check_integrity() == []
