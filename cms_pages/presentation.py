"""What pages show, as plain data for templates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Exists, F, Q
from django.urls import NoReverseMatch, resolve, reverse
from django.urls.exceptions import Resolver404
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.coreutils import get_content_languages, get_supported_content_language_variant
from wagtail.models import Page, PageViewRestriction, Site

from cms_pages.models import ParticipationProcessPage, StrategyDraftPage
from cms_pages.models.standard import StandardRole
from versioning.access import know_restrictions, restrictions
from versioning.models import Version
from versioning.page_cache import hold_until, kept_value
from versioning.standing import GATE, standing_of_versions

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date, datetime

    from django.http import HttpRequest
    from wagtail.query import PageQuerySet

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Link:
    """A link of the header or footer."""

    title: str
    url: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class LanguageLink:
    """The same page in another language."""

    code: str
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Phase:
    """One phase of a process."""

    title: str
    current: bool


@dataclass(frozen=True, slots=True)
class PlannedPhase:
    """A phase as the page of the process says it."""

    title: str
    begins: date
    sentence: str


@dataclass(frozen=True, slots=True)
class Process:
    """What the skin needs of the process that a page belongs to."""

    path: str
    phases: tuple[PlannedPhase, ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """What the skin names around a page; it holds until a page, site or restriction changes.

    Attributes:
        home: Address of the home page.
        translations: Addresses of the page in other languages, by code.
    """

    home: str
    navigation: tuple[Link, ...]
    translations: dict[str, str]
    standard_pages: tuple[Link, ...]
    process: Process | None


def _once(request: HttpRequest | None, name: str, make: Callable[[], T]) -> T:
    """Return what was made before for this request, or make it and keep it there."""
    if request is None:
        return make()
    kept: dict[str, Any] = request.__dict__.setdefault("_synopse_kept", {})
    if name not in kept:
        kept[name] = make()
    return kept[name]


def find_pages(request: HttpRequest, slugs: Sequence[str]) -> list[Page]:
    """Return the pages that may stand on the way to an address, in one query a request.

    It reads what the skin will name around that page with them, so this must come before anything
    else asks for surroundings.

    Args:
        request: The request.
        slugs: The parts of the address below the home page.
    """
    site = Site.find_for_request(request)
    if site is None:
        return []
    depth = site.root_page.depth
    on_the_way = Q(slug__in=slugs, depth__gt=depth, depth__lte=depth + len(slugs))
    asked_for = Page.objects.filter(slug=slugs[-1], depth=depth + len(slugs)) if slugs else None
    wanted = on_the_way if slugs else Q(pk__in=[])
    if asked_for is not None:
        wanted |= Q(translation_key__in=asked_for.values("translation_key"))
    pages = list(_read_surroundings(request, wanted))
    _once(request, "surroundings", lambda: [page for page in pages if page.live])
    if pages and not pages[0].has_restrictions:
        know_restrictions(request, [])
    return pages


def frame(request: HttpRequest | None, page: Page | None) -> Frame:
    """Return what the skin names around a page, kept for as long as it holds.

    Nothing is kept of a page that not everybody may read.
    """

    def kept() -> Frame:
        shown = page if isinstance(page, Page) else None
        name = f"frame {shown.pk} {shown.path} {shown.translation_key}" if shown else "frame"
        return kept_value(
            request,
            name,
            lambda: _make_frame(request, shown),
            is_public=lambda _frame: shown is None or not _is_private(shown, request),
        )

    return _once(request, "frame", kept)


def _make_frame(request: HttpRequest | None, page: Page | None) -> Frame:
    home = _home_page(request, page)
    around = _surroundings(request, page)
    return Frame(
        home=(home.get_url(request) if home else None) or "/",
        navigation=tuple(_navigation(request, page, home, around)),
        translations=_translations(request, page, around),
        standard_pages=tuple(_standard_pages(request, around)),
        process=_process(request, page, around),
    )


def _surroundings(request: HttpRequest | None, page: Page | None) -> list[Page]:
    """Return every page that the skin may name around a page, in one query a request.

    Those are the home pages, what stands in menus, the page's translations and ancestors, and the
    standard pages with a role. They are published; whoever shows them asks for restrictions.
    """
    wanted = Q(pk__in=[])
    if page is not None:
        wanted = Q(translation_key=page.translation_key) | Q(path__in=_paths_to(page))
    return _once(
        request,
        "surroundings",
        lambda: list(_read_surroundings(request, wanted).live()),
    )


def _read_surroundings(request: HttpRequest | None, wanted: Q) -> PageQuerySet:
    site = Site.find_for_request(request)
    wanted |= Q(standardpage__role__gt="")
    if site is not None:
        root = site.root_page
        wanted |= Q(translation_key=root.translation_key)
        wanted |= Q(show_in_menus=True, depth=root.depth + 1)
    pages = Page.objects.filter(wanted).annotate(
        role=F("standardpage__role"), has_restrictions=Exists(PageViewRestriction.objects.all())
    )
    types = ("homepage", "participationprocesspage", "standardpage", "strategydraftpage")
    return (
        pages.select_related("locale", *types)
        .defer("strategydraftpage__body")  # public pages show frozen passages
        .order_by("path")
    )


def _paths_to(page: Page) -> list[str]:
    """Return the paths of a page and of all its ancestors."""
    return [page.path[:end] for end in range(page.steplen, len(page.path) + 1, page.steplen)]


def _is_private(page: Page, request: HttpRequest | None) -> bool:
    return any(page.path.startswith(found.page.path) for found in restrictions(request))


def _language() -> str:
    """Return the content language in which the site answers."""
    try:
        return get_supported_content_language_variant(translation.get_language())
    except (LookupError, AttributeError):
        return get_supported_content_language_variant(settings.LANGUAGE_CODE)


def home_page(request: HttpRequest) -> Page | None:
    """Return the home page in the current language, from pages that were read for a request."""
    return _home_page(request, None)


def _home_page(request: HttpRequest | None, page: Page | None) -> Page | None:
    site = Site.find_for_request(request)
    if site is None:
        return None
    key = site.root_page.translation_key
    homes = [one for one in _surroundings(request, page) if one.translation_key == key]
    return next((one for one in homes if one.locale.language_code == _language()), site.root_page)


def public_pages(pages: PageQuerySet, request: HttpRequest | None) -> PageQuerySet:
    """Return the published pages that no restriction hides; those are read once a request."""
    private = Q(pk__in=[])
    for restriction in restrictions(request):
        private |= pages.descendant_of_q(restriction.page, inclusive=True)
    return pages.live().exclude(private)


def _navigation(
    request: HttpRequest | None, page: Page | None, home: Page | None, around: Sequence[Page]
) -> list[Link]:
    """Return the home page's children that stand in menus."""
    if home is None:
        return []
    children = [
        one
        for one in around
        if one.show_in_menus and one.is_child_of(home) and not _is_private(one, request)
    ]
    return [
        Link(
            child.title,
            child.get_url(request) or "",
            current=page is not None and page.pk == child.pk,
        )
        for child in children[:8]
    ]


def _translations(
    request: HttpRequest | None, page: Page | None, around: Sequence[Page]
) -> dict[str, str]:
    if page is None:
        return {}
    return {
        other.locale.language_code: other.get_url(request) or "/"
        for other in around
        if other.translation_key == page.translation_key
        and other.pk != page.pk
        and not _is_private(other, request)
    }


def language_links(request: HttpRequest | None, page: Page | None) -> list[LanguageLink]:
    """Return links to the other languages: of this page where there are, else of the home page."""
    return _once(request, "languages", lambda: _language_links(request, page))


def _language_links(request: HttpRequest | None, page: Page | None) -> list[LanguageLink]:
    current = translation.get_language()
    translations = frame(request, page).translations
    return [
        LanguageLink(code, name, translations.get(code) or _language_url(request, code, page))
        for code, name in get_content_languages().items()
        if code != current
    ]


def _language_url(request: HttpRequest | None, code: str, page: Page | None) -> str:
    if request is not None and page is None:
        try:
            match = resolve(request.path_info)
        except Resolver404:
            return f"/{code}/"
        if (match.url_name or "").startswith("account_"):
            return f"{request.path}?{urlencode({'next': f'/{code}/'})}"
        if match.url_name and match.namespace in {"versioning", "annotations", "pages"}:
            with translation.override(code):
                try:
                    return reverse(match.view_name, args=match.args, kwargs=match.kwargs)
                except NoReverseMatch:
                    return f"/{code}/"
    return f"/{code}/"


def _standard_pages(request: HttpRequest | None, around: Sequence[Page]) -> list[Link]:
    """Return the standard pages with a role, in the current language."""
    pages = [
        one
        for one in around
        if one.role and one.locale.language_code == _language() and not _is_private(one, request)
    ]
    order = {role: index for index, role in enumerate(StandardRole.values)}
    return [
        Link(one.title, one.get_url(request) or "")
        for one in sorted(pages[:12], key=lambda one: order.get(one.role, 99))
    ]


def _process(
    request: HttpRequest | None, page: Page | None, around: Sequence[Page]
) -> Process | None:
    """Return the process that a page belongs to, None where it belongs to none."""
    process = _process_page(page, around)
    if process is None:
        return None
    named = _translated_process(request, process, around)
    return Process(
        path=process.path,
        phases=tuple(
            PlannedPhase(block.value["title"], block.value["begins"], block.value["sentence"] or "")
            for block in named.phases
        ),
    )


def _translated_process(
    request: HttpRequest | None, process: ParticipationProcessPage, around: Sequence[Page]
) -> ParticipationProcessPage:
    """Return the process in the language of the reader, where a menu names it."""
    for one in around:
        is_same = one.translation_key == process.translation_key
        if is_same and one.locale.language_code == _language() and not _is_private(one, request):
            found: Any = getattr(one, "participationprocesspage", process)
            return found
    return process


def _process_page(page: Page | None, around: Sequence[Page]) -> ParticipationProcessPage | None:
    if page is None or isinstance(page, ParticipationProcessPage):
        return page
    paths = set(_paths_to(page))
    found = [one for one in around if one.path in paths]
    processes = [getattr(one, "participationprocesspage", None) for one in reversed(found)]
    return next((process for process in processes if process is not None), None)


def process_state(request: HttpRequest | None, page: Page | None) -> dict[str, Any] | None:
    """Return phases and the sentence that says what one can do until when."""
    process = frame(request, page).process
    if process is None:
        return None
    versions = kept_value(
        request,
        f"versions below {process.path}",
        lambda: _versions_below(process.path, request),
        topics=lambda rows: {row["page_id"] for row in rows},
    )
    hold_until(request, *(row[name] for row in versions for name in ("opens", "closes")))
    today = timezone.localdate()
    begun = [phase for phase in process.phases if phase.begins <= today]
    current = begun[-1] if begun else None
    sentence = _window_sentence(versions) or _submission_sentence(versions, request)
    if not sentence and current:
        sentence = current.sentence
    phases = [Phase(phase.title, current=phase is current) for phase in process.phases]
    return {"phases": phases, "sentence": sentence}


def _versions_below(path: str, request: HttpRequest | None) -> list[Any]:
    """Return what is told of all versions of the texts of a process, newest first."""
    drafts = public_pages(StrategyDraftPage.objects.filter(path__startswith=path), request)
    return list(
        Version.objects.filter(page__in=drafts)
        .order_by("-published_at", "-pk")
        .with_gate()
        .values("page_id", "title", "number", "opens", "closes", *GATE)
    )


def _window_sentence(versions: Sequence[Any]) -> str:
    """Say until when one can annotate the newest version of one of the texts."""
    now = timezone.now()
    newest: dict[int, Any] = {}
    for row in sorted(versions, key=lambda row: row["number"]):
        newest[row["page_id"]] = row
    is_open = [
        row
        for row in newest.values()
        if Version(opens=row["opens"], closes=row["closes"]).is_open(now)
    ]
    if not is_open:
        return ""
    first = min(is_open, key=lambda row: (row["closes"] is None, row["closes"]))
    sentence = window_sentence(first["closes"], now)
    if len(newest) == 1:
        return sentence
    return _("“%(title)s”: %(sentence)s") % {"title": first["title"], "sentence": sentence}


def _submission_sentence(versions: Sequence[Any], request: HttpRequest | None) -> str:
    """Say where the newest text of the process stands, if its newest version was handed over."""
    if not versions:
        return ""
    newest = versions[0]
    standing = standing_of_versions(
        [row for row in versions if row["page_id"] == newest["page_id"]]
    )
    if standing is None or not (standing.is_final or standing.number == newest["number"]):
        return ""
    hold_until(request, standing.changes_at)
    return f"{standing.sentence} {standing.outlook}".strip()


def window_sentence(closes: datetime | None, now: datetime | None = None) -> str:
    """Say until when one can comment, in a whole sentence."""
    if closes is None:
        return _("You can annotate.")
    now = now or timezone.now()
    local = timezone.localtime(closes)
    until = _("You can annotate until %(date)s, %(time)s") % {
        "date": date_format(local, _("j F")),
        "time": date_format(local, _("H:i")),
    }
    days = (timezone.localtime(closes).date() - timezone.localdate(now)).days
    if days < 1:
        return _("%(until)s – ends today") % {"until": until}
    left = ngettext("%(days)d day left", "%(days)d days left", days) % {"days": days}
    return f"{until} – {left}"
