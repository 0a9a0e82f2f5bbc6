"""Pages of support and following: without JavaScript, for accounts and for guests."""

import re
from copy import deepcopy
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import PageViewRestriction

from annotations.models import Annotation, Follow, OutboxMail
from annotations.services import subscribing, supporting
from annotations.services.moderating import hide_annotation
from annotations.services.subscribing import Topic
from annotations.services.telling import tell
from tests.factories import make_user
from tests.factories.annotations import annotate, answer, open_version, passage
from versioning.models import Version
from versioning.services.windows import change_window, end_window

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("root")]

ADA = "ada@example.org"
FETCH = {"X-Requested-With": "fetch"}


@pytest.fixture(scope="module")
def made(shared_root):
    """Return a version and an annotation, for all tests."""
    version = open_version()
    return version, annotate(version, body="Mehr Bänke bitte.")


@pytest.fixture
def version(made):
    return deepcopy(made[0])


@pytest.fixture
def annotation(made):
    return deepcopy(made[1])


@pytest.fixture
def user():
    user = make_user(email="mitglied@example.org")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


@pytest.fixture
def member(user):
    client = Client()
    client.force_login(user)
    return client


def support_url(annotation) -> str:
    return reverse("annotations:support", args=[annotation.uuid])


def link_in_mail(kind: str) -> str:
    text = OutboxMail.objects.filter(kind=kind).latest("pk").text
    return re.search(r"https?://[^/\s]+(/\S+/(?:support|follow)/\S+)", text)[1]


def page_of(response) -> str:
    return response.content.decode()


# Support


def test_an_account_supports_and_takes_it_back_by_buttons(member, annotation):
    page = page_of(member.get(annotation.get_absolute_url()))
    assert "Noch niemand unterstützt das" in page
    url = support_url(annotation)
    after = member.post(url, {"act": "support"}, follow=True)
    assert "1 Person unterstützt das" in page_of(after)
    assert "Sie gehören dazu" in page_of(after)
    assert "Ihre Unterstützung zählt." in page_of(after)
    again = member.post(url, {"act": "take_back"}, follow=True)
    assert "Noch niemand unterstützt das" in page_of(again)


def test_a_guest_supports_by_mail_and_looking_at_the_link_changes_nothing(client, annotation):
    url = support_url(annotation)
    assert "E-Mail-Adresse" in page_of(client.get(url))
    after = client.post(url, {"email": ADA}, follow=True)
    assert "E-Mail geschickt" in page_of(after)
    link = link_in_mail("confirm_support")
    for _ in range(2):
        assert "das unterstütze ich" in page_of(client.get(link))
        client.head(link)
    assert Annotation.objects.get(pk=annotation.pk).support_count == 0
    done = client.post(link, follow=True)
    assert "1 Person unterstützt das" in page_of(done)
    used = client.get(link)
    assert (used.status_code, "schon bestätigt" in page_of(used)) == (410, True)


def test_a_guest_takes_it_back_by_the_same_form(client, annotation):
    for words in ("Unterstützen Sie das?", "Unterstützung zurücknehmen?"):
        client.post(support_url(annotation), {"email": ADA})
        link = link_in_mail("confirm_support")
        assert words in page_of(client.get(link))
        client.post(link)
    assert Annotation.objects.get(pk=annotation.pk).support_count == 0


def test_the_answer_tells_nobody_what_an_address_has_done(client, version, annotation):
    own = annotate(version, name="Ada", email=ADA)
    Annotation.objects.filter(pk=own.pk).update(state="public", is_public=True)
    answers = {
        (response.status_code, response["Location"].partition("?")[2])
        for response in (
            client.post(support_url(annotation), {"email": "neu@example.org"}),
            client.post(support_url(own), {"email": ADA}),
        )
    }
    assert answers == {(302, "sent=1")}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"email": ""}, "Bitte geben Sie Ihre E-Mail-Adresse an"),
        ({"email": "ada"}, "keine E-Mail-Adresse"),
        ({"email": ADA, "website": "x"}, "leer"),
        ({}, "Bitte geben Sie Ihre E-Mail-Adresse an"),
    ],
)
@pytest.mark.parametrize("name", ["support", "follow_document"])
def test_a_wrong_address_is_said_at_its_field_and_kept(client, annotation, data, words, name):
    args = [annotation.uuid] if name == "support" else [annotation.version.page_id]
    response = client.post(reverse(f"annotations:{name}", args=args), data)
    assert response.status_code == 422
    assert words in page_of(response)
    assert (data.get("email") or "") in page_of(response)
    assert "<title>Fehler:" in page_of(response).replace("\n", "")


def test_machines_are_asked_to_send_once_more(client, annotation, settings):
    settings.SYNOPSE_MINIMUM_SECONDS = 3
    response = client.post(support_url(annotation), {"email": ADA})
    assert (response.status_code, "sehr schnell" in page_of(response)) == (422, True)
    assert ADA in page_of(response)


def test_the_fourth_mail_in_an_hour_is_refused_in_words(client, annotation):
    for _ in range(3):
        assert client.post(support_url(annotation), {"email": ADA}).status_code == 302
    response = client.post(support_url(annotation), {"email": ADA})
    assert (response.status_code, "schon mehrere" in page_of(response)) == (429, True)


def test_a_fetched_answer_says_what_happened(member, annotation):
    answer_ = member.post(support_url(annotation), {"act": "support"}, headers=FETCH)
    assert answer_.json() == {
        "supports": True,
        "words": "1 Person unterstützt das",
        "label": "Nicht mehr unterstützen",
        "sentence": "Ihre Unterstützung zählt.",
    }


def test_what_cannot_be_supported_is_said_in_words(client, member, user, version, annotation):
    own = annotate(version, user=user)
    refused = member.post(support_url(own), {"act": "support"}, headers=FETCH)
    assert (refused.status_code, refused.json()["sentence"]) == (
        422,
        "Das ist Ihre eigene Anmerkung.",
    )
    assert member.get(support_url(answer(annotation))).status_code == 404
    end_window(version=version, reason="Genug", actor=make_user("editor"))
    for reader in (client, member):
        late = reader.post(support_url(annotation), {"email": ADA, "act": "support"})
        assert (late.status_code, "Die Zahl bleibt" in page_of(late)) == (409, True)
    assert "data-support-link" not in page_of(client.get(version.page.get_url()))


def test_a_hidden_annotation_is_not_shown_for_support(client, annotation):
    hide_annotation(annotation=annotation, actor=make_user("moderator"), ground="x")
    assert client.get(support_url(annotation)).status_code == 302
    page = page_of(client.get(support_url(annotation), follow=True))
    assert "Mehr Bänke" not in page
    assert client.post(support_url(annotation), {"email": ADA}).status_code == 409


def test_the_link_of_a_mail_says_when_it_is_too_late(client, version, annotation):
    client.post(support_url(annotation), {"email": ADA})
    link = link_in_mail("confirm_support")
    end_window(version=version, reason="Genug", actor=make_user("editor"))
    response = client.post(link)
    assert (response.status_code, "Die Zahl bleibt" in page_of(response)) == (409, True)


@pytest.mark.parametrize("name", ["confirm_support", "confirm_follow"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_links_that_nobody_knows_say_so(client, name, method):
    for raw in ("unbekannt", "x" * 3000, "%00"):
        response = getattr(client, method)(reverse(f"annotations:{name}", args=[raw]))
        assert response.status_code == 404


def test_cards_show_how_many_support_and_link_to_the_page(client, version, annotation, user):
    supporting.support_annotation(annotation=annotation, user=user)
    passage_url = reverse("annotations:passage", args=[version.page_id, 1, passage(version).uid])
    for url in (version.page.get_url(), passage_url):
        page = page_of(client.get(url))
        assert "1 Person unterstützt das" in page
        assert support_url(annotation) in page


# Following


def test_an_account_follows_and_unsubscribes_by_buttons_and_finds_all_in_a_list(
    member, user, version, annotation
):
    urls = [
        reverse("annotations:follow_document", args=[version.page_id]),
        reverse("annotations:follow_passage", args=[version.page_id, passage(version).uid]),
        reverse("annotations:follow_thread", args=[annotation.uuid]),
    ]
    for url in urls:
        assert "Abonnieren" in page_of(member.get(url))
        assert "Sie haben das abonniert" in page_of(member.post(url, {}, follow=True))
    page = page_of(member.get(reverse("annotations:following")))
    assert "3 Abonnements" in page
    assert annotation.get_absolute_url() in page
    assert "Abonnieren" in page_of(member.post(urls[0], {"act": "stop"}, follow=True))
    for row in Follow.objects.filter(user=user):
        member.post(reverse("annotations:stop_following", args=[row.pk]))
    assert "noch nichts abonniert" in page_of(member.get(reverse("annotations:following")))


def test_the_list_asks_the_database_as_often_for_many_as_for_few(
    member, user, django_assert_max_num_queries
):
    versions = [open_version("<p>Eins.</p><p>Zwei.</p>") for _ in range(6)]
    for one in versions:
        subscribing.follow_topic(topic=Topic(one), user=user)
        subscribing.follow_topic(topic=Topic(one, passage=passage(one, 1)), user=user)
        thread = annotate(one)
        subscribing.follow_topic(topic=Topic(one, thread=thread), user=user)
    url = reverse("annotations:following")
    member.get(url)
    with django_assert_max_num_queries(16):
        assert "18 Abonnements" in page_of(member.get(url))


def test_the_list_names_no_text_that_may_not_be_read_any_more(member, user, version):
    subscribing.follow_topic(topic=Topic(version), user=user)
    PageViewRestriction.objects.create(
        page=version.page, restriction_type="password", password="geheim"
    )
    page = page_of(member.get(reverse("annotations:following")))
    assert f"„{version.title}“" not in page
    assert "nicht mehr öffentlich" in page


def test_nobody_ends_what_another_follows(member, version):
    other = make_user()
    theirs = subscribing.follow_topic(topic=Topic(version), user=other)
    url = reverse("annotations:stop_following", args=[theirs.pk])
    assert member.post(url).status_code == 404
    assert member.get(url).status_code == 405
    assert Follow.objects.filter(pk=theirs.pk).exists()


def test_a_guest_follows_by_mail_and_unsubscribes_without_signing_in(client, version):
    url = reverse("annotations:follow_document", args=[version.page_id])
    assert "Feed" in page_of(client.get(url))
    client.post(url, {"email": ADA})
    link = link_in_mail("confirm_follow")
    assert "Ja, abonnieren" in page_of(client.get(link))
    assert Follow.objects.get().confirmed_at is None
    assert "erfahren Sie Neues" in page_of(client.post(link, follow=True))
    end = _unsubscribe_link(version)
    assert "Abbestellen" in page_of(client.get(end))
    assert Follow.objects.exists()
    assert "Sie haben abbestellt" in page_of(client.post(end))
    assert not Follow.objects.exists()
    assert client.get(end).status_code == client.post(end).status_code == 200


def test_one_click_in_the_mail_program_ends_it_without_token_of_a_form(client, version):
    url = reverse("annotations:follow_document", args=[version.page_id])
    client.post(url, {"email": ADA})
    client.post(link_in_mail("confirm_follow"))
    end = _unsubscribe_link(version) + "at-once/"
    program = Client(enforce_csrf_checks=True)
    assert program.get(end)["Location"] + "at-once/" == end
    assert Follow.objects.exists()
    body = {"List-Unsubscribe": "One-Click"}
    assert program.post(end, body).status_code == 200
    assert not Follow.objects.exists()
    assert program.post(end, body).status_code == 200


def _unsubscribe_link(version) -> str:
    made = annotate(version)
    tell(fact=f"annotation:{made.pk}")
    return re.search(r"https?://[^/\s]+(/\S+/unsubscribe/\w+/)", mail.outbox[-1].body)[1]


def test_pages_of_strangers_and_replies_cannot_be_followed(client, version, annotation):
    reply = answer(annotation)
    assert client.get(reverse("annotations:follow_thread", args=[reply.uuid])).status_code == 404
    PageViewRestriction.objects.create(page=version.page, restriction_type="login")
    url = reverse("annotations:follow_document", args=[version.page_id])
    assert client.get(url).status_code == client.post(url, {"email": ADA}).status_code == 404


def test_an_account_without_a_confirmed_address_is_told_so(version):
    client = Client()
    client.force_login(make_user())
    url = reverse("annotations:follow_document", args=[version.page_id])
    assert "keine bestätigte E-Mail-Adresse" in page_of(client.get(url))


# What is one's own


def test_a_reader_gets_what_is_their_own_and_nobody_keeps_it(member, user, version, annotation):
    own = annotate(version, user=user)
    supporting.support_annotation(annotation=annotation, user=user)
    subscribing.follow_topic(topic=Topic(version), user=user)
    version.page.specific_class.objects.update(moderation="before")
    moderated = Version.objects.get(pk=version.pk)
    waits = annotate(moderated, user=user, body="<b>Wartet</b>")
    annotate(moderated, body="Wartet auch, gehört aber jemand anderem")
    response = member.get(reverse("annotations:mine", args=[version.page_id]))
    mine = response.json()
    assert mine["supports"] == [str(annotation.uuid)]
    assert mine["own"] == [str(own.uuid)]
    assert mine["follows"] == ["document"]
    assert [one["uuid"] for one in mine["waiting"]] == [str(waits.uuid)]
    assert mine["csrf"]
    assert "no-store" in response["Cache-Control"]
    assert "Cookie" in response["Vary"]


def test_what_an_author_may_still_mend_is_told_with_the_way_there(member, user, version):
    fresh = annotate(version, user=user)
    answered = annotate(version, user=user)
    answer(answered)
    old = annotate(version, user=user)
    Annotation.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(minutes=16))
    annotate(version)
    mine = member.get(reverse("annotations:mine", args=[version.page_id])).json()
    assert mine["editable"] == {str(fresh.uuid): reverse("annotations:edit", args=[fresh.uuid])}
    assert mine["labels"]["edit"] == "Bearbeiten"


def test_the_token_of_ones_own_data_lets_a_script_support(user, version, annotation):
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    url = support_url(annotation)
    assert client.post(url, {"act": "support"}, headers=FETCH).status_code == 403
    csrf = client.get(reverse("annotations:mine", args=[version.page_id])).json()["csrf"]
    headers = {**FETCH, "X-CSRFToken": csrf}
    assert client.post(url, {"act": "support"}, headers=headers).status_code == 200


def test_guests_and_readers_of_private_pages_get_nothing(client, member, version):
    url = reverse("annotations:mine", args=[version.page_id])
    assert (client.get(url).status_code, client.get(url).json()) == (403, {})
    PageViewRestriction.objects.create(
        page=version.page, restriction_type="password", password="geheim"
    )
    assert member.get(url).status_code == 404


def test_the_reading_page_holds_nothing_personal(member, user, version, annotation):
    supporting.support_annotation(annotation=annotation, user=user)
    page = page_of(member.get(version.page.get_url()))
    reading = page[page.index("data-reading") : page.index("syn-reading-data")]
    assert "csrfmiddlewaretoken" not in reading
    assert user.username not in reading
    assert "Nicht mehr unterstützen" not in reading


# The window above the text


def test_the_text_says_how_much_time_is_left_and_what_was_changed_and_why(client, version):
    assert "Noch 7 Tage." in page_of(client.get(version.page.get_url()))
    change_window(
        version=version,
        opens=None,
        closes=timezone.now() + timedelta(days=20),
        reason="Es kamen <b>viele</b> Anmerkungen.",
        actor=make_user("editor"),
    )
    page = page_of(client.get(version.page.get_url()))
    assert "Noch 20 Tage." in page
    assert "verlängert: bis" in page
    assert "Es kamen &lt;b&gt;viele&lt;/b&gt; Anmerkungen." in page


def test_after_an_early_end_a_form_that_is_open_comes_too_late(client, version):
    url = reverse("annotations:passage", args=[version.page_id, 1, passage(version).uid])
    client.get(url)
    end_window(version=version, reason="Genug", actor=make_user("editor"))
    written = {"body": "Zu spät.", "name": "Ada", "email": ADA, "motivation": "commenting"}
    response = client.post(url, written)
    assert (response.status_code, "Zu spät." in page_of(response)) == (409, True)
    assert "vorzeitig beendet" in page_of(client.get(version.page.get_url()))
