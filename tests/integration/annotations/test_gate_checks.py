import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from annotations import gate_checks
from annotations.admin.links import annotation_url
from annotations.models import Annotation, Disposition, Placement
from annotations.services.following import follow
from annotations.services.integrity import integrity_problems
from annotations.services.moderating import (
    hide_annotation,
    release_annotation,
    withdraw_annotation,
)
from tests.factories import make_user
from tests.factories.annotations import (
    annotate,
    answer,
    dispose,
    next_version,
    open_version,
    passage,
)
from tests.factories.gate import hand_over
from versioning.doors import is_explained, reasons_of
from versioning.models import Change
from versioning.services.changes import explain_changes, unexplained
from versioning.services.checklist import checklist
from versioning.services.decisions import record_decision
from versioning.services.gate import GateClosed, submit_version

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("root")]

OLD = "<p>Die Stadt gehört allen, die dort wohnen.</p><p>Busse fahren jede Stunde.</p>"
NEW = "<p>Die Stadt gehört allen, die hier leben.</p><p>Busse fahren jede halbe Stunde.</p>"


def line(version, key="annotations"):
    (found,) = [one for one in checklist(version) if one.key == key]
    return found


def publish_next(version, html=NEW):
    new = next_version(version, html)
    follow(version_id=new.pk)
    return new


def changes_of(version):
    return list(Change.objects.filter(version=version).order_by("position"))


def test_the_gate_names_each_annotation_without_an_answer():
    version = open_version()
    annotation = annotate(version, body="Warum nicht auch Kinder?")
    answered = annotate(version)
    dispose(answered)

    found = line(version)

    assert found.blocks
    ((text, url),) = found.missing
    assert "Warum nicht auch Kinder?" in text
    assert url == annotation_url(annotation.pk)


def test_the_gate_is_open_once_everything_is_answered():
    version = open_version()
    dispose(annotate(version), annotate(version))

    assert line(version).done
    assert line(version, "pending").done


def test_without_annotations_nothing_is_missing():
    assert line(open_version()).done


def test_annotations_on_older_versions_count():
    version = open_version(OLD)
    annotate(version)
    new = publish_next(version)

    assert line(new).blocks


def test_annotations_in_other_languages_count():
    from wagtail.models import Locale

    version = open_version()
    english = version.page.copy_for_translation(
        Locale.objects.get(language_code="en"), copy_parents=True
    )
    from datetime import timedelta

    from django.utils import timezone

    from tests.factories import publish

    translated = publish(english, closes=timezone.now() + timedelta(days=1))
    annotate(translated)

    assert line(version).blocks
    assert line(translated).blocks


def test_spam_illegal_withdrawn_unconfirmed_ones_and_replies_do_not_count():
    version, moderator = open_version(), make_user("moderator")
    for state in ("spam", "illegal"):
        hide_annotation(annotation=annotate(version), actor=moderator, ground="x", state=state)
    withdrawn = annotate(version)
    withdraw_annotation(annotation=withdrawn, actor=withdrawn.user)
    annotate(version, name="M", email="m@example.org")
    root = annotate(version)
    answer(root)
    dispose(root)

    assert line(version).done


def test_hidden_ones_count():
    version = open_version()
    hide_annotation(annotation=annotate(version), actor=make_user("moderator"), ground="x")

    assert line(version).blocks


def test_what_waits_for_moderation_blocks_first():
    version = open_version()
    version.page.specific_class.objects.update(moderation="before")
    annotation = annotate(version)

    assert line(version, "pending").blocks
    release_annotation(annotation=annotation, actor=make_user("moderator"))
    assert line(version, "pending").done
    assert line(version).blocks


def test_a_waiting_reply_blocks_too():
    version = open_version()
    root = annotate(version)
    dispose(root)
    version.page.specific_class.objects.update(moderation="before")
    answer(Annotation.objects.get(pk=root.pk))

    assert line(version, "pending").blocks


def test_a_line_names_at_most_20_and_counts_all():
    version, user = open_version(), make_user()
    for _ in range(23):
        annotate(version, user=user)

    found = line(version)

    assert len(found.missing) == 20
    assert "23" in found.text


def test_after_a_submission_new_annotations_block_the_next():
    version = open_version(OLD)
    dispose(annotate(version))
    actor = make_user("senate")
    submission = hand_over(version=version, actor=actor)
    record_decision(
        step=submission.steps.get(position=1), outcome="returned", note="Bitte kürzer.",
        decided_on=timezone.localdate(), actor=actor,
    )  # fmt: skip
    annotate(version)
    new = publish_next(version)

    with pytest.raises(GateClosed) as error:
        submit_version(version=new, actor=make_user("senate"))
    assert "annotations" in [one.key for one in error.value.lines]


def test_a_public_disposition_explains_its_change():
    version = open_version(OLD)
    annotation = annotate(version, "dort wohnen")
    dispose(annotation, annotate(version), outcome="partly_adopted", reason="Ja, halb.")
    new = publish_next(version)
    change = changes_of(new)[0]

    (reason,) = [one for one in reasons_of([change])[change.pk] if one.kind == "disposition"]

    assert is_explained([reason])
    assert (reason.outcome, reason.text, reason.count) == ("partly_adopted", "Ja, halb.", 2)
    assert (reason.quote, reason.author) == ("dort wohnen", annotation.user_name)
    assert reason.url == annotation.get_absolute_url()
    assert change not in unexplained(new)


def test_a_disposition_that_is_not_public_is_no_reason():
    version = open_version(OLD)
    dispose(annotate(version, "dort wohnen"), outcome="adopted")
    new = publish_next(version)
    Disposition.objects.update(public_at=None)
    change = changes_of(new)[0]

    assert not is_explained(reasons_of([change])[change.pk])


def test_a_hidden_annotation_lends_its_disposition_no_words():
    version = open_version(OLD)
    annotation = annotate(version, "dort wohnen")
    dispose(annotation, outcome="adopted")
    new = publish_next(version)
    hide_annotation(annotation=annotation, actor=make_user("moderator"), ground="x")
    change = changes_of(new)[0]

    (reason,) = reasons_of([change])[change.pk]

    assert (reason.quote, reason.author, reason.url) == ("", "", "")


def test_annotations_on_changed_words_stand_beside_without_explaining():
    version = open_version(OLD)
    annotation = annotate(version, "dort wohnen", body="Und wer nur arbeitet?")
    dispose(annotation, outcome="not_adopted", reason="Nein.")
    new = publish_next(version)
    first, second = changes_of(new)

    reasons = reasons_of([first, second])

    (reason,) = reasons[first.pk]
    assert (reason.kind, reason.outcome, reason.text) == ("annotation", "not_adopted", "Nein.")
    assert not is_explained(reasons[first.pk])
    assert reasons[second.pk] == []


def test_an_annotation_on_other_words_stands_beside_the_first_change_of_its_passage():
    version = open_version("<p>Rad eins, Weg zwei, Tor drei, Bus vier, Amt fünf.</p>")
    annotate(version, "Tor drei")
    new = publish_next(version, "<p>Rad acht, Weg zwei, Tor drei, Bus vier, Amt neun.</p>")
    changes = changes_of(new)
    assert len(changes) == 2

    reasons = reasons_of(changes)

    assert [len(reasons[change.pk]) for change in changes] == [1, 0]


def test_an_annotation_placed_on_the_old_version_stands_beside_too():
    version = open_version(OLD)
    annotation = annotate(version, "jede Stunde", position=1)
    same = publish_next(version, OLD.replace("dort", "da"))
    new = publish_next(same, OLD.replace("dort", "da").replace("jede", "keine"))
    (change,) = changes_of(new)

    (reason,) = reasons_of([change])[change.pk]

    assert reason.url == annotation.get_absolute_url()


def test_a_private_answer_is_not_shown_beside_the_change():
    version = open_version(OLD)
    annotation = annotate(version, "dort wohnen", body="Meine Worte")
    disposition = dispose(annotation, outcome="not_adopted", reason="GEHEIM")
    new = publish_next(version)
    Disposition.objects.filter(pk=disposition.pk).update(public_at=None)
    change = changes_of(new)[0]

    (reason,) = reasons_of([change])[change.pk]

    assert (reason.outcome, reason.text) == ("", "Meine Worte")


def test_reasons_of_many_changes_take_as_many_queries_as_of_one():
    version, user = open_version("".join(f"<p>Satz {n} ist alt.</p>" for n in range(8))), None
    user = make_user()
    annotations = [annotate(version, position=n, user=user) for n in range(8)]
    for annotation in annotations[:4]:
        dispose(annotation, outcome="adopted")
    new = publish_next(version, "".join(f"<p>Satz {n} ist neu.</p>" for n in range(8)))
    changes = changes_of(new)
    assert len(changes) == 8

    counts = []
    for some in ([changes[0], changes[-1]], changes):
        with CaptureQueriesContext(connection) as queries:
            gate_checks.change_reasons(some)
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 9


def test_an_answered_and_explained_version_passes_the_gate():
    version = open_version(OLD)
    dispose(annotate(version, "dort wohnen"), outcome="adopted")
    new = publish_next(version)
    explain_changes(changes=list(unexplained(new)), reason="Berichtigt.", actor=make_user("editor"))

    assert hand_over(version=new, actor=make_user("senate")).pk


def test_sound_data_have_no_problems():
    version = open_version(OLD)
    root = annotate(version, "dort wohnen")
    answer(answer(root))
    hide_annotation(annotation=annotate(version), actor=make_user("moderator"), ground="x")
    annotate(version, name="M", email="m@example.org")
    dispose(root, outcome="adopted")
    publish_next(version)

    assert list(integrity_problems()) == []


def test_each_kind_of_damage_is_named():
    version = open_version(OLD)
    one, two = annotate(version), annotate(version)
    reply = answer(one)
    new = publish_next(version)
    damages = {
        "thread than what they answer": lambda: Annotation.objects.filter(pk=reply.pk).update(
            root=two
        ),
        "depth": lambda: Annotation.objects.filter(pk=reply.pk).update(depth=3),
        "without a thread": lambda: Annotation.objects.filter(pk=reply.pk).update(root=None),
        "passage is of another version": lambda: Annotation.objects.filter(pk=two.pk).update(
            passage=passage(new)
        ),
        "flags": lambda: Annotation.objects.filter(pk=two.pk).update(is_public=False),
        "nobody confirmed": lambda: Annotation.objects.filter(pk=two.pk).update(confirmed_at=None),
        "address of a network": lambda: Annotation.objects.filter(pk=two.pk).update(
            ip_address="127.0.0.1"
        ),
        "places on a passage of another version": lambda: Placement.objects.filter(
            annotation=one
        ).update(passage=passage(version)),
        "wrong count": lambda: Placement.objects.filter(annotation=one).delete(),
    }
    from django.db import transaction

    for word, damage in damages.items():
        with transaction.atomic():
            damage()
            assert any(word in problem for problem in integrity_problems()), word
            transaction.set_rollback(True)
    assert list(integrity_problems()) == []


def test_the_gate_does_not_repeat_words_that_are_hidden():
    version = open_version()
    annotation = annotate(version, body="Ein böses Wort.")
    hide_annotation(annotation=annotation, actor=make_user("moderator"), ground="Beleidigung")

    ((text, url),) = line(version).missing
    assert "Ein böses Wort." not in text
    assert url == annotation_url(annotation.pk)
