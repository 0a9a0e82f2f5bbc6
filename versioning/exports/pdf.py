"""Versions and comparisons as tagged PDF: the only door to WeasyPrint."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Any

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from versioning.exports import printed, sources
from versioning.exports.resources import STYLES, Resources, static_address
from versioning.exports.wordml import writable

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import ModuleType

    from versioning.comparisons import Comparison
    from versioning.exports.sources import Publisher
    from versioning.models import Version

VARIANT = "pdf/ua-1"
"""PDF for everybody: tagged, with title and language (ISO 14289-1)."""
ARCHIVAL = "pdf/a-3a"
"""PDF for archives: tagged, nothing outside of the file needed to show it (ISO 19005-3, 3a)."""

_WORDS = re.compile(r"(?<![^\s>])[^\s<>]{400,}(?=[\s<])")
"""Words longer than four lines, outside of tags."""
_STRETCH = re.compile(r"(?:&[^;\s&]{1,10};|[^&]){80}")

logger = logging.getLogger(__name__)
for noisy in ("fontTools", "weasyprint"):
    # Of what people wrote, such as links to places that are gone, WeasyPrint makes errors.
    logging.getLogger(noisy).setLevel(logging.CRITICAL)


class NoRenderer(Exception):  # noqa: N818  # named like what is missing
    """WeasyPrint or the library Pango, which it draws text with, is not installed here."""


def require_renderer() -> ModuleType:
    """Return WeasyPrint.

    Raises:
        NoRenderer: It cannot be loaded; the message says what to install.
    """
    try:
        import weasyprint  # noqa: PLC0415  # loads system libraries, which may be missing
    except (ImportError, OSError) as error:
        raise NoRenderer(
            _(
                "PDF files cannot be made on this server: the system library Pango or the Python "
                "package WeasyPrint is missing. On Debian and Ubuntu the packages libpango-1.0-0 "
                "and libpangoft2-1.0-0 help."
            )
        ) from error
    return weasyprint


def is_available() -> bool:
    """Tell whether PDF files can be made here."""
    try:
        require_renderer()
    except NoRenderer:
        return False
    return True


def version_pdf(version: Version, *, variant: str = VARIANT) -> bytes:
    """Return one published version as PDF, with numbers for citing and bookmarks.

    Args:
        version: A version.
        variant: ``VARIANT`` or ``ARCHIVAL``.

    Raises:
        NoRenderer: WeasyPrint cannot be loaded.
    """
    text = printed.PrintedVersion(version)
    publisher = sources.publisher_of(version)
    context = {
        "document_title": f"{version.title}: {version.name}",
        "version": version,
        "text": text,
        "url": sources.version_url(version, publisher),
    }
    resources = Resources(text.passages)
    return _made("version", context, version, publisher, resources, variant)


def comparison_pdf(comparison: Comparison, *, variant: str = VARIANT) -> bytes:
    """Return a comparison as PDF: one running text, unchanged stretches folded, with reasons.

    Args:
        comparison: A whole comparison.
        variant: ``VARIANT`` or ``ARCHIVAL``.

    Raises:
        NoRenderer: WeasyPrint cannot be loaded.
    """
    old, new = comparison.old, comparison.new
    publisher = sources.publisher_of(new)
    context = {
        "document_title": f"{new.title}: {old.name} – {new.name}",
        "comparison": comparison,
        "shown": printed.PrintedComparison(comparison),
        "pair": [(version, sources.version_url(version, publisher)) for version in (old, new)],
        "url": sources.comparison_url(comparison, publisher),
    }
    return _made("comparison", context, new, publisher, Resources(), variant)


def parts_pdf(
    version: Version,
    url: str,
    parts: Iterable[tuple[str, dict[str, Any]]],
    *,
    variant: str = VARIANT,
) -> bytes:
    """Return a long document as PDF that is laid out part by part, so that it takes no more memory.

    Each part begins on a page of its own, and pages are counted through. The first one names the
    document.

    Args:
        version: The version it is about.
        url: Its lasting address.
        parts: Name of a template below ``versioning/exports`` or of an app above, and what it
            shows; at least one. A template extends ``versioning/exports/base.html``.
        variant: ``VARIANT`` or ``ARCHIVAL``.

    Raises:
        NoRenderer: WeasyPrint cannot be loaded.
    """
    renderer, publisher = require_renderer(), sources.publisher_of(version)
    fetcher = _fetcher(renderer, Resources())
    documents: list[Any] = []
    pages: list[Any] = []
    for template, context in parts:
        known = {**_frame(version, publisher), "url": url, "pages_before": len(pages), **context}
        html = breakable(writable(render_to_string(template, known)))
        source = renderer.HTML(string=html, base_url=publisher.base or None, url_fetcher=fetcher)
        document = source.render(pdf_variant=variant)
        documents.append(document)
        pages += document.pages
    whole = documents[0].copy(pages)
    made: bytes = whole.write_pdf(pdf_variant=variant, pdf_identifier=url.encode())
    return made


def _frame(version: Version, publisher: Publisher) -> dict[str, Any]:
    """Return what every document shows around its text."""
    return {
        "publisher": publisher,
        "language": version.locale.language_code,
        "styles": static_address(STYLES),
        "moment": version.published_at.replace(microsecond=0),
    }


def _made(  # noqa: PLR0913, PLR0917  # what a document depends on
    name: str,
    context: dict[str, Any],
    version: Version,
    publisher: Publisher,
    resources: Resources,
    variant: str,
) -> bytes:
    renderer = require_renderer()
    context |= _frame(version, publisher)
    html = breakable(writable(render_to_string(f"versioning/exports/{name}.html", context)))
    document = renderer.HTML(
        string=html, base_url=publisher.base or None, url_fetcher=_fetcher(renderer, resources)
    )
    made: bytes = document.write_pdf(
        pdf_variant=variant, pdf_identifier=str(context["url"]).encode()
    )
    return made


def breakable(html: str) -> str:
    """Let lines end within words that fill many of them; finding such places takes Pango long.

    Args:
        html: A document whose text is escaped.

    Returns:
        The same with a space of no width in such words, after every eightieth character.
    """
    return _WORDS.sub(lambda match: _STRETCH.sub("\\g<0>\u200b", match[0]), html)


def _fetcher(renderer: ModuleType, resources: Resources) -> Any:  # noqa: ANN401  # a class of WeasyPrint
    """Return what WeasyPrint fetches through: nothing but the files of the document."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse  # noqa: PLC0415  # see above

    class Fetcher(URLFetcher):
        def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
            try:
                found = resources.read(url)
            except OSError:
                logger.warning("a document may not fetch %s", url[:200])
                raise
            return URLFetcherResponse(url, found.content, {"Content-Type": found.media_type})

    return Fetcher()
