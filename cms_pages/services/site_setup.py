"""Setting a site up: languages, home page, standard pages, groups."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Q
from wagtail.coreutils import get_content_languages
from wagtail.models import (
    Collection,
    GroupCollectionPermission,
    GroupPagePermission,
    Locale,
    Page,
    Site,
    Workflow,
)

from cms_pages.models import HomePage, StandardPage
from cms_pages.permissions import DEPARTMENT, ROLES
from cms_pages.services.translating import (
    paired_strings,
    plain_string,
    publish_translation,
    translate_object,
)
from cms_pages.texts import HOME, default_texts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cms_pages.permissions import Role
    from cms_pages.texts import PageText, SiteTexts

WELCOME_SLUG = "home"
DEFAULT_GROUPS = ("Moderators", "Editors")
DEFAULT_WORKFLOW = "Moderators approval"
UNTOUCHED_HOST = "localhost"
"""What Wagtail's own migration records."""


@dataclass(frozen=True, slots=True)
class SiteSetUp:
    """What a set-up found or made.

    Attributes:
        home: The home page in the main language; None where the site shows a page of another
            kind, which is left alone.
        homes: The home page in every language, the main one first.
        groups: The groups of all roles.
    """

    home: HomePage | None
    homes: list[HomePage]
    groups: list[Group]


@transaction.atomic
def set_up_site(*, texts: SiteTexts | None = None) -> SiteSetUp:
    """Prepare a site; what is there already is left as it is.

    Args:
        texts: Words of the home page and the standard pages by language; None for short ones
            that the editors replace.

    Returns:
        What stands now.
    """
    texts = texts or default_texts()
    locales = _locales()
    home = _home(locales[0], texts)
    homes: list[HomePage] = []
    if home is not None:
        _standard_pages(home, texts[locales[0].language_code])
        homes = [home, *(_translated(home, locale, texts) for locale in locales[1:])]
    groups = _groups(homes or _roots())
    Site.clear_site_root_paths_cache()
    return SiteSetUp(home=home, homes=homes, groups=groups)


def record_address_once(base_url: str) -> Site:
    """Record the address of a new site; one that an administrator has given stays.

    Links in mails that no request stands behind begin with it.

    Args:
        base_url: Begin of the site's addresses, such as ``https://strategie.example.org``.
    """
    site = Site.objects.get(is_default_site=True)
    address = urlsplit(base_url)
    if site.hostname != UNTOUCHED_HOST or not address.hostname:
        return site
    default = 443 if address.scheme == "https" else 80
    return record_address(hostname=address.hostname, port=address.port or default)


@transaction.atomic
def record_address(*, hostname: str, port: int) -> Site:
    """Record the address at which the site is reached, for links without a request.

    Args:
        hostname: Its name, without port.
        port: Its port.
    """
    site = Site.objects.get(is_default_site=True)
    if (site.hostname, site.port) != (hostname, port):
        site.hostname, site.port = hostname, port
        site.full_clean()
        site.save()
    return site


def _locales() -> list[Locale]:
    """Return the locales of the site, that of ``LANGUAGE_CODE`` first."""
    codes = list(get_content_languages())
    codes.sort(key=lambda code: code != settings.LANGUAGE_CODE)
    return [Locale.objects.get_or_create(language_code=code)[0] for code in codes]


def _roots() -> list[Page]:
    return [site.root_page for site in Site.objects.select_related("root_page")]


def _home(locale: Locale, texts: SiteTexts) -> HomePage | None:
    site = Site.objects.select_related("root_page").filter(is_default_site=True).first()
    if site is not None and not _is_untouched_welcome(site.root_page):
        shown = site.root_page.specific
        return shown if isinstance(shown, HomePage) else None
    root = Page.get_first_root_node()
    words = texts[locale.language_code][HOME]
    home = HomePage(
        title=words.title, slug=words.slug, intro=words.intro, body=words.body, locale=locale
    )
    welcome = site.root_page if site else None
    if welcome is not None:
        # past save(), which would queue index tasks for a page that is gone when they run
        Page.objects.filter(pk=welcome.pk).update(slug=f"{WELCOME_SLUG}-replaced")
    root.add_child(instance=home)
    home.save_revision().publish()
    if site is None:
        Site.objects.create(hostname="localhost", root_page=home, is_default_site=True)
    else:
        site.root_page = home
        site.save()
    if welcome is not None:
        Page.objects.get(pk=welcome.pk).delete()
        _remove_unused_defaults()
    home.refresh_from_db()
    return home


def _remove_unused_defaults() -> None:
    """Take away Wagtail's own groups and close its workflow on a new site, which has its roles."""
    removed, _rows = Group.objects.filter(name__in=DEFAULT_GROUPS, user=None).delete()
    if removed:
        Workflow.objects.filter(name=DEFAULT_WORKFLOW).update(active=False)


def _is_untouched_welcome(page: Page) -> bool:
    """Tell whether this is the page that Wagtail's own migration made, without a change."""
    return (
        page.specific_class is Page
        and page.slug == WELCOME_SLUG
        and page.numchild == 0
        and page.latest_revision_id is None
    )


def _standard_pages(home: HomePage, texts: dict[str, PageText]) -> None:
    roles = [role for role in texts if role != HOME]
    present = set(
        StandardPage.objects.descendant_of(home)
        .filter(role__in=roles)
        .values_list("role", flat=True)
    )
    for role in roles:
        if role not in present:
            words = texts[role]
            page = StandardPage(
                title=words.title, slug=words.slug, body=words.body, role=role, locale=home.locale
            )
            home.add_child(instance=page)
            page.save_revision().publish()


def _translated(home: HomePage, locale: Locale, texts: SiteTexts) -> HomePage:
    """Return the home page in another language, made with its standard pages if missing."""
    source, target = texts[home.locale.language_code], texts.get(locale.language_code, {})
    translated = home.get_translation_or_none(locale)
    if translated is None:
        translated = _translate(home, locale, source.get(HOME), target.get(HOME))
    for page in StandardPage.objects.child_of(home).live().exclude(role=""):
        if not page.has_translation(locale):
            _translate(page, locale, source.get(page.role), target.get(page.role))
    result: HomePage = HomePage.objects.get(pk=translated.pk)
    return result


def _translate(page: Page, locale: Locale, old: PageText | None, new: PageText | None) -> Page:
    strings = _strings(old, new) if old and new else {}
    translation = translate_object(source=page, locale=locale, strings=strings, actor=None)
    return publish_translation(translation=translation, actor=None)


def _strings(old: PageText, new: PageText) -> dict[str, str]:
    """Return every string of one page's words with its translation."""
    return {
        plain_string(old.title): plain_string(new.title),
        plain_string(old.slug): plain_string(new.slug),
        **paired_strings(old.intro, new.intro),
        **paired_strings(old.body, new.body),
    }


def _groups(pages: Iterable[Page]) -> list[Group]:
    pages = list(pages)
    return [_group(role, pages) for role in ROLES]


def _group(role: Role, pages: Iterable[Page]) -> Group:
    """Return the group of a role with at least the rights of the table."""
    group, _created = Group.objects.get_or_create(name=role.group)
    group.permissions.add(*_permissions(role.permissions))
    for page in pages:
        for right in _permissions([f"wagtailcore.{name}_page" for name in role.pages]):
            GroupPagePermission.objects.get_or_create(group=group, page=page, permission=right)
    for right in _permissions(role.collections):
        GroupCollectionPermission.objects.get_or_create(
            group=group, collection=Collection.get_first_root_node(), permission=right
        )
    return group


def set_up_department(name: str) -> Group:
    """Return the group of a department, made with its rights where it is missing.

    Its members co-sign where a process names it.
    """
    return _group(replace(DEPARTMENT, group=name), [])


def _permissions(names: Iterable[str]) -> list[Permission]:
    """Return permissions by ``app_label.codename``.

    Raises:
        LookupError: One does not exist; the table and the models no longer agree.
    """
    found: list[Permission] = []
    for name in names:
        app_label, codename = name.split(".")
        matching = Permission.objects.filter(
            Q(content_type__app_label=app_label), codename=codename
        )
        if not matching:
            msg = f"There is no permission {name}: run the migrations first."
            raise LookupError(msg)
        found.extend(matching)
    return found
