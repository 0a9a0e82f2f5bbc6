"""Erasing a person: no canary is found anywhere afterwards (TRUST D3), and the record stays."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core import serializers
from django.core.cache import caches
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from annotations.models import Annotation, Follow, OutboxMail, State, Support
from annotations.services import purging, subscribing
from annotations.services.confirming import confirm_annotation
from annotations.services.deciding import decide_report
from annotations.services.erasing import erase_account
from annotations.services.integrity import integrity_problems
from annotations.services.mails import mail_reply
from annotations.services.moderating import hide_annotation, withdraw_annotation
from annotations.services.noting import add_note
from annotations.services.personal_data import export_of
from annotations.services.subscribing import Topic
from annotations.services.supporting import support_annotation
from annotations.services.tokens import make_token
from tests.factories import make_user
from tests.factories.annotations import annotate, answer, dispose, open_version
from tests.factories.reports import hide, make_appeal, make_report
from tests.integration.annotations.test_confirming import token

pytestmark = pytest.mark.django_db
NAME, MAIL, WORDS = "canarius77", "canarius@vogel.example", "Zwitscherworte im Käfig"


@pytest.fixture
def version():
    return open_version("<p>Die Stadt gehört allen.</p><p>Alle reden mit.</p>")


@pytest.fixture
def person():
    user = make_user(username=NAME, email=MAIL)
    EmailAddress.objects.create(user=user, email=MAIL, verified=True, primary=True)
    return user


@pytest.fixture
def life(version, person):
    """Return the annotation of a person who has done everything that one can do."""
    written = annotate(version, user=person, body=WORDS)
    annotate(version, body=f"Als Gast: {WORDS}", name=NAME, email=MAIL)
    confirm_annotation(token=token())
    annotate(version, body=f"Nie bestätigt: {WORDS}", name=NAME, email=MAIL)
    other = annotate(version, "Stadt", user=make_user(), body="Ein anderer.")
    mail_reply(reply=answer(other, user=person, body=WORDS))
    answer(written, user=make_user(), body="Antwort")
    support_annotation(annotation=other, user=person)
    subscribing.follow_topic(topic=Topic(version), user=person)
    make_token(user=person, name="Programm", days=30)
    dispose(written)
    make_report(other, name=NAME, email=MAIL, text=WORDS)
    make_appeal(answer(other, user=person, body=f"Gegen den Strich: {WORDS}"))
    add_note(annotation=written, actor=make_user("moderator"), text=f"{NAME} schreibt oft.")
    Client().force_login(person)
    return written


def everything() -> str:
    """Return the whole database as text, and what the caches hold."""
    rows = [row for model in apps.get_models() for row in model._base_manager.all()]
    kept = [repr(getattr(cache, "_cache", "")) for cache in caches.all()]
    return "\n".join([serializers.serialize("json", rows, ensure_ascii=False), *kept])


@pytest.mark.parametrize("words", ["keep", "withdraw"])
def test_no_canary_is_left(life, person, words):
    assert all(canary in everything() for canary in (NAME, MAIL, WORDS))
    erase_account(user=person, words=words)
    left = everything()
    assert NAME not in left
    assert MAIL not in left
    assert (WORDS in left) == (words == "keep")
    assert list(integrity_problems()) == []


def test_contributions_stay_with_their_answers(life, person):
    count = Annotation.objects.exclude(state=State.UNCONFIRMED).count()
    erase_account(user=person, words="keep")
    life.refresh_from_db()
    assert (life.user, life.user_name, life.state) == (None, "gelöschtes Konto", State.PUBLIC)
    assert life.disposition is not None
    assert Annotation.objects.count() == count
    page = Client().get(life.get_absolute_url()).content.decode()
    assert "gelöschtes Konto" in page


def test_withdrawn_words_leave_a_tombstone_and_keep_replies(life, person):
    erase_account(user=person, words="withdraw")
    life.refresh_from_db()
    assert (life.state, life.comment) == (State.WITHDRAWN, "")
    assert life.disposition is not None
    assert Client().get(life.get_absolute_url()).status_code == 410
    assert life.thread.filter(state=State.PUBLIC).count() == 1


def test_voices_stay_counted_and_lead_to_nobody(life, person):
    voice = Support.objects.get()
    erase_account(user=person, words="keep")
    after = Support.objects.get()
    assert after.person_key != voice.person_key
    assert after.annotation.support_count == 1
    assert not Follow.objects.exists()


def test_links_of_old_mails_answer_410(version, person):
    annotate(version, body="Noch nicht bestätigt", name="Gast", email="gast@example.org")
    other = token()
    annotate(version, body=WORDS, name=NAME, email=MAIL)
    confirm_annotation(token=token())
    link = reverse("annotations:confirm", args=[token()])
    erase_account(user=person, words="keep")
    assert Client().get(link).status_code == 410
    assert Client().get(reverse("annotations:confirm", args=[other])).status_code == 200


def test_every_session_ends(person):
    browser = Client()
    browser.force_login(person)
    assert browser.get(reverse("annotations:my_page")).status_code == 200
    erase_account(user=person, words="keep")
    assert browser.get(reverse("annotations:my_page")).status_code == 302


def test_staff_are_not_erased_by_a_button():
    editor = make_user("editor")
    with pytest.raises(PermissionDenied):
        erase_account(user=editor, words="keep")
    browser = Client()
    browser.force_login(editor)
    assert browser.get(reverse("annotations:erase")).status_code == 403


def test_a_wrong_choice_erases_nothing(person):
    with pytest.raises(ValidationError):
        erase_account(user=person, words="alles")
    assert get_user_model().objects.filter(pk=person.pk).exists()


def test_the_page_asks_for_the_password_and_for_a_choice(life, person):
    person.set_password("ein-langes-passwort")
    person.save()
    browser = Client()
    browser.force_login(person)
    url = reverse("annotations:erase")
    assert browser.post(url, {"words": "keep", "password": "falsch"}).status_code == 422
    assert browser.post(url, {"password": "ein-langes-passwort"}).status_code == 422
    assert get_user_model().objects.filter(pk=person.pk).exists()
    done = browser.post(url, {"words": "keep", "password": "ein-langes-passwort"})
    assert "Ihr Konto ist gelöscht" in done.content.decode()
    assert not get_user_model().objects.filter(pk=person.pk).exists()


def test_words_of_long_ago_are_forgotten_and_a_dry_run_forgets_nothing(version):
    mine, hidden = annotate(version, user=make_user()), annotate(version, "Stadt")
    withdraw_annotation(annotation=mine, actor=mine.user)
    hide_annotation(annotation=hidden, actor=make_user("moderator"), ground="Beleidigung")
    later = timezone.now() + timedelta(days=31)
    assert purging.purge(now=later, dry_run=True)["withdrawn words"] == 1
    mine.refresh_from_db()
    assert mine.comment
    counts = purging.purge(now=later)
    assert (counts["withdrawn words"], counts["hidden words"]) == (1, 0)
    mine.refresh_from_db()
    assert not mine.comment
    assert purging.purge(now=later + timedelta(days=160))["hidden words"] == 1
    assert purging.purge(now=later + timedelta(days=160))["hidden words"] == 0


def test_hidden_words_stay_while_somebody_may_appeal_or_an_appeal_is_open(version, settings):
    settings.SYNOPSE_RETENTION = {"hidden_words": 1}
    hide(annotate(version, user=make_user()))
    begin = timezone.now()
    assert purging.purge(now=begin + timedelta(days=182))["hidden words"] == 0
    make_appeal(annotate(version, "Stadt"))
    assert purging.purge(now=begin + timedelta(days=190))["hidden words"] == 1


def test_who_reported_is_forgotten_once_nobody_can_appeal(version):
    report = make_report(annotate(version))
    later = timezone.now() + timedelta(days=400)
    assert purging.purge(now=later)["reporters"] == 0
    decide_report(report=report, actor=make_user("moderator"), is_upheld=False, answer="Nein")
    assert purging.purge(now=timezone.now() + timedelta(days=180))["reporters"] == 0
    assert purging.purge(now=later)["reporters"] == 1
    report.refresh_from_db()
    assert (report.name, report.email, report.text) == ("", "", "Das beleidigt mich.")


def test_the_export_holds_reports_appeals_and_reasons_and_no_notes(life, person):
    data = export_of(person, base_url="http://testserver")
    assert [row["text"] for row in data["reports"]] == [WORDS]
    assert [row["text"] for row in data["appeals"]] == ["Das war nicht so gemeint."]
    acts = [act for row in data["contributions"] for act in row["moderation"]]
    assert {"basis": "house_rules", "ground": "Regel 3"}.items() <= acts[0].items()
    assert "schreibt oft" not in str(data)
    assert export_of(make_user(), base_url="http://testserver")["reports"] == []


def test_an_account_without_a_proved_address_is_deleted_after_a_week(person):
    lost = make_user(username="verloren", email="verloren@example.org")
    EmailAddress.objects.create(user=lost, email=lost.email, verified=False, primary=True)
    assert purging.purge(now=timezone.now() + timedelta(days=6))["accounts"] == 0
    assert purging.purge(now=timezone.now() + timedelta(days=8))["accounts"] == 1
    assert set(get_user_model().objects.filter(username__in=[NAME, "verloren"])) == {person}


def test_the_command_counts_first_and_deletes_then(version):
    OutboxMail.objects.create(
        kind="reply",
        to="a@example.org",
        subject="S",
        text="T",
        language="de",
        sent_at=timezone.now() - timedelta(days=8),
    )
    said = io.StringIO()
    call_command("purge", "--dry-run", stdout=said)
    assert "would delete 1 mails" in said.getvalue()
    assert OutboxMail.objects.count() == 1
    call_command("purge", stdout=said)
    assert "deleted 1 mails" in said.getvalue()
    assert OutboxMail.objects.count() == 0
