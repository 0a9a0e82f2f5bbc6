"""Whatever becomes of a page, its annotations stay with it and turn up nowhere else (R13)."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.models import Locale, Page

from annotations.models import Annotation, Placement
from cms_pages.services.translating import publish_translation, translate_object
from tests.factories import make_process, publish
from versioning.models import Version
from versioning.services.integrity import check_integrity

pytestmark = pytest.mark.django_db

WORDS = ["Wirklich allen?", "Öfter bitte.", "Zur zweiten Fassung."]


@pytest.fixture
def boss(world, client_of):
    from tests.factories import make_user

    client = Client()
    client.force_login(make_user("superuser"))
    return client


@pytest.fixture(autouse=True)
def _nothing_is_lost(world):
    """Hold every annotation and every place to what it was before, whatever a test does."""
    before = _everything()
    yield
    after = _everything()
    assert {key: after.get(key) for key in before} == before
    assert check_integrity() == []


def _everything() -> dict:
    rows = Annotation.objects.values_list(
        "pk", "version_id", "passage_id", "locale_id", "start", "end", "exact", "comment", "state",
        "disposition_id", "root_id", "reply_to_id",
    )  # fmt: skip
    places = Placement.objects.values_list("pk", "version_id", "passage_id", "start", "end")
    return {("a", row[0]): row for row in rows} | {("p", row[0]): row for row in places}


def _page(world) -> Page:
    return Page.objects.get(pk=world.drafts["open"].pk)


def _shown(page: Page) -> str:
    """Return what strangers read at a page and at the addresses of its versions."""
    client, texts = Client(), []
    urls = [page.get_url(), reverse("versioning:versions", args=[page.pk])]
    for version in Version.objects.filter(page=page):
        urls.append(version.get_absolute_url())
        urls += [
            reverse("annotations:passage", args=[page.pk, version.number, uid])
            for uid in version.passages.values_list("uid", flat=True)
        ]
    for url in filter(None, urls):
        response = client.get(url)
        texts.append(response.content.decode() if response.status_code == 200 else "")
    return " ".join(texts)


def test_the_page_shows_its_annotations_before_anything_happens(world):
    shown = _shown(_page(world))
    assert all(words in shown for words in WORDS)


def test_a_moved_page_takes_its_annotations_along(world, boss):
    target = make_process(title="Anderes Verfahren", parent=world.process.get_parent())
    url = reverse("wagtailadmin_pages:move_confirm", args=[_page(world).pk, target.pk])
    assert boss.post(url).status_code == 302
    page = _page(world)
    assert page.is_child_of(target)
    shown = _shown(page)
    assert all(words in shown for words in WORDS)


def test_a_page_with_another_address_keeps_its_annotations_and_their_links(world):
    draft = world.drafts["open"].__class__.objects.get(pk=world.drafts["open"].pk)
    made = world.annotations["public"]
    draft.slug = "neue-adresse"
    draft.save()
    assert all(words in _shown(_page(world)) for words in WORDS)
    assert Client().get(made.get_absolute_url()).status_code == 200


@pytest.mark.parametrize("alias", [False, True])
def test_a_copy_has_none_of_the_annotations_and_an_alias_no_rows_of_its_own(world, boss, alias):
    count = Annotation.objects.count()
    url = reverse("wagtailadmin_pages:copy", args=[_page(world).pk])
    data = {
        "new_title": "Kopie",
        "new_slug": "kopie",
        "new_parent_page": world.process.pk,
        "publish_copies": "on",
        **({"alias": "on"} if alias else {}),
    }
    assert boss.post(url, data).status_code == 302
    copy = Page.objects.get(slug="kopie")
    assert bool(copy.alias_of_id) is alias
    assert Annotation.objects.count() == count
    assert not Annotation.objects.filter(version__page=copy).exists()
    shown = _shown(copy)
    if not alias:
        assert not any(words in shown for words in WORDS)
        publish(copy.specific, html="<p>Die Stadt gehört allen.</p>")
        assert not any(words in _shown(copy) for words in WORDS)


def test_block_ids_of_a_copy_are_no_bridge_for_annotations(world, boss):
    """Wagtail gives a copy the same block ids; the key is the version's passage."""
    draft = world.drafts["open"].__class__.objects.get(pk=world.drafts["open"].pk)
    copy = draft.copy(update_attrs={"slug": "kopie", "title": "Kopie"}, keep_live=True)
    version = Version.objects.newest_of(copy)
    if version is None:
        version = publish(copy)
    assert not Annotation.objects.filter(version=version).exists()
    assert not Placement.objects.filter(version=version).exists()


def test_an_unpublished_page_hides_its_annotations_and_shows_them_again(world, boss):
    page = _page(world)
    url = reverse("wagtailadmin_pages:unpublish", args=[page.pk])
    assert boss.post(url).status_code == 302
    assert not any(words in _shown(_page(world)) for words in WORDS)
    permalink = world.annotations["public"].get_absolute_url()
    assert Client().get(permalink).status_code == 404
    world.drafts["open"].__class__.objects.get(pk=page.pk).get_latest_revision().publish()
    assert all(words in _shown(_page(world)) for words in WORDS[:2])
    assert Client().get(permalink).status_code == 200


@pytest.mark.parametrize("whom", ["page", "process"])
def test_a_page_with_annotations_is_not_deleted(world, boss, whom):
    page = _page(world) if whom == "page" else world.process
    boss.post(reverse("wagtailadmin_pages:delete", args=[page.pk]))
    assert Page.objects.filter(pk=_page(world).pk).exists()
    assert all(words in _shown(_page(world)) for words in WORDS)


def test_a_translation_has_no_annotations_of_its_own_and_shows_those_of_the_same_passages(
    world, boss
):
    english = Locale.objects.get(language_code="en")
    draft = world.drafts["open"].__class__.objects.get(pk=world.drafts["open"].pk)
    count, places = Annotation.objects.count(), Placement.objects.count()
    translation = translate_object(
        source=draft, locale=english, strings={"Wohnen": "Living"}, actor=None
    )
    translated = publish_translation(translation=translation, actor=None)
    version = Version.objects.newest_of(translated)
    assert version.locale == english
    assert (Annotation.objects.count(), Placement.objects.count()) == (count, places)
    assert not Annotation.objects.filter(version__page=translated.pk).exists()
    shown = _shown(Page.objects.get(pk=translated.pk))
    assert WORDS[0] in shown
    assert WORDS[2] in shown
    assert 'lang="de"' in shown
    assert all(words in _shown(_page(world)) for words in WORDS)


def test_an_account_that_goes_leaves_its_words_without_the_person(world):
    """The record of the process stays when a person is deleted."""
    made = world.annotations["public"]
    before = made.comment
    world.users["citizen"].delete()
    made.refresh_from_db()
    assert made.user is None
    assert made.comment == before
