"""The belt of the first law: rows of a published version cannot be written over.

The way to withhold words by law goes past this belt, on purpose and in one place
(``services/withholding.py``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models

if TYPE_CHECKING:
    from collections.abc import Iterable


class FrozenError(RuntimeError):
    """Something tried to change what was published."""


class FrozenQuerySet(models.QuerySet):
    """Rows whose frozen fields cannot be updated, and that cannot be deleted."""

    def update(self, **kwargs: Any) -> int:  # noqa: ANN401  # Django's signature
        """Update fields that are not frozen.

        Raises:
            FrozenError: One of the fields is frozen.
        """
        names = {self.model._meta.get_field(name).name for name in kwargs}
        if frozen := sorted(names & getattr(self.model, "frozen_fields", frozenset())):
            raise FrozenError(_refusal(self.model, frozen))
        return super().update(**kwargs)

    def delete(self) -> tuple[int, dict[str, int]]:
        """Refuse to delete.

        Raises:
            FrozenError: Always.
        """
        raise FrozenError(f"{self.model.__name__}: what was published is never deleted.")

    delete.alters_data = True  # type: ignore[attr-defined]  # templates must not call it
    delete.queryset_only = True  # type: ignore[attr-defined]  # managers must not offer it


class FrozenModel(models.Model):
    """A row whose ``frozen_fields`` keep the value with which they were first stored."""

    frozen_fields: ClassVar[frozenset[str]] = frozenset()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # Django's signature
        """Store a new row, or the fields of a stored one that may still change.

        Raises:
            FrozenError: A frozen field differs from what is stored.
        """
        if not self._state.adding:
            self._refuse_changes(kwargs.get("update_fields"))
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:  # noqa: ANN401
        """Refuse to delete.

        Raises:
            FrozenError: Always.
        """
        raise FrozenError(f"{type(self).__name__}: what was published is never deleted.")

    def _refuse_changes(self, update_fields: Iterable[str] | None) -> None:
        names = (
            self.frozen_fields if update_fields is None else self.frozen_fields & {*update_fields}
        )
        attributes = [self._meta.get_field(name).attname for name in names]  # type: ignore[union-attr]
        if not attributes:
            return
        stored = type(self)._base_manager.filter(pk=self.pk).values(*attributes).first() or {}
        changed = sorted(name for name, value in stored.items() if getattr(self, name) != value)
        if changed:
            raise FrozenError(_refusal(type(self), changed))


def _refusal(model: type[models.Model], names: list[str]) -> str:
    return f"{model.__name__}: {', '.join(names)} of a published version never changes."
