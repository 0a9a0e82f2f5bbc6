"""Nothing typed is lost on the way through the log-in, a lost session or an old form."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse

from annotations import drafts
from annotations.models import Annotation
from tests.factories import make_user
from tests.factories.annotations import annotate, next_version, open_version, passage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("root")]

TYPED = {
    "body": "Das sehe ich ganz anders.",
    "motivation": "editing",
    "quote": "Stadt",
    "start": "4",
    "end": "9",
    "proposed": "Gemeinde",
}
GUEST = {"name": "Marlen K.", "email": "marlen@example.org"}


@pytest.fixture
def version():
    return open_version("<p>Die Stadt gehört allen.</p>")


def url_of(version):
    args = [version.page_id, version.number, passage(version).uid]
    return reverse("annotations:passage", args=args)


@pytest.fixture
def ada():
    """Somebody with an account whose address is confirmed."""
    user = make_user(username="ada", password="Fluss-und-Ufer-7")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def keep(client, url, **values):
    return client.post(url, {**TYPED, **GUEST, "keep": "1", **values})


def test_a_guest_signs_in_and_finds_everything_in_the_form(client, version, ada):
    led = keep(client, url_of(version))
    assert led.status_code == 302
    assert not Annotation.objects.exists()
    back = client.post(led["Location"], {"login": "ada", "password": "Fluss-und-Ufer-7"})
    assert back["Location"] == url_of(version)
    response = client.get(back["Location"])
    form = response.context["form"]
    assert {name: str(form[name].value()) for name in TYPED} == TYPED
    assert "Ihr Text ist noch da." in response.content.decode()
    sent = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    client.post(url_of(version), sent)
    made = Annotation.objects.get()
    assert (made.user, made.comment, made.exact) == (ada, TYPED["body"], "Stadt")
    assert made.proposed == "Gemeinde"
    assert client.get(url_of(version)).context["form"]["body"].value() in {None, ""}


def test_neither_name_nor_address_is_kept(client, version):
    keep(client, url_of(version))
    assert GUEST["email"] not in str(dict(client.session))
    assert GUEST["name"] not in str(dict(client.session))


def test_a_reply_is_kept_too(client, version):
    url = reverse("annotations:reply", args=[annotate(version).uuid])
    keep(client, url)
    client.force_login(make_user())
    assert client.get(url).context["form"]["body"].value() == TYPED["body"]


def test_a_log_in_without_an_address_leads_to_the_text(client, version, ada):
    keep(client, url_of(version))
    login = reverse("account_login")
    back = client.post(login, {"login": "ada", "password": "Fluss-und-Ufer-7"})
    assert back["Location"] == url_of(version)


def test_a_text_that_is_far_too_long_stays_in_the_form(client, version):
    response = keep(client, url_of(version), body="x" * 40_000)
    assert response.status_code == 422
    assert "x" * 40_000 in response.content.decode()
    assert "Ihr Text ist zu lang" in response.content.decode()
    assert drafts.KEY not in client.session
    assert not Annotation.objects.exists()


def test_a_session_keeps_few_texts_and_each_for_a_day(client, version, monkeypatch):
    keep(client, url_of(version))
    parents = [annotate(version) for _ in range(6)]
    for parent in parents:
        keep(client, reverse("annotations:reply", args=[parent.uuid]))
    assert len(client.session[drafts.KEY]) == drafts.MOST_DRAFTS
    assert client.get(url_of(version)).context["draft"] is None
    newest = reverse("annotations:reply", args=[parents[-1].uuid])
    assert client.get(newest).context["draft"]
    monkeypatch.setattr(drafts, "SECONDS", -1)
    assert client.get(newest).context["draft"] is None


def test_a_text_is_given_back_where_a_newer_version_came_out_meanwhile(client, version):
    url = url_of(version)
    keep(client, url)
    next_version(version, "<p>Die Stadt gehört allen, auch Gästen.</p>")
    client.force_login(make_user())
    page = client.get(url).content.decode()
    assert TYPED["body"] in page
    assert "Ihr Text, zum Kopieren" in page


def test_whose_session_ended_gets_the_text_back_in_a_form_for_guests(client, version):
    response = client.post(url_of(version), TYPED)
    assert response.status_code == 422
    page = response.content.decode()
    assert "Sie sind nicht mehr angemeldet." in page
    assert not response.context["form"].errors
    assert response.context["form"]["body"].value() == TYPED["body"]
    reply = reverse("annotations:reply", args=[annotate(version).uuid])
    answered = client.post(reply, {"body": "Auch das."})
    assert "Sie sind nicht mehr angemeldet." in answered.content.decode()
    assert "Auch das." in answered.content.decode()


def test_a_reply_to_a_page_that_is_not_public_any_more_is_given_back(client, version):
    parent = annotate(version)
    version.page.unpublish()
    url = reverse("annotations:reply", args=[parent.uuid])
    response = client.post(url, {"body": "Auch das.", **GUEST})
    assert response.status_code == 409
    assert "Auch das." in response.content.decode()


def test_a_form_that_is_too_old_gives_back_what_was_typed(version):
    client = Client(enforce_csrf_checks=True)
    response = client.post(url_of(version), {**TYPED, "body": "<b>Noch da</b>"})
    assert response.status_code == 403
    page = response.content.decode()
    assert "&lt;b&gt;Noch da&lt;/b&gt;" in page
    assert "Gemeinde" in page


def test_people_with_an_account_see_no_second_way(client, version):
    assert 'name="keep"' in client.get(url_of(version)).content.decode()
    client.force_login(make_user())
    assert 'name="keep"' not in client.get(url_of(version)).content.decode()


def test_who_signs_out_leaves_no_text_in_the_browser_for_the_next_one(client, version, ada):
    client.force_login(ada)
    assert "Clear-Site-Data" not in client.post(url_of(version), {"body": ""})
    assert "aus diesem Browser gelöscht" in client.get("/accounts/logout/").content.decode()
    out = client.post("/accounts/logout/")
    assert out["Clear-Site-Data"] == '"storage"'
    assert "Clear-Site-Data" not in client.post("/accounts/logout/")
    assert "Clear-Site-Data" not in client.post(url_of(version), {"body": ""})


def test_a_text_kept_on_the_server_leaves_with_the_session(client, version, ada):
    keep(client, url_of(version))
    client.post("/accounts/login/", {"login": "ada", "password": "Fluss-und-Ufer-7"})
    assert TYPED["body"] in client.get(url_of(version)).content.decode()
    client.post("/accounts/logout/")
    assert TYPED["body"] not in client.get(url_of(version)).content.decode()
