"""Histories are taken over in bulk, and keep every rule that single contributions keep."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from annotations.models import Annotation, OutboxMail, Support
from annotations.services import bulk
from annotations.services.bulk import Voice
from annotations.services.moderating import hide_annotation
from cms_pages.demo import growing
from cms_pages.demo.growing import Size
from tests.factories import make_process, make_user
from tests.factories.annotations import open_version, passage
from versioning.services.integrity import check_integrity

pytestmark = pytest.mark.django_db


@pytest.fixture
def version(site_root):
    return open_version("<p>Die Stadt gehört allen.</p><p>Busse fahren jede Stunde.</p>")


def voice(version, **values):
    common = {"body": "So ist es.", "name": "Ada", "email": "ada@example.org"}
    given = {"passage": passage(version), "at": timezone.now(), **common, **values}
    return Voice(**given)


def thread(version, replies: int):
    """Store an annotation with many replies, half of them to other replies."""
    first = voice(version, start=4, end=9)
    voices = [first]
    for number in range(replies):
        parent = voices[number] if number % 2 and voices[number].depth < 2 else first
        voices.append(voice(version, answers=parent, body=f"Antwort {number}"))
    bulk.import_voices(version=version, page=version.page, voices=voices)
    return first.annotation


def test_an_import_keeps_threads_ranges_and_flags(version):
    root = thread(version, 20)
    stored = Annotation.objects.get(pk=root.pk)
    assert (stored.exact, stored.state, stored.is_public) == ("Stadt", "public", True)
    assert stored.thread_id == stored.parent_id == stored.pk
    replies = Annotation.objects.filter(root=root)
    assert replies.count() == 20
    assert set(replies.values_list("depth", flat=True)) == {1, 2}
    assert all(reply.thread_id == root.pk for reply in replies)
    assert check_integrity() == []
    assert not OutboxMail.objects.exists()


@pytest.mark.parametrize(
    "wrong", [{"body": "  "}, {"body": "x" * 3001}, {"email": "nein"}, {"start": 3, "end": 999}]
)
def test_one_wrong_contribution_stops_the_import(version, wrong):
    with pytest.raises(ValidationError):
        bulk.import_voices(
            version=version, page=version.page, voices=[voice(version), voice(version, **wrong)]
        )
    assert not Annotation.objects.exists()


def test_an_import_asks_as_often_for_many_as_for_few(version):
    def count(number):
        voices = [voice(version) for _ in range(number)]
        with CaptureQueriesContext(connection) as captured:
            bulk.import_voices(version=version, page=version.page, voices=voices)
        return len(captured)

    count(1)
    assert count(40) == count(5)


def test_each_person_supports_once(version):
    root = thread(version, 0)
    pairs = [(root.pk, f"{name}@example.org") for name in ("ada", "ADA", "bo")]
    for _ in range(2):
        bulk.import_supports(pairs=pairs, at=timezone.now())
    root.refresh_from_db()
    assert root.support_count == Support.objects.count() == 2
    assert not Support.objects.filter(person_key__contains="@").exists()


def test_a_grown_demonstration_holds_what_its_size_says_and_every_rule(site_root, settings):
    make_process()
    said = []
    size = Size(passages=40, voices=60, hottest=20, supports=80, people=15, versions=3)
    growing.grow(size=size, folder=settings.SYNOPSE_DEMO_FOLDER, say=said.append)
    assert Annotation.objects.count() == 60
    assert Support.objects.count() == 80
    newest = Annotation.objects.latest("pk").version
    assert newest.number == 3
    assert newest.is_open(timezone.now() + timedelta(days=20))
    assert check_integrity() == []
    assert "60 of 60 voices" in "".join(said)
    growing.grow(size=size, folder=settings.SYNOPSE_DEMO_FOLDER, say=said.append)
    assert Annotation.objects.count() == 60


def test_a_thread_of_hundreds_is_paged_and_asks_as_often_as_a_short_one(version, client):
    def read(root):
        client.get(root.get_absolute_url())
        with CaptureQueriesContext(connection) as captured:
            response = client.get(root.get_absolute_url())
        return len(captured), len(response.content)

    few, _short = read(thread(version, 120))
    many, long = read(thread(version, 600))
    assert many == few
    assert long < 200_000


def test_hiding_the_root_of_a_long_thread_asks_as_often_as_of_a_short_one(version):
    moderator = make_user("superuser")

    def hide(root):
        with CaptureQueriesContext(connection) as captured:
            hide_annotation(annotation=root, actor=moderator, ground="Spam.")
        return len(captured)

    hide(thread(version, 1))
    few, many = hide(thread(version, 5)), hide(thread(version, 600))
    assert many == few
    assert many <= 17
    assert Annotation.objects.filter(state="public").count() == 606
