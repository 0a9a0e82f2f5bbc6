"""Co-signing: departments sign exactly one version, and a new one asks again."""

from copy import deepcopy
from datetime import date, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wagtail.models import PageLogEntry

from tests.factories import make_draft, make_user, publish
from tests.factories.signing import make_department, member_of, set_route, sign
from versioning import doors
from versioning.doors import GateLine, RouteBody
from versioning.frozen import FrozenError
from versioning.models import BodyRole, Signature
from versioning.services.checklist import checklist
from versioning.services.decisions import record_decision
from versioning.services.gate import submit_version
from versioning.services.integrity import check_integrity
from versioning.services.progress import final_among, is_final
from versioning.services.route import departments_of, departments_of_pages
from versioning.services.signing import (
    MAX_REMARKS,
    ask_for_signatures,
    asked_departments,
    completes,
    is_complete,
    signing_lines,
)
from versioning.services.signing_state import (
    departments_of_member,
    signing_state,
    signing_states,
    waiting_for,
)
from versioning.signals import signatures_asked, version_signed

pytestmark = pytest.mark.django_db

FIRST = "<p>Die Stadt gehört allen Menschen, die hier leben.</p>"
SECOND = "<p>Die Stadt gehört allen Leuten, die hier leben.</p>"


@pytest.fixture(scope="module")
def shared_strategy(shared_root):
    draft = make_draft(html=FIRST)
    publish(draft, label="Entwurf")
    return draft


@pytest.fixture(scope="module")
def shared_departments(shared_root):
    return make_department("Verkehr"), make_department("Finanzen")


@pytest.fixture
def strategy(shared_strategy):
    return deepcopy(shared_strategy)


@pytest.fixture
def version(strategy):
    return strategy.newest_version


@pytest.fixture
def traffic(shared_departments):
    return shared_departments[0]


@pytest.fixture
def finances(shared_departments):
    return shared_departments[1]


@pytest.fixture
def route(monkeypatch, shared_departments):
    monkeypatch.setattr(
        doors, "_gate_checks", [lambda _version: [GateLine("annotations", "Gut.", done=True)]]
    )
    monkeypatch.setattr(doors, "_reason_sources", [])
    return set_route(monkeypatch, shared_departments)


@pytest.fixture
def lena(traffic, route):
    return member_of(traffic)


@pytest.fixture
def finn(finances, route):
    return member_of(finances)


def refusal_of(*args, **said):
    with pytest.raises(ValidationError) as refusal:
        sign(*args, **said)
    error = refusal.value
    return error.error_dict if hasattr(error, "error_dict") else error.code


def standings(version):
    return [state.standing.value for state in signing_state(version)]


# What a signature is


def test_a_member_signs_exactly_one_version_for_the_department(version, traffic, lena):
    signature = sign(version, traffic, lena, verdict="remarks", remarks=" Bitte Kosten nennen. ")
    assert signature.content_hash == version.content_hash
    assert (signature.department, signature.group_id) == ("Verkehr", traffic.group)
    assert (signature.remarks, signature.ordinal) == ("Bitte Kosten nennen.", 1)
    assert signature.signed_by == lena
    entry = PageLogEntry.objects.get(action="synopse.sign")
    assert entry.user_id == lena.pk
    assert entry.data["hash"] == version.content_hash
    assert "Verkehr" in entry.formatter.format_message(entry)
    assert standings(version) == ["remarks", "open"]
    assert check_integrity() == []


def test_a_signature_is_told_once_it_is_stored(
    version, traffic, lena, django_capture_on_commit_callbacks
):
    heard = []
    listener = version_signed.connect(lambda signature, **_kw: heard.append(signature), weak=False)
    with django_capture_on_commit_callbacks(execute=True):
        signature = sign(version, traffic, lena)
        assert heard == []
    assert heard == [signature]
    assert listener is None
    version_signed.receivers.pop()


def test_whoever_changes_their_mind_adds_a_signature_and_the_newest_counts(version, traffic, lena):
    sign(version, traffic, lena)
    sign(version, traffic, member_of(traffic), verdict="refused", remarks="Zu teuer.")
    assert standings(version) == ["refused", "open"]
    sign(version, traffic, lena)
    assert standings(version) == ["signed", "open"]
    said = Signature.objects.order_by("ordinal").values_list("ordinal", "verdict")
    assert list(said) == [(1, "signed"), (2, "refused"), (3, "signed")]


def test_a_second_click_stores_nothing_and_another_person_does(version, traffic, lena):
    first = sign(version, traffic, lena)
    assert sign(version, traffic, lena) == first
    assert PageLogEntry.objects.filter(action="synopse.sign").count() == 1
    assert sign(version, traffic, member_of(traffic)) != first


def test_nothing_in_a_signature_is_changed_or_deleted(version, traffic, lena):
    signature = sign(version, traffic, lena, verdict="refused", remarks="Zu teuer.")
    signature.verdict = "signed"
    for act in (
        signature.save,
        signature.delete,
        Signature.objects.all().delete,
        lambda: Signature.objects.update(remarks=""),
        lambda: Signature.objects.update(signed_by=None),
    ):
        with pytest.raises(FrozenError):
            act()


def test_the_database_knows_that_remarks_and_refusals_have_words(version, traffic, lena):
    values = {"version": version, "department": "Verkehr", "signed_at": timezone.now()}
    for verdict, remarks in (("signed", "Doch etwas."), ("refused", ""), ("perhaps", "?")):
        with pytest.raises(IntegrityError), transaction.atomic():
            Signature.objects.create(**values, verdict=verdict, remarks=remarks, ordinal=1)


def test_the_signature_stays_where_account_and_group_go(version, traffic, lena):
    signature = sign(version, traffic, lena)
    get_user_model().objects.get(pk=lena.pk).delete()
    Group.objects.get(pk=traffic.group).delete()
    signature.refresh_from_db()
    assert (signature.signed_by, signature.group) == (None, None)
    assert signature.department == "Verkehr"
    assert check_integrity() == []


# Who signs


def test_nobody_signs_for_a_department_of_which_they_are_no_member(version, traffic, finn):
    for role in ("editor", "reviewer", "moderator", "senate", "superuser", "citizen"):
        with pytest.raises(PermissionDenied):
            sign(version, traffic, make_user(role))
    with pytest.raises(PermissionDenied):
        sign(version, traffic, finn)
    assert not Signature.objects.exists()


def test_a_member_who_may_not_see_versions_does_not_sign(version, traffic, lena):
    Group.objects.get(pk=traffic.group).permissions.clear()
    with pytest.raises(PermissionDenied):
        sign(version, traffic, get_user_model().objects.get(pk=lena.pk))


def test_whoever_leaves_the_group_or_is_switched_off_signs_no_more(version, traffic, lena):
    sign(version, traffic, lena)
    lena.groups.clear()
    with pytest.raises(PermissionDenied):
        sign(version, traffic, lena, verdict="refused", remarks="Doch nicht.")
    other = member_of(traffic, is_active=False)
    with pytest.raises(PermissionDenied):
        sign(version, traffic, other)
    assert standings(version) == ["signed", "open"]


def test_a_person_of_two_departments_signs_for_each(version, traffic, finances, route):
    both = member_of(traffic, finances)
    assert departments_of_member(both, version.page) == [traffic, finances]
    assert {state.name for state in waiting_for(both)} == {"Verkehr", "Finanzen"}
    sign(version, traffic, both)
    assert standings(version) == ["signed", "open"]
    assert [state.name for state in waiting_for(both)] == ["Finanzen"]


def test_a_department_that_left_the_route_neither_signs_nor_is_asked_for(
    version, traffic, finances, lena, route
):
    sign(version, traffic, lena, verdict="refused", remarks="Zu teuer.")
    route.remove(traffic)
    assert refusal_of(version, traffic, lena) == "department"
    assert [state.name for state in signing_state(version)] == ["Finanzen"]
    assert waiting_for(lena) == []
    assert check_integrity() == []


def test_a_department_without_a_group_or_members_is_said_to_be_so(version, route, traffic):
    route[:] = [traffic, RouteBody("Kultur", BodyRole.COSIGNS), RouteBody("Senat", "resolves")]
    (line,) = signing_lines(version)
    assert [text for text, _url in line.missing] == [
        "Verkehr: Niemand kann mitzeichnen, denn die Gruppe hat keine Mitglieder.",
        "Kultur: Niemand kann mitzeichnen, denn die Gruppe hat keine Mitglieder.",
    ]
    with pytest.raises(PermissionDenied):
        sign(version, route[1], make_user("superuser"))


def test_a_department_that_the_route_names_twice_counts_once(version, traffic, lena, route):
    route.insert(0, traffic)
    sign(version, traffic, lena)
    assert standings(version) == ["signed", "open"]


# What is signed


def test_a_form_that_saw_another_text_or_none_is_refused(version, traffic, lena):
    assert refusal_of(version, traffic, lena, content_hash="0" * 64) == "hash"
    assert refusal_of(version, traffic, lena, content_hash="") == "hash"


def test_an_old_form_learns_which_version_is_out(strategy, version, traffic, lena):
    publish(strategy, html=SECOND)
    with pytest.raises(ValidationError, match="Inzwischen gibt es Fassung 2") as refusal:
        sign(version, traffic, lena)
    assert refusal.value.code == "superseded"


def test_a_new_version_asks_again_for_what_has_changed(strategy, version, traffic, lena):
    sign(version, traffic, lena)
    second = publish(strategy, html=SECOND)
    assert standings(second) == ["again", "open"]
    state = signing_state(second)[0]
    assert state.before.version == version
    assert state.comparison_url.endswith(f"/versions/{strategy.pk}/compare/1/2/")
    assert [one.standing for one in waiting_for(lena)] == ["again"]
    sign(second, traffic, lena)
    assert waiting_for(lena) == []


def test_an_editorial_version_asks_again_too(strategy, version, traffic, lena):
    sign(version, traffic, lena)
    editorial = publish(strategy, html=SECOND, kind="editorial")
    assert editorial.kind == "editorial"
    assert standings(editorial) == ["again", "open"]


def test_publishing_an_unchanged_text_asks_nobody(strategy, version, traffic, lena):
    sign(version, traffic, lena)
    assert publish(strategy) == version
    assert standings(version) == ["signed", "open"]


def test_what_was_handed_over_is_not_signed_any_more(version, traffic, lena, finances, finn, route):
    for department, member in ((traffic, lena), (finances, finn)):
        sign(version, department, member)
    submit_version(version=version, actor=make_user("senate"))
    assert refusal_of(version, traffic, lena, verdict="refused", remarks="Nein.") == "handed_over"
    assert waiting_for(lena) == []


def test_a_version_that_came_out_before_the_resolution_waits_for_nobody(
    strategy, version, traffic, lena, finances, finn
):
    for department, member in ((traffic, lena), (finances, finn)):
        sign(version, department, member)
    submission = submit_version(version=version, actor=make_user("senate"))
    second = publish(strategy, html=SECOND)
    step = submission.steps.get()
    second = publish(strategy, html=SECOND)  # while the first one is on its way
    record_decision(step=step, outcome="agreed", decided_on=date.today(), actor=make_user("senate"))
    assert final_among([strategy.pk]) == {strategy.pk}
    assert is_final(strategy.pk)
    assert waiting_for(lena) == []
    assert refusal_of(second, traffic, lena) == "final"


def test_a_version_that_takes_annotations_waits_once_somebody_has_asked(strategy, version, lena):
    second = publish(strategy, html=SECOND, closes=timezone.now() + timedelta(days=7))
    assert waiting_for(lena) == []
    ask_for_signatures(version=second, actor=make_user("editor"))
    assert [state.version for state in waiting_for(lena)] == [second]


def test_a_returned_version_is_followed_by_one_that_is_signed_anew(
    strategy, version, traffic, lena, finances, finn
):
    for department, member in ((traffic, lena), (finances, finn)):
        sign(version, department, member)
    submission = submit_version(version=version, actor=make_user("senate"))
    record_decision(
        step=submission.steps.get(), outcome="returned", decided_on=date.today(),
        actor=make_user("senate"), note="Kürzer.",
    )  # fmt: skip
    assert final_among([strategy.pk]) == set()
    second = publish(strategy, html=SECOND)
    assert standings(second) == ["again", "again"]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"verdict": ""}, "verdict"),
        ({"verdict": "perhaps"}, "verdict"),
        ({"verdict": "signed", "remarks": "Doch etwas."}, "verdict"),
        ({"verdict": "remarks", "remarks": "  "}, "remarks"),
        ({"verdict": "refused"}, "remarks"),
        ({"verdict": "refused", "remarks": "x" * (MAX_REMARKS + 1)}, "remarks"),
        ({"verdict": "refused", "remarks": "a\0b"}, "remarks"),
    ],
)
def test_bad_input_is_refused_at_its_field(version, traffic, lena, said, field):
    assert list(refusal_of(version, traffic, lena, **said)) == [field]
    assert not Signature.objects.exists()


# The gate


def test_the_gate_names_who_refuses_and_who_is_missing(version, traffic, lena, finn):
    sign(version, traffic, lena, verdict="refused", remarks="Zu teuer.")
    line = next(line for line in checklist(version) if line.key == "signatures")
    assert not line.done
    assert line.waivable
    assert [text for text, _url in line.missing] == [
        "Verkehr lehnt die Mitzeichnung ab.",
        "Finanzen hat noch nicht mitgezeichnet.",
    ]
    assert len({url for _text, url in line.missing}) == 2


def test_the_gate_is_content_when_all_have_signed(version, traffic, finances, lena, finn):
    sign(version, traffic, lena)
    sign(version, finances, finn, verdict="remarks", remarks="Bitte Kosten nennen.")
    (line,) = signing_lines(version)
    assert line.done
    assert is_complete(version)


def test_a_route_without_departments_has_no_line(version, monkeypatch):
    set_route(monkeypatch, [])
    assert signing_lines(version) == []
    assert is_complete(version)


def test_departments_can_stand_in_the_settings(settings, version, traffic, monkeypatch):
    monkeypatch.setattr(doors, "_route_sources", [])
    settings.SYNOPSE_GATE_BODIES = [
        ("Verkehr", "cosigns", "Gruppe Verkehr"), ("Kultur", "cosigns", "nirgends"), "Senat",
    ]  # fmt: skip
    expected = [traffic, RouteBody("Kultur", BodyRole.COSIGNS)]
    assert departments_of(version.page) == expected
    assert departments_of_pages([version.page]) == {version.page_id: expected}


ACTS = st.lists(
    st.one_of(
        st.just("publish"),
        st.tuples(st.integers(0, 1), st.sampled_from(["signed", "remarks", "refused"])),
        st.tuples(st.integers(0, 1), st.just("old form")),
    ),
    max_size=6,
)


@given(acts=ACTS)
@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_line_is_done_if_and_only_if_all_have_signed_the_newest_version(
    strategy, route, traffic, finances, lena, finn, acts
):
    members = ((traffic, lena), (finances, finn))
    with transaction.atomic():
        versions, consents = [strategy.newest_version], [False, False]
        for number, act in enumerate(acts):
            if act == "publish":
                versions.append(publish(strategy, html=f"<p>Fassung {number}.</p>"))
                consents = [False, False]
                continue
            place, verdict = act
            if verdict == "old form":
                if len(versions) > 1:
                    assert refusal_of(versions[-2], *members[place]) == "superseded"
                continue
            remarks = "" if verdict == "signed" else f"Grund {number}"
            sign(versions[-1], *members[place], verdict=verdict, remarks=remarks)
            consents[place] = verdict != "refused"
        (line,) = signing_lines(versions[-1])
        assert line.done == all(consents)
        assert len(line.missing) == consents.count(False)
        assert [
            one.standing.value in {"signed", "remarks"} for one in signing_state(versions[-1])
        ] == consents
        transaction.set_rollback(True)


# Asking


def test_departments_are_asked_once_for_each_version(
    strategy, version, traffic, lena, finn, django_capture_on_commit_callbacks
):
    heard = []

    def listen(sender, version, departments, **_kw):
        heard.append((version.number, departments))

    signatures_asked.connect(listen)
    editor = make_user("editor")
    with django_capture_on_commit_callbacks(execute=True):
        assert ask_for_signatures(version=version, actor=editor) == ["Verkehr", "Finanzen"]
    assert heard == [(1, ["Verkehr", "Finanzen"])]
    assert set(asked_departments(version)) == {"Verkehr", "Finanzen"}
    with pytest.raises(ValidationError, match="schon gebeten"):
        ask_for_signatures(version=version, actor=editor)
    second = publish(strategy, html=SECOND)
    sign(second, traffic, lena)
    assert ask_for_signatures(version=second, actor=editor) == ["Finanzen"]
    entry = PageLogEntry.objects.filter(action="synopse.ask_signatures").latest("pk")
    assert "Finanzen" in entry.formatter.format_message(entry)


def test_a_department_that_joins_the_route_later_is_asked_alone(version, lena, finn, route):
    ask_for_signatures(version=version, actor=make_user("editor"))
    culture = make_department("Kultur")
    member_of(culture)
    route.insert(0, culture)
    assert ask_for_signatures(version=version, actor=make_user("senate")) == ["Kultur"]


def test_nobody_is_asked_in_vain(strategy, version, traffic, finances, lena, route, monkeypatch):
    editor = make_user("editor")
    route.remove(traffic)
    with pytest.raises(ValidationError, match="keine Mitglieder"):
        ask_for_signatures(version=version, actor=editor)
    sign(version, finances, member_of(finances))
    with pytest.raises(ValidationError, match="Jedes Ressort"):
        ask_for_signatures(version=version, actor=editor)
    route.clear()
    with pytest.raises(ValidationError, match="Kein Ressort"):
        ask_for_signatures(version=version, actor=editor)
    publish(strategy, html=SECOND)
    with pytest.raises(ValidationError, match="Fassung 2"):
        ask_for_signatures(version=version, actor=editor)


def test_only_who_edits_or_hands_over_asks(version, lena, finn):
    for actor in (lena, make_user("moderator"), make_user()):
        with pytest.raises(PermissionDenied):
            ask_for_signatures(version=version, actor=actor)


def test_only_the_signature_that_was_missing_completes(version, traffic, finances, lena, finn):
    assert not completes(sign(version, traffic, lena))
    assert completes(sign(version, finances, finn))
    assert not completes(sign(version, finances, finn, verdict="remarks", remarks="Noch etwas."))
    assert not completes(sign(version, traffic, lena, verdict="refused", remarks="Nein."))


# Integrity and numbers of queries


def test_a_signature_that_was_tampered_with_is_named(version, traffic, finances, lena, finn):
    sign(version, traffic, lena, verdict="refused", remarks="Zu teuer.")
    sign(version, finances, finn)
    rows = Signature._base_manager
    rows.filter(department="Verkehr").update(verdict="remarks")
    rows.filter(department="Finanzen").update(content_hash="0" * 64)
    found = check_integrity()
    assert len(found) == 3
    assert sum("Protokoll" in sentence for sentence in found) == 2
    assert sum("Finanzen" in sentence for sentence in found) == 2


def count_queries(act):
    with CaptureQueriesContext(connection) as captured:
        act()
    return len(captured)


def test_the_number_of_queries_grows_neither_with_versions_nor_with_departments(
    strategy, version, traffic, lena, route
):
    few = count_queries(lambda: signing_state(version))
    user = get_user_model().objects.get(pk=lena.pk)
    few_waiting = count_queries(lambda: waiting_for(user))
    for number in range(4):
        department = make_department(f"Ressort {number}")
        lena.groups.add(department.group)
        route.insert(0, department)
        newest = publish(strategy, html=f"<p>Fassung {number}.</p>")
        sign(newest, traffic, lena)
        sign(newest, department, lena)
        other = publish(make_draft(html=FIRST, process=strategy.get_parent()))
    assert count_queries(lambda: signing_state(newest)) == few
    assert len(signing_states([newest, other])) == 2
    user = get_user_model().objects.get(pk=lena.pk)
    assert len(waiting_for(user)) > 10
    user = get_user_model().objects.get(pk=lena.pk)
    assert count_queries(lambda: waiting_for(user)) == few_waiting
