"""Editors work along the list that they came from, with its filters and in its order."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from lxml import html as lxml_html

from annotations.admin import links
from annotations.admin.lists import EVERYTHING
from annotations.models import Annotation
from annotations.services.assigning import offices
from tests.factories import make_user
from tests.factories.annotations import annotate, dispose, open_version

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("root")]

HTML = (
    "<h2>Wohnen</h2><p>Die Stadt gehört allen, die dort wohnen.</p>"
    "<h2>Verkehr</h2><p>Busse fahren jede Stunde.</p>"
)
NEXT = {"outcome": "noted", "next_open": "yes"}


@pytest.fixture
def version():
    return open_version(HTML)


@pytest.fixture
def editor() -> Client:
    client = Client()
    client.force_login(make_user("editor"))
    return client


def page_of(client, url):
    response = client.get(url)
    assert response.status_code == 200
    return lxml_html.fromstring(response.content.decode())


def opened(client, listing, annotation) -> str:
    """Return the address of the form that answers an annotation, reached from a listing."""
    [to_row] = page_of(client, listing).xpath(f"//a[@id='annotation_{annotation.pk}_title']/@href")
    return page_of(client, to_row).xpath("//a[normalize-space()='Abwägen']/@href")[0]


def chosen(response) -> list[str]:
    return parse_qs(urlsplit(response.url).query).get("id", [])


def supported(annotation, number):
    Annotation.objects.filter(pk=annotation.pk).update(support_count=number)
    return annotation


def test_the_next_one_is_the_next_of_the_list_by_filter_and_order(editor, version):
    rows = [annotate(version, position=position, body="Radwege") for position in (1, 3, 1, 3)]
    least, middle, most, other = rows
    for row, number in ((least, 1), (middle, 5), (most, 9)):
        supported(row, number)
    listing = links.listing_url(answer="open", support=1, ordering="-support_count")

    first = editor.post(opened(editor, listing, middle), NEXT)
    assert chosen(first) == [str(least.pk)]
    second = editor.post(first.url, NEXT)
    assert chosen(second) == [str(most.pk)]  # from the begin again

    end = editor.post(second.url, NEXT, follow=True)
    assert end.redirect_chain[-1][0] == listing
    assert "Jede Anmerkung dieser Liste ist beantwortet." in end.content.decode()
    assert list(Annotation.objects.undisposed()) == [other]


def test_words_that_are_searched_for_and_other_documents_are_followed_too(editor, version):
    far = annotate(open_version(HTML), body="Auch hier: Bänke im Park")
    near, unsaid = annotate(version, body="Bänke für alle"), annotate(version, body="Busse")
    form = opened(editor, links.listing_url(q="Bänke"), near)
    assert chosen(editor.post(form, NEXT)) == [str(far.pk)]
    assert unsaid in Annotation.objects.undisposed()


def test_the_form_says_how_many_of_the_list_are_left_and_offers_no_way_on_at_its_end(
    editor, version
):
    first, second = annotate(version), annotate(version, position=3)
    annotate(version, position=1, body="Anderes")
    listing = links.listing_url(page=version.page_id, chapter=f"{version.page_id}-1")
    form = opened(editor, listing, first)
    left = editor.get(form).context
    assert left["has_next"]
    assert second.passage.chapter != first.passage.chapter
    assert left["left_within"].endswith("noch 1 Anmerkung offen.")
    alone = opened(editor, links.listing_url(passage=second.passage.number), second)
    assert not editor.get(alone).context["has_next"]


def test_several_that_are_answered_together_go_on_along_their_list(editor, version):
    rows = [annotate(version, position=position) for position in (3, 1, 3)]
    listing = links.listing_url(passage=rows[0].passage.number)
    left = annotate(version, position=3)
    url = links.dispose_url([rows[0].pk, rows[2].pk], next_url=listing)  # as Wagtail's buttons do
    assert chosen(editor.post(url, NEXT)) == [str(left.pk)]


def test_what_has_an_answer_leads_on_to_the_next_open_one_of_the_list(editor, version):
    answered, waiting = annotate(version), annotate(version)
    dispose(answered)
    detail = links.annotation_url(answered.pk, within="ordering=place")
    [to_next] = page_of(editor, detail).xpath("//a[normalize-space()='Nächste offene']/@href")
    assert to_next == links.dispose_url([waiting.pk], within="ordering=place")
    assert not page_of(editor, links.annotation_url(answered.pk)).xpath(
        "//a[normalize-space()='Nächste offene']"
    )


def test_assigning_leads_back_to_the_annotation_that_it_was_begun_at(editor, version):
    detail = links.annotation_url(annotate(version).pk, within="answer=open")
    [assign] = page_of(editor, detail).xpath("//a[normalize-space()='Zuweisen']/@href")
    response = editor.post(assign, {"office": offices()[0].pk})
    assert response.url == detail


def test_the_listing_without_any_choice_is_followed_newest_first(editor, version):
    old, new, last = (annotate(version, position=1) for _ in range(3))
    form = opened(editor, links.listing_url(), last)
    assert parse_qs(urlsplit(form).query)[links.WITHIN] == [EVERYTHING]
    response = editor.post(form, NEXT)
    assert chosen(response) == [str(new.pk)]
    assert old.disposition_id is None


def test_the_way_back_keeps_the_choice(editor, version):
    one = annotate(version)
    listing = links.listing_url(answer="open", ordering="place")
    form = opened(editor, listing, one)
    assert page_of(editor, form).xpath(f"//a[@href='{listing}']")
    saved = editor.post(form, {"outcome": "noted"})
    assert saved.url == links.annotation_url(one.pk, within="answer=open&ordering=place")


@pytest.mark.parametrize("query", ["page=999", "answer=%00", "evil=1", "q=" + "x" * 5000, "="])
def test_a_strange_list_is_no_error(query, editor, version):
    one, _two = annotate(version), annotate(version)
    url = links.dispose_url([one.pk], within=query)
    assert editor.get(url).status_code == 200
    assert editor.post(url, NEXT).status_code == 302


def test_the_progress_of_the_open_ones_counts_all_of_the_choice(editor, version):
    dispose(annotate(version, position=3))
    annotate(version, position=3)
    annotate(version, position=1)
    listing = links.listing_url(answer="open", passage=version.passages.get(position=3).number)
    assert "1 von 2 Anmerkungen" in editor.get(listing).content.decode()
