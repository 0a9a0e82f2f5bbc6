"""What is not public any more shows on no page and behind no link about support and news."""

import re
from copy import deepcopy
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import PageViewRestriction

from annotations.models import Follow, OutboxMail, State
from annotations.services.moderating import hide_annotation, withdraw_annotation
from annotations.services.subscribing import Topic, follow_topic, unsubscribe_token
from tests.factories import make_draft, make_user, publish
from tests.factories.annotations import annotate, passage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("root")]

ADA = "ada@example.org"
FETCH = {"X-Requested-With": "fetch"}
WORDS = "Kanarienvogel"
TITLE = "Nachtigallen"


@pytest.fixture(scope="module")
def made(shared_root):
    """Return a version and an annotation, for all tests."""
    draft = make_draft(html="<p>Die Stadt gehört allen.</p>", title=TITLE)
    version = publish(draft, closes=timezone.now() + timedelta(days=7))
    return version, annotate(version, body=f"Der {WORDS} muss weg.")


@pytest.fixture
def version(made):
    return deepcopy(made[0])


@pytest.fixture
def annotation(made):
    return deepcopy(made[1])


def link_in_mail(kind: str) -> str:
    text = OutboxMail.objects.filter(kind=kind).latest("pk").text
    return re.search(r"https?://[^/\s]+(/\S+/(?:support|follow)/\S+)", text)[1]


def page_of(response) -> str:
    return response.content.decode()


def hide(annotation):
    hide_annotation(annotation=annotation, actor=make_user("moderator"), ground="x")


def withdraw(annotation):
    withdraw_annotation(annotation=annotation, actor=annotation.user)


def mark_illegal(annotation):
    actor = make_user("moderator")
    hide_annotation(annotation=annotation, actor=actor, ground="x", state=State.ILLEGAL)


def restrict(annotation):
    PageViewRestriction.objects.create(page=annotation.version.page, restriction_type="login")


def unpublish(annotation):
    annotation.version.page.unpublish()


LEAVES = [hide, withdraw, mark_illegal]
PRIVATE = [restrict, unpublish]


def named(function) -> str:
    return function.__name__


@pytest.mark.parametrize("leaves", LEAVES, ids=named)
@pytest.mark.parametrize(
    "data", [{}, {"email": ADA}, {"email": "x", "website": "y"}, {"act": "take_back"}], ids=str
)
@pytest.mark.parametrize("is_member", [False, True], ids=["guest", "member"])
def test_a_form_of_support_that_comes_too_late_gives_nobody_the_words(
    annotation, leaves, data, is_member
):
    leaves(annotation)
    client = Client()
    if is_member:
        client.force_login(make_user())
    url = reverse("annotations:support", args=[annotation.uuid])
    for headers in ({}, FETCH):
        response = client.post(url, data, headers=headers)
        assert response.status_code == 409
        assert WORDS not in page_of(response)
    assert not OutboxMail.objects.filter(kind="confirm_support").exists()


@pytest.mark.parametrize("leaves", [*LEAVES, *PRIVATE], ids=named)
@pytest.mark.parametrize("method", ["get", "head", "post"])
def test_the_link_of_a_voice_gives_nobody_the_words(client, annotation, leaves, method):
    client.post(reverse("annotations:support", args=[annotation.uuid]), {"email": ADA})
    link = link_in_mail("confirm_support")
    leaves(annotation)
    response = getattr(client, method)(link)
    assert response.status_code in {403, 409}
    assert WORDS not in page_of(response)
    assert TITLE not in page_of(response)


@pytest.mark.parametrize("leaves", PRIVATE, ids=named)
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("has_account", [False, True], ids=["guest", "account"])
def test_the_link_of_news_names_no_text_that_left_and_begins_nothing(
    client, annotation, leaves, method, has_account
):
    if has_account:
        user = make_user(email=ADA)
        EmailAddress.objects.create(user=user, email=ADA, verified=True, primary=True)
    url = reverse("annotations:follow_document", args=[annotation.version.page_id])
    client.post(url, {"email": ADA})
    link = link_in_mail("confirm_follow")
    leaves(annotation)
    response = getattr(client, method)(link)
    assert TITLE not in page_of(response)
    if leaves is unpublish or not has_account:
        assert response.status_code in {403, 409}
        assert not Follow.objects.filter(confirmed_at__isnull=False).exists()


def test_news_of_a_hidden_discussion_do_not_begin(client, annotation):
    client.post(reverse("annotations:follow_thread", args=[annotation.uuid]), {"email": ADA})
    link = link_in_mail("confirm_follow")
    hide(annotation)
    for method in (client.get, client.post):
        assert method(link).status_code == 409
    assert not Follow.objects.filter(confirmed_at__isnull=False).exists()


@pytest.mark.parametrize("leaves", PRIVATE, ids=named)
@pytest.mark.parametrize("part", ["document", "passage", "thread"])
def test_one_can_unsubscribe_from_a_text_that_left_without_reading_its_name(
    client, version, annotation, leaves, part
):
    topics = {
        "document": Topic(version),
        "passage": Topic(version, passage=passage(version)),
        "thread": Topic(version, thread=annotation),
    }
    follow = follow_topic(topic=topics[part], user=make_user())
    link = reverse("annotations:unsubscribe", args=[unsubscribe_token(follow)])
    leaves(annotation)
    for method in (client.get, client.post):
        response = method(link)
        assert response.status_code == 200
        assert TITLE not in page_of(response)
    assert not Follow.objects.exists()
