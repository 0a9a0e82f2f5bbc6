"""An annotation made on one language appears at the same passage of the other languages."""

from __future__ import annotations

from copy import deepcopy
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Locale, PageViewRestriction

from annotations.models import State
from annotations.presentation import places
from annotations.services.following import follow
from annotations.services.moderating import hide_annotation
from cms_pages.models import StrategyDraftPage
from cms_pages.services.translating import publish_translation, translate_object
from tests.factories import make_draft, make_user, publish
from tests.factories.annotations import annotate, answer, dispose, next_version, passage

pytestmark = pytest.mark.django_db

GERMAN = "<h2>Ziele</h2><p>Die Stadt gehört allen.</p><p>Wasser ist kostbar.</p>"
WORDS = {"Ziele": "Goals", "Die Stadt gehört allen.": "The city belongs to all."}
CITY, WATER = 1, 2


@pytest.fixture(scope="module")
def shared_german(shared_root):
    """Return the newest version of a German text with an open window."""
    return publish(make_draft(html=[GERMAN]), closes=timezone.now() + timedelta(days=7))


@pytest.fixture(scope="module")
def shared_english(shared_german):
    """Return the newest version of its translation; the paragraph on water is not translated."""
    source = StrategyDraftPage.objects.get(pk=shared_german.page_id)
    locale = Locale.objects.get(language_code="en")
    parent = source.get_parent().specific
    for page, words in ((parent, {}), (source, WORDS)):
        made = translate_object(source=page, locale=locale, strings=words, actor=None)
        translated = publish_translation(translation=made, actor=None)
    return translated.newest_version


@pytest.fixture
def german(shared_german):
    return deepcopy(shared_german)


@pytest.fixture
def english(shared_english):
    return deepcopy(shared_english)


def shown(version) -> dict[str, list[int | None]]:
    """Return what everybody sees on a version: words to start and place."""
    rows = places.located(version).filter(state=State.PUBLIC)
    return {row.comment: [row.at, row.at_start] for row in rows}


def read(client, version):
    response = client.get(version.page.get_url())
    assert response.status_code == 200
    return response


def test_it_stands_at_the_same_passage_and_is_about_all_of_it(client, german, english):
    annotate(german, "gehört", position=CITY, body="Wirklich allen?")
    annotate(german, position=WATER, body="Sehr kostbar.")
    annotate(english, "city", position=CITY, body="All of it?")
    there, water = passage(english, CITY), passage(english, WATER)
    assert shown(english) == {
        "Wirklich allen?": [there.pk, None],
        "Sehr kostbar.": [water.pk, None],
        "All of it?": [there.pk, 4],
    }
    assert shown(german)["All of it?"] == [passage(german, CITY).pk, None]
    response = read(client, english)
    assert response.context["annotation_count"] == 3
    page = response.content.decode()
    assert '<div class="syn-card__body" dir="auto" lang="de"><p>Wirklich allen?</p>' in page
    assert '<q dir="auto" lang="de">gehört</q>' in page
    assert 'Written in another language: <bdi lang="de">Deutsch</bdi>' in page
    ranges = response.context["reading_data"]["ranges"]
    assert [row[:3] for row in ranges] == [(there.pk, 4, 8)]


def test_the_passage_page_and_the_list_show_it_too(client, german, english):
    made = annotate(german, position=CITY, body="Wirklich allen?")
    answer(made, body="Ja, allen.")
    place = passage(english, CITY)
    url = reverse("annotations:passage", args=[english.page_id, english.number, place.uid])
    page = client.get(url.replace("/de/", "/en/")).content.decode()
    assert "Wirklich allen?" in page
    assert "Ja, allen." in page
    url = reverse("annotations:list", args=[english.page_id]).replace("/de/", "/en/")
    response = client.get(f"{url}?language=de&q=wirklich")
    (entry,) = response.context["entries"]
    assert (entry.language, entry.anchor) == ("de", f"p-{place.uid}")
    assert client.get(f"{url}?language=en").context["paging"].paginator.count == 0


def test_one_replies_to_it_on_its_own_page(client, german, english):
    made = annotate(german, position=CITY, body="Wirklich allen?")
    page = read(client, english).content.decode()
    url = reverse("annotations:reply", args=[made.uuid]).replace("/de/", "/en/")
    assert url in page
    client.force_login(make_user())
    assert client.get(url).status_code == 200


def test_it_follows_its_own_text_to_newer_versions(german, english):
    annotate(german, "kostbar", position=WATER, body="Zum Wasser.")
    annotate(german, position=CITY, body="Zur Stadt.")
    newer = next_version(german, [GERMAN.replace("<p>Wasser ist kostbar.</p>", "")])
    assert shown(english) == {}  # not placed yet: nobody knows where it stands
    follow(version_id=newer.pk)
    assert shown(english) == {"Zur Stadt.": [passage(english, CITY).pk, None]}
    assert shown(newer)["Zum Wasser."] == [None, None]


def test_a_passage_that_is_not_in_the_translation_shows_nothing_there(client, german, english):
    fewer = publish(english.page.specific, html=["<h2>Goals</h2>"])
    annotate(german, position=CITY, body="Wirklich allen?")
    annotate(german, position=0, body="Welche?")
    assert list(shown(fewer)) == ["Welche?"]
    response = read(client, fewer)
    assert (response.context["annotation_count"], response.context["removed_count"]) == (1, 0)


def test_older_versions_show_their_own_language_alone(german, english):
    annotate(german, position=CITY, body="Wirklich allen?")
    newer = publish(english.page.specific, html=["<h2>Aims</h2><p>The city belongs to all.</p>"])
    assert shown(english) == {}
    assert newer.number == 2


def test_what_is_not_public_there_is_not_public_here(german, english):
    made = annotate(german, position=CITY, body="Geheim")
    annotate(german, position=CITY, body="Unbestätigt", name="Gast", email="gast@example.org")
    hide_annotation(annotation=made, actor=make_user("superuser"), ground="Grund")
    assert shown(english) == {}
    assert list(places.located(english).filter(places.visible())) == []


@pytest.mark.parametrize("kind", ["login", "password", "groups"])
@pytest.mark.parametrize("above", [False, True])
def test_a_restricted_page_tells_nothing_in_another_language(client, german, english, kind, above):
    annotate(german, position=CITY, body="Geheim")
    page = german.page.get_parent() if above else german.page
    made = PageViewRestriction.objects.create(page=page, restriction_type=kind, password="geheim")
    made.groups.set(Group.objects.all()[:1])
    assert shown(english) == {}
    assert "Geheim" not in read(client, english).content.decode()
    url = reverse("annotations:list", args=[english.page_id])
    assert "Geheim" not in client.get(url).content.decode()


def test_an_unpublished_page_tells_nothing_in_another_language(german, english):
    annotate(german, position=CITY, body="Geheim")
    german.page.specific.unpublish()
    assert shown(english) == {}


def test_a_page_that_stands_on_no_site_tells_nothing_in_another_language(german, english, root):
    annotate(german, position=CITY, body="Geheim")
    german.page.specific.move(root, pos="last-child")
    assert shown(english) == {}


def test_another_text_has_nothing_to_do_with_it(german, english):
    other = publish(make_draft(html=[GERMAN]), closes=timezone.now() + timedelta(days=7))
    annotate(other, position=CITY, body="Zu einem anderen Text")
    assert shown(english) == {}
    assert shown(german) == {}


def test_answers_of_the_editors_are_shown_as_public_as_they_are(client, german, english):
    made = annotate(german, position=CITY, body="Wirklich allen?")
    dispose(made, actor=make_user("superuser"), reason="Kommt mit der nächsten Fassung.")
    assert "Kommt mit der" not in read(client, english).content.decode()


def test_other_languages_cost_no_query_more(client, german, english):
    def count():
        client.get(english.page.get_url())
        with CaptureQueriesContext(connection) as captured:
            client.get(english.page.get_url())
        return len(captured)

    annotate(english, position=CITY, body="One.")
    alone = count()
    for n in range(5):
        answer(annotate(german, position=CITY, body=f"Stimme {n}"))
    assert count() <= alone + 1
