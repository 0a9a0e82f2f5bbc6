"""Rows that are only ever added: what a log says, nobody rewrites."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

from django.db import models

if TYPE_CHECKING:
    from collections.abc import Iterable


class FinalRecordError(Exception):
    """Somebody tried to change or delete what stands in a log."""

    def __init__(self) -> None:
        super().__init__("Rows of this log can only be added.")


class AppendOnlyQuerySet(models.QuerySet):
    """Rows that can be read and added; Django's collector empties keys of people who are gone."""

    def update(self, **_values: Any) -> NoReturn:  # noqa: ANN401  # Django's signature
        """Refuse."""
        raise FinalRecordError

    def delete(self) -> NoReturn:
        """Refuse."""
        raise FinalRecordError

    def bulk_update(self, *_args: Any, **_options: Any) -> NoReturn:  # noqa: ANN401  # Django's signature
        """Refuse."""
        raise FinalRecordError

    def bulk_create(self, objs: Iterable[Any], *args: Any, **options: Any) -> list[Any]:  # noqa: ANN401  # Django's signature
        """Add rows; refuse to put them in the place of others."""
        if options.get("update_conflicts"):
            raise FinalRecordError
        return super().bulk_create(objs, *args, **options)


class AppendOnly(models.Model):
    """A row of a log: stored once, then neither changed nor deleted."""

    objects: ClassVar[Any] = models.Manager.from_queryset(AppendOnlyQuerySet)()

    class Meta:
        abstract = True

    def save(self, *_args: Any, **options: Any) -> None:  # noqa: ANN401  # Django's signature
        """Add the row; a row that is stored already is refused."""
        if not self._state.adding:
            raise FinalRecordError
        super().save(force_insert=True, using=options.get("using"))

    def delete(self, *_args: Any, **_options: Any) -> NoReturn:  # noqa: ANN401  # Django's signature
        """Refuse."""
        raise FinalRecordError
