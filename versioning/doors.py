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

    from versioning.models import Change, Passage, Submission, Version, Waiver

    GateCheck = Callable[[Version], Sequence["GateLine"]]
    TranslationDates = Callable[[Page], Mapping[int, datetime]]
    LinkSource = Callable[[Page], Sequence["PageLink"]]
    RouteSource = Callable[[Page], Sequence["RouteBody"]]
    RoutesSource = Callable[[Sequence[Page]], Mapping[int, Sequence["RouteBody"]]]
    ReasonSource = Callable[[Sequence[Change]], dict[int, list["ChangeReason"]]]
    Progress = Callable[[int, int], None]

Registered = TypeVar("Registered", bound="Callable[..., object]")

EXPLAINING: frozenset[str] = frozenset({"disposition", "editorial", "body"})
"""Kinds of reasons that explain a change; an annotation alone asks, it does not explain."""


NEVER_WAIVED: frozenset[str] = frozenset({"newest", "pending", "annotations", "changes"})
"""Keys of lines that no reason opens (law 4)."""


@dataclass(frozen=True, slots=True)
class GateLine:
    """One line of the gate's checklist.

    An open line stops a submission until it is done or, where that is possible, waived with a
    public reason. The lines of law 4 and the newest version (``NEVER_WAIVED``) can't be waived,
    whatever a check says.

    Attributes:
        key: Who answers: "annotations", "changes", … A slug of at most 40 characters, for each
            check its own; what waives a line names it by its key.
        text: A whole sentence for the editor.
        done: Nothing is left to do.
        url: Where it can be done.
        missing: What is missing, each with its text and its address; perhaps only the first.
        waivable: The line may be waived with a public reason.
        notice: The line only tells; it neither stops a submission nor is it waived.
        facts: A lasting name for each thing that is missing, for all of them, in no language:
            "reaction:12". What is waived holds for these; anything beyond them has to be waived
            anew. Without them the addresses in ``missing`` count.
        waiver: The waiver that holds; the checklist fills it in.
        lapsed: A waiver that holds no longer, since more is missing now.
    """

    key: str
    text: str
    done: bool
    url: str = ""
    missing: tuple[tuple[str, str], ...] = ()
    waivable: bool = False
    notice: bool = False
    facts: frozenset[str] = frozenset()
    waiver: Waiver | None = None
    lapsed: Waiver | None = None

    @property
    def blocks(self) -> bool:
        """Whether this line stops a submission."""
        return not self.done and not self.notice and self.waiver is None

    @property
    def may_be_waived(self) -> bool:
        """Whether this line stops a submission and a reason could change that."""
        return self.blocks and self.waivable and self.key not in NEVER_WAIVED

    @property
    def state(self) -> Literal["done", "notice", "waived", "open"]:
        """What the task list says of this line."""
        if self.done:
            return "done"
        if self.notice:
            return "notice"
        return "waived" if self.waiver is not None else "open"

    def all_facts(self) -> frozenset[str]:
        """Return what is missing by lasting names: ``facts``, else what ``missing`` tells."""
        return self.facts or frozenset([url or text for text, url in self.missing] or [self.key])


@dataclass(frozen=True, slots=True)
class ChangeReason:
    """Why words changed.

    Attributes:
        kind: Whether a disposition, an editorial reason, a body of the gate or an annotation stands
            behind it.
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

    kind: Literal["disposition", "editorial", "body", "annotation"]
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
class RouteBody:
    """One body on the route of a text.

    Attributes:
        body: Its name.
        role: One of ``BodyRole``.
        group: Id of the group whose members co-sign, where it does.
        responsible: Id of who is reminded.
        remind_days: So many days before the planned day.
    """

    body: str
    role: str
    group: int | None = None
    responsible: int | None = None
    remind_days: int = 7


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
_route_sources: list[RouteSource] = []
_translation_dates: list[TranslationDates] = []
_routes_sources: dict[RouteSource, RoutesSource] = {}
_package_contents: dict[str, PackageContent] = {}


def register_gate_check(check: Registered) -> Registered:
    """Register a function that gives lines for the checklist of a version.

    Usable as a decorator. The gate needs one check that answers with the key "annotations". The
    number of its queries must not grow with the text or with what was said about it.
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


def register_route(source: Registered, *, of_pages: RoutesSource | None = None) -> Registered:
    """Register a function that gives the bodies through which the versions of a page go.

    Usable as a decorator. The first source that names any body is heard; where none does, the
    bodies are those of ``SYNOPSE_GATE_BODIES``.

    Args:
        source: Takes a page.
        of_pages: Takes many pages and returns the same by the id of the page, in a number of
            queries that does not depend on theirs; without it each page is asked for alone.
    """
    if source not in _route_sources:
        _route_sources.append(source)  # type: ignore[arg-type]  # see register_gate_check
    if of_pages is not None:
        _routes_sources[source] = of_pages  # type: ignore[index]  # see register_gate_check
    return source


def registered_route(page: Page) -> list[RouteBody]:
    """Return the bodies that an app above names for a page; none where no app does."""
    for source in _route_sources:
        if found := list(source(page)):
            return found
    return []


def register_translation_dates(source: Registered) -> Registered:
    """Register a function that knows from when the source text of translations is.

    Usable as a decorator. It gets the page that is translated and returns, by the id of a
    translated page, the moment at which the text that is translated there was read from it. Pages
    that it leaves out count as made from what was public when they were last published.
    """
    if source not in _translation_dates:
        _translation_dates.append(source)  # type: ignore[arg-type]  # see register_gate_check
    return source


def translation_dates_of(page: Page) -> dict[int, datetime]:
    """Return from when the source texts of translations of a page are, as far as apps know.

    Returns:
        The earliest moment that any app names, by the id of the translated page.
    """
    found: dict[int, datetime] = {}
    for source in _translation_dates:
        for pk, moment in source(page).items():
            found[pk] = min(moment, found.get(pk, moment))
    return found


def registered_routes(pages: Sequence[Page]) -> dict[int, list[RouteBody]]:
    """Return ``registered_route`` of many pages by their ids."""
    found: dict[int, list[RouteBody]] = {page.pk: [] for page in pages}
    for source in _route_sources:
        left = [page for page in pages if not found[page.pk]]
        many = _routes_sources.get(source)
        named = many(left) if many else {page.pk: source(page) for page in left}
        found |= {page.pk: list(named.get(page.pk, ())) for page in left}
    return found


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
    of_bodies = _reasons_of_bodies(changes)
    for change in changes:
        if change.step_id:
            found[change.pk].append(of_bodies[change.pk])
        elif change.reason:
            found[change.pk].append(_editorial(change))
    if changes:
        for source in _reason_sources:
            for pk, reasons in source(changes).items():
                found.setdefault(pk, []).extend(reasons)
    return found


def is_explained(reasons: Sequence[ChangeReason]) -> bool:
    """Tell whether one of the reasons explains a change."""
    return any(reason.kind in EXPLAINING for reason in reasons)


def _reasons_of_bodies(changes: Sequence[Change]) -> dict[int, ChangeReason]:
    from versioning.models import GateStep  # noqa: PLC0415  # models are not there yet at import

    keys = {change.step_id for change in changes if change.step_id}
    steps = GateStep.objects.select_related("submission").in_bulk(keys) if keys else {}
    found = {}
    for change in changes:
        if change.step_id:
            step = steps[change.step_id]
            found[change.pk] = ChangeReason(
                kind="body",
                title=f"{step.body}: {step.get_outcome_display()}",
                text=change.reason,
                url=step.submission.get_absolute_url(),
                outcome=step.outcome,
            )
    return found


def _editorial(change: Change) -> ChangeReason:
    return ChangeReason(kind="editorial", title=_("Editorial"), text=change.reason)
