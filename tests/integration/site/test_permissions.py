"""Who may open and do what: every view of the site, every role, both methods."""

from __future__ import annotations

import pytest
from django.db import transaction

from tests.factories.world import ROLES
from tests.integration.site.addresses import all_views, our_names, outcome, url_of

pytestmark = pytest.mark.django_db

ALL = frozenset(ROLES)
NONE: frozenset[str] = frozenset()
PEOPLE = ALL - {"anon"}
STAFF = PEOPLE - {"citizen"}
EDITOR = frozenset({"editor"})
MODERATOR = frozenset({"moderator"})
SENATE = frozenset({"senate"})

READ_ONLY = None
"""The view takes no POST from anybody."""

TABLE: dict[str, tuple[frozenset[str], frozenset[str] | None]] = {
    "healthz": (ALL, READ_ONLY),
    "readyz": (ALL, READ_ONLY),
    "set_language": (ALL, ALL),
    "admin_login": (NONE, READ_ONLY),
    "other_admin_login": (NONE, NONE),
    "other_page_login": (NONE, NONE),
    "account_change_password": (PEOPLE, PEOPLE),
    "account_confirm_email": (ALL, ALL),
    "account_confirm_login_code": (PEOPLE, PEOPLE),
    "account_email": (PEOPLE, PEOPLE),
    "account_email_verification_sent": (ALL, READ_ONLY),
    "account_inactive": (ALL, READ_ONLY),
    "account_login": (ALL, ALL),
    "account_logout": (ALL, ALL),
    "account_reauthenticate": (PEOPLE, PEOPLE),
    "account_reset_password": (ALL, ALL),
    "account_reset_password_done": (ALL, READ_ONLY),
    "account_reset_password_from_key": (ALL, ALL),
    "account_reset_password_from_key_done": (ALL, READ_ONLY),
    "account_set_password": (PEOPLE, PEOPLE),
    "account_signup": (ALL, ALL),
    "versioning:versions": (ALL, READ_ONLY),
    "versioning:version": (ALL, READ_ONLY),
    "versioning:origin": (ALL, READ_ONLY),
    "versioning:choose_comparison": (ALL, READ_ONLY),
    "versioning:comparison": (ALL, READ_ONLY),
    "versioning:export_version": (ALL, ALL),
    "versioning:export_comparison": (ALL, ALL),
    "versioning:submission": (ALL, READ_ONLY),
    "annotations:my_page": (PEOPLE, READ_ONLY),
    "annotations:my_data": (PEOPLE, READ_ONLY),
    "annotations:erase": (frozenset({"citizen"}), frozenset({"citizen"})),
    "annotations:react": (frozenset({"citizen"}), frozenset({"citizen"})),
    "annotations:access_keys": (PEOPLE, PEOPLE),
    "annotations:revoke_key": (NONE, frozenset({"citizen"})),
    "annotations:annotation": (ALL, READ_ONLY),
    "annotations:confirm": (ALL, ALL),
    "annotations:csv": (ALL, READ_ONLY),
    "annotations:xlsx": (ALL, READ_ONLY),
    "annotations:json_ld": (ALL, READ_ONLY),
    "annotations:feed": (ALL, READ_ONLY),
    "annotations:passage_feed": (ALL, READ_ONLY),
    "annotations:passage": (ALL, ALL),
    "annotations:list": (ALL, READ_ONLY),
    "annotations:removed": (ALL, READ_ONLY),
    "annotations:reply": (ALL, ALL),
    "annotations:sent": (ALL, READ_ONLY),
    "annotations:edit": (frozenset({"citizen"}), frozenset({"citizen"})),
    "annotations:withdraw": (frozenset({"citizen"}), frozenset({"citizen"})),
    "annotations:statement": (ALL, ALL),
    "annotations:report": (ALL, ALL),
    "annotations:report_content": (ALL, ALL),
    "annotations:report_status": (ALL, ALL),
    "annotations:support": (ALL, ALL),
    "annotations:confirm_support": (ALL, ALL),
    "annotations:follow_document": (ALL, ALL),
    "annotations:follow_passage": (ALL, ALL),
    "annotations:follow_thread": (ALL, ALL),
    "annotations:confirm_follow": (ALL, ALL),
    "annotations:following": (PEOPLE, READ_ONLY),
    "annotations:stop_following": (NONE, frozenset({"citizen"})),
    "annotations:unsubscribe": (ALL, ALL),
    "annotations:unsubscribe_at_once": (ALL, ALL),
    "annotations:mine": (PEOPLE, READ_ONLY),
    "synopse_api:api-root": (ALL, READ_ONLY),
    "synopse_api:openapi-json": (ALL, READ_ONLY),
    "synopse_api:container": (ALL, PEOPLE),
    "synopse_api:annotation": (ALL, READ_ONLY),
    "synopse_api:nothing": (NONE, NONE),
    "pages:report_problem": (ALL, ALL),
    "pages:problem_reported": (ALL, READ_ONLY),
    "synopse_import:new": (EDITOR, EDITOR),
    "synopse_import:page": (EDITOR, EDITOR),
    "synopse_annotations:index": (STAFF, READ_ONLY),
    "synopse_annotations:index_results": (STAFF, READ_ONLY),
    "synopse_annotations:progress": (STAFF, READ_ONLY),
    "synopse_annotations:detail": (STAFF, READ_ONLY),
    "synopse_annotations:dispose": (EDITOR, EDITOR),
    "synopse_annotations:disposition": (EDITOR, EDITOR),
    "synopse_annotations:placement": (EDITOR, EDITOR),
    "synopse_annotations:outbox": (MODERATOR, READ_ONLY),
    "synopse_annotations:outbox_results": (MODERATOR, READ_ONLY),
    "synopse_annotations:desk": (MODERATOR, READ_ONLY),
    "synopse_annotations:desk_results": (MODERATOR, READ_ONLY),
    "synopse_annotations:reports": (MODERATOR, READ_ONLY),
    "synopse_annotations:reports_results": (MODERATOR, READ_ONLY),
    "synopse_annotations:report": (MODERATOR, MODERATOR),
    "synopse_annotations:numbers_csv": (MODERATOR, READ_ONLY),
    "synopse_annotations:numbers_xlsx": (MODERATOR, READ_ONLY),
    "synopse_annotations:appeals": (MODERATOR, READ_ONLY),
    "synopse_annotations:appeals_results": (MODERATOR, READ_ONLY),
    "synopse_annotations:appeal": (MODERATOR, MODERATOR),
    "synopse_annotations:hide": (MODERATOR, MODERATOR),
    "synopse_annotations:note": (NONE, MODERATOR),
    "synopse_annotations:show": (NONE, MODERATOR),
    "synopse_annotations:release": (NONE, MODERATOR),
    "synopse_versions:page": (STAFF, READ_ONLY),
    "synopse_versions:page_gate": (STAFF, STAFF),
    "synopse_versions:page_changes": (STAFF, STAFF),
    "synopse_versions:draft_changes": (EDITOR, EDITOR),
    "synopse_versions:publish": (EDITOR, EDITOR),
    "synopse_versions:passages": (STAFF, READ_ONLY),
    "synopse_versions:withhold": (NONE, NONE),
    "synopse_versions:changes": (STAFF, EDITOR),
    "synopse_versions:window": (EDITOR, EDITOR),
    "synopse_versions:gate": (STAFF, EDITOR | SENATE),
    "synopse_versions:submissions": (STAFF, READ_ONLY),
    "synopse_versions:submission": (STAFF, SENATE),
    "synopse_versions:decision": (SENATE, SENATE),
    "watchedword:index": (MODERATOR, READ_ONLY),
    "watchedword:index_results": (MODERATOR, READ_ONLY),
    "watchedword:add": (MODERATOR, MODERATOR),
    "watchedword:edit": (MODERATOR, MODERATOR),
    "watchedword:delete": (MODERATOR, MODERATOR),
    "watchedword:history": (MODERATOR, READ_ONLY),
    "watchedword:history_results": (MODERATOR, READ_ONLY),
    "watchedword:usage": (MODERATOR, READ_ONLY),
    "problemreport:index": (EDITOR | MODERATOR, READ_ONLY),
    "problemreport:index_results": (EDITOR | MODERATOR, READ_ONLY),
    "problemreport:edit": (EDITOR | MODERATOR, EDITOR | MODERATOR),
    "problemreport:history": (EDITOR | MODERATOR, READ_ONLY),
    "problemreport:history_results": (EDITOR | MODERATOR, READ_ONLY),
    "problemreport:usage": (EDITOR | MODERATOR, READ_ONLY),
    "problemreport:add": (NONE, NONE),
    "problemreport:delete": (NONE, NONE),
}
"""Name of a view: who may open it, and whom it lets act. ``media`` serves files alone."""


def test_every_view_of_ours_stands_in_the_table():
    assert our_names() == {*TABLE, "media"}


def test_no_view_is_without_protection_against_forged_forms():
    exempt = {view.name for view in all_views() if getattr(view.callback, "csrf_exempt", False)}
    # Views of the REST framework and of ninja ask for the token once a session is used.
    apis = {"wagtailadmin_api", "wagtail_localize", "synopse_api"}
    # The one click of a mail program; its token is the permission (RFC 8058).
    others = exempt - {"annotations:unsubscribe_at_once"}
    assert {name.partition(":")[0] for name in others} <= apis


def _answers(world, client_of, role: str, method: str) -> dict[str, str]:
    """Return what became of each request; what one of them changes no other one sees."""
    found = {}
    for name in TABLE:
        if name.startswith("account_") and role not in {"anon", "citizen"}:
            continue
        client = client_of(role, raise_request_exception=False)
        savepoint = transaction.savepoint()
        found[name] = outcome(getattr(client, method)(url_of(name, world)))
        transaction.savepoint_rollback(savepoint)
    return found


@pytest.mark.parametrize("role", ROLES)
def test_each_role_opens_what_the_table_says(world, client_of, role):
    answers = _answers(world, client_of, role, "get")
    opened = {name for name, answer in answers.items() if answer == "done"}
    assert opened == {name for name in answers if role in TABLE[name][0]}
    assert "broken" not in answers.values()


@pytest.mark.parametrize("role", ROLES)
def test_each_role_does_what_the_table_says(world, client_of, role):
    answers = _answers(world, client_of, role, "post")
    done = {name for name, answer in answers.items() if answer == "done"}
    assert done == {name for name in answers if role in (TABLE[name][1] or NONE)}
    assert "broken" not in answers.values()
    read_only = {name for name in answers if TABLE[name][1] is READ_ONLY}
    assert all(answers[name] in {"method", "refused"} for name in read_only)
