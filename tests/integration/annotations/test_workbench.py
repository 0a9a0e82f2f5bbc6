"""The editors' workbench: similar annotations, two editors at once, what is left."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.admin.models import EditingSession

from annotations.admin import links
from annotations.models import Annotation, Disposition, Outcome, State
from annotations.services.disposing import change_disposition, state_of
from tests.factories import make_user
from tests.factories.annotations import annotate, dispose, open_version

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("root")]

HTML = (
    "<h2>Wohnen</h2><p>Die Stadt gehört allen, die dort wohnen.</p>"
    "<h2>Verkehr</h2><p>Busse fahren jede Stunde.</p>"
)
BUSES = "Bitte lasst die Busse auch in der Nacht fahren."
BUSES_TOO = "Bitte lasst auch in der Nacht die Busse fahren!"


@pytest.fixture
def version():
    return open_version(HTML)


@pytest.fixture
def user():
    return make_user("editor")


@pytest.fixture
def editor(user):
    client = Client()
    client.force_login(user)
    return client


def form_of(response, **values) -> dict:
    """Return what a browser would send from the form."""
    return {"outcome": "noted", "seen": response.context["seen"], **values}


def text_of(response) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


# Similar annotations


def test_similar_open_annotations_are_offered_and_none_is_ticked(editor, version):
    one = annotate(version, position=3, body=BUSES)
    alike = annotate(version, position=1, body=BUSES_TOO)
    annotate(version, position=1, body="Der Park braucht mehr Bänke im Schatten.")
    dispose(annotate(version, body=BUSES))
    annotate(open_version(HTML), body=BUSES)  # another document
    waiting = annotate(version, body=BUSES)
    Annotation.objects.filter(pk=waiting.pk).update(state=State.PENDING)

    page = editor.get(links.dispose_url([one.pk]))

    assert [each.annotation for each in page.context["similar"]] == [alike]
    assert re.search(rf'name="also" value="{alike.pk}" aria-describedby="[^"]+">', text_of(page))
    assert "fast dieselben Wörter" in text_of(page)


def test_what_is_ticked_gets_the_same_answer_and_nothing_else_does(editor, version):
    one, alike, left = (annotate(version, position=3, body=BUSES) for _ in range(3))
    url = links.dispose_url([one.pk])

    editor.post(url, form_of(editor.get(url), also=[alike.pk]))

    assert set(Disposition.objects.get().annotations.all()) == {one, alike}
    left.refresh_from_db()
    assert left.disposition is None


def test_ticks_outlive_an_error(editor, version):
    one, alike = (annotate(version, position=3, body=BUSES) for _ in range(2))
    url = links.dispose_url([one.pk])

    page = editor.post(url, form_of(editor.get(url), also=[alike.pk], outcome=""))

    assert [each.is_chosen for each in page.context["similar"]] == [True]
    assert not Disposition.objects.exists()


def test_annotations_of_another_document_are_never_answered_along(editor, version):
    one, foreign = annotate(version, body=BUSES), annotate(open_version(HTML), body=BUSES)

    editor.post(links.dispose_url([one.pk]), {"outcome": "noted", "also": [foreign.pk, "x"]})

    assert list(Disposition.objects.get().annotations.all()) == [one]


def test_the_form_takes_as_many_queries_however_many_are_alike(editor, version):
    one = annotate(version, position=3, body=BUSES)
    url = links.dispose_url([one.pk])
    annotate(version, position=3, body=BUSES_TOO)
    editor.get(url)
    with CaptureQueriesContext(connection) as few:
        editor.get(url)
    for number in range(8):
        annotate(version, position=3, body=f"{BUSES_TOO} {number}")
    with CaptureQueriesContext(connection) as many:
        assert len(editor.get(url).context["similar"]) == 9
    assert len(many) == len(few)


# What is left


def test_the_form_says_how_many_are_open(editor, version):
    one, two = annotate(version), annotate(version)
    dispose(two)

    page = editor.get(links.dispose_url([one.pk]))

    assert (page.context["left"]["open"], page.context["left"]["total"]) == (1, 2)
    assert "Noch 1 von 2 Anmerkungen" in text_of(page)


# Two editors at once


def test_an_answer_given_meanwhile_is_shown_and_replaced_only_deliberately(editor, version):
    one = annotate(version, body=BUSES)
    url = links.dispose_url([one.pk])
    sent = form_of(editor.get(url), outcome="adopted", reason="Gute Idee.")
    first = dispose(one, outcome="not_adopted", reason="Dafür fehlt Geld.")

    page = editor.post(url, sent)

    first.refresh_from_db()
    assert (first.outcome, Disposition.objects.count()) == (Outcome.NOT_ADOPTED, 1)
    assert "Dafür fehlt Geld." in text_of(page)
    assert "Gute Idee." in text_of(page)
    assert page.context["action"] == links.disposition_url(first.pk)

    editor.post(page.context["action"], {**sent, "seen": page.context["seen"]})
    first.refresh_from_db()
    assert (first.outcome, first.reason) == (Outcome.ADOPTED, "Gute Idee.")
    reasons = first.events.values_list("reason", flat=True)
    assert list(reasons) == ["Dafür fehlt Geld.", "Gute Idee."]


def test_what_is_still_open_can_be_answered_after_the_answer_of_another_was_read(editor, version):
    one, two = annotate(version, body=BUSES), annotate(version, body="Mehr Bänke im Park.")
    url = links.dispose_url([one.pk, two.pk])
    sent = form_of(editor.get(url))
    first = dispose(one, outcome="not_adopted")

    page = editor.post(url, sent)
    two.refresh_from_db()
    assert two.disposition is None
    assert links.disposition_url(first.pk) in text_of(page)

    editor.post(url, {**sent, "seen": page.context["seen"]})
    one.refresh_from_db()
    two.refresh_from_db()
    assert one.disposition == first
    assert two.disposition not in {None, first}


def test_words_that_were_changed_meanwhile_are_read_first(editor, version):
    one = annotate(version, body=BUSES)
    url = links.dispose_url([one.pk])
    sent = form_of(editor.get(url))
    changed = "Nein, doch lieber Bahnen."
    Annotation.objects.filter(pk=one.pk).update(comment=changed, edited_at=timezone.now())

    page = editor.post(url, sent)
    assert not Disposition.objects.exists()
    assert page.context["meanwhile"].changed == [one]

    editor.post(url, {**sent, "seen": page.context["seen"]})
    assert Disposition.objects.get().annotations.get() == one


def test_a_stale_change_of_an_answer_overwrites_nothing(editor, version):
    first = dispose(annotate(version), outcome="not_adopted", reason="Zu teuer.")
    url = links.disposition_url(first.pk)
    sent = form_of(editor.get(url), outcome="adopted", reason="Doch bezahlbar.")
    change_disposition(
        disposition=first, outcome="noted", reason="Wir prüfen es.", actor=make_user("editor")
    )

    page = editor.post(url, sent)

    first.refresh_from_db()
    assert first.reason == "Wir prüfen es."
    assert "Wir prüfen es." in text_of(page)
    assert "Doch bezahlbar." in text_of(page)
    editor.post(url, {**sent, "seen": page.context["seen"]})
    first.refresh_from_db()
    assert (first.reason, first.events.count()) == ("Doch bezahlbar.", 3)


def test_every_change_makes_another_state(version):
    first = dispose(annotate(version))
    before = state_of(first)
    change_disposition(disposition=first, outcome="noted", reason="", actor=make_user("editor"))
    assert state_of(first) != before


@pytest.mark.parametrize("seen", ["", "x", "[]", "7", '{"4711": ""}', "\x00"])
def test_a_strange_state_is_no_conflict(editor, version, seen):
    one = annotate(version)
    assert (
        editor.post(links.dispose_url([one.pk]), {"outcome": "noted", "seen": seen}).status_code
        == 302
    )
    assert Disposition.objects.exists()


def ping(client, annotation, session=0):
    args = ["synopse_annotations", "annotation", annotation.pk, session]
    return client.post(reverse("wagtailadmin_editing_sessions:ping", args=args))


def test_two_editors_at_one_annotation_see_each_other(editor, user, version):
    one, two = annotate(version), annotate(version)
    other = make_user("editor", username="Zweite")
    client = Client()
    client.force_login(other)
    for url in (links.dispose_url([one.pk]), links.annotation_url(one.pk)):
        assert 'data-controller="w-swap w-action w-session"' in text_of(editor.get(url))
    assert not EditingSession.objects.exists()  # looking stores nothing

    ping(editor, one)
    seen = ping(client, one).json()

    assert [each["user"] for each in seen["other_sessions"]] == [user.get_username()]
    for url in (links.dispose_url([one.pk, two.pk]), links.annotation_url(one.pk)):
        assert "Gerade auch hier: Zweite" in text_of(editor.get(url))
    assert "Gerade auch hier" not in text_of(editor.get(links.dispose_url([two.pk])))


@pytest.mark.parametrize(
    ("role", "sees"), [("reviewer", False), ("senate", False), ("moderator", True)]
)
def test_only_those_who_work_on_annotations_see_who_is_there(role, sees, version):
    one = annotate(version)
    client = Client()
    client.force_login(make_user(role))

    assert (ping(client, one).status_code == 200) == sees
    page = client.get(links.annotation_url(one.pk))
    assert (page.context["editing_sessions"] is not None) == sees
