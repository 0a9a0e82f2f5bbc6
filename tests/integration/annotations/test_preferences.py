"""Who chooses which mails come and when: nothing is lost, nothing comes twice, nothing unasked."""

import contextlib
import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from wagtail.models import PageViewRestriction

from annotations import clock
from annotations.admin import links
from annotations.models import Annotation, MailPreference, OutboxMail
from annotations.services import bundling, outbox, preferences
from annotations.services.erasing import erase_account
from annotations.services.letters import Body
from annotations.services.moderating import hide_annotation
from annotations.services.personal_data import export_of
from annotations.services.posting import Message, post
from annotations.services.purging import purge
from tests.factories import make_user
from tests.factories.annotations import annotate, answer, open_version

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("root")]

BASE = "https://stadt.example"
KINDS = sorted(preferences.CITIZEN_KINDS)
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture(scope="module")
def shared_version(shared_root):
    return open_version("<p>Die Stadt gehört allen.</p>")


def member(email="ada@example.org", **fields):
    user = make_user(email=email, **fields)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def queue(kind="reply", to="ada@example.org", words="Hallo", **values):
    latest, subject = values.pop("latest", None), values.pop("subject", words)
    message = Message(kind, to, subject, Body(words, f"<p>{words}</p>"), "de", BASE, **values)
    return post(message, latest=latest)


def choose(person, rhythm="at_once", off=()):
    return preferences.save_preference(preference=person, rhythm=rhythm, switched_off=off)


def wishes(email="ada@example.org"):
    return preferences.preferences_of([email])[email]


def work(moment=None):
    bundling.bundle_due(now=moment)
    outbox.send_due(now=moment)


# When bundles go out


@given(
    now=st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),
    hour=st.integers(0, 23),
    rhythm=st.sampled_from(["daily", "weekly"]),
)
@settings(max_examples=200)
def test_a_bundle_goes_out_at_its_hour_of_the_local_time_on_each_day(now, hour, rhythm):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("annotations.services.preferences.bundle_hour", lambda: hour)
        due = preferences.next_bundle(rhythm, now)
        following = preferences.next_bundle(rhythm, due)
    local, after = due.astimezone(BERLIN), following.astimezone(BERLIN)
    days = 1 if rhythm == "daily" else 7
    assert now < due <= now + timedelta(days=days, hours=1)
    assert (after.date() - local.date()).days == days
    assert local.hour == hour or (hour == 2 and local.hour == 3)  # the hour that spring leaves out
    assert rhythm == "daily" or local.weekday() == 0


@pytest.mark.parametrize("hour", [-1, 24, "7", None])
def test_an_hour_that_no_day_has_is_refused(settings, hour):
    settings.SYNOPSE_DIGEST_HOUR = hour
    with pytest.raises(ImproperlyConfigured):
        preferences.bundle_hour()


# What is chosen


def test_what_is_switched_off_does_not_come_and_what_always_goes_cannot_be_switched_off():
    person = choose(wishes(), off=["reply"])
    assert queue("reply") is None
    assert queue("moderation").held is False
    for kind in ("moderation", "confirm", "report"):
        with pytest.raises(ValidationError):
            choose(person, off=[kind])
    with pytest.raises(ValidationError):
        choose(person, rhythm="monthly")


def test_what_waits_comes_in_one_mail_and_what_cannot_wait_comes_at_once():
    choose(wishes(), "daily")
    queue(words="eins")
    queue("news", words="zwei")
    queue("moderation", words="sofort")
    work()
    assert [sent.subject for sent in mail.outbox] == ["sofort"]
    work(timezone.now() + timedelta(days=1, hours=1))
    bundle = mail.outbox[-1]
    assert len(mail.outbox) == 2
    assert all(words in bundle.body for words in ("eins", "zwei"))
    html, kind = bundle.alternatives[0]
    assert kind == "text/html"
    assert all(f"<p>{words}</p>" in html for words in ("eins", "zwei"))
    assert "/annotations/mails/digest/" in bundle.extra_headers["List-Unsubscribe"]
    assert not OutboxMail.objects.exclude(text="", html="", unsubscribe="").exists()


def test_what_would_come_too_late_comes_at_once():
    choose(wishes(), "weekly")
    assert queue(latest=timezone.now() + timedelta(minutes=1)).held is False
    assert queue(latest=timezone.now() + timedelta(days=30)).held is True


def test_one_piece_alone_comes_under_its_own_subject():
    choose(wishes(), "daily")
    queue("news", words="Nur dies")
    work(timezone.now() + timedelta(days=2))
    assert [sent.subject for sent in mail.outbox] == ["Nur dies"]
    assert "/mails/news/" in mail.outbox[0].extra_headers["List-Unsubscribe"]


def test_going_back_to_at_once_releases_what_waits_and_a_slower_rhythm_delays_nothing():
    person = choose(wishes(), "daily")
    waits = queue()
    due = waits.send_after
    choose(person, "weekly")
    waits.refresh_from_db()
    assert waits.send_after == due
    choose(person, "at_once")
    work()
    assert len(mail.outbox) == 1


def test_what_is_switched_off_meanwhile_is_not_sent():
    person = choose(wishes(), "daily")
    queue("reply", words="eins")
    queue("news", words="zwei")
    bundling.bundle_due(now=timezone.now() + timedelta(days=2))
    queue("reply", words="drei")
    choose(person, "daily", off=preferences.KINDS)
    work(timezone.now() + timedelta(days=9))
    assert mail.outbox == []
    choose(person, "at_once")
    queue("reply", words="vier")
    MailPreference.objects.update(switched_off=["reply"])  # in the moment before it is sent
    work()
    assert mail.outbox == []


def test_replies_that_were_hidden_meanwhile_and_private_pages_are_left_out(version):
    choose(wishes(), "daily")
    author = member()
    made = annotate(version, user=author)
    first, second = answer(made), answer(made)
    assert OutboxMail.objects.filter(kind="reply", held=True).count() == 2
    hide_annotation(annotation=first, actor=make_user("moderator"), ground="x")
    later = timezone.now() + timedelta(days=2)
    with transaction.atomic():
        bundling.bundle_due(now=later)
        assert OutboxMail.objects.get(held=False, bundle=None, kind="reply").pieces.get()
        transaction.set_rollback(True)
    PageViewRestriction.objects.create(page=version.page, restriction_type="password")
    bundling.bundle_due(now=later)
    assert not OutboxMail.objects.filter(kind="reply").exists()
    assert second.state == "public"


def test_wishes_of_a_guest_hold_for_the_account_of_the_same_address():
    guest = choose(wishes(), "weekly", off=["news"])
    user = member("Ada@example.org")
    mine = preferences.preference_of(user)
    assert (mine.pk, mine.rhythm, mine.switched_off) == (guest.pk, "weekly", ["news"])
    assert preferences.preferences_of(["ADA@example.org"])["ada@example.org"] == mine


def test_what_waits_goes_to_the_address_that_an_account_has_now():
    user = member()
    choose(preferences.preference_of(user), "daily")
    queue()
    EmailAddress.objects.create(user=user, email="neu@example.org", verified=True)
    user.email = "neu@example.org"
    user.save()
    work(timezone.now() + timedelta(days=2))
    assert [sent.to for sent in mail.outbox] == [["neu@example.org"]]


def test_asking_for_many_costs_as_many_queries_as_for_few(django_assert_max_num_queries):
    member("m1@example.org")
    with django_assert_max_num_queries(6):
        preferences.posts_for("news", [f"m{number}@example.org" for number in range(300)])
    with django_assert_max_num_queries(2):
        preferences.posts_for("news", [f"m{number}@example.org" for number in range(300)])


# Three mails an hour (TRUST S15)


def test_nobody_gets_more_than_three_such_mails_an_hour_and_the_rest_comes_in_one(settings):
    settings.SYNOPSE_RATE_LIMITS = {"mail_address": "3/h"}
    with time_machine.travel("2026-11-28T10:10Z", tick=False) as clock_face:
        for number in range(10):
            queue(words=f"Nr. {number}")
            work()
        assert len(mail.outbox) == 3
        queue("moderation", words="Das muss hinaus")
        work()
        assert mail.outbox.pop().subject == "Das muss hinaus"
        clock_face.move_to("2026-11-28T11:00:01Z")
        work()
        assert len(mail.outbox) == 4
        assert all(f"Nr. {number}" in mail.outbox[-1].body for number in range(3, 10))
        for number in range(10):
            queue(words=f"Mehr {number}")
            work()
        assert len(mail.outbox) == 6


# Whatever happens in between


class Killed(BaseException):
    """The process is gone."""


def _killed_after_the_bundle(patch):
    stored = bundling._stored

    def die(*args):
        stored(*args)
        raise Killed

    patch.setattr(bundling, "_stored", die)


def _broken_server(patch):
    def refuse(self, *args, **kwargs):
        raise OSError

    patch.setattr(outbox.EmailMultiAlternatives, "send", refuse)


FAULTS = {"none": lambda _patch: None, "killed": _killed_after_the_bundle, "down": _broken_server}
STEPS = st.one_of(
    st.tuples(st.just("queue"), st.sampled_from(KINDS)),
    st.tuples(st.just("rhythm"), st.sampled_from(["at_once", "daily", "weekly"])),
    st.tuples(st.just("toggle"), st.sampled_from(KINDS)),
    st.tuples(st.just("wait"), st.sampled_from([1, 30, 200])),
    st.tuples(st.just("work"), st.sampled_from(sorted(FAULTS))),
)


def _delivered():
    words = " ".join(sent.body for sent in mail.outbox)
    return re.findall(r"Stück\d+\.", words)


def _run(steps, clock_face):
    """Do the steps; return the pieces that must arrive, and those that may."""
    person, must, may = wishes(), set(), set()
    for number, (what, value) in enumerate(steps):
        if what == "queue":
            piece = f"Stück{number}."
            if queue(value, words=piece, subject="Neues") is not None:
                must.add((piece, value))
        elif what == "rhythm":
            choose(person, value, person.switched_off)
        elif what == "toggle":
            gone = {one for one in must if one[1] == value and one[0] not in _delivered()}
            if value not in person.switched_off:
                must, may = must - gone, may | gone
            choose(person, person.rhythm, {*person.switched_off} ^ {value})
        elif what == "wait":
            clock_face.shift(timedelta(hours=value))
        else:
            with pytest.MonkeyPatch.context() as patch:
                FAULTS[value](patch)
                with contextlib.suppress(Killed):
                    work()
        person.refresh_from_db()
    for _round in range(9):
        clock_face.shift(timedelta(days=1))
        work()
    return {piece for piece, _kind in must}, {piece for piece, _kind in may}


@settings(max_examples=80)
@given(steps=st.lists(STEPS, max_size=25))
def test_no_sequence_of_queueing_choosing_and_dying_loses_or_doubles_a_mail(steps):
    mail.outbox.clear()
    with transaction.atomic(), time_machine.travel("2026-03-27T10:00Z", tick=False) as face:
        must, may = _run(steps, face)
        delivered = _delivered()
        assert len(delivered) == len(set(delivered))
        assert must <= set(delivered) <= must | may
        assert not OutboxMail.objects.filter(sent_at=None, bundle=None).exists()
        transaction.set_rollback(True)


# Pages and links


def text_of(response):
    return response.content.decode()


def test_an_account_chooses_its_mails_on_its_page(client):
    user = member()
    client.force_login(user)
    url = reverse("annotations:my_mails")
    assert url in text_of(client.get(reverse("annotations:my_page")))
    page = text_of(client.get(url))
    assert not MailPreference.objects.exists()  # looking stores nothing
    assert "Diese E-Mails kommen immer" in page
    assert page.count('type="checkbox"') == len(KINDS)
    staff = preferences.preference_of(user)
    choose(staff, off=["staff_due"])
    answered = client.post(url, {"kinds": ["reply", "news"], "rhythm": "weekly"}, follow=True)
    assert "Gespeichert" in text_of(answered)
    staff.refresh_from_db()
    assert staff.rhythm == "weekly"
    assert set(staff.switched_off) == {"disposition", "changed", "reminder", "staff_due"}
    assert client.post(url, {"kinds": ["confirm"], "rhythm": "daily"}).status_code == 422
    assert client.post(url, {"kinds": []}).status_code == 422


def test_the_page_of_an_account_is_for_nobody_else(client):
    assert client.get(reverse("annotations:my_mails")).status_code == 302


def test_a_guest_chooses_by_the_link_in_the_foot_without_an_address_in_it(client, version):
    made = annotate(version, name="Gast", email="gast@example.org")
    Annotation.objects.filter(pk=made.pk).update(state="public", confirmed_at=timezone.now())
    made.refresh_from_db()
    answer(made)
    work()
    sent = mail.outbox[-1]
    path = re.search(r"https?://[^/\s]+(/\S*annotations/mails/[^/\s]+/)\s", sent.body)[1]
    assert "gast" not in path
    assert path in sent.alternatives[0][0]
    assert client.get(path).status_code == 200
    client.post(path, {"kinds": ["reply"], "rhythm": "daily"})
    assert wishes("gast@example.org").rhythm == "daily"


def test_one_click_ends_a_kind_and_opening_the_link_ends_nothing(version):
    author = member()
    answer(annotate(version, user=author))
    work()
    header = mail.outbox[-1].extra_headers["List-Unsubscribe"].strip("<>")
    path = header.removeprefix("http://localhost")
    browser = Client(enforce_csrf_checks=True)
    page = browser.get(path, follow=True)
    assert "Jemand hat mir geantwortet" in text_of(page)
    assert wishes().switched_off == []
    done = browser.post(path, {"List-Unsubscribe": "One-Click"})
    assert (done.status_code, wishes().switched_off) == (200, ["reply"])
    browser.post(path.replace("/reply/", "/digest/"))
    assert set(wishes().switched_off) == set(preferences.KINDS)


@pytest.mark.parametrize("name", ["mails", "stop_mails", "stop_mails_at_once"])
def test_a_link_of_somebody_erased_is_gone_and_an_invented_one_is_not_there(name):
    user = member()
    token = preferences.token_of(preferences.preference_of(user))
    args = [token] if name == "mails" else ["news", token]
    path = reverse(f"annotations:{name}", args=args)
    erase_account(user=user, words="keep")
    assert Client().post(path).status_code == 410
    assert Client().post(path.replace(token, "1.abc")).status_code == 404


def test_what_always_goes_is_not_ended_by_a_link():
    token = preferences.token_of(wishes())
    path = reverse("annotations:stop_mails_at_once", args=["moderation", token])
    assert Client().post(path).status_code == 404
    assert wishes().switched_off == []


# Data of people


def test_wishes_and_what_waits_are_exported_and_erased(version):
    user = member()
    choose(preferences.preference_of(user), "weekly", off=["news"])
    queue(words="Wartet noch")
    data = export_of(user, base_url=BASE)["mails"]
    assert (data["rhythm"], data["switched_off"]) == ("weekly", ["news"])
    assert [row["subject"] for row in data["waiting"]] == ["Wartet noch"]
    erase_account(user=user, words="keep")
    assert not MailPreference.objects.exists()
    work(timezone.now() + timedelta(days=9))
    assert mail.outbox == []


def test_the_name_of_an_erased_person_leaves_bundles_that_wait(version):
    choose(wishes("wartet@example.org"), "daily")
    made = annotate(version, user=member("wartet@example.org"))
    eraser = member("weg@example.org", username="Canaria<77>")
    answer(made, user=eraser)
    answer(made, user=eraser)
    bundling.bundle_due(now=timezone.now() + timedelta(days=2))
    waiting = OutboxMail.objects.get(kind="digest")
    assert "Canaria<77>" in waiting.text
    assert "Canaria&lt;77&gt;" in waiting.html
    erase_account(user=eraser, words="keep")
    waiting.refresh_from_db()
    assert "Canaria" not in waiting.text + waiting.html
    assert "gelöschtes Konto" in waiting.text


def test_wishes_of_guests_who_left_nothing_are_purged(version):
    choose(wishes("niemand@example.org"), off=["news"])
    choose(wishes("jemand@example.org"), off=["news"])
    annotate(version, name="Jemand", email="Jemand@example.org")
    MailPreference.objects.update(created_at=timezone.now() - timedelta(days=3))
    Annotation.objects.update(confirmed_at=timezone.now(), state="public")
    assert purge()["mail preferences"] == 1
    assert MailPreference.objects.get().email == "jemand@example.org"


# The outbox of the admin


def test_the_outbox_shows_what_is_held_and_when_it_goes(client):
    choose(wishes(), "daily")
    queue()
    client.force_login(make_user("moderator"))
    page = text_of(client.get(links.outbox_url() + "?state=held"))
    assert "zurückgestellt für eine Sammelmail" in page
    assert "Geht hinaus" in page
    bundling.bundle_due(now=timezone.now() + timedelta(days=2))
    assert "in einer Sammelmail" in text_of(client.get(links.outbox_url()))


def test_the_clock_bundles_before_it_sends():
    names = list(clock.JOBS)
    assert names.index("bundles") < names.index("outbox")
