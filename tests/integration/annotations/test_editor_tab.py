"""The tab of the page editor: what waits beside each block, and answering without leaving."""

import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from annotations.admin.editor import GONE, PER_PAGE
from annotations.models import Annotation, Disposition, State
from annotations.services.bulk import Voice, import_voices
from annotations.services.following import follow
from tests.factories import make_user
from tests.factories.annotations import annotate, dispose, next_version, open_version, passage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("root")]

HTML = "<h2>Wohnen</h2><p>Die Stadt gehört allen.</p><p>Busse fahren jede Stunde.</p>"


@pytest.fixture
def version():
    return open_version(HTML)


@pytest.fixture
def editor():
    client = Client()
    client.force_login(make_user("editor"))
    return client


def url(version, name="list", **query):
    return reverse(f"synopse_annotations:editor_{name}", args=[version.page_id], query=query)


def answer_url(annotation):
    key = [annotation.version.page_id, annotation.pk]
    return reverse("synopse_annotations:editor_answer", args=key)


def shown(response):
    return [entry.annotation.pk for group in response.context["groups"] for entry in group.entries]


def test_what_waits_is_counted_by_block_and_listed_in_the_order_of_the_text(version, editor):
    buses, city = annotate(version, position=2), annotate(version, position=1)
    answered = annotate(version, position=1)
    dispose(answered)
    pending = annotate(version, position=1)
    Annotation.objects.filter(pk=pending.pk).update(state=State.PENDING)
    block = passage(version, 1).block

    counted = json.loads(editor.get(url(version, "counts")).content)
    listed = editor.get(url(version))

    assert counted["total"] == 2
    assert {key: each["number"] for key, each in counted["blocks"].items()} == {block: 2}
    assert shown(listed) == [city.pk, buses.pk]
    assert shown(editor.get(url(version, block=block))) == [city.pk, buses.pk]
    assert shown(editor.get(url(version, block="unbekannt"))) == []


def test_a_suggested_edit_leads_to_the_draft_and_back_to_the_editor(version, editor):
    made = annotate(version, "allen", position=1, proposed="allen Menschen")
    address = reverse("wagtailadmin_pages:edit", args=[version.page_id])
    accept = reverse("synopse_annotations:accept", args=[made.pk], query={"next": address})
    assert f'href="{accept.replace("%2F", "/")}"' in editor.get(url(version)).content.decode()

    seen = editor.get(accept).context["form"].initial["seen"]

    done = editor.post(accept, {"as_it_is": "1", "seen": seen})

    assert (done.status_code, done.url) == (302, address)
    page = type(version.page).objects.get(pk=version.page_id)
    assert "allen Menschen" in str(page.get_latest_revision_as_object().body)


def test_words_that_are_gone_have_a_place_of_their_own(version, editor):
    gone = annotate(version, position=2)
    newest = next_version(version, HTML.replace("<p>Busse fahren jede Stunde.</p>", ""))
    follow(version_id=newest.pk)

    counted = json.loads(editor.get(url(newest, "counts")).content)

    assert counted["blocks"][GONE]["number"] == 1
    assert shown(editor.get(url(newest, block=GONE))) == [gone.pk]


def test_an_answer_is_stored_and_a_refused_one_keeps_its_words(version, editor):
    made = annotate(version, position=1)
    refused = editor.post(answer_url(made), {"outcome": "not_adopted", "reason": ""})
    assert refused.status_code == 422
    assert "Bitte geben Sie eine Begründung" in refused.content.decode()
    kept = editor.post(answer_url(made), {"outcome": "", "reason": "Schon getippt"})
    assert "Schon getippt" in kept.content.decode()
    assert not Disposition.objects.exists()

    done = editor.post(answer_url(made), {"outcome": "not_adopted", "reason": "Zu teuer."})

    assert done.status_code == 200
    assert "Zu teuer." in done.content.decode()
    found = Disposition.objects.get()
    assert (found.outcome, found.annotations.get().pk) == ("not_adopted", made.pk)
    twice = editor.post(answer_url(made), {"outcome": "noted"})
    assert twice.status_code == 422
    assert "schon" in twice.content.decode()


def test_nobody_answers_on_a_page_that_is_not_theirs(version):
    made = annotate(version, position=1)
    other = open_version(HTML)
    editor = Client()
    editor.force_login(make_user("editor"))
    foreign = reverse("synopse_annotations:editor_answer", args=[other.page_id, made.pk])
    assert editor.post(foreign, {"outcome": "noted"}, follow=True).status_code == 404

    citizen = Client()
    citizen.force_login(make_user("citizen"))
    assert citizen.post(answer_url(made), {"outcome": "noted"}).status_code == 302
    assert not Disposition.objects.exists()


def test_numbers_and_lists_ask_as_often_for_two_annotations_as_for_many(version, editor):
    def cost():
        found = []
        for name in ("counts", "list"):
            with CaptureQueriesContext(connection) as captured:
                assert editor.get(url(version, name)).status_code == 200
            found.append(len(captured))
        return found

    annotate(version, position=1)
    annotate(version, position=2)
    editor.get(url(version))
    few = cost()
    voices = [
        Voice(
            passage(version, 1), f"Stimme {number}", "Ada", "ada@example.org", version.published_at
        )
        for number in range(2 * PER_PAGE)
    ]
    import_voices(version=version, page=version.page, voices=voices)

    assert cost() == few
    assert len(shown(editor.get(url(version)))) == PER_PAGE
    assert len(shown(editor.get(url(version, p=3)))) == 2


def test_the_editor_itself_asks_nothing_more_for_annotations(version, editor):
    address = reverse("wagtailadmin_pages:edit", args=[version.page_id])
    editor.get(address)
    with CaptureQueriesContext(connection) as without:
        plain = editor.get(address)
    for position in (1, 1, 2):
        annotate(version, position=position)
    with CaptureQueriesContext(connection) as with_some:
        full = editor.get(address)

    assert len(with_some) == len(without)
    assert abs(len(full.content) - len(plain.content)) < 100
    assert "data-synopse-editor" in full.content.decode()


def test_a_page_that_was_never_published_has_no_tab(editor):
    from tests.factories import make_draft

    page = make_draft(title="Neu", html=HTML)
    response = editor.get(reverse("wagtailadmin_pages:edit", args=[page.pk]))
    assert "data-synopse-editor" not in response.content.decode()
