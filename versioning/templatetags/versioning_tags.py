"""Tags and filters that show versions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template
from django.urls import reverse

from versioning import doors, presentation
from versioning.bodies import body_of
from versioning.models import Signature, Submission
from versioning.services.waiving import waivers_of

if TYPE_CHECKING:
    from django.template import Context
    from django.utils.safestring import SafeString
    from wagtail.models import Page

    from versioning.comparisons import ComparedRow
    from versioning.doors import PageLink
    from versioning.models import Passage, Version

register = template.Library()


@register.simple_tag
def passage_body(passage: Passage) -> SafeString:
    """Show the words of a passage with its marks; internal links lead where they should.

    Call ``versioning.bodies.prepare_bodies`` before for many passages: it needs a constant number
    of queries.
    """
    return body_of(passage)


@register.simple_tag
def comparison_runs(row: ComparedRow, side: str) -> SafeString:
    """Show the runs of a row: "old", "new" or "both"."""
    return presentation.runs_html(row, side)


@register.filter
def joined_text(passages: tuple[Passage, ...]) -> str:
    """Return the text of passages, one a line."""
    return "\n".join(passage.text for passage in passages)


register.filter(presentation.joined_numbers)
register.filter(presentation.category_name)


@register.simple_tag
def version_url(page: Any, number: int) -> str:  # noqa: ANN401  # any page model
    """Return the address of a version below the page that is shown, which may be an alias."""
    return reverse("versioning:version", args=[page.pk, number])


@register.simple_tag
def origin_url(page: Any, number: int) -> str:  # noqa: ANN401  # see version_url
    """Return the address of the page that tells where the words of a version come from."""
    return reverse("versioning:origin", args=[page.pk, number])


@register.simple_tag
def comparison_url(page: Any, old: int, new: int) -> str:  # noqa: ANN401  # see version_url
    """Return the address of a comparison below the page that is shown."""
    return reverse("versioning:comparison", args=[page.pk, old, new])


@register.simple_tag(takes_context=True)
def pageurl_or_home(context: Context, page: Page) -> str:
    """Return the address of a page on this host."""
    return page.get_url(context.get("request")) or "/"


@register.filter
def element(passage: Passage) -> str:
    """Return the html element that holds the words of a passage."""
    if passage.kind == "heading":
        return f"h{min(max(passage.level, 1) + 1, 6)}"
    return {"quote": "blockquote", "paragraph": "p", "measure": "p"}.get(passage.kind, "div")


@register.filter
def language_unless(passage: Passage, language: str) -> str:
    """Return the language of a passage's words, empty where the page speaks it."""
    own = passage.locale.language_code
    return "" if own == language else own


@register.filter
def person_name(user: Any) -> str:  # noqa: ANN401  # any user model
    """Return the name of somebody with an account, else that of the account."""
    return str(user.get_full_name() or user.get_username())


@register.filter
def format_names(stored: str) -> str:
    """Say what differs besides the words, from what a change keeps of it."""
    names = [name for name in stored.split(", ") if name]
    return ", ".join(str(presentation.FORMATS.get(name, name)) for name in names)


@register.inclusion_tag("versioning/includes/submission_notice.html")
def submission_notice(version: Version) -> dict[str, Any]:
    """Say that a version was handed over, and when; nothing where it was not."""
    submission = Submission.objects.filter(version=version).first()
    return {"submission": submission, "version": version}


@register.inclusion_tag("versioning/includes/waivers.html")
def what_stayed_open(version: Version) -> dict[str, Any]:
    """Tell what was missing when a version was handed over, with the public reasons."""
    return {"waivers": list(waivers_of(version)), "language": version.locale.language_code}


@register.inclusion_tag("versioning/includes/signatures.html")
def submission_signatures(submission: Submission) -> dict[str, Any]:
    """List what departments said about a version before it was handed over, and when."""
    return {"signatures": Signature.objects.that_count().filter(version=submission.version_id)}


@register.simple_tag
def page_links(page: Page) -> list[PageLink]:
    """Return what other apps have to show about a text."""
    return doors.links_of(page)


@register.filter
def window_words(version: Version, rank: str = "newest") -> str:
    """Say when a version takes annotations; ``rank`` is "newest" or "older"."""
    return presentation.window_sentence(version, is_newest=rank == "newest")
