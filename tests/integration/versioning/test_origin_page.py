"""The page that tells where the words of a version come from."""

from __future__ import annotations

import re
from copy import deepcopy

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from lxml import html as lxml_html

from tests.factories import make_draft, make_user, publish
from versioning import doors
from versioning.comparisons import change_url
from versioning.doors import ChangeReason
from versioning.models import Passage, Version
from versioning.origins import origins_of
from versioning.presentation import origins as shown_origins
from versioning.services.changes import explain_changes
from versioning.services.withholding import withhold_passage

pytestmark = pytest.mark.django_db

ONE = (
    "<h2>Ziele</h2><p>Die Stadt gehört <b>allen Menschen</b>, die hier leben.</p>"
    '<p>Mehr steht <a href="https://example.org/">auf dieser Seite</a> der Stadt.</p>'
    "<h2>Wege</h2><p>Busse fahren jede Stunde in jedes Viertel der Stadt.</p>"
)
TWO = ONE.replace("jede Stunde", "alle zehn Minuten")
THREE = TWO.replace("allen Menschen", "allen Leuten und Gästen").replace(
    "<h2>Wege</h2>", "<h2>Wege</h2><p>Wer zu Fuß geht, hat überall Vorrang vor den anderen.</p>"
)


@pytest.fixture(autouse=True)
def _clean(monkeypatch):
    cache.clear()
    monkeypatch.setattr(doors, "_reason_sources", [])


@pytest.fixture(scope="module")
def shared_strategy(shared_root):
    draft = make_draft(title="Strategie", html=ONE)
    publish(draft, label="Entwurf")
    publish(draft, html=TWO, label="Zweiter Entwurf")
    publish(draft, html=THREE, label="Vorlage")
    draft.refresh_from_db()
    return draft


@pytest.fixture
def strategy(shared_strategy):
    return deepcopy(shared_strategy)


def _url(page, number=3, query=""):
    return reverse("versioning:origin", args=[page.pk, number]) + query


def _tree(client, url):
    response = client.get(url)
    assert response.status_code == 200
    return lxml_html.fromstring(response.content.decode())


def _marks(tree):
    """Return the number of the version and the words of each mark."""
    found: dict[str, list[str]] = {}
    numbers = {}
    for part in tree.xpath("//*[@data-origin]"):
        found.setdefault(part.get("data-origin"), []).append(part.text_content())
        if part.get("data-sign"):
            numbers[part.get("data-origin")] = int(part.get("data-sign"))
    return [(numbers[key], "".join(words)) for key, words in found.items()]


def _entries(tree):
    return [" ".join(e.text_content().split()) for e in tree.xpath("//li[starts-with(@id, 'o-')]")]


# What is shown


def test_each_later_word_carries_the_number_of_the_version_that_brought_it(client, strategy):
    assert _marks(_tree(client, _url(strategy))) == [
        (3, "Leuten und Gästen"),
        (3, "Wer zu Fuß geht, hat überall Vorrang vor den anderen."),
        (2, "alle zehn Minuten"),
    ]
    assert _marks(_tree(client, _url(strategy, 2))) == [(2, "alle zehn Minuten")]


def test_the_bodies_hold_the_text_of_the_passages_and_their_marks(client, strategy):
    tree = _tree(client, _url(strategy))
    bodies = tree.xpath("//*[@data-passage]")
    passages = Version.objects.get(page=strategy, number=3).passages.in_order()
    assert [body.text_content() for body in bodies] == [passage.text for passage in passages]
    assert [b.text_content() for b in tree.xpath("//*[@data-passage]//b")] == [
        "allen Leuten und Gästen"
    ]
    assert tree.xpath("//*[@data-passage]//a[@href='https://example.org/']")


def test_every_mark_leads_to_an_entry_with_version_and_replaced_words(client, strategy):
    tree = _tree(client, _url(strategy))
    ids = set(tree.xpath("//@id"))
    targets = {link.removeprefix("#") for link in tree.xpath("//a[@data-origin]/@href")}
    assert targets
    assert targets <= ids
    first, second, third = _entries(tree)
    assert "Fassung 3: Vorlage" in first
    assert "Menschen" in first
    assert "neu" in second
    assert "Fassung 2: Zweiter Entwurf" in third
    assert "jede Stunde" in third


def test_words_inside_a_link_are_marked_without_a_link_in_a_link(client, root):
    draft = make_draft(html=ONE)
    publish(draft)
    publish(draft, html=ONE.replace("auf dieser Seite", "auf jener Seite"))
    tree = _tree(client, _url(draft, 2))
    assert _marks(tree) == [(2, "jener")]
    assert not tree.xpath("//a//a")
    assert [e.tag for e in tree.xpath("//*[@data-origin]")] == ["span"]


def test_what_is_read_aloud_stands_in_attributes(client, strategy):
    (mark,) = _tree(client, _url(strategy, 2)).xpath("//*[@data-origin]")
    assert mark.get("data-words") == "eingefügt in Fassung 2: "
    assert mark.get("tabindex") == "-1"


def test_the_legend_says_what_each_version_brought(client, strategy):
    tree = _tree(client, _url(strategy))
    lines = [
        " ".join(line.text_content().split())
        for line in tree.xpath("//li[contains(@class, 'syn-legend__line')]")
    ]
    assert len(lines) == 3
    assert re.search(r"Fassung 3: Vorlage.*: 2 Stellen", lines[0])
    assert re.search(r"Fassung 2: Zweiter Entwurf.*: 1 Stelle", lines[1])
    assert "Fassung 1: Entwurf" in lines[2]


def test_a_version_of_the_legend_is_a_filter(client, strategy):
    tree = _tree(client, _url(strategy, query="?brought=2"))
    assert _marks(tree) == [(2, "alle zehn Minuten")]
    assert len(tree.xpath("//*[@data-passage]")) == 1


def test_a_chapter_shows_its_passages_only(client, strategy):
    tree = _tree(client, _url(strategy, query="?chapter=2"))
    texts = [body.text_content() for body in tree.xpath("//*[@data-passage]")]
    assert texts[0] == "Wege"
    assert len(texts) == 3


def test_a_first_version_says_that_all_words_are_its_own(client, strategy):
    tree = _tree(client, _url(strategy, 1))
    assert not _marks(tree)
    assert "ist die erste" in tree.xpath("//*[@class='syn-legend']")[0].text_content()


def test_a_version_without_words_of_its_own_says_so(client, root):
    draft = make_draft(html=ONE)
    publish(draft)
    publish(draft, html=ONE.replace("<b>allen Menschen</b>", "allen Menschen"))
    tree = _tree(client, _url(draft, 2))
    assert not _marks(tree)
    assert "schon in Fassung 1" in tree.xpath("//*[@class='syn-legend']")[0].text_content()


def test_an_empty_version_is_shown(client, root):
    draft = make_draft(html=ONE)
    publish(draft)
    publish(draft, html="")
    assert "keinen Text" in _tree(client, _url(draft, 2)).text_content()


@pytest.mark.parametrize(
    "query", ["?brought=%00", "?chapter=x&brought=99", "?page=99999999999999999999", "?brought=²"]
)
def test_strange_choices_show_the_page_all_the_same(client, strategy, query):
    assert client.get(_url(strategy, query=query)).status_code == 200


def test_a_version_that_does_not_exist_is_not_found(client, strategy):
    assert client.get(_url(strategy, 4)).status_code == 404


def test_the_version_and_the_list_lead_here(client, strategy):
    for url in (
        reverse("versioning:version", args=[strategy.pk, 3]),
        reverse("versioning:versions", args=[strategy.pk]),
        reverse("versioning:comparison", args=[strategy.pk, 2, 3]),
    ):
        assert _url(strategy) in _tree(client, url).xpath("//a/@href"), url


def test_one_can_go_back_to_the_comparison(client, strategy):
    tree = _tree(client, _url(strategy))
    (form,) = tree.xpath("//form[.//select[@name='from']]")
    chosen = [
        form.xpath(f".//select[@name='{n}']/option[@selected]/@value") for n in ("from", "to")
    ]
    assert chosen == [["2"], ["3"]]


# Moves, splits, merges


def test_words_keep_their_version_when_passages_move_split_and_merge(client, root):
    one = "Wer kein Telefon besitzt, erhält jede Leistung auch am Schalter der Stadt."
    two = "Die Schalter sind an jedem Werktag bis in den Abend hinein für alle geöffnet."
    rest = [f"Der Absatz Nummer {n} über Thema {n * 7} bleibt stehen." for n in range(6)]

    def text(*passages):
        return "".join(f"<p>{passage}</p>" for passage in passages)

    draft = make_draft(html=text(one, two, *rest))
    publish(draft)
    publish(draft, html=text(f"{one} {two}", *rest))
    publish(draft, html=text(*rest, f"{one} {two}"))
    publish(draft, html=text(*rest, one, two.replace("Werktag", "Wochentag")))
    tree = _tree(client, _url(draft, 4))
    assert _marks(tree) == [(4, "Wochentag")]


# Reasons


def test_an_editorial_reason_stands_behind_the_words(client, strategy):
    version = Version.objects.get(page=strategy, number=2)
    explain_changes(
        changes=list(version.changes.all()), reason="<b>Öfter</b>", actor=make_user("editor")
    )
    entries = _entries(_tree(client, _url(strategy)))
    assert "<b>Öfter</b>" in entries[-1]
    assert "kein Grund" in entries[0]


def test_a_disposition_and_its_annotations_stand_behind_the_words(client, strategy, monkeypatch):
    change = Version.objects.get(page=strategy, number=2).changes.get()
    reason = ChangeReason(
        "disposition", "Übernommen", "Gut so.", "/a/1", 12, "adopted", "jede Stunde", "Marlen K."
    )
    monkeypatch.setattr(doors, "_reason_sources", [lambda changes: {change.pk: [reason]}])
    tree = _tree(client, _url(strategy))
    entry = tree.xpath("//li[starts-with(@id, 'o-')]")[-1]
    for words in ("Übernommen", "12 Anmerkungen", "Marlen K.", "jede Stunde", "Gut so."):
        assert words in entry.text_content()
    links = entry.xpath(".//a/@href")
    assert "/a/1" in links
    assert change_url(change) in links


# What may not be shown


def test_withheld_words_are_in_no_entry_and_others_keep_their_way(client, strategy):
    first = _tree(client, _url(strategy))
    assert "jede Stunde" in first.text_content()
    old = Passage.objects.get(
        version__page=strategy, version__number=1, text__contains="jede Stunde"
    )
    withhold_passage(passage=old, ground="Personendaten", actor=make_user("superuser"))
    for _ in ("kept", "new"):
        tree = _tree(client, _url(strategy))
        assert "jede Stunde" not in tree.text_content()
        assert _marks(tree) == _marks(first)
        assert "zurückgehalten" in _entries(tree)[-1]
        cache.clear()


def test_a_withheld_passage_shows_its_ground_and_nothing_else(client, strategy):
    passage = Passage.objects.get(
        version__page=strategy, version__number=3, text__contains="zehn Minuten"
    )
    client.get(_url(strategy))
    withhold_passage(passage=passage, ground="Personendaten", actor=make_user("superuser"))
    tree = _tree(client, _url(strategy))
    assert "zehn Minuten" not in tree.text_content()
    assert "Personendaten" in tree.text_content()
    assert [version for version, _words in _marks(tree)] == [3, 3]
    assert "Zweiter Entwurf" not in tree.xpath("//*[@class='syn-legend']")[0].text_content()


def test_what_is_kept_holds_no_word(strategy):
    origins_of(Version.objects.get(page=strategy, number=3), withheld=0)
    stored = b"".join(value for value in cache._cache.values())
    for word in ("Minuten", "Leuten", "Stunde", "Stadt"):
        assert word.encode() not in stored


def test_html_in_a_text_stays_text(client, root):
    draft = make_draft(html="<p>Eins &lt;script&gt;alert(1)&lt;/script&gt; zwei drei vier.</p>")
    publish(draft)
    publish(draft, html="<p>Eins &lt;img src=x onerror=alert(1)&gt; zwei drei vier.</p>")
    tree = _tree(client, _url(draft, 2))
    assert not tree.xpath("//article//script | //article//img")
    (body,) = tree.xpath("//*[@data-passage]")
    assert body.text_content() == "Eins <img src=x onerror=alert(1)> zwei drei vier."


# Size


def _queries(client, url):
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_queries_grow_neither_with_the_text_nor_with_the_versions(client, root):
    counts = []
    for size, versions in ((4, 2), (60, 2), (4, 6)):
        words = "".join(f"<p>Absatz {n} mit <b>Thema {n * 7}</b> steht.</p>" for n in range(size))
        draft = make_draft(html=words)
        for number in range(1, versions + 1):
            publish(draft, html=words.replace("steht", f"stand {number} Mal"))
        client.get(reverse("versioning:versions", args=[draft.pk]))
        cache.clear()
        counts.append([_queries(client, _url(draft, versions)) for _ in ("cold", "kept")])
    assert counts[0] == counts[1] == counts[2]


def test_a_later_version_goes_on_from_what_is_kept_of_the_one_before(strategy, monkeypatch):
    second, third = Version.objects.filter(page=strategy, number__gte=2).order_by("number")
    from_scratch = origins_of(third, withheld=0)
    cache.clear()
    origins_of(second, withheld=0)
    monkeypatch.setattr("versioning.origins.first_origins", None)
    assert origins_of(third, withheld=0) == from_scratch


def test_long_texts_come_in_pages(client, root, monkeypatch):
    monkeypatch.setattr(shown_origins, "PAGE_SIZE", 3)
    words = "".join(f"<p>Der Absatz {n} über Thema {n * 7} steht hier.</p>" for n in range(7))
    draft = make_draft(html=words)
    publish(draft)
    publish(draft, html=words.replace("steht", "stand"))
    sizes = [
        len(_tree(client, _url(draft, 2, f"?page={n}")).xpath("//*[@data-passage]"))
        for n in (1, 2, 3)
    ]
    assert sizes == [3, 3, 1]


def test_a_page_with_very_many_changes_is_shorter(client, root, monkeypatch):
    monkeypatch.setattr(shown_origins, "MAX_ENTRIES", 4)
    words = "".join(
        f"<p>Der Absatz {n} über Thema {n * 7} steht heute noch hier, und alle lesen ihn.</p>"
        for n in range(4)
    )
    draft = make_draft(html=words)
    publish(draft)
    publish(draft, html=words.replace("steht", "stand").replace("lesen", "lasen"))
    tree = _tree(client, _url(draft, 2))
    assert len(tree.xpath("//*[@data-passage]")) == 2
    assert len(_entries(tree)) == 4


def test_a_passage_of_a_hundred_thousand_characters_is_shown(client, root):
    words = " ".join(f"wort{n}" for n in range(11_000))
    draft = make_draft(html=f"<p>{words}</p>")
    publish(draft)
    changed = re.sub(r"wort(\d*)0\b", r"neues\1", words)
    publish(draft, html=f"<p>{changed}</p>")
    response = client.get(_url(draft, 2))
    assert response.status_code == 200
    tree = lxml_html.fromstring(response.content.decode())
    (body,) = tree.xpath("//*[@data-passage]")
    assert body.text_content() == changed
    assert len(_entries(tree)) == shown_origins.MAX_ENTRIES
    assert "nicht aufgeführt" in tree.text_content()
