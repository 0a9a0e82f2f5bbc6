"""Publishing is versioning, on every path, wholly or not at all."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import GroupApprovalTask, Page, PageLogEntry, Workflow, WorkflowTask

from cms_pages.models import StrategyDraftPage
from tests.factories import make_draft, make_process, make_user, publish, set_html, site_root
from tests.page_editor import form
from tests.testapp.models import CharterPage
from versioning.frozen import FrozenError
from versioning.models import Passage, Version
from versioning.services import freezing
from versioning.signals import version_published

pytestmark = pytest.mark.django_db

OLD, NEW = "<p>Die alten Worte stehen hier.</p>", "<p>Ganz neue Sätze über Wasser.</p>"


@pytest.fixture
def charter(root) -> CharterPage:
    """Return a page of a strange site with its first version."""
    page = site_root().add_child(
        instance=CharterPage(title="Charta", slug="charta", body=OLD, live=False)
    )
    publish(page)
    return CharterPage.objects.get(pk=page.pk)


@pytest.fixture
def boss(client, root):
    """Sign in somebody who may do everything."""
    user = make_user("superuser")
    client.force_login(user)
    client.raise_request_exception = False
    return user


class BrokenFreezeError(Exception):
    pass


@pytest.fixture
def broken(monkeypatch):
    """Let freezing fail in the middle, after rows were written."""

    def fail(*args, **kwargs):
        raise BrokenFreezeError

    monkeypatch.setattr(freezing, "_tell", fail)


def texts(version: Version | None) -> list[str]:
    return [] if version is None else [p.text for p in version.passages.in_order()]


# How pages are published


def by_editor(page, client):
    url = reverse("wagtailadmin_pages:edit", args=[page.pk])
    client.post(url, {**form(page, NEW), "action-publish": "1"})


def by_code(page, client):
    page.body = NEW
    page.save_revision().publish()


def by_schedule(page, client):
    page.body = NEW
    moment = timezone.now() - timedelta(minutes=1)
    page.go_live_at = moment
    page.save_revision(approved_go_live_at=moment)
    call_command("publish_scheduled")


def by_bulk_action(page, client):
    page.body = NEW
    page.save_revision()
    url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    client.post(f"{url}?id={page.pk}", {"id": page.pk})


def by_workflow(page, client):
    task = GroupApprovalTask.objects.create(name="Prüfung")
    workflow = Workflow.objects.create(name="Ablauf")
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    page.body = NEW
    page.save_revision()
    state = workflow.start(page, make_user("superuser"))
    url = reverse(
        "wagtailadmin_pages:workflow_action",
        args=[page.pk, "approve", state.current_task_state.pk],
    )
    client.post(url, {"comment": ""})


PATHS = [by_editor, by_code, by_schedule, by_bulk_action, by_workflow]


@pytest.mark.parametrize("path", PATHS)
def test_every_path_freezes_exactly_one_version(path, charter, client, boss):
    path(charter, client)

    assert Version.objects.filter(page=charter).count() == 2
    newest = charter.newest_version
    assert (newest.number, texts(newest)) == (2, ["Ganz neue Sätze über Wasser."])
    assert newest.revision_id == CharterPage.objects.get(pk=charter.pk).live_revision_id
    assert "Ganz neue Sätze" in client.get(charter.url).content.decode()


@pytest.mark.parametrize("path", PATHS)
def test_a_freeze_that_fails_leaves_the_old_version_public(path, charter, client, boss, broken):
    before = CharterPage.objects.get(pk=charter.pk)

    with suppress(BrokenFreezeError):
        path(CharterPage.objects.get(pk=charter.pk), client)

    after = CharterPage.objects.get(pk=charter.pk)
    assert [texts(v) for v in Version.objects.filter(page=charter)] == [
        ["Die alten Worte stehen hier."]
    ]
    assert (after.live, after.live_revision_id, after.body) == (
        True,
        before.live_revision_id,
        before.body,
    )
    shown = client.get(charter.url).content.decode()
    assert "Die alten Worte" in shown
    assert "Ganz neue" not in shown


def test_a_schedule_survives_a_freeze_that_fails(charter, monkeypatch):
    def fail(*args, **kwargs):
        raise BrokenFreezeError

    with monkeypatch.context() as patch:
        patch.setattr(freezing, "_tell", fail)
        with pytest.raises(BrokenFreezeError):
            by_schedule(charter, None)
    call_command("publish_scheduled")

    assert texts(charter.newest_version) == ["Ganz neue Sätze über Wasser."]


def create(client) -> None:
    url = reverse("wagtailadmin_pages:add", args=["testapp", "charterpage", site_root().pk])
    page = CharterPage(title="Neu", slug="neu")
    client.post(url, {**form(page, NEW), "action-publish": "1"})


def test_create_and_publish_in_the_admin_freezes_version_1(client, boss):
    create(client)

    page = CharterPage.objects.get(slug="neu")
    assert page.live
    assert (page.newest_version.number, page.newest_version.published_by) == (1, boss)


def test_create_and_publish_with_a_failing_freeze_makes_nothing_public(client, boss, broken):
    create(client)

    assert not Version.objects.exists()
    page = CharterPage.objects.filter(slug="neu").first()
    assert page is None or client.get(page.url).status_code == 404


def copy(page, client, **more: str) -> None:
    url = reverse("wagtailadmin_pages:copy", args=[page.pk])
    data = {
        "new_title": "Kopie",
        "new_slug": "kopie",
        "new_parent_page": page.get_parent().pk,
        "copy_subpages": "1",
        "publish_copies": "1",
    }
    client.post(url, {**data, **more})


def test_a_live_copy_starts_at_version_1_with_identities_and_plan_of_its_own(charter, client, boss):
    publish(charter, html=NEW, label="Entwurf", closes=timezone.now() + timedelta(days=1))

    copy(charter, client)

    copied = CharterPage.objects.get(slug="kopie")
    versions = list(Version.objects.filter(page=copied))
    assert [(v.number, v.label, v.closes, v.previous_hash) for v in versions] == [(1, "", None, "")]
    assert texts(versions[0]) == ["Ganz neue Sätze über Wasser."]
    assert versions[0].revision_id == copied.live_revision_id
    ours = set(charter.newest_version.passages.values_list("uid", flat=True))
    assert ours.isdisjoint(versions[0].passages.values_list("uid", flat=True))


def test_a_copied_tree_has_version_1_of_every_live_page(client, boss):
    process = make_process()
    publish(make_draft(process=process))
    publish(make_draft(process=process, html=NEW))

    copied = process.copy(
        recursive=True, update_attrs={"title": "Kopie", "slug": "kopie"}, keep_live=True
    )

    versions = Version.objects.filter(page__path__startswith=copied.path)
    assert [version.number for version in versions] == [1, 1]


def test_a_copy_of_drafts_freezes_nothing(charter, client, boss):
    url = reverse("wagtailadmin_pages:copy", args=[charter.pk])
    data = {"new_title": "K", "new_slug": "kopie", "new_parent_page": charter.get_parent().pk}
    client.post(url, data)

    assert not Version.objects.filter(page__slug="kopie").exists()


def test_a_copy_whose_freeze_fails_is_not_public(charter, client, boss, broken):
    copy(charter, client)

    assert not CharterPage.objects.filter(slug="kopie", live=True).exists()
    assert Version.objects.count() == 1
    assert Page.find_problems() == ([], [], [], [], [])


def test_an_alias_shows_the_versions_of_its_original(charter, client):
    alias = charter.create_alias(update_slug="alias")
    second = alias.create_alias(update_slug="alias-2")
    publish(charter, html=NEW)

    for page in (alias, second):
        fresh = CharterPage.objects.get(pk=page.pk)
        assert fresh.newest_version == charter.newest_version
        assert not Version.objects.filter(page=page).exists()
        assert "Ganz neue Sätze" in client.get(fresh.url).content.decode()


def test_an_alias_that_becomes_a_page_keeps_what_the_public_has_read(charter, client, boss):
    alias = charter.create_alias(update_slug="alias")
    client.post(reverse("wagtailadmin_pages:convert_alias", args=[alias.pk]))

    page = CharterPage.objects.get(pk=alias.pk)
    assert page.alias_of_id is None
    assert [(v.number, texts(v)) for v in Version.objects.filter(page=page)] == [
        (1, ["Die alten Worte stehen hier."])
    ]


def test_a_live_page_without_revision_is_not_there_for_the_public(root, client):
    page = site_root().add_child(instance=CharterPage(title="Nackt", slug="nackt", body=OLD))

    assert page.live
    assert page.newest_version is None
    assert client.get(page.url).status_code == 404


def test_a_move_keeps_versions_and_makes_none(charter, client):
    process = make_process()
    charter.move(process, pos="last-child")

    moved = CharterPage.objects.get(pk=charter.pk)
    assert Version.objects.filter(page=moved).count() == 1
    assert "Die alten Worte" in client.get(moved.url).content.decode()


def test_unpublishing_hides_the_page_and_publishing_the_same_text_brings_it_back(charter, client):
    charter.unpublish()
    assert client.get(charter.url).status_code == 404
    assert Version.objects.filter(page=charter).count() == 1

    charter.get_latest_revision().publish()

    assert Version.objects.filter(page=charter).count() == 1
    assert client.get(charter.url).status_code == 200


def test_going_back_to_an_old_text_is_a_new_version(charter):
    first = charter.newest_version
    publish(charter, html=NEW)
    Version.objects.get(pk=first.pk).revision.publish()

    assert [texts(v)[0][:4] for v in Version.objects.filter(page=charter).order_by("number")] == [
        "Die ",
        "Ganz",
        "Die ",
    ]


def test_unchanged_text_makes_no_version(charter):
    first = charter.newest_version
    publish(charter, label="Anderer Name")

    assert charter.newest_version == first
    assert Version.objects.get(pk=first.pk).label == ""


def test_a_mark_alone_makes_a_version(charter):
    publish(charter, html="<p>Die <b>alten</b> Worte stehen hier.</p>")

    change = charter.newest_version.changes.get()
    assert (charter.newest_version.number, change.old_words, change.new_words) == (2, "", "")
    assert change.format


# What a version holds


def test_the_first_version_holds_passages_with_numbers_and_hashes(root):
    draft = make_draft(
        html=["<h2>Ziele</h2><p>Die <b>Stadt</b>.</p>", "<h2>Wege</h2><p>Zu Fuß.</p>"]
    )

    version = publish(draft, label="Entwurf", summary="Erster Wurf")

    assert (version.number, version.label, version.summary) == (1, "Entwurf", "Erster Wurf")
    assert version.previous_hash == ""
    assert len(version.content_hash) == 64
    assert [(p.number, p.chapter, p.kind, p.text) for p in version.passages.in_order()] == [
        ("1", 1, "heading", "Ziele"),
        ("1.1", 1, "paragraph", "Die Stadt."),
        ("2", 2, "heading", "Wege"),
        ("2.1", 2, "paragraph", "Zu Fuß."),
    ]
    assert not version.changes.exists()


def test_the_second_version_knows_where_its_passages_come_from(root):
    kept = "<p>Bleibt genau so stehen.</p>"
    draft = make_draft(html=f"{kept}<p>Das Rathaus ist alt und grau.</p><p>Geht weg.</p>")
    first = publish(draft)
    second = publish(
        draft,
        html=f"{kept}<p>Das Rathaus ist alt und schön.</p><p>Etwas völlig anderes kommt hinzu.</p>",
    )

    before, after = first.passages.in_order(), second.passages.in_order()
    assert [p.uid for p in after[:2]] == [p.uid for p in before[:2]]
    assert after[2].uid not in {p.uid for p in before}
    assert [(p.origins.get().relation if p.origins.exists() else "") for p in after] == [
        "kept",
        "changed",
        "",
    ]
    assert sorted((c.relation, c.old_words, c.new_words) for c in second.changes.all()) == [
        ("added", "", "Etwas völlig anderes kommt hinzu."),
        ("changed", "grau", "schön"),
        ("removed", "Geht weg.", ""),
    ]
    changed = second.changes.get(relation="changed")
    assert before[1].text[changed.old_start : changed.old_end] == "grau"
    assert after[1].text[changed.new_start : changed.new_end] == "schön"
    assert second.previous_hash == first.content_hash


def test_published_by_is_the_user_of_the_log_context_or_nobody(charter, client, boss):
    by_editor(charter, client)
    assert charter.newest_version.published_by == boss

    charter.refresh_from_db()
    charter.body = OLD
    charter.save_revision(user=boss, approved_go_live_at=timezone.now() - timedelta(minutes=1))
    call_command("publish_scheduled")
    assert charter.newest_version.number == 3
    assert charter.newest_version.published_by is None


def test_an_editorial_version_inherits_the_window_and_a_substantive_one_does_not(charter):
    opens, closes = timezone.now(), timezone.now() + timedelta(days=3)
    publish(charter, html="<p>Erste Worte mit Frist.</p>", opens=opens, closes=closes)
    editorial = publish(charter, html="<p>Erste Worte mit Frist!</p>", kind="editorial")
    assert (editorial.opens, editorial.closes) == (opens, closes)

    substantive = publish(charter, html=NEW)
    assert (substantive.opens, substantive.closes) == (None, None)


def test_the_editor_starts_with_an_empty_plan_after_each_version(charter, client, boss):
    publish(charter, html=NEW, label="Entwurf", closes=timezone.now() + timedelta(days=1))
    url = reverse("wagtailadmin_pages:edit", args=[charter.pk])

    assert client.get(url).context["form"]["version_label"].value() == ""
    assert client.get(url).context["form"]["version_closes"].value() is None
    client.post(url, form(charter, OLD, version_label="Zweiter Entwurf"))
    assert client.get(url).context["form"]["version_label"].value() == "Zweiter Entwurf"


def test_a_window_that_closes_before_it_opens_is_refused_with_a_sentence(charter, client, boss):
    url = reverse("wagtailadmin_pages:edit", args=[charter.pk])
    window = {"version_opens": "2026-05-02 10:00", "version_closes": "2026-05-01 10:00"}
    response = client.post(url, {**form(charter, NEW, **window), "action-publish": "1"})

    assert response.status_code == 200
    assert response.context["form"].errors
    assert charter.newest_version.number == 1
    charter.plan_version(opens=timezone.now(), closes=timezone.now() - timedelta(days=1))
    with pytest.raises(ValidationError):
        charter.full_clean()


def test_text_that_is_nested_too_deeply_is_refused_before_it_is_published(charter):
    charter.body = "<b>" * 600 + "Wort" + "</b>" * 600

    with pytest.raises(ValidationError):
        charter.full_clean()


def test_the_signal_comes_after_the_commit(charter, django_capture_on_commit_callbacks):
    heard = []

    def listen(sender, version, **kwargs):
        heard.append((sender, version.number))

    version_published.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            publish(charter, html=NEW)
            assert heard == []
        assert heard == [(Version, 2)]
    finally:
        version_published.disconnect(listen)


def test_history_names_the_frozen_version(charter, client, boss):
    url = reverse("wagtailadmin_pages:history", args=[charter.pk])
    response = client.get(url)

    assert response.status_code == 200
    entry = PageLogEntry.objects.filter(page=charter.pk, action="synopse.freeze").get()
    assert entry.data["hash"] == charter.newest_version.content_hash


def test_queries_of_freezing_do_not_grow_with_the_passages(root):
    def queries(count: int) -> int:
        draft = make_draft(html="".join(f"<p>Absatz {n} von Straße {n}.</p>" for n in range(count)))
        publish(draft)
        html = "".join(f"<p>Absatz {n} von Gasse {n}.</p>" for n in range(count))
        page = StrategyDraftPage.objects.get(pk=draft.pk)
        set_html(page, html)
        revision = page.save_revision()
        with CaptureQueriesContext(
            connection,
        ) as captured:
            revision.publish()
        inserts = ("INSERT INTO", "RELEASE", "SAVEPOINT")
        return sum(not q["sql"].startswith(inserts) for q in captured.captured_queries)

    assert queries(4) == queries(40)


# The first law


def test_a_published_version_never_changes(charter):
    version = charter.newest_version
    passage = version.passages.get()
    passage.text = "Anderes"
    with pytest.raises(FrozenError):
        passage.save()
    with pytest.raises(FrozenError):
        Passage.objects.filter(pk=passage.pk).update(text="Anderes")
    with pytest.raises(FrozenError), transaction.atomic():
        Passage.objects.bulk_update([passage], ["text"])
    version.number = 7
    with pytest.raises(FrozenError):
        version.save()
    with pytest.raises(FrozenError):
        Version.objects.update(content_hash="0" * 64)
    for doomed in (passage, version, Passage.objects.all(), Version.objects.all()):
        with pytest.raises(FrozenError):
            doomed.delete()

    assert texts(charter.newest_version) == ["Die alten Worte stehen hier."]


def test_label_and_window_of_a_version_may_change(charter):
    version = charter.newest_version
    version.label, version.closes = "Neuer Name", timezone.now()
    version.save()

    assert Version.objects.get(pk=version.pk).label == "Neuer Name"


def test_history_can_be_imported_with_its_dates(root):
    moment = timezone.now() - timedelta(days=2000)
    with freezing.published_at(moment):
        version = publish(make_draft())

    assert Version.objects.get(pk=version.pk).published_at == moment


@pytest.mark.skipif(
    not connection.features.has_select_for_update, reason="this database locks as a whole"
)
def test_the_page_is_locked_while_it_gets_its_number(charter):
    charter.body = NEW
    revision = charter.save_revision()
    with CaptureQueriesContext(connection) as captured:
        revision.publish()

    statements = [query["sql"] for query in captured.captured_queries]
    lock = next(n for n, sql in enumerate(statements) if "FOR UPDATE" in sql)
    store = next(
        n for n, sql in enumerate(statements) if sql.startswith("INSERT") and "version" in sql
    )
    assert lock < store
