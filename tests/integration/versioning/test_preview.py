"""The preview in the admin shows the draft as it will be frozen; the public never sees it."""

from __future__ import annotations

import pytest
from django.urls import reverse
from wagtail.test.utils.form_data import nested_form_data, rich_text

from tests.factories import make_user, publish, site_root
from tests.testapp.models import CharterPage
from versioning.models import Version

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(client, root):
    user = make_user("superuser")
    client.force_login(user)
    return user


def form(html: str, title: str = "Charta") -> dict[str, str]:
    return nested_form_data(
        {
            "title": title,
            "slug": "charta",
            "body": rich_text(html),
            "version_kind": "substantive",
            "comments": {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0},
        }
    )


@pytest.fixture
def charter(root) -> CharterPage:
    page = site_root().add_child(
        instance=CharterPage(title="Charta", slug="charta", body="<p>Alt.</p>", live=False)
    )
    publish(page)
    return CharterPage.objects.get(pk=page.pk)


def test_the_preview_of_an_edit_shows_the_draft(charter, client, boss):
    url = reverse("wagtailadmin_pages:preview_on_edit", args=[charter.pk])
    client.post(url, form("<p>Ganz neu im <b>Entwurf</b>.</p>"))

    shown = client.get(url)

    assert shown.status_code == 200
    assert "Ganz neu im <b>Entwurf</b>." in shown.content.decode()
    assert "Ganz neu" not in client.get(charter.url).content.decode()
    assert Version.objects.count() == 1


def test_a_page_that_does_not_exist_yet_has_a_preview(client, boss):
    args = ["testapp", "charterpage", site_root().pk]
    url = reverse("wagtailadmin_pages:preview_on_add", args=args)
    client.post(url, form("<p>Noch nie gespeichert.</p>"))

    shown = client.get(url)

    assert shown.status_code == 200
    assert "Noch nie gespeichert." in shown.content.decode()
    assert not CharterPage.objects.exists()


def test_a_saved_draft_shows_its_text_to_editors_only(charter, client, boss):
    charter.body = "<p>Geheimer Entwurf.</p>"
    charter.save_revision()
    url = reverse("wagtailadmin_pages:view_draft", args=[charter.pk])

    assert "Geheimer Entwurf." in client.get(url).content.decode()
    client.logout()
    assert client.get(url).status_code == 302
    assert "Geheimer" not in client.get(charter.url).content.decode()
