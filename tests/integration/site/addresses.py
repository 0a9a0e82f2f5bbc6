"""Every address that the site answers, found by walking the URL configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from django.urls import URLResolver, get_resolver, reverse
from wagtail.models import Page

from annotations.admin import links
from annotations.models import ConsentText
from tests.factories.annotations import passage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.http import HttpResponse

    from tests.factories.world import World

FILES = ("csv", "xlsx", "json_ld", "feed")
OUR_PACKAGES = ("versioning", "annotations", "cms_pages", "config")


class View(NamedTuple):
    """One entry of the URL configuration, with the names of what its address holds."""

    name: str
    callback: Callable[..., HttpResponse]
    parameters: tuple[str, ...] = ()


def all_views() -> list[View]:
    """Return every view of the site, Wagtail's too."""
    return list(_walk(get_resolver()))


def our_names() -> set[str]:
    """Return the names of the views that are ours to answer for.

    Names of Wagtail's own views and namespaces begin with its name; Wagtail tests them itself.
    """
    return {view.name for view in all_views() if not _is_foreign(view)}


def foreign_views() -> list[View]:
    """Return the views of Wagtail and what belongs to it."""
    return [view for view in all_views() if _is_foreign(view)]


def foreign_url(view: View, furniture: dict[str, Any]) -> str:
    """Return the address of a view of Wagtail.

    Args:
        view: One of ``foreign_views``.
        furniture: What ``furnish`` returns.
    """
    if view.name in furniture:
        return str(furniture[view.name])
    family = view.name.rpartition(":")[0]
    values = {}
    for name in view.parameters:
        keys = (f"{view.name}:{name}", f"{family}:{name}", name)
        values[name] = next(furniture[key] for key in keys if key in furniture)
    return reverse(view.name, kwargs=values)


def _walk(
    resolver: URLResolver, namespaces: tuple[str, ...] = (), parameters: tuple[str, ...] = ()
) -> Iterator[View]:
    for pattern in resolver.url_patterns:
        inside = (*parameters, *_parameters_of(pattern))
        if isinstance(pattern, URLResolver):
            inner = (pattern.namespace,) if pattern.namespace else ()
            yield from _walk(pattern, namespaces + inner, inside)
        else:
            name = pattern.name or pattern.callback.__module__
            yield View(":".join([*namespaces, name]), pattern.callback, inside)


def _parameters_of(pattern: Any) -> list[str]:
    converters = pattern.pattern.converters
    return list(converters) if converters else list(pattern.pattern.regex.groupindex)


def _is_foreign(view: View) -> bool:
    if view.name == view.callback.__module__:
        return not view.name.startswith(OUR_PACKAGES)
    return view.name.startswith("wagtail")


def url_of(name: str, world: World) -> str:
    """Return the address of one of our views, with something that stands there."""
    if name == "synopse_annotations:assign":
        return links.assign_url([world.annotations["public"].pk])
    if name == "synopse_annotations:see_objections":
        return links.see_objections_url([world.annotations["public"].pk])
    if name == "synopse_annotations:dispose":
        return links.dispose_url([world.annotations["public"].pk])
    return reverse(name, kwargs=_arguments(name, world))


def _arguments(name: str, world: World) -> dict[str, Any]:
    version, made = world.versions["open"], world.annotations["public"]
    of_version = {"page_id": version.page_id, "number": version.number}
    found: dict[str, dict[str, Any]] = {
        "versioning:versions": {"page_id": version.page_id},
        "versioning:version": of_version,
        "versioning:origin": of_version,
        "versioning:choose_comparison": {"page_id": version.page_id},
        "versioning:comparison": {"page_id": version.page_id, "old": 1, "new": 2},
        "versioning:export_version": {**of_version, "form": "docx"},
        "versioning:export_comparison": {
            "page_id": version.page_id,
            "old": 1,
            "new": 2,
            "form": "docx",
        },
        "versioning:submission": {"pk": world.submission.pk},
        "versioning:package": {"pk": world.submission.pk},
        "versioning:package_file": {"pk": world.submission.pk},
        "versioning:records": {"pk": world.submission.pk},
        "annotations:passage": {**of_version, "uid": passage(version, 1).uid},
        **{f"annotations:{name}": {"page_id": version.page_id} for name in FILES},
        "annotations:passage_feed": {"page_id": version.page_id, "uid": passage(version, 1).uid},
        "annotations:list": {"page_id": version.page_id},
        "annotations:balance": {"page_id": version.page_id},
        "annotations:balance_json": {"page_id": version.page_id},
        "annotations:balance_csv": {"page_id": version.page_id},
        "annotations:disposition_report": {"page_id": version.page_id, "form": "docx"},
        "synopse_annotations:disposition_report": {"page_id": version.page_id, "form": "docx"},
        "annotations:history": {**of_version, "uid": passage(version, 1).uid},
        "annotations:removed": of_version,
        "annotations:annotation": {"uuid": made.uuid},
        "annotations:reply": {"uuid": made.uuid},
        "annotations:edit": {"uuid": made.uuid},
        "annotations:withdraw": {"uuid": made.uuid},
        "annotations:react": {"uuid": made.uuid},
        "annotations:react_by_link": {"token": world.reaction_token},
        "annotations:report": {"uuid": made.uuid},
        "annotations:report_status": {"token": world.report_token},
        "synopse_annotations:report": {"pk": world.notice.pk},
        "synopse_annotations:appeal": {"pk": world.appeal.pk},
        "synopse_annotations:numbers_csv": {"year": 2026},
        "synopse_annotations:numbers_xlsx": {"year": 2026},
        "annotations:statement": {"token": world.statement_token},
        "annotations:sent": {"uuid": made.uuid},
        "annotations:revoke_key": {"pk": world.key.pk},
        "annotations:confirm": {"token": world.token},
        "annotations:support": {"uuid": made.uuid},
        "annotations:confirm_support": {"token": world.support_token},
        "annotations:follow_thread": {"uuid": made.uuid},
        "annotations:follow_document": {"page_id": version.page_id},
        "annotations:follow_passage": {"page_id": version.page_id, "uid": passage(version, 1).uid},
        "annotations:confirm_follow": {"token": world.follow_token},
        "annotations:stop_following": {"pk": world.follow.pk},
        "annotations:unsubscribe": {"token": world.unsubscribe_token},
        "annotations:unsubscribe_at_once": {"token": world.unsubscribe_token},
        "annotations:mails": {"token": world.mails_token},
        "annotations:stop_mails": {"kind": "news", "token": world.mails_token},
        "annotations:stop_mails_at_once": {"kind": "news", "token": world.mails_token},
        "annotations:mine": {"page_id": version.page_id},
        "synopse_api:container": {"page_id": version.page_id},
        "synopse_api:annotation": {"page_id": made.version.page_id, "uuid": made.uuid},
        "synopse_api:nothing": {"rest": "nothing"},
        "account_confirm_email": {"key": "unknown"},
        "account_reset_password_from_key": {"uidb36": "1", "key": "unknown"},
        "media": {"path": "nothing.png"},
        "synopse_import:page": {"page_id": version.page_id},
        "synopse_import:notes": {"page_id": version.page_id},
        "synopse_import:preview": {"key": world.upload.pk},
        "synopse_annotations:disposition": {"pk": world.disposition.pk},
        "synopse_annotations:placement": {"pk": world.placement.pk},
        "synopse_annotations:editor_list": {"page": version.page_id},
        "synopse_annotations:editor_counts": {"page": version.page_id},
        "synopse_annotations:editor_answer": {"page": version.page_id, "pk": made.pk},
        **{
            f"synopse_annotations:enter_{kind}": {"page": version.page_id}
            for kind in ("one", "sheet", "csv", "xlsx")
        },
        "synopse_annotations:remove_filter": {"pk": world.saved_filter.pk},
        "synopse_annotations:detail": {"pk": made.pk},
        "synopse_annotations:hide": {"pk": made.pk},
        "synopse_annotations:correct_entry": {"pk": world.annotations["entered"].pk},
        "synopse_annotations:accept": {"pk": made.pk},
        "synopse_annotations:take_back": {"pk": made.pk},
        "synopse_annotations:note": {"pk": made.pk},
        "synopse_annotations:show": {"pk": world.annotations["hidden"].pk},
        "synopse_annotations:release": {"pk": world.annotations["pending"].pk},
        "synopse_versions:page": {"page_id": version.page_id},
        "synopse_versions:draft_changes": {"page_id": version.page_id},
        "synopse_versions:publish": {
            "page_id": version.page_id,
            "revision_id": Page.objects.get(pk=version.page_id).latest_revision_id,
        },
        "synopse_versions:next_stage": {"page_id": version.page_id},
        "synopse_versions:records": {"page_id": version.page_id},
        "synopse_versions:page_gate": {"page_id": version.page_id},
        "synopse_versions:page_changes": {"page_id": version.page_id},
        "synopse_versions:passages": {"pk": version.pk},
        "synopse_versions:withhold": {"pk": passage(version, 1).pk},
        "synopse_versions:changes": {"pk": version.pk},
        "synopse_versions:window": {"pk": version.pk},
        "synopse_versions:gate": {"pk": version.pk},
        "synopse_versions:begin_workflow": {"pk": version.pk},
        "synopse_versions:waive": {"pk": version.pk, "key": "translations"},
        "synopse_versions:take_back_waiver": {"pk": version.pk, "key": "translations"},
        "synopse_versions:sign": {"pk": version.pk},
        "synopse_versions:signatures": {"pk": version.pk},
        "synopse_versions:submission": {"pk": world.submission.pk},
        "synopse_versions:package": {"pk": world.submission.pk},
        "synopse_versions:decision": {"pk": world.submission.steps.first().pk},
        "synopse_versions:decision_document": {"pk": world.submission.steps.first().pk},
    }
    if name.startswith("problemreport:") and name.split(":")[1] in {
        "edit", "delete", "history", "history_results", "usage",
    }:  # fmt: skip
        return {"pk": world.report.pk}
    if name.startswith("consenttext:") and name.split(":")[1] in {
        "edit", "delete", "inspect", "history", "history_results", "usage",
    }:  # fmt: skip
        return {"pk": ConsentText.objects.latest("pk").pk}
    if name.startswith("watchedword:") and name.split(":")[1] in {
        "edit", "delete", "history", "history_results", "usage",
    }:  # fmt: skip
        return {"pk": world.word.pk}
    if name.startswith("reasontext:") and name.split(":")[1] in {
        "edit", "delete", "history", "history_results", "usage",
    }:  # fmt: skip
        return {"pk": world.reason_text.pk}
    return found.get(name, {})


def outcome(response: HttpResponse) -> str:
    """Say in one word what became of a request."""
    if response.status_code == 405:
        return "method"
    if response.status_code in {404, 410}:
        return "missing"
    if response.status_code in {401, 403}:
        return "refused"
    if response.status_code == 302:
        target = urlsplit(response["Location"]).path
        if target.startswith(("/de/admin/", "/de/accounts/", "/de/documents/")):
            return "missing"  # Django tries a language first where nothing is found
        if target == "/accounts/admin/" and "next=" not in response["Location"]:
            return "done"  # the session has ended
        if target in {"/admin/", "/admin/login/", "/accounts/admin/", "/accounts/login/"}:
            return "refused"
    return "done" if response.status_code < 500 else "broken"
