"""How often something was done in a stretch of time."""

from __future__ import annotations

from django.db import models


class Tally(models.Model):
    """A count that several processes share.

    Attributes:
        key: Keyed hash of what is counted and for whom; for a network it changes every day.
        starts_at: Begin of the stretch.
        ends_at: Its end; a day later the row is deleted.
        number: How often.
    """

    key = models.CharField(max_length=64)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(db_index=True)
    number = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "starts_at"], name="one_tally_per_stretch")
        ]

    def __str__(self) -> str:
        """Count and begin."""
        return f"{self.number} since {self.starts_at:%Y-%m-%d %H:%M}"
