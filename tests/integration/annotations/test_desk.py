"""The desk of the moderators: listing, several at once, notes."""

import re
from datetime import timedelta

import pytest
from django.contrib.messages import get_messages
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from annotations.admin import links
from annotations.models import (
    Annotation,
    ModerationEvent,
    ModeratorNote,
    OutboxMail,
    State,
    WatchedWord,
)
from annotations.services.moderating import hide_annotation
from annotations.services.noting import add_note
from tests.factories import make_user
from tests.factories.annotations import annotate, answer, open_version

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("root")]


def signed_in(role):
    client = Client()
    client.force_login(make_user(role) if isinstance(role, str) else role)
    return client


def listed(client, **filters):
    response = client.get(links.desk_url(**filters))
    assert response.status_code == 200
    return [row.pk for row in response.context["object_list"]]


def text_of(response):
    return re.sub(r"\s+", " ", response.content.decode())


def waiting(version, days=0, **values):
    made = annotate(version, **values)
    at = timezone.now() - timedelta(days=days)
    Annotation.objects.filter(pk=made.pk).update(state=State.PENDING, confirmed_at=at)
    made.refresh_from_db()
    return made


def bulk(action, *rows, **query):
    url = reverse("wagtail_bulk_action", args=["synopse_annotations", "annotation", action])
    keys = "&".join(f"id={row.pk}" for row in rows)
    return f"{url}?{keys}&next={links.desk_url()}"


def test_what_waits_stands_there_the_longest_first_replies_too():
    version = open_version()
    young, old = waiting(version, days=1), waiting(version, days=4)
    reply = answer(annotate(version))
    Annotation.objects.filter(pk=reply.pk).update(state=State.PENDING)

    client = signed_in("moderator")

    assert listed(client) == [old.pk, young.pk, reply.pk]
    text = text_of(client.get(links.desk_url()))
    assert "3 Beiträge warten auf Moderation. Am längsten: 4 Tage." in text


def test_states_and_documents_are_filters():
    one, other = open_version(), open_version()
    pending, public = waiting(one), annotate(other)
    client = signed_in("moderator")

    assert listed(client, state="public") == [public.pk]
    assert listed(client, state="all", page=one.page_id) == [pending.pk]
    assert listed(client, page=other.page_id) == []
    assert listed(client, state="unconfirmed") == [pending.pk]


def test_what_does_not_wait_stands_there_the_newest_first():
    version = open_version()
    first, second = annotate(version), annotate(version)
    client = signed_in("moderator")

    assert listed(client, state="public") == [second.pk, first.pk]
    assert listed(client, state="public", ordering="since") == [first.pk, second.pk]


def test_words_of_the_list_are_marked_and_nothing_is_markup():
    WatchedWord.objects.create(words="Dreck", effect="highlight", reason="<b>")
    made = waiting(open_version(), body="So ein dreck <script>")
    client = signed_in("moderator")

    text = text_of(client.get(links.desk_url()))
    assert "So ein <mark>dreck</mark> &lt;script&gt;" in text
    assert "<mark>Dreck</mark> (&lt;b&gt;)" in text_of(client.get(links.annotation_url(made.pk)))


def test_who_acted_last_stands_in_the_row():
    moderator = make_user("moderator", username="vera")
    row = annotate(open_version())
    hide_annotation(annotation=row, actor=moderator, ground="x")

    assert "vera, " in text_of(signed_in("moderator").get(links.desk_url(state="hidden")))


def test_many_rows_cost_no_more_queries_than_few():
    version = open_version()
    WatchedWord.objects.create(words="sagt")
    client = signed_in("moderator")
    waiting(version)
    client.get(links.desk_url())
    with CaptureQueriesContext(connection) as few:
        client.get(links.desk_url())
    for _number in range(8):
        waiting(version)
    with CaptureQueriesContext(connection) as many:
        client.get(links.desk_url())
    assert len(many) == len(few)


def test_several_are_released_at_once():
    version = open_version()
    rows = [waiting(version), waiting(version)]
    public = annotate(version)
    client = signed_in("moderator")

    shown = client.get(bulk("release", *rows, public))
    assert [each["item"].pk for each in shown.context["items"]] == [row.pk for row in rows]
    assert shown.context["items_with_no_access"] == [public]
    response = client.post(bulk("release", *rows, public))

    assert response.url == links.desk_url()
    said = [str(message).strip() for message in get_messages(response.wsgi_request)]
    assert said == [
        "1 Beitrag wird ausgelassen: In seinem Zustand ist das nicht möglich.",
        "2 Beiträge sind jetzt öffentlich.",
    ]
    assert {row.state for row in Annotation.objects.all()} == {"public"}
    assert ModerationEvent.objects.count() == 2


def test_what_its_author_has_mended_meanwhile_is_not_released_unread():
    rows = [waiting(open_version()), waiting(open_version())]
    client = signed_in("moderator")
    Annotation.objects.filter(pk=rows[0].pk).update(edited_at=timezone.now())

    response = client.post(bulk("release", *rows), follow=True)

    assert [Annotation.objects.get(pk=row.pk).state for row in rows] == ["pending", "public"]
    assert "noch einmal" in text_of(response)


def test_several_are_hidden_with_one_ground_and_each_author_is_told():
    version = open_version()
    rows = [waiting(version), annotate(version)]
    client = signed_in("moderator")

    refused = client.post(bulk("hide", *rows), {"state": "hidden"})
    assert set(refused.context["form"].errors) == {"basis", "ground"}
    reasons = {"state": "hidden", "basis": "house_rules", "ground": "Regel 3"}
    client.post(bulk("hide", *rows), reasons)

    assert {row.state for row in Annotation.objects.all()} == {"hidden"}
    assert set(ModerationEvent.objects.values_list("ground", "basis")) == {
        ("Regel 3", "house_rules")
    }


def test_spam_is_hidden_with_words_that_are_there_already():
    row = annotate(open_version())
    client = signed_in("moderator")
    form = client.get(bulk("spam", row)).context["form"]

    client.post(bulk("spam", row), {name: form[name].value() or "" for name in form.fields})

    assert Annotation.objects.get().state == "spam"
    assert ModerationEvent.objects.get().ground


@pytest.mark.parametrize("role", ["citizen", "editor", "reviewer", "senate"])
@pytest.mark.parametrize("action", ["release", "hide", "spam"])
def test_only_moderators_act_on_several(role, action):
    row = waiting(open_version(), body="Geheimes")
    client = signed_in(role)

    for response in (client.get(bulk(action, row)), client.post(bulk(action, row))):
        assert response.status_code == 302
        assert b"Geheimes" not in response.content
    assert Annotation.objects.get().state == "pending"


@pytest.mark.parametrize("key", ["all", "0", "x", "9" * 40, "%D9%A1", ""])
def test_keys_that_are_none_choose_nothing(key):
    waiting(open_version())
    url = reverse("wagtail_bulk_action", args=["synopse_annotations", "annotation", "release"])

    response = signed_in("moderator").post(url, QUERY_STRING=f"id={key}")

    assert response.status_code in {200, 302}
    assert Annotation.objects.get().state == "pending"


def test_what_nobody_confirmed_is_neither_listed_nor_released():
    row = annotate(open_version(), name="Ada", email="ada@example.org")
    client = signed_in("moderator")

    client.post(bulk("release", row))
    assert listed(client, state="all") == []
    assert Annotation.objects.get().state == "unconfirmed"


# Notes


def test_a_note_is_read_by_moderators_alone():
    row = annotate(open_version())
    moderator = signed_in("moderator")
    url = reverse("synopse_annotations:note", args=[row.pk])

    assert moderator.post(url, {"text": "Schon zum dritten Mal."}).status_code == 302
    assert moderator.post(url, {"text": " "}).context["form"].errors

    page = links.annotation_url(row.pk)
    assert "Schon zum dritten Mal." in text_of(moderator.get(page))
    for role in ("editor", "reviewer", "senate"):
        assert "Schon zum dritten Mal." not in text_of(signed_in(role).get(page))


@pytest.mark.parametrize("role", ["citizen", "editor", "reviewer", "senate"])
def test_only_moderators_write_notes(role):
    row = annotate(open_version())

    with pytest.raises(PermissionDenied):
        add_note(annotation=row, actor=make_user(role), text="x")
    assert not ModeratorNote.objects.exists()


def test_a_note_tells_nobody():
    row = annotate(open_version())
    add_note(annotation=row, actor=make_user("moderator"), text="Notiz")

    assert not OutboxMail.objects.exists()
