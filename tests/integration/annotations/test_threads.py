"""The page of a passage: order, whole threads, and replies below what they answer."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from annotations.models import Annotation
from tests.factories import make_user
from tests.factories.annotations import annotate, answer, open_version, passage

pytestmark = pytest.mark.django_db


@pytest.fixture
def version(root):
    return open_version()


def url(version) -> str:
    uid = passage(version).uid
    return reverse("annotations:passage", args=[version.page_id, version.number, uid])


def bodies(client, address: str) -> list[str]:
    response = client.get(address)
    assert response.status_code == 200
    return [card.body for card in response.context["cards"]]


def replies(client, address: str) -> list[tuple[str, int]]:
    """Return the replies of the first card with their depth, as they stand on the page."""
    (card, *_others) = client.get(address).context["cards"]
    return [(reply.annotation.comment, reply.annotation.depth) for reply in card.replies]


def branching(version) -> Annotation:
    """Return an annotation with replies that were written in another order than they belong."""
    root = annotate(version, body="Wurzel")
    first = answer(root, body="eins")
    answer(root, body="zwei")
    deeper = answer(first, body="eins-eins")
    answer(first, body="eins-zwei")
    answer(deeper, body="eins-eins-eins")
    return root


TREE = [("eins", 1), ("eins-eins", 2), ("eins-eins-eins", 3), ("eins-zwei", 2), ("zwei", 1)]


def test_annotations_are_read_newest_first_or_by_support(client, version):
    old = annotate(version, body="alt")
    annotate(version, body="neu")
    Annotation.objects.filter(pk=old.pk).update(support_count=3)
    assert bodies(client, url(version)) == ["neu", "alt"]
    assert bodies(client, f"{url(version)}?order=supported") == ["alt", "neu"]
    assert bodies(client, f"{url(version)}?order=hostile") == ["neu", "alt"]
    page = client.get(url(version)).content.decode()
    assert f'{url(version)}?order=supported"' in page
    assert "Meiste Unterstützung zuerst" in page


def test_the_order_travels_to_the_next_page(client, version):
    writer = make_user()
    for n in range(21):
        annotate(version, body=f"Stimme {n}", user=writer)
    page = client.get(f"{url(version)}?order=supported").content.decode()
    assert "?order=supported&amp;page=2" in page
    assert bodies(client, f"{url(version)}?order=supported&page=2") == ["Stimme 0"]


def test_whole_threads_are_shown_where_they_are_asked_for(client, version):
    branching(version)
    assert replies(client, url(version)) == [("eins", 1), ("zwei", 1)]
    assert "?threads=all" in client.get(url(version)).content.decode()
    assert replies(client, f"{url(version)}?threads=all") == TREE
    page = client.get(f"{url(version)}?threads=all").content.decode()
    assert "Nur die ersten Antworten zeigen" in page


def test_replies_stand_below_what_they_answer_on_the_page_of_the_annotation(client, version):
    root = branching(version)
    page = client.get(root.get_absolute_url()).content.decode()
    depths = re.findall(r"syn-reply--depth-(\d)", page)
    assert depths == [str(depth) for _words, depth in TREE]
    order = [page.index(f"<p>{words}</p>") for words, _depth in TREE]
    assert order == sorted(order)


def test_twenty_whole_threads_need_as_many_queries_as_one(client, version):
    def count():
        client.get(f"{url(version)}?threads=all")
        with CaptureQueriesContext(connection) as captured:
            client.get(f"{url(version)}?threads=all")
        return len(captured)

    branching(version)
    few = count()
    for _ in range(6):
        branching(version)
    assert count() == few
