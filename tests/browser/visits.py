"""Every page of the site in its states, for the tests that look at them all.

A new page type is one line in ``PAGES``; those of the admin stand in ``admin_visits``.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.utils.timezone import now
from playwright.sync_api import Page, expect

from tests.browser import pointing, scenes, texts
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
    open_panel(page, texts.BUSES_NOW)


def panel_with_error(page: Page, _stage: Stage) -> None:
    open_panel(page, texts.BUSES_NOW)
    send(page)


def panel_with_edit(page: Page, _stage: Stage) -> None:
    open_panel(page, texts.LIGHT)
    page.get_by_label("Ich schlage andere Wörter vor").check()
    page.locator("[name=proposed]").fill("Laternen leuchten immer.")
    expect(page.locator("[data-preview] ins")).to_be_visible()


def panel_after_sending(page: Page, _stage: Stage) -> None:
    open_panel(page, texts.LIGHT)
    fill(page, body="Gut.", name="Frida", email="danach@example.org")
    page.locator("form[data-form] [type=submit]").click()
    expect(page.locator("[data-notice]")).to_be_visible()


def toolbar(page: Page, _stage: Stage) -> None:
    page.locator(".syn-passage__body", has_text=texts.LIGHT).first.select_text()
    expect(page.locator(".syn-toolbar")).to_be_visible()


def toolbar_across(page: Page, _stage: Stage) -> None:
    pointing.choose_words(page, texts.CITY, texts.BUSES_NOW)
    expect(page.locator(".syn-toolbar.is-hint")).to_be_visible()


def words_by_keyboard(page: Page, _stage: Stage) -> None:
    open_panel(page, texts.BUSES_NOW)
    page.locator(".syn-keyboard").evaluate("button => button.click()")  # phones hide it
    page.keyboard.press("Shift+Control+ArrowRight")
    expect(page.locator(".syn-chooser__words")).to_contain_text("Busse")


def several_at_a_place(page: Page, stage: Stage) -> None:
    user = stage.users["nachbar"]
    scenes.annotate(stage.newest, texts.BUSES_NOW, "Sonntags?", user=user, quote="Sonntag")
    page.reload()
    pointing.click_word(page, texts.BUSES_NOW, "Sonntag")
    expect(page.locator(".syn-panel [data-all]")).to_be_visible()


def draft_kept(page: Page, _stage: Stage) -> None:
    open_panel(page, texts.CITY)
    page.locator("[name=body]").fill("Halb fertig")
    page.reload()
    open_panel(page, texts.CITY)
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
    place = f"p-{scenes.passage_of(stage.newest, texts.BUSES_NOW).uid}"
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
        lambda s: scenes.passage_url(s.trees, texts.TREES),
        prepare=sentences_with_a_gap,
        variants=True,
    ),
    Visit("passage, one place", lambda s: scenes.passage_url(s.newest, texts.BUSES_NOW) + "?at=60"),
    Visit("passage", lambda s: scenes.passage_url(s.newest, texts.BUSES_NOW)),
    Visit("passage, errors", lambda s: scenes.passage_url(s.newest, texts.CITY), prepare=send),
    Visit("passage, old version", lambda s: scenes.passage_url(s.versions[0], texts.BUSES)),
    Visit(
        "look into your mailbox",
        lambda s: scenes.passage_url(s.newest, texts.CITY),
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
