"""Texts of a new site: what stands on its standard pages until the editors write their own."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import override
from wagtail.coreutils import get_content_languages

HOME = "home"


@dataclass(frozen=True, slots=True)
class PageText:
    """The words of one page.

    Attributes:
        title: Its title.
        slug: Its part of the address.
        intro: Introduction as rich text; only the home page shows one.
        body: Rich text.
    """

    title: str
    slug: str
    body: str
    intro: str = ""


SiteTexts = dict[str, dict[str, PageText]]
"""Language code, then "home" or the role of a standard page, then its words."""


def default_texts() -> SiteTexts:
    """Return what a new site begins with, in every language of the site."""
    return {code: _texts_in(code) for code in get_content_languages()}


def _texts_in(code: str) -> dict[str, PageText]:
    with override(code):
        return {
            HOME: PageText(
                title=_("We write our strategy together"),
                slug=_("home-page"),
                body=_paragraphs(
                    _("Read the draft, annotate any passage, and see what became of it."),
                ),
            ),
            "imprint": PageText(
                title=_("Imprint"),
                slug=_("imprint"),
                body=_paragraphs(
                    _("Here stands who is responsible for this site: name, address, e-mail."),
                    _("Editors: please replace this text before the site becomes public."),
                ),
            ),
            "privacy": PageText(
                title=_("Privacy"),
                slug=_("privacy"),
                body=_paragraphs(
                    _(
                        "You can read everything without telling anything about yourself. For an "
                        "annotation we store your words, the name or pseudonym that you give, and "
                        "your e-mail address; the address is never public."
                    ),
                    _("Editors: please replace this text before the site becomes public."),
                ),
            ),
            "accessibility": PageText(
                title=_("Accessibility statement"),
                slug=_("accessibility"),
                body=_paragraphs(
                    _(
                        "This site should be usable for everybody. If you meet a barrier, please "
                        "tell us: the link “Report a problem” stands at the bottom of every page."
                    ),
                    _("Editors: please replace this text before the site becomes public."),
                ),
            ),
        }


def _paragraphs(*sentences: str) -> str:
    return str(format_html_join("", "<p>{}</p>", ((sentence,) for sentence in sentences)))
