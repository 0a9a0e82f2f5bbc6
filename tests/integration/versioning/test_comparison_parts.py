"""A page of a comparison loads what it shows, and shows what the whole comparison has."""

import random
from copy import deepcopy
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from lxml import html as lxml_html

from annotations.services.following import follow
from tests.factories import make_draft, make_user, publish
from tests.factories.annotations import annotate, dispose, next_version, open_version
from versioning import presentation
from versioning.comparisons import compare_versions
from versioning.core.compact import CompactRow
from versioning.excerpts import Excerpt, place_of_change
from versioning.models import Change, Passage, Version
from versioning.outlines import Outline, open_outline
from versioning.presentation.layout import Layout
from versioning.services.changes import explain_changes
from versioning.services.storing import store_comparisons_of


def text(numbers, word="hier", chapter=5):
    """Return html with a heading before every few paragraphs."""
    return "".join(
        (f"<h2>Kapitel {n // chapter}</h2>" if n % chapter == 0 else "")
        + f"<p>Der Absatz {n} über das Thema {n * 7} steht {word if n % 3 == 0 else 'hier'}.</p>"
        for n in numbers
    )


@pytest.fixture(scope="module")
def shared_versions(shared_root):
    """Return three versions with changes, moves, removed and new passages, and reasons."""
    first = open_version(text(range(30)))
    annotate(first, "Absatz", position=1)
    answered = annotate(first, "Thema", position=2)
    order = [*range(5), *range(12, 30), *range(5, 12), *range(40, 44)]
    second = next_version(first, text(order, "dort"))
    follow(version_id=second.pk)
    dispose(answered, outcome="adopted", actor=make_user("superuser"))
    annotate(second, "Absatz", position=7)
    third = next_version(second, text(order[3:], "da drüben"))
    follow(version_id=third.pk)
    changes = list(third.changes.all()[:3])
    explain_changes(changes=changes, reason="Sprache", actor=make_user("editor"))
    for version in (second, third):
        store_comparisons_of(version=version)
    return [first, second, third]


@pytest.fixture
def versions(shared_versions):
    return deepcopy(shared_versions)


def made_outline(rows):
    """Return an outline that no database knows."""
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    old, new = (Version(pk=n, page_id=1, number=n, published_at=moment) for n in (1, 2))
    return Outline(old, new, rows, 0, 0, [(0, 0)] if rows else [])


def kept(place, length=100):
    return CompactRow("kept", (place,), (place,), (("equal", length),))


def changed(place, length=100):
    runs = (("equal", length), ("delete", 5), ("insert", 5))
    return CompactRow("changed", (place,), (place,), runs)


# Parts and the whole


@pytest.mark.django_db
@pytest.mark.parametrize(("old", "new"), [(0, 1), (1, 2), (0, 2), (0, 0)])
def test_the_parts_of_a_comparison_are_those_of_the_whole(versions, old, new):
    whole = compare_versions(versions[old], versions[new])
    outline = open_outline(versions[old], versions[new])
    assert outline.numbers == whole.numbers
    places = list(range(len(whole.rows)))
    for begin in range(0, len(places), 7):
        part = Excerpt(outline, places[begin : begin + 7])
        for place, row in part.rows.items():
            one = whole.rows[place]
            assert (row.row, row.old, row.new, row.ordinal) == (
                one.row,
                one.old,
                one.new,
                one.ordinal,
            )
            assert [c.pk for c in row.changes] == [c.pk for c in one.changes]
            assert row.reasons == one.reasons
    shown = [row for row in whole.rows if row.reasons]
    assert shown or old == new


@pytest.mark.django_db
@pytest.mark.parametrize(("old", "new"), [(0, 1), (1, 2), (0, 2)])
def test_each_stored_change_is_found_on_its_row(versions, old, new):
    whole = compare_versions(versions[old], versions[new])
    outline = open_outline(versions[old], versions[new])
    places = {}
    for place, row in enumerate(whole.rows):
        for change in row.changes:
            places.setdefault(change.pk, []).append(place)
    assert places
    for change, found in places.items():
        assert place_of_change(outline, change) in found
    others = Change.objects.exclude(version__in=[v.pk for v in versions[old + 1 : new + 1]])
    assert {place_of_change(outline, change.pk) for change in others} <= {None}
    assert place_of_change(outline, 10**17) is None


@pytest.mark.django_db
def test_only_the_passages_of_the_page_are_read(versions, monkeypatch):
    monkeypatch.setattr(presentation.layout, "PAGE_SIZE", 4)
    outline = open_outline(versions[0], versions[1])
    page = Layout(outline).pages[0]
    with CaptureQueriesContext(connection) as captured:
        excerpt = Excerpt(outline, presentation.places_on(page))
    shown = {p.pk for row in excerpt.rows.values() for p in (*row.old, *row.new)}
    assert len(shown) < Passage.objects.filter(version__in=versions[:2]).count() / 2
    assert len(captured) <= 5


# Pages


@pytest.mark.parametrize("fold", [True, False])
@pytest.mark.parametrize("seed", range(6))
def test_every_row_stands_on_exactly_one_page(seed, fold, monkeypatch):
    monkeypatch.setattr(presentation.layout, "PAGE_SIZE", 12)
    chance = random.Random(seed)
    moved = CompactRow("moved", (0,), (0,), (("equal", 30),))
    rows = []
    for place in range(300):
        make = chance.choice([kept, kept, kept, changed])
        rows.append(make(place, chance.choice([20, 20, 3000])))
    for place in chance.sample(range(300), 20):
        rows[place] = moved._replace(old=(chance.randrange(300),), new=(place,))
    layout = Layout(made_outline(rows), fold=fold)
    entries = [entry for page in layout.pages for entry in page if entry.kind != "ghost"]
    assert [place for entry in entries for place in entry.places] == list(range(300))
    for number, page in enumerate(layout.pages, start=1):
        assert sum(entry.weight for entry in page) <= 12 or len(page) == 1
        for entry in page:
            places = entry.places if entry.kind != "ghost" else ()
            assert {layout.page_of(place) for place in places} <= {number}
    ghosts = [entry.first for page in layout.pages for entry in page if entry.kind == "ghost"]
    assert sorted(ghosts) == [i for i, row in enumerate(rows) if row.relation == "moved"]
    assert set(layout.ghosts) == set(ghosts)


def test_a_long_unchanged_stretch_is_one_line_with_a_link():
    layout = Layout(made_outline([changed(0), *map(kept, range(1, 5001)), changed(5001)]))
    ((first, fold, last),) = layout.pages
    assert (first.kind, fold.kind, last.kind) == ("row", "fold", "row")
    assert fold.is_linked
    assert presentation.places_on(layout.pages[0]) == {0, 1, 2, 5000, 5001}


def test_a_page_of_long_passages_has_fewer_of_them():
    layout = Layout(made_outline([changed(n, 100_000) for n in range(10)]))
    assert len(layout.pages) == 10


def test_without_rows_there_is_one_empty_page():
    layout = Layout(made_outline([]))
    assert layout.pages == [[]]
    assert layout.page_of(0) is None


@pytest.mark.parametrize(("only", "expected"), [("changed", [0, 3]), ("kept", [1, 2])])
def test_only_rows_of_one_kind_are_neither_folded_nor_joined_by_others(only, expected):
    layout = Layout(made_outline([changed(0), kept(1), kept(2), changed(3)]), only=only)
    assert [entry.first for entry in layout.pages[0]] == expected
    assert {entry.kind for entry in layout.pages[0]} == {"row"}


# What the page shows


def url(versions, old=0, new=1, query=""):
    numbers = [versions[old].number, versions[new].number]
    return reverse("versioning:comparison", args=[versions[0].page_id, *numbers]) + query


@pytest.mark.django_db
def test_a_chapter_shows_its_rows_alone_and_every_row_has_a_chapter(client, versions):
    outline = open_outline(versions[0], versions[1])
    context = client.get(url(versions)).context
    chapters = context["chapters"]
    assert [chapter.ordinal for chapter in chapters] == [n for n, _first in outline.chapters]
    assert [c.title for c in chapters][:2] == ["1 Kapitel 0", "2 Kapitel 3"]
    assert sum(chapter.count for chapter in chapters) == context["total"]
    shown = []
    for chapter in chapters:
        context = client.get(url(versions, query=f"?show=all&chapter={chapter.ordinal}")).context
        assert context["chapter"] == chapter.ordinal
        rows = [item.compared for item in context["items"] if hasattr(item, "is_row")]
        shown += [(row.row.old, row.row.new) for row in rows]
        assert len([row for row in rows if row.ordinal]) == chapter.count
    assert shown == [(row.old, row.new) for row in outline.rows]


@pytest.mark.django_db
def test_a_chapter_can_be_combined_with_a_kind_of_rows(client, versions):
    context = client.get(url(versions, query="?chapter=1&only=changed")).context
    rows = [item.compared for item in context["items"]]
    assert rows
    assert {row.category for row in rows} == {"changed"}
    assert {row.new[0].chapter for row in rows} == {1}
    assert context["query"] == "only=changed&chapter=1"


@pytest.mark.django_db
@pytest.mark.parametrize("chapter", ["99", "x", "-1", "²", "99999999999999999999", "%00", ""])
def test_a_chapter_that_does_not_exist_filters_nothing(client, versions, chapter):
    response = client.get(url(versions, query=f"?chapter={chapter}"))
    assert response.context["chapter"] is None
    assert response.status_code == 200


@pytest.mark.django_db
def test_ends_of_a_move_outside_of_the_chapter_are_linked_in_the_whole_comparison(client, versions):
    whole = client.get(url(versions, query="?view=side"))
    ids = set(lxml_html.fromstring(whole.content).xpath("//@id"))
    links = set()
    for chapter in whole.context["chapters"]:
        query = f"?view=side&chapter={chapter.ordinal}"
        tree = lxml_html.fromstring(client.get(url(versions, query=query)).content)
        here = set(tree.xpath("//@id"))
        for link in tree.xpath("//a[contains(@class, 'syn-tag--moved')]/@href"):
            page, _hash, target = link.partition("#")
            assert target in (ids if page else here)
            assert "chapter" not in page or target in here
            links.add(page)
    assert "?view=side&page=1" in links


@pytest.mark.django_db
def test_words_are_counted(client, versions):
    response = client.get(url(versions, 0, 1))
    whole = compare_versions(versions[0], versions[1])
    runs = [run for row in whole.rows for run in row.row.runs]
    for operation, counted in zip(("insert", "delete"), response.context["words"], strict=True):
        texts = [run.text for run in runs if run.operation == operation]
        words = [w for piece in texts for w in piece.replace(".", " ").split()]
        assert counted == len(words) > 0
    assert response.context["words"].inserted == whole.words_added


@pytest.mark.django_db
def test_the_link_of_a_long_stretch_leads_to_its_rows(client, root, monkeypatch):
    monkeypatch.setattr(presentation.layout, "FOLD_SIZE", 3)
    monkeypatch.setattr(presentation.layout, "PAGE_SIZE", 6)
    draft = make_draft(html=text(range(20)))
    one = publish(draft)
    two = publish(draft, html=text(range(20)).replace("Absatz 0 ", "Satz 0 "))
    fold = next(
        item
        for item in client.get(url([one, two], query="?view=side")).context["items"]
        if hasattr(item, "is_fold") and item.url
    )
    assert fold.rows == []
    assert fold.count == 22
    assert fold.span == ("1.2", "4.5")
    page, _hash, target = fold.url.partition("#")
    tree = lxml_html.fromstring(client.get(url([one, two]) + page).content)
    assert target in tree.xpath("//@id")
    link = lxml_html.fromstring(client.get(url([one, two], query="?view=side")).content)
    assert fold.url in link.xpath("//a/@href")


# Bad input


@pytest.mark.django_db
@pytest.mark.parametrize(("old", "new"), [(1, 9), (0, 1), (7, 8)])
def test_a_number_that_does_not_exist_is_refused_with_words(client, versions, old, new):
    response = client.get(reverse("versioning:comparison", args=[versions[0].page_id, old, new]))
    assert response.status_code == 404
    text = lxml_html.fromstring(response.content).xpath("//main")[0].text_content()
    assert {"Nummer", "number"} & set(text.replace(".", " ").split())


@pytest.mark.django_db
def test_a_version_against_itself_says_that_nothing_has_changed(client, versions):
    response = client.get(url(versions, 1, 1))
    assert response.context["total"] == 0
    assert response.context["words"] == (0, 0)
    tree = lxml_html.fromstring(response.content)
    assert tree.xpath("//main//*[contains(@class, 'syn-notice')]")
    assert not tree.xpath("//ins | //del")


@pytest.mark.django_db
def test_an_empty_version_is_compared(client, root):
    empty = publish(make_draft(html=""))
    full = publish(empty.page.specific, html=text(range(3)))
    gone = publish(empty.page.specific, html="")
    for old, new, total in ((0, 1, 4), (1, 2, 4), (0, 2, 0)):
        response = client.get(url([empty, full, gone], old, new))
        assert (response.status_code, response.context["total"]) == (200, total)


@pytest.mark.django_db
def test_eight_thousand_passages_page_through_by_small_pages_and_few_queries(client, root):
    draft = make_draft(html=text(range(8000), chapter=200))
    versions = [publish(draft), publish(draft, html=text(range(8000), "dort", chapter=200))]
    store_comparisons_of(version=versions[1])
    for query in ("?show=all", "?show=changes", "?only=changed", "?view=inline"):
        first = client.get(url(versions, query=query)).context["listed"]
        counts = set()
        for page in (1, 2, first.paginator.num_pages // 2, first.paginator.num_pages):
            with CaptureQueriesContext(connection) as captured:
                response = client.get(url(versions, query=f"{query}&page={page}"))
            assert len(response.content) < 500_000
            counts.add(len(captured))
        assert len(counts) == 1


@pytest.mark.django_db
def test_a_page_without_a_change_leads_to_the_changes_around_it(client, root):
    html = text(range(400), chapter=500)
    edges = html.replace("Der Absatz 0 ", "Ein Absatz 0 ").replace("Der Absatz 399 ", "Ein 399 ")
    versions = [publish(draft := make_draft(html=html)), publish(draft, html=edges)]
    response = client.get(url(versions, query="?show=all&page=2"))
    tree = lxml_html.fromstring(response.content)
    assert not tree.xpath("//*[@data-syn-change]")
    last = response.context["listed"].paginator.num_pages
    assert tree.xpath("//a[@data-syn-back]/@href") == ["?show=all&page=1#c-1"]
    assert tree.xpath("//a[@data-syn-forward]/@href") == [f"?show=all&page={last}#c-2"]


@pytest.mark.django_db
def test_a_row_is_explained_only_when_each_of_its_changes_is(client, root):
    draft = make_draft(html="<p>Der Bus fährt am Morgen und am Abend durch die ganze Stadt.</p>")
    new = "<p>Der Zug fährt am Morgen und am Abend durch die halbe Stadt.</p>"
    versions = [publish(draft), publish(draft, html=new)]
    client.force_login(editor := make_user("editor"))
    first, second = versions[1].changes.order_by("position")
    for change, is_missing in ((first, True), (second, False)):
        explain_changes(changes=[change], reason="Sprache", actor=editor)
        (row,) = compare_versions(*versions).changed
        assert row.is_explained is not is_missing
        tree = lxml_html.fromstring(client.get(url(versions, 0, 1)).content)
        assert len(tree.xpath("//*[contains(@class, 'syn-reason--missing')]")) == is_missing
