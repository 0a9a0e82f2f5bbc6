"""Comparisons are computed once, kept without words, and computed again where they must be."""

import json
import re
from pathlib import Path

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.utils import timezone
from wagtail.models import Locale

from annotations.worker import IDEMPOTENT
from tests.factories import make_draft, make_process, make_user, publish
from versioning import outlines
from versioning.comparisons import compact_rows, compare_versions
from versioning.computing import parameters
from versioning.core import comparing
from versioning.models import Passage, StoredComparison, Version
from versioning.outlines import open_outline
from versioning.services import storing
from versioning.services.integrity import check_integrity
from versioning.services.storing import store_comparison, store_comparisons_of
from versioning.services.withholding import withhold_passage
from versioning.tasks import store_comparisons_of as task

pytestmark = pytest.mark.django_db

FIRST = (
    "<h2>Ziele</h2><p>Die Stadt gehört allen Menschen.</p><p>Busse fahren jede Stunde.</p>"
    "<h2>Wege</h2><p>Wer kein Telefon hat, geht zum Schalter.</p>"
)
SECOND = FIRST.replace("Menschen", "klugen Leuten").replace("jede Stunde", "jede halbe Stunde")
THIRD = SECOND.replace("<p>Wer kein Telefon hat, geht zum Schalter.</p>", "")


@pytest.fixture
def draft(root):
    return make_draft(title="Strategie", html=FIRST)


@pytest.fixture
def versions(draft):
    return [publish(draft), publish(draft, html=SECOND), publish(draft, html=THIRD)]


def never(*_args):
    raise AssertionError("computed although it is stored")


def test_publishing_stores_the_comparisons_with_all_earlier_versions(
    draft, django_capture_on_commit_callbacks
):
    for html in (FIRST, SECOND, THIRD):
        with django_capture_on_commit_callbacks(execute=True):
            publish(draft, html=html)
    pairs = StoredComparison.objects.values_list("old__number", "new__number")
    assert sorted(pairs) == [(1, 2), (1, 3), (2, 3)]


def test_the_task_is_taken_over_when_its_worker_is_gone():
    assert task.module_path in IDEMPOTENT


def test_what_is_stored_is_read_and_gives_the_same_rows(versions, monkeypatch):
    first, second, _third = versions
    computed = compare_versions(first, second)
    cache.clear()
    store_comparison(old=first, new=second)
    monkeypatch.setattr(outlines, "compute", never)
    found = compare_versions(first, second)
    assert [row.row for row in found.rows] == [row.row for row in computed.rows]
    assert (found.words_added, found.words_removed) == (3, 1)
    assert found.numbers == computed.numbers


def test_nothing_that_is_stored_is_a_word_of_the_texts(versions):
    store_comparisons_of(version=versions[-1])
    for stored in StoredComparison.objects.all():
        kept = json.dumps([stored.rows, stored.totals, stored.parameters])
        for word in ("Stadt", "Menschen", "Leuten", "Telefon", "Stunde", "Ziele"):
            assert word not in kept


def test_storing_twice_keeps_one_and_computes_once(versions, monkeypatch):
    first, second, _third = versions
    kept = store_comparison(old=first, new=second)
    monkeypatch.setattr(storing, "compute", never)
    again = store_comparison(old=first, new=second)
    assert (again.pk, again.computed_at) == (kept.pk, kept.computed_at)
    assert StoredComparison.objects.count() == 1


def test_only_the_newest_of_many_earlier_versions_are_stored(versions, monkeypatch):
    monkeypatch.setattr(storing, "STORED_AT_MOST", 1)
    assert store_comparisons_of(version=versions[2]) == 1
    assert StoredComparison.objects.get().old == versions[1]


def test_a_first_version_has_nothing_to_be_compared_with(versions):
    assert store_comparisons_of(version=versions[0]) == 0


def test_another_engine_makes_what_is_stored_outdated(versions, monkeypatch):
    first, second, _third = versions
    kept = store_comparison(old=first, new=second)
    for module in (outlines, storing):
        monkeypatch.setattr(module, "ENGINE_VERSION", "other")
    assert len(compact_rows(first, second)) == 5
    anew = store_comparison(old=first, new=second)
    assert anew.pk == kept.pk
    assert anew.engine_version == "other"


def test_other_limits_of_the_engine_make_what_is_stored_outdated(versions, monkeypatch):
    first, second, _third = versions
    kept = store_comparison(old=first, new=second)
    assert "comparing.MIN_COMMON" in kept.parameters
    monkeypatch.setattr(comparing, "MIN_COMMON", 0.99)
    anew = store_comparison(old=first, new=second)
    assert anew.computed_at > kept.computed_at
    assert anew.rows != kept.rows


def test_the_limits_of_every_module_of_the_engine_are_kept():
    waiting, seen = ["comparing"], set()
    while waiting:
        name = waiting.pop()
        seen.add(name)
        source = Path(comparing.__file__).with_name(f"{name}.py").read_text()
        for line in re.findall(r"^from versioning.core import (?:\(([^)]*)\)|(.*))$", source, re.M):
            found = re.findall(r"\w+", " ".join(line))
            waiting += [other for other in found if other not in seen]
        for other in re.findall(r"^from versioning.core.(\w+) import", source, re.M):
            waiting += [other] if other not in seen else []
    limited = {
        f"{name}.{limit}"
        for name in seen
        for limit in re.findall(
            r"^([A-Z][A-Z_]+) = -?[0-9]",
            Path(comparing.__file__).with_name(f"{name}.py").read_text(),
            re.M,
        )
    }
    assert len(seen) > 5
    freezing = {"markup.MAX_DEPTH", "markup.MAX_HREF"}  # what is frozen has passed them
    assert limited - set(parameters()) == freezing
    assert all(type(value) in {int, float} for value in parameters().values())


def test_reading_a_comparison_stores_nothing(versions):
    compare_versions(versions[0], versions[2])
    assert not StoredComparison.objects.exists()


def test_a_process_reads_what_is_stored_once_and_notices_that_it_changed(
    versions, django_assert_num_queries
):
    first, second, _third = versions
    store_comparison(old=first, new=second)
    with django_assert_num_queries(2):
        assert len(open_outline(first, second).rows) == 5
    again = Version.objects.get(pk=second.pk)
    with django_assert_num_queries(1):
        assert open_outline(first, again).new is again
    StoredComparison.objects.update(rows=[], computed_at=timezone.now())
    assert open_outline(first, second).rows == []
    StoredComparison.objects.all().delete()
    assert len(open_outline(first, second).rows) == 5


# Withholding


def test_withholding_deletes_what_is_stored_and_has_it_computed_again(
    versions, django_capture_on_commit_callbacks
):
    for version in versions:
        store_comparisons_of(version=version)
    before = {stored.digest for stored in StoredComparison.objects.all()}
    passage = Passage.objects.get(version=versions[0], text__contains="Menschen")
    with django_capture_on_commit_callbacks() as callbacks:
        withhold_passage(passage=passage, ground="Name", actor=make_user("superuser"))
    left = StoredComparison.objects.get()
    assert (left.old, left.new) == (versions[1], versions[2])
    for callback in callbacks:
        callback()
    assert StoredComparison.objects.count() == 3
    assert len(before & {stored.digest for stored in StoredComparison.objects.all()}) == 1
    lengths = [length for row in compact_rows(*versions[:2]) for _name, length in row.runs]
    assert len("Die Stadt gehört allen Menschen.") not in lengths
    assert check_integrity() == []


def test_a_result_from_before_a_withholding_is_not_used(versions, monkeypatch):
    first, second, _third = versions
    kept = store_comparison(old=first, new=second)
    rows, outdated = kept.rows, kept.digest
    passage = Passage.objects.get(version=first, text__contains="Menschen")
    withhold_passage(passage=passage, ground="Name", actor=make_user("superuser"))
    store_comparison(old=first, new=second)
    StoredComparison.objects.update(rows=rows, digest=outdated)
    assert "Menschen" not in str(compare_versions(first, second).rows)


def test_words_withheld_while_a_comparison_is_computed_are_not_in_it(versions, monkeypatch):
    first, second, _third = versions
    passage = Passage.objects.get(version=first, text__contains="Menschen")
    boss, computed = make_user("superuser"), []

    def slow(old, new):
        result = compute(old, new)
        if not computed:
            withhold_passage(passage=passage, ground="Name", actor=boss)
        computed.append(result)
        return result

    compute = storing.compute
    monkeypatch.setattr(storing, "compute", slow)
    kept = store_comparison(old=first, new=second)
    assert len(computed) == 2
    monkeypatch.setattr(outlines, "compute", never)
    cache.clear()
    assert len(compact_rows(first, second)) == len(kept.rows)


# Integrity


def test_rows_that_do_not_fit_their_passages_are_named(versions):
    kept = store_comparison(old=versions[0], new=versions[1])
    assert check_integrity() == []
    kept.refresh_from_db()
    rows = kept.rows
    rows[1][3] = [["equal", 4]]
    StoredComparison.objects.update(rows=rows)
    (sentence,) = check_integrity()
    assert "2" in sentence


def test_a_passage_that_stands_in_no_row_is_named(versions):
    kept = store_comparison(old=versions[0], new=versions[1])
    StoredComparison.objects.update(rows=kept.rows[:-1])
    assert len(check_integrity()) == 1


def test_outdated_rows_are_nothing_wrong(versions):
    store_comparison(old=versions[0], new=versions[1])
    StoredComparison.objects.update(rows=[], engine_version="0")
    assert check_integrity() == []


# What belongs together


def test_versions_of_two_texts_are_refused_with_words(versions, root):
    other = publish(make_draft(html=FIRST))
    for act in (compare_versions, compact_rows, open_outline):
        with pytest.raises(ValidationError, match=r"(?i)texts|texte"):
            act(versions[0], other)
    with pytest.raises(ValidationError):
        store_comparison(old=other, new=versions[1])


def test_versions_in_two_languages_are_refused_with_words(versions):
    english = Locale.objects.get(language_code="en")
    process = make_process()
    process.locale = english
    other = publish(make_draft(html="<p>The city belongs to all.</p>", process=process))
    with pytest.raises(ValidationError, match=r"(?i)language|sprache"):
        compare_versions(versions[0], other)


def test_backwards_nothing_is_stored(versions):
    for old, new in ((versions[1], versions[0]), (versions[0], versions[0])):
        with pytest.raises(ValidationError):
            store_comparison(old=old, new=new)


def test_a_version_against_itself_has_no_changes(versions):
    outline = open_outline(versions[0], versions[0])
    assert outline.total == outline.words_added == outline.words_removed == 0
    assert {row.relation for row in outline.rows} == {"kept"}
    assert len(compare_versions(versions[0], versions[0]).rows) == 5


def test_versions_without_a_passage_are_compared(draft):
    empty = publish(make_draft(html=""))
    assert empty.passages.count() == 0
    full = publish(empty.page.specific, html=FIRST)
    assert compare_versions(empty, full).numbers == {"added": 5}
    assert compare_versions(empty, full).words_added == 18
    gone = publish(empty.page.specific, html="")
    assert compare_versions(full, gone).numbers == {"removed": 5}
    assert compare_versions(empty, gone).rows == []
    assert Version.objects.filter(page=empty.page).count() == 3
    assert store_comparisons_of(version=gone) == 2


def test_the_outline_knows_the_chapter_of_each_row(versions):
    outline = open_outline(versions[1], versions[2])
    assert outline.chapters == [(1, 0), (2, 3)]
    assert outline.chapter_of == [1, 1, 1, 2, 2]
    assert outline.rows[-1].relation == "removed"
