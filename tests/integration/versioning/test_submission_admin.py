"""The way through the bodies in the admin: whose turn it is, conflicts, rounds, plans, lists."""

from copy import deepcopy
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from lxml import html as lxml_html
from wagtail.models import GroupPagePermission

from tests.factories import make_draft, make_process, make_user, publish
from tests.factories.pdfs import PDF
from tests.factories.ways import decide, hand_over
from versioning import doors
from versioning.admin import submissions
from versioning.doors import GateLine, RouteBody
from versioning.models import StepDocument, Submission
from versioning.services.changes import explain_changes
from versioning.services.decisions import record_decision

pytestmark = pytest.mark.django_db

HTML = "<p>Die Stadt gehört allen Menschen, die hier leben.</p><p>Absatz {}.</p>"
ROUTE = [
    RouteBody("Senat, erste Befassung", "heard"),
    RouteBody("Rat der Bürgermeister", "heard", remind_days=3),
    RouteBody("Senat, Beschluss", "resolves"),
    RouteBody("Abgeordnetenhaus", "notes"),
]


@pytest.fixture(autouse=True)
def _only_our_doors(monkeypatch, settings, tmp_path):
    answered = [GateLine("annotations", "Alles beantwortet.", done=True)]
    monkeypatch.setattr(doors, "_gate_checks", [lambda version: answered])
    monkeypatch.setattr(doors, "_reason_sources", [])
    monkeypatch.setattr(doors, "_route_sources", [lambda page: ROUTE])
    settings.MEDIA_ROOT = str(tmp_path)


@pytest.fixture(scope="module")
def shared_process(shared_root):
    return make_process()


@pytest.fixture
def strategy(shared_process):
    return make_draft(process=deepcopy(shared_process), html=HTML.format(1))


@pytest.fixture
def senate(client, root):
    user = make_user("senate")
    client.force_login(user)
    return user


@pytest.fixture
def submission(strategy, senate):
    return hand_over(strategy, html=HTML.format(2), actor=senate)


def url(name, *args):
    return reverse(f"synopse_versions:{name}", args=args)


def text_of(answer):
    tree = lxml_html.fromstring(answer.content.decode())
    return " ".join(tree.xpath("//main")[0].text_content().split())


def form_of(client, step):
    """Return what a browser would send back of the form, untouched."""
    page = lxml_html.fromstring(client.get(url("decision", step.pk)).content.decode())
    (form,) = [form for form in page.forms if form.get("enctype") == "multipart/form-data"]
    fields = {key: value or "" for key, value in form.form_values()}
    return {key: value for key, value in fields.items() if key != "csrfmiddlewaretoken"}


def typed(**values):
    return {"outcome": "agreed", "decided_on": timezone.localdate().isoformat(), **values}


# Whose turn it is


def test_only_the_body_whose_turn_it_is_is_offered_and_the_others_say_why(client, submission):
    first, second, *_rest = submission.steps.order_by("position")

    page = client.get(url("submission", submission.pk))

    assert url("decision", first.pk) in page.content.decode()
    assert url("decision", second.pk) not in page.content.decode()
    assert "Zuerst entscheidet: Senat, erste Befassung" in text_of(page)
    assert "Als Nächstes entscheidet: Senat, erste Befassung" in text_of(page)


def test_handing_over_again_from_another_tab_says_that_it_was_done(client, submission):
    shown = text_of(client.post(url("gate", submission.version_id), {"note": "Noch einmal."}))

    assert "Diese Fassung ist schon übergeben." in shown
    assert Submission.objects.get().note == ""


def test_the_page_of_a_body_whose_turn_it_is_not_says_so_and_takes_nothing(client, submission):
    second = submission.steps.get(position=2)
    assert "Zuerst entscheidet" in text_of(client.get(url("decision", second.pk)))

    answer = client.post(url("decision", second.pk), typed())

    assert answer.status_code == 200
    assert "Zuerst entscheidet" in text_of(answer)
    second.refresh_from_db()
    assert second.outcome == ""


def test_on_a_superseded_version_nothing_is_recorded(client, strategy, submission, senate):
    decide(submission, "returned", actor=senate)
    later = hand_over(strategy, html=HTML.format(3), actor=senate)
    step = submission.steps.get(position=1)

    answer = client.post(url("decision", step.pk), typed(seen=step.recorded_at.isoformat()))

    assert answer.status_code == 200
    assert f"Danach wurde {later.version.name}" in text_of(answer)
    step.refresh_from_db()
    assert step.outcome == "returned"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"decided_on": "1990-01-01"}, "Der Tag liegt vor der "),
        ({"decided_on": "2990-01-01"}, "Der Tag liegt in der Zukunft"),
        ({"decided_on": "2026-02-31"}, "gültiges Datum"),
        ({"outcome": "returned", "note": " "}, "Schreiben Sie, was das Gremium verlangt"),
        ({"outcome": "x"}, ""),
    ],
)
def test_a_decision_that_cannot_be_is_refused_at_its_field(client, submission, fields, words):
    step = submission.steps.get(position=1)

    answer = client.post(url("decision", step.pk), typed(reference="S-7") | fields)

    assert answer.status_code == 200
    assert words in text_of(answer)
    page = answer.content.decode()
    assert 'value="S-7"' in page
    assert 'type="date"' in page, "Wagtail's own field makes today of what is no day"
    step.refresh_from_db()
    assert step.outcome == ""


def test_a_document_that_is_no_pdf_is_refused_and_the_decision_with_it(client, submission):
    step = submission.steps.get(position=1)
    letter = SimpleUploadedFile("Brief.pdf", b"Guten Tag", content_type="application/pdf")

    answer = client.post(url("decision", step.pk), typed(document=letter, reference="S-8"))

    assert "Brief.pdf ist kein PDF" in text_of(answer)
    assert 'value="S-8"' in answer.content.decode()
    step.refresh_from_db()
    assert (step.outcome, StepDocument.objects.count()) == ("", 0)


def test_a_decision_takes_its_document_and_another_one_later(client, submission):
    step = submission.steps.get(position=1)
    first = SimpleUploadedFile("a.pdf", PDF)
    second = SimpleUploadedFile("b.pdf", PDF + b"\n")

    client.post(url("decision", step.pk), typed(document=first, document_title="Beschluss S-1"))
    answer = client.post(url("decision_document", step.pk), {"document": second}, follow=True)

    assert "Beschluss S-1" in text_of(answer)
    assert [row.title for row in step.documents.all()] == ["Beschluss S-1", "b"]
    none = client.post(url("decision_document", step.pk), {})
    assert none.status_code == 200


# Corrections and conflicts


def test_a_record_is_corrected_by_its_form(client, submission, senate):
    decide(submission, "agreed", actor=senate)
    step = submission.steps.get(position=1)

    answer = client.post(url("decision", step.pk), form_of(client, step) | {"outcome": "noted"})

    assert answer.status_code == 302
    step.refresh_from_db()
    assert step.outcome == "noted"


def test_of_two_people_the_second_sees_both_records_keeps_the_words_and_may_correct(
    client, submission
):
    step = submission.steps.get(position=1)
    mine = form_of(client, step) | typed(reference="MEINE-1", note="Meine Worte")
    other = make_user("senate", username="kollegin")
    record_decision(
        step=step, outcome="noted", decided_on=timezone.localdate(), actor=other, reference="IHRE-2"
    )

    answer = client.post(url("decision", step.pk), mine)

    shown = text_of(answer)
    assert answer.status_code == 200
    assert "inzwischen" in shown
    assert "IHRE-2" in shown
    assert "kollegin" in shown
    assert "MEINE-1" in answer.content.decode()
    assert "Meine Worte" in shown
    step.refresh_from_db()
    assert (step.outcome, step.reference) == ("noted", "IHRE-2")

    page = lxml_html.fromstring(answer.content.decode())
    (form,) = [form for form in page.forms if form.get("enctype") == "multipart/form-data"]
    again = {key: value or "" for key, value in form.form_values() if key != "document"}
    assert client.post(url("decision", step.pk), again).status_code == 302
    step.refresh_from_db()
    assert (step.outcome, step.reference, step.note) == ("agreed", "MEINE-1", "Meine Worte")


# Rounds


def test_two_rounds_with_a_return_through_the_pages_of_the_admin(client, strategy, submission):
    editor = make_user("editor")
    first, council, *_rest = submission.steps.order_by("position")
    client.post(url("decision", first.pk), typed())
    back = typed(outcome="returned", note="Bitte kürzer.")
    assert client.post(url("decision", council.pk), back).status_code == 302

    page = client.get(url("submission", submission.pk))
    assert "Zurückverwiesen von Rat der Bürgermeister. Veröffentlichen Sie" in text_of(page)
    assert reverse("wagtailadmin_pages:edit", args=[strategy.pk]) in page.content.decode()
    resolving = submission.steps.get(position=3)
    assert "hat eine andere Fassung verlangt" in text_of(client.get(url("decision", resolving.pk)))

    version = publish(strategy, html=HTML.format(3))
    page = client.get(url("submission", submission.pk)).content.decode()
    assert url("changes", version.pk) in page
    assert url("gate", version.pk) in page
    assert "kann Runde 2 beginnen" in text_of(client.get(url("submissions")))
    explain_changes(changes=list(version.changes.all()), reason="Kürzer", actor=editor)
    days = {f"planned_{place}": "" for place in range(4)}
    assert client.post(url("gate", version.pk), {"note": "", **days}).status_code == 302

    second = Submission.objects.get(version=version)
    assert (second.round, second.previous) == (2, submission)
    for step in second.steps.order_by("position"):
        outcome = "noted" if step.role == "notes" else "agreed"
        assert client.post(url("decision", step.pk), typed(outcome=outcome)).status_code == 302
    page = client.get(url("submission", second.pk))
    assert "Der Text ist beschlossen und endgültig." in text_of(page)
    assert url("submission", submission.pk) in page.content.decode()
    assert (
        url("submission", second.pk)
        in client.get(url("submission", submission.pk)).content.decode()
    )


def test_after_changes_the_gate_plans_the_bodies_that_are_left(
    client, strategy, submission, senate
):
    decide(submission, "agreed", "agreed_with_changes", actor=senate)
    version = publish(strategy, html=HTML.format(3))

    page = client.get(url("gate", version.pk))

    assert list(page.context["form"].bodies) == ["Senat, Beschluss", "Abgeordnetenhaus"]


# Plans


def test_day_person_and_reminder_are_planned_for_each_body(client, submission):
    step, other = submission.steps.order_by("position")[:2]
    person = make_user("editor", first_name="Ada", last_name="Beispiel")
    page = client.get(url("submission", submission.pk)).content.decode()
    assert "Ada Beispiel" in page

    answer = client.post(
        url("submission", submission.pk),
        {
            f"step_{step.pk}": "2030-03-04",
            f"responsible_{step.pk}": person.pk,
            f"remind_{step.pk}": "5",
        },
    )

    assert answer.status_code == 302
    step.refresh_from_db()
    assert (str(step.planned_on), step.responsible, step.remind_days) == ("2030-03-04", person, 5)
    other.refresh_from_db()
    assert other.remind_days == 3


def test_a_citizen_is_not_made_responsible(client, submission):
    step, citizen = submission.steps.get(position=1), make_user()

    answer = client.post(url("submission", submission.pk), {f"responsible_{step.pk}": citizen.pk})

    assert answer.status_code == 200
    step.refresh_from_db()
    assert step.responsible is None


# Lists


def test_the_list_says_where_each_text_stands(client, strategy, submission, senate):
    never = publish(make_draft(title="Nie vorgelegt", process=strategy.get_parent()))

    shown = client.get(url("submissions"))

    assert "Als Nächstes entscheidet: Senat, erste Befassung" in text_of(shown)
    assert url("gate", never.pk) in shown.content.decode()
    publish(strategy, html=HTML.format(3))
    assert f"Wartet: {submission.version.name} ist noch unterwegs" in text_of(
        client.get(url("submissions"))
    )


def test_the_list_asks_no_more_for_many_texts_and_comes_in_pages(
    client, strategy, submission, senate, monkeypatch
):
    process = strategy.get_parent()
    publish(make_draft(process=process))
    client.get(url("submissions"))
    with CaptureQueriesContext(connection) as asked:
        client.get(url("submissions"))
    for number in range(3):
        other = make_draft(process=process, html=HTML.format(1))
        first = hand_over(other, html=HTML.format(2), actor=senate)
        if number:
            decide(first, "agreed", "agreed_with_changes", actor=senate)
            hand_over(other, html=HTML.format(3), actor=senate)
        publish(make_draft(process=process))
    with CaptureQueriesContext(connection) as many:
        client.get(url("submissions"))
    assert len(many) <= len(asked)

    monkeypatch.setattr(submissions, "PER_PAGE", 2)
    page = client.get(url("submissions"))
    assert len(page.context["rows"]) == len(page.context["waiting_rows"]) == 2
    second = client.get(f"{url('submissions')}?p=2&w=2")
    assert not {row[0].pk for row in page.context["rows"]} & {
        row[0].pk for row in second.context["rows"]
    }
    assert "?p=2" in page.content.decode()
    assert "?w=2" in page.content.decode()


def test_whoever_edits_one_text_sees_the_submissions_of_that_text_alone(
    client, strategy, submission, senate
):
    other = hand_over(make_draft(title="Anderer Text"), html="<p>Anderes.</p>", actor=senate)
    group = Group.objects.create(name="Nur dieser Text")
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    right = Permission.objects.get(codename="change_page")
    GroupPagePermission.objects.create(group=group, page=strategy, permission=right)
    editor = make_user()
    editor.groups.add(group)
    client.force_login(editor)

    shown = client.get(url("submissions")).content.decode()

    assert url("submission", submission.pk) in shown
    assert url("submission", other.pk) not in shown


def test_the_page_of_a_submission_asks_no_more_for_many_bodies(
    client, strategy, submission, senate, monkeypatch
):
    many = [RouteBody(f"Beirat {n}", "heard") for n in range(12)]
    monkeypatch.setattr(doors, "_route_sources", [lambda page: many])
    other = hand_over(
        make_draft(process=strategy.get_parent()), html="<p>Andere.</p>", actor=senate,
        now=timezone.now() - timedelta(days=1),
    )  # fmt: skip
    client.get(url("submission", submission.pk))
    with CaptureQueriesContext(connection) as asked:
        client.get(url("submission", submission.pk))
    with CaptureQueriesContext(connection) as more:
        client.get(url("submission", other.pk))
    assert len(more) <= len(asked)
