"""The log of moderation can only be added to."""

import pytest

from annotations.models import ModerationEvent
from annotations.models.appending import FinalRecordError
from annotations.services.moderating import hide_annotation
from tests.factories import make_user
from tests.factories.annotations import annotate, open_version

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("root")]


@pytest.fixture
def event():
    hide_annotation(
        annotation=annotate(open_version()), actor=make_user("moderator"), ground="Beleidigung"
    )
    return ModerationEvent.objects.get()


def stored():
    return list(ModerationEvent.objects.values())


def _save(event):
    event.ground = "anders"
    event.save()


def _save_by_key(event):
    values = {name: getattr(event, name) for name in ("pk", "annotation_id", "before", "after")}
    ModerationEvent(**values, ground="anders").save()


@pytest.mark.parametrize(
    "act",
    [
        _save,
        lambda event: event.delete(),
        lambda event: ModerationEvent.objects.update(ground="anders"),
        lambda event: ModerationEvent.objects.filter(pk=event.pk).delete(),
        lambda event: ModerationEvent.objects.bulk_update([event], ["ground"]),
        lambda event: event.annotation.moderation_events.update(ground="anders"),
        lambda event: event.annotation.moderation_events.all().delete(),
        lambda event: ModerationEvent.objects.update_or_create(
            pk=event.pk, defaults={"ground": "anders"}
        ),
        lambda event: ModerationEvent.objects.bulk_create(
            [event], update_conflicts=True, update_fields=["ground"], unique_fields=["id"]
        ),
    ],
)
def test_nothing_in_the_log_is_changed_or_deleted(event, act):
    before = stored()

    with pytest.raises(FinalRecordError):
        act(event)
    assert stored() == before


def test_a_row_with_the_key_of_another_is_not_put_in_its_place(event):
    from django.db import IntegrityError, transaction

    before = stored()
    with pytest.raises(IntegrityError), transaction.atomic():
        _save_by_key(event)
    assert stored() == before


def test_a_contribution_with_a_log_is_not_deleted(event):
    from django.db.models import ProtectedError

    with pytest.raises(ProtectedError):
        event.annotation.delete()


def test_the_log_outlives_the_account_of_a_moderator(event):
    event.by.delete()

    [row] = ModerationEvent.objects.all()
    assert (row.by, row.ground) == (None, "Beleidigung")
