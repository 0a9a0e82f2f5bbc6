"""Things that tests need: users by role, drafts, published versions.

Pages are published through a revision, as everything is: ``add_child()`` alone makes a live page
without a version.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import factory
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from wagtail.log_actions import LogContext
from wagtail.models import GroupPagePermission, Page, Site

from annotations.permissions import REASON_TEXTS
from cms_pages.models import ParticipationProcessPage, StrategyDraftPage

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from django.contrib.auth.models import User

    from versioning.models import Version

PAGE_RIGHTS = {
    "editor": ["add_page", "change_page", "publish_page"],
    "reviewer": ["change_page", "publish_page"],
    "moderator": [],
    "senate": [],
    "citizen": [],
}
MODEL_RIGHTS = {
    "editor": [
        "view_annotation",
        "dispose_annotation",
        *REASON_TEXTS,
        "change_annotation",
        "view_version",
    ],
    "reviewer": ["view_annotation", "view_version", "submit_version"],
    "moderator": [
        "view_annotation",
        "moderate_annotation",
        "decide_report",
        "change_annotation",
        "view_watchedword",
        "add_watchedword",
        "change_watchedword",
        "delete_watchedword",
    ],
    "senate": ["view_annotation", "view_version", "submit_version", "change_gatestep"],
    "citizen": [],
}
ROLES = [*PAGE_RIGHTS, "superuser"]


class UserFactory(factory.django.DjangoModelFactory):
    """A person with an account and the password ``geheim-123``."""

    class Meta:
        model = get_user_model()
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"person{n}")
    email = factory.LazyAttribute(lambda user: f"{user.username}@example.org")
    password = factory.django.Password("geheim-123")


def make_user(role: str = "citizen", **fields: Any) -> User:
    """Return a user with the rights of a role: one of ``ROLES``."""
    if role == "superuser":
        return UserFactory(is_superuser=True, is_staff=True, **fields)
    user = UserFactory(**fields)
    if role != "citizen":
        user.groups.add(make_group(role))
    return user


def make_group(role: str) -> Group:
    """Return the group of a role, with its rights on all pages."""
    group, is_new = Group.objects.get_or_create(name=f"test {role}")
    if is_new:
        names = [*MODEL_RIGHTS[role], "access_admin"]
        group.permissions.set(Permission.objects.filter(codename__in=names))
        root = Page.objects.get(depth=1)
        for codename in PAGE_RIGHTS[role]:
            right = Permission.objects.get(codename=codename, content_type__app_label="wagtailcore")
            GroupPagePermission.objects.create(group=group, page=root, permission=right)
    return group


def site_root() -> Page:
    """Return the page that the default site shows at its own address."""
    return Site.objects.get(is_default_site=True).root_page


def make_process(*, title: str = "Beteiligung", parent: Page | None = None) -> Any:
    """Return a published process page below the site's root."""
    parent = parent or site_root()
    page = parent.add_child(
        instance=ParticipationProcessPage(
            title=title, slug=_slug("prozess"), locale=parent.locale, live=False
        )
    )
    page.save_revision().publish()
    page.refresh_from_db()
    return page


def make_draft(
    *,
    title: str = "Strategie",
    html: str | Sequence[str] = "<p>Die Stadt gehört allen.</p>",
    process: Page | None = None,
    **fields: Any,
) -> StrategyDraftPage:
    """Return an unpublished draft, one text block for each piece of html."""
    process = process or make_process()
    draft = StrategyDraftPage(
        title=title, slug=_slug("entwurf"), locale=process.locale, live=False, **fields
    )
    set_html(draft, html)
    return process.add_child(instance=draft)


def set_html(page: Any, html: str | Sequence[str]) -> None:
    """Put html into the text blocks of a page that is not saved; blocks in place keep their ids."""
    pieces = [html] if isinstance(html, str) else list(html)
    field = page._meta.get_field("body")
    if not hasattr(field, "stream_block"):
        page.body = "".join(pieces)
        return
    ids = [child.id for child in page.body if child.block_type == "text"]
    ids += [str(uuid.uuid4()) for _ in pieces[len(ids) :]]
    page.body = field.stream_block.to_python(
        [
            {"type": "text", "value": piece, "id": key}
            for piece, key in zip(pieces, ids, strict=False)
        ]
    )


def publish(
    page: Any,
    *,
    html: str | Sequence[str] | None = None,
    label: str = "",
    summary: str = "",
    kind: str = "substantive",
    opens: datetime | None = None,
    closes: datetime | None = None,
    user: User | None = None,
) -> Version | None:
    """Publish a page through a revision and return its newest version."""
    page = page.specific_class._base_manager.get(pk=page.pk)
    if html is not None:
        set_html(page, html)
    page.plan_version(label=label, summary=summary, kind=kind, opens=opens, closes=closes)
    with LogContext(user=user):
        page.save_revision(user=user).publish(user=user, skip_permission_checks=True)
    return page.newest_version


def make_version(
    html: str | Sequence[str] = "<p>Die Stadt gehört allen.</p>", **plan: Any
) -> Version:
    """Return version 1 of a new draft."""
    version = publish(make_draft(html=html), **plan)
    assert version is not None
    return version


def _slug(word: str) -> str:
    return f"{word}-{uuid.uuid4().hex[:8]}"
