"""Every page of the site in its states, for the tests that look at them all.

A new page type is one line in ``PAGES``.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.urls import reverse
from django.utils.timezone import now
from playwright.sync_api import Page, expect

from annotations.admin import links
from annotations.models import Appeal, Disposition, Placement, Report
from annotations.services.disposing import change_disposition
from annotations.services.entering import Contribution, enter_contribution
from tests.browser import scenes
from versioning.exports.files import FORMS, Limit
from versioning.models import Export

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.scenes import Stage


@dataclass(frozen=True)
class Visit:
    """A page in one of its states.

    Attributes:
        name: What it is, for people who read a fault.
        url: Its address on the prepared site.
        status: What the server answers.
        prepare: Brings the page into its state.
        variants: It is also looked at in dark, in forced colours and narrow.
    """

    name: str
    url: Callable[[Stage], str]
    status: int = 200
    prepare: Callable[[Page, Stage], None] | None = None
    variants: bool = False


def versions(stage: Stage, rest: str = "") -> str:
    return f"/de/versions/{stage.draft.pk}/{rest}"


def annotation(name: str, rest: str = "") -> Callable[[Stage], str]:
    return lambda stage: f"/de/annotations/{stage.annotations[name].uuid}/{rest}"


def history(stage: Stage) -> str:
    """Return the address of the history of the first passage that changed."""
    changed = stage.newest.passages.filter(changes_to__isnull=False).first()
    return versions(stage, f"{stage.newest.number}/passages/{changed.uid}/history/")


def confirmation(name: str) -> Callable[[Stage], str]:
    return lambda stage: f"/de/annotations/confirm/{stage.tokens[name]}/"


def voice(path: str, token: str) -> Callable[[Stage], str]:
    return lambda stage: f"/de/annotations/{path}/{stage.tokens[token]}/"


def open_panel(page: Page, words: str) -> None:
    page.locator(".syn-passage", has_text=words).first.locator(".syn-passage__button").click()
    expect(page.locator("form[data-form]")).to_be_visible()


def panel_with_form(page: Page, _stage: Stage) -> None:
    open_panel(page, scenes.BUSES_NOW)


def panel_with_error(page: Page, _stage: Stage) -> None:
    open_panel(page, scenes.BUSES_NOW)
    send(page)


def panel_with_edit(page: Page, _stage: Stage) -> None:
    open_panel(page, scenes.LIGHT)
    page.get_by_label("Ich schlage andere Wörter vor").check()
    page.locator("[name=proposed]").fill("Laternen leuchten immer.")
    expect(page.locator("[data-preview] ins")).to_be_visible()


def panel_after_sending(page: Page, _stage: Stage) -> None:
    open_panel(page, scenes.LIGHT)
    fill(page, body="Gut.", name="Frida", email="danach@example.org")
    page.locator("form[data-form] [type=submit]").click()
    expect(page.locator("[data-notice]")).to_be_visible()


def toolbar(page: Page, _stage: Stage) -> None:
    page.locator(".syn-passage__body", has_text=scenes.LIGHT).first.select_text()
    expect(page.locator(".syn-toolbar")).to_be_visible()


def toolbar_across(page: Page, _stage: Stage) -> None:
    scenes.choose_words(page, scenes.CITY, scenes.BUSES_NOW)
    expect(page.locator(".syn-toolbar.is-hint")).to_be_visible()


def words_by_keyboard(page: Page, _stage: Stage) -> None:
    open_panel(page, scenes.BUSES_NOW)
    page.locator(".syn-keyboard").evaluate("button => button.click()")  # phones hide it
    page.keyboard.press("Shift+Control+ArrowRight")
    expect(page.locator(".syn-chooser__words")).to_contain_text("Busse")


def several_at_a_place(page: Page, stage: Stage) -> None:
    user = stage.users["nachbar"]
    scenes.annotate(stage.newest, scenes.BUSES_NOW, "Sonntags?", user=user, quote="Sonntag")
    page.reload()
    scenes.click_word(page, scenes.BUSES_NOW, "Sonntag")
    expect(page.locator(".syn-panel [data-all]")).to_be_visible()


def draft_kept(page: Page, _stage: Stage) -> None:
    open_panel(page, scenes.CITY)
    page.locator("[name=body]").fill("Halb fertig")
    page.reload()
    open_panel(page, scenes.CITY)
    expect(page.locator(".syn-kept")).to_be_visible()
    page.get_by_role("button", name="Verwerfen").scroll_into_view_if_needed()


def sentences_with_a_gap(page: Page, stage: Stage) -> None:
    page.locator(".syn-sentences > summary").click()
    for place in (0, 2):
        page.locator("[name=sentences]").nth(place).check()
    send(page)


def all_tables(page: Page, _stage: Stage) -> None:
    """Open the tables behind the pictures."""
    for summary in page.locator(".syn-behind > summary").all():
        summary.click()


def send(page: Page, _stage: Stage | None = None) -> None:
    """Send an empty form."""
    page.locator("main form [type=submit]").last.click()
    expect(page.locator(".syn-error-summary")).to_be_visible()


def send_nothing(page: Page, _stage: Stage) -> None:
    page.locator("main [name=body]").fill("")
    send(page)


def answer_nothing(page: Page, _stage: Stage) -> None:
    """Save the form of a disposition without an outcome."""
    page.locator("main form [type=submit]").last.click()
    expect(page.locator("main .error-message").first).to_be_visible()


def upload_table(page: Page, _stage: Stage) -> None:
    """Upload a table with a row that fits and one that does not."""
    rows = (
        "Absatz;Text;Name;Datum;Quelle",
        "1;Mehr Bäume.;Werkstatt im Wedding;04.05.2026;Werkstatt",
        "9.9;;Werkstatt im Wedding;31.02.2026;Werkstatt",
    )
    table = {"name": "a.csv", "mimeType": "text/csv", "buffer": "\n".join(rows).encode()}
    page.get_by_label("Tabelle").set_input_files(table)
    page.get_by_role("button", name="Vorschau").click()
    expect(page.get_by_role("heading", name="Übernehmen?")).to_be_visible()


def answer_too_late(page: Page, stage: Stage) -> None:
    """Save an answer that somebody else has changed since the form was opened."""
    change_disposition(
        disposition=Disposition.objects.get(pk=disposition_of(stage, "adopted")),
        outcome="adopted",
        reason="Das kam von jemand anderem.",
        actor=stage.users["redaktion"],
    )
    page.locator("main form[data-synopse-answer] [type=submit]").last.click()
    expect(page.locator("#synopse-meanwhile")).to_be_visible()


def send_to_mailbox(page: Page, _stage: Stage) -> None:
    fill(page, body="Noch einmal.", name="Frida", email="neu@example.org")
    page.locator("main form [type=submit]").last.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Postfach")


def fill(page: Page, **values: str) -> None:
    for name, value in values.items():
        page.locator(f"main form [name={name}]").fill(value)


def ask_for_link(page: Page, _stage: Stage) -> None:
    fill(page, email="spaeter@example.org")
    page.locator("main form [type=submit]").click()
    expect(page.locator(".syn-message")).to_contain_text("E-Mail geschickt")


def unsubscribed(page: Page, _stage: Stage) -> None:
    page.locator("main form [type=submit]").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("abbestellt")


def marked(page: Page, _stage: Stage) -> None:
    expect(page.locator("[data-support-link][role=button]").first).to_be_attached()


def report(page: Page, _stage: Stage) -> None:
    page.locator("[name=kind]").first.check()
    fill(page, text="Die Schrift ist klein.")
    page.locator("main form [type=submit]").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Vielen Dank")


def sign_up(page: Page, _stage: Stage) -> None:
    fill(page, email="neue@example.org", username="neue", password1="Fluss-und-Ufer-7")
    page.locator("main form [type=submit]").click()
    page.wait_for_url("**/confirm-email/**")


def shut_the_door(page: Page, _stage: Stage) -> None:
    for _ in range(5):
        fill(page, login="niemand", password="falsch")
        page.locator("main form [type=submit]").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("zu oft")


def begin_second_factor(page: Page, _stage: Stage) -> None:
    fill(page, password=scenes.PASSWORD)
    page.locator("main form [type=submit]").first.click()
    expect(page.locator(".skin-qr")).to_be_visible()


def enter_wrong_code(page: Page, _stage: Stage) -> None:
    fill(page, code="000000")
    page.locator("main form [type=submit]").first.click()
    expect(page.locator(".syn-error-summary")).to_be_visible()


def set_up_second_factor(page: Page, _stage: Stage) -> None:
    secret = page.locator(".skin-key").inner_text()
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    fill(page, code=code)
    page.locator("main form [type=submit]").first.click()
    expect(page.locator(".skin-codes")).to_be_visible()


def one_change(stage: Stage) -> str:
    place = f"p-{scenes.passage_of(stage.newest, scenes.BUSES_NOW).uid}"
    return versions(stage, f"compare/1/2/?at={place}#{place}")


def open_folds(page: Page, _stage: Stage) -> None:
    folds = page.locator("main details:not([open]) > summary:visible")
    while folds.count():
        folds.first.click()


def open_card(page: Page, _stage: Stage) -> None:
    page.locator("a[data-origin][id]").nth(1).click()
    expect(page.locator(".syn-origin-card")).to_be_visible()


def see_file_page(state: str) -> Callable[[Page, Stage], None]:
    """Return what opens the page of a long file in one of its states, and keeps it open."""

    def prepare(page: Page, stage: Stage) -> None:
        old, new = stage.versions[:2]
        Export.objects.all().delete()
        if state:
            Export.objects.create(
                kind="comparison", old=old, new=new, form="docx", state=state, created_at=now()
            )
        page.unroute("**/export.docx*")
        short = FORMS["docx"]
        FORMS["docx"] = short._replace(at_once=Limit(0, 0))
        try:
            page.goto(urljoin(page.url, versions(stage, "compare/1/2/export.docx?progress=1")))
        finally:
            FORMS["docx"] = short
        page.route("**/export.docx*", lambda route: route.fulfill(status=204))
        expect(page.get_by_role("heading", level=1)).to_contain_text("Datei")

    return prepare


PAGES = [
    Visit("home page", lambda s: "/de/"),
    Visit("home page, English", lambda s: "/en/"),
    Visit("process", lambda s: scenes.path_of(s.process), prepare=open_folds),
    Visit("reading", lambda s: s.url, variants=True),
    Visit("reading, closed", lambda s: scenes.path_of(s.closed)),
    Visit("reading, submitted", lambda s: scenes.path_of(s.submission.version.page)),
    Visit("reading, English", lambda s: scenes.path_of(s.english)),
    Visit("reading, form open", lambda s: s.url, prepare=panel_with_form, variants=True),
    Visit("reading, form with errors", lambda s: s.url, prepare=panel_with_error, variants=True),
    Visit("reading, suggested edit", lambda s: s.url, prepare=panel_with_edit, variants=True),
    Visit("reading, after sending", lambda s: s.url, prepare=panel_after_sending),
    Visit("reading, words chosen", lambda s: s.url, prepare=toolbar),
    Visit("reading, words across", lambda s: s.url, prepare=toolbar_across, variants=True),
    Visit("reading, keys choose", lambda s: s.url, prepare=words_by_keyboard, variants=True),
    Visit("reading, one place", lambda s: s.url, prepare=several_at_a_place, variants=True),
    Visit("reading, keyboard help", lambda s: s.url, prepare=open_folds),
    Visit("reading, draft kept", lambda s: s.url, prepare=draft_kept),
    Visit(
        "passage, sentences",
        lambda s: scenes.passage_url(s.trees, scenes.TREES),
        prepare=sentences_with_a_gap,
        variants=True,
    ),
    Visit(
        "passage, one place", lambda s: scenes.passage_url(s.newest, scenes.BUSES_NOW) + "?at=60"
    ),
    Visit("passage", lambda s: scenes.passage_url(s.newest, scenes.BUSES_NOW)),
    Visit("passage, errors", lambda s: scenes.passage_url(s.newest, scenes.CITY), prepare=send),
    Visit("passage, old version", lambda s: scenes.passage_url(s.versions[0], scenes.BUSES)),
    Visit(
        "look into your mailbox",
        lambda s: scenes.passage_url(s.newest, scenes.CITY),
        prepare=send_to_mailbox,
    ),
    Visit("removed passages", lambda s: versions(s, "2/removed/")),
    Visit("all annotations", lambda s: versions(s, "annotations/"), variants=True),
    Visit(
        "all annotations, searched",
        lambda s: versions(s, "annotations/?q=öfter&kind=commenting&order=place"),
        variants=True,
    ),
    Visit("all annotations, none found", lambda s: versions(s, "annotations/?q=nirgends")),
    Visit("history of a passage", history, variants=True),
    Visit("balance sheet", lambda s: versions(s, "balance/"), prepare=all_tables, variants=True),
    Visit("all annotations, English", lambda s: f"/en/versions/{s.english.pk}/annotations/"),
    Visit("confirm", confirmation("waiting")),
    Visit("confirm, link used", confirmation("used"), status=410),
    Visit("confirm, link too old", confirmation("late"), status=410),
    Visit("confirm, link unknown", lambda s: "/de/annotations/confirm/unbekannt/", status=404),
    Visit("trace", annotation("adopted"), variants=True),
    Visit("trace of a suggested edit", annotation("edit")),
    Visit("trace of a removed passage", annotation("removed")),
    Visit("trace, with replies", annotation("noted")),
    Visit("trace, English", lambda s: annotation("adopted")(s).replace("/de/", "/en/")),
    Visit("hidden annotation", annotation("hidden"), status=410),
    Visit("reply", annotation("noted", "reply/")),
    Visit("reply, errors", annotation("noted", "reply/"), prepare=send),
    Visit("support", annotation("fresh", "support/"), variants=True),
    Visit("support, errors", annotation("fresh", "support/"), prepare=send),
    Visit("support, mail sent", annotation("fresh", "support/"), prepare=ask_for_link),
    Visit("support, confirm", voice("support", "support")),
    Visit("support, link unknown", lambda s: "/de/annotations/support/x/", status=404),
    Visit("follow", lambda s: versions(s, "follow/")),
    Visit("follow, errors", lambda s: versions(s, "follow/"), prepare=send),
    Visit("follow, confirm", voice("follow", "follow")),
    Visit("unsubscribe", voice("unsubscribe", "unsubscribe")),
    Visit("unsubscribed", voice("unsubscribe", "unsubscribe"), prepare=unsubscribed),
    Visit("choose mails by a link", voice("mails", "mails")),
    Visit("end mails", voice("mails/news", "mails")),
    Visit("mails, link unknown", lambda s: "/de/annotations/mails/x/", status=404),
    Visit("versions", versions),
    Visit("frozen version, old", lambda s: versions(s, "1/")),
    Visit("frozen version, newest", lambda s: versions(s, "2/")),
    Visit(
        "comparison, side by side", lambda s: versions(s, "compare/1/2/?view=side"), variants=True
    ),
    Visit("comparison, inline", lambda s: versions(s, "compare/1/2/?view=inline"), variants=True),
    Visit(
        "comparison, folds open",
        lambda s: versions(s, "compare/1/2/?view=side"),
        prepare=open_folds,
    ),
    Visit("comparison, everything", lambda s: versions(s, "compare/1/2/?view=side&show=all")),
    Visit(
        "comparison, everything inline", lambda s: versions(s, "compare/1/2/?view=inline&show=all")
    ),
    Visit("comparison, one kind", lambda s: versions(s, "compare/1/2/?only=moved")),
    Visit("comparison, nothing of a kind", lambda s: versions(s, "compare/1/2/?only=merged")),
    Visit("comparison, one chapter", lambda s: versions(s, "compare/1/2/?chapter=2")),
    Visit("comparison, one change", one_change),
    Visit("comparison, no change", lambda s: versions(s, "compare/2/2/")),
    Visit("comparison, English", lambda s: f"/en/versions/{s.draft.pk}/compare/1/2/?view=side"),
    Visit(
        "file being prepared",
        lambda s: versions(s, "compare/1/2/"),
        prepare=see_file_page("running"),
        variants=True,
    ),
    Visit("file to ask for", lambda s: versions(s, "compare/1/2/"), prepare=see_file_page("")),
    Visit(
        "file that failed", lambda s: versions(s, "compare/1/2/"), prepare=see_file_page("failed")
    ),
    Visit("origin", lambda s: versions(s, "2/origin/"), variants=True),
    Visit(
        "origin, card open", lambda s: versions(s, "2/origin/"), prepare=open_card, variants=True
    ),
    Visit("origin, lists open", lambda s: versions(s, "2/origin/"), prepare=open_folds),
    Visit("origin, one version", lambda s: versions(s, "2/origin/?brought=2")),
    Visit("origin, first version", lambda s: versions(s, "1/origin/")),
    Visit("origin, English", lambda s: f"/en/versions/{s.draft.pk}/2/origin/"),
    Visit("submission", lambda s: f"/de/submissions/{s.submission.pk}/"),
    Visit("package", lambda s: f"/de/submissions/{s.submission.pk}/package/"),
    Visit("submission, returned", lambda s: f"/de/submissions/{s.returned.pk}/"),
    Visit("submission, resolved", lambda s: f"/de/submissions/{s.resolved.pk}/", variants=True),
    Visit("submission, English", lambda s: f"/en/submissions/{s.resolved.pk}/"),
    Visit("version, resolved", lambda s: s.resolved.version.get_absolute_url()),
    Visit("reading, resolved", lambda s: scenes.path_of(s.resolved.version.page)),
    Visit("reading, next stage", lambda s: scenes.path_of(scenes.next_stage(s))),
    Visit(
        "versions, next stage",
        lambda s: f"/de/versions/{scenes.next_stage(s).pk}/",
    ),
    Visit(
        "comparison across stages",
        lambda s: f"/de/versions/{scenes.next_stage(s).pk}/compare/0/1/",
    ),
    Visit("imprint", lambda s: "/de/impressum/"),
    Visit("privacy", lambda s: "/de/datenschutz/"),
    Visit("accessibility statement", lambda s: "/de/barrierefreiheit/"),
    Visit("report", lambda s: "/de/report-a-problem/"),
    Visit("report, errors", lambda s: "/de/report-a-problem/", prepare=send),
    Visit("report, done", lambda s: "/de/report-a-problem/", prepare=report),
    Visit("report of content", lambda s: "/de/report-content/?page=/de/", variants=True),
    Visit("report of content, errors", lambda s: "/de/report-content/", prepare=send),
    Visit("report of a contribution", annotation("noted", "report/")),
    Visit("report of a contribution, errors", annotation("noted", "report/"), prepare=send),
    Visit("report, arrived", lambda s: f"/de/report-content/{s.tokens['report']}/"),
    Visit("report, decided", lambda s: f"/de/report-content/{s.tokens['refused report']}/"),
    Visit(
        "report, appeal with errors",
        lambda s: f"/de/report-content/{s.tokens['refused report']}/",
        prepare=send,
    ),
    Visit("reasons, appealed", voice("reasons", "statement"), variants=True),
    Visit("sign in", lambda s: "/accounts/login/"),
    Visit("sign in, errors", lambda s: "/accounts/login/", prepare=send),
    Visit("sign in, too often", lambda s: "/accounts/login/", prepare=shut_the_door),
    Visit("sign up", lambda s: "/accounts/signup/"),
    Visit("sign up, errors", lambda s: "/accounts/signup/", prepare=send),
    Visit("sign up, look into your mailbox", lambda s: "/accounts/signup/", prepare=sign_up),
    Visit("password reset", lambda s: "/accounts/password/reset/"),
    Visit("password reset, sent", lambda s: "/accounts/password/reset/done/"),
    Visit("password reset, bad link", lambda s: "/accounts/password/reset/key/x-y/"),
    Visit("not found", lambda s: "/de/gibt-es-nicht/", status=404),
]
MEMBERS = [
    Visit("reading, signed in", lambda s: s.url, prepare=marked),
    Visit("trace, signed in", annotation("fresh")),
    Visit("support, signed in", annotation("noted", "support/")),
    Visit("follow, signed in", annotation("noted", "follow/")),
    Visit("what I follow", lambda s: "/de/annotations/following/"),
    Visit("my mails", lambda s: "/de/me/mails/"),
    Visit("all annotations, mine", lambda s: versions(s, "annotations/?mine=1")),
    Visit("reading, form open, signed in", lambda s: s.url, prepare=panel_with_form),
    Visit("my page", lambda s: "/de/me/"),
    Visit("delete the account", lambda s: "/de/me/erase/"),
    Visit("delete the account, errors", lambda s: "/de/me/erase/", prepare=send),
    Visit("access keys", lambda s: "/de/access-keys/"),
    Visit("access keys, errors", lambda s: "/de/access-keys/", prepare=send),
    Visit("own annotation", annotation("fresh")),
    Visit("own words, edit", annotation("fresh", "edit/")),
    Visit("own words, edit, errors", annotation("fresh", "edit/"), prepare=send_nothing),
    Visit("own words, withdraw", annotation("fresh", "withdraw/")),
    Visit("report, name known", annotation("fresh", "report/")),
    Visit("security of the account", lambda s: "/accounts/2fa/"),
    Visit(
        "second factor",
        lambda s: "/accounts/2fa/totp/activate/",
        prepare=begin_second_factor,
    ),
    Visit(
        "second factor, wrong code",
        lambda s: "/accounts/2fa/totp/activate/",
        prepare=enter_wrong_code,
    ),
    Visit(
        "second factor, done",
        lambda s: "/accounts/2fa/totp/activate/",
        prepare=set_up_second_factor,
    ),
    Visit("security of the account, protected", lambda s: "/accounts/2fa/"),
    Visit("recovery codes, new ones", lambda s: "/accounts/2fa/recovery-codes/generate/"),
    Visit("second factor, off", lambda s: "/accounts/2fa/totp/deactivate/"),
    Visit("sign out", lambda s: "/accounts/logout/"),
    Visit("e-mail addresses", lambda s: "/accounts/email/"),
    Visit("password change", lambda s: "/accounts/password/change/"),
    Visit("not allowed", lambda s: "/admin/annotations/", status=403),
]


def entry_of(stage: Stage) -> int:
    """Return the key of a contribution that staff enter."""
    contribution = Contribution(
        passage=scenes.passage_of(stage.newest, scenes.CITY),
        body="Mehr Bänke.",
        name="Werkstatt am Ufer",
        made_on=now().date(),
        source="workshop",
    )
    made = enter_contribution(
        version=stage.newest,
        contribution=contribution,
        actor=stage.users["redaktion"],
        has_agreed=True,
        idempotency_key="visit",
    )
    return made.pk


def disposition_of(stage: Stage, name: str) -> int:
    annotation = stage.annotations[name]
    annotation.refresh_from_db()
    return annotation.disposition_id


def bulk_url(action: str, key: int) -> str:
    url = reverse("wagtail_bulk_action", args=["synopse_annotations", "annotation", action])
    return f"{url}?id={key}&next={links.desk_url()}"


def asked(page: Page, _stage: Stage) -> None:
    expect(page.get_by_role("group").first).to_contain_text("einen älteren fort?")


def admin(name: str, *args: Callable[[Stage], object]) -> Callable[[Stage], str]:
    return lambda stage: reverse(name, args=[each(stage) for each in args])


ADMIN = [
    Visit("annotations", lambda s: links.listing_url()),
    Visit("annotations, filtered", lambda s: links.listing_url(page=s.draft.pk, answer="open")),
    Visit("annotation", lambda s: links.annotation_url(s.annotations["adopted"].pk)),
    Visit("annotation, hidden", lambda s: links.annotation_url(s.annotations["hidden"].pk)),
    Visit("enter a contribution", lambda s: links.enter_url(s.draft.pk)),
    Visit(
        "enter a table, preview",
        lambda s: links.enter_sheet_url(s.draft.pk),
        prepare=upload_table,
    ),
    Visit("mend what was entered", lambda s: links.correct_url(entry_of(s))),
    Visit("assign", lambda s: links.assign_url([s.annotations["fresh"].pk])),
    Visit("note objections", lambda s: links.see_objections_url([s.annotations["fresh"].pk])),
    Visit("dispose", lambda s: links.dispose_url([s.annotations["fresh"].pk])),
    Visit(
        "dispose, errors",
        lambda s: links.dispose_url([s.annotations["fresh"].pk]),
        prepare=answer_nothing,
    ),
    Visit(
        "change a disposition",
        lambda s: links.disposition_url(disposition_of(s, "adopted")),
    ),
    Visit("suggested edit", lambda s: links.annotation_url(s.annotations["edit"].pk)),
    Visit(
        "suggested edit, with changes",
        admin("synopse_annotations:accept", lambda s: s.annotations["edit"].pk),
    ),
    Visit(
        "change a disposition, too late",
        lambda s: links.disposition_url(disposition_of(s, "adopted")),
        prepare=answer_too_late,
    ),
    Visit("hide", lambda s: links.moderation_url("hide", s.annotations["fresh"].pk)),
    Visit("place", lambda s: links.placement_url(Placement.objects.latest("pk").pk)),
    Visit("mails", lambda s: links.outbox_url()),
    Visit("desk", lambda s: links.desk_url(state="all")),
    Visit("desk, nothing waits", lambda s: links.desk_url()),
    Visit("several hidden", lambda s: bulk_url("hide", s.annotations["fresh"].pk)),
    Visit("several released, none possible", lambda s: bulk_url("release", s.newest.pk)),
    Visit("reports", lambda s: links.reports_url()),
    Visit("report", lambda s: links.report_url(Report.objects.get(decided_at=None).pk)),
    Visit(
        "report, errors",
        lambda s: links.report_url(Report.objects.get(decided_at=None).pk),
        prepare=answer_nothing,
    ),
    Visit("report, decided", lambda s: links.report_url(Report.objects.get(is_upheld=False).pk)),
    Visit("appeals", lambda s: links.appeals_url()),
    Visit("appeal", lambda s: links.appeal_url(Appeal.objects.latest("pk").pk)),
    Visit("consent texts", admin("consenttext:index")),
    Visit("consent texts, new version", admin("consenttext:add")),
    Visit("list of words", admin("watchedword:index")),
    Visit("reasons for answers", admin("reasontext:index")),
    Visit("list of words, new one", admin("watchedword:add")),
    Visit("versions", admin("synopse_versions:page", lambda s: s.draft.pk)),
    Visit("changes", admin("synopse_versions:changes", lambda s: s.newest.pk)),
    Visit("window", admin("synopse_versions:window", lambda s: s.newest.pk)),
    Visit("gate", admin("synopse_versions:gate", lambda s: s.newest.pk)),
    Visit(
        "line left open", admin("synopse_versions:waive", lambda s: s.newest.pk, lambda s: "window")
    ),
    Visit("co-signing, desk", admin("synopse_versions:signing")),
    Visit("co-signing of a version", admin("synopse_versions:signatures", lambda s: s.newest.pk)),
    Visit("submissions", admin("synopse_versions:submissions")),
    Visit("submission", admin("synopse_versions:submission", lambda s: s.submission.pk)),
    Visit(
        "versions, resolved",
        admin("synopse_versions:page", lambda s: s.resolved.version.page_id),
    ),
    Visit("next stage", admin("synopse_versions:next_stage", lambda s: s.resolved.version.page_id)),
    Visit(
        "decision",
        admin("synopse_versions:decision", lambda s: s.submission.steps.order_by("pk").first().pk),
    ),
    Visit(
        "document of a decision",
        admin(
            "synopse_versions:decision_document",
            lambda s: s.submission.steps.order_by("pk").first().pk,
        ),
    ),
    Visit(
        "questions before publishing",
        admin("synopse_versions:publish", lambda s: s.draft.pk, scenes.doubtful_revision),
        prepare=asked,
    ),
    Visit("import, new draft", admin("synopse_import:new")),
    Visit("import into a draft", admin("synopse_import:page", lambda s: s.draft.pk)),
    Visit("preview of an import", admin("synopse_import:preview", scenes.waiting_upload)),
    Visit("internal notes", admin("synopse_import:notes", scenes.noted_draft)),
]
