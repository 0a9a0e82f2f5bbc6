"""Atom feeds of a document and of a passage, without anything about persons.

Readers of feeds keep what they have fetched, so the names of authors stay on the site.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import translation
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _

from annotations.api.addresses import Addresses
from annotations.core.cells import printable
from annotations.models import State
from annotations.presentation.places import located
from annotations.presentation.reading import passage_name, passage_url
from annotations.presentation.records import kind_of, proposal_of, records_of, words_of
from annotations.responses import base_url
from versioning.core.sanitizing import render_plain
from versioning.models import GateStep

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest

    from annotations.models import Annotation
    from versioning.models import Passage, Version

NEWEST = 50


def document_feed(request: HttpRequest, newest: Version) -> str:
    """Return the newest annotations and replies of a document, and what bodies decided on it.

    Args:
        request: For host and port.
        newest: The newest version of the page.
    """
    title = _("Annotations: %(title)s") % {"title": newest.title}
    link = newest.page.get_url(request) or newest.get_absolute_url()
    identity = uuid5(newest.page.translation_key, f"feed {newest.page_id}")
    rows = records_of(newest).filter(state=State.PUBLIC)
    steps = GateStep.objects.filter(submission__version__page=newest.page_id)
    steps = steps.exclude(recorded_at=None).select_related("submission__version")
    return _feed(request, title=title, link=link, identity=identity, rows=rows, steps=steps)


def passage_feed(request: HttpRequest, passage: Passage) -> str:
    """Return the newest annotations of a passage, with their replies.

    Args:
        request: For host and port.
        passage: On the version that is shown.
    """
    version = passage.version
    title = _("%(passage)s: annotations to “%(title)s”") % {
        "passage": passage_name(passage),
        "title": version.title,
    }
    identity = uuid5(passage.uid, f"feed {version.page_id}")
    here = located(version).filter(at=passage.pk, state=State.PUBLIC).values("pk")
    rows = records_of(version).filter(Q(pk__in=here) | Q(root__in=here), state=State.PUBLIC)
    return _feed(
        request, title=title, link=passage_url(version, passage), identity=identity, rows=rows
    )


def _feed(  # noqa: PLR0913 -- the parts of a feed
    request: HttpRequest,
    *,
    title: str,
    link: str,
    identity: UUID,
    rows: QuerySet[Annotation],
    steps: QuerySet[GateStep] | None = None,
) -> str:
    base = base_url(request)
    feed = Atom1Feed(
        title=printable(title),
        link=base + link,
        description="",
        language=translation.get_language(),
        author_name=request.get_host(),
        feed_url=request.build_absolute_uri(request.path),
        feed_guid=identity.urn,
    )
    addresses = Addresses(request)
    public_since = Coalesce("confirmed_at", "created_at")
    for row in rows.order_by(public_since.desc(), "-pk")[:NEWEST]:
        _add(feed, row, addresses)
    if steps is not None:
        for step in steps.order_by("-recorded_at", "-pk")[:NEWEST]:
            _add_decision(feed, step, base, identity)
    return str(feed.writeString("utf-8"))


def _add_decision(feed: Atom1Feed, step: GateStep, base: str, identity: UUID) -> None:
    names = {"body": step.body, "outcome": step.get_outcome_display()}
    version = step.submission.version.name
    feed.add_item(
        title=printable(_("%(body)s: %(outcome)s") % names),
        link=base + step.submission.get_absolute_url(),
        description=printable(f"<p>{escape(version)}</p>{render_plain(step.note)}"),
        unique_id=uuid5(identity, f"decision {step.pk}").urn,
        pubdate=step.recorded_at,
        updateddate=step.recorded_at,
    )


def _add(feed: Atom1Feed, row: Annotation, addresses: Addresses) -> None:
    since = row.confirmed_at or row.created_at
    heading = _("%(kind)s on %(passage)s") % {
        "kind": kind_of(row),
        "passage": passage_name(row.passage),
    }
    feed.add_item(
        title=printable(heading),
        link=addresses.permalink(row),
        description=printable(_content(row)),
        unique_id=row.uuid.urn,
        pubdate=since,
        updateddate=row.edited_at or since,
    )


def _content(row: Annotation) -> str:
    """Return quote and words as html; nothing of what people wrote is read as markup."""
    words = words_of(row)
    quote = f"<blockquote>{escape(words.exact)}</blockquote>" if words else ""
    proposed = proposal_of(row)
    if proposed:
        quote += f"<p>{escape(_('Proposed wording'))}:</p>{render_plain(proposed)}"
    return quote + render_plain(row.comment)
