"""Whatever happens to a page: no annotation is lost, none leaks to a copy or a translation."""

from __future__ import annotations

import pytest
from django.urls import reverse
from wagtail.models import Locale

from annotations.models import Annotation
from cms_pages.models import StrategyDraftPage
from tests.factories import make_process, make_user, publish
from tests.factories.annotations import annotate, open_version

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("root")]

WORDS = "Das Wort Kanarienvogel kommt nur hier vor."


@pytest.fixture
def annotation() -> Annotation:
    return annotate(open_version(), "Stadt", body=WORDS)


@pytest.fixture
def draft(annotation) -> StrategyDraftPage:
    return StrategyDraftPage.objects.get(pk=annotation.version.page_id)


def fate(annotation: Annotation) -> tuple:
    """Return what no event in the life of a page may change."""
    stored = Annotation.objects.get(pk=annotation.pk)
    return (stored.comment, stored.state, stored.passage_id, stored.start, stored.end)


def shown(client, page) -> str:
    fresh = StrategyDraftPage.objects.get(pk=page.pk)
    return client.get(fresh.url).content.decode()


def test_a_move_takes_the_annotations_along(annotation, draft, client):
    before = fate(annotation)
    draft.move(make_process(title="Anderswo"), pos="last-child")

    assert fate(annotation) == before
    assert WORDS in shown(client, draft)


def test_a_copy_starts_without_annotations(annotation, draft, client):
    before = fate(annotation)
    copied = draft.copy(update_attrs={"title": "Kopie", "slug": "kopie"}, keep_live=True)

    assert copied.newest_version.passages.count() == 1
    assert WORDS not in shown(client, copied)
    assert WORDS in shown(client, draft)
    assert fate(annotation) == before
    assert Annotation.objects.count() == 1


def test_a_deletion_is_refused_and_nothing_is_lost(annotation, draft, client):
    before = fate(annotation)
    client.force_login(make_user("superuser"))
    client.post(reverse("wagtailadmin_pages:delete", args=[draft.pk]))

    assert fate(annotation) == before


def test_unpublishing_hides_the_annotations_and_publishing_shows_them_again(
    annotation, draft, client
):
    before = fate(annotation)
    draft.unpublish()
    assert client.get(draft.url).status_code == 404
    assert client.get(annotation.get_absolute_url()).status_code in {404, 410}

    publish(draft)
    assert WORDS in shown(client, draft)
    assert fate(annotation) == before


def test_a_translation_has_no_annotations_of_its_own_and_shows_those_of_the_same_passages(
    annotation, draft, client
):
    before = fate(annotation)
    english = Locale.objects.get(language_code="en")
    translated = draft.copy_for_translation(english, copy_parents=True)
    for ancestor in translated.get_ancestors().filter(live=False, depth__gt=1).specific():
        ancestor.save_revision().publish()
    publish(translated, html="<p>The city belongs to all.</p>")

    assert not Annotation.objects.filter(version__page=translated.pk).exists()
    assert f'lang="de"><p>{WORDS}</p>' in shown(client, translated)
    assert WORDS in shown(client, draft)
    assert fate(annotation) == before


def test_a_new_version_leaves_the_annotation_where_it_was_written(annotation, draft):
    before = fate(annotation)
    publish(draft, html="<p>Etwas ganz anderes steht hier.</p>")

    assert fate(annotation) == before
    assert Annotation.objects.get().version.number == 1
