"""My page: what one wrote, one's data, and what one says to an answer."""

from __future__ import annotations

import re

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse

from annotations.models import Annotation, OutboxMail, Reaction
from annotations.services.following import follow
from annotations.services.moderating import withdraw_annotation
from annotations.services.reacting import react, token_of
from annotations.services.supporting import support_annotation
from tests.factories import make_user
from tests.factories.annotations import annotate, answer, dispose, next_version, open_version
from versioning.models import Version

pytestmark = pytest.mark.django_db


@pytest.fixture
def version():
    return open_version("<p>Die Stadt gehört allen.</p><p>Alle reden mit.</p>")


@pytest.fixture
def answered(version):
    """Return an annotation whose answer came out with the next version."""
    made = annotate(version, "Stadt", user=make_user(), body="Meine Worte.")
    dispose(made, outcome="not_adopted", reason="Weil nicht.")
    text = "<p>Die Stadt gehört allen Menschen.</p><p>Alle reden mit.</p>"
    follow(version_id=next_version(version, text).pk)
    made.refresh_from_db()
    return made


def newest(version):
    return Version.objects.filter(page=version.page).order_by("-number")[0]


def browser_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_it_lists_ones_own_words_with_their_answer_and_nobody_elses(answered, version):
    annotate(newest(version), user=make_user(), body="Fremde Worte.")
    page = browser_of(answered.user).get(reverse("annotations:my_page")).content.decode()
    assert "Meine Worte." in page
    assert "Nicht übernommen" in page
    assert "Fremde Worte." not in page


def test_words_that_are_gone_are_not_offered_to_be_changed(version):
    made = annotate(version, user=make_user(), body="Meine Worte.")
    client, link = browser_of(made.user), reverse("annotations:edit", args=[made.uuid])
    assert link in client.get(reverse("annotations:my_page")).content.decode()

    withdraw_annotation(annotation=made, actor=made.user)

    assert link not in client.get(reverse("annotations:my_page")).content.decode()


def test_guests_are_led_to_the_log_in():
    for name in ("my_page", "my_data", "erase"):
        assert Client().get(reverse(f"annotations:{name}")).status_code == 302


def test_the_list_asks_as_often_for_many_as_for_few(version, django_assert_max_num_queries):
    user = make_user()
    for at in range(12):
        annotate(version, user=user, body=f"Nr. {at}")
    client = browser_of(user)
    client.get(reverse("annotations:my_page"))
    with django_assert_max_num_queries(20):
        client.get(reverse("annotations:my_page"))


def test_the_export_holds_everything_of_oneself_and_nothing_of_others(answered, version):
    user = answered.user
    other = annotate(newest(version), user=make_user(username="nachbar"), body="Fremde Worte.")
    answer(other, user=user, body="Meine Antwort.")
    support_annotation(annotation=other, user=user)
    response = browser_of(user).get(reverse("annotations:my_data"))
    assert response["Content-Disposition"].startswith("attachment")
    data = response.json()
    assert data["schema"] == 1
    assert data["account"]["name"] == user.get_username()
    assert [row["words"] for row in data["contributions"]] == ["Meine Worte.", "Meine Antwort."]
    assert data["contributions"][0]["answer"] == {"outcome": "not_adopted", "reason": "Weil nicht."}
    assert data["contributions"][0]["address"].startswith("http://testserver/")
    assert len(data["supports"]) == 1
    assert "Fremde Worte." not in response.content.decode()
    assert "nachbar" not in response.content.decode()


def test_an_answer_that_is_not_public_is_in_no_export(version):
    made = annotate(version, user=make_user())
    dispose(made, reason="Noch geheim.")
    text = browser_of(made.user).get(reverse("annotations:my_data")).content.decode()
    assert "Noch geheim." not in text


def test_an_author_objects_once_with_a_reason_and_everybody_sees_it(answered):
    client = browser_of(answered.user)
    url = reverse("annotations:react", args=[answered.uuid])
    assert "Zustimmen oder widersprechen" in client.get(url).content.decode()
    assert client.post(url, {"agrees": "0", "reason": " "}).status_code == 422
    assert client.post(url, {"reason": "Ohne Wahl"}).status_code == 422
    assert client.post(url, {"agrees": "0", "reason": "Das war anders gemeint."}).status_code == 302
    page = Client().get(answered.get_absolute_url()).content.decode()
    assert "Das war anders gemeint." in page
    assert "widerspricht" in page
    client.post(url, {"agrees": "1"})
    assert Reaction.objects.get().agrees is False
    assert url not in client.get(answered.get_absolute_url()).content.decode()


def test_agreeing_needs_no_reason(answered):
    made = react(annotation=answered, actor=answered.user, agrees=True)
    assert (made.agrees, made.reason, made.disposition) == (True, "", answered.disposition)


def test_only_the_author_reacts_and_only_to_what_is_public(answered, version):
    with pytest.raises(PermissionDenied):
        react(annotation=answered, actor=make_user(), agrees=True)
    assert (
        browser_of(make_user()).get(reverse("annotations:react", args=[answered.uuid])).status_code
        == 404
    )
    waiting = annotate(newest(version), user=make_user())
    dispose(waiting)
    with pytest.raises(ValidationError) as error:
        react(annotation=waiting, actor=waiting.user, agrees=True)
    assert error.value.code == "not_answered"


def test_a_guest_says_it_once_by_the_link_of_the_mail(version):
    made = annotate(version, "Stadt", name="Ada", email="ada@example.org")
    confirm = OutboxMail.objects.get(kind="confirm")
    Client().post(re.search(r"testserver(/\S+confirm/\S+)", confirm.text)[1])
    dispose(Annotation.objects.get(pk=made.pk), outcome="not_adopted", reason="Weil nicht.")
    text = "<p>Die Stadt gehört allen Menschen.</p><p>Alle reden mit.</p>"
    follow(version_id=next_version(version, text).pk)
    told = OutboxMail.objects.get(kind="disposition")
    link = re.search(r"(/\S*annotations/react/\S+)", told.text)[1]

    assert "Zustimmen oder widersprechen" in Client().get(link).content.decode()
    assert not Reaction.objects.exists()
    assert Client().post(link, {"agrees": "0", "reason": ""}).status_code == 422
    assert Client().post(link, {"agrees": "0", "reason": "So nicht."}).status_code == 302
    assert Client().post(link, {"agrees": "1"}).status_code == 302
    said = Reaction.objects.get()
    assert (said.agrees, said.reason, said.annotation_id) == (False, "So nicht.", made.pk)
    assert Client().get(link).status_code == 302
    assert Client().get(link[:-3] + "x/").status_code == 404


def test_the_link_of_a_guest_ends_with_the_erasing_of_the_address(version):
    made = annotate(version, "Stadt", name="Ada", email="ada@example.org")
    link = reverse("annotations:react_by_link", args=[token_of(made)])
    Annotation.objects.filter(pk=made.pk).update(user_email="")

    assert Client().get(link).status_code == 410
    assert Client().post(link, {"agrees": "1"}).status_code == 410
