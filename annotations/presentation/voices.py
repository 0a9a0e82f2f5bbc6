"""Support and following in words, and what is a reader's own on a page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.formats import date_format, number_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from annotations.models import Annotation, Follow, State, Support
from annotations.presentation.reading import passage_name
from annotations.services import editing, persons
from annotations.services.subscribing import Topic
from versioning.models import Passage, Version

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from uuid import UUID

MOST = 500
"""Rows of each kind that a reader's script gets for one page."""


def support_words(count: int) -> str:
    """Say how many people support an annotation, nothing where nobody does."""
    if not count:
        return ""
    words = ngettext("%(number)s person supports this", "%(number)s people support this", count)
    return words % {"number": number_format(count, force_grouping=True)}


def support_label(*, is_supported: bool) -> str:
    """Say what the button does."""
    return _("No longer support") if is_supported else _("Support")


def topic_words(topic: Topic) -> str:
    """Say what is followed."""
    title = {"title": topic.version.title}
    if topic.thread is not None:
        return _("a discussion about “%(title)s”") % title
    if topic.passage is not None:
        return _("%(passage)s of “%(title)s”") % {**title, "passage": passage_name(topic.passage)}
    return _("the text “%(title)s”") % title


def topics_of(follows: Iterable[Follow]) -> list[Topic | None]:
    """Return what each of some rows follows, in a constant number of queries.

    Nothing stands for what is not public any more.
    """
    rows = list(follows)
    pages = {row.page_id for row in rows}
    versions = {version.page_id: version for version in _newest(pages)}
    uids = {row.passage_uid for row in rows if row.passage_uid is not None}
    passages = {
        (passage.version.page_id, passage.uid): passage
        for passage in Passage.objects.select_related("version")
        .filter(version__page__in=pages, uid__in=uids)
        .order_by("version__number")
    }
    return [_topic(row, versions.get(row.page_id), passages) for row in rows]


def _newest(pages: Iterable[int]) -> Iterator[Version]:
    """Give the versions of public pages, the newest of each page last."""
    rows = Version.objects.select_related("page").filter(page__in=pages, page__live=True)
    yield from rows.order_by("number")


def _topic(
    row: Follow, version: Version | None, passages: dict[tuple[int, UUID], Passage]
) -> Topic | None:
    if version is None:
        return None
    if row.passage_uid is not None:
        passage = passages.get((row.page_id, row.passage_uid))
        return Topic(version, passage=passage) if passage is not None else None
    return Topic(version, thread=row.thread)


def topic_url(topic: Topic) -> str:
    """Return the page on which one begins or ends to follow something."""
    if topic.thread is not None:
        return reverse("annotations:follow_thread", args=[topic.thread.uuid])
    if topic.passage is not None:
        args = [topic.version.page_id, topic.passage.uid]
        return reverse("annotations:follow_passage", args=args)
    return reverse("annotations:follow_document", args=[topic.version.page_id])


def place_url(topic: Topic) -> str:
    """Return where what is followed can be read."""
    if topic.thread is not None:
        return str(topic.thread.get_absolute_url())
    if topic.passage is not None:
        version = topic.passage.version
        args = [version.page_id, version.number, topic.passage.uid]
        return reverse("annotations:passage", args=args)
    return str(topic.version.page.url or topic.version.get_absolute_url())


def mine_on(page_id: int, user: Any) -> dict[str, Any]:  # noqa: ANN401  # any user model
    """Return what is a signed-in reader's own on a page, for the script that marks it.

    Nobody else gets this: it is read with the reader's session and never kept.
    """
    keys = persons.keys_of(user)
    of_page = Annotation.objects.filter(version__page_id=page_id)
    supported = Support.objects.filter(
        annotation__version__page_id=page_id, person_key__in=keys, confirmed_at__isnull=False
    ).order_by("-pk")
    follows = Follow.objects.filter(page=page_id, user=user, confirmed_at__isnull=False)
    own = of_page.roots().filter(user=user, state=State.PUBLIC).order_by("-pk")
    editable = editing.perhaps_editable(of_page.filter(user=user)).order_by("-pk")
    waiting = of_page.filter(user=user, state=State.PENDING).select_related("passage", "root")
    return {
        "supports": [
            str(uuid) for uuid in supported.values_list("annotation__uuid", flat=True)[:MOST]
        ],
        "follows": list(follows.order_by("-pk").values_list("topic", flat=True)[:MOST]),
        "own": [str(uuid) for uuid in own.values_list("uuid", flat=True)[:MOST]],
        "editable": {
            str(uuid): reverse("annotations:edit", args=[uuid])
            for uuid in editable.values_list("uuid", flat=True)[:MOST]
        },
        "waiting": [_waiting(row) for row in waiting.order_by("-created_at", "-pk")[:MOST]],
        "labels": _labels(),
    }


def _waiting(row: Annotation) -> dict[str, str]:
    return {
        "uuid": str(row.uuid),
        "passage": str(row.passage.uid),
        "thread": str(row.root.uuid) if row.root else "",
        "kind": str(row.get_motivation_display()),
        "day": date_format(localtime(row.created_at), "DATE_FORMAT"),
        "quote": row.exact[:200],
        "body": row.comment,
    }


def _labels() -> dict[str, str]:
    return {
        "support": support_label(is_supported=False),
        "unsupport": support_label(is_supported=True),
        "edit": pgettext("own words", "Edit"),
        "own": _("This is your own annotation."),
        "following": _("You follow this"),
        "waiting": _("Your contribution is being checked. Only you can see it here."),
        "failed": _("That did not work. Please try again."),
    }
