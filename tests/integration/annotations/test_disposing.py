import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from annotations.models import Annotation, Disposition, OutboxMail
from annotations.services.confirming import confirm_annotation
from annotations.services.disposing import change_disposition
from annotations.services.following import follow
from annotations.services.moderating import hide_annotation, withdraw_annotation
from annotations.signals import annotations_disposed
from tests.factories import make_user
from tests.factories.annotations import (
    annotate,
    answer,
    dispose,
    next_version,
    open_version,
)
from versioning.models import Change

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("root")]

OLD = "<p>Die Stadt gehört allen, die dort wohnen.</p><p>Busse fahren jede Stunde.</p>"
NEW = "<p>Die Stadt gehört allen, die hier leben.</p><p>Busse fahren jede Stunde.</p>"


def public(disposition) -> bool:
    disposition.refresh_from_db()
    return disposition.public_at is not None


def publish_next(version, html=NEW):
    new = next_version(version, html)
    follow(version_id=new.pk)
    return new


def test_many_annotations_get_one_answer():
    version = open_version()
    one, two = annotate(version), annotate(version)

    disposition = dispose(one, two, outcome="not_adopted", reason="Zu teuer.")

    assert set(disposition.annotations.all()) == {one, two}
    assert (disposition.outcome, disposition.reason) == ("not_adopted", "Zu teuer.")
    assert [event.outcome for event in disposition.events.all()] == ["not_adopted"]


@pytest.mark.parametrize("outcome", ["partly_adopted", "not_adopted", "answered"])
def test_these_outcomes_need_a_public_reason(outcome):
    annotation = annotate(open_version())

    with pytest.raises(ValidationError) as error:
        dispose(annotation, outcome=outcome, reason=" \n")
    assert "reason" in error.value.error_dict
    assert not Disposition.objects.exists()


@pytest.mark.parametrize("outcome", ["adopted", "noted"])
def test_these_outcomes_need_none(outcome):
    assert dispose(annotate(open_version()), outcome=outcome, reason="").pk


def test_an_unknown_outcome_is_refused():
    with pytest.raises(ValidationError):
        dispose(annotate(open_version()), outcome="vielleicht")


@pytest.mark.parametrize("role", ["citizen", "moderator", "reviewer", "senate"])
def test_only_editors_dispose(role):
    with pytest.raises(PermissionDenied):
        dispose(annotate(open_version()), actor=make_user(role))


def test_an_editor_of_other_pages_does_not_dispose():
    version = open_version()
    editor = make_user("editor")
    for group in editor.groups.all():
        group.page_permissions.all().delete()

    with pytest.raises(PermissionDenied):
        dispose(annotate(version), actor=editor)


def test_annotations_of_two_pages_get_no_common_answer():
    with pytest.raises(ValidationError) as error:
        dispose(annotate(open_version()), annotate(open_version()))
    assert error.value.code == "other_page"


def test_nothing_chosen_is_refused():
    with pytest.raises(ValidationError):
        dispose()


def test_what_does_not_count_gets_no_answer():
    version, moderator = open_version(), make_user("moderator")
    withdrawn, spam = annotate(version), annotate(version)
    withdraw_annotation(annotation=withdrawn, actor=withdrawn.user)
    hide_annotation(annotation=spam, actor=moderator, ground="x", state="spam")
    unconfirmed = annotate(version, name="M", email="m@example.org")
    reply = answer(annotate(version))

    for one in (withdrawn, spam, unconfirmed, reply):
        with pytest.raises(ValidationError):
            dispose(one)
    assert not Disposition.objects.exists()


def test_what_waits_for_moderation_gets_no_answer_yet():
    version = open_version()
    version.page.specific_class.objects.update(moderation="before")

    with pytest.raises(ValidationError) as error:
        dispose(annotate(version))
    assert error.value.code == "pending"


def test_what_is_hidden_still_gets_an_answer():
    annotation = annotate(open_version())
    hide_annotation(annotation=annotation, actor=make_user("moderator"), ground="x")

    assert dispose(annotation).pk


def test_a_second_answer_is_refused_for_the_whole_group():
    version = open_version()
    answered, free = annotate(version), annotate(version)
    dispose(answered)

    with pytest.raises(ValidationError) as error:
        dispose(free, answered)
    assert error.value.code == "disposed"
    assert Annotation.objects.get(pk=free.pk).disposition is None


def test_changing_an_answer_keeps_the_old_one_in_the_history():
    disposition = dispose(annotate(open_version()), outcome="noted", reason="Danke.")

    change_disposition(
        disposition=disposition,
        outcome="not_adopted",
        reason="Doch nicht.",
        actor=make_user("editor"),
    )

    history = disposition.events.values_list("outcome", "reason")
    assert list(history) == [("noted", "Danke."), ("not_adopted", "Doch nicht.")]
    with pytest.raises(PermissionDenied):
        change_disposition(disposition=disposition, outcome="noted", reason="", actor=make_user())


def test_an_answer_is_public_with_the_next_version():
    version = open_version(OLD)
    disposition = dispose(annotate(version))
    assert not public(disposition)

    publish_next(version)

    assert public(disposition)


def test_a_page_may_publish_answers_at_once():
    version = open_version(OLD)
    version.page.specific_class.objects.update(dispositions_public="at_once")

    assert public(dispose(annotate(version)))


def test_an_answer_to_an_older_version_is_public_at_once():
    version = open_version(OLD)
    annotation = annotate(version)
    publish_next(version)

    assert public(dispose(annotation))


def test_a_group_waits_until_the_version_after_its_last_annotation():
    version = open_version(OLD)
    early = annotate(version)
    new = publish_next(version)
    late = annotate(new)

    disposition = dispose(early, late)
    assert not public(disposition)
    follow(version_id=new.pk)
    assert not public(disposition)

    publish_next(new, OLD)
    assert public(disposition)


def test_an_adopted_answer_is_linked_to_the_change_of_its_words():
    version = open_version(OLD)
    disposition = dispose(annotate(version, "dort wohnen"), outcome="adopted")

    new = publish_next(version)

    change = Change.objects.get(version=new)
    assert list(disposition.changes.all()) == [change]
    disposition.refresh_from_db()
    assert not disposition.missing


def test_an_annotation_of_the_whole_passage_is_linked_to_each_of_its_changes():
    version = open_version(OLD)
    disposition = dispose(annotate(version), outcome="partly_adopted")

    new = publish_next(version)

    assert set(disposition.changes.all()) == set(Change.objects.filter(version=new))


def test_changes_of_other_words_are_not_linked():
    version = open_version(OLD)
    disposition = dispose(annotate(version, "Die Stadt"), outcome="adopted")

    publish_next(version)

    disposition.refresh_from_db()
    assert not disposition.changes.exists()
    assert disposition.missing


def test_announced_words_that_are_missing_open_the_annotation_again():
    version = open_version(OLD)
    annotation = annotate(version, "jede Stunde", position=1)
    disposition = dispose(annotation, outcome="adopted")
    assert not Annotation.objects.undisposed().exists()

    publish_next(version)

    assert Annotation.objects.undisposed().get() == annotation
    assert not public(disposition)


def test_what_was_missing_is_no_longer_when_the_next_version_brings_it():
    version = open_version(OLD)
    disposition = dispose(annotate(version, "jede Stunde", position=1), outcome="adopted")
    second = publish_next(version)

    third = publish_next(second, NEW.replace("jede Stunde", "jede halbe Stunde"))

    disposition.refresh_from_db()
    assert not disposition.missing
    assert disposition.changes.get().version == third
    assert public(disposition)


def test_what_is_missing_may_be_answered_otherwise():
    version = open_version(OLD)
    annotation = annotate(version, "jede Stunde", position=1)
    disposition = dispose(annotation, outcome="adopted")
    publish_next(version)

    change_disposition(
        disposition=disposition,
        outcome="not_adopted",
        reason="Kein Geld.",
        actor=make_user("editor"),
    )

    assert not Annotation.objects.undisposed().exists()
    assert public(disposition)


def test_a_late_answer_is_linked_at_once():
    version = open_version(OLD)
    annotation = annotate(version, "dort wohnen")
    new = publish_next(version)

    disposition = dispose(annotation, outcome="adopted")

    assert list(disposition.changes.all()) == list(Change.objects.filter(version=new))


def test_a_late_answer_without_a_change_is_only_intended():
    version = open_version(OLD)
    annotation = annotate(version, "jede Stunde", position=1)
    new = publish_next(version)
    disposition = dispose(annotation, outcome="adopted")

    follow(version_id=new.pk)

    disposition.refresh_from_db()
    assert not disposition.missing
    assert not disposition.changes.exists()


def test_chosen_changes_are_kept():
    version = open_version(OLD)
    annotation = annotate(version, "jede Stunde", position=1)
    new = publish_next(version)
    change = Change.objects.get(version=new)

    disposition = dispose(annotation, outcome="answered", changes=[change])

    assert list(disposition.changes.all()) == [change]


def test_a_change_of_another_page_is_refused():
    version, other = open_version(OLD), open_version(OLD)
    new = publish_next(other)

    with pytest.raises(ValidationError):
        dispose(annotate(version), changes=Change.objects.filter(version=new))
    assert not Disposition.objects.exists()


def test_outcomes_that_announce_nothing_are_never_missing():
    version = open_version(OLD)
    dispositions = [
        dispose(annotate(version, "jede Stunde", position=1), outcome=outcome)
        for outcome in ("not_adopted", "noted", "answered")
    ]

    publish_next(version)

    assert not Disposition.objects.filter(missing=True).exists()
    assert not any(disposition.changes.exists() for disposition in dispositions)


def test_authors_hear_of_a_public_answer_once():
    version = open_version(OLD)
    annotation = annotate(version, name="Marlen", email="marlen@example.org")
    mail = OutboxMail.objects.get()
    confirm_annotation(token=mail.text.split("/annotations/confirm/")[1].split("/")[0])
    dispose(annotation, outcome="not_adopted", reason="Zu teuer.", internal_note="GEHEIM")
    assert not OutboxMail.objects.filter(kind="disposition").exists()

    new = publish_next(version)
    follow(version_id=new.pk)

    told = OutboxMail.objects.get(kind="disposition")
    assert told.to == "marlen@example.org"
    assert "Zu teuer." in told.text
    assert "GEHEIM" not in told.text
    assert annotation.get_absolute_url() in told.text


def test_strangers_hear_of_answers(django_capture_on_commit_callbacks):
    heard = []

    def hear(sender, disposition, **kwargs):
        heard.append(disposition.pk)

    annotations_disposed.connect(hear)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            disposition = dispose(annotate(open_version()))
    finally:
        annotations_disposed.disconnect(hear)
    assert heard == [disposition.pk]
