"""The only door to WeasyPrint: html to PDF in a process of its own, with limits and no network.

This module is also that process: it knows nothing of Django, reads what to print from its
standard input and writes the PDF to its standard output.
"""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

TIME_LIMIT = 300
"""Seconds after which a PDF is given up."""
MEMORY_LIMIT = 3 << 30
"""Bytes of memory that the process may take."""
UNAVAILABLE = 3
"""Exit status where WeasyPrint or a library that it needs is missing."""
PICTURE = "picture:"
"""Scheme of the pictures that were handed over; no other address is ever opened."""


class PdfUnavailable(RuntimeError):  # noqa: N818  # it names what is the case
    """WeasyPrint or a library that it needs is not installed."""


class PdfFailed(RuntimeError):  # noqa: N818  # see above
    """No PDF came out: it took too long, too much memory, or something broke."""


def render(
    html: str, *, css: str, identifier: str, pictures: Mapping[str, bytes] | None = None
) -> bytes:
    """Return html as a tagged PDF.

    Args:
        html: A whole document; pictures have addresses such as ``picture:12``.
        css: Its style sheet.
        identifier: Names the content; the same content gives the same file.
        pictures: The pictures by the part of their address after the scheme.

    Raises:
        PdfUnavailable: WeasyPrint or a library that it needs is missing.
        PdfFailed: It took too long or broke.
    """
    encoded = {key: base64.b64encode(data).decode() for key, data in (pictures or {}).items()}
    job = {"html": html, "css": css, "identifier": identifier, "pictures": encoded}
    try:
        done = subprocess.run(  # noqa: S603  # this file by this interpreter
            [sys.executable, "-P", __file__],
            input=json.dumps(job).encode(),
            capture_output=True,
            timeout=TIME_LIMIT,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise PdfFailed(f"still at work after {TIME_LIMIT} seconds") from error
    if done.returncode == UNAVAILABLE:
        raise PdfUnavailable(done.stderr.decode(errors="replace")[-500:])
    if done.returncode or not done.stdout.startswith(b"%PDF"):
        raise PdfFailed(done.stderr.decode(errors="replace")[-500:])
    return done.stdout


def main() -> int:
    """Read a job, print it, and tell by the exit status what went wrong."""
    _limit()
    job = json.load(sys.stdin)
    try:
        import weasyprint  # noqa: PLC0415  # only where a PDF is made
    except (ImportError, OSError) as error:
        sys.stderr.write(str(error))
        return UNAVAILABLE
    pictures = {key: base64.b64decode(data) for key, data in job["pictures"].items()}

    class OnlyPictures(weasyprint.urls.URLFetcher):  # type: ignore[misc]  # ships no types
        """Opens the pictures that were handed over and nothing else."""

        def fetch(self, url: str, headers: Any = None) -> Any:  # noqa: ANN401  # foreign types
            """Return one of the pictures.

            Raises:
                ValueError: Anything else is asked for.
            """
            if not url.startswith(PICTURE) or (data := pictures.get(url[len(PICTURE) :])) is None:
                message = f"refused: {url[:200]}"
                raise ValueError(message)
            return weasyprint.urls.URLFetcherResponse(url, body=data)

    fetcher = OnlyPictures()
    document = weasyprint.HTML(string=job["html"], url_fetcher=fetcher, base_url=PICTURE)
    sheet = weasyprint.CSS(string=job["css"], url_fetcher=fetcher, base_url=PICTURE)
    result = document.write_pdf(
        stylesheets=[sheet],
        pdf_variant="pdf/ua-1",
        pdf_identifier=job["identifier"].encode(),
    )
    sys.stdout.buffer.write(result)
    return 0


def _limit() -> None:
    """Bound time and memory, where the system can."""
    try:
        import resource  # noqa: PLC0415  # not on every system
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    resource.setrlimit(resource.RLIMIT_CPU, (TIME_LIMIT, TIME_LIMIT + 5))


if __name__ == "__main__":
    sys.exit(main())
