"""Our reactions to facts, our own among them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from versioning.services.storing import versions_to_store_again
from versioning.signals import passages_withheld, version_published
from versioning.tasks import request_exports_of, store_comparisons_of

if TYPE_CHECKING:
    from typing import Any

    from versioning.models import Passage, Version


def connect() -> None:
    """Connect every handler of this app."""
    version_published.connect(store_published_version, dispatch_uid="synopse_store")
    passages_withheld.connect(store_without_withheld, dispatch_uid="synopse_store_again")


def store_published_version(sender: object, version: Version, **kwargs: Any) -> None:  # noqa: ANN401
    """Have the comparisons and long files of a version that is out stored; a worker does it."""
    store_comparisons_of.enqueue(version.pk)
    request_exports_of.enqueue(version.pk)


def store_without_withheld(
    sender: object,
    passages: list[Passage],
    **kwargs: Any,  # noqa: ANN401  # a receiver
) -> None:
    """Have comparisons stored anew that were deleted because words had to leave."""
    for key in versions_to_store_again(versions={passage.version_id for passage in passages}):
        store_comparisons_of.enqueue(key)
