"""Replies, the links that confirm, and the trace of an annotation."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.urls import reverse
from django.utils import timezone

from annotations import views
from annotations.models import Annotation, ConfirmationToken, State
from annotations.services.moderating import hide_annotation, withdraw_annotation
from annotations.services.placement import place_annotations
from annotations.threads import max_depth
from tests.annotation_pages import GUEST, close, link_in_mail, url_of, words
from tests.factories import make_user
from tests.factories.annotations import (
    annotate,
    answer,
    dispose,
    next_version,
    open_version,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def shared_version(shared_root):
    return open_version("<p>Die Stadt gehört allen.</p><p>Busse fahren oft.</p>")


def test_a_guest_replies(client, version):
    parent = annotate(version)
    url = reverse("annotations:reply", args=[parent.uuid])
    assert client.get(url).status_code == 200
    assert client.post(url, {"body": "Ich auch.", **GUEST}).status_code == 302
    made = Annotation.objects.get(reply_to=parent)
    assert made.state == State.UNCONFIRMED
    response = client.post(link_in_mail())
    assert response.url == f"{parent.get_absolute_url()}?reply={made.uuid}"
    assert "Ich auch." in client.get(response.url).content.decode()


def test_what_goes_too_deep_is_said_before_anybody_writes(client, version):
    deepest = annotate(version)
    for _level in range(max_depth()):
        deepest = answer(deepest)
    url = reverse("annotations:reply", args=[deepest.uuid])

    response = client.get(url, follow=True)

    assert response.redirect_chain[0][0] == deepest.get_absolute_url().partition("#")[0]
    assert "nicht weiter verzweigen" in response.content.decode()


def test_a_reply_that_is_empty_is_refused(client, version):
    url = reverse("annotations:reply", args=[annotate(version).uuid])
    response = client.post(url, {})
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"body", "name", "email"}


def test_a_reply_to_something_hidden_meanwhile_is_given_back(client, version):
    parent = annotate(version)
    hide_annotation(annotation=parent, actor=make_user("moderator"), ground="Beleidigung")
    url = reverse("annotations:reply", args=[parent.uuid])
    assert client.get(url).status_code == 404
    response = client.post(url, {"body": "Dazu noch", **GUEST})
    assert response.status_code == 409
    assert "Dazu noch" in response.content.decode()


def test_looking_at_a_confirmation_link_changes_nothing(client, version):
    client.post(url_of(version), words())
    link = link_in_mail()
    for ask in (client.get, client.head):
        response = ask(link)
        assert response.status_code == 200
        assert "marlen@example.org" not in response.content.decode()
    assert response["Referrer-Policy"] == "same-origin"  # "no-referrer" fails the origin check
    assert Annotation.objects.get().state == State.UNCONFIRMED
    assert ConfirmationToken.objects.get().used_at is None


def test_a_used_link_says_so(client, version):
    client.post(url_of(version), words())
    link = link_in_mail()
    client.post(link)
    for ask in (client.get, client.post):
        response = ask(link)
        assert response.status_code == 410
        assert Annotation.objects.get().get_absolute_url() in response.content.decode()


def test_an_expired_link_says_so_and_leads_to_the_passage(client, version):
    client.post(url_of(version), words())
    ConfirmationToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    for ask in (client.get, client.post):
        response = ask(link_in_mail())
        assert response.status_code == 410
        assert url_of(version) in response.content.decode()
    assert Annotation.objects.get().state == State.UNCONFIRMED


def test_a_link_confirmed_after_the_window_closed_gives_the_text_back(client, version):
    client.post(url_of(version), words(body="Rechtzeitig geschrieben"))
    link = link_in_mail()
    close(version)
    response = client.post(link)
    assert response.status_code == 409
    assert "Rechtzeitig geschrieben" in response.content.decode()


def test_the_page_after_sending_says_what_comes_next_and_nothing_personal(client, version):
    client.post(url_of(version), words())
    html = client.get(
        reverse("annotations:sent", args=[Annotation.objects.get().uuid])
    ).content.decode()
    assert "marlen@example.org" not in html
    assert "Das sehe ich anders." not in html


def trace(client, annotation):
    return client.get(reverse("annotations:annotation", args=[annotation.uuid]))


def test_the_trace_tells_words_then_the_answer_and_words_now(client, version):
    made = annotate(version, "gehört allen", body="Wem noch?")
    dispose(made, outcome="adopted", reason="Guter Hinweis.")
    newer = next_version(version, "<p>Die Stadt gehört uns allen.</p><p>Busse fahren oft.</p>")
    place_annotations(version=newer)
    made.refresh_from_db()
    made.disposition.__class__.objects.update(public_at=timezone.now())
    response = trace(client, made)
    assert [event.kind for event in response.context["events"]] == [
        "written",
        "answered",
        "placed",
    ]
    html = response.content.decode()
    assert "<mark>gehört allen</mark>" in html
    assert "Guter Hinweis." in html
    assert re.search(r"<ins>.*uns ", html)


def test_an_answer_that_is_not_public_yet_is_not_told(client, version):
    made = annotate(version)
    dispose(made, reason="Noch geheim.")
    assert "Noch geheim." not in trace(client, made).content.decode()


def test_the_trace_of_an_unconfirmed_annotation_does_not_exist(client, version):
    made = annotate(version, **GUEST)
    assert trace(client, made).status_code == 404


def test_the_trace_of_a_hidden_annotation_is_a_tombstone(client, version):
    made = annotate(version, body="Schlimme Worte")
    hide_annotation(annotation=made, actor=make_user("moderator"), ground="Beleidigung")
    response = trace(client, made)
    assert response.status_code == 410
    assert "Schlimme Worte" not in response.content.decode()


def test_the_trace_of_a_withdrawn_annotation_is_a_tombstone(client, version):
    author = make_user()
    made = annotate(version, body="Doch nicht", user=author)
    withdraw_annotation(annotation=made, actor=author)
    response = trace(client, made)
    assert response.status_code == 410
    assert "Doch nicht" not in response.content.decode()


def test_the_address_of_a_reply_leads_to_its_thread(client, version):
    reply = answer(annotate(version))
    assert trace(client, reply).url == reply.get_absolute_url()


def test_the_link_to_a_reply_leads_to_the_page_on_which_it_stands(client, version, monkeypatch):
    monkeypatch.setattr(views, "REPLIES_PER_PAGE", 2)
    root = annotate(version)
    replies = [answer(root, body=f"Antwort {n}") for n in range(5)]

    def shown(url):
        return [row.annotation.comment for row in client.get(url).context["replies"]]

    assert shown(replies[4].get_absolute_url()) == ["Antwort 4"]
    assert shown(replies[3].get_absolute_url()) == ["Antwort 2", "Antwort 3"]
    own = client.get(reverse("annotations:annotation", args=[replies[4].uuid]))
    assert own.url == replies[4].get_absolute_url()
    assert own.url.endswith(f"#a-{replies[4].uuid}")
    for nowhere in (root.uuid, "nichts", "\0"):
        url = f"{root.get_absolute_url()}?{urlencode({'reply': nowhere})}"
        assert shown(url) == ["Antwort 0", "Antwort 1"]
