"""The window in which a version takes annotations."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from tests.factories import make_draft, make_user, publish
from versioning.models import Version
from versioning.services.windows import change_window, end_window, window_history
from versioning.signals import window_changed

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def version(root):
    return publish(make_draft())


def test_a_window_is_opened_with_a_reason_that_the_history_keeps(
    version, django_capture_on_commit_callbacks
):
    heard = []

    def listen(version, **kwargs):
        heard.append(version.number)

    now = timezone.now()
    window_changed.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            stored = change_window(
                version=version,
                opens=now - DAY,
                closes=now + DAY,
                reason=" Verlängert ",
                actor=make_user("editor"),
            )
    finally:
        window_changed.disconnect(listen)
    assert stored.is_open()
    assert Version.objects.open().get() == version
    assert heard == [1]
    (entry,) = window_history(version)
    assert entry.data["reason"] == "Verlängert"
    assert entry.data["before"] == ["", ""]


def test_no_end_means_open_for_ever_and_nothing_means_closed(version):
    actor = make_user("editor")
    change_window(version=version, opens=timezone.now() - DAY, closes=None, reason="a", actor=actor)
    version.refresh_from_db()
    assert version.is_open()
    change_window(version=version, opens=None, closes=None, reason="b", actor=actor)
    version.refresh_from_db()
    assert not version.is_open()


@pytest.mark.parametrize(
    ("opens", "closes", "reason", "field"),
    [(0, 1, "  ", "reason"), (1, 0, "Grund", "closes"), (1, 1, "Grund", "closes")],
)
def test_a_missing_reason_and_an_end_before_the_begin_are_refused(
    version, opens, closes, reason, field
):
    now = timezone.now()
    with pytest.raises(ValidationError) as refusal:
        change_window(
            version=version,
            opens=now + opens * DAY,
            closes=now + closes * DAY,
            reason=reason,
            actor=make_user("editor"),
        )
    assert list(refusal.value.error_dict) == [field]
    version.refresh_from_db()
    assert version.opens is None


def test_a_superseded_version_gets_no_window(version):
    publish(version.page, html="<p>Ganz andere Worte stehen jetzt hier.</p>")
    with pytest.raises(ValidationError) as refusal:
        change_window(
            version=version,
            opens=timezone.now(),
            closes=None,
            reason="Grund",
            actor=make_user("editor"),
        )
    assert refusal.value.code == "superseded"


@pytest.mark.parametrize("role", ["citizen", "moderator", "senate"])
def test_whoever_may_not_publish_changes_no_window(version, role):
    with pytest.raises(PermissionDenied):
        change_window(version=version, opens=None, closes=None, reason="x", actor=make_user(role))


def test_an_end_in_the_past_is_refused_but_not_the_running_minute(version):
    now, actor = timezone.now(), make_user("editor")
    with pytest.raises(ValidationError) as refusal:
        change_window(version=version, opens=None, closes=now - DAY, reason="Grund", actor=actor)
    assert refusal.value.error_dict["closes"][0].code == "past"
    closes = now - timedelta(seconds=40)
    change_window(version=version, opens=None, closes=closes, reason="Grund", actor=actor)
    version.refresh_from_db()
    assert not version.is_open()


def test_a_change_that_changes_nothing_is_refused(version):
    closes, actor = timezone.now() + DAY, make_user("editor")
    change_window(version=version, opens=None, closes=closes, reason="Grund", actor=actor)
    with pytest.raises(ValidationError) as refusal:
        change_window(version=version, opens=None, closes=closes, reason="Noch", actor=actor)
    assert refusal.value.code == "unchanged"
    assert window_history(version).count() == 1


def test_an_open_window_ends_at_once_and_a_closed_one_does_not_end_again(version):
    actor = make_user("editor")
    change_window(
        version=version, opens=None, closes=timezone.now() + DAY, reason="Auf", actor=actor
    )
    assert not end_window(version=version, reason="Zu", actor=actor).is_open()
    with pytest.raises(ValidationError) as refusal:
        end_window(version=version, reason="Zu", actor=actor)
    assert refusal.value.code == "closed"
    assert [entry.data["reason"] for entry in window_history(version)] == ["Auf", "Zu"]


@pytest.mark.parametrize("role", ["citizen", "moderator", "senate"])
def test_whoever_may_not_publish_ends_no_window(version, role):
    change_window(
        version=version,
        opens=None,
        closes=timezone.now() + DAY,
        reason="Auf",
        actor=make_user("editor"),
    )
    with pytest.raises(PermissionDenied):
        end_window(version=version, reason="x", actor=make_user(role))
    version.refresh_from_db()
    assert version.is_open()
