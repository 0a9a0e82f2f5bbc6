"""Tags and filters of annotations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template
from django.utils.safestring import SafeString, mark_safe

from annotations.fragments import kept_fragment
from annotations.models.consents import NAME
from annotations.presentation.cards import words_of_source
from annotations.presentation.voices import support_words
from annotations.presentation.windows import moment
from annotations.services import consents
from versioning import page_cache
from versioning.core.sanitizing import render_plain

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from django.template import Context
    from django.template.base import FilterExpression, Parser, Token

    from annotations.core.finding import Piece
    from versioning.core.passages import Run

register = template.Library()


@register.filter
def rendered(text: str) -> SafeString:
    """Return what a citizen wrote as paragraphs; nothing in it is read as markup."""
    return mark_safe(render_plain(text))  # noqa: S308  # render_plain escapes every character


@register.filter
def spoken(value: datetime) -> str:
    """Return day and time as people say them."""
    return moment(value)


@register.filter
def source_words(source: str) -> str:
    """Say where a contribution was made, nothing where it was written here."""
    return words_of_source(source)


@register.filter
def supported(count: int) -> str:
    """Say how many people support an annotation, nothing where nobody does."""
    return support_words(count)


class KeptText(template.Node):
    """The part of the reading page that is the same for everybody."""

    def __init__(self, nodelist: template.NodeList) -> None:
        self.nodelist = nodelist

    def render(self, context: Context) -> SafeString:
        """Return the text that is kept, or read and render it."""
        page, version = context["page"], context["version"]
        read = context["reading"]

        def make() -> str:
            with context.push(**read()):
                return self.nodelist.render(context)

        return page_cache.kept_text(
            context["request"],
            page=page,
            topic=version.page_id,
            name=f"{page.pk} {page.live_revision_id} {page.url_path} {version.pk}",
            make=make,
        )


@register.tag
def kept_text(parser: Parser, token: Token) -> KeptText:
    """Show what stands inside with what ``reading`` reads, or as it was kept.

    Nothing inside may depend on who reads.
    """
    nodelist = parser.parse(("endkept_text",))
    parser.delete_first_token()
    return KeptText(nodelist)


class Fragment(template.Node):
    """A piece of html that is the same wherever the same is shown."""

    def __init__(self, shown: list[FilterExpression], nodelist: template.NodeList) -> None:
        self.shown = shown
        self.nodelist = nodelist

    def render(self, context: Context) -> SafeString:
        """Return the html that shows the same, or render it."""
        data = [expression.resolve(context, ignore_failures=True) for expression in self.shown]
        html = kept_fragment(data, lambda: self.nodelist.render(context))
        return mark_safe(html)  # noqa: S308  # a template has rendered it


@register.tag
def fragment(parser: Parser, token: Token) -> Fragment:
    """Show what stands inside, or as it was kept; name all that it depends on.

    Nothing inside may depend on anything else, such as who reads.
    """
    shown = [parser.compile_filter(name) for name in token.split_contents()[1:]]
    nodelist = parser.parse(("endfragment",))
    parser.delete_first_token()
    return Fragment(shown, nodelist)


@register.inclusion_tag("annotations/includes/difference.html")
def difference(runs: Sequence[Run]) -> dict[str, Any]:
    """Show word runs with insertions and deletions."""
    return {"runs": runs}


@register.inclusion_tag("annotations/includes/consent_text.html")
def consent_text(act: str, name: str = "") -> dict[str, Any]:
    """Show what somebody agrees to by sending a form, and have the form say which version it is."""
    shown = consents.current(act)
    text = shown.text.replace(NAME, name)
    return {"text": text, "field": consents.FIELD, "sealed": consents.seal(act, shown)}


@register.inclusion_tag("annotations/includes/pieces.html")
def pieces(found: Sequence[Piece]) -> dict[str, Any]:
    """Show a text with the words that a search found in it."""
    return {"pieces": found}
