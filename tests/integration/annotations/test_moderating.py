import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import ModelLogEntry

from annotations.models import Annotation, ModerationEvent
from annotations.services.editing import edit_annotation
from annotations.services.moderating import (
    hide_annotation,
    release_annotation,
    show_annotation,
    withdraw_annotation,
)
from annotations.signals import annotation_hidden
from tests.factories import make_user
from tests.factories.annotations import annotate, answer, open_version
from tests.factories.reports import make_report

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("root")]


@pytest.fixture
def moderator():
    return make_user("moderator")


def pending():
    version = open_version()
    version.page.specific_class.objects.update(moderation="before")
    return annotate(version)


def test_hiding_keeps_the_words_and_the_replies(moderator):
    annotation = annotate(open_version())
    reply = answer(annotation)

    hide_annotation(annotation=annotation, actor=moderator, ground="Beleidigung")

    stored = Annotation.objects.get(pk=annotation.pk)
    assert (stored.state, stored.is_public, stored.is_removed) == ("hidden", False, True)
    assert stored.comment == "Das sehe ich anders."
    assert Annotation.objects.get(pk=reply.pk).is_public


def test_each_act_is_in_the_log_with_person_and_ground(moderator):
    annotation = annotate(open_version())

    hide_annotation(annotation=annotation, actor=moderator, ground="Beleidigung", state="illegal")
    show_annotation(annotation=annotation, actor=moderator, ground="Irrtum")

    events = ModerationEvent.objects.values_list("by", "before", "after", "ground")
    assert list(events) == [
        (moderator.pk, "public", "illegal", "Beleidigung"),
        (moderator.pk, "illegal", "public", "Irrtum"),
    ]
    logged = ModelLogEntry.objects.filter(action__startswith="annotations.")
    assert {entry.action for entry in logged} == {"annotations.hide", "annotations.show"}
    assert not logged.filter(label__contains="anders").exists()


def test_hiding_needs_a_ground(moderator):
    annotation = annotate(open_version())

    for ground in ("", " \n", "x" * 3_001):
        with pytest.raises(ValidationError):
            hide_annotation(annotation=annotation, actor=moderator, ground=ground)
    assert Annotation.objects.get().state == "public"


@pytest.mark.parametrize("role", ["citizen", "editor", "reviewer", "senate"])
def test_only_moderators_moderate(role, moderator):
    annotation, user = annotate(open_version()), make_user(role)

    with pytest.raises(PermissionDenied):
        hide_annotation(annotation=annotation, actor=user, ground="x")
    hide_annotation(annotation=annotation, actor=moderator, ground="x")
    with pytest.raises(PermissionDenied):
        show_annotation(annotation=annotation, actor=user)
    with pytest.raises(PermissionDenied):
        release_annotation(annotation=pending(), actor=user)


def test_no_guest_and_no_account_switched_off_moderates(moderator):
    annotation = annotate(open_version())
    moderator.is_active = False

    for actor in (None, moderator):
        with pytest.raises(PermissionDenied):
            hide_annotation(annotation=annotation, actor=actor, ground="x")


@pytest.mark.parametrize("state", ["public", "withdrawn", "unconfirmed", "nonsense"])
def test_hiding_leads_to_a_hidden_state_only(state, moderator):
    with pytest.raises(ValidationError):
        hide_annotation(
            annotation=annotate(open_version()), actor=moderator, ground="x", state=state
        )


def test_what_nobody_confirmed_cannot_be_moderated(moderator):
    annotation = annotate(open_version(), name="Marlen", email="marlen@example.org")

    with pytest.raises(ValidationError):
        hide_annotation(annotation=annotation, actor=moderator, ground="x")
    with pytest.raises(ValidationError):
        show_annotation(annotation=annotation, actor=moderator)
    with pytest.raises(ValidationError):
        release_annotation(annotation=annotation, actor=moderator)
    assert Annotation.objects.get().state == "unconfirmed"


def test_only_what_is_hidden_can_be_shown_again(moderator):
    with pytest.raises(ValidationError):
        show_annotation(annotation=annotate(open_version()), actor=moderator)


def test_a_waiting_annotation_is_released(moderator):
    annotation = pending()

    assert release_annotation(annotation=annotation, actor=moderator).state == "public"
    assert Annotation.objects.get().is_public


def test_words_that_were_mended_meanwhile_are_not_released_unread(client, moderator):
    annotation = pending()
    detail = reverse("synopse_annotations:detail", args=[annotation.pk])
    release = reverse("synopse_annotations:release", args=[annotation.pk])
    client.force_login(moderator)
    assert 'name="seen" value=""' in client.get(detail).content.decode()
    edit_annotation(annotation=annotation, actor=annotation.user, body="Ganz anderes.")

    for form in ({"seen": ""}, {}):
        client.post(release, form)
        assert Annotation.objects.get().state == "pending"

    seen = Annotation.objects.get().edited_at.isoformat()
    assert f'name="seen" value="{seen}"' in client.get(detail).content.decode()
    client.post(release, {"seen": seen})
    assert Annotation.objects.get().state == "public"


def test_the_ground_of_what_is_hidden_is_changed_by_a_new_statement(client, moderator):
    annotation = annotate(open_version())
    report = make_report(annotation=annotation)
    hide_annotation(annotation=annotation, actor=moderator, ground="Regel 2", report=report)
    url = reverse("synopse_annotations:hide", args=[annotation.pk])
    client.force_login(make_user("moderator"))
    page = client.get(url).content.decode()
    first = ModerationEvent.objects.get()
    assert f'name="seen" value="{first.pk}"' in page
    assert "Regel 2" in page

    form = {"state": "hidden", "basis": "house_rules", "ground": "Regel 3"}
    client.post(url, form | {"seen": first.pk})

    events = ModerationEvent.objects.values_list("before", "after", "ground", "report")
    assert list(events) == [
        ("public", "hidden", "Regel 2", report.pk),
        ("hidden", "hidden", "Regel 3", report.pk),
    ]
    assert Annotation.objects.get().state == "hidden"


def test_nothing_is_hidden_unseen_over_the_decision_of_somebody_else(client, moderator):
    annotation = pending()
    url = reverse("synopse_annotations:hide", args=[annotation.pk])
    client.force_login(make_user("moderator"))
    assert 'name="seen" value=""' in client.get(url).content.decode()
    hide_annotation(annotation=annotation, actor=moderator, ground="Regel 2")

    form = {"basis": "house_rules", "ground": "Werbung", "seen": ""}
    for state in ("hidden", "spam"):
        response = client.post(url, form | {"state": state})
        assert "Werbung" in response.content.decode()
        assert 'name="seen" value=""' in response.content.decode()

    assert Annotation.objects.get().state == "hidden"
    assert ModerationEvent.objects.get().ground == "Regel 2"


def test_a_waiting_annotation_may_be_hidden_instead(moderator):
    annotation = pending()

    assert (
        hide_annotation(
            annotation=annotation, actor=moderator, ground="Werbung", state="spam"
        ).state
        == "spam"
    )


def test_authors_withdraw_their_own_and_only_their_own(moderator):
    annotation = annotate(open_version())

    for other in (make_user(), moderator, None):
        with pytest.raises(PermissionDenied):
            withdraw_annotation(annotation=annotation, actor=other)
    withdraw_annotation(annotation=annotation, actor=annotation.user)

    assert Annotation.objects.get().state == "withdrawn"


def test_what_is_withdrawn_stays_withdrawn(moderator):
    annotation = annotate(open_version())
    withdraw_annotation(annotation=annotation, actor=annotation.user)

    with pytest.raises(ValidationError):
        show_annotation(annotation=annotation, actor=moderator)
    with pytest.raises(ValidationError):
        hide_annotation(annotation=annotation, actor=moderator, ground="x")
    with pytest.raises(ValidationError):
        withdraw_annotation(annotation=annotation, actor=annotation.user)


def test_strangers_hear_when_something_is_hidden(moderator, django_capture_on_commit_callbacks):
    heard = []

    def hear(sender, annotation, **kwargs):
        heard.append(annotation.pk)

    annotation = annotate(open_version())
    annotation_hidden.connect(hear)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            hide_annotation(annotation=annotation, actor=moderator, ground="x")
    finally:
        annotation_hidden.disconnect(hear)
    assert heard == [annotation.pk]


def test_hiding_a_long_thread_takes_no_more_queries_than_a_short_one(moderator):
    version, user = open_version(), make_user()
    short, long = annotate(version), annotate(version)
    for _ in range(15):
        answer(long, user=user)
    hide_annotation(annotation=annotate(version), actor=moderator, ground="x")  # warm caches

    counts = []
    for one in (short, long):
        fresh = Annotation.objects.get(pk=one.pk)
        with CaptureQueriesContext(connection) as queries:
            hide_annotation(annotation=fresh, actor=moderator, ground="x")
        counts.append(len(queries))

    assert counts[0] == counts[1]
