"""Who may open and do what: every view of the site, its admin and its libraries, in one table.

The table decides nothing: rights are given by ``cms_pages.permissions``,
``annotations.permissions`` and Wagtail's page permissions. It is the promise that they are held to:
a test walks every address of the site as every role, and fails where an answer differs or a view
stands in no line. The page ``docs/reference/permissions.md`` is made from it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

ROLES = ("anon", "citizen", "moderator", "editor", "reviewer", "senate", "administrator")
"""Nobody signed in, an account without group, one of each group, and a superuser."""

Who = frozenset[str]
ALL: Who = frozenset(ROLES)
NONE: Who = frozenset()
PEOPLE = ALL - {"anon"}
STAFF = PEOPLE - {"citizen"}
ADMIN: Who = frozenset({"administrator"})
EDITOR = ADMIN | {"editor"}
MODERATOR = ADMIN | {"moderator"}
UPLOADER: Who = frozenset({"editor"})
"""Whoever uploaded the file; in the test that is the editor, and nobody else sees it."""
FILTERING: Who = frozenset({"editor"})
"""Whoever kept the choice; in the test that is the editor, and nobody else sees it."""
SENATE = ADMIN | {"senate"}
SIGNING: Who = frozenset({"reviewer"})
"""Whoever belongs to a department that co-signs; no right takes the place of that."""
OWN: Who = frozenset({"citizen"})
"""Whoever it belongs to; in the test that is the citizen."""
CITIZEN: Who = frozenset(["citizen"])


class Line(NamedTuple):
    """One action on one kind of object.

    Attributes:
        about: What it is about.
        action: What is done.
        views: Names of views, separated by spaces; one that ends with ``*`` stands for all that
            begin so and stand in no other line.
        see: Who may open them (GET).
        act: Who may send something (POST); None where they take nothing.
    """

    about: str
    action: str
    views: str
    see: Who
    act: Who | None = None


MATRIX = (
    Line("Site", "ask whether it lives and is ready", "healthz readyz", ALL),
    Line("Site", "choose the language", "set_language", ALL, ALL),
    Line("Site", "report a problem", "pages:report_problem", ALL, ALL),
    Line("Site", "be thanked for a report", "pages:problem_reported", ALL),
    Line("Site", "read public pages", "wagtail_serve", ALL, ALL),
    Line("Site", "open public documents", "wagtaildocs_serve", ALL, ALL),
    Line("Site", "enter the password of a private page or file, where there is one",
         "wagtailcore_authenticate_with_password wagtaildocs_authenticate_with_password",
         NONE, NONE),
    Line("Site", "open an image that is not there", "media", NONE),
    Line("Site", "translations and icons of the admin's scripts",
         "wagtailadmin_javascript_catalog", ALL),
    Line("Site", "icons of the admin", "wagtailadmin_sprite", ALL, ALL),
    Line("Accounts", "sign in, sign up, ask for a new password",
         "account_login account_logout account_signup account_reset_password "
         "account_reset_password_from_key", ALL, ALL),
    Line("Accounts", "confirm an address, by a link that is unknown", "account_confirm_email",
         ALL, NONE),
    Line("Accounts", "read what was done",
         "account_email_verification_sent account_inactive account_reset_password_done "
         "account_reset_password_from_key_done", ALL),
    Line("Accounts", "sign in by another door", "admin_login", NONE),
    Line("Accounts", "sign in by other doors",
         "other_admin_login other_page_login wagtailadmin_login wagtailcore_login "
         "wagtailadmin_password_reset*", NONE, NONE),
    Line("Own account", "change password and addresses, enter the password once more",
         "account_change_password account_confirm_login_code account_email account_reauthenticate "
         "account_set_password", PEOPLE, PEOPLE),
    Line("Own account", "see how it is protected", "mfa_index", PEOPLE),
    Line("Own account", "set the second factor up, enter a code",
         "mfa_activate_totp mfa_authenticate mfa_reauthenticate mfa_generate_recovery_codes",
         PEOPLE, PEOPLE),
    Line("Own account", "switch the second factor off, without one", "mfa_deactivate_totp",
         NONE, NONE),
    Line("Own account", "see recovery codes, without any", "mfa_view_recovery_codes", NONE),
    Line("Own account", "take recovery codes along, without any", "mfa_download_recovery_codes",
         NONE, NONE),
    Line("Own account", "see what one wrote, take all data along",
         "annotations:my_page annotations:my_data", PEOPLE),
    Line("Own account", "delete it, which the administration does for staff", "annotations:erase",
         CITIZEN, CITIZEN),
    Line("Own account", "make access keys", "annotations:access_keys", PEOPLE, PEOPLE),
    Line("Own account", "revoke an own access key", "annotations:revoke_key", NONE, OWN),
    Line("Own account", "see what one follows", "annotations:following", PEOPLE),
    Line("Own account", "choose one's mails", "annotations:my_mails", PEOPLE, PEOPLE),
    Line("Own account", "stop following", "annotations:stop_following", NONE, OWN),
    Line("Versions", "read versions, origins, comparisons, submissions",
         "versioning:versions versioning:version versioning:origin versioning:choose_comparison "
         "versioning:comparison versioning:submission versioning:records", ALL),
    Line("Versions", "check the package of a submission, take it along",
         "versioning:package versioning:package_file", ALL),
    Line("Versions", "take them along as files",
         "versioning:export_version versioning:export_comparison", ALL, ALL),
    Line("Annotations", "read them, as pages, files and feeds",
         "annotations:annotation annotations:csv annotations:xlsx annotations:json_ld "
         "annotations:feed annotations:passage_feed annotations:list annotations:removed "
         "annotations:sent annotations:history annotations:balance annotations:balance_json "
         "annotations:balance_csv", ALL),
    Line("Annotations", "take the disposition report along", "annotations:disposition_report",
         ALL, ALL),
    Line("Annotations", "write, reply, support, follow, confirm, unsubscribe",
         "annotations:passage annotations:reply annotations:support annotations:confirm "
         "annotations:confirm_support annotations:follow_document annotations:follow_passage "
         "annotations:follow_thread annotations:confirm_follow annotations:unsubscribe "
         "annotations:unsubscribe_at_once", ALL, ALL),
    Line("Annotations", "choose or end mails by a link in a mail",
         "annotations:mails annotations:stop_mails annotations:stop_mails_at_once", ALL, ALL),
    Line("Annotations", "mend and withdraw one's own words, agree or object to the answer",
         "annotations:edit annotations:withdraw annotations:react", OWN, OWN),
    Line("Annotations", "agree or object as a guest, by the link of a mail",
         "annotations:react_by_link", ALL, ALL),
    Line("Annotations", "report one, see what became of a report, appeal",
         "annotations:report annotations:report_content annotations:report_status "
         "annotations:statement", ALL, ALL),
    Line("Annotations", "see which are one's own", "annotations:mine", PEOPLE),
    Line("Interface for programs", "read annotations and what it offers",
         "synopse_api:api-root synopse_api:openapi-json synopse_api:annotation", ALL),
    Line("Interface for programs", "read all, write one", "synopse_api:container", ALL, PEOPLE),
    Line("Interface for programs", "ask for what is not there", "synopse_api:nothing", NONE, NONE),
    Line("Annotations in the admin", "list, look at one",
         "synopse_annotations:index synopse_annotations:index_results "
         "synopse_annotations:progress synopse_annotations:detail", STAFF),
    Line("Annotations in the admin", "keep a choice of the listing",
         "synopse_annotations:save_filter", NONE, STAFF),
    Line("Annotations in the admin", "remove a kept choice, in the test the editor's",
         "synopse_annotations:remove_filter", NONE, FILTERING),
    Line("Annotations in the admin", "assign and dispose of them, decide on places",
         "synopse_annotations:assign synopse_annotations:dispose synopse_annotations:disposition "
         "synopse_annotations:placement", EDITOR, EDITOR),
    Line("Annotations in the admin", "enter what came by workshop, interview or letter, mend it",
         "synopse_annotations:enter_one synopse_annotations:enter_sheet "
         "synopse_annotations:correct_entry", EDITOR, EDITOR),
    Line("Annotations in the admin", "note objections as seen",
         "synopse_annotations:see_objections", EDITOR, EDITOR),
    Line("Annotations in the admin", "choose a document for it, download an empty table",
         "synopse_annotations:enter synopse_annotations:enter_csv "
         "synopse_annotations:enter_xlsx", EDITOR),
    Line("Annotations in the admin", "see what waits in the page editor",
         "synopse_annotations:editor_list synopse_annotations:editor_counts", EDITOR),
    Line("Annotations in the admin", "answer in the page editor",
         "synopse_annotations:editor_answer", NONE, EDITOR),
    Line("Annotations in the admin", "see the reasons that are often given",
         "reasontext:*", EDITOR),
    Line("Annotations in the admin", "change the reasons that are often given",
         "reasontext:add reasontext:edit reasontext:delete", EDITOR, EDITOR),
    Line("Annotations in the admin", "take a suggested edit over into the draft",
         "synopse_annotations:accept", EDITOR, EDITOR),
    Line("Annotations in the admin", "take it back", "synopse_annotations:take_back",
         NONE, EDITOR),
    Line("Annotations in the admin", "see for which texts there are reports",
         "synopse_annotations:disposition_reports", STAFF),
    Line("Annotations in the admin", "take a report with what is not public along",
         "synopse_annotations:disposition_report", EDITOR | MODERATOR, EDITOR | MODERATOR),
    Line("Moderation", "see the desk, reports, appeals, numbers and mails that wait",
         "synopse_annotations:desk synopse_annotations:desk_results synopse_annotations:reports "
         "synopse_annotations:reports_results synopse_annotations:numbers_csv "
         "synopse_annotations:numbers_xlsx synopse_annotations:appeals "
         "synopse_annotations:appeals_results synopse_annotations:outbox "
         "synopse_annotations:outbox_results", MODERATOR),
    Line("Moderation", "hide, decide on reports and appeals",
         "synopse_annotations:hide synopse_annotations:report synopse_annotations:appeal",
         MODERATOR, MODERATOR),
    Line("Moderation", "show again, release, note", "synopse_annotations:show "
         "synopse_annotations:release synopse_annotations:note", NONE, MODERATOR),
    Line("Moderation", "see the list of words", "watchedword:*", MODERATOR),
    Line("Moderation", "change the list of words",
         "watchedword:add watchedword:edit watchedword:delete", MODERATOR, MODERATOR),
    Line("Moderation", "see all versions of the consent texts", "consenttext:*", ADMIN),
    Line("Moderation", "write a new version of a consent text", "consenttext:add", ADMIN, ADMIN),
    Line("Moderation", "change or delete a version of a consent text",
         "consenttext:edit consenttext:delete consenttext:usage", NONE, NONE),
    Line("Versions in the admin", "look at versions, passages, submissions",
         "synopse_versions:page synopse_versions:passages synopse_versions:submissions", STAFF),
    Line("Versions in the admin", "take the records of a text along", "synopse_versions:records",
         STAFF),
    Line("Versions in the admin", "begin the next stage", "synopse_versions:next_stage",
         EDITOR, EDITOR),
    Line("Versions in the admin", "be led to changes and gate of a page",
         "synopse_versions:page_gate synopse_versions:page_changes", STAFF, STAFF),
    Line("Versions in the admin", "correct lineage, publish, change the window",
         "synopse_versions:draft_changes synopse_versions:publish synopse_versions:window",
         EDITOR, EDITOR),
    Line("Versions in the admin", "see changes, give reasons", "synopse_versions:changes",
         STAFF, EDITOR),
    Line("Versions in the admin", "see what blocks the gate, hand over", "synopse_versions:gate",
         STAFF, EDITOR | SENATE),
    Line("Versions in the admin", "begin a workflow of the gate",
         "synopse_versions:begin_workflow", NONE, EDITOR | SENATE),
    Line("Versions in the admin", "leave a line of the checklist open with a public reason",
         "synopse_versions:waive", EDITOR | SENATE, EDITOR | SENATE),
    Line("Versions in the admin", "take such a reason back", "synopse_versions:take_back_waiver",
         NONE, EDITOR | SENATE),
    Line("Versions in the admin", "see what waits for one's departments",
         "synopse_versions:signing", STAFF),
    Line("Versions in the admin", "sign for a department, in the test that of the reviewers",
         "synopse_versions:sign", SIGNING, SIGNING),
    Line("Versions in the admin", "see where departments stand, ask for signatures",
         "synopse_versions:signatures", STAFF, EDITOR | SENATE),
    Line("Versions in the admin", "see a submission, add to it", "synopse_versions:submission",
         STAFF, SENATE),
    Line("Versions in the admin", "record what a body decided", "synopse_versions:decision "
         "synopse_versions:decision_document", SENATE, SENATE),
    Line("Versions in the admin", "have the package of a submission built again",
         "synopse_versions:package", NONE, EDITOR | SENATE),
    Line("Versions in the admin", "withhold a passage", "synopse_versions:withhold", ADMIN, ADMIN),
    Line("Problem reports", "read", "problemreport:index problemreport:index_results "
         "problemreport:history problemreport:history_results problemreport:usage",
         EDITOR | MODERATOR),
    Line("Problem reports", "answer", "problemreport:edit", EDITOR | MODERATOR, EDITOR | MODERATOR),
    Line("Problem reports", "add or delete", "problemreport:add problemreport:delete", NONE, NONE),
    Line("Import", "upload a text", "synopse_import:new synopse_import:page", EDITOR, EDITOR),
    Line("Import", "look at one's own upload, take it over", "synopse_import:preview",
         UPLOADER, UPLOADER),
    Line("Import", "read internal notes of a draft, settle them", "synopse_import:notes",
         EDITOR, EDITOR),
    Line("Pages in the admin", "open the admin",
         "wagtailadmin_home django.views.generic.base wagtailadmin_dismissibles", STAFF),
    Line("Pages in the admin", "own settings", "wagtailadmin_account wagtailadmin_error_test",
         STAFF, STAFF),
    Line("Pages in the admin", "end the session, stop saying what one edits",
         "wagtailadmin_logout wagtailadmin_editing_sessions:release", NONE, STAFF),
    Line("Pages in the admin", "open what is not there", "wagtail.admin.views.home "
         "wagtailadmin_pages:convert_alias wagtail_localize:convert_to_alias wagtailsettings:*",
         NONE, NONE),
    Line("Pages in the admin", "open a preview of a block that is none",
         "wagtailadmin_block_preview", NONE),
    Line("Pages in the admin", "browse, search, compare revisions, see history",
         "wagtailadmin_explore* wagtailadmin_pages:* wagtailadmin_api:pages:detail", EDITOR),
    Line("Pages in the admin", "write, publish, move, copy, delete, restrict",
         "wagtailadmin_pages:add wagtailadmin_pages:preview_on_add wagtailadmin_pages:edit "
         "wagtailadmin_pages:preview_on_edit wagtailadmin_pages:view_draft "
         "wagtailadmin_pages:delete wagtailadmin_pages:unpublish wagtailadmin_pages:move "
         "wagtailadmin_pages:copy wagtailadmin_pages:set_privacy "
         "wagtailadmin_pages:revisions_revert wagtailadmin_pages:revisions_unschedule",
         EDITOR, EDITOR),
    Line("Pages in the admin", "act on several, of which those without a right are left out",
         "wagtail_bulk_action", STAFF, STAFF),
    Line("Pages in the admin", "sort, act through the admin's own interface, say what one edits",
         "wagtailadmin_pages:set_page_position wagtailadmin_api:pages:action "
         "wagtailadmin_editing_sessions:ping", NONE, EDITOR),
    Line("Pages in the admin", "lock", "wagtailadmin_pages:lock wagtailadmin_pages:unlock",
         NONE, ADMIN),
    Line("Pages in the admin", "see whether one may move a page", "wagtailadmin_pages:move_confirm",
         STAFF, NONE),
    Line("Pages in the admin", "be led to the history, choose where to write",
         "wagtailadmin_pages:revisions_index wagtailadmin_pages:choose_parent", STAFF, STAFF),
    Line("Pages in the admin", "approve what waits", "wagtailadmin_pages:workflow_action "
         "wagtailadmin_pages:collect_workflow_action_data", EDITOR, EDITOR),
    Line("Pages in the admin", "look at what waits", "wagtailadmin_pages:workflow_preview", EDITOR),
    Line("Pages in the admin", "be asked whether to end an approval",
         "wagtailadmin_pages:confirm_workflow_cancellation", STAFF, STAFF),
    Line("Pages in the admin", "choose a page, see listings for choosers",
         "wagtailadmin_choose_page wagtailadmin_choose_page_child wagtailadmin_choose_page_search "
         "wagtailadmin_choose_page_chosen_multiple wagtailadmin_api:*", STAFF),
    Line("Pages in the admin", "ask the admin's interface without words",
         "wagtailadmin_api:pages:find wagtailadmin_api:documents:find wagtailadmin_api:images:find",
         NONE),
    Line("Pages in the admin", "choose a link, a tag, an embedded video",
         "wagtailadmin_choose_page_external_link wagtailadmin_choose_page_email_link "
         "wagtailadmin_choose_page_phone_link wagtailadmin_choose_page_anchor_link "
         "wagtailadmin_tag_autocomplete wagtailadmin_tag_model_autocomplete wagtailembeds:*",
         STAFF, STAFF),
    Line("Reports of the admin", "see what happened to what one may see",
         "wagtailadmin_reports:site_history*", STAFF),
    Line("Reports of the admin", "pages and approvals", "wagtailadmin_reports:*", EDITOR),
    Line("Reports of the admin", "locked pages", "wagtailadmin_reports:locked_pages*", ADMIN),
    Line("Forms", "see pages with forms", "wagtailforms:index wagtailforms:index_results", EDITOR),
    Line("Forms", "answers of a form that is none",
         "wagtailforms:list_submissions wagtailforms:list_submissions_results", NONE),
    Line("Forms", "delete answers", "wagtailforms:delete_submissions", NONE, NONE),
    Line("Images and documents", "list, see where they are used",
         "wagtailimages:* wagtaildocs:* wagtailimages_chooser:chosen wagtaildocs_chooser:chosen",
         EDITOR),
    Line("Images and documents", "add, change, delete",
         "wagtailimages:add wagtailimages:add_multiple wagtailimages:edit wagtailimages:delete "
         "wagtailimages:preview wagtaildocs:add wagtaildocs:add_multiple wagtaildocs:edit "
         "wagtaildocs:delete wagtailimages_chooser:create wagtailimages_chooser:select_format "
         "wagtaildocs_chooser:create", EDITOR, EDITOR),
    Line("Images and documents", "change several",
         "wagtailimages:edit_multiple wagtailimages:delete_multiple wagtaildocs:edit_multiple "
         "wagtaildocs:delete_multiple", NONE, EDITOR),
    Line("Images and documents", "finish an upload of somebody else",
         "wagtailimages:create_multiple_from_uploaded_image wagtailimages:delete_upload_multiple "
         "wagtaildocs:create_multiple_from_uploaded_document wagtaildocs:delete_upload_multiple",
         NONE, NONE),
    Line("Images and documents", "make addresses of renditions, which is off",
         "wagtailimages:url_generator*", NONE),
    Line("Images and documents", "choose one", "wagtailimages_chooser:* wagtaildocs_chooser:*",
         STAFF),
    Line("Reusable texts", "list, see where they are used",
         "wagtailsnippets:index wagtailsnippets_synopse_pages_reusabletext:*", EDITOR),
    Line("Reusable texts", "write",
         "wagtailsnippets_synopse_pages_reusabletext:add "
         "wagtailsnippets_synopse_pages_reusabletext:edit "
         "wagtailsnippets_synopse_pages_reusabletext:copy "
         "wagtailsnippetchoosers_synopse_pages_reusabletext:create", EDITOR, EDITOR),
    Line("Reusable texts", "delete", "wagtailsnippets_synopse_pages_reusabletext:delete",
         ADMIN, ADMIN),
    Line("Reusable texts", "choose one", "wagtailsnippetchoosers_synopse_pages_reusabletext:*",
         STAFF),
    Line("Translations", "see how far they are",
         "wagtail_localize:javascript_catalog wagtail_localize:translations_report "
         "wagtail_localize:translations_report_results wagtail_localize:snippets_api_listing "
         "wagtail_localize:snippets_api_detail", STAFF),
    Line("Translations", "begin, update, preview, take along",
         "wagtail_localize:submit_page_translation wagtail_localize:submit_snippet_translation "
         "wagtail_localize:update_translations wagtail_localize:download_pofile "
         "wagtail_localize:preview_translation", EDITOR, EDITOR),
    Line("Translations", "bring back a file", "wagtail_localize:upload_pofile", NONE, EDITOR),
    Line("Translations", "translate by machine or end one, which is off",
         "wagtail_localize:machine_translate wagtail_localize:stop_translation", NONE, NONE),
    Line("Translations", "write (by PUT and DELETE)",
         "wagtail_localize:edit_string_translation wagtail_localize:edit_override", NONE),
    Line("Workflows", "list", "wagtailadmin_workflows:*", ADMIN),
    Line("Workflows", "make and change",
         "wagtailadmin_workflows:add wagtailadmin_workflows:edit wagtailadmin_workflows:disable "
         "wagtailadmin_workflows:add_task wagtailadmin_workflows:select_task_type "
         "wagtailadmin_workflows:edit_task wagtailadmin_workflows:disable_task", ADMIN, ADMIN),
    Line("Workflows", "switch on again, take from a page",
         "wagtailadmin_workflows:enable wagtailadmin_workflows:enable_task "
         "wagtailadmin_workflows:remove", NONE, ADMIN),
    Line("Workflows", "choose a task",
         "wagtailadmin_workflows:task_chooser wagtailadmin_workflows:task_chooser_results", STAFF),
    Line("Workflows", "take a task that is there",
         "wagtailadmin_workflows:task_chooser_create wagtailadmin_workflows:task_chosen",
         STAFF, STAFF),
    Line("Accounts in the admin", "list", "wagtailusers_users:* wagtailusers_groups:*", ADMIN),
    Line("Accounts in the admin", "make and change accounts, groups and roles",
         "wagtailusers_users:add wagtailusers_users:edit wagtailusers_users:delete "
         "wagtailusers_users:copy wagtailusers_groups:add wagtailusers_groups:edit "
         "wagtailusers_groups:delete", ADMIN, ADMIN),
    Line("Set-up of the site", "list",
         "wagtaillocales:* wagtailsites:* wagtailredirects:* wagtailadmin_collections:*", ADMIN),
    Line("Set-up of the site", "languages, sites, redirects, collections",
         "wagtaillocales:add wagtaillocales:edit wagtaillocales:delete wagtaillocales:copy "
         "wagtailsites:add wagtailsites:edit wagtailsites:delete wagtailsites:copy "
         "wagtailredirects:add wagtailredirects:edit wagtailredirects:delete "
         "wagtailredirects:start_import wagtailadmin_collections:add wagtailadmin_collections:edit "
         "wagtailadmin_collections:delete wagtailadmin_collections:set_privacy", ADMIN, ADMIN),
    Line("Set-up of the site", "import redirects", "wagtailredirects:process_import", NONE, ADMIN),
)  # fmt: skip


def line_for(view: str) -> Line | None:
    """Return the line in which a view stands, None where there is none."""
    for line in MATRIX:
        if view in line.views.split():
            return line
    begins = [
        (len(pattern), line)
        for line in MATRIX
        for pattern in line.views.split()
        if pattern.endswith("*") and view.startswith(pattern[:-1])
    ]
    return max(begins, key=lambda each: each[0])[1] if begins else None


def as_markdown() -> str:
    """Return the table as the documentation shows it."""
    lines = []
    before = ""
    for line in MATRIX:
        if line.about != before:
            before = line.about
            lines += ["", f"## {line.about}", "", *_head()]
        cells = [_cell(line, role) for role in ROLES]
        lines.append("| " + " | ".join([line.action, *cells]) + " |")
    return "\n".join(lines).strip() + "\n"


def _head() -> Iterator[str]:
    names = ["", "anonymous", *ROLES[1:]]
    yield "| " + " | ".join(names) + " |"
    yield "| " + " | ".join(["---"] * len(names)) + " |"


def _cell(line: Line, role: str) -> str:
    if line.see is OWN or line.act is OWN:
        return "own" if role in PEOPLE else "–"
    words = [word for word, who in (("see", line.see), ("act", line.act)) if who and role in who]
    return ", ".join(words) or "–"
