"""One page between the editor and the public, only where a guess is doubtful and undecided."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from wagtail import hooks
from wagtail.models import GroupApprovalTask, Page, Workflow, WorkflowTask
from wagtail.test.utils.form_data import nested_form_data, rich_text

from tests.factories import make_user, publish, site_root
from tests.testapp.models import CharterPage
from versioning.models import Lineage
from versioning.presentation.questions import MAX_QUESTIONS

pytestmark = pytest.mark.django_db

WAYS = "Die Stadt baut bis zum Jahr 2030 neue Radwege in allen zwölf Bezirken."
DATA = "Offene Daten der Verwaltung helfen Vereinen, Forschung und kleinen Unternehmen."
LOT = "Ein Rat aus zufällig gelosten Menschen begleitet jede größere Entscheidung."
HALF = (
    "Zum Jahr 2030 neue Radwege in den Bezirken: wer sie plant, fragt vorher Schulen und Vereine."
)


def paragraphs(*texts: str) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


@pytest.fixture
def charter(root) -> CharterPage:
    page = site_root().add_child(
        instance=CharterPage(title="Charta", slug="charta", body="", live=False)
    )
    publish(page, html=paragraphs(WAYS, DATA, LOT))
    return CharterPage.objects.get(pk=page.pk)


@pytest.fixture
def boss(client):
    user = make_user("superuser")
    client.force_login(user)
    return user


def form(page, *texts: str, **more: str) -> dict[str, str]:
    return nested_form_data(
        {
            "title": page.title,
            "slug": page.slug,
            "body": rich_text(paragraphs(*texts)),
            "comments": {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0},
            "seo_title": "",
            "search_description": "",
            "version_label": "",
            "version_summary": "",
            "version_kind": "substantive",
            **more,
        }
    )


def publish_in_editor(client, page, *texts, **more):
    url = reverse("wagtailadmin_pages:edit", args=[page.pk])
    return client.post(url, form(page, *texts, **more, **{"action-publish": "1"}))


def answers_of(page: str) -> tuple[dict[str, str], dict[str, list[str]]]:
    """Return what the form would send as it stands, and the choices of each question."""
    sent = dict(re.findall(r'type="hidden" name="(question-[^"]+)" value="([^"]*)"', page))
    sent |= dict(
        re.findall(r'type="radio" name="([^"]+)" value="([^"]*)" id="[^"]*" checked', page)
    )
    choices: dict[str, list[str]] = {}
    for name, value in re.findall(r'type="radio" name="([^"]+)" value="([^"]*)"', page):
        choices.setdefault(name, []).append(value)
    return {name: html.unescape(value) for name, value in sent.items()}, choices


def asked(client, page, *texts, **more) -> str:
    """Publish in the editor and return the address of the questions."""
    answer = publish_in_editor(client, page, *texts, **more)
    assert answer.status_code == 302
    return answer["Location"]


def number(page) -> int:
    return CharterPage.objects.get(pk=page.pk).newest_version.number


def origins(page) -> dict[str, str]:
    rows = Lineage.objects.filter(new__version=page.newest_version)
    return {row.new.text: row.old.text for row in rows}


def test_a_clear_draft_is_published_without_a_question(charter, client, boss):
    answer = publish_in_editor(client, charter, WAYS.replace("neue", "breite"), LOT, DATA)
    assert "/publish/" not in answer["Location"]
    assert number(charter) == 2


def test_a_doubtful_draft_is_saved_and_asked_about(charter, client, boss):
    url = asked(client, charter, DATA, LOT, HALF)
    page = CharterPage.objects.get(pk=charter.pk)
    assert number(charter) == 1
    assert HALF in page.get_latest_revision_as_object().body
    assert url == reverse("synopse_versions:publish", args=[page.pk, page.latest_revision_id])
    shown = client.get(url).content.decode()
    assert "Eine Frage vor dem Veröffentlichen" in shown
    assert "Er ist noch nicht veröffentlicht." in shown
    assert 'class="syn-del"' in shown
    assert shown.count("checked") == 1


def test_the_guesses_are_chosen_already_and_can_be_published(charter, client, boss):
    url = asked(client, charter, DATA, LOT, HALF)
    sent, _choices = answers_of(client.get(url).content.decode())
    answer = client.post(url, sent)
    assert answer.status_code == 302
    assert number(charter) == 2
    page = CharterPage.objects.get(pk=charter.pk)
    assert not page.has_unpublished_changes
    assert page.newest_version.published_by == boss


def test_an_answer_is_what_is_frozen(charter, client, boss):
    old = str(charter.newest_version.passages.get(text=WAYS).uid)
    url = asked(client, charter, DATA, LOT, HALF)
    sent, choices = answers_of(client.get(url).content.decode())
    ((name, values),) = choices.items()
    assert values == [old, "new"]
    client.post(url, {**sent, name: old})
    assert origins(charter)[HALF] == WAYS
    assert str(charter.newest_version.passages.get(text=HALF).uid) == old


def test_the_opposite_answer_is_frozen_too(charter, client, boss):
    url = asked(client, charter, DATA, LOT, HALF)
    sent, choices = answers_of(client.get(url).content.decode())
    ((name, _values),) = choices.items()
    client.post(url, {**sent, name: "new"})
    assert HALF not in origins(charter)
    assert number(charter) == 2


def test_what_the_panel_has_decided_is_not_asked_again(charter, client, boss):
    url = asked(client, charter, DATA, LOT, HALF)
    sent, choices = answers_of(client.get(url).content.decode())
    key = next(value for name, value in sent.items() if name.endswith("-key"))
    decided = f'[{{"version": 1, "old": "", "new": "{key}", "same": false}}]'
    answer = publish_in_editor(client, charter, DATA, LOT, HALF, version_corrections=decided)
    assert choices
    assert "/publish/" not in answer["Location"]
    assert number(charter) == 2


def test_the_way_back_leads_to_the_saved_draft(charter, client, boss):
    url = asked(client, charter, DATA, LOT, HALF)
    edit = reverse("wagtailadmin_pages:edit", args=[charter.pk])
    assert f'href="{edit}"' in client.get(url).content.decode()
    assert "fragt vorher Schulen und Vereine" in client.get(edit).content.decode()


def test_a_draft_that_changed_meanwhile_is_not_published_by_old_answers(charter, client, boss):
    url = asked(client, charter, DATA, LOT, HALF)
    sent, _choices = answers_of(client.get(url).content.decode())
    page = CharterPage.objects.get(pk=charter.pk).get_latest_revision_as_object()
    page.body = paragraphs(DATA, LOT)
    page.save_revision()
    answer = client.post(url, sent, follow=True)
    assert "Der Entwurf hat sich geändert" in answer.content.decode()
    assert number(charter) == 1
    assert client.get(url).status_code == 302


@pytest.mark.parametrize("change", ["value", "key", "nothing"])
def test_answers_that_were_no_choice_are_refused_in_words(charter, client, boss, change):
    url = asked(client, charter, DATA, LOT, HALF)
    sent, choices = answers_of(client.get(url).content.decode())
    (name,) = choices
    wrong = {"value": {name: "x"}, "key": {f"{name}-key": "x"}}.get(change, {})
    data = {} if change == "nothing" else {**sent, **wrong}
    answer = client.post(url, data, follow=True)
    assert "Der Entwurf hat sich geändert" in answer.content.decode()
    assert number(charter) == 1


def test_a_long_list_of_doubts_asks_a_few_and_takes_the_other_guesses(charter, client, boss):
    def sentences(pattern: str) -> list[str]:
        return [
            pattern.replace("Radwege", f"{'ABCDEFGHIJKLMN'[n] * 4}wege").replace(
                "2030", f"{2000 + n}"
            )
            for n in range(14)
        ]

    olds, news = sentences(WAYS), reversed(sentences(HALF))
    publish(charter, html=paragraphs(*olds, DATA))
    url = asked(client, charter, DATA, *news)
    sent, choices = answers_of(client.get(url).content.decode())
    assert len(choices) == MAX_QUESTIONS
    client.post(url, sent)
    assert number(charter) == 3


def by_schedule(page, client):
    page.body = paragraphs(DATA, LOT, HALF)
    page.go_live_at = timezone.now() - timedelta(minutes=1)
    page.save_revision(approved_go_live_at=page.go_live_at)
    call_command("publish_scheduled")


def by_workflow(page, client):
    task = GroupApprovalTask.objects.create(name="Prüfung")
    workflow = Workflow.objects.create(name="Ablauf")
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    page.body = paragraphs(DATA, LOT, HALF)
    page.save_revision()
    state = workflow.start(page, make_user("superuser")).current_task_state
    url = reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "approve", state.pk])
    client.post(url, {"comment": ""})


def by_bulk_action(page, client):
    page.body = paragraphs(DATA, LOT, HALF)
    page.save_revision()
    url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    client.post(f"{url}?id={page.pk}", {"id": page.pk})


@pytest.mark.parametrize("path", [by_schedule, by_workflow, by_bulk_action])
def test_other_ways_of_publishing_take_the_guesses(path, charter, client, boss):
    path(charter, client)
    assert number(charter) == 2


def test_a_schedule_made_in_the_editor_is_not_asked_about(charter, client, boss):
    moment = (timezone.now() + timedelta(days=2)).strftime("%Y-%m-%d %H:%M")
    answer = publish_in_editor(client, charter, DATA, LOT, HALF, go_live_at=moment)
    assert "/publish/" not in answer["Location"]
    assert number(charter) == 1


def test_a_page_type_may_do_without_questions(charter, client, boss, monkeypatch):
    monkeypatch.setattr(CharterPage, "asks_about_lineage", False)
    publish_in_editor(client, charter, DATA, LOT, HALF)
    assert number(charter) == 2


def test_hooks_of_the_site_are_called_as_the_editor_calls_them(charter, client, boss):
    url = asked(client, charter, DATA, LOT, HALF)
    sent, _choices = answers_of(client.get(url).content.decode())
    called = []

    def note(name):
        return lambda request, page: called.append((name, page.pk))

    names = ("before_publish_page", "after_publish_page", "after_edit_page")
    with hooks.register_temporarily([(name, note(name)) for name in names]):
        client.post(url, sent)
    assert called == [(name, charter.pk) for name in names]


def test_the_address_asked_for_is_followed_on_this_site_alone(charter, client, boss):
    url = asked(client, charter, DATA, LOT, HALF)
    sent, _choices = answers_of(client.get(url).content.decode())
    answer = client.post(url, {**sent, "next": "https://example.com/"})
    assert "example.com" not in answer["Location"]


def test_a_locked_page_is_not_published(charter, client, boss):
    url = asked(client, charter, DATA, LOT, HALF)
    sent, _choices = answers_of(client.get(url).content.decode())
    Page.objects.filter(pk=charter.pk).update(locked=True, locked_by=make_user("superuser"))
    answer = client.post(url, sent, follow=True)
    assert "gesperrt" in answer.content.decode()
    assert number(charter) == 1


def test_a_strange_revision_and_an_unknown_page_are_not_found(charter, client, boss):
    for page_id, revision_id in ((charter.pk, 987654), (987654, 1), (site_root().pk, 1)):
        url = reverse("synopse_versions:publish", args=[page_id, revision_id])
        assert client.get(url, follow=True).status_code == 404


def test_words_are_escaped(charter, client, boss):
    evil = HALF.replace("fragt", "&lt;script&gt;alert(1)&lt;/script&gt;")
    url = asked(client, charter, DATA, LOT, evil)
    shown = client.get(url).content.decode()
    assert "alert(1)" in shown
    assert "<script>alert" not in shown
