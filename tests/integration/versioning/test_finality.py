"""After the resolution the words stay, on every path; what is no word may still change."""

import io
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone
from wagtail.models import GroupApprovalTask, Page, Revision, Workflow, WorkflowPage, WorkflowTask
from wagtail.test.utils.form_data import nested_form_data, rich_text

from tests.factories import make_draft, make_group, make_user, publish, set_html, site_root
from tests.factories.gate import waive_all
from tests.factories.ways import HTML, decide, hand_over, make_text, resolve, use_route
from tests.testapp.models import CharterPage
from versioning.models import GateRecord, Version
from versioning.services.finality import TextIsFinal
from versioning.services.gate import submit_version
from versioning.services.progress import final_version, is_final
from versioning.services.windows import change_window
from versioning.services.withholding import withhold_passage

pytestmark = pytest.mark.django_db

OTHER = HTML.format("anders")


@pytest.fixture(autouse=True)
def _route(monkeypatch, root):
    use_route(monkeypatch)


@pytest.fixture
def editor():
    return make_user("editor")


@pytest.fixture
def final(editor):
    """Return the page of a resolved text, as it is stored."""
    draft = make_text()
    resolve(hand_over(draft, make_user("senate"), HTML.format(2)), make_user("senate"))
    return stored(draft)


def stored(page):
    return Page.objects.get(pk=page.pk).specific


def words_of(page):
    return "".join(Version.objects.newest_of(page).passages.values_list("text", flat=True))


def draft_of(page, html=OTHER):
    """Save other words as a draft and return its revision."""
    page = stored(page)
    set_html(page, html)
    return page.save_revision()


def test_other_words_are_refused_where_they_are_published_and_nothing_is_half_done(final):
    with pytest.raises(TextIsFinal) as refusal:
        publish(final, html=OTHER)

    assert final.title in refusal.value.messages[0]
    assert final.synopse_versions.count() == 2
    assert "anders" not in str(stored(final).body)


def test_title_and_settings_may_still_be_published(final):
    page = stored(final)
    page.title, page.intro = "Neuer Titel", "<p>Beschlossen.</p>"
    page.save_revision().publish()

    assert stored(final).title == "Neuer Titel"
    assert final.synopse_versions.count() == 2


def test_the_resolved_words_may_come_back_where_others_came_out_meanwhile(editor):
    draft = make_text()
    submission = hand_over(draft, make_user("senate"), HTML.format(2))
    publish(draft, html=HTML.format(3))
    resolve(submission, make_user("senate"))

    assert final_version(draft.pk).number == 2
    with pytest.raises(TextIsFinal):
        publish(draft, html=HTML.format(4))
    assert publish(draft, html=HTML.format(2)).number == 4


def test_a_text_is_not_final_while_changes_are_missing(editor):
    draft = make_text()
    senate = make_user("senate")
    submission = hand_over(draft, senate, HTML.format(2))
    decide(submission, "agreed", "agreed", "agreed_with_changes", actor=senate)

    assert not is_final(draft.pk)
    hand_over(draft, senate, HTML.format(3))
    with pytest.raises(TextIsFinal):
        publish(draft, html=HTML.format(4))


def test_the_editor_is_told_and_the_words_stay_as_a_draft(final, client, editor):
    charter = site_root().add_child(
        instance=CharterPage(title="Charta", slug="charta", body="", live=False)
    )
    publish(charter, html=OTHER)
    senate = make_user("senate")
    resolve(submit_version(version=charter.newest_version, actor=senate), senate)
    client.force_login(make_user("superuser"))
    url = reverse("wagtailadmin_pages:edit", args=[charter.pk])
    data = {
        "title": "Charta",
        "slug": "charta",
        "body": rich_text("<p>Neue Worte für alle.</p>"),
        "comments": {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0},
        "seo_title": "",
        "search_description": "",
        "version_label": "",
        "version_summary": "",
        "version_kind": "substantive",
        "action-publish": "action-publish",
    }
    response = client.post(url, nested_form_data(data), follow=True)

    assert "ist beschlossen und endgültig" in response.content.decode()
    assert charter.synopse_versions.count() == 1
    assert "Neue Worte" in str(stored(charter).get_latest_revision_as_object().body)


def test_nothing_of_a_bulk_is_published_where_one_text_is_final(final, client, editor):
    other = make_draft(html=HTML.format(9))
    other.save_revision()
    draft_of(final)
    client.force_login(editor)
    url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    response = client.post(f"{url}?id={other.pk}&id={final.pk}&next=/admin/", follow=True)

    assert "Nichts wurde veröffentlicht" in response.content.decode()
    assert not stored(other).live
    assert final.synopse_versions.count() == 2


def test_a_workflow_that_would_publish_other_words_says_why_it_does_not(final, client, editor):
    group = make_group("editor")
    task = GroupApprovalTask.objects.create(name="Freigabe")
    task.groups.add(group)
    workflow = Workflow.objects.create(name="Freigabe")
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    WorkflowPage.objects.create(workflow=workflow, page=final)
    draft_of(final)
    state = workflow.start(stored(final), editor)
    client.force_login(editor)
    url = reverse(
        "wagtailadmin_pages:workflow_action",
        args=[final.pk, "approve", state.current_task_state.pk],
    )

    response = client.post(url, {"comment": ""}, follow=True)

    assert "ist beschlossen und endgültig" in response.content.decode()
    state.refresh_from_db()
    assert state.status == "in_progress"
    assert final.synopse_versions.count() == 2


def test_the_clock_names_what_it_does_not_publish_and_does_the_rest(final, caplog):
    other = make_draft(html=HTML.format(9))
    due = timezone.now() - timedelta(minutes=1)
    for page in (final, other):
        revision = draft_of(page)
        Revision.objects.filter(pk=revision.pk).update(approved_go_live_at=due)

    call_command("run_jobs", "--once", verbosity=0)
    call_command("run_jobs", "--once", verbosity=0)

    assert stored(other).live
    assert final.synopse_versions.count() == 2
    told = [r for r in caplog.records if "is not published" in r.getMessage()]
    assert len(told) == 1


def test_an_import_is_refused_with_one_line(final, tmp_path):
    file = tmp_path / "neu.md"
    file.write_text("# Neu\n\nAndere Worte als beschlossen.\n")
    with pytest.raises(CommandError) as refusal:
        call_command(
            "import_draft", str(file), page=final.get_url(), publish=True, label="Neu",
            stdout=io.StringIO(),
        )  # fmt: skip

    assert refusal.value.returncode == 2
    assert "\n" not in str(refusal.value)
    assert final.synopse_versions.count() == 2
    assert stored(final).latest_revision_id == stored(final).live_revision_id


def test_a_window_that_is_open_or_planned_ends_with_the_resolution():
    now = timezone.now()
    senate = make_user("senate")
    opened, planned = make_draft(), make_draft()
    version = publish(opened, opens=now - timedelta(days=1), closes=now + timedelta(days=9))
    waive_all(version, senate)
    resolve(submit_version(version=version, actor=senate), senate)
    later = publish(planned, opens=now + timedelta(days=5))
    resolve(submit_version(version=later, actor=senate), senate)

    version.refresh_from_db()
    later.refresh_from_db()
    assert not version.is_open()
    assert version.closes <= timezone.now()
    assert (later.opens, later.closes) == (None, None)
    assert GateRecord.objects.filter(action="synopse.window", page=opened.pk).count() == 1
    with pytest.raises(ValidationError) as refusal:
        change_window(
            version=version, opens=None, closes=now + timedelta(days=3), reason="Doch.",
            actor=make_user("editor"),
        )  # fmt: skip
    assert refusal.value.code == "final"


def test_words_of_a_final_text_are_withheld_where_the_law_demands_it(final):
    passage = Version.objects.newest_of(final).passages.order_by("position").last()
    withhold_passage(passage=passage, ground="Urteil", actor=make_user("superuser"))

    passage.refresh_from_db()
    assert passage.is_withheld
    page = stored(final)
    page.title = "Anderer Titel"
    page.save_revision().publish()
    assert final.synopse_versions.count() == 2
    with pytest.raises(TextIsFinal):
        publish(final, html=HTML.format("Ersatz"))
