"""What tells every process that kept pages are out of date."""

from __future__ import annotations

import secrets

from django.db import models


def new_mark() -> int:
    """Return a number that no other stamp has."""
    return secrets.randbits(40)  # the sum of 8 million still fits into 64


class Stamp(models.Model):
    """One change of what the public sees, written in the transaction of the change.

    Rows are only added, so that no writer waits for another, and old ones are swept out. A topic
    is the page whose versions are shown; 0 is the frame of the whole site. How many stamps a topic
    has and the sum of their marks is the state of the topic: see ``versioning.stamps``.
    """

    topic = models.PositiveBigIntegerField()
    mark = models.BigIntegerField(default=new_mark)
    at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        verbose_name = "stamp"
        verbose_name_plural = "stamps"
        indexes = [models.Index(fields=["topic", "mark"], name="synopse_stamp_topic")]

    def __str__(self) -> str:
        """The topic."""
        return str(self.topic)
