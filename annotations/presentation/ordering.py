"""How the annotations of a passage are ordered, and how much of their threads is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.utils.http import urlencode
from django.utils.translation import gettext as _

from annotations.presentation.places import REPLIES_PER_CARD, REPLIES_PER_THREAD

if TYPE_CHECKING:
    from collections.abc import Mapping


class OrderLink(NamedTuple):
    """A way to see the same annotations otherwise; it has no address where one is there."""

    label: str
    query: str
    is_current: bool


class Order(NamedTuple):
    """What somebody chose in the address of a passage's page.

    Attributes:
        name: In which order the annotations stand.
        with_threads: Whether whole threads are shown.
        at: The character of the passage whose annotations are shown, None for all.
    """

    name: str
    with_threads: bool
    at: int | None = None

    @classmethod
    def read(cls, params: Mapping[str, str], at: int | None = None) -> Order:
        """Return the choice; what is unknown counts as not said."""
        name = params.get("order", "")
        return cls(name if name in orders_of_a_passage() else "newest", "threads" in params, at)

    @property
    def replies(self) -> int:
        """How many replies of each thread are shown."""
        return REPLIES_PER_THREAD if self.with_threads else REPLIES_PER_CARD

    @property
    def query(self) -> str:
        """The choice as the begin of a query, to be followed by the number of a page."""
        return _query(self)

    @property
    def links(self) -> list[OrderLink]:
        """Return the orders that can be chosen."""
        return [
            OrderLink(label, _query(self._replace(name=name)).removesuffix("&"), name == self.name)
            for name, label in orders_of_a_passage().items()
        ]

    @property
    def threads_link(self) -> OrderLink:
        """Return the way to whole threads, or back to their first replies."""
        label = _("Show the first replies alone") if self.with_threads else _("Show all replies")
        other = self._replace(with_threads=not self.with_threads)
        return OrderLink(label, _query(other).removesuffix("&"), is_current=False)


def orders_of_a_passage() -> dict[str, str]:
    """Return the orders in which annotations of one place can be read, with their names."""
    return {"newest": _("Newest first"), "supported": _("Most supported first")}


def _query(order: Order) -> str:
    chosen: dict[str, str] = {}
    if order.at is not None:
        chosen["at"] = str(order.at)
    if order.name != "newest":
        chosen["order"] = order.name
    if order.with_threads:
        chosen["threads"] = "all"
    return f"{urlencode(chosen)}&" if chosen else ""
