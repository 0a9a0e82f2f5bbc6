"""Where things stand on the page of a comparison: ids, lasting links, both ends of moves."""

from copy import deepcopy

import pytest
from django.core.cache import cache
from django.urls import reverse
from lxml import html as lxml_html

from tests.factories import make_draft, make_user, publish
from versioning import presentation
from versioning.models import Version
from versioning.services.changes import explain_changes

TOPICS = ["Bäume", "Brücken", "Busse", "Büchereien", "Bäder", "Märkte", "Höfe", "Ufer"]
PARTS = [
    f"<p>Der Absatz über {topic} sagt, was die Stadt mit {topic.lower()} in Zukunft vorhat.</p>"
    for topic in TOPICS
]
MOVED = "<p>Wer kein Telefon besitzt, erhält jede Leistung auch am Schalter der Stadt.</p>"


@pytest.fixture(autouse=True)
def _clean():
    cache.clear()


def _published(*texts):
    draft = make_draft()
    for html in texts:
        publish(draft, html=html)
    return draft


def _tree(client, draft, query=""):
    url = reverse("versioning:comparison", args=[draft.pk, 1, 2])
    response = client.get(url + query)
    assert response.status_code == 200
    return lxml_html.fromstring(response.content.decode())


@pytest.fixture(scope="module")
def shared_draft(shared_root):
    """Return a text of two chapters: one passage moved, one changed, one new, one removed."""
    old = f"<h2>Grün</h2>{MOVED}{''.join(PARTS[:4])}<h2>Wege</h2>{''.join(PARTS[4:])}"
    changed = PARTS[6].replace("Zukunft", "Kürze")
    new = f"<h2>Grün</h2>{''.join(PARTS[1:4])}<p>Ganz neu ist hier alles.</p><h2>Wege</h2>"
    return _published(old, f"{new}{''.join(PARTS[4:6])}{changed}{PARTS[7]}{MOVED}")


@pytest.fixture
def draft(shared_draft):
    return deepcopy(shared_draft)


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["", "?view=inline", "?show=all", "?only=moved", "?chapter=1"])
def test_no_id_stands_twice_and_links_within_the_page_lead_somewhere(client, draft, query):
    tree = _tree(client, draft, query)
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert {href[1:] for href in tree.xpath("//@href") if href.startswith("#")} <= set(ids)
    assert set(" ".join(tree.xpath("//@aria-labelledby")).split()) <= set(ids)


@pytest.mark.django_db
def test_each_change_has_a_link_that_lasts(client, draft):
    tree = _tree(client, draft)
    changes = tree.xpath("//*[@data-syn-change]")
    links = [change.xpath(".//a[@data-syn-permalink]/@href") for change in changes]
    assert len(changes) == 4
    for change, (href,) in zip(changes, links, strict=True):
        query, _hash, target = href.partition("#")
        assert change.xpath(f".//*[@id='{target}']")
        assert _tree(client, draft, query).xpath(f"//*[@data-syn-change]//*[@id='{target}']")
    version = Version.objects.get(page=draft, number=2)
    uids = {str(passage.uid) for passage in version.passages.all()}
    assert sum(href.split("#p-")[-1] in uids for (href,) in links) == 3


@pytest.mark.django_db
def test_a_lasting_link_finds_the_page_of_its_change(client, draft, monkeypatch):
    links = _tree(client, draft).xpath("//a[@data-syn-permalink]/@href")
    monkeypatch.setattr(presentation.layout, "PAGE_SIZE", 2)
    for href in links:
        query, _hash, target = href.partition("#")
        assert _tree(client, draft, query).xpath(f"//*[@id='{target}']"), href


@pytest.mark.django_db
@pytest.mark.parametrize(
    "at", ["x", "p-", "p-1", "%00", "p-00000000-0000-0000-0000-000000000000", "q-x", "o-²"]
)
def test_a_lasting_link_to_nothing_shows_the_comparison(client, draft, at):
    assert _tree(client, draft, f"?at={at}").xpath("//*[@data-syn-change]")


@pytest.mark.django_db
def test_a_move_filtered_alone_still_leads_to_its_other_end(client, draft):
    (href,) = _tree(client, draft, "?only=moved").xpath(
        "//a[contains(@class,'syn-tag--moved')]/@href"
    )
    query, _hash, target = href.partition("#")
    ghost = _tree(client, draft, query).xpath(f"//*[@id='{target}']")
    assert "Wer kein Telefon besitzt" in ghost[0].text_content()


@pytest.mark.django_db
def test_both_ends_of_a_move_name_the_number_of_the_other(client, draft):
    tags = [
        tag.text_content()
        for tag in _tree(client, draft).xpath("//a[contains(@class,'syn-tag--moved')]")
    ]
    assert tags == ["verschoben nach 2.5", "verschoben von 1.1"]


@pytest.mark.django_db
def test_a_split_and_a_merge_name_the_numbers_of_both_sides(client, root):
    first = "Was eine Behörde schon weiß, muss man ihr nicht noch einmal am Schalter sagen."
    second = "Briefe der Stadt sind so geschrieben, dass man sie beim ersten Lesen versteht."
    whole, halves = f"<p>{first} {second}</p>", f"<p>{first}</p><p>{second}</p>"
    for old, new, words in (
        (whole, halves, "geteilt: aus 1.1 wurden 1.1, 1.2"),
        (halves, whole, "zusammengeführt: aus 1.1, 1.2 wurde 1.1"),
    ):
        tree = _tree(client, _published(f"<h2>Amt</h2>{old}", f"<h2>Amt</h2>{new}"))
        assert words in tree.xpath("//h3")[0].text_content()
        assert not tree.xpath("//article//ins | //article//del")


@pytest.mark.django_db
def test_the_chapters_say_how_many_changes_they_have_and_show_only_them(client, draft):
    tree = _tree(client, draft)
    entries = tree.xpath("//*[contains(@class,'syn-overview')]//li")
    assert [" ".join(entry.text_content().split()) for entry in entries] == [
        "1 Grün 2 Änderungen: 1 neu, 1 entfallen",
        "2 Wege 2 Änderungen: 1 geändert, 1 verschoben",
    ]
    assert entries[1].xpath("./a/@href") == ["?chapter=2"]
    kinds = entries[1].xpath("./span/a/@href")
    assert kinds == ["?chapter=2&only=changed", "?chapter=2&only=moved"]
    for href in kinds:
        assert len(_tree(client, draft, href).xpath("//*[@data-syn-change]")) == 1
    shown = _tree(client, draft, "?chapter=2")
    assert len(shown.xpath("//*[@data-syn-change]")) == 2
    assert shown.xpath("//*[contains(@class,'syn-overview')]//a[@aria-current]/@href")


@pytest.mark.django_db
def test_words_and_missing_reasons_are_counted_the_latter_for_editors_alone(client, draft):
    words = "geänderte Stellen haben noch keine Begründung"
    lead = _tree(client, draft).xpath("//*[@class='syn-lead']")[0].text_content()
    assert "4 Absätze unterscheiden sich." in lead
    assert "eingefügt" in lead
    assert words not in lead
    client.force_login(make_user("editor"))
    tree = _tree(client, draft)
    assert f"4 {words}" in tree.xpath("//*[@class='syn-lead']")[0].text_content()
    version = Version.objects.get(page=draft, number=2)
    explain_changes(changes=list(version.changes.all()), reason="x", actor=make_user("superuser"))
    assert words not in _tree(client, draft).text_content()


@pytest.mark.django_db
def test_the_origin_is_the_third_choice(client, draft):
    url = reverse("versioning:origin", args=[draft.pk, 2])
    (link,) = _tree(client, draft).xpath(f"//form//a[@href='{url}']")
    assert link.text_content() == "Herkunft"


@pytest.mark.django_db
def test_a_version_against_itself_says_so_and_offers_no_way_from_change_to_change(client, draft):
    response = client.get(reverse("versioning:comparison", args=[draft.pk, 2, 2]))
    tree = lxml_html.fromstring(response.content.decode())
    assert "ein und dieselbe Fassung" in tree.xpath("//*[@class='syn-notice']")[0].text_content()
    assert not tree.xpath("//*[@data-syn-jump]")


@pytest.mark.django_db
def test_two_versions_without_text_are_told_apart_from_an_empty_choice(client, root):
    draft = _published("", "<p>Jetzt steht hier etwas.</p>")
    response = client.get(reverse("versioning:comparison", args=[draft.pk, 1, 1]))
    assert "Keine der beiden Fassungen enthält Text." in response.content.decode()
    tree = _tree(client, draft, "?only=moved")
    assert (
        "Kein Absatz ist von dieser Art" in tree.xpath("//*[@class='syn-rows']")[0].text_content()
    )


@pytest.mark.django_db
def test_the_heading_under_which_changes_stand_is_named_once_above_the_first(client, root):
    old = "".join(
        f"<h2>Kapitel {n}</h2><h3>Bäume {n}</h3>{PARTS[n]}"
        f"<h3>Wege {n}</h3>{PARTS[n + 2]}{PARTS[n + 4]}"
        for n in range(2)
    )
    new = old.replace("Zukunft", "Kürze")
    tree = _tree(client, _published(old, new))
    named = [line.text_content() for line in tree.xpath("//*[@class='syn-rows__section']")]
    assert [words.partition(" ")[2] for words in named] == [
        "Bäume 0",
        "Wege 0",
        "Bäume 1",
        "Wege 1",
    ]
    sections = tree.xpath("//*[@data-syn-change]/@data-syn-section")
    assert [section.partition(" › ")[2].partition(" ")[2] for section in sections] == [
        "Bäume 0",
        "Wege 0",
        "Wege 0",
        "Bäume 1",
        "Wege 1",
        "Wege 1",
    ]


@pytest.mark.django_db
def test_a_new_heading_is_not_named_above_itself(client, root):
    old = f"<h2>Kapitel</h2>{PARTS[0]}"
    tree = _tree(client, _published(old, f"{old}<h3>Neuer Abschnitt</h3>{PARTS[1]}"))
    assert not tree.xpath("//*[@class='syn-rows__section']")
