"""Staff speak under a visible role, citizens never do."""

from __future__ import annotations

import csv
import io
import json

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse

from annotations.models import OfficialRole
from annotations.services.officials import role_of, set_official_role
from cms_pages.services.site_setup import set_up_site
from tests.factories import make_user
from tests.factories.annotations import annotate, answer, open_version, passage
from tests.integration.api.calls import address

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("root")]

SHOWN = "Im Amt: <bdi>Moderation, Senatskanzlei &amp; Co</bdi>"


@pytest.fixture
def moderator():
    user = make_user("moderator", username="p.rabe")
    set_official_role(user=user, role="Moderation", department="Senatskanzlei & Co")
    return user


def test_the_role_stands_wherever_the_name_does(moderator):
    set_up_site()
    version = open_version()
    made = annotate(version, "Stadt", user=moderator)
    reply = answer(annotate(version), user=moderator)
    page = version.page_id
    for url, times in (
        (version.page.get_url(), 2),
        (reverse("annotations:passage", args=[page, 1, passage(version).uid]), 2),
        (reverse("annotations:list", args=[page]), 1),
        (made.get_absolute_url(), 1),
        (reply.get_absolute_url(), 1),
        (reverse("annotations:support", args=[made.uuid]), 1),
    ):
        text = " ".join(Client().get(url).content.decode().split())
        assert text.count(SHOWN) == times, url


def test_files_and_programs_tell_the_role(moderator):
    version = open_version()
    made, other = annotate(version, user=moderator), annotate(version)
    found = json.loads(Client().get(address(made)).content)
    assert found["creator"]["synopse:role"] == "Moderation, Senatskanzlei & Co"
    assert {"synopse": "urn:synopse:"} in found["@context"]
    assert "synopse:role" not in json.loads(Client().get(address(other)).content)["creator"]
    table = Client().get(reverse("annotations:csv", args=[version.page_id])).getvalue().decode()
    rows = list(csv.reader(io.StringIO(table.lstrip("\ufeff"))))
    column = rows[0].index("Rolle im Amt")
    assert [row[column] for row in rows[1:]] == ["Moderation, Senatskanzlei & Co", ""]


def test_words_keep_the_role_of_the_day_on_which_they_were_written(moderator):
    version = open_version()
    first = annotate(version, user=moderator)
    set_official_role(user=moderator, role="Leitung")
    assert annotate(version, user=moderator).author_role == "Leitung"
    first.refresh_from_db()
    assert first.author_role == "Moderation, Senatskanzlei & Co"


def test_staff_without_a_role_get_the_name_of_their_group_when_they_sign_in():
    version = open_version()
    for user, role in (
        (make_user("editor"), "test editor"),
        (make_user("superuser"), "Verwaltung"),
    ):
        client = Client()
        client.force_login(user)
        user.refresh_from_db()
        assert annotate(version, user=user).author_role == role


def test_citizens_and_guests_have_none():
    version, user = open_version(), make_user()
    Client().force_login(user)
    assert annotate(version, user=user).author_role == ""
    assert annotate(version, name="Ada", email="ada@example.org").author_role == ""
    with pytest.raises(ValidationError):
        set_official_role(user=user, role="Moderation")


def test_who_has_left_speaks_for_no_office(moderator):
    moderator.groups.clear()
    user = type(moderator).objects.get(pk=moderator.pk)
    assert role_of(user) == ""


def test_only_who_may_change_accounts_gives_roles(moderator):
    with pytest.raises(PermissionDenied):
        set_official_role(user=moderator, role="Senat", actor=make_user("editor"))
    set_official_role(user=moderator, role="Senat", actor=make_user("superuser"))
    assert str(OfficialRole.objects.get()) == "Senat"


def _form(user, **changes):
    values = {
        "username": user.username,
        "email": user.email,
        "first_name": "P.",
        "last_name": "Rabe",
        "is_active": "on",
        "groups": [group.pk for group in user.groups.all()],
    }
    return {**values, **changes}


@pytest.fixture
def administration():
    client = Client()
    client.force_login(make_user("superuser"))
    return client


def test_the_role_is_given_in_the_administration_of_accounts(administration, moderator):
    url = reverse("wagtailusers_users:edit", args=[moderator.pk])
    page = administration.get(url).content.decode()
    assert 'value="Moderation"' in page
    assert "Dienststelle, die alle sehen" in page
    words = {"official_role": "Redaktion", "official_department": "Bezirksamt Mitte"}
    assert administration.post(url, _form(moderator, **words)).status_code == 302
    assert str(OfficialRole.objects.get(user=moderator)) == "Redaktion, Bezirksamt Mitte"
    administration.post(url, _form(moderator))
    assert str(OfficialRole.objects.get(user=moderator)) == "test moderator"


def test_a_citizens_account_gets_no_role_there(administration):
    user = make_user()
    url = reverse("wagtailusers_users:edit", args=[user.pk])
    response = administration.post(url, _form(user, official_role="Moderation"))
    assert "Nur Konten mit Zugang zur Verwaltung" in response.content.decode()
    administration.post(url, _form(user))
    assert not OfficialRole.objects.filter(user=user).exists()


def test_a_new_account_gets_its_role_at_once(administration, moderator):
    words = {"official_role": "Redaktion", "password1": "ein-langes-Wort-7", "username": "neu",
             "password2": "ein-langes-Wort-7", "email": "neu@example.org"}  # fmt: skip
    response = administration.post(reverse("wagtailusers_users:add"), _form(moderator, **words))
    assert response.status_code == 302
    assert str(OfficialRole.objects.get(user__username="neu")) == "Redaktion"
