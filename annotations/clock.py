"""What happens every minute, whatever else a worker does."""

from __future__ import annotations

import logging
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from django.apps import apps
from django.db.models import Exists, F, OuterRef, Subquery
from django.utils import timezone
from wagtail.models import DraftStateMixin, Page, Revision

from annotations.models import Annotation, News, Placement
from annotations.services import (
    bundling,
    closing,
    following,
    outbox,
    purging,
    reminding,
    route_mails,
    staff,
    telling,
)
from versioning.models import Version
from versioning.services.finality import TextIsFinal
from versioning.services.packaging import queue_forgotten
from versioning.stamps import sweep_stamps

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.db.models import Model

logger = logging.getLogger("synopse.clock")

PATIENCE = timedelta(minutes=5)
"""How long the task that tells news may take before the clock looks after them."""
NEWS_AT_ONCE = 20


def tick() -> dict[str, int]:
    """Do everything that is due; one job that fails keeps no other from being done.

    Returns:
        How much each job did, -1 for one that failed.
    """
    return {name: _done(name, job) for name, job in JOBS.items()}


def _done(name: str, job: Callable[[], int]) -> int:
    try:
        return job()
    except Exception:
        logger.exception("the job %s failed", name)
        return -1


def unpublish_expired() -> int:
    """Unpublish what has expired, one object at a time."""
    return sum(_attempt(f"unpublishing {key}", expire) for key, expire in _expired())


def publish_scheduled() -> int:
    """Publish the revisions whose time has come, one at a time.

    Wagtail's own command stops at the first one that fails.
    """
    due = Revision.objects.filter(approved_go_live_at__lt=timezone.now())
    keys = list(due.order_by("approved_go_live_at").values_list("pk", flat=True))
    return sum(_attempt(f"publishing revision {key}", _publisher(key)) for key in keys)


def _publisher(key: int) -> Callable[[], object]:
    def publish() -> None:
        revision = Revision.objects.filter(pk=key, approved_go_live_at__isnull=False).first()
        if revision is None:
            return
        try:
            revision.publish(log_action="wagtail.publish.scheduled")
        except TextIsFinal as error:
            logger.warning("revision %s is not published: %s", key, " ".join(error.messages))
            Revision.objects.filter(pk=key).update(approved_go_live_at=None)

    return publish


def _expired() -> Iterator[tuple[str, Callable[[], object]]]:
    for model in _scheduled_models():
        expired = model._default_manager.filter(live=True, expire_at__lt=timezone.now())
        for one in expired.order_by("expire_at"):
            yield f"{model._meta.label} {one.pk}", _unpublisher(one)


def _unpublisher(one: Model) -> Callable[[], object]:
    def unpublish() -> None:
        one.unpublish(set_expired=True, log_action="wagtail.unpublish.scheduled")  # type: ignore[attr-defined]  # DraftStateMixin

    return unpublish


def _scheduled_models() -> list[type[Model]]:
    others = [
        model
        for model in apps.get_models()
        if issubclass(model, DraftStateMixin) and not issubclass(model, Page)
    ]
    return [Page, *others]


def _attempt(what: str, act: Callable[[], object]) -> int:
    try:
        act()
    except Exception:
        logger.exception("%s failed", what)
        return 0
    return 1


def follow_forgotten() -> int:
    """Follow the newest versions on which an annotation has no place.

    A task may be lost with its worker, and an annotation may be stored in the very moment in
    which the next version comes out.
    """
    newest = Version.objects.filter(page=OuterRef("version__page")).order_by("-number")
    placed = Placement.objects.filter(annotation=OuterRef("pk"), version=OuterRef("newest"))
    waiting = (
        Annotation.objects.roots()
        .confirmed()
        .annotate(newest=Subquery(newest.values("pk")[:1]))
        .exclude(version=F("newest"))
        .exclude(Exists(placed))
    )
    keys = set(waiting.order_by().values_list("newest", flat=True).distinct())
    return sum(
        _attempt(f"following version {key}", partial(following.follow, version_id=key))
        for key in sorted(keys)
    )


def tell_forgotten() -> int:
    """Tell the news whose task was lost with its worker."""
    old = timezone.now() - PATIENCE
    facts = News.objects.filter(told_at=None, created_at__lt=old).order_by("created_at", "pk")
    return sum(
        _attempt(f"telling {fact}", partial(telling.tell, fact=fact))
        for fact in list(facts.values_list("fact", flat=True)[:NEWS_AT_ONCE])
    )


def _purge() -> int:
    return sum(purging.purge().values())


JOBS: dict[str, Callable[[], int]] = {
    "unpublish_expired": unpublish_expired,
    "publish_scheduled": publish_scheduled,
    "closed_windows": closing.note_closed_windows,
    "follow_forgotten": follow_forgotten,
    "ending_windows": reminding.note_ending_windows,
    "due_answers": reminding.note_due_answers,
    "planned_decisions": route_mails.note_planned_decisions,
    "waiting": staff.note_waiting,
    "tell_forgotten": tell_forgotten,
    "bundles": bundling.bundle_due,
    "outbox": outbox.send_due,
    "purge": _purge,
    "packages": queue_forgotten,
    "sweep_stamps": sweep_stamps,
}
"""Job to what does it, in this order."""
