"""Reasons of changes: giving them, and which are missing."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from wagtail.models import PageLogEntry

from tests.factories import make_draft, make_user, publish
from versioning import doors
from versioning.doors import GateLine
from versioning.models import Change
from versioning.services.changes import MAX_REASON, explain_changes, unexplained_in
from versioning.services.gate import submit_version

pytestmark = pytest.mark.django_db


def _words(number, word):
    return "".join(f"<p>Absatz {i} sagt {word} und sonst nichts.</p>" for i in range(number))


@pytest.fixture
def strategy(root):
    draft = make_draft(html=_words(3, "eins"))
    publish(draft)
    return draft


def test_one_reason_explains_many_changes_and_is_logged_once(strategy):
    version = publish(strategy, html=_words(3, "zwei"))
    editor = make_user("editor")
    number = explain_changes(changes=list(version.changes.all()), reason="  Stil ", actor=editor)
    assert number == 3
    assert set(version.changes.values_list("reason", "reason_by")) == {("Stil", editor.pk)}
    data = PageLogEntry.objects.get(action="synopse.explain").data
    assert {name: data[name] for name in data if not name.startswith("record")} == {
        "version": 2,
        "changes": 3,
        "reason": "Stil",
    }
    assert not unexplained_in([version])


def test_explaining_six_hundred_changes_needs_few_queries(strategy, django_assert_max_num_queries):
    publish(strategy, html=_words(600, "eins"))
    version = publish(strategy, html=_words(600, "zwei"))
    changes = list(version.changes.all())
    assert len(changes) == 600
    editor = make_user("editor")
    with django_assert_max_num_queries(20):
        explain_changes(changes=changes, reason="Stil", actor=editor)
    assert not version.changes.filter(reason="").exists()


@pytest.mark.parametrize("reason", ["", "  \n", "x" * (MAX_REASON + 1)])
def test_an_empty_or_endless_reason_is_refused(strategy, reason):
    version = publish(strategy, html=_words(3, "zwei"))
    with pytest.raises(ValidationError) as refusal:
        explain_changes(
            changes=list(version.changes.all()), reason=reason, actor=make_user("editor")
        )
    assert "reason" in refusal.value.error_dict
    assert not Change.objects.exclude(reason="").exists()


def test_no_change_at_all_is_refused(strategy):
    with pytest.raises(ValidationError):
        explain_changes(changes=[], reason="Stil", actor=make_user("editor"))


@pytest.mark.parametrize("role", ["citizen", "moderator", "senate"])
def test_whoever_may_not_edit_the_page_explains_nothing(strategy, role):
    version = publish(strategy, html=_words(3, "zwei"))
    with pytest.raises(PermissionDenied):
        explain_changes(changes=list(version.changes.all()), reason="Stil", actor=make_user(role))
    assert not Change.objects.exclude(reason="").exists()


def test_the_reasons_of_a_version_that_was_handed_over_stay(strategy, monkeypatch):
    answered = [GateLine("annotations", "Gut", done=True)]
    monkeypatch.setattr(doors, "_gate_checks", [lambda version: answered])
    version = publish(strategy, html=_words(3, "zwei"))
    editor = make_user("editor")
    explain_changes(changes=list(version.changes.all()), reason="Stil", actor=editor)
    submit_version(version=version, actor=make_user("senate"))
    with pytest.raises(ValidationError):
        explain_changes(changes=list(version.changes.all()), reason="Anders", actor=editor)
    assert set(version.changes.values_list("reason", flat=True)) == {"Stil"}
