"""Doors for the apps above: what stands in the way of a submission, and why words changed.

An app above registers a function; this app never imports it. The gate stays shut while nobody
answers for annotations, so a forgotten registration refuses and never lets through.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeVar

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from django_stubs_ext import StrOrPromise
    from wagtail.models import Page

    from versioning.models import Change, Passage, Submission, Version

    GateCheck = Callable[[Version], Sequence["GateLine"]]
    LinkSource = Callable[[Page], Sequence["PageLink"]]
    ReasonSource = Callable[[Sequence[Change]], dict[int, list["ChangeReason"]]]
    Progress = Callable[[int, int], None]

Registered = TypeVar("Registered", bound="Callable[..., object]")

EXPLAINING: frozenset[str] = frozenset({"disposition", "editorial"})
"""Kinds of reasons that explain a change; an annotation alone asks, it does not explain."""


@dataclass(frozen=True, slots=True)
class GateLine:
    """One line of the gate's checklist.

    Attributes:
        key: Who answers: "annotations", "changes", …
        text: A whole sentence for the editor.
        done: Nothing is left to do.
        url: Where it can be done.
        missing: What is missing, each with its text and its address.
        waivable: A notice; it does not stop a submission.
    """

    key: str
    text: str
    done: bool
    url: str = ""
    missing: tuple[tuple[str, str], ...] = ()
    waivable: bool = False

    @property
    def blocks(self) -> bool:
        """Whether this line stops a submission."""
        return not self.done and not self.waivable


@dataclass(frozen=True, slots=True)
class ChangeReason:
    """Why words changed.

    Attributes:
        kind: Whether a disposition, an editorial reason or an annotation stands behind it.
        title: What was decided, such as "Adopted".
        text: The public reason.
        url: Where one can read more.
        count: How many annotations stand behind it.
        outcome: Machine-readable outcome of a disposition.
        quote: The words that were annotated.
        author: Who asked for it.
        office: The office that answers for it, where it has been named.
        all_url: Where one can read everything that stands behind it, where that is more than
            ``url`` shows.
    """

    kind: Literal["disposition", "editorial", "annotation"]
    title: str
    text: str
    url: str = ""
    count: int = 0
    outcome: str = ""
    quote: str = ""
    author: str = ""
    office: str = ""
    all_url: str = ""


@dataclass(frozen=True, slots=True)
class PageLink:
    """A page of an app above that belongs to a text.

    Attributes:
        text: What stands there, as a link.
        url: Its address.
    """

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class PackageFrame:
    """What the files of a submission package say around their content.

    Attributes:
        version: The version that was handed over, with label and summary as they were then.
        moment: When it was handed over.
        base: Address of the site then, empty where the page belonged to none.
    """

    version: Version
    moment: datetime
    base: str


class PackageFile(NamedTuple):
    """A file of a submission package.

    Attributes:
        name: Name in the archive, without a folder.
        media_type: What it is.
        make: Returns the content, always the same; is given a function that takes how many rows
            are done of how many.
    """

    name: str
    media_type: str
    make: Callable[[Progress], bytes]


class PackageContent(NamedTuple):
    """What an app above puts into each submission package.

    Attributes:
        record: Returns what the files will be made from, as parts of plain JSON data; it is called
            within the transaction of the submission. No names of people, no addresses of theirs,
            no ids of accounts and nothing internal may be in it.
        files: Returns the files that are made from these parts, and from nothing else.
        withhold: Returns a part without the words of passages that had to leave, a note in their
            place; None where it has none of them.
        names: What each file is, in words, by its name; translated lazily.
    """

    record: Callable[[Submission], Iterable[Any]]
    files: Callable[[PackageFrame, Sequence[Any]], Iterable[PackageFile]]
    withhold: Callable[[Any, Collection[Passage]], Any]
    names: Mapping[str, StrOrPromise]


_gate_checks: list[GateCheck] = []
_reason_sources: list[ReasonSource] = []
_link_sources: list[LinkSource] = []
_package_contents: dict[str, PackageContent] = {}


def register_gate_check(check: Registered) -> Registered:
    """Register a function that gives lines for the checklist of a version.

    Usable as a decorator. The gate needs one check that answers with the key "annotations".
    """
    if check not in _gate_checks:
        _gate_checks.append(check)  # type: ignore[arg-type]  # the decorator keeps the exact type
    return check


def register_change_reasons(source: Registered) -> Registered:
    """Register a function that gives the reasons of many changes in one call.

    Usable as a decorator. It gets a sequence of changes and returns lists of reasons by the id of
    the change; the number of its queries must not depend on the number of changes.
    """
    if source not in _reason_sources:
        _reason_sources.append(source)  # type: ignore[arg-type]  # see register_gate_check
    return source


def register_page_links(source: Registered) -> Registered:
    """Register a function that gives the pages which belong to a text.

    Usable as a decorator. It gets a page with versions and returns links; it asks the database
    nothing, since comparisons and submissions show them.
    """
    if source not in _link_sources:
        _link_sources.append(source)  # type: ignore[arg-type]  # see register_gate_check
    return source


def register_package_content(key: str, content: PackageContent) -> None:
    """Register what an app above puts into submission packages.

    Args:
        key: Name of what it records, at most 40 characters.
        content: How it records, makes files, and lets words leave.
    """
    _package_contents[key] = content


def package_contents() -> dict[str, PackageContent]:
    """Return what the apps above put into submission packages, in order of registration."""
    return dict(_package_contents)


def links_of(page: Page) -> list[PageLink]:
    """Return the pages of the apps above that belong to a text, in order of registration."""
    return [link for source in _link_sources for link in source(page)]


def gate_checks() -> tuple[GateCheck, ...]:
    """Return the registered checks in order of registration."""
    return tuple(_gate_checks)


def reasons_of(changes: Sequence[Change]) -> dict[int, list[ChangeReason]]:
    """Return the reasons of changes, those of editors first.

    Args:
        changes: Stored changes, of any versions.

    Returns:
        One list for each change, empty where nobody has given a reason.
    """
    found: dict[int, list[ChangeReason]] = {change.pk: [] for change in changes}
    for change in changes:
        if change.reason:
            found[change.pk].append(_editorial(change))
    if changes:
        for source in _reason_sources:
            for pk, reasons in source(changes).items():
                found.setdefault(pk, []).extend(reasons)
    return found


def is_explained(reasons: Sequence[ChangeReason]) -> bool:
    """Tell whether one of the reasons explains a change."""
    return any(reason.kind in EXPLAINING for reason in reasons)


def _editorial(change: Change) -> ChangeReason:
    return ChangeReason(kind="editorial", title=_("Editorial"), text=change.reason)
