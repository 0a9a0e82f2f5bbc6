"""The model case as it is told, and its chain read in both directions by a crawler.

Every test stands on one load of the demo.
"""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import timedelta
from functools import cache
from io import StringIO
from urllib.parse import urljoin

import pytest
from django.conf import settings as of_site
from django.core.management import call_command
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone
from lxml import html as lxml_html
from wagtail.models import Locale

from annotations.models import Annotation, Disposition, OutboxMail, State
from cms_pages.demo.accounts import ACCOUNTS, PASSWORD
from cms_pages.models import HomePage, StrategyDraftPage
from versioning.models import Change, Passage, Submission, Version
from versioning.services.changes import unexplained_in
from versioning.services.integrity import check_integrity
from versioning.services.workflows import gate_workflows

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def loaded(shared_root):
    """Load the demo, after the addresses are read: its own pages are not installed in tests."""
    get_resolver().url_patterns  # noqa: B018  # reading them is what is wanted
    before, of_site.SYNOPSE_DEMO = getattr(of_site, "SYNOPSE_DEMO", False), True
    load(base_url="http://127.0.0.1:8123")
    yield of_site.MEDIA_ROOT
    of_site.SYNOPSE_DEMO = before


def load(**options):
    out = StringIO()
    call_command("load_demo", stdout=out, **options)
    return out.getvalue()


def test_the_demo_tells_the_whole_story_and_a_second_call_keeps_what_was_written(
    loaded, settings, client
):
    settings.MEDIA_ROOT = loaded
    # stage 1: finished, with the dates of the model case
    first, second = StrategyDraftPage.objects.filter(locale__language_code="de").order_by("path")
    days = [
        timezone.localdate(version.published_at).isoformat()
        for version in Version.objects.of_page(first).order_by("number")
    ]
    assert days == ["2021-04-26", "2021-06-07", "2021-07-01"]
    submission = Submission.objects.get()
    assert submission.version == first.newest_version
    assert timezone.localdate(submission.submitted_at).isoformat() == "2021-07-01"
    assert "2021-10-01" in [str(step.planned_on) for step in submission.steps.all()]

    shown = client.get(submission.get_absolute_url()).content.decode()
    assert "Was offen blieb" in shown
    assert "Es gibt keine öffentliche Übersetzung: English." in shown
    assert "Beraten und beschlossen wird der deutsche Text." in shown
    for department in ("Stadtentwicklung", "Wirtschaft", "Bildung"):
        assert f"Ressort {department}" in shown
    signers = submission.version.signatures.values_list("signed_by__username", flat=True)
    assert sorted(signers) == ["moderation", "pruefung", "redaktion"]
    assert [workflow.name for workflow in gate_workflows()] == ["Weg zum Beschluss"]

    # stage 2: three versions, a window that opened a week ago and closes in four weeks
    newest = second.newest_version
    now = timezone.now()
    assert newest.number == 3
    assert newest.is_open()
    assert abs(now - newest.opens - timedelta(days=7)) < timedelta(minutes=10)
    assert timedelta(days=27) < newest.closes - now < timedelta(days=29)

    # voices in all states, answers, and not a change without a reason
    states = set(Annotation.objects.values_list("state", flat=True))
    assert states == set(State.values) - {State.ILLEGAL}
    assert Annotation.objects.count() == 40
    outcomes = set(Disposition.objects.values_list("outcome", flat=True))
    assert outcomes == {"adopted", "partly_adopted", "not_adopted", "noted", "answered"}
    assert not Disposition.objects.filter(missing=True).exists()
    assert not unexplained_in(Version.objects.all()).exists()
    assert check_integrity() == []

    # only the mail waits that somebody can still play
    waiting = OutboxMail.objects.get(sent_at=None)
    assert "http://127.0.0.1:8123/" in waiting.text

    # English by wagtail-localize: the first chapter, the rest in the source's words
    english = second.get_translation(Locale.objects.get(language_code="en"))
    passages = list(english.newest_version.passages.in_order())
    chapter = [p for p in passages if p.chapter == passages[0].chapter]
    assert {p.locale.language_code for p in chapter} == {"en"}
    assert {p.locale.language_code for p in passages[len(chapter) :]} == {"de"}
    assert [b.id for b in english.body] == [b.id for b in second.body]
    assert [p.uid for p in passages] == [p.uid for p in newest.passages.in_order()]

    for home in HomePage.objects.all():
        page = client.get(home.get_url())
        assert page.status_code == 200
        card = page.context["open_drafts"][0]
        draft = {"de": second, "en": english}[home.locale.language_code]
        assert card.url == draft.get_url()
        assert client.get(card.url).status_code == 200
    for account in ACCOUNTS:
        person = Client()
        person.post("/accounts/login/", {"login": account.username, "password": PASSWORD})
        assert "_auth_user_id" in person.session

    # a second call keeps what was written
    Annotation.objects.filter(state=State.UNCONFIRMED).update(comment="Neu")
    before = (Annotation.objects.count(), Version.objects.count())
    assert "kept" in load(base_url="http://127.0.0.1:8123")
    assert (Annotation.objects.count(), Version.objects.count()) == before
    assert Annotation.objects.filter(comment="Neu").exists()


# The chain over the pages, in both directions


TRACE = re.compile(r"/de/annotations/[0-9a-f-]{36}/")
LIST = re.compile(r"/annotations/\?answer=\d+$|/passages/[0-9a-f-]{36}/$")


class Crawler:
    """Reads public pages as a stranger does, each once."""

    def __init__(self) -> None:
        self.client = Client()
        self.page = cache(self._page)

    def _page(self, url: str) -> lxml_html.HtmlElement:
        response = self.client.get(url)
        assert response.status_code == 200, url
        return lxml_html.fromstring(response.content.decode())

    def links(self, url: str, part: str = "//main") -> list[str]:
        """Return where the links of a part of a page lead to, without their fragments."""
        found = self.page(url).xpath(f"{part}//a/@href")
        return [urljoin(url, link).partition("#")[0] for link in found]

    def pages(self, url: str) -> list[str]:
        """Return the address of a list and of the pages that it goes on with."""
        found, waiting = [], [url]
        while waiting:
            here = waiting.pop()
            found.append(here)
            further = [one for one in self.links(here) if _goes_on(one, url)]
            waiting += sorted({*further} - {*found, *waiting})
        return found

    def annotations(self, url: str, part: str = "//main") -> set[str]:
        """Return the traces that a part of a page leads to, itself or by a list of annotations."""
        found = set()
        for link in self.links(url, part):
            if TRACE.fullmatch(link):
                found.add(link)
            elif LIST.search(link):
                further = [one for page in self.pages(link) for one in self.links(page)]
                found |= {trace[0] for one in further if (trace := TRACE.match(one))}
        return found


def _goes_on(link: str, url: str) -> bool:
    return "page=" in link and link.split("?", maxsplit=1)[0] == url.split("?", maxsplit=1)[0]


def place_of(change: Change) -> str:
    """Return where a comparison shows a change: a row of it, or one of a table."""
    return f"//*[@data-syn-change][.//*[@id='change-{change.pk}'] or @id='change-{change.pk}']"


@pytest.fixture(scope="module")
def crawler(loaded):
    return Crawler()


def documents() -> list[StrategyDraftPage]:
    return list(StrategyDraftPage.objects.order_by("path"))


def public_roots(**chosen) -> set[str]:
    return {row.get_absolute_url() for row in Annotation.objects.roots().public().filter(**chosen)}


def test_every_annotation_stands_in_the_list_and_in_the_balance_sheet(crawler):
    for page in documents():
        listed = reverse("annotations:list", args=[page.pk])
        found = {link for url in crawler.pages(listed) for link in crawler.links(url)}
        assert public_roots(version__page=page) <= found
        balance = crawler.client.get(reverse("annotations:balance", args=[page.pk]))
        assert balance.context["balance"].total.count == len(
            {link for link in found if TRACE.fullmatch(link)}
        )


def test_from_every_annotation_to_its_disposition_its_changes_their_version_and_the_bodies(crawler):
    rows = Annotation.objects.roots().public().select_related("disposition", "version")
    answered = 0
    for row in rows:
        url = row.get_absolute_url()
        words = re.sub(r"\s+", " ", crawler.page(url).xpath("string(//main)"))
        links = crawler.page(url).xpath("//main//ol[@class='syn-trace']//a/@href")
        assert re.sub(r"\s+", " ", row.comment)[:40] in words
        answer = row.disposition
        if answer is None or answer.public_at is None:
            continue
        answered += 1
        assert answer.get_outcome_display() in words
        assert re.sub(r"\s+", " ", answer.reason)[:60] in words
        for change in answer.changes.select_related("version"):
            to = f"?change={change.pk}#change-{change.pk}"
            (link,) = {one for one in links if one.endswith(to)}
            assert f"Fassung {change.version.number}" in words
            part = place_of(change)
            assert crawler.page(link.partition("#")[0]).xpath(part), link
            assert url in crawler.annotations(link.partition("#")[0], part)
        later = Submission.objects.filter(
            version__page=row.version.page_id, version__number__gte=row.version.number
        )
        for submission in later:
            assert submission.get_absolute_url() in links
            for step in submission.steps.all():
                assert step.body in words
    assert answered >= 15


def test_from_every_changed_passage_back_to_the_annotations_behind_it(crawler):
    changes = Change.objects.select_related("version").prefetch_related(
        "old_passages", "new_passages__version", "dispositions__annotations"
    )
    behind: dict[Passage, set[str]] = defaultdict(set)
    explained = 0
    for change in changes:
        wanted = {
            row.get_absolute_url()
            for answer in change.dispositions.all()
            if answer.public_at
            for row in answer.annotations.all()
            if row.state == State.PUBLIC
        }
        number = change.version.number
        args = [change.version.page_id, number - 1, number]
        url = f"{reverse('versioning:comparison', args=args)}?change={change.pk}"
        part = place_of(change)
        (row,) = crawler.page(url).xpath(part)
        assert wanted <= crawler.annotations(url, part), url
        assert wanted or change.reason in row.text_content()
        explained += bool(wanted)
        for passage in [*change.new_passages.all(), *change.old_passages.all()]:
            behind[passage] |= wanted
    for passage, wanted in behind.items():
        args = [passage.version.page_id, passage.version.number, passage.uid]
        assert reverse("annotations:history", args=args) in crawler.links(
            reverse("annotations:passage", args=args)
        )
        assert wanted <= crawler.annotations(reverse("annotations:history", args=args))
    assert explained >= 10


def test_every_annotation_on_changed_words_stands_beside_them(crawler):
    """Also those that did not lead to the change, so that nobody overlooks them."""
    for version in Version.objects.filter(number__gt=1).select_related("page"):
        changed = Passage.objects.filter(changes_from__version=version)
        wanted = public_roots(passage__in=changed)
        args = [version.page_id, version.number - 1, version.number]
        found: set[str] = set()
        for url in crawler.pages(reverse("versioning:comparison", args=args)):
            found |= crawler.annotations(url)
        assert wanted <= found
