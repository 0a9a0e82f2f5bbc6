"""Reasons that are often given: editors keep them, and answers take their words over."""

import pytest
from django.test import Client
from django.urls import reverse

from annotations.admin import links
from annotations.models import ReasonText
from tests.factories import make_user
from tests.factories.annotations import annotate, open_version

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("root")]


@pytest.fixture
def editor():
    client = Client()
    client.force_login(make_user("editor"))
    return client


def test_an_editor_keeps_a_reason_and_finds_it_at_the_form_of_an_answer(editor):
    data = {"title": "Zu teuer", "outcome": "not_adopted", "text": "Dafür fehlt <b>Geld</b>."}
    stored = editor.post(reverse("reasontext:add"), data)
    assert stored.status_code == 302
    text = ReasonText.objects.get()
    assert text.title in editor.get(reverse("reasontext:index")).content.decode()

    form = editor.get(links.dispose_url([annotate(open_version()).pk])).content.decode()

    assert 'value="Dafür fehlt &lt;b&gt;Geld&lt;/b&gt;." data-outcome="not_adopted"' in form
    assert reverse("reasontext:index") in form


def test_without_any_the_form_offers_only_the_way_there(editor):
    form = editor.get(links.dispose_url([annotate(open_version()).pk])).content.decode()

    assert "data-synopse-insert" not in form
    assert reverse("reasontext:index") in form


@pytest.mark.parametrize("role", ["moderator", "reviewer", "senate", "citizen"])
def test_only_editors_see_and_change_them(role):
    ReasonText.objects.create(title="Zu teuer", text="Dafür fehlt Geld.")
    client = Client()
    client.force_login(make_user(role))

    for name in ("index", "add"):
        assert client.get(reverse(f"reasontext:{name}")).status_code == 302
