"""Rows of tables in a comparison: shown as rows of tables, cell by cell."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from lxml import html as lxml_html

from tests.factories import make_draft, publish
from versioning.models import Version

HEAD = "<tr><th>Maß</th><th>Heute</th><th>Ziel</th></tr>"
ROWS = [("Bäume", "100", "200"), ("Bänke", "10", "90"), ("Wege", "7 km", "9 km")]


def _table(rows):
    cells = "".join("<tr>" + "".join(f"<td>{c}</td>" for c in row) + "</tr>" for row in rows)
    return f"<p>Was wir messen, steht in der Tabelle.</p><table>{HEAD}{cells}</table><p>Ende.</p>"


@pytest.fixture(autouse=True)
def _clean():
    cache.clear()


def _page(client, old, new, query=""):
    draft = make_draft(html=old)
    publish(draft)
    publish(draft, html=new)
    url = reverse("versioning:comparison", args=[draft.pk, 1, 2]) + query
    response = client.get(url)
    assert response.status_code == 200
    return draft, lxml_html.fromstring(response.content.decode())


def _lines(table):
    for hidden in table.xpath(".//*[contains(@class, 'syn-hidden')]"):
        hidden.drop_tree()
    return [
        [cell.text_content() for cell in line.xpath("./td | ./th")][1:]
        for line in table.xpath(".//tr[@class='syn-table__line']")
    ]


NOW = [ROWS[0], ("Bänke", "10", "120"), ROWS[2]]


@pytest.mark.django_db
def test_a_changed_row_stands_below_its_old_self_with_the_words_marked_in_the_cell(client, root):
    _draft, tree = _page(client, _table(ROWS), _table(NOW), "?view=side")
    (table,) = tree.xpath("//table[.//ins]")
    assert [e.text_content() for e in table.xpath(".//td//del")] == ["90"]
    assert [e.text_content() for e in table.xpath(".//td//ins")] == ["120"]
    assert _lines(table) == [["Bänke", "10", "90"], ["Bänke", "10", "120"]]
    assert [th.text_content() for th in table.xpath("./thead//th")] == ["Maß", "Heute", "Ziel"]
    assert table.xpath(".//td[del or ins]/@data-column") == ["Ziel", "Ziel"]


@pytest.mark.django_db
def test_in_running_text_a_row_holds_both(client, root):
    _draft, tree = _page(client, _table(ROWS), _table(NOW), "?view=inline")
    (table,) = tree.xpath("//table[.//ins]")
    assert _lines(table) == [["Bänke", "10", "90120"]]


@pytest.mark.django_db
def test_unchanged_neighbours_are_one_table_with_both_texts(client, root):
    draft, tree = _page(client, _table(ROWS), _table(NOW), "?view=side&show=all")
    (table,) = tree.xpath("//table")
    words = {" ".join(filter(None, line)) for line in _lines(table)}
    for version in Version.objects.filter(page=draft):
        rows = version.passages.filter(kind="table_row")
        assert {row.text for row in rows} <= words


@pytest.mark.django_db
def test_new_and_removed_rows_are_one_line_each(client, root):
    changed = [ROWS[0], ("Brunnen", "3 Stück am Markt", "12 Stück in jedem Kiez"), ROWS[2]]
    _draft, tree = _page(client, _table(ROWS), _table(changed), "?view=side")
    lines = [line for table in tree.xpath("//table[.//ins or .//del]") for line in _lines(table)]
    assert sorted(lines) == sorted([list(changed[1]), list(ROWS[1])])


@pytest.mark.django_db
@pytest.mark.parametrize("view", ["side", "inline"])
def test_a_column_more_loses_no_words(client, root, view):
    wider = [(*row, "2031") for row in ROWS]
    _draft, tree = _page(client, _table(ROWS), _table(wider), f"?view={view}&show=all")
    shown = " ".join(" ".join(line) for table in tree.xpath("//table") for line in _lines(table))
    for word in {word for row in wider for cell in row for word in cell.split()}:
        assert word in shown
    assert tree.xpath("//ins[contains(., '2031')]")


@pytest.mark.django_db
def test_queries_do_not_grow_with_the_tables(client, root):
    counts = []
    for size in (2, 12):
        rows = [(f"Maß {n}", str(n), str(n * 7)) for n in range(size)]
        more = [(name, value, f"{aim}0") for name, value, aim in rows]
        draft, _tree = _page(client, _table(rows), _table(more))
        url = reverse("versioning:comparison", args=[draft.pk, 1, 2])
        with CaptureQueriesContext(connection) as captured:
            client.get(url)
        counts.append(len(captured))
    assert counts[0] == counts[1]
