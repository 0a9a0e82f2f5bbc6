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
from versioning.access import know_unrestricted, restrictions
from versioning.models import Version
from versioning.page_cache import hold_until

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

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
        know_unrestricted(request)
    return pages


def _surroundings(request: HttpRequest | None, page: object) -> list[Page]:
    """Return every page that the skin may name around a page, in one query a request.

    Those are the home pages, what stands in menus, the page's translations and ancestors, and the
    standard pages with a role. They are published; whoever shows them asks for restrictions.
    """
    wanted = Q(pk__in=[])
    if isinstance(page, Page):
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


def home_page(request: HttpRequest | None, page: object = None) -> Page | None:
    """Return the home page in the current language, kept on the request."""
    if request is None:
        return None
    return _once(request, "home", lambda: _home_page(request, page))


def _home_page(request: HttpRequest, page: object) -> Page | None:
    site = Site.find_for_request(request)
    if site is None:
        return None
    key = site.root_page.translation_key
    homes = [one for one in _surroundings(request, page) if one.translation_key == key]
    return next((one for one in homes if one.locale.language_code == _language()), site.root_page)


def home_url(request: HttpRequest | None, page: object = None) -> str:
    """Return the address of the home page."""
    home = home_page(request, page)
    return (home.get_url(request) if home else None) or "/"


def public_pages(pages: PageQuerySet, request: HttpRequest | None) -> PageQuerySet:
    """Return the published pages that no restriction hides; those are read once a request."""
    private = Q(pk__in=[])
    for restriction in restrictions(request):
        private |= pages.descendant_of_q(restriction.page, inclusive=True)
    return pages.live().exclude(private)


def navigation(request: HttpRequest | None, page: Page | None) -> list[Link]:
    """Return the home page's children that stand in menus."""
    return _once(request, "navigation", lambda: _navigation(request, page))


def _navigation(request: HttpRequest | None, page: Page | None) -> list[Link]:
    home = home_page(request, page)
    if home is None:
        return []
    children = [
        one
        for one in _surroundings(request, page)
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


def language_links(request: HttpRequest | None, page: Page | None) -> list[LanguageLink]:
    """Return links to the other languages: of this page where there are, else of the home page."""
    return _once(request, "languages", lambda: _language_links(request, page))


def _language_links(request: HttpRequest | None, page: Page | None) -> list[LanguageLink]:
    current = translation.get_language()
    translations = {}
    if isinstance(page, Page):
        translations = {
            other.locale.language_code: other
            for other in _surroundings(request, page)
            if other.translation_key == page.translation_key
            and other.pk != page.pk
            and not _is_private(other, request)
        }
    return [
        LanguageLink(code, name, _language_url(request, code, translations.get(code), page))
        for code, name in get_content_languages().items()
        if code != current
    ]


def _language_url(
    request: HttpRequest | None, code: str, target: Page | None, page: Page | None
) -> str:
    if target is not None:
        return target.get_url(request) or "/"
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


def standard_pages(request: HttpRequest | None, page: object = None) -> list[Link]:
    """Return the standard pages with a role, in the current language."""
    pages = [
        one
        for one in _surroundings(request, page)
        if one.role and one.locale.language_code == _language() and not _is_private(one, request)
    ]
    order = {role: index for index, role in enumerate(StandardRole.values)}
    return [
        Link(one.title, one.get_url(request) or "")
        for one in sorted(pages[:12], key=lambda one: order.get(one.role, 99))
    ]


def process_of(
    page: Page | None, request: HttpRequest | None = None
) -> ParticipationProcessPage | None:
    """Return the process that a page belongs to, or None."""
    if not isinstance(page, Page):
        return None
    if isinstance(page, ParticipationProcessPage):
        return page
    paths = set(_paths_to(page))
    found = [one for one in _surroundings(request, page) if one.path in paths]
    processes = [getattr(one, "participationprocesspage", None) for one in reversed(found)]
    return next((process for process in processes if process is not None), None)


def process_state(request: HttpRequest | None, page: Page | None) -> dict[str, Any] | None:
    """Return phases and the sentence that says what one can do until when."""
    process = process_of(page, request)
    if process is None:
        return None
    phases = _phases(process)
    drafts = public_pages(StrategyDraftPage.objects.descendant_of(process), request)
    versions = list(
        Version.objects.filter(page__in=drafts)
        .order_by("-published_at", "-pk")
        .values("page_id", "number", "opens", "closes", "submission__submitted_at")
    )
    hold_until(request, *(row[name] for row in versions for name in ("opens", "closes")))
    sentence = _window_sentence(versions) or _submission_sentence(versions)
    if not sentence:
        sentence = next((phase[1] for phase in phases if phase[0].current), "")
    return {"phases": [phase for phase, _sentence in phases], "sentence": sentence}


def _phases(process: ParticipationProcessPage) -> list[tuple[Phase, str]]:
    today = timezone.localdate()
    begun = [i for i, block in enumerate(process.phases) if block.value["begins"] <= today]
    current = begun[-1] if begun else -1
    return [
        (Phase(block.value["title"], current=i == current), block.value["sentence"] or "")
        for i, block in enumerate(process.phases)
    ]


def _window_sentence(versions: Sequence[Any]) -> str:
    """Say until when one can annotate the newest version of one of the texts."""
    now = timezone.now()
    newest: dict[int, Any] = {}
    for row in sorted(versions, key=lambda row: row["number"]):
        newest[row["page_id"]] = row
    closing: list[datetime | None] = [
        row["closes"]
        for row in newest.values()
        if Version(opens=row["opens"], closes=row["closes"]).is_open(now)
    ]
    if not closing:
        return ""
    closes = min((c for c in closing if c is not None), default=None)
    return window_sentence(closes, now)


def _submission_sentence(versions: Sequence[Any]) -> str:
    """Say that the newest text of the process was handed over, if it was."""
    if not versions or versions[0]["submission__submitted_at"] is None:
        return ""
    day = timezone.localdate(versions[0]["submission__submitted_at"])
    return _("Version %(number)d was handed over on %(date)s.") % {
        "number": versions[0]["number"],
        "date": date_format(day, _("F j, Y")),
    }


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
