"""Authors mend their words for a quarter of an hour; the place and the record stay."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from annotations.models import Annotation
from annotations.services import moderating
from annotations.services.editing import can_edit, edit_annotation
from annotations.signals import annotation_edited
from tests.factories import make_draft, make_user, publish
from tests.factories.annotations import annotate, answer, dispose, next_version, open_version
from versioning.models import Version

pytestmark = pytest.mark.django_db


def codes_of(error: pytest.ExceptionInfo) -> set[str]:
    return {each.code for errors in error.value.error_dict.values() for each in errors}


def refused(made: Annotation, **values) -> set[str]:
    before = Annotation.objects.values().get(pk=made.pk)
    with pytest.raises(ValidationError) as error:
        edit_annotation(annotation=made, actor=made.user, **{"body": "Anders.", **values})
    assert Annotation.objects.values().get(pk=made.pk) == before
    assert can_edit(made.user, made) is bool(values)
    return codes_of(error)


def test_words_and_kind_change_and_the_place_stays(django_capture_on_commit_callbacks):
    made, heard = annotate(open_version(), "Stadt"), []

    def hear(annotation, **_others):
        heard.append(annotation)

    annotation_edited.connect(hear)
    with django_capture_on_commit_callbacks(execute=True):
        edit_annotation(annotation=made, actor=made.user, body="Neu.", proposed="Gemeinde")
    stored = Annotation.objects.get(pk=made.pk)
    assert (stored.comment, stored.motivation, stored.proposed) == ("Neu.", "editing", "Gemeinde")
    assert stored.base_hash == made.passage.text_hash
    assert (stored.start, stored.end, stored.exact) == (made.start, made.end, "Stadt")
    assert stored.edited_at
    assert heard == [made]
    edit_annotation(annotation=made, actor=made.user, body="Neu.", motivation="questioning")
    stored.refresh_from_db()
    assert (stored.motivation, stored.proposed, stored.base_hash) == ("questioning", "", "")


def test_only_the_author_mends():
    made = annotate(open_version())
    for other in (make_user(), make_user("superuser"), None):
        with pytest.raises(PermissionDenied):
            edit_annotation(annotation=made, actor=other, body="Anders.")
        assert not can_edit(other, made)
    assert can_edit(made.user, made)


def test_a_quarter_of_an_hour_is_the_time_for_it():
    made = annotate(open_version())
    with time_machine.travel(made.created_at + timedelta(minutes=14), tick=False):
        assert can_edit(made.user, made)
    with time_machine.travel(made.created_at + timedelta(minutes=16), tick=False):
        assert refused(made) == {"late"}


def test_what_somebody_answered_stays_as_it_is():
    replied, answered = annotate(open_version()), annotate(open_version())
    answer(replied)
    assert refused(replied) == {"answered"}
    dispose(answered)
    answered.refresh_from_db()
    assert refused(answered) == {"answered"}


def test_a_reply_that_was_hidden_binds_nobody():
    made = annotate(open_version())
    reply = answer(made)
    moderating.hide_annotation(annotation=reply, actor=make_user("moderator"), ground="Spam")
    assert can_edit(made.user, made)


def test_a_closed_window_and_a_newer_version_end_it():
    closed, older = annotate(open_version()), annotate(open_version())
    Version.objects.filter(pk=closed.version_id).update(closes=timezone.now())
    closed.version.refresh_from_db()
    assert refused(closed) == {"closed"}
    next_version(older.version, "<p>Ganz anders.</p>")
    assert refused(older) == {"stale"}


def test_withdrawn_words_do_not_come_back():
    made = annotate(open_version())
    moderating.withdraw_annotation(annotation=made, actor=made.user)
    assert refused(made) == {"not_public"}


def test_words_that_moderators_have_released_stay_as_they_looked_at_them():
    draft = make_draft(moderation="before")
    version = publish(draft, closes=timezone.now() + timedelta(days=1))
    made = annotate(version)
    edit_annotation(annotation=made, actor=made.user, body="Noch nicht gesehen.")
    moderating.release_annotation(annotation=made, actor=make_user("moderator"))
    made.refresh_from_db()
    assert refused(made) == {"checked"}


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"body": " \u200b "}, "empty"),
        ({"body": "x" * 3_001}, "too_long"),
        ({"motivation": "replying"}, "invalid"),
        ({"motivation": "editing", "proposed": ""}, "empty"),
        ({"proposed": "Die Stadt gehört allen."}, "unchanged"),
    ],
)
def test_bad_words_change_nothing(values, code):
    assert code in refused(annotate(open_version()), **values)


def test_a_reply_is_mended_too():
    reply = answer(annotate(open_version()))
    edit_annotation(annotation=reply, actor=reply.user, body="Anders gesagt.")
    assert Annotation.objects.get(pk=reply.pk).comment == "Anders gesagt."
