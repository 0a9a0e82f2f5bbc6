"""A small site on which everything stands that somebody could see who should not.

Every secret holds the word ``KANARIE``: it must never sing where the public listens.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.core import mail
from django.utils import timezone
from wagtail.models import Collection, PageViewRestriction, Site

from annotations.models import (
    ConfirmationToken,
    ModerationEvent,
    OutboxMail,
    Placement,
    PlacementState,
    ReasonText,
    WatchedWord,
)
from annotations.services import (
    appealing,
    confirming,
    moderating,
    noting,
    preferences,
    reacting,
    reasons,
    reporting,
    subscribing,
    supporting,
)
from annotations.services.entering import Contribution, enter_contribution
from annotations.services.following import follow
from annotations.services.saved_filters import save_filter
from annotations.services.subscribing import Topic
from annotations.services.tokens import make_token
from cms_pages.models import DraftNote, ReusableText, WaitingImport
from cms_pages.services.reports import report_problem
from cms_pages.services.site_setup import set_up_site
from cms_pages.services.uploads import hold_upload
from tests.factories import UserFactory, make_draft, make_process, publish, set_html
from tests.factories.annotations import annotate, answer, dispose, passage
from tests.factories.gate import hand_over
from versioning import doors
from versioning.doors import RouteBody
from versioning.models import BodyRole
from versioning.services.changes import explain_changes

if TYPE_CHECKING:
    import pytest
    from django.contrib.auth.models import User

    from annotations.models import (
        Annotation,
        ApiToken,
        Appeal,
        Disposition,
        Follow,
        Report,
        SavedFilter,
    )
    from versioning.models import Submission, Version

CANARY = "KANARIE"
GROUPS = {
    "citizen": "",
    "editor": "Redaktion",
    "reviewer": "Prüfung",
    "moderator": "Moderation",
    "senate": "Senat",
}
ADMINISTRATOR = "administrator"
ROLES = ("anon", *GROUPS, ADMINISTRATOR)
FIRST = "<h2>Wohnen</h2><p>Die Stadt gehört allen.</p><p>Busse fahren jede Stunde.</p>"
SECOND = FIRST.replace("jede Stunde", "alle zehn Minuten")


@dataclass
class World:
    """What stands on the site.

    Attributes:
        users: One account of each role that has one.
        drafts: Pages by what is the matter with them.
        versions: Their newest versions by the same names.
        annotations: Annotations by their state, and those on hidden pages by the name of the page.
        secret_paths: Public addresses of pages that strangers must not see.
    """

    users: dict[str, User]
    process: Any = None
    drafts: dict[str, Any] = field(default_factory=dict)
    versions: dict[str, Version] = field(default_factory=dict)
    annotations: dict[str, Annotation] = field(default_factory=dict)
    secret_paths: list[str] = field(default_factory=list)
    disposition: Disposition | None = None
    placement: Placement | None = None
    submission: Submission | None = None
    report: Any = None
    text: ReusableText | None = None
    key: ApiToken | None = None
    follow: Follow | None = None
    token: str = ""
    support_token: str = ""
    follow_token: str = ""
    unsubscribe_token: str = ""
    mails_token: str = ""
    statement_token: str = ""
    report_token: str = ""
    reaction_token: str = ""
    word: WatchedWord | None = None
    reason_text: ReasonText | None = None
    upload: WaitingImport | None = None
    saved_filter: SavedFilter | None = None
    notice: Report | None = None
    appeal: Appeal | None = None


def build_world() -> World:
    """Return the site, made through the services."""
    home = set_up_site().home
    assert home is not None
    world = World(users={role: _account(role, group) for role, group in GROUPS.items()})
    world.users[ADMINISTRATOR] = _account(ADMINISTRATOR, "", is_superuser=True)
    world.process = make_process(title="Die kluge Stadt", parent=home)
    _open_draft(world)
    _hidden_drafts(world)
    _submitted_draft(world)
    world.report = report_problem(
        kind="error",
        text=f"{CANARY} der Meldung",
        page_url="/de/",
        email=f"{CANARY}.melderin@example.org",
        base_url="http://testserver",
    )
    world.reason_text = ReasonText.objects.create(title=f"{CANARY} Baustein", text="Zu teuer.")
    world.word = WatchedWord.objects.create(words=f"{CANARY}wort", reason=f"{CANARY} der Liste")
    noting.add_note(
        annotation=world.annotations["public"],
        actor=world.users["moderator"],
        text=f"{CANARY} der Notiz unter Moderatoren",
    )
    hidden = ModerationEvent.objects.filter(annotation=world.annotations["hidden"])
    world.statement_token = reasons.token_of(hidden.get())
    _reports(world, hidden.get())
    world.saved_filter = save_filter(
        user=world.users["editor"],
        name=f"{CANARY} der Auswahl",
        query="answer=open",
        known={"answer"},
    )
    world.key, _raw = make_token(user=world.users["citizen"], name=f"{CANARY}-Programm", days=30)
    draft = world.drafts["open"]
    text = f"# {CANARY} der Datei\n\nEin Satz."
    world.upload = hold_upload(
        name=f"{CANARY}.md", content=text.encode(), page=draft, actor=world.users["editor"]
    )
    DraftNote.objects.create(page=draft, text=f"{CANARY} der Notiz der Redaktion")
    world.text = ReusableText.objects.create(
        title="Ergebnisse", text="<p>So gehen wir vor.</p>", locale=home.locale
    )
    return world


def register_world_route(world: World, patch: pytest.MonkeyPatch) -> None:
    """Let the reviewers co-sign the open draft, and leave the other texts their usual way."""
    reviewers = Group.objects.get(name=GROUPS["reviewer"]).pk
    route = [
        RouteBody("Ressort Verkehr", BodyRole.COSIGNS, group=reviewers),
        RouteBody("Senat", BodyRole.RESOLVES),
    ]
    key = world.drafts["open"].pk

    def source(page: Any) -> list[RouteBody]:
        return route if page.pk == key else []

    patch.setattr(doors, "_route_sources", [])
    doors.register_route(source)


def secrets_of(world: World) -> list[str]:
    """Return words that no page may show to strangers; addresses are among them."""
    mails = [user.email for user in world.users.values()]
    return [CANARY, CANARY.lower(), *mails]


def site_of(world: World) -> Site:
    """Return the site's record."""
    return Site.objects.get(is_default_site=True)


def _account(role: str, group: str, **fields: Any) -> User:
    user = UserFactory(
        username=role,
        email=f"{role}.{CANARY.lower()}@example.org",
        last_name=f"{CANARY}-{role}",
        **fields,
    )
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    if group:
        user.groups.add(Group.objects.get(name=group))
    return user


def _window() -> dict[str, Any]:
    return {"closes": timezone.now() + timedelta(days=7)}


def _draft(world: World, name: str, title: str, **fields: Any) -> Version:
    draft = make_draft(title=title, html=FIRST, process=world.process, **fields)
    world.drafts[name] = draft
    version = publish(draft, label="Entwurf", user=world.users["editor"], **_window())
    assert version is not None
    world.versions[name] = version
    return version


def _open_draft(world: World) -> None:
    """Make the draft that everybody reads, with annotations in every state."""
    first = _draft(world, "open", "Offener Entwurf")
    citizen, editor = world.users["citizen"], world.users["editor"]
    answered = annotate(first, "jede Stunde", position=2, user=citizen, body="Öfter bitte.")
    waits = annotate(first, "allen", position=1, user=citizen, body="Wirklich allen?")
    world.annotations |= {"answered": answered, "public": waits}
    world.annotations["reply"] = answer(waits, user=world.users["senate"], body="Ja.")
    second = publish(
        world.drafts["open"], html=SECOND, label="Zweiter Entwurf", user=editor, **_window()
    )
    assert second is not None
    world.versions["open"] = second
    follow(version_id=second.pk)
    dispose(
        answered,
        actor=editor,
        outcome="adopted",
        reason="Das stimmt.",
        internal_note=f"{CANARY} der internen Notiz",
    )
    world.placement = Placement.objects.get(annotation=waits, version=second)
    fresh = annotate(second, user=citizen, position=1, body="Zur zweiten Fassung.")
    world.annotations["fresh"] = fresh
    world.disposition = dispose(
        fresh, actor=editor, outcome="not_adopted", reason=f"{CANARY} der Antwort von morgen"
    )
    _unseen_annotations(world, second)
    _entered_annotation(world, second)
    _voices(world, second)
    _plan_next(world)


def _entered_annotation(world: World, version: Version) -> None:
    contribution = Contribution(
        passage=version.passages.get(position=1),
        body="Mehr Bänke.",
        name="Werkstatt am Ufer",
        made_on=timezone.localdate(),
        source="workshop",
    )
    world.annotations["entered"] = enter_contribution(
        version=version,
        contribution=contribution,
        actor=world.users["editor"],
        has_agreed=True,
        idempotency_key="world",
    )


def _unseen_annotations(world: World, version: Version) -> None:
    moderator = world.users["moderator"]
    guest = {"name": f"{CANARY}-Gast", "email": f"{CANARY}.gast@example.org"}
    by_guest = annotate(
        version, body="Als Gast.", name="Gast am Ufer", email=f"{CANARY}.ufer@example.org"
    )
    confirming.confirm_annotation(token=_token_of(by_guest))
    by_guest.refresh_from_db()
    world.annotations["by_guest"] = by_guest
    world.reaction_token = reacting.token_of(by_guest)
    world.annotations["unconfirmed"] = annotate(version, body=f"{CANARY} unbestätigt", **guest)
    world.token = _token_of(world.annotations["unconfirmed"])
    for state in ("hidden", "spam", "illegal"):
        made = annotate(version, body=f"{CANARY} {state}", user=world.users["reviewer"])
        moderating.hide_annotation(
            annotation=made, actor=moderator, ground=f"{CANARY} des Grundes", state=state
        )
        world.annotations[state] = made
    taken_back = annotate(version, body=f"{CANARY} zurückgezogen", user=world.users["citizen"])
    world.annotations["withdrawn"] = taken_back
    moderating.withdraw_annotation(annotation=taken_back, actor=world.users["citizen"])
    hidden_reply = answer(
        world.annotations["public"], body=f"{CANARY} Antwort", user=world.users["citizen"]
    )
    world.annotations["hidden_reply"] = moderating.hide_annotation(
        annotation=hidden_reply, actor=moderator, ground=f"{CANARY} des Grundes"
    )


def _reports(world: World, hidden: ModerationEvent) -> None:
    """Let somebody report what everybody reads, and let an author appeal."""
    about = world.annotations["public"]
    world.notice = reporting.submit_report(
        reason="insult",
        text=f"{CANARY} der Erklärung",
        url=about.get_absolute_url(),
        name=f"{CANARY}-Melder",
        email=f"{CANARY}.inhalt@example.org",
        good_faith=True,
        annotation=about,
        idempotency_key="",
        base_url="http://testserver",
    )
    world.report_token = reporting.token_of(world.notice)
    world.appeal = appealing.appeal_as_author(event=hidden, text=f"{CANARY} des Widerspruchs")


def _voices(world: World, version: Version) -> None:
    """Let a citizen follow the text, and guests ask for the links with which they would."""
    made, base = world.annotations["public"], "http://testserver"
    world.follow = subscribing.follow_topic(topic=Topic(version), user=world.users["citizen"])
    world.unsubscribe_token = subscribing.unsubscribe_token(world.follow)
    world.mails_token = preferences.token_of(preferences.preference_of(world.users["citizen"]))
    supporting.support_annotation(annotation=made, user=world.users["senate"])
    supporting.ask_to_support(annotation=made, email=f"{CANARY}.stimme@example.org", base_url=base)
    world.support_token = _token_in("confirm_support", "/support/")
    subscribing.ask_to_follow(
        topic=Topic(version), email=f"{CANARY}.neues@example.org", what="der Text", base_url=base
    )
    world.follow_token = _token_in("confirm_follow", "/follow/")


def _token_in(kind: str, path: str) -> str:
    waiting = OutboxMail.objects.filter(kind=kind).latest("pk").text
    return (waiting or mail.outbox[-1].body).split(path)[1].split("/")[0]


def _token_of(annotation: Annotation) -> str:
    """Return the token from the mail, which waits in the outbox or has been sent already."""
    waiting = OutboxMail.objects.get(kind="confirm", annotation=annotation).text
    text = waiting or mail.outbox[-1].body
    assert ConfirmationToken.objects.filter(annotation=annotation).exists()
    return text.split("/confirm/")[1].split("/")[0]


def _plan_next(world: World) -> None:
    """Write what is not published yet into the draft."""
    draft = type(world.drafts["open"]).objects.get(pk=world.drafts["open"].pk)
    set_html(draft, SECOND + f"<p>{CANARY} des Entwurfs von morgen</p>")
    draft.version_label = f"{CANARY} des Namens von morgen"
    draft.title = f"{CANARY} des Titels von morgen"
    draft.save_revision(user=world.users["editor"])


def _hidden_drafts(world: World) -> None:
    """Make drafts that strangers must not see, with annotations from better days."""
    for name in ("login", "password", "groups", "unpublished", "expired"):
        version = _draft(world, name, f"{CANARY} {name}")
        made = annotate(version, user=world.users["citizen"], body=f"{CANARY} auf {name}")
        world.annotations[f"on_{name}"] = made
        dispose(made, actor=world.users["editor"], outcome="noted", reason=f"{CANARY} Antwort")
        publish(world.drafts[name], html=SECOND, label=f"{CANARY} zwei", user=None)
        world.drafts[name].refresh_from_db()
        world.secret_paths.append(world.drafts[name].get_url())
        _hide(world, name)
    waits = _draft(world, "moderated", "Mit Prüfung", moderation="before")
    pending = annotate(waits, user=world.users["citizen"], body=f"{CANARY} wartet")
    world.annotations["pending"] = pending
    never = make_draft(title=f"{CANARY} nie", process=world.process)
    world.drafts["never"] = never
    world.secret_paths.append(never.get_url())


def _hide(world: World, name: str) -> None:
    draft = type(world.drafts[name]).objects.get(pk=world.drafts[name].pk)
    world.drafts[name] = draft
    if name == "unpublished":
        draft.unpublish()
    elif name == "expired":
        draft.unpublish(set_expired=True)
    else:
        made = PageViewRestriction.objects.create(
            page=draft, restriction_type=name, password="geheim" if name == "password" else ""
        )
        made.groups.set(Group.objects.filter(name="Redaktion"))


def _submitted_draft(world: World) -> None:
    first = _draft(world, "submitted", "Eingereichter Entwurf")
    version = publish(world.drafts["submitted"], html=SECOND, user=world.users["editor"])
    assert version is not None
    world.versions["submitted"] = version
    changes = list(version.changes.all())
    explain_changes(changes=changes, reason="Verständlicher", actor=world.users["editor"])
    assert passage(first).text
    world.submission = hand_over(version=version, actor=world.users["senate"], note="Bitte.")


def manual_placement(world: World) -> Placement:
    """Return a place that waits for a decision by hand."""
    made = world.annotations["public"]
    Placement.objects.filter(annotation=made).update(
        state=PlacementState.MANUAL, passage=None, start=None, end=None, candidates=[]
    )
    return Placement.objects.get(annotation=made)


def media_collection() -> SimpleNamespace:
    """Return the collection of files that everybody may see."""
    return SimpleNamespace(root=Collection.get_first_root_node())
