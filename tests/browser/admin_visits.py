"""The pages of the admin that a browser visits, in every state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.timezone import now
from playwright.sync_api import Page, expect

from annotations.admin import links
from annotations.models import Appeal, Disposition, Placement, Report
from annotations.services.disposing import change_disposition
from annotations.services.entering import Contribution, enter_contribution
from tests.browser import scenes, texts
from tests.browser.visits import Visit

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.scenes import Stage


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


def entry_of(stage: Stage) -> int:
    """Return the key of a contribution that staff enter."""
    contribution = Contribution(
        passage=scenes.passage_of(stage.newest, texts.CITY),
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
