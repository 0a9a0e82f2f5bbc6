"""Public pages ask the database as often for much as for little (law 8)."""

from __future__ import annotations

import re
from copy import deepcopy
from datetime import timedelta
from itertools import chain
from typing import TYPE_CHECKING

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import PageViewRestriction

from annotations.services.bulk import Voice, import_voices
from annotations.services.following import follow
from annotations.services.moderating import hide_annotation
from cms_pages.services.site_setup import set_up_site
from tests.factories import make_draft, make_process, make_user, publish
from tests.factories.annotations import annotate, answer, dispose, passage
from versioning.services.storing import store_comparisons_of

if TYPE_CHECKING:
    from annotations.models import Annotation
    from versioning.models import Version

pytestmark = pytest.mark.django_db

READING_AT_MOST = 10
THREADS_AT_MOST = 12
POSTING_AT_MOST = 20
HIDING_AT_MOST = 20
COMPARISON_AT_MOST = 12
LIST_AT_MOST = 12
ORIGIN_AT_MOST = 24
BALANCE_AT_MOST = 9


@pytest.fixture(scope="module")
def shared_home(shared_root):
    return set_up_site().home


@pytest.fixture
def home(shared_home):
    return deepcopy(shared_home)


@pytest.fixture
def process(home):
    return make_process(parent=home)


def html(passages: int, word: str = "eins") -> str:
    return "".join(f"<p>Absatz {n} sagt {word} und sonst nichts.</p>" for n in range(passages))


def text(process, *, passages: int = 10, versions: int = 2, annotations: int = 0) -> Version:
    """Return the newest version of a new draft, half of the annotations on the first one."""
    draft = make_draft(html=html(passages), process=process)
    window = {"closes": timezone.now() + timedelta(days=7)}
    version = publish(draft, **window)
    writer, editor = make_user(), make_user("superuser")
    _write(version, annotations - annotations // 2, writer, editor)
    for number in range(2, versions + 1):
        version = publish(draft, html=html(passages, f"Wort{number}"), **window)
        follow(version_id=version.pk)
    _write(version, annotations // 2, writer, editor)
    return version


def _write(version, number, writer, editor):
    total = version.passages.count()
    for n in range(number):
        made = annotate(version, "sagt", position=n % total, user=writer, body=f"Stimme {n}")
        if n % 2:
            answer(made, user=writer, body="Antwort")
        if n % 3 == 0:
            dispose(made, actor=editor)


def counted(url: str) -> int:
    """Return the number of queries of a stranger's second visit."""
    client = Client()
    assert client.get(url).status_code == 200
    with CaptureQueriesContext(connection) as captured:
        client.get(url)
    return len(captured)


def urls_of(version: Version) -> dict[str, str]:
    args = [version.page_id, version.number]
    return {
        "reading": version.page.get_url(),
        "passage": reverse("annotations:passage", args=[*args, passage(version, 0).uid]),
        "place": reverse("annotations:passage", args=[*args, passage(version, 0).uid]) + "?at=12",
        "history": reverse("annotations:history", args=[*args, passage(version, 0).uid]),
        "version": version.get_absolute_url(),
        "versions": reverse("versioning:versions", args=[version.page_id]),
        "origin": reverse("versioning:origin", args=args),
        "comparison": reverse("versioning:comparison", args=[args[0], args[1] - 1, args[1]]),
        "removed": reverse("annotations:removed", args=args),
        "list": reverse("annotations:list", args=args[:1]),
        "list, filtered": reverse("annotations:list", args=args[:1])
        + "?q=stimme&state=open&order=place",
        "balance": reverse("annotations:balance", args=args[:1]),
        "balance, data": reverse("annotations:balance_json", args=args[:1]),
        "container": reverse("synopse_api:container", args=args[:1]),
        "page of the container": reverse("synopse_api:container", args=args[:1]) + "?iris=1",
    }


def counts_of(version: Version) -> dict[str, int]:
    return {name: counted(url) for name, url in urls_of(version).items()}


def test_fifty_annotations_need_as_many_queries_as_five(process):
    few = counts_of(text(process, annotations=6))
    many = counts_of(text(process, annotations=50))
    assert many == few


def test_a_page_without_annotations_never_needs_more_than_one_with_them(process):
    none = counts_of(text(process))
    some = counts_of(text(process, annotations=6))
    assert {name for name in none if none[name] > some[name]} == set()


def test_sixty_passages_need_as_many_queries_as_ten(process):
    few = counts_of(text(process, passages=10, annotations=6))
    many = counts_of(text(process, passages=60, annotations=6))
    assert many == few


def test_five_versions_need_as_many_queries_as_two(process):
    few = counts_of(text(process, versions=2, annotations=6))
    many = counts_of(text(process, versions=5, annotations=6))
    assert many == few


def test_the_reading_page_stays_below_its_bound(process):
    version = text(process, annotations=20)
    assert counted(version.page.get_url()) <= READING_AT_MOST


def test_a_private_page_elsewhere_costs_the_reading_page_no_more_than_its_bound(home, process):
    version = text(process, annotations=20)
    private = text(process).page
    PageViewRestriction.objects.create(page=private, restriction_type=PageViewRestriction.LOGIN)
    assert counted(version.page.get_url()) <= READING_AT_MOST


def test_twenty_threads_with_replies_stay_below_their_bound(process):
    version = text(process, passages=1, versions=1)
    writer = make_user()
    for _ in range(25):
        answer(annotate(version, "sagt", user=writer), user=writer, body="Antwort")
    assert counted(urls_of(version)["passage"]) <= THREADS_AT_MOST


def thread(process, *, replies: int) -> list[Annotation]:
    """Return an annotation and its replies, half of them to each other."""
    version = publish(make_draft(process=process), closes=timezone.now() + timedelta(days=7))
    voices: list[Voice] = []
    for n in range(replies + 1):
        person = {"name": f"Stimme {n}", "email": f"stimme{n}@example.org"}
        answers = voices[n % 2] if n > 1 else voices[0] if voices else None
        first = passage(version, 0)
        voices.append(Voice(first, f"Beitrag {n}", at=timezone.now(), answers=answers, **person))
    import_voices(version=version, page=version.page, voices=voices)
    return [voice.annotation for voice in voices]


def costs_of(rows: list[Annotation]) -> dict[str, int]:
    """Return the queries of reading a thread to its end, and of hiding a reply and the root."""
    url, editor = rows[0].get_absolute_url(), make_user("superuser")
    costs = {"first": counted(url), "second": counted(f"{url}?page=2")}
    for name, row in (("reply", rows[1]), ("root", rows[0])):
        ContentType.objects.clear_cache()
        with CaptureQueriesContext(connection) as captured:
            hide_annotation(annotation=row, actor=editor, ground="Streit")
        costs[name] = len(captured)
    return costs


def test_a_long_thread_is_read_and_hidden_with_as_many_queries_as_a_short_one(process):
    costs_of(thread(process, replies=1))  # with the first mail the wishes of a person are stored
    few, many = costs_of(thread(process, replies=3)), costs_of(thread(process, replies=240))
    assert many == few
    assert max(many["first"], many["second"]) <= THREADS_AT_MOST
    assert max(many["reply"], many["root"]) <= HIDING_AT_MOST  # with the reasons to the author


def test_the_pages_of_a_long_thread_show_each_reply_once(process):
    rows = thread(process, replies=240)
    pages = [content_of(f"{rows[0].get_absolute_url()}?page={n}") for n in (1, 2, 3)]
    shown = [re.findall(r'class="syn-reply [^>]*id="a-([0-9a-f-]+)"', page) for page in pages]
    assert [len(page) for page in shown] == [100, 100, 40]
    assert sorted(chain(*shown)) == sorted(str(row.uuid) for row in rows[1:])


def content_of(url: str) -> str:
    return Client().get(url).content.decode()


def test_posting_stays_below_its_bound_for_guests_and_accounts(process):
    version = text(process, annotations=20)
    url = urls_of(version)["passage"]
    member = Client()
    member.force_login(make_user())
    for client, identity in ((Client(), {"name": "Ada", "email": "ada@example.org"}), (member, {})):
        key = client.get(url).context["form"]["idempotency_key"].value()
        data = {"body": "Gut so.", "motivation": "commenting", "idempotency_key": key, **identity}
        with CaptureQueriesContext(connection) as captured:
            response = client.post(url, data)
        assert response.status_code == 302
        assert len(captured) <= POSTING_AT_MOST, [query["sql"] for query in captured]


def test_the_list_of_all_annotations_stays_below_its_bound(process):
    version = text(process, annotations=50)
    urls = urls_of(version)
    assert counted(urls["list"]) <= LIST_AT_MOST
    assert counted(urls["list, filtered"]) <= LIST_AT_MOST


def test_the_balance_sheet_stays_below_its_bound(process):
    version = text(process, annotations=50)
    assert counted(urls_of(version)["balance"]) <= BALANCE_AT_MOST


def test_the_page_of_origins_stays_below_its_bound(process):
    version = text(process, versions=4, annotations=20)
    assert counted(urls_of(version)["origin"]) <= ORIGIN_AT_MOST


def test_a_stored_comparison_stays_below_its_bound(process):
    version = text(process, annotations=20)
    store_comparisons_of(version=version)
    assert counted(urls_of(version)["comparison"]) <= COMPARISON_AT_MOST


def test_home_and_process_need_as_many_queries_for_six_texts_as_for_two(home, process):
    def count():
        return counted(home.get_url()), counted(process.get_url())

    for _ in range(2):
        text(process, annotations=4)
    few = count()
    for _ in range(4):
        text(process, annotations=4)
    assert count() == few


def test_a_trace_needs_as_many_queries_for_many_replies_as_for_one(process):
    version = text(process, versions=1)
    made = annotate(version)
    writer = make_user()
    answer(made, user=writer)
    few = counted(made.get_absolute_url())
    for _ in range(20):
        answer(made, user=writer)
    assert counted(made.get_absolute_url()) == few


@pytest.mark.parametrize("number", [0, 10])
def test_the_counts_are_told(process, number, record_property):
    """Keep the numbers where whoever reads a report finds them."""
    for name, count in counts_of(text(process, annotations=number)).items():
        record_property(f"queries of {name} with {number}", count)
        assert count <= 40, name
