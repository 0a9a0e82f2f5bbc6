"""Tags and filters that show versions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template
from django.urls import reverse

from versioning import presentation
from versioning.bodies import body_of
from versioning.models import Submission

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

    from versioning.comparisons import ComparedRow
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
def anchored(row: ComparedRow) -> str:
    """Return the id of a changed row."""
    return presentation.anchor(row)


@register.filter
def joined_text(passages: tuple[Passage, ...]) -> str:
    """Return the text of passages, one a line."""
    return "\n".join(passage.text for passage in passages)


@register.filter
def joined_numbers(passages: tuple[Passage, ...]) -> str:
    """Return the numbers of passages for citing."""
    return ", ".join(passage.number for passage in passages if passage.number)


register.filter(presentation.category_name)


@register.simple_tag
def version_url(page: Any, number: int) -> str:  # noqa: ANN401  # any page model
    """Return the address of a version below the page that is shown, which may be an alias."""
    return reverse("versioning:version", args=[page.pk, number])


@register.inclusion_tag("versioning/includes/submission_notice.html")
def submission_notice(version: Version) -> dict[str, Any]:
    """Say that a version was handed over, and when; nothing where it was not."""
    submission = Submission.objects.filter(version=version).first()
    return {"submission": submission, "version": version}
