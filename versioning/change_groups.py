"""Changes of a version by the paragraphs that they touch, with the words around them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from versioning.core.passages import Run
from versioning.models import Change, Passage

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from versioning.models import Version

WIDE, NARROW = 80, 30
"""Characters that stayed before and behind a change: in the excerpt of a paragraph, of a place."""
MOST_PLACES = 20
"""Places that the excerpt of one paragraph shows; each stands below it by itself."""
MOST_WORDS = 300
"""Characters of one change that are shown."""


@dataclass(slots=True, eq=False)
class Place:
    """One change, with the words that are the same before and behind it."""

    change: Change
    before: str = ""
    after: str = ""

    def runs(self, context: int = NARROW) -> list[Run]:
        """Return the changed words between some that stayed."""
        return [
            Run("equal", _end_of(self.before, context)),
            *_changed(self.change),
            Run("equal", _begin_of(self.after, context)),
        ]


@dataclass(slots=True, eq=False)
class ChangeGroup:
    """All that happened to the same paragraphs.

    Attributes:
        places: Every change of theirs, in reading order.
        old: Ids of the old passages, in reading order.
        new: Ids of the new ones.
        number: For citing, that of the new passages where there are any.
        listed: The changes that are asked for.
    """

    places: list[Place] = field(default_factory=list)
    old: tuple[int, ...] = ()
    new: tuple[int, ...] = ()
    number: str = ""
    listed: list[Place] = field(default_factory=list)

    @property
    def key(self) -> int:
        """The id of its first change: it stays, whatever is asked for."""
        return self.places[0].change.pk

    @property
    def category(self) -> str:
        """What became of the paragraphs, or "format" where their words are the same."""
        relation = self.places[0].change.relation
        is_format = all(p.change.format and not _changed(p.change) for p in self.places)
        return "format" if relation == "changed" and is_format else relation

    @property
    def is_shortened(self) -> bool:
        """Whether more places have changed than the excerpt shows."""
        return len(self.places) > MOST_PLACES

    def runs(self) -> list[Run]:
        """Return an excerpt: the changed words with those around them."""
        shown = self.places[:MOST_PLACES]
        runs = [Run("equal", _end_of(shown[0].before, WIDE))]
        for at, place in enumerate(shown):
            runs.extend(_changed(place.change))
            is_last = at + 1 == len(shown)
            runs.append(Run("equal", (_begin_of if is_last else _middle_of)(place.after, WIDE)))
        return runs


def groups_of(version: Version, changes: Sequence[Change]) -> list[ChangeGroup]:
    """Return changes by the paragraphs that they touch, in two queries.

    Args:
        version: A version.
        changes: All its changes, in their order.
    """
    old, new = (_links(version, side) for side in (Change.old_passages, Change.new_passages))
    groups: dict[object, ChangeGroup] = {}
    for change in changes:
        olds, news = old.get(change.pk, ()), new.get(change.pk, ())
        ids = tuple(pk for pk, _number in olds), tuple(pk for pk, _number in news)
        key: object = ids if any(ids) else change.pk
        if key not in groups:
            groups[key] = ChangeGroup(old=ids[0], new=ids[1], number=_numbers(news or olds))
        groups[key].places.append(Place(change))
    return list(groups.values())


def add_context(groups: Sequence[ChangeGroup]) -> None:
    """Put the words that stayed around the changes, in one query.

    Where words are withheld, those around them are not shown either: their places are not known.
    """
    wanted = {pk for group in groups for pk in (*group.old, *group.new)}
    passages = Passage.objects.only("text", "withheld_at").in_bulk(wanted)
    for group in groups:
        found = [passages[pk] for pk in (*group.old, *group.new)]
        text = "\n".join(passages[pk].text for pk in group.new)
        if any(passage.withheld_at for passage in found) or not _fits(group, text):
            continue
        ends = [0, *(place.change.new_end for place in group.places)]
        starts = [*(place.change.new_start for place in group.places), len(text)]
        for at, place in enumerate(group.places):
            place.before = text[ends[at] : starts[at]]
            place.after = text[ends[at + 1] : starts[at + 1]]


def pages_of(groups: Iterable[ChangeGroup], size: int) -> list[list[ChangeGroup]]:
    """Return groups by pages of about ``size`` listed changes; none is torn apart."""
    pages: list[list[ChangeGroup]] = []
    room = 0
    for group in groups:
        if room <= 0:
            pages.append([])
            room = size
        pages[-1].append(group)
        room -= len(group.listed)
    return pages


def _fits(group: ChangeGroup, text: str) -> bool:
    """Tell whether the changes stand one behind the other where they say."""
    at = 0
    for place in group.places:
        change = place.change
        if change.new_start < at or text[change.new_start : change.new_end] != change.new_words:
            return False
        at = change.new_end
    return True


def _links(version: Version, side: object) -> dict[int, list[tuple[int, str]]]:
    """Return id and number of the passages of each change, in reading order."""
    found: defaultdict[int, list[tuple[int, str]]] = defaultdict(list)
    through = side.through  # type: ignore[attr-defined]  # a relation to many
    links = through.objects.filter(change__version=version).order_by("passage__position")
    for change, passage, number in links.values_list("change", "passage", "passage__number"):
        found[change].append((passage, number))
    return found


def _numbers(links: Sequence[tuple[int, str]]) -> str:
    return ", ".join(dict.fromkeys(number for _pk, number in links if number))


def _changed(change: Change) -> list[Run]:
    words = (("delete", change.old_words), ("insert", change.new_words))
    return [Run(name, _begin_of(text, MOST_WORDS)) for name, text in words if text]  # type: ignore[arg-type]  # two of the operations


def _begin_of(text: str, length: int) -> str:
    if len(text) <= length:
        return text
    return (text[:length].rpartition(" ")[0] or text[:length]) + " …"


def _end_of(text: str, length: int) -> str:
    if len(text) <= length:
        return text
    return "… " + (text[-length:].partition(" ")[2] or text[-length:])


def _middle_of(text: str, length: int) -> str:
    if len(text) <= 2 * length:
        return text
    return f"{_begin_of(text, length)} {_end_of(text, length).removeprefix('… ')}"
