"""Followers hear of each fact once, never of their own words, never before it is public."""

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from wagtail.models import PageViewRestriction

from annotations import clock
from annotations.models import Annotation, Follow, News, OutboxMail
from annotations.services import preferences, subscribing
from annotations.services.confirming import TokenUnknown, TokenUsed, confirm_annotation
from annotations.services.integrity import integrity_problems
from annotations.services.moderating import hide_annotation, release_annotation, show_annotation
from annotations.services.purging import purge
from annotations.services.queueing import note_news, sending_paused
from annotations.services.subscribing import Topic
from annotations.services.telling import tell
from annotations.worker import IDEMPOTENT
from tests.factories import make_user
from tests.factories.annotations import (
    BASE_URL,
    annotate,
    answer,
    next_version,
    open_version,
    passage,
)
from versioning.services.windows import change_window

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("root")]

ADA = "ada@example.org"


@pytest.fixture(scope="module")
def shared_version(shared_root):
    return open_version("<p>Die Stadt gehört allen.</p><p>Busse fahren oft.</p>")


def member(email="mitglied@example.org", **fields):
    """Return an account that has proved its address."""
    user = make_user(email=email, **fields)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def follow(topic, user=None):
    user = user or member()
    return subscribing.follow_topic(topic=topic, user=user)


def follow_as_guest(topic, email=ADA):
    subscribing.ask_to_follow(topic=topic, email=email, what="der Text", base_url=BASE_URL)
    return subscribing.confirm_follow(token=token())


def token() -> str:
    text = OutboxMail.objects.filter(kind="confirm_follow").latest("pk").text
    return re.search(r"/annotations/follow/([^/\s]+)/", text)[1]


def told() -> list[str]:
    return sorted(OutboxMail.objects.filter(kind="news").values_list("to", flat=True))


def tell_everything() -> None:
    for fact in News.objects.filter(told_at=None).values_list("fact", flat=True):
        tell(fact=fact)


# Following


def test_an_account_follows_a_thing_once(version):
    topic, user = Topic(version, passage=passage(version)), member()
    assert follow(topic, user) == follow(topic, user)
    assert Follow.objects.count() == 1


def test_a_guest_follows_from_the_click_on_and_the_link_works_once(version):
    topic = Topic(version)
    subscribing.ask_to_follow(topic=topic, email=ADA, what="der Text", base_url=BASE_URL)
    annotate(version)
    tell_everything()
    assert told() == []
    raw = token()
    subscribing.confirm_follow(token=raw)
    with pytest.raises(TokenUsed):
        subscribing.confirm_follow(token=raw)
    annotate(version)
    tell_everything()
    assert told() == [ADA]


def test_the_link_to_follow_confirms_nothing_else(version):
    subscribing.ask_to_follow(topic=Topic(version), email=ADA, what="x", base_url=BASE_URL)
    with pytest.raises(TokenUnknown):
        confirm_annotation(token=token())


def test_an_address_of_an_account_becomes_the_accounts_wish(version):
    user = member(ADA)
    follow(Topic(version), user)
    kept = follow_as_guest(Topic(version), "Ada@Example.org")
    assert (kept.user, Follow.objects.count()) == (user, 1)


def test_what_nobody_confirms_is_deleted_with_its_address(version):
    subscribing.ask_to_follow(topic=Topic(version), email=ADA, what="x", base_url=BASE_URL)
    raw = token()
    purge(now=timezone.now() + timedelta(hours=49))
    assert not Follow.objects.exists()
    with pytest.raises(TokenUnknown):
        subscribing.confirm_follow(token=raw)


def test_an_account_ends_only_what_is_its_own(version):
    mine = follow(Topic(version))
    with pytest.raises(PermissionDenied):
        subscribing.stop_following(follow=mine, actor=make_user())
    subscribing.stop_following(follow=mine, actor=mine.user)
    assert not Follow.objects.exists()


def test_hidden_threads_and_private_pages_are_not_followed(version):
    annotation = annotate(version)
    hide_annotation(annotation=annotation, actor=make_user("moderator"), ground="x")
    annotation.refresh_from_db()
    with pytest.raises(ValidationError):
        follow(Topic(version, thread=annotation))
    PageViewRestriction.objects.create(page=version.page, restriction_type="login")
    with pytest.raises(PermissionDenied):
        subscribing.ask_to_follow(topic=Topic(version), email=ADA, what="x", base_url=BASE_URL)


def test_the_mail_ends_what_it_belongs_to_by_its_link(version):
    follow_as_guest(Topic(version))
    annotate(version)
    tell_everything()
    raw = re.search(r"/unsubscribe/(\w+)/", mail.outbox[-1].body)[1]
    assert ADA not in mail.outbox[-1].body
    assert subscribing.unsubscribe(token=raw)
    assert not subscribing.unsubscribe(token=raw)
    annotate(version)
    tell_everything()
    assert told() == [ADA]


def test_the_link_works_also_after_the_secret_key_has_changed(version, settings):
    follow_as_guest(Topic(version))
    settings.SECRET_KEY = "another-secret-key"
    annotate(version)
    tell_everything()
    raw = re.search(r"/unsubscribe/(\w+)/", mail.outbox[-1].body)[1]
    assert subscribing.unsubscribe(token=raw)


def test_what_waits_for_a_bundle_does_not_come_once_somebody_has_unsubscribed(version):
    mine = follow_as_guest(Topic(version))
    wishes = preferences.preferences_of([ADA])[ADA]
    preferences.save_preference(preference=wishes, rhythm="daily", switched_off=[])
    annotate(version)
    tell_everything()
    assert OutboxMail.objects.get(kind="news").held
    subscribing.unsubscribe(token=subscribing.unsubscribe_token(mine))
    assert not OutboxMail.objects.filter(kind="news").exists()


# News


def test_who_follows_document_and_passage_gets_one_mail(version):
    user = member()
    follow(Topic(version), user)
    follow(Topic(version, passage=passage(version)), user)
    follow_as_guest(Topic(version), "gast@example.org")
    annotate(version)
    tell_everything()
    assert told() == ["gast@example.org", user.email]


def test_a_passage_brings_no_news_of_another_one(version):
    follow(Topic(version, passage=passage(version, 1)))
    annotate(version)
    tell_everything()
    assert told() == []
    annotate(version, position=1)
    tell_everything()
    assert len(told()) == 1


def test_nobody_hears_of_their_own_words(version):
    user = member(ADA)
    follow(Topic(version), user)
    follow_as_guest(Topic(version), "gast@example.org")
    annotate(version, user=user)
    tell_everything()
    assert told() == ["gast@example.org"]
    annotate(version, name="Gast", email="gast@example.org")
    text = OutboxMail.objects.filter(kind="confirm").latest("pk").text
    confirm_annotation(token=re.search(r"/confirm/([^/\s]+)/", text)[1])
    tell_everything()
    assert told() == [ADA, "gast@example.org"]


def test_replies_are_news_of_their_thread_alone(version):
    annotation = annotate(version)
    follow(Topic(version))
    follow_as_guest(Topic(version, thread=annotation), "gast@example.org")
    News.objects.all().delete()
    answer(annotation)
    tell_everything()
    assert told() == ["gast@example.org"]


def test_whoever_is_told_of_a_reply_as_its_author_is_not_told_twice(version):
    author = member()
    annotation = annotate(version, user=author)
    follow(Topic(version, thread=annotation), author)
    answer(annotation)
    tell_everything()
    assert OutboxMail.objects.filter(kind="reply", to=author.email).count() == 1
    assert told() == []


def test_telling_twice_sends_nothing_twice(version):
    follow(Topic(version))
    annotation = annotate(version)
    fact = f"annotation:{annotation.pk}"
    assert (tell(fact=fact), tell(fact=fact)) == (1, 0)
    News.objects.update(told_at=None)  # a worker that was lost before it could note the end
    tell(fact=fact)
    assert len(told()) == 1


def test_nothing_is_told_before_it_is_public(version):
    version.page.specific_class.objects.update(moderation="before")
    follow(Topic(version))
    annotation = annotate(version)
    tell_everything()
    assert (told(), News.objects.count()) == ([], 0)
    release_annotation(annotation=annotation, actor=make_user("moderator"))
    tell_everything()
    assert len(told()) == 1


def test_what_was_hidden_meanwhile_is_told_when_it_is_shown_again_and_only_once(version):
    follow(Topic(version))
    annotation, moderator = annotate(version), make_user("moderator")
    hide_annotation(annotation=annotation, actor=moderator, ground="x")
    tell_everything()
    assert told() == []
    for _ in range(2):
        annotation.refresh_from_db()
        show_annotation(annotation=annotation, actor=moderator)
        tell_everything()
        hide_annotation(annotation=annotation, actor=moderator, ground="x")
    assert len(told()) == 1


def test_a_new_version_is_news_for_everybody_who_follows_something_on_the_page(
    version, django_capture_on_commit_callbacks
):
    follow(Topic(version), member("a@example.org"))
    follow(Topic(version, passage=passage(version)), member("b@example.org"))
    follow(Topic(open_version()), member("c@example.org"))
    with django_capture_on_commit_callbacks(execute=True):
        next_version(version, "<p>Alles ist anders.</p>")
    assert told() == ["a@example.org", "b@example.org"]
    assert "Fassung" in OutboxMail.objects.filter(kind="news").latest("pk").subject


def test_a_changed_window_is_told_with_its_reason(version, django_capture_on_commit_callbacks):
    follow(Topic(version))
    with django_capture_on_commit_callbacks(execute=True):
        change_window(
            version=version,
            opens=None,
            closes=timezone.now() + timedelta(days=30),
            reason="Es kamen viele Anmerkungen.",
            actor=make_user("editor"),
        )
    sent = mail.outbox[-1]
    assert "Es kamen viele Anmerkungen." in sent.body
    assert "verlängert" in sent.body


def test_the_mail_holds_no_words_of_others_and_no_second_header(version):
    follow(Topic(version))
    annotate(version, body="Geheime Worte\r\nBcc: x@example.org")
    tell_everything()
    sent = mail.outbox[-1]
    assert "/annotations/" in sent.body
    assert "Geheime" not in sent.body
    assert "\n" not in sent.subject


def test_one_click_headers_go_out_and_the_link_is_forgotten_afterwards(version):
    follow_as_guest(Topic(version))
    annotate(version)
    tell_everything()
    headers = mail.outbox[-1].extra_headers
    assert re.fullmatch(
        r"<http.*/annotations/unsubscribe/\w+/at-once/>", headers["List-Unsubscribe"]
    )
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    row = OutboxMail.objects.get(kind="news")
    assert (row.text, row.unsubscribe) == ("", "")


@pytest.mark.parametrize("kind", ["login", "groups", "password"])
def test_only_those_are_told_who_may_read_the_page_now(version, kind):
    group = Group.objects.create(name="Beirat")
    inside = member("innen@example.org")
    inside.groups.add(group)
    for user in (inside, member("aussen@example.org"), member("fort@example.org")):
        follow(Topic(version), user)
    follow_as_guest(Topic(version))
    Follow.objects.get(user__email="fort@example.org").user.delete()
    restriction = PageViewRestriction.objects.create(page=version.page, restriction_type=kind)
    restriction.groups.add(group)
    note_news(f"version:{version.pk}")
    tell_everything()
    expected = {
        "login": ["aussen@example.org", "innen@example.org"],
        "groups": ["innen@example.org"],
        "password": [],
    }
    assert told() == expected[kind]


def test_accounts_without_a_proved_address_or_switched_off_are_not_told(version):
    follow(Topic(version), make_user())
    off = member()
    follow(Topic(version), off)
    off.is_active = False
    off.save()
    annotate(version)
    tell_everything()
    assert told() == []


def test_imported_history_is_no_news(version):
    with sending_paused():
        annotate(version)
    assert not News.objects.exists()


def test_the_clock_tells_what_a_lost_worker_has_left(version):
    follow(Topic(version))
    annotate(version)
    assert clock.tell_forgotten() == 0
    News.objects.update(created_at=timezone.now() - timedelta(minutes=6))
    assert clock.tell_forgotten() == 1
    assert len(told()) == 1
    assert "annotations.tasks.tell_followers" in IDEMPOTENT


def test_many_followers_cost_as_many_queries_a_batch_as_few(
    version, django_assert_max_num_queries, monkeypatch
):
    monkeypatch.setattr("annotations.services.telling.enqueue_sending", lambda: None)
    user = make_user()
    Follow.objects.bulk_create(
        Follow(
            page=version.page,
            topic="document",
            email=f"g{n}@example.org",
            token_hash=subscribing._hashed(
                subscribing.token_of_person(version.page_id, "document", email=f"g{n}@example.org")
            ),
            confirmed_at=timezone.now(),
        )
        for n in range(450)
    )
    annotation = annotate(version, user=user)
    with django_assert_max_num_queries(40):
        tell(fact=f"annotation:{annotation.pk}")
    assert len(told()) == 450


def test_everything_is_in_order_afterwards(version):
    annotation = annotate(version)
    follow_as_guest(Topic(version, thread=annotation))
    assert list(integrity_problems()) == []
    assert Annotation.objects.count() == 1
