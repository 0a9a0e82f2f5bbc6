"""Tags and filters of the page that compares two versions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template
from django.http import QueryDict
from django.utils.formats import date_format, number_format
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from versioning import presentation
from versioning.presentation.phrases import said

if TYPE_CHECKING:
    from django.template import Context
    from django.utils.safestring import SafeString as Safe

    from versioning.comparisons import ComparedRow
    from versioning.doors import ChangeReason
    from versioning.models import Passage, Version

register = template.Library()

_VERSION = gettext_noop("Version %(number)s:")
_NONE = {"old": gettext_noop("not there yet"), "new": gettext_noop("no longer there")}

register.filter("relation_words", presentation.relation_words)
register.filter("place", presentation.place_of)
register.filter("anchored", presentation.anchor)


@register.simple_tag
def words_of_reason(row: ComparedRow, reason: ChangeReason) -> str:
    """Name the words that a reason explains where it does not stand behind the whole row."""
    return ", ".join(presentation.words_of_reason(row, reason))


@register.filter
def grouped(number: int) -> str:
    """Write a number the way the reader's language does: "1.660" in German, "1,660" in English."""
    return number_format(number, force_grouping=True)


@register.simple_tag(takes_context=True)
def chosen(context: Context, **changes: object) -> str:
    """Return the query string of the choices on this page with some of them changed."""
    query = QueryDict(context.get("query", ""), mutable=True)
    for name, value in changes.items():
        query.pop(name, None)
        if value not in {"", None}:
            query[name] = str(value)
    return query.urlencode()


@register.filter
def permalink(row: ComparedRow) -> str:
    """Return the lasting address of one change within its comparison."""
    place = presentation.place_of(row)
    return f"?at={place}#{place}"


@register.simple_tag
def language_attribute(row: ComparedRow, side: str) -> Safe:
    """Return the attribute that names the language of one side of a row."""
    passages = _side(row, side)
    return format_html(' lang="{}"', passages[0].locale.language_code) if passages else SafeString()


@register.simple_tag
def text_attributes(row: ComparedRow, side: str) -> Safe:
    """Return class, direction and marker of the words of one side of a row."""
    passage = _side(row, side)[0]
    classes = ["syn-row__text", f"syn-row__text--{passage.kind}"]
    if passage.kind == "list_item" and passage.level > 1:
        classes.append(f"syn-row__text--level-{min(passage.level, 4)}")
    marker = passage.marker or "•" if passage.kind == "list_item" else ""
    attributes = format_html('class="{}" dir="auto"', " ".join(classes))
    return attributes + format_html(' data-marker="{}"', marker) if marker else attributes


@register.simple_tag
def row_side(row: ComparedRow, side: str, version: Version) -> Safe:
    """Show one side of a row: its numbers, its words and what is to be said of them.

    Python writes it, since a page has hundreds of them.

    Args:
        row: A row of a comparison.
        side: "old", "new", or "both" for one text with everything.
        version: The version of that side, the newer one for both.
    """
    passages = _side(row, side)
    inner = ""
    if side != "both":
        label = said(_VERSION) % {"number": version.number} if version.number else version.name
        inner = f'<span class="syn-hidden">{escape(label)}</span>'
    if not passages:
        inner += f'<p class="syn-row__none">{escape(said(_NONE[side]))}</p>'
    else:
        inner += _words(row, side, passages, version)
    language = language_attribute(row, side)
    return mark_safe(  # noqa: S308  # every piece is escaped where it is made
        f'<div class="syn-row__side syn-row__side--{side}"{language}>{inner}</div>'
    )


@register.simple_tag
def folded_row(row: ComparedRow, version: Version) -> Safe:
    """Show an unchanged row inside a fold, as ``row.html`` does; most rows are of this kind."""
    inner = row_side(row, "both", version)
    if row.is_withheld:
        inner = format_html('<p class="syn-row__withheld">{}</p>', withheld_words(row))
    return mark_safe(  # noqa: S308  # a category, a uid, and what is escaped where it is made
        f'<div class="syn-row syn-row--{row.category}"><span id="{presentation.place_of(row)}" '
        f'class="syn-row__anchor"></span><div class="syn-row__columns">{inner}</div></div>'
    )


@register.simple_tag
def format_notes(row: ComparedRow) -> Safe:
    """Say what differs besides the words, one sentence a line."""
    sentences = presentation.format_sentences(row)
    if not sentences:
        names = (str(presentation.FORMATS.get(name, name)) for name in row.row.format)
        sentences = [", ".join(names)]
    items = format_html_join("", "<li>{}</li>", ((sentence,) for sentence in sentences))
    return format_html(
        '<ul class="syn-row__formats" role="list" aria-label="{}">{}</ul>', _("Other format"), items
    )


@register.simple_tag
def withheld_words(row: ComparedRow) -> Safe:
    """Say when and why the words of a row left."""
    withheld = {
        (passage.withheld_at, passage.withheld_ground)
        for passage in (*row.old, *row.new)
        if passage.withheld_at is not None
    }
    words = _("These words were withheld on %(date)s: %(ground)s")
    lines = (
        (words % {"date": date_format(localtime(moment), "DATE_FORMAT"), "ground": ground},)
        for moment, ground in sorted(withheld)
    )
    return format_html_join(mark_safe("<br>"), "{}", lines)


@register.simple_tag
def untranslated_note(passages: tuple[Passage, ...], version: Version) -> Safe:
    """Say that words are not in the language of the version, where they are not."""
    if all(passage.locale_id == version.locale_id for passage in passages):
        return SafeString()
    return format_html('<p class="syn-row__note">{}</p>', _("not translated yet"))


def _side(row: ComparedRow, side: str) -> tuple[Any, ...]:
    if side == "both":
        return row.new or row.old
    return row.old if side == "old" else row.new


def _words(row: ComparedRow, side: str, passages: tuple[Passage, ...], version: Version) -> str:
    """Return numbers, words and notes of one side that has passages."""
    number = presentation.joined_numbers(passages)
    shown = f'<p class="syn-row__number">{escape(number)}</p>' if number else ""
    shown += f"<p {text_attributes(row, side)}>{presentation.runs_html(row, side)}</p>"
    if side != "old":
        shown += untranslated_note(row.new, version)
        shown += format_notes(row) if row.row.format else ""
    return shown
