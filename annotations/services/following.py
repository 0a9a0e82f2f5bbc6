"""Following a version that came out: places, links to changes, public dispositions."""

from __future__ import annotations

from annotations.services.disposing import publish_dispositions
from annotations.services.linking import link_changes
from annotations.services.placement import place_annotations
from annotations.services.queueing import note_news
from versioning.models import Version


def follow(*, version_id: int) -> int:
    """Do all that a new version asks for; doing it twice changes nothing more.

    Returns:
        How many annotations have a place on the version.
    """
    version = Version.objects.select_related("page").get(pk=version_id)
    run = place_annotations(version=version)
    link_changes(version=version)
    publish_dispositions(version=version)
    if run.done:
        note_news(f"changed:{version.pk}")
    return run.done
