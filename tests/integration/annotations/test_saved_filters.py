"""Choosing, ordering and keeping choices in the listing of annotations."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import Locale

from annotations.admin import links
from annotations.models import Annotation, SavedFilter
from annotations.services.erasing import erase_account
from annotations.services.following import follow
from annotations.services.personal_data import export_of
from annotations.services.saved_filters import MOST, save_filter
from tests.factories import make_user
from tests.factories.annotations import annotate, dispose, next_version, open_version

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("root")]

HTML = "<p>Die Stadt gehört allen.</p><p>Busse fahren jede Stunde.</p>"
SAVE = "synopse_annotations:save_filter"
REMOVE = "synopse_annotations:remove_filter"


@pytest.fixture
def version():
    return open_version(HTML)


@pytest.fixture
def user():
    return make_user("editor")


@pytest.fixture
def editor(user):
    client = Client()
    client.force_login(user)
    return client


def listed(client, **filters) -> list[int]:
    response = client.get(links.listing_url(**filters))
    assert response.status_code == 200
    return [row.pk for row in response.context["object_list"]]


def supported(annotation, number):
    Annotation.objects.filter(pk=annotation.pk).update(support_count=number)
    return annotation.pk


# Choosing and ordering


def test_support_and_language_choose(editor, version):
    few, many = supported(annotate(version), 2), supported(annotate(version), 9)
    german = version.locale
    english = Locale.objects.exclude(pk=german.pk).first() or Locale.objects.create(
        language_code="en"
    )

    assert listed(editor, support=3) == [many]
    assert set(listed(editor, support=2, language=german.pk)) == {few, many}
    assert listed(editor, language=english.pk) == []
    assert listed(editor, support=3, answer="open", page=version.page_id, q="anders") == [many]


def test_the_listing_is_ordered_by_support_and_by_place(editor, version):
    last = supported(annotate(version, "Stunde", position=1), 1)
    middle = supported(annotate(version, "Busse", position=1), 5)
    first = supported(annotate(version, position=0), 3)

    assert listed(editor, ordering="-support_count") == [middle, first, last]
    assert listed(editor, ordering="support_count") == [last, first, middle]
    assert listed(editor, ordering="place") == [first, middle, last]
    assert listed(editor, ordering="-place") == [last, middle, first]


def test_the_place_is_that_of_the_newest_version(editor, version):
    city, buses = annotate(version, position=0).pk, annotate(version, position=1).pk
    turned = "<p>Busse fahren jede Stunde.</p><p>Die Stadt gehört allen.</p>"
    follow(version_id=next_version(version, turned).pk)

    assert listed(editor, ordering="place") == [buses, city]


def test_all_choices_together_take_as_many_queries_however_much_there_is(editor, user, version):
    save_filter(user=user, name="Offen", query="answer=open", known={"answer"})
    choice = {"support": 1, "answer": "open", "page": version.page_id, "ordering": "place"}
    choice |= {"language": version.locale_id, "q": "anders", "state": "public"}
    supported(annotate(version), 3)
    listed(editor, **choice)
    with CaptureQueriesContext(connection) as few:
        listed(editor, **choice)
    for _number in range(9):
        supported(annotate(version, position=1), 3)
    dispose(annotate(version))
    with CaptureQueriesContext(connection) as many:
        assert len(listed(editor, **choice)) == 10
    assert len(many) == len(few)


# Keeping choices


def test_a_choice_is_kept_listed_and_removed(editor, user, version):
    annotate(version)
    query = f"answer=open&page={version.page_id}&ordering=place&p=7&evil=1&state="

    kept = editor.post(reverse(SAVE), {"name": "  Meine   offenen ", "query": query})

    saved = SavedFilter.objects.get(user=user)
    assert saved.name == "Meine offenen"
    assert saved.query == f"answer=open&page={version.page_id}&ordering=place"
    assert kept.url == f"{links.listing_url()}?{saved.query}"
    page = editor.get(kept.url)
    assert [each.is_current for each in page.context["saved_filters"]] == [True]
    assert "Auswahl „Meine offenen“ entfernen" in page.content.decode()

    assert editor.post(reverse(REMOVE, args=[saved.pk])).url == links.listing_url()
    assert not SavedFilter.objects.exists()


def test_nobody_sees_or_removes_the_choices_of_others(editor, user):
    saved = save_filter(user=user, name="Meine", query="answer=open", known={"answer"})
    stranger = Client()
    stranger.force_login(make_user("editor"))

    assert stranger.get(links.listing_url()).context["saved_filters"] == []
    stranger.post(reverse(REMOVE, args=[saved.pk]))
    assert SavedFilter.objects.filter(pk=saved.pk).exists()


def test_the_same_name_replaces_a_choice_and_there_are_at_most_twenty(editor, user):
    for number in range(MOST):
        editor.post(reverse(SAVE), {"name": f"Nummer {number}", "query": "answer=open"})
    editor.post(reverse(SAVE), {"name": "Eine mehr", "query": "answer=open"})
    editor.post(reverse(SAVE), {"name": "Nummer 7", "query": "answer=noted"})

    assert SavedFilter.objects.filter(user=user).count() == MOST
    assert SavedFilter.objects.get(name="Nummer 7").query == "answer=noted"


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"name": "Leer", "query": ""},
        {"name": "Fremd", "query": "evil=1"},
        {"name": " ", "query": "answer=open"},
        {"name": "x" * 61, "query": "answer=open"},
        {"name": "x" * 9_000, "query": "answer=open"},
        {"name": "Lang", "query": "q=" + "x" * 3_000},
    ],
)
def test_what_is_no_choice_is_not_kept(editor, form):
    assert editor.post(reverse(SAVE), form).status_code == 302
    assert not SavedFilter.objects.exists()


def test_a_name_is_never_read_as_markup(editor):
    editor.post(reverse(SAVE), {"name": "<b>x</b><script>", "query": "answer=open"})
    assert "<script>x" not in editor.get(links.listing_url()).content.decode()
    assert "<b>x</b>" not in editor.get(links.listing_url()).content.decode()


def test_choices_are_in_the_data_of_a_person_and_go_with_the_account():
    person = make_user("citizen")
    save_filter(user=person, name="Offen", query="answer=open", known={"answer"})

    exported = export_of(person, base_url="https://example.org")["saved_choices"]
    assert [(each["name"], each["choice"]) for each in exported] == [("Offen", "answer=open")]

    erase_account(user=person, words="keep")
    assert not SavedFilter.objects.exists()
