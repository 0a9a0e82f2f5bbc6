"""What keeps people from reading a text, as a table of cases."""

import pytest

from versioning.core.accessibility import findings, is_shouting
from versioning.core.addresses import FoundLink, is_sound, links_in
from versioning.core.cutting import cut_html

IMAGE = '<embed embedtype="image" id="7" alt="{}"/>'

CASES = {
    "levels one after another": ("<h1>A</h1><h2>B</h2><h3>C</h3><h2>D</h2>", []),
    "back up by several levels": ("<h2>A</h2><h3>B</h3><h4>C</h4><h2>D</h2>", []),
    "a level is left out": ("<h2>A</h2><p>x</p><h4>B</h4>", [(2, "heading_skipped", "B")]),
    "the text begins below the title": ("<h2>A</h2>", []),
    "the text begins too low": ("<h3>A</h3>", [(0, "heading_skipped", "A")]),
    "each step is judged by the one before": (
        "<h1>A</h1><h3>B</h3><h4>C</h4>",
        [(1, "heading_skipped", "B")],
    ),
    "a heading of signs": ("<h2>– * –</h2>", [(0, "heading_empty", "– * –")]),
    "a heading of a number": ("<h2>2030</h2>", []),
    "a described image": (IMAGE.format("Luftbild des Hafens"), []),
    "an image that is described by a picture": (
        f"<figure>{IMAGE.format('')}<figcaption>Der Hafen</figcaption></figure>",
        [(0, "image_undescribed", "Der Hafen")],
    ),
    "a name of a file": (
        IMAGE.format("hafen-neu.JPG"),
        [(0, "image_file_name", "hafen-neu.JPG")],
    ),
    "a name that a camera gave": (IMAGE.format("IMG_2041"), [(0, "image_file_name", "IMG_2041")]),
    "the name of the stored file": (
        IMAGE.format("hafen plan 3"),
        [(0, "image_file_name", "hafen plan 3")],
    ),
    "a table with a head": (
        "<table><tr><th>Jahr</th><th>Ziel</th></tr><tr><td>2030</td><td>10</td></tr></table>",
        [],
    ),
    "a table with heads of rows": (
        "<table><tr><th>Jahr</th><td>2030</td></tr><tr><th>Ziel</th><td>10</td></tr></table>",
        [],
    ),
    "a table without any": (
        "<p>x</p><table><tr><td>2030</td><td>10</td></tr><tr><td>2031</td><td>9</td></tr></table>",
        [(1, "table_headless", "2030 10")],
    ),
    "a link that says where it leads": ('<p><a href="/x">Satzung der Stadt</a></p>', []),
    "a link that says here": (
        '<p>Mehr <a href="/x">hier</a>.</p>',
        [(0, "link_vague", "hier")],
    ),
    "a link that says here with a mark inside": (
        '<p><a href="/x"><b>Weiter</b>lesen …</a></p>',
        [(0, "link_vague", "Weiterlesen …")],
    ),
    "an English one": (
        '<p><a linktype="page" id="3">Read more</a></p>',
        [(0, "link_vague", "Read more")],
    ),
    "a bare address": (
        '<p><a href="https://example.org/a?b=1&amp;c">https://example.org/a?b=1&amp;c</a></p>',
        [(0, "link_bare", "https://example.org/a?b=1&c")],
    ),
    "a bare address without a scheme": (
        '<p>Siehe <a href="https://example.org">www.example.org</a></p>',
        [(0, "link_bare", "www.example.org")],
    ),
    "an address in the text that is no link": ("<p>Siehe https://example.org</p>", []),
    "two links in a passage": (
        '<p><a href="/x">hier</a> und <a href="/y">dort</a></p>',
        [(0, "link_vague", "hier"), (0, "link_vague", "dort")],
    ),
    "an arrow as a link": ('<p>Zur Satzung <a href="/x">→</a></p>', [(0, "link_empty", "→")]),
    "capitals": (
        "<p>DIE STADT GEHÖRT ALLEN.</p>",
        [(0, "capitals", "DIE STADT GEHÖRT ALLEN.")],
    ),
    "capitals with a sharp s": ("<p>DIE GROßE STRAßE</p>", [(0, "capitals", "DIE GROßE STRAßE")]),
    "abbreviations": ("<p>EU-DSGVO, BVG, BSR, ITDZ, SenUVK</p>", []),
    "only abbreviations": ("<p>DSGVO, BVG, BSR, ITDZ, EU</p>", []),
    "a short name in capitals": ("<h2>BERLIN 2030</h2>", []),
    "no letters that have capitals": ("<p>城市屬於所有人，並且永遠如此。</p>", []),
    "nothing": ("", []),
}


@pytest.mark.parametrize("case", CASES)
def test_findings(case):
    html, expected = CASES[case]
    passages = cut_html(html)
    files = {"7": "original_images/hafen_plan_3_a1B2c3D.png"}
    assert [tuple(found) for found in findings(passages, files=files)] == expected


def test_a_file_may_be_named_by_what_it_shows():
    passages = cut_html(IMAGE.format("Luftbild des Hafens"))
    assert findings(passages, files={"7": "images/Luftbild_des_Hafens.jpg"}) == []
    assert findings(passages, files={"7": "images/Luftbild_des_Hafens_2.jpg"}) == []
    one = cut_html(IMAGE.format("hafen-luftbild"))
    (found,) = findings(one, files={"7": "images/hafen-luftbild.jpg"})
    assert found.kind == "image_file_name"


def test_two_tables_in_two_blocks_are_two():
    head = "<table><tr><th>Jahr</th></tr><tr><td>2030</td></tr></table>"
    body = "<table><tr><td>2031</td></tr></table>"
    passages = [*cut_html(head, block="a"), *cut_html(body, block="b")]
    assert [found.kind for found in findings(passages)] == ["table_headless"]


def test_an_empty_header_cell_is_none():
    passages = cut_html("<table><tr><th></th><td>2030</td></tr></table>")
    assert [found.kind for found in findings(passages)] == ["table_headless"]


@pytest.mark.parametrize("text", ["", "   ", "123 456", "A", "ABCDEFGHIJK"])
def test_little_is_not_shouted(text):
    assert not is_shouting(text)


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org",
        "http://example.org:8080/a/b?c=d#e",
        "https://münchen.de/",
        "https://www.example.org./",
        "https://192.0.2.7/plan",
        "https://[2001:db8::1]/",
        "mailto:post@example.org",
        "MAILTO:post@example.org?subject=Plan",
        "mailto:a@example.org,b@example.org",
    ],
)
def test_sound_addresses(address):
    assert is_sound(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "https://",
        "https://intranet/plan",
        "http://localhost:8000/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://[bad/",
        "https://example.org:99999/",
        "https://example.org:port/",
        "https://.example.org",
        "https://-example.org",
        "https://example..org",
        "https://example",
        "https://example.123",
        "mailto:",
        "mailto:post",
        "mailto:post@intranet",
        "mailto:a@example.org,b",
        "ftp://example.org/a",
        "javascript:alert(1)",
        "//example.org",
        "example.org",
    ],
)
def test_addresses_that_lead_nowhere(address):
    assert not is_sound(address)


def test_links_are_found_with_their_kind_and_words():
    html = (
        '<a linktype="page" id="3">Seite</a> <a linktype="document" id="4"><b>Da</b>tei</a> '
        '<a href="/de/x?a=1&amp;b=2">Pfad</a> <a href="#p-1">Anker</a> '
        '<a href="mailto:a@example.org">Post<br>fach</a>'
    )
    assert links_in(html) == [
        FoundLink("page", "3", "Seite"),
        FoundLink("document", "4", "Datei"),
        FoundLink("path", "/de/x?a=1&b=2", "Pfad"),
        FoundLink("anchor", "#p-1", "Anker"),
        FoundLink("address", "mailto:a@example.org", "Post fach"),
    ]
    assert links_in("a < b, <b>nichts</b>") == []
