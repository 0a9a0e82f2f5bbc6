"""What pages show, as plain data for templates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Q
from django.urls import NoReverseMatch, resolve, reverse
from django.urls.exceptions import Resolver404
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.coreutils import get_content_languages
from wagtail.models import Locale, Page, Site

from cms_pages.models import ParticipationProcessPage, StandardPage, StrategyDraftPage
from cms_pages.models.standard import StandardRole
from versioning.models import Version

if TYPE_CHECKING:
    from collections.abc import Callable
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


def home_page(request: HttpRequest | None) -> Page | None:
    """Return the home page in the current language, kept on the request."""
    if request is None:
        return None
    if not hasattr(request, "_synopse_home"):
        site = Site.find_for_request(request)
        root = site.root_page if site else None
        language = translation.get_language() or settings.LANGUAGE_CODE
        if root is not None and root.locale.language_code != language:
            root = (
                root.get_translations().filter(locale__language_code=language, live=True).first()
                or root
            )
        request._synopse_home = root  # type: ignore[attr-defined]  # one look-up a request
    return request._synopse_home  # type: ignore[attr-defined]


def home_url(request: HttpRequest | None) -> str:
    """Return the address of the home page."""
    home = home_page(request)
    return (home.get_url(request) if home else None) or "/"


def public_pages(pages: PageQuerySet, request: HttpRequest | None) -> PageQuerySet:
    """Return the published pages that no restriction hides; those are read once a request."""
    private = _once(request, "private", pages.private_q)
    return pages.live().exclude(private)


def navigation(request: HttpRequest | None, page: Page | None) -> list[Link]:
    """Return the home page's children that stand in menus."""
    return _once(request, "navigation", lambda: _navigation(request, page))


def _navigation(request: HttpRequest | None, page: Page | None) -> list[Link]:
    home = home_page(request)
    if home is None:
        return []
    children = public_pages(home.get_children(), request).in_menu()[:8]
    return [
        Link(
            child.title,
            child.get_url(request) or "",
            current=page is not None and page.pk == child.pk,
        )
        for child in children
    ]


def language_links(request: HttpRequest | None, page: Page | None) -> list[LanguageLink]:
    """Return links to the other languages: of this page where there are, else of the home page."""
    return _once(request, "languages", lambda: _language_links(request, page))


def _language_links(request: HttpRequest | None, page: Page | None) -> list[LanguageLink]:
    current = translation.get_language()
    translations = {}
    if isinstance(page, Page):
        others = public_pages(page.get_translations(), request).select_related("locale")
        translations = {other.locale.language_code: other for other in others}
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


def standard_pages(request: HttpRequest | None) -> list[Link]:
    """Return the standard pages with a role, in the current language."""
    locale = Locale.get_active()
    pages = public_pages(StandardPage.objects.filter(locale=locale), request).exclude(role="")[:12]
    order = {role: index for index, role in enumerate(StandardRole.values)}
    return [
        Link(p.title, p.get_url(request) or "")
        for p in sorted(pages, key=lambda p: order.get(p.role, 99))
    ]


def process_of(page: Page | None) -> ParticipationProcessPage | None:
    """Return the process that a page belongs to, or None."""
    if not isinstance(page, Page):
        return None
    if isinstance(page, ParticipationProcessPage):
        return page
    return (
        ParticipationProcessPage.objects.live()
        .ancestor_of(page, inclusive=True)
        .order_by("-depth")
        .first()
    )


def process_state(request: HttpRequest | None, page: Page | None) -> dict[str, Any] | None:
    """Return phases and the sentence that says what one can do until when."""
    process = process_of(page)
    if process is None:
        return None
    phases = _phases(process)
    drafts = public_pages(StrategyDraftPage.objects.descendant_of(process), request)
    sentence = _window_sentence(drafts) or _submission_sentence(drafts)
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


def _window_sentence(drafts: PageQuerySet) -> str:
    now = timezone.now()
    newest = (
        Version.objects.filter(Q(page__in=drafts))
        .order_by("page_id", "-number")
        .values("page_id", "number", "opens", "closes")
    )
    seen: set[int] = set()
    closing: list[datetime | None] = []
    for row in newest:
        if row["page_id"] in seen:
            continue
        seen.add(row["page_id"])
        if Version(opens=row["opens"], closes=row["closes"]).is_open(now):
            closing.append(row["closes"])
    if not closing:
        return ""
    closes = min((c for c in closing if c is not None), default=None)
    return window_sentence(closes, now)


def _submission_sentence(drafts: PageQuerySet) -> str:
    """Say that the newest text of the process was handed over, if it was."""
    newest = Version.objects.filter(page__in=drafts).order_by("-published_at", "-pk")
    version = newest.select_related("submission").first()
    if version is None or not hasattr(version, "submission"):
        return ""
    day = timezone.localdate(version.submission.submitted_at)
    return _("Version %(number)d was handed over on %(date)s.") % {
        "number": version.number,
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
