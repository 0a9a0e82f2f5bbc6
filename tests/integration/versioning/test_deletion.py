"""What was published cannot be deleted; the admin says so and offers to unpublish."""

from __future__ import annotations

import pytest
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import ProtectedError
from django.urls import reverse
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Locale, Page

from cms_pages.models import StrategyDraftPage
from tests.factories import make_draft, make_process, make_user, publish
from versioning.models import DocumentUse, Version

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(root):
    page = make_draft()
    publish(page)
    return StrategyDraftPage.objects.get(pk=page.pk)


@pytest.fixture
def boss(client, root):
    user = make_user("superuser")
    client.force_login(user)
    return user


def bulk(client, model: str, item):
    app = item._meta.app_label if model != "page" else "wagtailcore"
    url = reverse("wagtail_bulk_action", args=[app, model, "delete"])
    return client.post(f"{url}?id={item.pk}", {"id": item.pk}, follow=True)


def said(response) -> str:
    return " ".join(str(message) for message in response.context["messages"])


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("where", ["page", "parent"])
def test_a_page_with_versions_below_it_is_not_deleted(draft, client, boss, method, where):
    page = draft if where == "page" else draft.get_parent()
    url = reverse("wagtailadmin_pages:delete", args=[page.pk])

    response = getattr(client, method)(url, follow=True)

    assert response.status_code == 200
    assert draft.title in said(response)
    assert reverse("wagtailadmin_pages:unpublish", args=[draft.pk]) in said(response)
    assert Page.objects.filter(pk=draft.pk).exists()
    assert Version.objects.filter(page=draft).exists()


@pytest.mark.parametrize("where", ["page", "parent"])
def test_a_bulk_deletion_is_refused_too(draft, client, boss, where):
    page = draft if where == "page" else draft.get_parent()

    response = bulk(client, "page", page)

    assert response.status_code == 200
    assert draft.title in said(response)
    assert Page.objects.filter(pk=draft.pk).exists()


def test_an_unpublished_page_keeps_its_versions_and_cannot_be_deleted(draft, client, boss):
    draft.unpublish()

    response = client.post(reverse("wagtailadmin_pages:delete", args=[draft.pk]), follow=True)

    assert draft.title in said(response)
    assert Version.objects.filter(page=draft).exists()


def test_a_page_is_not_deleted_where_a_translation_below_it_has_versions(draft, client, boss):
    process = make_process(title="Leer")
    english = Locale.objects.get(language_code="en")
    translated = process.copy_for_translation(english, copy_parents=True)
    draft.move(translated, pos="last-child")

    response = client.post(reverse("wagtailadmin_pages:delete", args=[process.pk]), follow=True)

    assert response.status_code == 200
    assert Version.objects.filter(page=draft).exists()
    assert Page.objects.filter(pk=draft.pk).exists()


def test_drafts_and_aliases_can_be_deleted(draft, client, boss):
    never = make_draft(title="Nie veröffentlicht")
    alias = draft.create_alias(update_slug="alias")
    for page in (never, alias):
        client.post(reverse("wagtailadmin_pages:delete", args=[page.pk]))
        assert not Page.objects.filter(pk=page.pk).exists()


def test_code_cannot_delete_such_a_page_either(draft):
    with pytest.raises(ProtectedError):
        draft.delete()
    with pytest.raises(ProtectedError), transaction.atomic():
        draft.get_parent().delete()

    assert Page.objects.filter(pk=draft.pk).exists()
    assert Page.find_problems() == ([], [], [], [], [])


def test_revisions_may_go_and_the_version_stays(draft):
    draft.revisions.all().delete()

    version = Version.objects.get(page=draft)
    assert version.revision is None
    assert version.passages.exists()


@pytest.fixture
def image(root):
    image = get_image_model().objects.create(title="Plan", file=get_test_image_file())
    page = make_draft()
    stream = StrategyDraftPage._meta.get_field("body").stream_block
    value = {"image": image.pk, "alt": "Plan", "caption": "So wird es"}
    page.body = stream.to_python([{"type": "image", "value": value, "id": "i1"}])
    page.save_revision().publish()
    return image


@pytest.fixture
def document(root):
    document = get_document_model().objects.create(title="Satzung", file=ContentFile(b"x", "a.txt"))
    page = make_draft(html=f'<p>Siehe <a linktype="document" id="{document.pk}">Satzung</a>.</p>')
    version = publish(page)
    assert DocumentUse.objects.get().passage.version == version
    publish(page, html="<p>Ohne Verweis.</p>")
    return document


@pytest.mark.parametrize(
    ("name", "route"), [("image", "wagtailimages:delete"), ("document", "wagtaildocs:delete")]
)
def test_a_file_that_a_version_uses_is_not_deleted(request, client, boss, name, route):
    item = request.getfixturevalue(name)
    url = reverse(route, args=[item.pk])

    page = client.get(url)
    assert page.context["is_protected"]
    response = client.post(url, follow=True)

    assert response.status_code == 200
    assert type(item).objects.filter(pk=item.pk).exists()
    assert said(response)


@pytest.mark.parametrize("name", ["image", "document"])
def test_a_bulk_deletion_of_files_is_refused(request, client, boss, name):
    item = request.getfixturevalue(name)

    response = bulk(client, name, item)

    assert response.status_code == 200
    assert said(response)
    assert type(item).objects.filter(pk=item.pk).exists()


@pytest.mark.parametrize("name", ["image", "document"])
def test_code_cannot_delete_such_a_file_either(request, name):
    item = request.getfixturevalue(name)
    with pytest.raises(ProtectedError):
        item.delete()


def test_a_file_that_no_version_uses_can_be_deleted(client, boss):
    image = get_image_model().objects.create(title="Frei", file=get_test_image_file())

    client.post(reverse("wagtailimages:delete", args=[image.pk]))

    assert not get_image_model().objects.filter(pk=image.pk).exists()
