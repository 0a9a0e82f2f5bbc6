"""Who moderates, decides or answers hears of what waits: by permission, bundled, once."""

from datetime import timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone
from wagtail.models import GroupPagePermission, ModelLogEntry

from annotations.admin import links
from annotations.models import Annotation, Appeal, Assignment, News, OutboxMail, State
from annotations.services import preferences, reminding, staff
from annotations.services.assigning import assign
from annotations.services.reacting import react
from annotations.services.telling import tell
from tests.factories import make_group, make_user
from tests.factories.annotations import annotate, dispose, open_version
from tests.factories.reports import make_appeal, make_report

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("root")]


@pytest.fixture(scope="module")
def shared_version(shared_root):
    return open_version("<p>Die Stadt gehört allen.</p>")


def worker(role, email, **fields):
    """Return an account of the staff whose address is known to be its own."""
    user = make_user(role, email=email, **fields)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def hold(version, **values):
    """Return an annotation that waits for moderation."""
    made = annotate(version, **values)
    now = timezone.now()
    Annotation.objects.filter(pk=made.pk).update(state=State.PENDING, confirmed_at=now)
    return made


def told(kind):
    return sorted(OutboxMail.objects.filter(kind=kind).values_list("to", flat=True))


def tell_everything():
    for fact in News.objects.filter(told_at=None).values_list("fact", flat=True):
        tell(fact=fact)


# What waits for moderation


def test_moderators_hear_at_most_once_an_hour_how_much_waits_and_since_when(version):
    worker("moderator", "mod@example.org")
    worker("editor", "red@example.org")
    make_user("moderator", email="unbewiesen@example.org")
    with time_machine.travel("2026-11-28T10:58Z", tick=False) as face:
        assert staff.note_waiting() == 0
        hold(version, body="Geheime Worte")
        heard = 0
        for _minute in range(70):
            heard += staff.note_waiting()
            tell_everything()
            if _minute == 20:
                hold(version)
                hold(version)
            face.shift(timedelta(minutes=1))
        assert heard == 2
    assert told("staff_waiting") == ["mod@example.org"] * 2
    first, second = mail.outbox
    assert first.subject == "1 Beitrag wartet auf Prüfung"
    assert second.subject == "3 Beiträge warten auf Prüfung"
    assert "28. November 2026" in second.body
    assert links.desk_url() in second.body
    assert "Geheime" not in first.body + str(first.alternatives)


def test_nobody_hears_again_of_what_waits_already(version):
    worker("moderator", "mod@example.org")
    hold(version)
    assert staff.note_waiting() == 1
    tell_everything()
    assert staff.note_waiting(now=timezone.now() + timedelta(hours=5)) == 0


def test_what_was_released_before_the_mail_is_told_to_nobody(version):
    worker("moderator", "mod@example.org")
    made = hold(version)
    staff.note_waiting()
    Annotation.objects.filter(pk=made.pk).update(state=State.PUBLIC)
    News.objects.filter(fact__startswith="waiting").update(told_at=None)
    OutboxMail.objects.all().delete()
    tell_everything()
    assert told("staff_waiting") == []


# Reports, appeals, objections


def test_who_may_decide_hears_of_reports_without_who_sent_them(version):
    worker("moderator", "mod@example.org")
    worker("editor", "red@example.org")
    report = make_report(annotate(version), name="Mia Melderin", email="mia@example.org")
    tell_everything()
    assert told("staff_reports") == ["mod@example.org"]
    row = next(sent for sent in mail.outbox if sent.to == ["mod@example.org"])
    assert report.number in row.subject
    assert links.report_url(report.pk) in row.body
    for secret in ("Mia", "mia@", report.text):
        assert secret not in row.body + row.alternatives[0][0]


def test_of_an_appeal_hears_who_has_not_decided_first(version):
    first, _second = (
        worker("moderator", "eins@example.org"),
        worker("moderator", "zwei@example.org"),
    )
    make_appeal(annotate(version), actor=first)
    tell_everything()
    assert told("staff_reports") == ["zwei@example.org"]
    assert Appeal.objects.get().against == first


def test_of_an_objection_hears_who_may_answer_on_that_page(version):
    worker("editor", "red@example.org")
    stranger = worker("editor", "fremd@example.org")
    other = make_group("editor")
    stranger.groups.clear()
    elsewhere = Group.objects.create(name="anderswo")
    elsewhere.permissions.set(other.permissions.all())
    right = GroupPagePermission.objects.filter(group=other).first().permission
    GroupPagePermission.objects.create(group=elsewhere, page=open_version().page, permission=right)
    stranger.groups.add(elsewhere)
    author = make_user()
    made = annotate(version, user=author)
    dispose(made, outcome="not_adopted")
    made.refresh_from_db()
    made.disposition.public_at = timezone.now()
    made.disposition.save()
    react(annotation=made, actor=author, agrees=False, reason="Das überzeugt mich nicht.")
    tell_everything()
    assert told("staff_objections") == ["red@example.org"]
    sent = next(sent for sent in mail.outbox if sent.to == ["red@example.org"])
    assert "überzeugt" not in sent.body
    assert "Jemand ist mit der Antwort auf die eigene Anmerkung zu „" in sent.body


def test_who_agrees_gives_no_mail(version):
    worker("editor", "red@example.org")
    author = make_user()
    made = annotate(version, user=author)
    dispose(made)
    made.refresh_from_db()
    made.disposition.public_at = timezone.now()
    made.disposition.save()
    react(annotation=made, actor=author, agrees=True)
    assert not News.objects.filter(fact__startswith="objection").exists()


# Assignments


@pytest.fixture
def office():
    group = make_group("reviewer")
    for email in ("eins@example.org", "zwei@example.org"):
        worker("reviewer", email)
    return group


def test_an_office_hears_of_what_is_assigned_in_one_mail_and_one_person_alone(version, office):
    editor = make_user("editor")
    rows = [annotate(version) for _number in range(3)]
    assign(annotations=rows, actor=editor, office=office, due_on=timezone.localdate())
    tell_everything()
    assert told("staff_assigned") == ["eins@example.org", "zwei@example.org"]
    assert mail.outbox[-1].subject == "3 Anmerkungen sind Ihnen zugewiesen"
    person = office.user_set.get(email="zwei@example.org")
    assign(annotations=rows[:1], actor=editor, office=office, person=person)
    tell_everything()
    assert told("staff_assigned").count("zwei@example.org") == 2
    assert links.annotation_url(rows[0].pk) in mail.outbox[-1].body
    assert Assignment.objects.count() == 3
    assert ModelLogEntry.objects.filter(action="annotations.assign").count() == 4


def test_assigning_takes_the_right_to_answer_a_seeing_office_and_its_member(version, office):
    made, editor = annotate(version), make_user("editor")
    with pytest.raises(PermissionDenied):
        assign(annotations=[made], actor=make_user("moderator"), office=office)
    blind = Group.objects.create(name="ohne Recht")
    yesterday = timezone.localdate() - timedelta(days=1)
    for values in (
        {"office": blind},
        {"office": office, "person": make_user()},
        {"office": office, "due_on": yesterday},
    ):
        with pytest.raises(ValidationError):
            assign(annotations=[made], actor=editor, **values)
    assert not Assignment.objects.exists()
    assert not News.objects.filter(fact__startswith="assigned").exists()


def test_of_what_is_due_an_office_hears_two_days_before_once_while_it_has_no_answer(
    version, office
):
    editor, today = make_user("editor"), timezone.localdate()
    answered, waits, later = (annotate(version) for _number in range(3))
    soon = today + timedelta(days=2)
    assign(annotations=[answered, waits], actor=editor, office=office, due_on=soon)
    assign(annotations=[later], actor=editor, office=office, due_on=soon + timedelta(days=1))
    dispose(answered)
    for _round in range(2):
        reminding.note_due_answers()
        tell_everything()
    assert told("staff_due") == ["eins@example.org", "zwei@example.org"]
    assert links.annotation_url(waits.pk) in mail.outbox[-1].body


def test_an_editor_assigns_from_the_listing_and_finds_by_office_and_day(client, version, office):
    editor = make_user("editor")
    client.force_login(editor)
    one, two, free = (annotate(version) for _number in range(3))
    assert links.assign_url() in client.get(links.listing_url()).content.decode()
    url = links.assign_url([one.pk, two.pk])
    page = client.get(url).content.decode()
    assert "2 Anmerkungen" in page
    assert client.post(url, {"office": ""}).status_code == 200
    due = timezone.localdate() + timedelta(days=3)
    client.post(url, {"office": office.pk, "due_on": due.isoformat()})
    assert Assignment.objects.filter(office=office, due_on=due).count() == 2

    def listed(**filters):
        rows = client.get(links.listing_url(**filters)).context["object_list"]
        return {row.pk for row in rows}

    assert listed(office=office.pk) == listed(due="week") == {one.pk, two.pk}
    assert listed(assigned="nobody") == {free.pk}
    assert listed(assigned="mine") == listed(due="over") == set()
    editor.groups.add(office)
    assert listed(assigned="mine") == {one.pk, two.pk}
    assert office.name in client.get(links.listing_url()).content.decode()
    assert office.name in client.get(links.annotation_url(one.pk)).content.decode()


# What the staff wants


def test_staff_switches_its_mails_off_in_the_settings_of_its_account(client, version):
    moderator = worker("moderator", "mod@example.org")
    client.force_login(moderator)
    url = reverse("wagtailadmin_account")
    page = client.get(url).content.decode()
    assert "Meldungen und Widersprüche warten" in page
    assert "Jemand widerspricht einer Antwort" not in page
    assert "Europe/Berlin" in page
    assert "localtime" not in page  # a name of Debian's that ends the script in the browser
    assert "español" not in page
    data = {
        "name_email-first_name": "M", "name_email-last_name": "M",
        "name_email-email": moderator.email, "locale-preferred_language": "",
        "locale-current_time_zone": "", "theme-theme": "system", "theme-contrast": "system",
        "theme-density": "default", "notifications-submitted_notifications": "on",
        "synopse_mails-kinds": ["staff_reports"], "synopse_mails-rhythm": "daily",
    }  # fmt: skip
    assert client.post(url, data).status_code == 302
    mine = preferences.preference_of(moderator)
    assert mine.rhythm == "daily"
    assert mine.switched_off == ["staff_waiting", "staff_assigned", "staff_due", "staff_decisions"]
    hold(version)
    staff.note_waiting()
    tell_everything()
    assert told("staff_waiting") == []
    make_report(annotate(version))
    tell_everything()
    assert OutboxMail.objects.get(kind="staff_reports").held
