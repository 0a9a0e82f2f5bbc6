"""Two editors at one text: the second is told before anything of the first is overwritten."""

import html
import re

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.test.utils.form_data import nested_form_data, rich_text

from tests.factories import make_user, publish, site_root
from tests.testapp.models import CharterPage
from versioning.models import Version

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("root")]

FIRST, SECOND = "<p>Vom Ersten.</p>", "<p>Vom Zweiten, mit „Zeichen“ &amp; Co.</p>"
KEY = re.compile(r' data-block-key="\w+"')


class Editor:
    """Somebody with the page open in the editor, as it was then."""

    def __init__(self, page, name):
        self.client, self.page = Client(), page
        self.client.force_login(make_user("superuser", username=name))
        self.url = reverse("wagtailadmin_pages:edit", args=[page.pk])
        shown = self.client.get(self.url).content.decode()
        self.loaded = dict(re.findall(r'name="(loaded_revision_\w+)" value="([^"]*)"', shown))

    def sends(self, body, **more):
        values = {
            "title": self.page.title,
            "slug": self.page.slug,
            "body": rich_text(body),
            "comments": {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0},
            "seo_title": "",
            "search_description": "",
            "version_label": "",
            "version_summary": "",
            "version_kind": "substantive",
            **more,
        }
        return self.client.post(self.url, {**nested_form_data(values), **self.loaded})


@pytest.fixture
def charter():
    page = site_root().add_child(
        instance=CharterPage(title="Charta", slug="charta", body="<p>Anfang.</p>", live=False)
    )
    publish(page)
    return CharterPage.objects.get(pk=page.pk)


@pytest.fixture
def editors(charter):
    return Editor(charter, "ada"), Editor(charter, "bea")


def draft_of(page):
    return KEY.sub("", CharterPage.objects.get(pk=page.pk).get_latest_revision_as_object().body)


def hidden_fields(answer):
    pairs = re.findall(r'<textarea name="([^"]*)" hidden>\n(.*?)</textarea>', answer, re.S)
    return {name: html.unescape(value) for name, value in pairs}


@pytest.mark.parametrize("action", [{}, {"action-publish": "1"}], ids=["save", "publish"])
def test_the_second_editor_is_told_and_overwrites_nothing(charter, editors, action):
    first, second = editors
    assert first.sends(FIRST).status_code == 302
    stored = charter.revisions.count()

    answer = second.sends(SECOND, **action)

    assert answer.status_code == 409
    page = answer.content.decode()
    assert "ada" in page
    assert "noch nicht gespeichert" in page
    assert draft_of(charter) == FIRST
    assert charter.revisions.count() == stored
    assert Version.objects.of_page(charter).count() == 1
    compared = re.search(r'href="([^"]*/revisions/compare/[^"]*)"', page)[1]
    assert "Vom Ersten" in second.client.get(compared).content.decode()


def test_both_texts_are_kept_when_the_second_editor_insists(charter, editors):
    first, second = editors
    first.sends(FIRST)
    asked = second.sends(SECOND, **{"action-publish": "1"}).content.decode()

    assert second.client.post(second.url, hidden_fields(asked)).status_code == 302

    assert draft_of(charter) == SECOND
    assert Version.objects.of_page(charter).count() == 2
    bodies = [KEY.sub("", revision.as_object().body) for revision in charter.revisions.all()]
    assert bodies.count(FIRST) == bodies.count(SECOND) == 1


def test_a_third_who_saves_meanwhile_is_not_overwritten_either(charter, editors):
    first, second = editors
    first.sends(FIRST)
    asked = second.sends(SECOND).content.decode()
    Editor(charter, "cleo").sends("<p>Vom Dritten.</p>")

    assert second.client.post(second.url, hidden_fields(asked)).status_code == 409
    assert draft_of(charter) == "<p>Vom Dritten.</p>"


def test_whoever_is_alone_is_asked_nothing(charter, editors):
    first, _second = editors

    assert first.sends(FIRST).status_code == 302
    assert Editor(charter, "dora").sends(SECOND).status_code == 302
