"""Suggested edits go into the newest draft, or an editor is told why not."""

from __future__ import annotations

import json

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from wagtail.models import GroupApprovalTask, PageLogEntry, Workflow, WorkflowTask

from annotations.models import Annotation, AppliedSuggestion, Disposition
from annotations.services.accepting import accept_suggestion, take_back
from annotations.services.disposing import change_disposition
from annotations.services.following import follow
from annotations.services.moderating import hide_annotation
from annotations.suggestions import PlanState, plans_for
from cms_pages.models import StrategyDraftPage
from tests.factories import make_user
from tests.factories.annotations import annotate, dispose, open_version
from versioning.extraction import passages_of
from versioning.services.withholding import withhold_passage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("root")]

TEXT = (
    '<p data-block-key="a1">Die <b>Busse</b> fahren jede Stunde in den Ort.</p>'
    "<ul><li>Radwege werden gebaut.</li></ul>"
)
WORDS, NEW = "jede Stunde", "alle zehn Minuten"


def suggest(version, words=WORDS, proposed=NEW, **values):
    return annotate(version, words, proposed=proposed, motivation="editing", **values)


def stored(version):
    return StrategyDraftPage.objects.get(pk=version.page_id)


def draft_texts(version):
    page = stored(version).get_latest_revision_as_object()
    return [passage.text for passage in passages_of(page)]


def edit(version, old, new, *, user=None):
    """Change words of the newest draft, as an editor does."""
    page = stored(version).get_latest_revision_as_object()
    raw = json.loads(json.dumps(list(page.body.raw_data)))
    for block in raw:
        assert old in block["value"]
        block["value"] = block["value"].replace(old, new)
    page.body = page._meta.get_field("body").stream_block.to_python(raw)
    return page.save_revision(user=user, log_action=True)


def publish_draft(version):
    stored(version).get_latest_revision().publish()
    new = stored(version).newest_version
    assert new.number > version.number
    follow(version_id=new.pk)
    return new


def plan_of(version, annotation):
    annotation = Annotation.objects.get(pk=annotation.pk)
    return plans_for(stored(version), annotation)[0]


def is_open(annotation):
    return Annotation.objects.undisposed().filter(pk=annotation.pk).exists()


CASES = [
    # what happened to the draft, state, what the passage says afterwards
    ("nothing", None, PlanState.CLEAN, "Die Busse fahren alle zehn Minuten in den Ort."),
    ("edited elsewhere", ("in den Ort", "ins Dorf"), PlanState.MERGED,
     "Die Busse fahren alle zehn Minuten ins Dorf."),
    ("a passage before it", ("<p data", "<p>Neu davor.</p><p data"), PlanState.CLEAN,
     "Die Busse fahren alle zehn Minuten in den Ort."),
    ("words changed", ("jede Stunde", "jede halbe Stunde"), PlanState.CONFLICT, None),
    ("words deleted", (" jede Stunde", ""), PlanState.CONFLICT, None),
    ("passage deleted", (TEXT.partition("<ul>")[0], ""), PlanState.GONE, None),
    ("done by hand", (WORDS, NEW), PlanState.THERE,
     "Die Busse fahren alle zehn Minuten in den Ort."),
]  # fmt: skip


@pytest.mark.parametrize(("change", "state", "result"), [case[1:] for case in CASES],
                         ids=[case[0] for case in CASES])  # fmt: skip
def test_what_accepting_does_to_a_draft_that_has_gone_on(change, state, result):
    version, editor = open_version(TEXT), make_user("editor")
    suggestion = suggest(version)
    if change:
        edit(version, *change)
    before = draft_texts(version)

    assert plan_of(version, suggestion).state == state
    if result is None:
        with pytest.raises(ValidationError) as error:
            accept_suggestion(annotation=suggestion, actor=editor)
        assert error.value.code == state
        assert draft_texts(version) == before
        assert is_open(suggestion)
        return
    applied = accept_suggestion(annotation=suggestion, actor=editor)

    assert result in draft_texts(version)
    assert [one for one in draft_texts(version) if one != result] == [
        one for one in before if "Busse" not in one
    ]
    assert applied.disposition.outcome == "adopted"
    assert plan_of(version, suggestion).state == PlanState.THERE


def test_accepting_is_a_revision_of_the_editor_that_keeps_marks_and_is_in_the_history():
    version, editor = open_version(TEXT), make_user("editor")

    applied = accept_suggestion(annotation=suggest(version), actor=editor)

    page = stored(version)
    assert page.latest_revision_id == applied.revision_id
    assert page.latest_revision.user == editor
    assert page.has_unpublished_changes
    assert "<b>Busse</b> fahren alle zehn Minuten" in page.latest_revision.content["body"]
    assert "jede Stunde" in str(page.body), "the public reads the version, not the draft"
    actions = PageLogEntry.objects.filter(page=page, revision=applied.revision)
    assert set(actions.values_list("action", flat=True)) == {"wagtail.edit", "annotations.accept"}


def test_label_and_window_of_the_version_before_are_not_carried_into_the_next():
    version = open_version(TEXT, label="Entwurf zur Beteiligung")

    accept_suggestion(annotation=suggest(version), actor=make_user("editor"))

    draft = stored(version).get_latest_revision_as_object()
    assert (draft.version_label, draft.version_closes) == ("", None)
    assert publish_draft(version).label == ""


def test_the_answer_is_intended_until_the_version_with_the_words_is_out():
    version = open_version(TEXT)
    suggestion = suggest(version)
    applied = accept_suggestion(annotation=suggestion, actor=make_user("editor"))
    assert not applied.disposition.changes.exists()
    assert applied.disposition.public_at is None

    new = publish_draft(version)

    answer = Disposition.objects.get(pk=applied.disposition_id)
    assert answer.public_at is not None
    assert [change.version for change in answer.changes.all()] == [new]
    assert not answer.missing


@pytest.mark.parametrize("words", ["jede Stunde", "alle 10 Minuten"])
def test_an_accepted_suggestion_whose_words_are_missing_in_the_version_is_open_again(words):
    version = open_version(TEXT)
    suggestion = suggest(version)
    accept_suggestion(annotation=suggestion, actor=make_user("editor"))
    edit(version, NEW, words)
    edit(version, "Radwege", "Viele Radwege")

    publish_draft(version)

    suggestion.refresh_from_db()
    assert suggestion.disposition.missing
    assert suggestion.disposition.public_at is None
    assert is_open(suggestion)
    again = accept_suggestion(
        annotation=suggestion,
        actor=make_user("editor"),
        wording="Die Busse fahren alle zehn Minuten in den Ort.",
        reason="Nun doch.",
    )
    publish_draft(version)
    assert again.disposition.changes.exists()
    assert not is_open(suggestion)


def test_a_suggestion_on_an_older_version_waits_for_the_next_one():
    version, editor = open_version(TEXT), make_user("editor")
    suggestion = suggest(version)
    edit(version, "in den Ort", "ins Dorf")
    publish_draft(version)

    applied = accept_suggestion(annotation=suggestion, actor=editor)

    assert draft_texts(version)[0] == "Die Busse fahren alle zehn Minuten ins Dorf."
    assert not applied.disposition.changes.exists(), "the change of version 2 was not this one"
    newest = publish_draft(version)
    assert [one.version for one in applied.disposition.changes.all()] == [newest]


def test_another_wording_needs_a_reason_and_is_partly_adopted():
    version, editor = open_version(TEXT), make_user("editor")
    suggestion = suggest(version)
    wording = "Die Busse fahren jede halbe Stunde in den Ort."
    with pytest.raises(ValidationError) as error:
        accept_suggestion(annotation=suggestion, actor=editor, wording=wording)
    assert "reason" in error.value.error_dict

    applied = accept_suggestion(
        annotation=suggestion, actor=editor, wording=wording, outcome="partly_adopted",
        reason="Mehr Busse gibt es nicht.",
    )  # fmt: skip

    assert draft_texts(version)[0] == wording
    assert applied.with_changes
    assert applied.disposition.outcome == "partly_adopted"


def test_a_conflict_is_settled_with_a_wording():
    version, editor = open_version(TEXT), make_user("editor")
    suggestion = suggest(version)
    edit(version, WORDS, "jede halbe Stunde")
    plan = plan_of(version, suggestion)
    assert (plan.text, plan.result) == (
        "Die Busse fahren jede halbe Stunde in den Ort.",
        "Die Busse fahren alle zehn Minuten in den Ort.",
    )

    accept_suggestion(annotation=suggestion, actor=editor, wording=plan.result)

    assert draft_texts(version)[0] == plan.result


def test_several_suggestions_of_one_passage_are_accepted_one_after_another():
    version, editor = open_version(TEXT), make_user("editor")
    one = suggest(version)
    two = suggest(version, "in den Ort", "in jeden Ort")
    rival = suggest(version, "fahren jede Stunde", "fahren nachts")
    plans = plans_for(stored(version), one)
    assert [plan.annotation for plan in plans] == [one, two, rival]
    assert [plans[0].overlaps(plan) for plan in plans[1:]] == [False, True]

    accept_suggestion(annotation=one, actor=editor)
    accept_suggestion(annotation=two, actor=editor)

    assert draft_texts(version)[0] == "Die Busse fahren alle zehn Minuten in jeden Ort."
    assert plan_of(version, rival).state == PlanState.CONFLICT
    assert [plan.state for plan in plans_for(stored(version), rival)[1:]] == [PlanState.THERE] * 2


def test_taking_back_returns_the_words_and_opens_the_annotation():
    version, editor = open_version(TEXT), make_user("editor")
    one, two = suggest(version), suggest(version, "in den Ort", "in jeden Ort")
    first = accept_suggestion(annotation=one, actor=editor)
    accept_suggestion(annotation=two, actor=editor)

    done = take_back(annotation=one, actor=editor)

    assert draft_texts(version)[0] == "Die Busse fahren jede Stunde in jeden Ort."
    assert done.revision.user == editor
    assert is_open(one)
    assert not is_open(two)
    assert first.disposition.events.count() == 1, "the history stays"
    accept_suggestion(annotation=one, actor=editor)
    assert AppliedSuggestion.objects.filter(annotation=one).count() == 2


def test_taking_back_words_that_somebody_changed_leaves_the_draft_and_says_so():
    version, editor = open_version(TEXT), make_user("editor")
    suggestion = suggest(version)
    accept_suggestion(annotation=suggestion, actor=editor)
    edit(version, NEW, "dauernd")

    done = take_back(annotation=suggestion, actor=editor)

    assert done.revision is None
    assert not done.applied.words_returned
    assert draft_texts(version)[0] == "Die Busse fahren dauernd in den Ort."
    assert is_open(suggestion)


def test_what_is_public_is_not_taken_back():
    version, editor = open_version(TEXT), make_user("editor")
    suggestion = suggest(version)
    accept_suggestion(annotation=suggestion, actor=editor)
    publish_draft(version)

    with pytest.raises(ValidationError) as error:
        take_back(annotation=suggestion, actor=editor)
    assert error.value.code == "public"


def test_an_answer_that_says_the_same_stays_and_is_kept_when_the_words_are_taken_back():
    version, editor = open_version(TEXT), make_user("editor")
    suggestion, other = suggest(version), annotate(version)
    answer = dispose(suggestion, other, outcome="adopted", reason="Gern.")

    applied = accept_suggestion(annotation=suggestion, actor=editor)
    assert applied.disposition == answer
    take_back(annotation=suggestion, actor=editor)

    suggestion.refresh_from_db()
    assert suggestion.disposition == answer
    assert draft_texts(version)[0] == "Die Busse fahren jede Stunde in den Ort."


def test_an_answer_of_one_annotation_changes_and_one_of_a_group_does_not():
    version, editor = open_version(TEXT), make_user("editor")
    alone, grouped, other = suggest(version), suggest(version), annotate(version)
    answer = dispose(alone, outcome="not_adopted", reason="Zu teuer.")
    dispose(grouped, other, outcome="not_adopted", reason="Zu teuer.")

    assert accept_suggestion(annotation=alone, actor=editor).disposition == answer
    answer.refresh_from_db()
    assert answer.outcome == "adopted"
    with pytest.raises(ValidationError) as error:
        accept_suggestion(annotation=grouped, actor=editor)
    assert error.value.code == "group"


@pytest.mark.parametrize("role", ["citizen", "moderator", "reviewer", "senate"])
def test_only_editors_accept_and_take_back(role):
    version = open_version(TEXT)
    suggestion = suggest(version)
    with pytest.raises(PermissionDenied):
        accept_suggestion(annotation=suggestion, actor=make_user(role))
    accept_suggestion(annotation=suggestion, actor=make_user("editor"))
    with pytest.raises(PermissionDenied):
        take_back(annotation=suggestion, actor=make_user(role))


def test_a_locked_page_refuses_both():
    version, editor = open_version(TEXT), make_user("editor")
    suggestion, other = suggest(version), suggest(version, "in den Ort", "ins Dorf")
    accept_suggestion(annotation=other, actor=editor)
    page = stored(version)
    page.locked, page.locked_by = True, make_user("superuser")
    page.save(update_fields=["locked", "locked_by"])

    for act in (
        lambda: accept_suggestion(annotation=suggestion, actor=editor),
        lambda: take_back(annotation=other, actor=editor),
    ):
        with pytest.raises(ValidationError) as error:
            act()
        assert error.value.code == "locked"


def test_a_page_in_the_hands_of_a_workflow_is_left_to_those_who_may_edit_it():
    version, editor = open_version(TEXT), make_user("editor")
    suggestion = suggest(version)
    task = GroupApprovalTask.objects.create(name="Prüfung")
    task.groups.add(make_user("reviewer").groups.get())
    workflow = Workflow.objects.create(name="Freigabe")
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    workflow.start(stored(version), editor)

    with pytest.raises(ValidationError) as error:
        accept_suggestion(annotation=suggestion, actor=editor)

    assert error.value.code == "locked"
    assert is_open(suggestion)


def test_what_was_shown_must_still_be_so():
    version, editor = open_version(TEXT), make_user("editor")
    suggestion = suggest(version)
    seen = plan_of(version, suggestion).seen
    edit(version, "in den Ort", "ins Dorf")

    with pytest.raises(ValidationError) as error:
        accept_suggestion(annotation=suggestion, actor=editor, seen=seen)
    assert error.value.code == "stale"
    assert accept_suggestion(
        annotation=suggestion, actor=editor, seen=plan_of(version, suggestion).seen
    )


def test_nothing_is_accepted_twice_nor_what_is_no_suggestion_nor_hidden_as_spam():
    version, editor = open_version(TEXT), make_user("editor")
    suggestion, spam = suggest(version), suggest(version)
    accept_suggestion(annotation=suggestion, actor=editor)
    hide_annotation(
        annotation=spam, actor=make_user("moderator"), state="spam", basis="house_rules",
        ground="Werbung.", base_url="http://testserver",
    )  # fmt: skip

    for annotation, code in ((suggestion, "applied"), (annotate(version), "kind"), (spam, "state")):
        with pytest.raises(ValidationError) as error:
            accept_suggestion(annotation=annotation, actor=editor)
        assert error.value.code == code
    assert AppliedSuggestion.objects.count() == 1


def test_a_refused_answer_leaves_the_draft_as_it_was():
    version, editor = open_version(TEXT), make_user("editor")
    suggestion = suggest(version)
    before = stored(version).latest_revision_id

    with pytest.raises(ValidationError):
        accept_suggestion(annotation=suggestion, actor=editor, outcome="partly_adopted", reason=" ")

    assert stored(version).latest_revision_id == before


BLOCKS = [
    {"type": "chapter", "value": "Verkehr <in> der Stadt", "id": "c"},
    {"type": "quote", "value": {"quote": "Mehr Busse!", "source": "Rat & Tat"}, "id": "q"},
    {"type": "measure", "id": "m", "value": {
        "title": "Radwege", "goal": "Mehr Radwege bauen", "responsible": "Senat",
    }},
    {"type": "table", "id": "t", "value": {
        "columns": [{"type": "text", "heading": "Linie"}, {"type": "text", "heading": "Takt"}],
        "rows": [{"values": ["1", "jede Stunde"]}, {"values": ["2", "jede Stunde"]}],
        "caption": "Busse",
    }},
    {"type": "text", "value": "<p>Gleich.</p><p>Gleich.</p>", "id": "x"},
]  # fmt: skip


@pytest.mark.parametrize(
    ("position", "words", "proposed", "after"),
    [
        (0, "Stadt", "Region & Stadt", "Verkehr <in> der Region & Stadt"),
        (1, "Mehr", "Viel mehr", "Viel mehr Busse!"),
        (2, "Tat", "Kreis", "Rat & Kreis"),
        (4, "Mehr Radwege", "Breite Radwege", "Breite Radwege bauen"),
        (6, "Busse", "Bahnen", "Bahnen"),
        (9, "jede Stunde", "alle zehn Minuten", "2 alle zehn Minuten"),
        (11, "Gleich", "Anders", "Anders."),
    ],
)
def test_suggestions_go_into_every_kind_of_block(position, words, proposed, after):
    version, editor = open_version("<p>Noch leer.</p>"), make_user("editor")
    page = stored(version).get_latest_revision_as_object()
    page.body = page._meta.get_field("body").stream_block.to_python(BLOCKS)
    page.save_revision()
    version = publish_draft(version)
    before = draft_texts(version)

    accept_suggestion(annotation=suggest(version, words, proposed, position=position), actor=editor)

    assert draft_texts(version) == [
        after if at == position else text for at, text in enumerate(before)
    ]


def test_words_over_two_cells_are_left_to_the_page_editor():
    version = open_version("<table><tr><td>Takt</td><td>jede Stunde</td></tr></table><p>x</p>")
    suggestion = suggest(version, "", "Immer")

    assert plan_of(version, suggestion).state == PlanState.BY_HAND
    with pytest.raises(ValidationError) as error:
        accept_suggestion(annotation=suggestion, actor=make_user("editor"))
    assert error.value.code == "by_hand"


def test_withheld_words_leave_the_record_and_nothing_is_offered_any_more(
    django_capture_on_commit_callbacks,
):
    version = open_version(TEXT)
    suggestion = suggest(version)
    accept_suggestion(annotation=suggestion, actor=make_user("editor"))

    with django_capture_on_commit_callbacks(execute=True):
        withhold_passage(passage=suggestion.passage, ground="Urteil", actor=make_user("superuser"))

    applied = AppliedSuggestion.objects.get()
    assert (applied.before, applied.after) == ("", "")
    assert plan_of(version, suggestion).state == PlanState.GONE


def test_plans_take_a_constant_number_of_queries(django_assert_max_num_queries):
    version = open_version(TEXT)
    suggestion = suggest(version)
    for _ in range(5):
        suggest(version, proposed=f"alle {_} Minuten")
    page = stored(version)
    suggestion = Annotation.objects.select_related("passage", "version").get(pk=suggestion.pk)

    with django_assert_max_num_queries(14):
        assert len(plans_for(page, suggestion)) == 6


def test_a_changed_mind_about_the_answer_keeps_the_words_in_the_draft():
    version, editor = open_version(TEXT), make_user("editor")
    applied = accept_suggestion(annotation=suggest(version), actor=editor)

    change_disposition(
        disposition=applied.disposition, outcome="partly_adopted", reason="Zum Teil.", actor=editor
    )

    assert draft_texts(version)[0] == "Die Busse fahren alle zehn Minuten in den Ort."
