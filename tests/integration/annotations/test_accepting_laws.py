"""No sequence of accept, edit, publish and take back loses an annotation or a suggestion."""

from __future__ import annotations

import json

import pytest
from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotations.models import Annotation, AppliedSuggestion, Motivation
from annotations.services.accepting import accept_suggestion, take_back
from annotations.services.following import follow
from annotations.services.integrity import integrity_problems
from annotations.suggestions import plans_for
from cms_pages.models import StrategyDraftPage
from tests.factories import make_user
from tests.factories.annotations import annotate, open_version
from versioning.extraction import passages_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("root")]

TEXT = "<p>Die Busse fahren jede Stunde in den Ort.</p><p>Radwege werden gebaut.</p>"
SUGGESTIONS = [
    (0, "jede Stunde", "alle zehn Minuten"),
    (0, "fahren jede", "kommen fast jede"),
    (0, "", "Die Busse fahren jede Stunde in den Ort und zurück."),
    (1, "Radwege", "Breite Radwege"),
]
EDITS = [
    ("jede Stunde", "jede halbe Stunde"),
    ("alle zehn Minuten", "jede Stunde"),
    ("in den Ort", "ins Dorf"),
    ("<p>Radwege", "<p>Neu.</p><p>Viele Radwege"),
    ("<p>Die Busse", "<p>Niemand fährt. Die Busse"),
]
STEPS = st.one_of(
    st.tuples(st.just("accept"), st.integers(0, len(SUGGESTIONS) - 1)),
    st.tuples(st.just("take back"), st.integers(0, len(SUGGESTIONS) - 1)),
    st.tuples(st.just("edit"), st.integers(0, len(EDITS) - 1)),
    st.tuples(st.just("publish"), st.just(0)),
)


def page_of(version):
    return StrategyDraftPage.objects.get(pk=version.page_id)


def edit(version, old, new):
    page = page_of(version).get_latest_revision_as_object()
    raw = json.loads(json.dumps(list(page.body.raw_data)))
    raw[0]["value"] = raw[0]["value"].replace(old, new)
    page.body = page._meta.get_field("body").stream_block.to_python(raw)
    page.save_revision()


def publish(version):
    page_of(version).get_latest_revision().publish()
    follow(version_id=page_of(version).newest_version.pk)


def texts(version):
    return [one.text for one in passages_of(page_of(version).get_latest_revision_as_object())]


def do(version, suggestions, editor, step, number):
    if step == "edit":
        edit(version, *EDITS[number])
    elif step == "publish":
        publish(version)
    else:
        act = accept_suggestion if step == "accept" else take_back
        act(annotation=suggestions[number], actor=editor)


def check(version, suggestions, before, step):
    """State what must hold after every step."""
    rows = Annotation.objects.filter(motivation=Motivation.EDITING, version__page=version.page_id)
    kept = {row.pk: (row.proposed, row.start, row.end, row.passage_id) for row in rows}
    assert kept == before
    active = AppliedSuggestion.objects.filter(annotation__in=rows, taken_back_at=None)
    for applied in active:
        assert applied.annotation.disposition_id is not None
        if step[0] == "accept" and applied.annotation_id == suggestions[step[1]].pk:
            assert applied.after in texts(version)
    waiting = set(
        Annotation.objects.undisposed().filter(pk__in=before).values_list("pk", flat=True)
    )
    answered = {one.annotation_id for one in active if not one.disposition.missing}
    assert waiting == set(before) - answered


@settings(
    max_examples=8,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(STEPS, min_size=3, max_size=6))
def test_law_no_sequence_loses_an_annotation_or_a_suggestion(root, steps):
    version, editor = open_version(TEXT), make_user("editor")
    suggestions = [
        annotate(version, words, position=at, proposed=proposed)
        for at, words, proposed in SUGGESTIONS
    ]
    before = {row.pk: (row.proposed, row.start, row.end, row.passage_id) for row in suggestions}
    for step in steps:
        draft = texts(version)
        done = AppliedSuggestion.objects.count()
        taken = step
        try:
            do(version, suggestions, editor, *step)
        except ValidationError:
            assert step[0] in {"accept", "take back"}
            assert texts(version) == draft, "what is refused changes nothing"
            assert AppliedSuggestion.objects.count() == done
            taken = ("refused", 0)  # another suggestion may have changed the words since
        check(version, suggestions, before, taken)
    assert list(integrity_problems()) == []
    for suggestion in suggestions:
        suggestion.refresh_from_db()
        assert plans_for(page_of(version), suggestion)[0].annotation == suggestion
