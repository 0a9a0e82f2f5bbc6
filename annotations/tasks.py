"""Background work; every task may run twice without harm."""

from __future__ import annotations

from django_tasks import task

from annotations.services import following, outbox, telling


@task()
def follow_version(version_id: int) -> int:
    """Place annotations on a version, link dispositions to its changes and publish them."""
    return following.follow(version_id=version_id)


@task()
def send_outbox() -> int:
    """Send the mails that are due."""
    return outbox.send_due()


@task()
def tell_followers(fact: str) -> int:
    """Queue a mail to everybody who wants to hear of a fact."""
    return telling.tell(fact=fact)


IDEMPOTENT = frozenset(
    {follow_version.module_path, send_outbox.module_path, tell_followers.module_path}
)
"""Tasks that are put back into the queue when their worker is gone."""
