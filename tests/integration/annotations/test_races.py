"""What happens at the same moment: on PostgreSQL, where several can write at once."""

import threading
import uuid
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import connection, connections
from django.utils import timezone

from annotations.models import (
    Annotation,
    ConfirmationToken,
    Follow,
    News,
    OutboxMail,
    Placement,
    Support,
)
from annotations.services import bundling, preferences
from annotations.services.confirming import TokenUnknown, TokenUsed, confirm_annotation
from annotations.services.disposing import dispose_annotations
from annotations.services.integrity import integrity_problems
from annotations.services.letters import Body
from annotations.services.moderating import release_annotation
from annotations.services.outbox import queue_mail, send_due
from annotations.services.placement import place_annotations
from annotations.services.posting import Message, post
from annotations.services.queueing import sending_paused
from annotations.services.states import locked
from annotations.services.submitting import submit_annotation, submit_reply
from annotations.services.subscribing import (
    Topic,
    ask_to_follow,
    confirm_follow,
    token_of_person,
    unsubscribe,
)
from annotations.services.supporting import (
    ask_to_support,
    confirm_support,
    support_annotation,
    withdraw_support,
)
from annotations.services.telling import tell
from tests.factories import make_user
from tests.factories.annotations import (
    BASE_URL,
    annotate,
    next_version,
    open_version,
    passage,
)

pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.usefixtures("root"),
    pytest.mark.skipif(
        connection.vendor != "postgresql",
        reason="SQLite lets one write after the other; these races need PostgreSQL",
    ),
]


def together(count, act):
    """Run something several times at once, each on a connection of its own."""
    barrier, results = threading.Barrier(count), [None] * count

    def run(place):
        try:
            barrier.wait(timeout=30)
            results[place] = act(place)
        except Exception as error:  # the test looks at it
            results[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


def guest_token():
    annotate(open_version(), name="Marlen", email="marlen@example.org")
    # tasks run at once in tests, so the mail is out and its text forgotten
    return mail.outbox[-1].body.split("/annotations/confirm/")[1].split("/")[0]


def test_of_six_who_open_the_same_link_one_confirms():
    raw = guest_token()

    results = together(6, lambda place: confirm_annotation(token=raw))

    assert sum(isinstance(result, Annotation) for result in results) == 1
    assert sum(isinstance(result, TokenUsed) for result in results) == 5
    assert Annotation.objects.get().state == "public"
    assert ConfirmationToken.objects.filter(used_at__isnull=False).count() == 1


def test_eight_sendings_of_one_form_store_one_annotation():
    version, user, key = open_version(), make_user(), uuid.uuid4().hex
    one = passage(version)

    def send(place):
        return submit_annotation(
            version=version,
            passage=one,
            body="Einmal.",
            user=user,
            idempotency_key=key,
            base_url=BASE_URL,
        )

    results = together(8, send)

    assert {result.pk for result in results} == {Annotation.objects.get().pk}


def test_eight_sendings_of_a_guest_make_one_mail():
    version, key = open_version(), uuid.uuid4().hex
    one = passage(version)

    def send(place):
        return submit_annotation(
            version=version,
            passage=one,
            body="Einmal.",
            name="Marlen",
            email="marlen@example.org",
            idempotency_key=key,
            base_url=BASE_URL,
        )

    results = together(8, send)

    assert {result.pk for result in results} == {Annotation.objects.get().pk}
    assert OutboxMail.objects.count() == ConfirmationToken.objects.count() == 1
    assert len(mail.outbox) == 1


def test_eight_clicks_of_one_person_count_once():
    annotation, user = annotate(open_version()), make_user()

    results = together(8, lambda place: support_annotation(annotation=annotation, user=user))

    assert all(isinstance(result, Annotation) for result in results), results
    assert Annotation.objects.get().support_count == Support.objects.count() == 1
    assert list(integrity_problems()) == []


def test_eight_people_count_eight_times_and_taking_back_counts_down():
    annotation, users = annotate(open_version()), [make_user() for _ in range(8)]

    given = together(8, lambda place: support_annotation(annotation=annotation, user=users[place]))
    assert all(isinstance(result, Annotation) for result in given), given
    assert Annotation.objects.get().support_count == 8
    together(8, lambda place: withdraw_support(annotation=annotation, user=users[place % 4]))

    assert Annotation.objects.get().support_count == Support.objects.count() == 4
    assert list(integrity_problems()) == []


def test_a_guests_link_counts_once_however_often_it_is_clicked():
    annotation = annotate(open_version())
    ask_to_support(annotation=annotation, email="marlen@example.org", base_url=BASE_URL)
    raw = mail.outbox[-1].body.split("/annotations/support/")[1].split("/")[0]

    results = together(6, lambda place: confirm_support(token=raw))

    assert sum(isinstance(result, TokenUsed) for result in results) == 5
    assert Annotation.objects.get().support_count == 1


def links_of(kind, count, ask):
    """Return the tokens of several mails that somebody asked for one after the other."""
    found = []
    for _ in range(count):
        ask()
        found.append(mail.outbox[-1].body.split(f"/annotations/{kind}/")[1].split("/")[0])
    return found


def test_several_links_of_one_guest_and_a_click_of_the_account_do_not_wait_for_each_other():
    annotation, user = annotate(open_version()), make_user(email="marlen@example.org")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)

    def ask():
        ask_to_support(annotation=annotation, email=user.email, base_url=BASE_URL)

    confirm_support(token=links_of("support", 1, ask)[0])
    acts = [lambda raw=raw: confirm_support(token=raw) for raw in links_of("support", 2, ask)]
    acts.append(lambda: withdraw_support(annotation=annotation, user=user))

    results = together(3, lambda place: acts[place]())

    refused = [result for result in results if isinstance(result, Exception)]
    assert all(isinstance(error, TokenUnknown) for error in refused), refused
    assert Annotation.objects.get().support_count == Support.objects.count() == 0


def test_several_links_of_one_follower_and_the_end_of_it_do_not_wait_for_each_other():
    version, user = open_version(), make_user(email="marlen@example.org")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)

    def ask():
        ask_to_follow(topic=Topic(version), email=user.email, what="x", base_url=BASE_URL)

    links = links_of("follow", 3, ask)
    end = token_of_person(version.page_id, "document", email=user.email)

    results = together(
        4, lambda place: confirm_follow(token=links[place]) if place < 3 else unsubscribe(token=end)
    )

    refused = [result for result in results if isinstance(result, Exception)]
    assert all(isinstance(error, TokenUnknown) for error in refused), refused
    assert Follow.objects.count() <= 1


def test_workers_that_tell_the_same_news_tell_it_once():
    version = open_version()
    for place in range(3):
        ask_to_follow(
            topic=Topic(version), email=f"p{place}@example.org", what="x", base_url=BASE_URL
        )
        raw = mail.outbox[-1].body.split("/annotations/follow/")[1].split("/")[0]
        confirm_follow(token=raw)
    with sending_paused():
        annotation = annotate(version)
    News.objects.create(fact=f"annotation:{annotation.pk}")

    results = together(4, lambda place: tell(fact=f"annotation:{annotation.pk}"))

    assert not [result for result in results if isinstance(result, Exception)], results
    assert OutboxMail.objects.filter(kind="news").count() == 3
    assert sum("/unsubscribe/" in sent.body for sent in mail.outbox) == 3


def test_replies_at_the_same_moment_are_all_stored_in_order():
    root, user = annotate(open_version()), make_user()

    def reply(place):
        return submit_reply(
            parent=root,
            body=f"Antwort {place}",
            user=user,
            idempotency_key=uuid.uuid4().hex,
            base_url=BASE_URL,
        )

    results = together(10, reply)

    assert all(isinstance(result, Annotation) for result in results), results
    thread = list(Annotation.objects.in_thread_order())
    assert len(thread) == 11
    assert thread[0] == root
    assert [one.created_at for one in thread] == sorted(one.created_at for one in thread)
    assert list(integrity_problems()) == []


def test_of_two_editors_one_answers():
    annotation = annotate(open_version())
    editors = [make_user("editor"), make_user("editor")]

    def answer_it(place):
        return dispose_annotations(
            annotations=[annotation], outcome="noted", reason="", actor=editors[place]
        )

    results = together(2, answer_it)

    assert sum(isinstance(result, Exception) for result in results) == 1
    assert Annotation.objects.get().disposition is not None


def test_of_two_moderators_one_releases():
    version = open_version()
    version.page.specific_class.objects.update(moderation="before")
    annotation, moderator = annotate(version), make_user("moderator")

    results = together(2, lambda place: release_annotation(annotation=annotation, actor=moderator))

    assert sum(isinstance(result, Exception) for result in results) == 1
    assert locked_events(annotation) == 1


def locked_events(annotation):
    from django.db import transaction

    with transaction.atomic():
        return locked(annotation).moderation_events.count()


def test_two_workers_send_a_mail_once():
    for place in range(5):
        queue_mail(
            kind="reply",
            to=f"p{place}@example.org",
            subject="Antwort",
            text="Hallo",
            language="de",
        )
    OutboxMail.objects.update(sent_at=None, attempts=0)
    OutboxMail.objects.update(send_after=OutboxMail.objects.earliest("created_at").created_at)
    mail.outbox.clear()

    results = together(4, lambda place: send_due())

    assert sum(results) == 5
    assert len(mail.outbox) == 5


def test_workers_bundle_while_mails_come_and_wishes_change_and_each_piece_goes_out_once():
    person = preferences.preferences_of(["ada@example.org"])["ada@example.org"]
    preferences.save_preference(preference=person, rhythm="daily", switched_off=[])
    later = timezone.now() + timedelta(days=2)

    def queue(number):
        words = Body(f"Stück{number}.", f"<p>Stück{number}.</p>")
        post(Message("reply", "ada@example.org", "Antwort", words, "de", "https://stadt.example"))

    def act(place):
        if place == 3:
            return preferences.save_preference(
                preference=person, rhythm="weekly", switched_off=["news"]
            )
        queue(10 + place)
        bundling.bundle_due(now=later)
        return send_due(now=later)

    for number in range(5):
        queue(number)
    results = together(4, act)
    for _round in range(2):
        bundling.bundle_due(now=later + timedelta(days=9))
        send_due(now=later + timedelta(days=9))

    assert not [result for result in results if isinstance(result, Exception)], results
    words = " ".join(sent.body for sent in mail.outbox)
    for number in (*range(5), 10, 11, 12):
        assert words.count(f"Stück{number}.") == 1, number
    assert not OutboxMail.objects.filter(sent_at=None, bundle=None).exists()


def test_two_workers_place_an_annotation_once():
    version, user = open_version("<p>Die Stadt gehört allen.</p>"), make_user()
    for _ in range(20):
        annotate(version, "Stadt", user=user)
    new = next_version(version, "<p>Unsere Stadt gehört allen.</p>")
    Placement.objects.all().delete()

    results = together(3, lambda place: place_annotations(version=new))

    assert not [result for result in results if isinstance(result, Exception)], results
    assert Placement.objects.count() == 20
    assert list(integrity_problems()) == []
