from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import Locale

from annotations.clock import follow_forgotten
from annotations.models import Annotation, Placement, PlacementRun
from annotations.services import placement as placing_service
from annotations.services.following import follow
from annotations.services.moderating import hide_annotation
from annotations.services.placement import place_annotations, settle_placement
from tests.factories import make_user, publish
from tests.factories.annotations import (
    annotate,
    answer,
    next_version,
    open_version,
    passage,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("root")]

FIRST = (
    "<p>Die Stadt gehört allen, die in ihr wohnen und arbeiten wollen.</p>"
    "<p>Busse fahren in jedem Bezirk mindestens einmal in der Stunde.</p>"
)
SECOND = (
    "<p>Ein neuer Absatz über die Ziele des Rahmens steht ganz vorn.</p>"
    "<p>Die Stadt gehört allen, die in ihr leben und arbeiten wollen.</p>"
    "<p>Busse fahren in jedem Bezirk mindestens einmal in der Stunde.</p>"
)


def place_of(annotation, version) -> Placement:
    return Placement.objects.get(annotation=annotation, version=version)


def quoted(placement) -> str:
    return placement.passage.text[placement.start : placement.end]


def test_unchanged_words_are_intact_at_their_new_place():
    version = open_version(FIRST)
    annotation = annotate(version, "in jedem Bezirk", position=1)
    new = next_version(version, SECOND)

    run = place_annotations(version=new)

    placement = place_of(annotation, new)
    assert (placement.state, quoted(placement)) == ("intact", "in jedem Bezirk")
    assert placement.passage == passage(new, 2)
    assert (run.total, run.done, placement.confidence) == (1, 1, 1.0)
    assert run.finished_at is not None


def test_other_words_are_changed_and_the_annotation_itself_stays():
    version = open_version(FIRST)
    annotation = annotate(version, "wohnen und arbeiten")
    new = next_version(version, SECOND)

    place_annotations(version=new)

    placement = place_of(annotation, new)
    assert placement.state == "changed"
    assert "arbeiten" in quoted(placement)
    assert placement.confidence < 1
    stored = Annotation.objects.get(pk=annotation.pk)
    assert (stored.version, stored.passage, stored.exact) == (
        version,
        passage(version),
        "wohnen und arbeiten",
    )


def test_words_that_are_gone_are_removed():
    version = open_version(FIRST)
    annotation = annotate(version, position=1)
    new = next_version(version, FIRST.split("<p>Busse", maxsplit=1)[0])

    place_annotations(version=new)

    placement = place_of(annotation, new)
    assert (placement.state, placement.passage, placement.start) == ("removed", None, None)


def test_what_is_removed_stays_so_on_the_version_after():
    version = open_version(FIRST)
    annotation = annotate(version, "gehört allen")
    second = next_version(version, "<p>Etwas ganz anderes, ohne jede Ähnlichkeit.</p>")
    third = next_version(second, "<p>Noch etwas ganz anderes, auch ohne Ähnlichkeit.</p>")

    place_annotations(version=third)

    assert place_of(annotation, second).state == "removed"
    assert place_of(annotation, third).state == "removed"


def test_words_changed_once_are_still_changed_on_the_version_after():
    version = open_version(FIRST)
    annotation = annotate(version, "wohnen und arbeiten")
    second = next_version(version, SECOND)
    third = next_version(second, SECOND.replace("Busse fahren", "Bahnen fahren"))

    place_annotations(version=third)

    assert place_of(annotation, third).state == "changed"
    assert quoted(place_of(annotation, third)) == quoted(place_of(annotation, second))


def test_words_that_come_back_are_intact_again():
    version = open_version(FIRST)
    annotation = annotate(version)
    second = next_version(version, SECOND)
    third = next_version(second, FIRST)

    place_annotations(version=third)

    assert place_of(annotation, second).state == "changed"
    assert place_of(annotation, third).state == "intact"
    assert place_of(annotation, third).passage == passage(third)


def test_hidden_ones_are_placed_unconfirmed_ones_and_replies_are_not():
    version = open_version(FIRST)
    hidden = annotate(version)
    hide_annotation(annotation=hidden, actor=make_user("moderator"), ground="x")
    annotate(version, name="Marlen", email="marlen@example.org")
    answer(annotate(version))
    new = next_version(version, SECOND)

    run = place_annotations(version=new)

    assert run.total == Placement.objects.count() == 2
    assert place_of(hidden, new)


def test_placing_twice_changes_nothing():
    version = open_version(FIRST)
    annotate(version, "Stadt")
    new = next_version(version, SECOND)
    place_annotations(version=new)
    before = list(Placement.objects.values())

    place_annotations(version=new)

    assert list(Placement.objects.values()) == before
    assert PlacementRun.objects.get(version=new).done == 1


def test_a_broken_run_goes_on_where_it_stopped(monkeypatch):
    version = open_version(FIRST)
    user = make_user()
    for _ in range(5):
        annotate(version, "Stadt", user=user)
    new = next_version(version, SECOND)
    monkeypatch.setattr(placing_service, "BATCH", 2)
    place = placing_service._Placer.place
    calls = []

    def break_off(self, keys):
        calls.append(keys)
        if len(calls) == 2:
            raise RuntimeError("killed")
        place(self, keys)

    monkeypatch.setattr(placing_service._Placer, "place", break_off)
    with pytest.raises(RuntimeError):
        place_annotations(version=new)
    run = PlacementRun.objects.get(version=new)
    assert (run.total, run.done, run.finished_at) == (5, 2, None)

    run = place_annotations(version=new)

    assert (run.done, Placement.objects.filter(version=new).count()) == (5, 5)
    assert run.finished_at is not None


def test_annotations_of_other_pages_are_left_alone():
    version, other = open_version(FIRST), open_version(FIRST)
    theirs = annotate(other)
    new = next_version(version, SECOND)

    place_annotations(version=new)

    assert not theirs.placements.exists()


def test_a_copy_of_the_page_gets_no_annotations():
    version = open_version(FIRST)
    annotate(version)
    copy = version.page.specific.copy(update_attrs={"slug": "kopie", "title": "Kopie"})

    follow(version_id=copy.newest_version.pk)

    assert not Annotation.objects.filter(version__page=copy).exists()
    assert not Placement.objects.filter(version__page=copy).exists()


def test_a_version_that_comes_out_is_followed(django_capture_on_commit_callbacks):
    version = open_version(FIRST)
    annotation = annotate(version)

    with django_capture_on_commit_callbacks(execute=True):
        new = next_version(version, SECOND)

    assert place_of(annotation, new).state == "changed"


def test_the_clock_follows_versions_that_nobody_followed():
    version = open_version(FIRST)
    annotation = annotate(version)
    second = next_version(version, SECOND)
    third = next_version(second, FIRST)

    assert follow_forgotten() == 1

    assert place_of(annotation, second).state == "changed"
    assert place_of(annotation, third).state == "intact"
    assert follow_forgotten() == 0


def test_the_number_of_queries_does_not_grow_with_the_annotations():
    counts = []
    user = make_user()
    for number in (2, 40):
        version = open_version(FIRST)
        for _ in range(number):
            annotate(version, "Stadt", user=user)
        new = next_version(version, SECOND)
        with CaptureQueriesContext(connection) as queries:
            place_annotations(version=new)
        counts.append(len(queries))

    assert counts[0] == counts[1]


OPENING = "Die Verwaltung stellt ihre Daten maschinenlesbar bereit."
SENTENCE = "Für jede Veröffentlichung ist eine Person zuständig."
CLOSING = "Näheres regelt eine Verwaltungsvorschrift des Senats."
FOREIGN = "Nachts fahren auf den Metrolinien Busse im Halbstundentakt."


@pytest.fixture
def ambiguous(root):
    """An annotation whose words stand at two equally good places of the next version."""
    version = open_version(f"<p>{OPENING} {SENTENCE}</p><p>{CLOSING}</p><p>{FOREIGN}</p>")
    annotation = annotate(version, SENTENCE)
    new = next_version(
        version, f"<p>{OPENING}</p><p>{CLOSING} {SENTENCE}</p><p>{FOREIGN} {SENTENCE}</p>"
    )
    place_annotations(version=new)
    return place_of(annotation, new)


def test_two_equally_good_places_wait_for_a_person(ambiguous):
    assert (ambiguous.state, ambiguous.passage) == ("manual", None)
    assert len(ambiguous.candidates) == 2
    for key, start, end in ambiguous.candidates:
        text = ambiguous.version.passages.get(pk=key).text
        assert text[start:end] == SENTENCE


def test_a_person_decides_and_later_versions_follow(ambiguous, django_capture_on_commit_callbacks):
    third = next_version(ambiguous.version, f"<p>{CLOSING} {SENTENCE}</p><p>{OPENING}</p>")
    place_annotations(version=third)
    key, start, end = ambiguous.candidates[0]
    editor = make_user("editor")

    with django_capture_on_commit_callbacks(execute=True):
        settled = settle_placement(
            placement=ambiguous,
            passage=ambiguous.version.passages.get(pk=key),
            start=start,
            end=end,
            actor=editor,
        )

    assert (settled.state, settled.placed_by, settled.passage_id) == ("manual", editor, key)
    later = place_of(ambiguous.annotation, third)
    assert (later.state, later.passage) == ("intact", passage(third))


def test_a_place_needs_a_passage_of_its_version_and_a_range_inside(ambiguous):
    editor = make_user("editor")
    here = passage(ambiguous.version)
    foreign = ambiguous.annotation.passage

    for where, start, end in [(foreign, None, None), (here, 0, 9_999), (here, 5, None)]:
        with pytest.raises(ValidationError):
            settle_placement(placement=ambiguous, passage=where, start=start, end=end, actor=editor)
    with pytest.raises(PermissionDenied):
        settle_placement(placement=ambiguous, passage=here, start=None, end=None, actor=make_user())


def test_a_person_may_say_that_the_words_are_gone(ambiguous):
    settled = settle_placement(
        placement=ambiguous, passage=None, start=None, end=None, actor=make_user("editor")
    )

    assert (settled.state, settled.passage) == ("removed", None)


def test_nothing_is_lost_when_the_page_is_moved_or_unpublished(site_root):
    version = open_version(FIRST)
    annotation = annotate(version)
    page = version.page
    page.unpublish()
    site_root.refresh_from_db()
    page.move(site_root, pos="last-child")

    page.refresh_from_db()
    new = next_version(version, SECOND, closes=timezone.now() + timedelta(days=1))
    follow(version_id=new.pk)

    assert place_of(annotation, new).state == "changed"
    assert Annotation.objects.get() == annotation


def test_a_translation_gets_no_annotations():
    version = open_version(FIRST)
    annotate(version)

    english = version.page.copy_for_translation(
        Locale.objects.get(language_code="en"), copy_parents=True
    )
    translated = publish(english)
    follow(version_id=translated.pk)

    assert not Annotation.objects.filter(version__page=english).exists()
    assert not Placement.objects.filter(version=translated).exists()
