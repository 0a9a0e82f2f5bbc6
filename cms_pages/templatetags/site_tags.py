"""What the skin shows on every page: navigation, phase, languages, footer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template

from cms_pages import presentation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.template import Context

register = template.Library()


@register.simple_tag(takes_context=True)
def home_url(context: Context) -> str:
    """Return the address of the home page in the current language."""
    return presentation.frame(context.get("request"), context.get("page")).home


@register.simple_tag(takes_context=True)
def navigation(context: Context) -> Sequence[presentation.Link]:
    """Return the links of the header."""
    return presentation.frame(context.get("request"), context.get("page")).navigation


@register.simple_tag(takes_context=True)
def language_links(context: Context) -> list[presentation.LanguageLink]:
    """Return links to this page in the other languages."""
    return presentation.language_links(context.get("request"), context.get("page"))


@register.simple_tag(takes_context=True)
def standard_pages(context: Context) -> Sequence[presentation.Link]:
    """Return the pages of the footer."""
    return presentation.frame(context.get("request"), context.get("page")).standard_pages


@register.simple_tag(takes_context=True)
def process_state(context: Context) -> dict[str, Any] | None:
    """Return the phases and the sentence for the bar under the header."""
    return presentation.process_state(context.get("request"), context.get("page"))
