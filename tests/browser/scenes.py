"""Prepared content of the browser tests, made through the services.

The text holds every kind of passage; its second version changes, moves, adds and removes words.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass, field
from datetime import date, timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any

import docx
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group, User
from django.core import mail
from django.test import Client
from django.utils import timezone
from wagtail.models import Locale

from annotations.models import Annotation, ConfirmationToken, ModerationEvent, Placement
from annotations.services import (
    appealing,
    confirming,
    deciding,
    moderating,
    preferences,
    reasons,
    reporting,
    subscribing,
    supporting,
)
from annotations.services.submitting import submit_annotation, submit_reply
from annotations.services.subscribing import Topic
from cms_pages.models import (
    DraftNote,
    ParticipationProcessPage,
    ReusableText,
    StrategyDraftPage,
)
from cms_pages.services.translating import publish_translation, translate_object
from cms_pages.services.uploads import hold_upload
from tests.browser import decided, texts
from tests.browser.conftest import PASSWORD
from tests.browser.snapshots import made_once
from tests.factories import site_root
from tests.factories.annotations import dispose
from tests.factories.gate import hand_over
from versioning.services.changes import explain_changes
from versioning.services.windows import change_window

if TYPE_CHECKING:
    from uuid import UUID

    from playwright.sync_api import Page

    from versioning.models import Passage, Submission, Version

GROUPS = {
    "redaktion": "Redaktion",
    "pruefung": "Prüfung",
    "moderation": "Moderation",
    "senat": "Senat",
    "buergerin": "",
    "nachbar": "",
}


@dataclass
class Stage:
    """What stands on the prepared site.

    Attributes:
        users: Accounts by name; all have the password of the tests.
        draft: The text that can be annotated.
        versions: Its versions, oldest first.
        annotations: By what became of them.
        tokens: Confirmation links by what became of them.
        trees: A text whose one paragraph has several sentences.
        closed: A text whose window is closed.
        submission: Another text, handed over to the Senate.
        returned: A text that a body has returned.
        resolved: A text that was resolved in its second round.
        english: The translation of the text, one paragraph of it translated.
    """

    users: dict[str, User]
    process: ParticipationProcessPage
    draft: StrategyDraftPage
    versions: list[Version]
    annotations: dict[str, Annotation] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    trees: Version | None = None
    closed: StrategyDraftPage | None = None
    submission: Submission | None = None
    returned: Submission | None = None
    resolved: Submission | None = None
    english: StrategyDraftPage | None = None

    @property
    def url(self) -> str:
        """Path of the text."""
        return path_of(self.draft)

    @property
    def newest(self) -> Version:
        """The newest version of the text."""
        return self.versions[-1]


@made_once
def open_stage() -> Stage:
    """Return a text with one version and an open window, without annotations."""
    users = {name: make_account(name, group) for name, group in GROUPS.items()}
    process = _process()
    draft = _draft(process, texts.TITLE)
    version = publish_text(draft, texts.first_text(), label="Entwurf zur Beteiligung")
    return Stage(users, process, draft, [version])


@made_once
def full_stage() -> Stage:
    """Return a text with two versions, annotations in every state, answers, and its neighbours."""
    stage = open_stage()
    _annotate_first_version(stage)
    second = publish_text(stage.draft, texts.second_text(), label="Überarbeiteter Entwurf")
    stage.versions.append(second)
    _answer(stage)
    _annotate_second_version(stage)
    _neighbours(stage)
    return stage


def make_account(name: str, group: str = "") -> User:
    """Return a person with an account and a confirmed address."""
    user = User.objects.create_user(name, f"{name}@example.org", PASSWORD)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    if group:
        user.groups.add(Group.objects.get(name=group))
    return user


def enter(page: Page, user: User) -> None:
    """Give a browser the session of an account, without the form."""
    client = Client()
    client.force_login(user)
    value = client.cookies["sessionid"].value
    cookie = {"name": "sessionid", "value": value, "domain": "localhost", "path": "/"}
    page.context.add_cookies([cookie])


def path_of(page: Any) -> str:
    """Return the path of a page, whatever host the site records."""
    return re.sub(r"^https?://[^/]+", "", page.get_url())


def passage_of(version: Version, text: str) -> Passage:
    """Return the passage with this text."""
    return version.passages.get(text=text)


def passage_url(version: Version, text: str) -> str:
    """Return the path of a passage's own page."""
    passage = passage_of(version, text)
    return f"/de/versions/{version.page_id}/{version.number}/passages/{passage.uid}/"


def annotate(version: Version, text: str, body: str, **values: Any) -> Annotation:
    """Annotate the passage with this text."""
    return submit_annotation(
        version=version,
        passage=passage_of(version, text),
        body=body,
        idempotency_key=uuid.uuid4().hex,
        base_url="http://localhost",
        **values,
    )


def reply(parent: Annotation, body: str, user: User) -> Annotation:
    """Reply to an annotation with an account."""
    return submit_reply(
        parent=parent,
        body=body,
        user=user,
        idempotency_key=uuid.uuid4().hex,
        base_url="http://localhost",
    )


def close_window(stage: Stage) -> None:
    """End the time for annotations to the newest version."""
    _close(stage.newest, stage.users["redaktion"])


def publish_text(draft: StrategyDraftPage, blocks: list[dict], *, label: str) -> Version:
    """Publish blocks as the next version, with an open window."""
    page = StrategyDraftPage.objects.get(pk=draft.pk)
    page.body = page.body.stream_block.to_python(blocks)
    page.plan_version(
        label=label,
        summary="Was diese Fassung ausmacht.",
        kind="substantive",
        opens=None,
        closes=timezone.now() + timedelta(days=7),
    )
    page.save_revision().publish(skip_permission_checks=True)
    draft.refresh_from_db()
    return draft.newest_version


def doubtful_revision(stage: Stage) -> int:
    """Save a draft in which it is doubtful what one paragraph continues; return its revision."""
    page = StrategyDraftPage.objects.get(pk=stage.draft.pk)
    blocks = [block for block in texts.second_text() if block["id"] != texts.block_id("buecher")]
    words = "Bibliotheken öffnen sonntags, und wer mag, findet Werkzeug, Spiele, Rat und Hilfe."
    page.body = page.body.stream_block.to_python(
        [*blocks, texts.block("neu", "text", f"<p>{words}</p>")]
    )
    return page.save_revision().pk


def waiting_upload(stage: Stage) -> UUID:
    """Upload a Word file with a comment, a tracked change and a doubt; return its key."""
    document = docx.Document()
    document.add_heading("Lernen", 1)
    words = "Bibliotheken öffnen sonntags, und wer mag, findet Werkzeug, Spiele, Rat und Hilfe."
    run = document.add_paragraph().add_run(words)
    document.add_comment(run, text="Stimmt das noch?", author="Ada Lovelace")
    out = BytesIO()
    document.save(out)
    return hold_upload(
        name="Entwurf.docx",
        content=out.getvalue(),
        actor=stage.users["redaktion"],
        page=stage.draft,
    ).pk


def noted_draft(stage: Stage) -> int:
    """Leave a note of editors at the text; return the key of its page."""
    DraftNote.objects.get_or_create(page=stage.draft, text="Noch belegen", author="Ada Lovelace")
    return int(stage.draft.pk)


def publish_pair(stage: Stage, title: str, old: list[str], new: list[str]) -> StrategyDraftPage:
    """Return another text of one chapter with two versions, each of a few paragraphs."""
    draft = _draft(stage.process, title)
    for label, words in (("Alt", old), ("Neu", new)):
        html = "".join(f"<p>{text}</p>" for text in words)
        blocks = [texts.block("kapitel", "chapter", title), texts.block("absaetze", "text", html)]
        publish_text(draft, blocks, label=label)
    return draft


def ambiguous_place(stage: Stage) -> Placement:
    """Return the place of an annotation whose words two paragraphs of the next version hold."""
    before = [f"{texts.CITY} {texts.RULE}", texts.GONE, texts.LIGHT]
    now = [texts.CITY, f"{texts.GONE} {texts.RULE}", f"{texts.LIGHT} {texts.RULE}"]
    draft = _draft(stage.process, "Wer zuständig ist")
    for words in (before, now):
        html = "".join(f"<p>{each}</p>" for each in words)
        version = publish_text(draft, [texts.block("absaetze", "text", html)], label="Entwurf")
        if words is before:
            citizen = stage.users["buergerin"]
            made = annotate(version, before[0], "Wer ist das?", user=citizen, quote=texts.RULE)
    return Placement.objects.get(annotation=made, version=version)


def publish_trees(stage: Stage) -> Version:
    """Return the version of another text, with a paragraph of three sentences and one of one."""
    html = f"<p>{texts.TREES}</p><p>{texts.RIVER}</p>"
    blocks = [texts.block("gruen", "chapter", "Bäume"), texts.block("baeume", "text", html)]
    return publish_text(_draft(stage.process, "Ein Text über Bäume"), blocks, label="Entwurf")


def _process() -> ParticipationProcessPage:
    home = site_root()
    today = timezone.localdate()
    process = ParticipationProcessPage(
        title="Strategie 2030", slug="strategie-2030", locale=home.locale, live=False
    )
    process.intro = "<p>Wie soll die Stadt in zehn Jahren sein?</p>"
    process.phases = [
        ("phase", {"title": "Ideen", "begins": date(2026, 1, 1), "sentence": ""}),
        ("phase", {"title": "Entwurf", "begins": today, "sentence": "Sie können anmerken."}),
        ("phase", {"title": "Beschluss", "begins": today + timedelta(days=90), "sentence": ""}),
    ]
    process.timeline = [
        ("entry", {"kind": "on", "date": date(2026, 1, 1), "title": "Beginn", "text": ""}),
        (
            "entry",
            {"kind": "from", "date": today + timedelta(days=90), "title": "Senat", "text": ""},
        ),
    ]
    process.results = ReusableText.objects.create(
        title="Wie gehen wir mit den Ergebnissen um?",
        text="<p>Jede Anmerkung bekommt eine Antwort.</p>",
        locale=home.locale,
    )
    home.add_child(instance=process)
    process.save_revision().publish()
    process.refresh_from_db()
    return process


def _draft(process: ParticipationProcessPage, title: str) -> StrategyDraftPage:
    slug = re.sub(r"\W+", "-", title.lower())
    draft = StrategyDraftPage(title=title, slug=slug, locale=process.locale, live=False)
    draft.intro = "<p>Ein Entwurf, an dem alle schreiben.</p>"
    return type(process).objects.get(pk=process.pk).add_child(instance=draft)


def _annotate_first_version(stage: Stage) -> None:
    first, users = stage.newest, stage.users
    citizen, neighbour = users["buergerin"], users["nachbar"]
    made = stage.annotations
    made["noted"] = annotate(first, texts.CITY, "Das ist mir wichtig.", user=citizen)
    made["adopted"] = annotate(
        first, texts.BUSES, "Öfter, bitte.", user=neighbour, quote=texts.TIMETABLE
    )
    made["edit"] = annotate(
        first,
        texts.BUSES,
        "So wäre es klarer.",
        user=citizen,
        motivation="editing",
        quote="auch am Sonntag",
        proposed="an jedem Tag der Woche",
        base_hash=passage_of(first, texts.BUSES).text_hash,
    )
    made["removed"] = annotate(first, texts.GONE, "Der Hafen ist schön.", user=neighbour)
    made["hidden"] = annotate(first, texts.LIGHT, "Das gehört hier nicht her.", user=neighbour)
    reply(made["hidden"], "Doch, das gehört hierher.", citizen)
    moderating.hide_annotation(
        annotation=made["hidden"], actor=users["moderation"], ground="Beleidigung"
    )
    made["thread"] = reply(made["noted"], "Mir auch.", neighbour)
    reply(made["thread"], "Uns allen.", citizen)


def _answer(stage: Stage) -> None:
    made, editor = stage.annotations, stage.users["redaktion"]
    dispose(made["noted"], actor=editor, outcome="noted", reason="Danke für die Bestärkung.")
    dispose(made["adopted"], actor=editor, outcome="adopted", reason="Alle zehn Minuten sind gut.")
    dispose(made["edit"], actor=editor, outcome="not_adopted", reason="Der Sonntag ist gemeint.")


def _annotate_second_version(stage: Stage) -> None:
    second, citizen = stage.newest, stage.users["buergerin"]
    stage.annotations["fresh"] = annotate(
        second, texts.RIVER, "Wie breit?", user=citizen, quote="Ufer"
    )
    _guest(second, texts.CITY, "المدينة للجميع", "سارة", "used")
    _guest(second, texts.RIVER, "Wartet noch.", "Frida vom Kanal", "waiting")
    late = _guest(second, texts.RIVER, "Zu spät.", "Spätaufsteher", "late")
    stage.tokens = {box: _token(f"{box}@example.org") for box in ("used", "waiting", "late")}
    _voices(stage)
    _reports(stage)
    confirming.confirm_annotation(token=stage.tokens["used"])
    ConfirmationToken.objects.filter(annotation=late).update(
        expires_at=timezone.now() - timedelta(hours=1)
    )


def _voices(stage: Stage) -> None:
    """Let some support and follow, and guests ask for the links with which they would."""
    supported, topic, base = stage.annotations["fresh"], Topic(stage.newest), "http://localhost"
    supporting.support_annotation(annotation=supported, user=stage.users["nachbar"])
    supporting.ask_to_support(annotation=supported, email="stimme@example.org", base_url=base)
    subscribing.ask_to_follow(
        topic=topic, email="neues@example.org", what="der Text", base_url=base
    )
    follow = subscribing.follow_topic(topic=topic, user=stage.users["nachbar"])
    stage.tokens |= {
        "support": link_to("stimme@example.org", "/annotations/support/").split("/")[-2],
        "follow": link_to("neues@example.org", "/annotations/follow/").split("/")[-2],
        "unsubscribe": subscribing.unsubscribe_token(follow),
        "mails": preferences.token_of(
            preferences.preferences_of(["stimme@example.org"])["stimme@example.org"]
        ),
    }


def _reports(stage: Stage) -> None:
    """Let somebody report something, another one be refused and appeal, and an author appeal."""
    made, base = stage.annotations, "http://localhost"
    values = {"reason": "insult", "text": "Das meint mich.", "good_faith": True, "base_url": base}
    values |= {"name": "Mia Melder", "email": "mia@example.org", "idempotency_key": ""}
    url = made["noted"].get_absolute_url()
    notice = reporting.submit_report(annotation=made["noted"], url=url, **values)
    refused = reporting.submit_report(url="/de/impressum/", **values)
    refused = deciding.decide_report(
        report=refused, actor=stage.users["moderation"], is_upheld=False, answer="Das ist erlaubt."
    )
    event = ModerationEvent.objects.get(annotation=made["hidden"])
    appealing.appeal_as_author(event=event, text="Das war nicht so gemeint.")
    stage.tokens |= {
        "report": reporting.token_of(notice),
        "refused report": reporting.token_of(refused),
        "statement": reasons.token_of(event),
    }


def _guest(version: Version, text: str, body: str, name: str, box: str) -> Annotation:
    return annotate(version, text, body, name=name, email=f"{box}@example.org")


def link_of(address: str) -> str:
    """Return the link of the newest mail to an address that asks for confirmation."""
    bodies = [str(sent.body) for sent in mail.outbox if sent.to == [address]]
    (link,) = re.findall(r"http\S+/annotations/confirm/\S+", bodies[-1])
    return link


def link_to(address: str, path: str) -> str:
    """Return the newest link to an address that leads below a path, such as ``/support/``."""
    bodies = [str(sent.body) for sent in mail.outbox if sent.to == [address]]
    return re.findall(rf"http\S+{path}\S+", "\n".join(bodies))[-1]


def _token(address: str) -> str:
    return link_of(address).rstrip("/").rpartition("/")[2]


def _neighbours(stage: Stage) -> None:
    """Make a text that is closed, one that was handed over, and a translation."""
    editor = stage.users["redaktion"]
    stage.trees = publish_trees(stage)
    stage.closed = _draft(stage.process, "Ein Text von gestern")
    _close(publish_text(stage.closed, texts.first_text()[:2], label="Entwurf"), editor)
    submitted = _draft(stage.process, "Ein Text vor dem Senat")
    publish_text(submitted, texts.first_text(), label="Entwurf")
    version = publish_text(submitted, texts.second_text(), label="Vorlage")
    changes = list(version.changes.all())
    explain_changes(changes=changes, reason="Verständlicher so.", actor=editor)
    _close(version, editor)
    stage.submission = hand_over(version=version, actor=stage.users["senat"], note="Bitte.")
    stage.returned = decided.returned(stage.process, stage.users)
    stage.resolved = decided.resolved(stage.process, stage.users)
    _translate(stage)


def next_stage(stage: Stage) -> Any:
    """Return the page that goes on from the resolved text."""
    return stage.resolved.version.continuations.get().page


def _close(version: Version, editor: User) -> None:
    now = timezone.now()
    change_window(
        version=version,
        opens=now - timedelta(days=9),
        closes=now - timedelta(minutes=1),
        reason="Alle Fragen sind gestellt.",
        actor=editor,
    )
    version.refresh_from_db()


def _translate(stage: Stage) -> None:
    english = Locale.objects.get(language_code="en")
    for source, strings in (
        (stage.process, {"Strategie 2030": "Strategy 2030"}),
        (
            StrategyDraftPage.objects.get(pk=stage.draft.pk),
            {texts.CITY: "The city belongs to all."},
        ),
    ):
        made = translate_object(source=source, locale=english, strings=strings, actor=None)
        page = publish_translation(translation=made, actor=None)
    stage.english = page
