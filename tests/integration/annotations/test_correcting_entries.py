"""Staff mend typing errors in what they entered, as long as nobody has built on it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import timezone
from wagtail.models import PageLogEntry

from annotations.admin import links
from annotations.models import Annotation, ModerationEvent, WatchedWord
from annotations.services.correcting_entries import Correction, can_correct, correct_entry
from annotations.services.entering import Contribution, enter_contribution
from tests.factories import make_user
from tests.factories.annotations import annotate, dispose, next_version, open_version
from tests.factories.annotations import passage as passage_at
from versioning.models import Submission
from versioning.services.integrity import check_integrity

pytestmark = pytest.mark.django_db

HTML = "<p>Die Stadt gehört allen. Die Stadt ist grün.</p><p>Busse fahren jede Stunde.</p>"
RIGHT = Correction("letter", date(2026, 5, 5), "Werkstatt im Wedding", "commenting", "Mehr Bäume.")


@pytest.fixture(scope="module")
def shared_version(shared_root):
    past = timezone.now() - timedelta(days=1)
    return open_version(HTML, opens=past - timedelta(days=9), closes=past)


@pytest.fixture
def entry(version, editor):
    return entered(version, editor)


def entered(version, editor, *, key="one", **values):
    common = {
        "passage": passage_at(version, 0),
        "body": "Mher Bäume.",
        "name": "Werkstatt im Weding",
        "made_on": date(2026, 5, 4),
        "source": "workshop",
        "quote": "Die Stadt gehört allen",
    }
    return enter_contribution(
        version=version,
        contribution=Contribution(**{**common, **values}),
        actor=editor,
        has_agreed=True,
        idempotency_key=key,
    )


def test_source_day_name_kind_and_words_are_mended_and_the_place_stays(entry, editor):
    place = (entry.passage_id, entry.start, entry.end, entry.exact, entry.idempotency_key)
    mended = correct_entry(annotation=entry, actor=editor, correction=RIGHT)

    mended.refresh_from_db()
    assert (mended.source, mended.user_name, mended.comment) == (
        "letter",
        "Werkstatt im Wedding",
        "Mehr Bäume.",
    )
    assert timezone.localdate(mended.created_at) == date(2026, 5, 5)
    assert (*place,) == (
        mended.passage_id,
        mended.start,
        mended.end,
        mended.exact,
        mended.idempotency_key,
    )
    assert mended.edited_at is not None
    assert "mehr baume" in mended.searchable
    assert not check_integrity()


def test_the_history_of_the_page_names_who_mended_what_but_not_the_words(entry, editor):
    colleague = make_user("editor")
    correct_entry(annotation=entry, actor=colleague, correction=RIGHT)
    row = PageLogEntry.objects.get(action="annotations.correct_entry")
    assert row.user == colleague
    changed = ["source", "created_at", "user_name", "comment"]
    assert row.data == {"annotation": entry.pk, "changed": changed}


def test_nothing_changed_is_no_correction(entry, editor):
    same = Correction("workshop", date(2026, 5, 4), entry.user_name, "commenting", entry.comment)
    assert correct_entry(annotation=entry, actor=editor, correction=same).edited_at is None
    assert not PageLogEntry.objects.filter(action="annotations.correct_entry").exists()


def test_a_proposed_wording_is_mended_and_makes_a_suggested_edit(entry, editor):
    proposal = RIGHT._replace(proposed="Die Stadt gehört uns allen")
    mended = correct_entry(annotation=entry, actor=editor, correction=proposal)
    assert (mended.motivation, mended.base_hash) == ("editing", mended.passage.text_hash)
    back = correct_entry(annotation=mended, actor=editor, correction=RIGHT)
    assert (back.motivation, back.proposed, back.base_hash) == ("commenting", "", "")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"body": "  "}, "body"),
        ({"body": "x" * 3_001}, "body"),
        ({"name": ""}, "name"),
        ({"name": "Senat"}, "name"),
        ({"made_on": date(2999, 1, 1)}, "made_on"),
        ({"source": "online"}, "source"),
        ({"motivation": "replying"}, "motivation"),
        ({"proposed": "Die Stadt gehört allen"}, "proposed"),
    ],
)
def test_the_rules_for_entries_hold_for_their_corrections(values, field, entry, editor):
    with pytest.raises(ValidationError) as error:
        correct_entry(annotation=entry, actor=editor, correction=RIGHT._replace(**values))
    assert set(error.value.message_dict) == {field}
    entry.refresh_from_db()
    assert entry.edited_at is None


def test_what_somebody_else_entered_just_so_is_refused(entry, version, editor):
    entered(version, editor, key="two", body="Mehr Bäume.", name="Werkstatt im Wedding")
    with pytest.raises(ValidationError) as error:
        correct_entry(annotation=entry, actor=editor, correction=RIGHT)
    assert set(error.value.message_dict) == {"body"}


def answered(entry, editor):
    dispose(entry, actor=editor)


def replied_to(entry, editor):
    reply = entered(entry.version, editor, key="reply", body="Genau.")
    Annotation.objects.filter(pk=reply.pk).update(reply_to=entry, root=entry, depth=1)


def supported(entry, _editor):
    Annotation.objects.filter(pk=entry.pk).update(support_count=1)


def hidden(entry, _editor):
    Annotation.objects.filter(pk=entry.pk).update(state="hidden")


def on_an_old_version(entry, _editor):
    next_version(entry.version, HTML + "<p>Neu.</p>")


def handed_over(entry, _editor):
    Submission.objects.create(version=entry.version, submitted_at=timezone.now(), content_hash="x")


@pytest.mark.parametrize(
    ("happened", "code"),
    [
        (answered, "answered"),
        (replied_to, "answered"),
        (supported, "answered"),
        (hidden, "not_public"),
        (on_an_old_version, "stale"),
        (handed_over, "handed_over"),
    ],
)
def test_what_others_have_built_on_stays_as_it_is(happened, code, entry, editor):
    happened(entry, editor)
    with pytest.raises(ValidationError) as error:
        correct_entry(annotation=entry, actor=editor, correction=RIGHT)
    assert [each.code for each in error.value.error_dict["__all__"]] == [code]
    entry.refresh_from_db()
    assert entry.comment == "Mher Bäume."
    assert not can_correct(editor, entry)


@pytest.mark.parametrize("role", ["citizen", "reviewer", "moderator", "senate"])
def test_only_whoever_may_enter_there_mends(role, entry):
    with pytest.raises(PermissionDenied):
        correct_entry(annotation=entry, actor=make_user(role), correction=RIGHT)


def test_what_people_wrote_themselves_is_never_touched_by_staff(root, editor):
    own = annotate(open_version(HTML))
    with pytest.raises(PermissionDenied):
        correct_entry(annotation=own, actor=editor, correction=RIGHT)


def test_two_people_at_one_entry_do_not_overwrite_each_other(entry, editor):
    correct_entry(annotation=entry, actor=editor, correction=RIGHT, seen="")
    with pytest.raises(ValidationError) as error:
        correct_entry(
            annotation=entry, actor=editor, correction=RIGHT._replace(body="Anders."), seen=""
        )
    [refused] = error.value.error_dict["__all__"]
    assert refused.code == "changed"
    assert "Mehr Bäume." in refused.messages[0]


def test_a_word_of_the_moderators_list_holds_mended_words_back(entry, editor):
    WatchedWord.objects.create(words="Bäume", effect="hold")
    mended = correct_entry(annotation=entry, actor=editor, correction=RIGHT)
    assert mended.state == "pending"
    assert ModerationEvent.objects.filter(annotation=entry, automated=True).exists()


# In the admin


def test_the_page_of_an_entry_leads_to_the_form_and_back(entry, editor):
    client = Client()
    client.force_login(editor)
    detail = links.annotation_url(entry.pk)
    assert "Tippfehler berichtigen" in client.get(detail).content.decode()

    url = links.correct_url(entry.pk)
    form = client.get(url).context["form"]
    sent = {**form.initial, "body": "Mehr Bäume.", "name": "Werkstatt im Wedding"}
    response = client.post(url, sent, follow=True)
    assert response.redirect_chain[-1][0] == detail
    assert "Der Beitrag ist berichtigt." in response.content.decode()
    assert "aus einer Werkstatt" in response.content.decode()
    entry.refresh_from_db()
    assert entry.comment == "Mehr Bäume."


def test_errors_stand_at_their_fields_and_the_words_stay(entry, editor):
    client = Client()
    client.force_login(editor)
    url = links.correct_url(entry.pk)
    sent = {**client.get(url).context["form"].initial, "name": "Senat", "body": "Neue Worte"}
    response = client.post(url, sent)
    assert "name" in response.context["form"].errors
    assert "Neue Worte" in response.content.decode()


def test_what_is_answered_leads_back_with_a_sentence(entry, editor):
    dispose(entry, actor=editor)
    client = Client()
    client.force_login(editor)
    response = client.get(links.correct_url(entry.pk), follow=True)
    assert "Diese Worte sind schon beantwortet" in response.content.decode()
    assert (
        "Tippfehler berichtigen" not in client.get(links.annotation_url(entry.pk)).content.decode()
    )
