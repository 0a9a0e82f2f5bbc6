"""The model case."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone
from wagtail.models import Locale

from annotations.models import Annotation, Disposition, OutboxMail, State
from cms_pages.checks import check_demo_accounts, refuse_demo_accounts, usable_demo_accounts
from cms_pages.demo.accounts import ACCOUNTS, PASSWORD
from cms_pages.models import HomePage, StrategyDraftPage
from cms_pages.services.accounts import make_account
from versioning.models import Submission, Version
from versioning.services.changes import unexplained_in
from versioning.services.integrity import verify_versions

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo(settings):
    """Allow the demo, after the addresses are read: its own pages are not installed in tests."""
    get_resolver().url_patterns  # noqa: B018  # reading them is what is wanted
    settings.SYNOPSE_DEMO = True


def load(**options):
    out = StringIO()
    call_command("load_demo", stdout=out, **options)
    return out.getvalue()


def test_the_demo_tells_the_whole_story_and_a_second_call_keeps_what_was_written(demo, client):
    load(base_url="http://127.0.0.1:8123")

    # stage 1: finished, with the dates of the model case
    first, second = StrategyDraftPage.objects.filter(locale__language_code="de").order_by("path")
    days = [
        timezone.localdate(version.published_at).isoformat()
        for version in Version.objects.of_page(first).order_by("number")
    ]
    assert days == ["2021-04-26", "2021-06-07", "2021-07-01"]
    submission = Submission.objects.get()
    assert submission.version == first.newest_version
    assert timezone.localdate(submission.submitted_at).isoformat() == "2021-07-01"
    assert "2021-10-01" in [str(step.planned_on) for step in submission.steps.all()]

    # stage 2: three versions, a window that opened a week ago and closes in four weeks
    newest = second.newest_version
    now = timezone.now()
    assert newest.number == 3
    assert newest.is_open()
    assert abs(now - newest.opens - timedelta(days=7)) < timedelta(minutes=10)
    assert timedelta(days=27) < newest.closes - now < timedelta(days=29)

    # voices in all states, answers, and not a change without a reason
    states = set(Annotation.objects.values_list("state", flat=True))
    assert states == set(State.values) - {State.ILLEGAL}
    assert Annotation.objects.count() == 40
    outcomes = set(Disposition.objects.values_list("outcome", flat=True))
    assert outcomes == {"adopted", "partly_adopted", "not_adopted", "noted", "answered"}
    assert not Disposition.objects.filter(missing=True).exists()
    assert not unexplained_in(Version.objects.all()).exists()
    assert verify_versions() == []

    # only the mail waits that somebody can still play
    waiting = OutboxMail.objects.get(sent_at=None)
    assert "http://127.0.0.1:8123/" in waiting.text

    # English by wagtail-localize: the first chapter, the rest in the source's words
    english = second.get_translation(Locale.objects.get(language_code="en"))
    passages = list(english.newest_version.passages.in_order())
    chapter = [p for p in passages if p.chapter == passages[0].chapter]
    assert {p.locale.language_code for p in chapter} == {"en"}
    assert {p.locale.language_code for p in passages[len(chapter) :]} == {"de"}
    assert [b.id for b in english.body] == [b.id for b in second.body]
    assert [p.uid for p in passages] == [p.uid for p in newest.passages.in_order()]

    for home in HomePage.objects.all():
        page = client.get(home.get_url())
        assert page.status_code == 200
        card = page.context["open_drafts"][0]
        draft = {"de": second, "en": english}[home.locale.language_code]
        assert card.url == draft.get_url()
        assert client.get(card.url).status_code == 200
    for account in ACCOUNTS:
        person = Client()
        person.post("/accounts/login/", {"login": account.username, "password": PASSWORD})
        assert "_auth_user_id" in person.session

    # a second call keeps what was written
    Annotation.objects.filter(state=State.UNCONFIRMED).update(comment="Neu")
    before = (Annotation.objects.count(), Version.objects.count())
    assert "kept" in load(base_url="http://127.0.0.1:8123")
    assert (Annotation.objects.count(), Version.objects.count()) == before
    assert Annotation.objects.filter(comment="Neu").exists()


def test_the_demo_is_loaded_nowhere_else(settings):
    settings.SYNOPSE_DEMO = False
    with pytest.raises(CommandError):
        load()
    assert not HomePage.objects.exists()


@pytest.fixture
def demo_account():
    return make_account(username="senat", email="senat@post.example", password=PASSWORD)


def test_a_known_password_is_refused_in_public(settings, demo_account, client):
    settings.SYNOPSE_DEMO = False
    assert usable_demo_accounts() == ["senat"]
    (error,) = check_demo_accounts(databases=["default"])
    assert error.id == "synopse_pages.E001"
    assert client.get("/readyz").status_code == 503
    with pytest.raises(Exception, match="senat"):
        refuse_demo_accounts()


def test_the_check_is_quiet_without_databases_and_for_changed_or_closed_accounts(
    settings, demo_account, client
):
    settings.SYNOPSE_DEMO = False
    assert check_demo_accounts(databases=None) == []
    demo_account.is_active = False
    demo_account.save()
    assert check_demo_accounts(databases=["default"]) == []
    demo_account.is_active = True
    demo_account.set_password("ein anderes, langes")
    demo_account.save()
    assert check_demo_accounts(databases=["default"]) == []
    assert client.get("/readyz").status_code == 200


def test_under_the_demo_the_accounts_are_meant_to_be_used(demo, demo_account):
    assert usable_demo_accounts() == []
