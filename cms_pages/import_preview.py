"""What a file would make of a draft, in words and as plain data for its template."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, ngettext_lazy

from cms_pages.models import StrategyDraftPage
from cms_pages.services.notes import moment_of
from versioning.core.reading.remarks import KINDS
from versioning.models import Version
from versioning.presentation.lineage import Presenter
from versioning.presentation.questions import questions_about
from versioning.presentation.words import CATEGORIES
from versioning.reading import shown_groups
from versioning.revision_comparison import RevisionComparison
from versioning.services.freezing import draft_passages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest

    from cms_pages.core.drafting import DraftBlock
    from cms_pages.core.recognizing import KnownBlock
    from cms_pages.services.uploads import Preview
    from versioning.draft_lineage import DraftLineage

FIRST_WORDS = 12
REMARKS = {
    "changes_accepted": ngettext_lazy(
        "%(number)d tracked change counts as accepted.",
        "%(number)d tracked changes count as accepted.",
        "number",
    ),
    "changes_refused": ngettext_lazy(
        "%(number)d tracked change counts as refused.",
        "%(number)d tracked changes count as refused.",
        "number",
    ),
    "footnotes": ngettext_lazy(
        "%(number)d footnote stands behind its chapter, with its number.",
        "%(number)d footnotes stand behind their chapters, with their numbers.",
        "number",
    ),
    "text_boxes": ngettext_lazy(
        "%(number)d text box: its words stand behind the paragraph at which it hangs.",
        "%(number)d text boxes: their words stand behind the paragraphs at which they hang.",
        "number",
    ),
    "headers": ngettext_lazy(
        "%(number)d header or footer is left out.",
        "%(number)d headers and footers are left out.",
        "number",
    ),
    "contents": ngettext_lazy(
        "%(number)d line of a table of contents is left out: Synopse makes its own.",
        "%(number)d lines of tables of contents are left out: Synopse makes its own.",
        "number",
    ),
    "objects": ngettext_lazy(
        "%(number)d chart or embedded object cannot be taken over. Put it in as an image.",
        "%(number)d charts or embedded objects cannot be taken over. Put them in as images.",
        "number",
    ),
    "images_of_foreign_formats": ngettext_lazy(
        "%(number)d image has a format or size that cannot be shown: only its words are "
        "taken. Use PNG or JPEG.",
        "%(number)d images have a format or size that cannot be shown: only their words "
        "are taken. Use PNG or JPEG.",
        "number",
    ),
    "images_elsewhere": ngettext_lazy(
        "%(number)d image is not in the file: only its words are taken.",
        "%(number)d images are not in the file: only their words are taken.",
        "number",
    ),
    "images_undescribed": ngettext_lazy(
        "%(number)d image has no description: its name stands for it. Describe it in the "
        "editor for people who cannot see it.",
        "%(number)d images have no description: their names stand for them. Describe them "
        "in the editor for people who cannot see them.",
        "number",
    ),
    "images_too_many": ngettext_lazy(
        "%(number)d image is too many for one file: only its words are taken.",
        "%(number)d images are too many for one file: only their words are taken.",
        "number",
    ),
}
"""Words for each kind of remark of the readers."""


def context_of(preview: Preview, request: HttpRequest) -> dict[str, Any]:
    """Return what the page of a preview shows."""
    context = {
        "upload": preview.upload,
        "state": preview.state,
        "remarks": list(remarks_of(preview)),
        "comments": [
            {"comment": comment, "written": moment_of(comment.written)}
            for comment in preview.document.comments
        ],
        "sections": len(preview.plan.blocks),
    }
    if preview.current is None:
        return {**context, **_new_text(preview, request)}
    return {**context, **_changes(preview), **_lineage(preview.lineage)}


def remarks_of(preview: Preview) -> Iterator[str]:
    """Yield what of the file is not taken as it is, a sentence each."""
    remarks = Counter(preview.document.remarks)
    remarks["images_of_foreign_formats"] += preview.refused_images
    for kind in KINDS:
        if number := remarks[kind]:
            yield REMARKS[kind] % {"number": number}
    if preview.document.images and not preview.may_add_images:
        yield _(
            "You may not add images: of those that are new to the site, only the words are taken."
        )


def _new_text(preview: Preview, request: HttpRequest) -> dict[str, Any]:
    page = preview.plan.page
    version = Version(title=page.title, locale_id=page.locale_id)
    return {"version": version, "groups": shown_groups(draft_passages(page), request)}


def _changes(preview: Preview) -> dict[str, Any]:
    field = StrategyDraftPage.body.field
    comparison = RevisionComparison(field, preview.current, preview.plan.page)
    is_other = comparison.has_other_text()
    known = {block.key for block in preview.plan.known}
    held = set(preview.plan.keys)
    pairs = list(zip(preview.plan.blocks, preview.plan.keys, strict=True))
    return {
        "numbers": comparison.counts(),
        "is_same": not is_other,
        "rows_html": comparison.htmldiff() if is_other else "",
        "section_lists": _section_lists(
            kept=[_name(block) for block, key in pairs if key in known],
            new=[_name(block) for block, key in pairs if key not in known],
            gone=[_name(block) for block in preview.plan.known if block.key not in held],
        ),
    }


def _section_lists(
    *, kept: list[str], new: list[str], gone: list[str]
) -> list[tuple[str, list[str]]]:
    """Return a label for each list of sections that holds any."""
    labels = (
        ngettext("%(n)d section goes on", "%(n)d sections go on", len(kept)) % {"n": len(kept)},
        ngettext("%(n)d section is new", "%(n)d sections are new", len(new)) % {"n": len(new)},
        ngettext("%(n)d section goes", "%(n)d sections go", len(gone)) % {"n": len(gone)},
    )
    return [pair for pair in zip(labels, (kept, new, gone), strict=True) if pair[1]]


def _lineage(lineage: DraftLineage | None) -> dict[str, Any]:
    if lineage is None:
        return {"questions": []}
    presenter = Presenter(lineage)
    counts = Counter(presenter.category(row) for row in lineage.rows)
    return {
        "newest": lineage.version,
        "version_numbers": [(w, counts[name]) for name, w in CATEGORIES.items() if counts[name]],
        "doubts": len(lineage.doubts),
        "questions": questions_about(lineage),
    }


def _name(block: DraftBlock | KnownBlock) -> str:
    return Truncator(block.heading or block.text or _("(without words)")).words(
        FIRST_WORDS, truncate=" …"
    )
