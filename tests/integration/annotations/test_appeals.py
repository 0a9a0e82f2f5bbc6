"""Appeals go to somebody else than the one who decided (DSA, article 20)."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from annotations.admin import links
from annotations.models import Annotation, Appeal, ModerationEvent, OutboxMail
from annotations.services.appealing import appeal_as_author, appeal_as_reporter
from annotations.services.deciding import decide_appeal, decide_report
from annotations.services.moderating import hide_annotation, show_annotation, withdraw_annotation
from annotations.services.reasons import token_of
from annotations.services.reporting import token_of as report_token
from tests.factories import make_user
from tests.factories.annotations import annotate, open_version
from tests.factories.reports import hide, make_appeal, make_report

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("root")]

REASONS = {"state": "hidden", "basis": "house_rules", "ground": "Regel 3", "fact": ""}


@pytest.fixture(autouse=True)
def _quick(settings):
    settings.SYNOPSE_MINIMUM_SECONDS = 0


@pytest.fixture
def author():
    from allauth.account.models import EmailAddress

    user = make_user()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


@pytest.fixture
def first():
    return make_user("moderator", username="erste")


@pytest.fixture
def second():
    return make_user("moderator", username="zweiter")


def refused_report(first):
    report = make_report(annotate(open_version()))
    return decide_report(report=report, actor=first, is_upheld=False, answer="Nein")


def text_of(response):
    return re.sub(r"\s+", " ", response.content.decode())


def mails_to(address):
    return [mail.text for mail in OutboxMail.objects.filter(to=address).order_by("pk")]


# Of authors


def test_an_author_appeals_by_the_link_and_another_moderator_shows_it_again(author, first, second):
    event = hide(annotate(open_version(), user=author), actor=first)
    url = reverse("annotations:statement", args=[token_of(event)])

    assert Client().post(url, {"text": "Das war nicht so gemeint."}).status_code == 302
    appeal = Appeal.objects.get()
    assert "Ihr Widerspruch vom" in text_of(Client().get(url))
    decide_appeal(appeal=appeal, actor=second, is_upheld=True, answer="Stimmt.")

    assert Annotation.objects.get().state == "public"
    assert "Stimmt." in text_of(Client().get(url))
    receipt, decision = mails_to(author.email)[1:]
    assert "Widerspruch" in receipt
    assert "Stimmt." in decision
    assert "zweiter" not in decision


def test_whoever_reported_hears_that_the_author_was_found_right(author, first, second):
    report = make_report(annotate(open_version(), user=author))
    reasons = {"state": "hidden", "basis": "house_rules", "ground": "Regel 3", "fact": ""}
    decide_report(report=report, actor=first, is_upheld=True, answer="Ja", reasons=reasons)
    event = ModerationEvent.objects.get()
    appeal = appeal_as_author(event=event, text="Das war nicht so gemeint.")
    status = reverse("annotations:report_status", args=[report_token(report)])
    assert "wieder zu sehen" not in text_of(Client().get(status))

    decide_appeal(appeal=appeal, actor=second, is_upheld=True, answer="Geheimes an die Autorin.")

    told = mails_to(report.email)[-1]
    assert report.number in told
    assert "wieder zu sehen" in told
    assert "Geheimes" not in told
    assert "wieder zu sehen" in text_of(Client().get(status))


def test_a_statement_that_holds_no_more_does_not_say_that_it_is_hidden(author, first, second):
    appeal = make_appeal(annotate(open_version(), user=author), actor=first)
    url = reverse("annotations:statement", args=[token_of(appeal.event)])
    assert "ist seit dem" in text_of(Client().get(url))

    decide_appeal(appeal=appeal, actor=second, is_upheld=True, answer="Ja")

    page = text_of(Client().get(url))
    assert "Warum Ihr Beitrag ausgeblendet war" in page
    assert "ist seit dem" not in page


def test_an_appeal_that_is_not_upheld_leaves_it_hidden(author, first, second):
    appeal = make_appeal(annotate(open_version(), user=author), actor=first)

    decide_appeal(appeal=appeal, actor=second, is_upheld=False, answer="Es bleibt dabei.")

    assert Annotation.objects.get().state == "hidden"
    assert "Es bleibt dabei." in mails_to(author.email)[-1]


def test_whoever_decided_first_does_not_decide_on_the_appeal(first):
    appeal = make_appeal(annotate(open_version()), actor=first)

    with pytest.raises(PermissionDenied):
        decide_appeal(appeal=appeal, actor=first, is_upheld=False, answer="Nein")
    client = Client()
    client.force_login(first)
    shown = client.get(links.appeal_url(appeal.pk))
    assert "Jemand anderes muss entscheiden" in text_of(shown)
    client.post(links.appeal_url(appeal.pk), {"decision": "not_upheld", "answer": "Nein"})
    assert Appeal.objects.get().decided_at is None


def test_a_superuser_is_no_exception():
    chief = make_user("superuser")
    appeal = make_appeal(annotate(open_version()), actor=chief)

    with pytest.raises(PermissionDenied):
        decide_appeal(appeal=appeal, actor=chief, is_upheld=True, answer="Ja")


def test_the_database_refuses_it_too(first):
    appeal = make_appeal(annotate(open_version()), actor=first)

    with pytest.raises(IntegrityError), transaction.atomic():
        Appeal.objects.filter(pk=appeal.pk).update(decided_by=first)


def test_whoever_changed_the_ground_meanwhile_has_decided_too(first, second):
    annotation = annotate(open_version())
    appeal = make_appeal(annotation, actor=first)
    hide_annotation(annotation=annotation, actor=second, ground="Werbung", state="spam")

    with pytest.raises(PermissionDenied):
        decide_appeal(appeal=appeal, actor=second, is_upheld=True, answer="Ja")
    third = make_user("moderator")
    decide_appeal(appeal=appeal, actor=third, is_upheld=True, answer="Ja")
    assert Annotation.objects.get().state == "public"


def test_what_its_author_withdrew_is_not_shown_again(author, first, second):
    annotation = annotate(open_version(), user=author)
    appeal = make_appeal(annotation, actor=first)
    withdraw_annotation(annotation=annotation, actor=author)

    decide_appeal(appeal=appeal, actor=second, is_upheld=True, answer="Ja")

    assert Annotation.objects.get().state == "withdrawn"


def test_one_appeals_once_and_in_time_against_what_holds(first, settings):
    annotation = annotate(open_version())
    event = hide(annotation, actor=first)
    with pytest.raises(ValidationError):
        appeal_as_author(event=event, text=" ")
    with (
        time_machine.travel(timezone.now() + timedelta(days=184)),
        pytest.raises(ValidationError),
    ):
        appeal_as_author(event=event, text="Zu spät")
    appeal_as_author(event=event, text="Einmal")
    with pytest.raises(ValidationError):
        appeal_as_author(event=event, text="Zweimal")
    assert Appeal.objects.count() == 1


def test_a_decision_that_was_taken_back_is_not_appealed(first):
    annotation = annotate(open_version())
    event = hide(annotation, actor=first)
    show_annotation(annotation=annotation, actor=first)

    with pytest.raises(ValidationError):
        appeal_as_author(event=event, text="Trotzdem")
    url = reverse("annotations:statement", args=[token_of(event)])
    assert '<form class="syn-form"' not in text_of(Client().get(url))


# Of reporters


def test_a_reporter_appeals_by_the_link_and_another_moderator_hides_it(first, second):
    report = refused_report(first)
    url = reverse("annotations:report_status", args=[report_token(report)])

    assert Client().post(url, {"text": "Bitte noch einmal."}).status_code == 302
    appeal = Appeal.objects.get()
    with pytest.raises(PermissionDenied):
        decide_appeal(appeal=appeal, actor=first, is_upheld=True, answer="Ja", reasons=REASONS)
    with pytest.raises(ValidationError):
        decide_appeal(appeal=appeal, actor=second, is_upheld=True, answer="Ja")
    decide_appeal(appeal=appeal, actor=second, is_upheld=True, answer="Doch.", reasons=REASONS)

    assert Annotation.objects.get().state == "hidden"
    event = ModerationEvent.objects.get()
    assert (event.by, event.report_id) == (second, report.pk)
    assert "Doch." in mails_to("mia@example.org")[-1]
    assert "Doch." in text_of(Client().get(url))


def test_against_hiding_by_the_second_the_author_appeals_to_the_first(author, first, second):
    report = make_report(annotate(open_version(), user=author))
    report = decide_report(report=report, actor=first, is_upheld=False, answer="Nein")
    appeal = appeal_as_reporter(report=report, text="Doch")
    decide_appeal(appeal=appeal, actor=second, is_upheld=True, answer="Ja", reasons=REASONS)
    own = appeal_as_author(event=ModerationEvent.objects.get(), text="Nicht doch")

    with pytest.raises(PermissionDenied):
        decide_appeal(appeal=own, actor=second, is_upheld=True, answer="Ja")
    decide_appeal(appeal=own, actor=first, is_upheld=True, answer="Ja")
    assert Annotation.objects.get().state == "public"


def test_only_a_report_that_was_not_upheld_is_appealed(first):
    report = make_report(annotate(open_version()))
    with pytest.raises(ValidationError):
        appeal_as_reporter(report=report, text="Schneller")
    done = decide_report(report=report, actor=first, is_upheld=True, answer="Ja", reasons=REASONS)
    with pytest.raises(ValidationError):
        appeal_as_reporter(report=done, text="Mehr")


@pytest.mark.parametrize("role", ["citizen", "editor", "reviewer", "senate"])
def test_only_those_who_may_decide_on_reports_decide_on_appeals(role, first):
    appeal = make_appeal(annotate(open_version()), actor=first)

    with pytest.raises(PermissionDenied):
        decide_appeal(appeal=appeal, actor=make_user(role), is_upheld=True, answer="Ja")


def test_a_moderator_decides_on_both_kinds_in_the_admin(author, first, second):
    of_author = make_appeal(annotate(open_version(), user=author), actor=first)
    of_reporter = appeal_as_reporter(report=refused_report(first), text="Bitte")
    client = Client()
    client.force_login(second)
    assert len(client.get(links.appeals_url()).context["object_list"]) == 2

    yes = {"decision": "upheld", "answer": "Ja"}
    client.post(links.appeal_url(of_author.pk), yes)
    assert client.post(links.appeal_url(of_reporter.pk), yes).context["form"].errors
    client.post(links.appeal_url(of_reporter.pk), {**yes, **REASONS})

    assert set(Appeal.objects.values_list("is_upheld", flat=True)) == {True}
    assert len(client.get(links.appeals_url()).context["object_list"]) == 0


def test_machines_are_kept_away_from_appeals(first):
    event = hide(annotate(open_version()), actor=first)
    url = reverse("annotations:statement", args=[token_of(event)])

    assert Client().post(url, {"text": "x", "website": "x"}).status_code == 422
    assert not Appeal.objects.exists()
