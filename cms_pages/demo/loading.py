"""Loading the demo: site, accounts, process, both stages, the English translation."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.db import transaction
from django.utils import timezone
from django.utils.html import format_html_join
from wagtail.models import Locale

from annotations.models import ReasonText
from annotations.services.moments import happening_at
from annotations.services.outbox import record_sent
from cms_pages.demo.fixture import Fixture
from cms_pages.demo.people import People
from cms_pages.demo.story import Story
from cms_pages.models import ParticipationProcessPage
from cms_pages.services.processes import (
    Phase,
    TimelineEntry,
    make_process,
    make_reusable_text,
)
from cms_pages.services.site_setup import record_address, set_up_department, set_up_site
from cms_pages.services.translating import (
    plain_string,
    publish_translation,
    save_translated_snippet,
    translate_object,
)
from versioning.doors import RouteBody
from versioning.services.freezing import published_at
from versioning.services.workflows import make_workflow

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from django.contrib.auth.models import Group, User

    from cms_pages.models import HomePage, StrategyDraftPage

    Say = Callable[[str], None]

KINDS = {"am": "on", "ab": "from", "vom": "span"}
TRANSLATED = timedelta(days=6)
"""How long ago the English translation came out."""


def is_loaded(folder: Path) -> bool:
    """Tell whether the demo is in the database."""
    slug = Fixture(folder, timezone.now()).read("process")["slug"]
    return bool(ParticipationProcessPage.objects.filter(slug=slug).exists())


@transaction.atomic
def load_demo(*, folder: Path, base_url: str, say: Say) -> StrategyDraftPage:
    """Load the demo as a whole, or nothing of it.

    Args:
        folder: Where the demo's files lie.
        base_url: Begin of the links in mails, with host and port.
        say: Takes a line about what is being done.

    Returns:
        The draft whose window is open.
    """
    fixture = Fixture(folder, timezone.now())
    say("   Site, groups and accounts")
    home = set_up_site(texts=fixture.site_texts()).home
    if home is None:
        msg = "The site shows a page of its own; the demo needs a site of its own."
        raise LookupError(msg)
    record_base_url(base_url)
    people = People(fixture=fixture, base_url=base_url)
    process = _make_process(fixture, home, people)
    for entry in fixture.read("reason_texts"):
        ReasonText.objects.create(**entry)
    story = Story(fixture=fixture, people=people, process=process, say=say)
    drafts = [story.tell(stage) for stage in fixture.read("process")["stages"]]
    say("   English translation")
    _translate(fixture, process, drafts[-1], people.user("redaktion"))
    record_sent(at=fixture.now, keep=story.waiting_mails)
    return drafts[-1]


def record_base_url(base_url: str) -> None:
    """Record where the demo is reached; it may be another port each time it is started."""
    address = urlsplit(base_url)
    default = 443 if address.scheme == "https" else 80
    record_address(hostname=address.hostname or "localhost", port=address.port or default)


def _make_process(fixture: Fixture, home: HomePage, people: People) -> ParticipationProcessPage:
    data = fixture.read("process")
    editor = people.user("redaktion")
    departments = make_departments(fixture, people)
    results = make_reusable_text(
        title=data["results"]["title"],
        text=_paragraphs(data["results"]["paragraphs"]),
        parent=home,
        actor=editor,
    )
    bodies = [_body(body, departments, people) for body in data["bodies"]]
    make_workflow(name=data["workflow"], bodies=bodies)
    return make_process(
        parent=home,
        title=data["title"],
        slug=data["slug"],
        actor=editor,
        intro=_paragraphs([data["intro"]]),
        phases=[_phase(fixture, phase) for phase in data["phases"]],
        timeline=[
            _entry(fixture, entry) for stage in data["stages"] for entry in stage["timeline"]
        ],
        results=results,
        bodies=bodies,
    )


def make_departments(fixture: Fixture, people: People) -> dict[str, Group]:
    """Make the groups of the departments that co-sign, each with its members.

    Returns:
        The groups by name.
    """
    made = {}
    for entry in fixture.read("process")["departments"]:
        made[entry["name"]] = set_up_department(entry["name"])
        made[entry["name"]].user_set.add(*map(people.user, entry["members"]))
    return made


def _body(entry: dict[str, Any], departments: dict[str, Group], people: People) -> RouteBody:
    group, responsible = departments.get(entry["body"]), entry.get("responsible")
    return RouteBody(
        entry["body"],
        entry["role"],
        group=group.pk if group else None,
        responsible=people.user(responsible).pk if responsible else None,
        remind_days=entry.get("remind_days", 7),
    )


def _paragraphs(texts: list[str]) -> str:
    return str(format_html_join("", "<p>{}</p>", ((text,) for text in texts)))


def _phase(fixture: Fixture, phase: dict[str, Any]) -> Phase:
    begins = fixture.day(phase["opens"])
    assert begins is not None  # noqa: S101  # every phase of the file begins some day
    return Phase(title=phase["title"], begins=begins, sentence=phase["text"])


def _entry(fixture: Fixture, entry: dict[str, Any]) -> TimelineEntry:
    day = fixture.day(entry["date"])
    assert day is not None  # noqa: S101  # every entry of the file has a day
    return TimelineEntry(
        kind=KINDS[entry["kind"]],
        day=day,
        end=fixture.day(entry.get("end")),
        title=entry["title"],
        text=entry["text"],
    )


def _translate(
    fixture: Fixture,
    process: ParticipationProcessPage,
    draft: StrategyDraftPage,
    editor: User,
) -> None:
    """Translate the process and the first chapter of the draft through wagtail-localize."""
    english = Locale.objects.get(language_code="en")
    strings = _strings(fixture, "process.en") | _strings(fixture, "stage2.en")
    moment = fixture.now - TRANSLATED
    with published_at(moment), happening_at(moment):
        if process.results is not None:
            text = translate_object(
                source=process.results, locale=english, strings=strings, actor=editor
            )
            save_translated_snippet(translation=text, actor=editor)
        for page in (process, draft):
            page.refresh_from_db()
            translation = translate_object(
                source=page, locale=english, strings=strings, actor=editor
            )
            publish_translation(translation=translation, actor=editor)


def _strings(fixture: Fixture, name: str) -> dict[str, str]:
    """Return source strings with their translation, as wagtail-localize holds them."""
    pairs = fixture.read(name)
    return {_string(pair["source"]): _string(pair["target"]) for pair in pairs}


def _string(text: str) -> str:
    """Return one string: html where it has marks, else plain text."""
    return text if "<" in text else plain_string(text)
