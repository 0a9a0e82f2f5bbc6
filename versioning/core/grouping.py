"""Splits and merges: one passage on a side, several neighbours on the other that make it up."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple, Protocol

from rapidfuzz.distance import Indel

from versioning.core import matching

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

MIN_PART_WORDS = 3
MIN_CONTAINED = 0.7
MIN_NEAR = 0.5
MIN_JOINED = 0.6
MIN_GAIN = 0.03
MAX_PARTS = 24
MAX_BRIDGED = 2


Members = defaultdict[int, set[int]]
"""Parts that likely belong to each whole."""


class Search(Protocol):
    """Gives what may belong to a passage, best first."""

    def __call__(self, index: int, among: Mapping[int, object], /) -> list[int]:
        """Search for a passage among some of the other side."""


class Group(NamedTuple):
    """One passage and the neighbours on the other side that it became, or came from."""

    whole: int
    parts: tuple[int, ...]
    score: float


def members_of_parts(
    wholes: Mapping[int, str], parts: Mapping[int, str], candidates: Search
) -> Members:
    """Ask for each part which wholes hold most of its words."""
    members: Members = defaultdict(set)
    for part, coded in parts.items():
        if len(coded) >= MIN_PART_WORDS:
            likely = {at: wholes[at] for at in candidates(part, wholes)[: matching.MAX_CANDIDATES]}
            for whole in matching.containing(coded, likely, MIN_CONTAINED):
                members[whole].add(part)
    return members


def parts_of_wholes(
    wholes: Mapping[int, str],
    parts: Mapping[int, str],
    likely: Iterable[int],
    candidates: Search,
) -> Members:
    """Ask for each whole which parts have most of their words from it."""
    members: Members = defaultdict(set)
    for whole in likely:
        found = {at: parts[at] for at in candidates(whole, parts)}
        long = {at: coded for at, coded in found.items() if len(coded) >= MIN_PART_WORDS}
        if held := matching.contained_in(wholes[whole], long, MIN_CONTAINED):
            members[whole].update(held)
    return members


def longer(
    wholes: Mapping[int, str], partners: Mapping[int, int], partner_words: Mapping[int, str]
) -> list[int]:
    """Give the paired wholes that have noticeably more words than their partners."""
    return [
        whole
        for whole, partner in partners.items()
        if len(wholes[whole]) >= len(partner_words[partner]) + MIN_PART_WORDS
    ]


def find_groups(
    wholes: Mapping[int, str],
    parts: Mapping[int, str],
    partners: Mapping[int, int],
    partner_words: Mapping[int, str],
    members: Members,
) -> list[Group]:
    """Find passages that became several, or the other way round with the sides exchanged.

    Args:
        wholes: Words of the passages that may be made up of several.
        parts: Words of the free passages of the other side.
        partners: Passage of the other side with which a whole is paired so far.
        partner_words: Words of those partners.
        members: Parts that likely belong to a whole; taken over.

    Returns:
        Groups of at least two neighbouring parts, best first; they may overlap.
    """
    for whole, partner in partners.items():
        if partner - 1 in parts or partner + 1 in parts:
            members[whole].add(partner)
    groups: list[Group] = []
    for whole, found in members.items():
        partner = partners.get(whole, -1)
        found.discard(partner)
        coded_parts = {part: parts[part] for part in found}
        if partner >= 0:
            coded_parts[partner] = partner_words[partner]
        _add_neighbours(coded_parts, wholes[whole], parts)
        if len(coded_parts) > 1:
            groups += _groups_of(whole, wholes[whole], coded_parts, partner)
    return sorted(groups, key=lambda group: (-group.score, group.whole, group.parts))


def _add_neighbours(members: dict[int, str], text: str, parts: Mapping[int, str]) -> None:
    """Add parts beside members that stand in the text too, edited more or too short to be found."""
    for step in (1, -1):
        reached = sorted(members, reverse=step < 0)
        for member in reached:
            for part in range(member + step, member + step * (MAX_BRIDGED + 1), step):
                if part in members or part not in parts or len(members) >= MAX_PARTS:
                    break
                if matching.contained(parts[part], text) < MIN_NEAR:
                    break
                members[part] = parts[part]
                reached.append(part)  # its neighbours come into question, too


def _groups_of(whole: int, text: str, parts: Mapping[int, str], partner: int) -> list[Group]:
    base = max(Indel.normalized_similarity(text, coded) for coded in parts.values())
    groups: list[Group] = []
    for run in _neighbouring(sorted(parts)):
        if partner >= 0 and partner not in run:
            continue
        group, score = _trimmed(text, run, parts, partner)
        if len(group) > 1 and score >= max(MIN_JOINED, base + MIN_GAIN):
            groups.append(Group(whole, tuple(group), score))
    return groups


def _trimmed(
    text: str, run: list[int], parts: Mapping[int, str], partner: int
) -> tuple[list[int], float]:
    """Drop parts at the ends as long as that makes the rest more alike."""
    group, score = run, _score(text, run, parts)
    while len(group) > 1:
        ends = [(group[1:], group[0]), (group[:-1], group[-1])]
        shorter = [(_score(text, rest, parts), rest) for rest, gone in ends if gone != partner]
        best, rest = max(shorter, key=lambda item: item[0], default=(0.0, group))
        if best <= score:
            break
        group, score = rest, best
    return group, score


def _score(text: str, group: Sequence[int], parts: Mapping[int, str]) -> float:
    return Indel.normalized_similarity(text, "".join([parts[part] for part in group]))


def _neighbouring(indices: Sequence[int]) -> list[list[int]]:
    """Cut sorted indices into runs without a hole, none longer than ``MAX_PARTS``."""
    runs: list[list[int]] = []
    for index in indices:
        if runs and runs[-1][-1] == index - 1 and len(runs[-1]) < MAX_PARTS:
            runs[-1].append(index)
        else:
            runs.append([index])
    return runs
