"""What must always hold between annotations, threads, places and answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Count, F, Q

from annotations.models import (
    Annotation,
    AppliedSuggestion,
    Disposition,
    Follow,
    Placement,
    PlacementRun,
    Support,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import QuerySet

SHOWN = 20
"""How many of the broken rows a sentence names."""


def integrity_problems() -> Iterator[str]:
    """Give a sentence for each kind of broken rows."""
    for what, rows in _rules():
        broken = list(rows.order_by("pk").values_list("pk", flat=True)[: SHOWN + 1])
        if broken:
            more = " and more" if len(broken) > SHOWN else ""
            yield f"{what}: {', '.join(map(str, broken[:SHOWN]))}{more}"


def _rules() -> Iterator[tuple[str, QuerySet]]:
    yield from _threads()
    yield from _visibility()
    yield from _places()
    yield from _answers()
    yield from _voices()


def _threads() -> Iterator[tuple[str, QuerySet]]:
    replies = Annotation.objects.exclude(reply_to=None)
    yield (
        "annotations whose passage is of another version",
        Annotation.objects.exclude(passage__version=F("version")),
    )
    yield "replies without a thread", replies.filter(root=None)
    yield (
        "annotations with a thread of another",
        Annotation.objects.filter(reply_to=None).exclude(root=None),
    )
    yield (
        "replies in another thread than what they answer",
        replies.exclude(root=F("reply_to")).exclude(root=F("reply_to__root")),
    )
    yield (
        "replies on another version or passage than their thread",
        replies.exclude(version=F("root__version"), passage=F("root__passage")),
    )
    yield (
        "replies at the wrong depth",
        replies.exclude(depth=F("reply_to__depth") + 1) | replies.filter(root__depth__gt=0),
    )


def _visibility() -> Iterator[tuple[str, QuerySet]]:
    yield (
        "annotations that a search finds though they are not public",
        Annotation.objects.exclude(state="public").exclude(searchable=""),
    )
    yield (
        "annotations whose flags do not follow their state",
        Annotation.objects.filter(
            (Q(state="public") & Q(is_public=False))
            | (~Q(state="public") & Q(is_public=True))
            | (Q(state__in=["hidden", "spam", "illegal", "withdrawn"]) & Q(is_removed=False))
            | (Q(state__in=["public", "pending", "unconfirmed"]) & Q(is_removed=True))
        ),
    )
    yield (
        "annotations beyond the double opt-in that nobody confirmed",
        Annotation.objects.exclude(state="unconfirmed").filter(confirmed_at=None),
    )
    yield (
        "replies to something unconfirmed",
        Annotation.objects.filter(reply_to__state="unconfirmed"),
    )
    yield (
        "annotations with the address of a network",
        Annotation.objects.exclude(ip_address=None),
    )


def _places() -> Iterator[tuple[str, QuerySet]]:
    yield (
        "places on a passage of another version",
        Placement.objects.exclude(passage=None).exclude(passage__version=F("version")),
    )
    yield (
        "places of replies",
        Placement.objects.exclude(annotation__reply_to=None),
    )
    yield (
        "places on a version of another page or on one that is not later",
        Placement.objects.exclude(
            version__page=F("annotation__version__page"),
            version__number__gt=F("annotation__version__number"),
        ),
    )
    yield (
        "places that are known without a passage, or gone with one",
        Placement.objects.filter(
            Q(state__in=["intact", "moved", "changed"], passage=None)
            | Q(state="removed", passage__isnull=False)
        ),
    )
    yield (
        "finished placement runs with a wrong count",
        PlacementRun.objects.filter(finished_at__isnull=False)
        .annotate(placed=Count("version__placements"))
        .filter(placed__lt=F("total")),
    )


def _answers() -> Iterator[tuple[str, QuerySet]]:
    yield (
        "replies with a disposition",
        Annotation.objects.exclude(reply_to=None).exclude(disposition=None),
    )
    yield (
        "annotations with a disposition of another page",
        Annotation.objects.exclude(disposition=None).exclude(disposition__page=F("version__page")),
    )
    yield (
        "links of dispositions to a change of another page",
        Disposition.changes.through.objects.exclude(change__version__page=F("disposition__page")),
    )
    yield (
        "suggested edits in the draft whose annotation has another answer",
        AppliedSuggestion.objects.filter(taken_back_at=None)
        .exclude(annotation__disposition=F("disposition"))
        .exclude(disposition__missing=True),
    )


def _voices() -> Iterator[tuple[str, QuerySet]]:
    counted = Count("supports", filter=Q(supports__confirmed_at__isnull=False))
    yield (
        "annotations whose number of supporters is not that of the rows",
        Annotation.objects.annotate(counted=counted).exclude(support_count=F("counted")),
    )
    yield "supports of replies", Support.objects.exclude(annotation__reply_to=None)
    yield (
        "followers without an account or an address",
        Follow.objects.filter(user=None, email=""),
    )
    yield (
        "followers of a thread on another page",
        Follow.objects.exclude(thread=None).exclude(thread__version__page=F("page")),
    )
