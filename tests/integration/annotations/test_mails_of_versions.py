"""Authors hear that a version has changed what they annotated; followers that the time ends."""

from datetime import timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.core import mail
from django.utils import timezone
from wagtail.models import PageViewRestriction

from annotations import clock
from annotations.models import Annotation, News, OutboxMail
from annotations.services import preferences, reminding, subscribing
from annotations.services.following import follow
from annotations.services.moderating import hide_annotation
from annotations.services.queueing import sending_paused
from annotations.services.subscribing import Topic
from annotations.services.telling import tell
from tests.factories import make_user
from tests.factories.annotations import annotate, answer, next_version, open_version
from versioning.models import Version
from versioning.services.windows import change_window

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("root")]

OLD = "<p>Die Stadt gehört allen.</p><p>Busse fahren oft.</p><p>Bäume spenden Schatten.</p>"
NEW = "<p>Die Stadt gehört uns allen gemeinsam.</p><p>Busse fahren oft.</p>"


@pytest.fixture(scope="module")
def shared_version(shared_root):
    return open_version(OLD)


def member(email="ada@example.org", **fields):
    user = make_user(email=email, **fields)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def guest_annotation(version, email, **values):
    made = annotate(version, name="Gast", email=email, **values)
    Annotation.objects.filter(pk=made.pk).update(state="public", confirmed_at=timezone.now())
    OutboxMail.objects.all().delete()
    return made


def publish(version, html=NEW):
    new = next_version(version, html)
    follow(version_id=new.pk)
    tell(fact=f"changed:{new.pk}")
    return new


def told(kind="changed"):
    return sorted(OutboxMail.objects.filter(kind=kind).values_list("to", flat=True))


# What has changed


def test_an_author_gets_one_mail_of_a_version_with_all_that_changed_and_links(version):
    ada = member()
    changed, gone = annotate(version, user=ada), annotate(version, position=2, user=ada)
    annotate(version, position=1, user=ada, body="Busse bleiben")
    publish(version)
    assert told() == ["ada@example.org"]
    (sent,) = mail.outbox
    for part in (sent.body, sent.alternatives[0][0]):
        assert changed.get_absolute_url() in part
        assert gone.get_absolute_url() in part
        assert "Busse bleiben" not in part
    assert "Fassung 2" in sent.subject
    assert "/mails/changed/" in sent.extra_headers["List-Unsubscribe"]


def test_each_version_is_told_once_and_only_where_it_changed_something_itself(version):
    annotate(version, user=member())
    second = publish(version)
    News.objects.filter(fact=f"changed:{second.pk}").update(told_at=None)  # a worker was lost
    tell(fact=f"changed:{second.pk}")
    assert len(told()) == 1
    third = publish(second, NEW.replace("Busse fahren", "Bahnen fahren"))
    assert len(told()) == 1
    publish(third, NEW.replace("allen", "jedem"))
    assert len(told()) == 2


def test_words_that_are_gone_are_told_once(version):
    annotate(version, position=2, user=member())
    second = publish(version)
    publish(second, NEW + "<p>Etwas ganz anderes.</p>")
    assert len(told()) == 1


def test_only_authors_of_public_annotations_with_a_proved_address_are_told(version):
    annotate(version, user=make_user(email="unbewiesen@example.org"))
    annotate(version, name="Niemand", email="unbestaetigt@example.org")
    hidden = annotate(version, user=member("versteckt@example.org"))
    hide_annotation(annotation=hidden, actor=make_user("moderator"), ground="x")
    off = member("aus@example.org")
    annotate(version, user=off)
    off.is_active = False
    off.save()
    answer(annotate(version), user=member("antwort@example.org"))
    guest_annotation(version, "gast@example.org")
    unwilling = member("will-nicht@example.org")
    annotate(version, user=unwilling)
    preferences.save_preference(
        preference=preferences.preference_of(unwilling), rhythm="at_once", switched_off=["changed"]
    )
    publish(version)
    assert told() == ["gast@example.org"]


def test_who_wrote_as_guest_and_with_an_account_gets_one_mail(version):
    guest_annotation(version, "Ada@Example.org")
    annotate(version, user=member(), position=2)
    publish(version)
    assert told() == ["ada@example.org"]
    assert mail.outbox[-1].body.count("/annotations/") >= 3


@pytest.mark.parametrize("kind", ["login", "groups", "password"])
def test_only_those_are_told_who_may_read_the_page_now(version, kind):
    group = Group.objects.create(name="Beirat")
    inside, outside = member("innen@example.org"), member("aussen@example.org")
    inside.groups.add(group)
    for user in (inside, outside):
        annotate(version, user=user)
    guest_annotation(version, "gast@example.org")
    restriction = PageViewRestriction.objects.create(page=version.page, restriction_type=kind)
    restriction.groups.add(group)
    publish(version)
    expected = {
        "login": ["aussen@example.org", "innen@example.org"],
        "groups": ["innen@example.org"],
        "password": [],
    }
    assert told() == expected[kind]


def test_imported_history_and_old_versions_are_told_to_nobody(version):
    annotate(version, user=member())
    with sending_paused():
        new = next_version(version, NEW)
        follow(version_id=new.pk)
    assert not News.objects.filter(fact__startswith="changed").exists()
    follow(version_id=new.pk)
    with time_machine.travel(timezone.now() + timedelta(days=8)):
        tell(fact=f"changed:{new.pk}")
    assert told() == []


def test_the_request_that_publishes_tells_nobody_itself(
    version, settings, django_capture_on_commit_callbacks
):
    annotate(version, user=member())
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}
    with django_capture_on_commit_callbacks(execute=True):
        next_version(version, NEW)
    assert told() == []


def test_many_authors_cost_as_many_queries_as_few(
    version, django_assert_max_num_queries, monkeypatch
):
    monkeypatch.setattr("annotations.services.changing.enqueue_sending", lambda: None)
    for number in range(12):
        annotate(version, user=member(f"m{number}@example.org"))
    new = next_version(version, NEW)
    follow(version_id=new.pk)
    with django_assert_max_num_queries(26):
        tell(fact=f"changed:{new.pk}")
    assert len(told()) == 12


# The time ends soon


def ending(version, **left):
    now = timezone.now()
    Version.objects.filter(pk=version.pk).update(
        opens=now - timedelta(days=10), closes=now + timedelta(**left)
    )
    version.refresh_from_db()
    return version


def remind():
    noted = reminding.note_ending_windows()
    for fact in News.objects.filter(told_at=None).values_list("fact", flat=True):
        tell(fact=fact)
    return noted


def test_followers_of_a_document_are_reminded_once_for_each_end(version):
    subscribing.follow_topic(topic=Topic(version), user=member())
    ending(version, days=5)
    assert remind() == 0
    ending(version, days=2)
    assert (remind(), remind()) == (1, 0)
    assert told("reminder") == ["ada@example.org"]
    assert "noch bis" in mail.outbox[-1].body
    change_window(
        version=version,
        opens=version.opens,
        closes=timezone.now() + timedelta(days=2, hours=12),
        reason="Es regnet.",
        actor=make_user("editor"),
    )
    assert remind() == 1
    assert len(told("reminder")) == 2


def test_nobody_is_reminded_of_what_has_just_opened_is_over_or_is_not_the_newest(version):
    subscribing.follow_topic(topic=Topic(version), user=member())
    ending(version, days=2)
    Version.objects.filter(pk=version.pk).update(opens=timezone.now() - timedelta(hours=1))
    assert remind() == 0
    ending(version, days=-1)
    assert remind() == 0
    next_version(version, NEW)
    ending(version, days=2)
    assert remind() == 0
    assert told("reminder") == []


def test_a_reminder_does_not_wait_for_a_bundle_that_comes_too_late(version, settings):
    user = member()
    preferences.save_preference(
        preference=preferences.preference_of(user), rhythm="weekly", switched_off=[]
    )
    subscribing.follow_topic(topic=Topic(version), user=user)
    settings.SYNOPSE_REMINDER_DAYS = 1
    ending(version, hours=20)
    assert remind() == 1
    due = preferences.next_bundle("weekly", timezone.now())
    assert OutboxMail.objects.get(kind="reminder").held is (due < version.closes)


def test_reminders_can_be_switched_off_for_the_site(version, settings):
    settings.SYNOPSE_REMINDER_DAYS = 0
    subscribing.follow_topic(topic=Topic(version), user=member())
    ending(version, hours=1)
    assert remind() == 0
    assert {"ending_windows", "due_answers", "waiting", "bundles"} <= set(clock.JOBS)
