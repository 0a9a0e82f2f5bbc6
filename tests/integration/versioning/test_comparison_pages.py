"""The public page that compares two versions."""

import re

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from lxml import html as lxml_html

from tests.factories import make_draft, make_user, publish
from versioning import doors, presentation
from versioning.comparisons import change_url, compare_versions
from versioning.doors import ChangeReason
from versioning.models import Passage, Version
from versioning.services.changes import explain_changes
from versioning.services.withholding import withhold_passage

OLD = (
    "<h2>Ziele</h2><p>Die Stadt gehört allen Menschen, die hier leben.</p>"
    "<p>Dieser Absatz bleibt, wie er ist.</p><p>Auch der dritte Absatz bleibt.</p>"
)
NEW = OLD.replace("Menschen", "Leuten")


@pytest.fixture(autouse=True)
def _clean(monkeypatch):
    cache.clear()
    monkeypatch.setattr(doors, "_reason_sources", [])


@pytest.fixture
def strategy(root):
    draft = make_draft(title="Strategie", html=OLD)
    publish(draft, label="Entwurf")
    publish(draft, html=NEW)
    draft.refresh_from_db()
    return draft


def _comparison(page, old=1, new=2, query=""):
    return reverse("versioning:comparison", args=[page.pk, old, new]) + query


def _tree(client, url, **headers):
    response = client.get(url, headers=headers)
    assert response.status_code == 200
    return lxml_html.fromstring(response.content.decode())


def _visible(element):
    """Return the text of an element without words for screen readers."""
    for hidden in element.xpath(".//*[contains(@class, 'syn-hidden')]"):
        hidden.drop_tree()
    return element.text_content()


def _cells(tree, side):
    cells = tree.xpath(f"//*[contains(@class, 'syn-row__side--{side}')]")
    return [_visible(cell.xpath(".//*[contains(@class, 'syn-row__text')]")[0]) for cell in cells]


# What is shown


@pytest.mark.django_db
def test_changed_words_are_marked_in_both_columns_and_named_for_screen_readers(client, strategy):
    tree = _tree(client, _comparison(strategy))
    assert [e.text_content() for e in tree.xpath("//del")] == ["Menschen"]
    assert [e.text_content() for e in tree.xpath("//ins")] == ["Leuten"]
    before = tree.xpath("//ins/preceding-sibling::*[1]")[0]
    assert before.get("class") == "syn-hidden"
    assert before.text_content().strip()
    assert tree.xpath("//ins/following-sibling::*[1]")[0].get("class") == "syn-hidden"


@pytest.mark.django_db
def test_both_columns_give_back_both_texts(client, strategy):
    tree = _tree(client, _comparison(strategy, query="?view=side&show=all"))
    for side, number in (("old", 1), ("new", 2)):
        version = Version.objects.get(page=strategy, number=number)
        assert _cells(tree, side) == [p.text for p in version.passages.in_order()]


@pytest.mark.django_db
def test_one_text_with_both_is_shown_inline_and_to_phones(client, strategy):
    phone = "Mozilla/5.0 (Linux; Android 16) Mobile Safari"
    for tree in (
        _tree(client, _comparison(strategy, query="?view=inline")),
        _tree(client, _comparison(strategy), user_agent=phone),
    ):
        assert len(tree.xpath("//del")) == len(tree.xpath("//ins")) == 1
        assert not _cells(tree, "old")
    assert "User-Agent" in client.get(_comparison(strategy))["Vary"]


@pytest.mark.django_db
def test_unchanged_passages_fold_into_a_line_that_says_how_many(client, strategy):
    tree = _tree(client, _comparison(strategy))
    folds = tree.xpath("//*[@class='syn-fold']/summary")
    assert [re.sub(r"\D.*", "", fold.text_content()) for fold in folds] == ["1", "2"]
    assert not _tree(client, _comparison(strategy, query="?show=all")).xpath(
        "//details[@class='syn-fold']"
    )


@pytest.mark.django_db
def test_a_chapter_is_named_once_above_its_changes(client, strategy):
    for query, headings in (("", ["1 Ziele"]), ("?show=all", [])):
        tree = _tree(client, _comparison(strategy, query=query))
        titles = tree.xpath("//main//h2[@class='syn-rows__chapter']")
        assert [title.text_content() for title in titles] == headings


@pytest.mark.django_db
def test_each_number_of_the_summary_shows_only_its_rows(client, strategy):
    tree = _tree(client, _comparison(strategy, query="?only=changed"))
    assert len(tree.xpath("//*[contains(@class, 'syn-row ')]")) == 1
    numbers = [e.text_content() for e in tree.xpath("//nav[contains(@class,'summary')]//strong")]
    assert numbers[:2] == ["3", "1"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query",
    ["?only=%00", "?view=x&show=y&only=z", "?page=99999999999999999999", "?change=¹²", "?page=x"],
)
def test_strange_choices_show_the_comparison_all_the_same(client, strategy, query):
    assert client.get(_comparison(strategy, query=query)).status_code == 200


@pytest.mark.django_db
def test_html_in_a_text_stays_text(client, root):
    draft = make_draft(html="<p>Eins &lt;script&gt;alert(1)&lt;/script&gt; zwei drei vier.</p>")
    publish(draft)
    publish(draft, html="<p>Eins &lt;img src=x onerror=alert(1)&gt; zwei drei vier.</p>")
    tree = _tree(client, _comparison(draft, query="?view=side"))
    assert not tree.xpath("//main//script | //main//img")
    assert _cells(tree, "new") == ["Eins <img src=x onerror=alert(1)> zwei drei vier."]


@pytest.mark.django_db
def test_a_moved_passage_is_linked_at_both_ends(client, root):
    moved = "<p>Wer kein Telefon besitzt, erhält jede Leistung auch am Schalter der Stadt.</p>"
    rest = "".join(
        f"<p>Der Absatz Nummer {n} über Thema {n * 7} bleibt stehen.</p>" for n in range(6)
    )
    draft = make_draft(html=moved + rest)
    publish(draft)
    publish(draft, html=rest + moved)
    tree = _tree(client, _comparison(draft))
    links = [link.get("href") for link in tree.xpath("//a[contains(@class, 'syn-tag--moved')]")]
    assert len(links) == 2
    ids = set(tree.xpath("//@id"))
    assert {link.removeprefix("#") for link in links} <= ids


@pytest.mark.django_db
def test_a_difference_of_marks_alone_is_named_and_not_shown_as_changed_words(client, root):
    draft = make_draft(html="<p>Die Stadt gehört allen.</p>")
    publish(draft)
    publish(draft, html="<p>Die <b>Stadt</b> gehört allen.</p>")
    tree = _tree(client, _comparison(draft))
    assert not tree.xpath("//ins | //del")
    assert tree.xpath("//*[contains(@class, 'syn-tag--format')]")
    frames = tree.xpath("//article//*[@class='syn-format']")
    assert [frame.text_content() for frame in frames] == ["Stadt", "Stadt"]
    (told,) = tree.xpath("//*[@class='syn-row__formats']/li")
    assert told.text_content() == "„Stadt“ ist jetzt fett"


# Reasons


@pytest.mark.django_db
def test_a_reason_stands_beside_its_change_also_across_several_versions(client, strategy):
    second = Version.objects.get(page=strategy, number=2)
    explain_changes(
        changes=list(second.changes.all()), reason="<b>Sprache</b>", actor=make_user("editor")
    )
    publish(strategy, html=NEW.replace("dritte", "letzte"))
    for url in (_comparison(strategy), _comparison(strategy, 1, 3)):
        reasons = _tree(client, url).xpath("//*[contains(@class, 'syn-reason__text')]")
        assert [reason.text_content() for reason in reasons] == ["<b>Sprache</b>"]


@pytest.mark.django_db
def test_a_disposition_shows_how_many_annotations_stand_behind_it(client, strategy, monkeypatch):
    change = Version.objects.get(page=strategy, number=2).changes.get()
    reason = ChangeReason(
        "disposition", "Übernommen", "Gut so.", "/a/1", 12, "adopted", "Menschen", "Marlen K."
    )
    monkeypatch.setattr(doors, "_reason_sources", [lambda changes: {change.pk: [reason]}])
    (beside,) = _tree(client, _comparison(strategy)).xpath(
        "//*[contains(@class, 'syn-row__reasons')]"
    )
    for words in ("Übernommen", "12", "Marlen K.", "Menschen", "Gut so."):
        assert words in beside.text_content()
    assert beside.xpath(".//a/@href") == ["/a/1"]


@pytest.mark.django_db
def test_a_missing_reason_is_told_to_editors_only(client, strategy):
    assert b"syn-reason--missing" not in client.get(_comparison(strategy)).content
    client.force_login(make_user("editor"))
    assert b"syn-reason--missing" in client.get(_comparison(strategy)).content


@pytest.mark.django_db
def test_the_permalink_of_a_change_leads_to_the_page_that_holds_it(client, root, monkeypatch):
    monkeypatch.setattr(presentation.layout, "PAGE_SIZE", 2)
    words = "".join(f"<p>Der Absatz {n} über Thema {n * 7} steht hier.</p>" for n in range(5))
    draft = make_draft(html=words)
    publish(draft)
    version = publish(draft, html=words.replace("Absatz 4", "Satz 4"))
    url = change_url(version.changes.get())
    path, _hash, target = url.partition("#")
    tree = _tree(client, path)
    assert tree.xpath(f"//*[@id='{target}']")
    assert not _tree(client, _comparison(draft)).xpath(f"//*[@id='{target}']")


@pytest.mark.django_db
def test_the_way_to_the_next_change_leads_over_pages(client, root, monkeypatch):
    monkeypatch.setattr(presentation.layout, "PAGE_SIZE", 2)
    words = "".join(f"<p>Der Absatz {n} über Thema {n * 7} steht hier.</p>" for n in range(5))
    draft = make_draft(html=words)
    publish(draft)
    publish(draft, html=words.replace("Absatz 0", "Satz 0").replace("Absatz 4", "Satz 4"))
    tree = _tree(client, _comparison(draft, query="?view=side"))
    (following,) = tree.xpath("//*[@data-syn-next]/@href")
    assert following == "?view=side&page=3#c-2"
    tree = _tree(client, _comparison(draft, query=following.partition("#")[0]))
    assert tree.xpath("//*[@id='c-2']")
    assert tree.xpath("//*[@data-syn-previous]/@href") == ["?view=side&page=1#c-1"]


# Storing and speed


@pytest.mark.django_db
def test_a_stored_comparison_holds_no_words_and_gives_the_same_rows(strategy, monkeypatch):
    old, new = Version.objects.filter(page=strategy).order_by("number")
    first = compare_versions(old, new)
    stored = str([cache._cache[key] for key in cache._cache])
    assert "Menschen" not in stored
    monkeypatch.setattr("versioning.outlines.compute", None)
    assert [row.row for row in compare_versions(old, new).rows] == [row.row for row in first.rows]


@pytest.mark.django_db
def test_withheld_words_leave_stored_comparisons_too(client, strategy):
    client.get(_comparison(strategy))
    old = Version.objects.get(page=strategy, number=1)
    passage = Passage.objects.get(version=old, text__contains="Menschen")
    withhold_passage(passage=passage, ground="Personendaten", actor=make_user("superuser"))
    for query in ("", "?view=inline", "?show=all"):
        assert "Menschen" not in client.get(_comparison(strategy, query=query)).content.decode()
    shown = client.get(old.get_absolute_url()).content.decode()
    assert "Menschen" not in shown
    assert "Personendaten" in shown


@pytest.mark.django_db
def test_queries_do_not_grow_with_the_text(client, root):
    counts = {}
    for size in (3, 60):
        words = "".join(
            f"<p>Absatz {n} mit <b>Thema {n * 7}</b> steht hier.</p>" for n in range(size)
        )
        draft = make_draft(html=words)
        publish(draft)
        publish(draft, html=words.replace("steht", "stand"))
        client.get(reverse("versioning:versions", args=[draft.pk]))
        counts[size] = [
            len(_queries(client, url))
            for url in (
                _comparison(draft),
                _comparison(draft),
                reverse("versioning:version", args=[draft.pk, 1]),
                reverse("versioning:versions", args=[draft.pk]),
            )
        ]
    assert counts[3] == counts[60]


def _queries(client, url):
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return captured.captured_queries


# The form


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "target"),
    [
        ("", "1/2/"),
        ("?from=2&to=1&view=inline&show=all&x=1", "1/2/?view=inline&show=all"),
        ("?from=1&to=1", "1/1/"),
    ],
)
def test_the_form_leads_to_the_comparison(client, strategy, query, target):
    response = client.get(reverse("versioning:choose_comparison", args=[strategy.pk]) + query)
    assert response["Location"] == f"/de/versions/{strategy.pk}/compare/{target}"
    assert client.get(response["Location"]).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["?from=7", "?to=²", "?from=-1", "?to=99999999999999999999"])
def test_the_form_with_a_number_that_does_not_exist_is_not_found(client, strategy, query):
    url = reverse("versioning:choose_comparison", args=[strategy.pk])
    assert client.get(url + query).status_code == 404


@pytest.mark.django_db
def test_a_comparison_backwards_is_turned_round(client, strategy):
    response = client.get(_comparison(strategy, 2, 1, "?view=inline"))
    assert response["Location"] == _comparison(strategy, 1, 2, "?view=inline")


@pytest.fixture
def two_places(root):
    draft = make_draft(html="<p>Die Stadt plant bis 2030 zehn neue Wege für alle Menschen.</p>")
    publish(draft)
    version = publish(draft, html="<p>Die Stadt plant bis 2035 zehn neue Wege für alle Leute.</p>")
    assert version.changes.count() == 2
    return version


def _words_of_reasons(client, version):
    tree = _tree(client, _comparison(version.page))
    return [
        " ".join(p.text_content().split()) for p in tree.xpath("//*[@class='syn-reason__words']")
    ]


def test_a_reason_for_part_of_a_paragraph_says_which_words_it_explains(client, two_places):
    first, second = two_places.changes.all()
    explain_changes(changes=[second], reason="Kürzer", actor=make_user("editor"))
    assert _words_of_reasons(client, two_places) == ["zu: „Menschen“ → „Leute“"]
    explain_changes(changes=[first], reason="Später", actor=make_user("superuser"))
    assert "zu: „2030“ → „2035“" in _words_of_reasons(client, two_places)


def test_a_reason_for_the_whole_paragraph_names_no_words(client, two_places):
    changes = list(two_places.changes.all())
    explain_changes(changes=changes, reason="Kürzer", actor=make_user("editor"))
    assert _words_of_reasons(client, two_places) == []


def test_a_reason_names_few_words_and_none_that_are_withheld(root):
    old = " und ".join(f"Wort{number} bleibt hier {'lang ' * 30}" for number in range(6))
    draft = make_draft(html=f"<p>{old}</p>")
    publish(draft)
    version = publish(draft, html=f"<p>{old.replace('Wort', 'Satz')}</p>")
    changes = list(version.changes.all())
    assert len(changes) == 6
    explain_changes(changes=changes[:5], reason="Besser", actor=make_user("editor"))
    (row,) = compare_versions(*Version.objects.order_by("number")).changed
    (reason,) = row.reasons
    shown = presentation.words_of_reason(row, reason)
    assert shown[3:] == ["…"]
    assert "Wort0" in shown[0]
    withhold_passage(passage=row.new[0], ground="Gericht", actor=make_user("superuser"))
    (row,) = compare_versions(*Version.objects.order_by("number")).changed
    assert presentation.words_of_reason(row, row.reasons[0]) == []
