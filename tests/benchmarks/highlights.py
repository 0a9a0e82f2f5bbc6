"""Measure when the highlights of a page are ready, beside the time that the bare page takes.

``python -m tests.benchmarks.highlights`` publishes one text three times, gives the copies no, 1,000
and 10,000 annotations, and opens them in Chromium. The page is watched from outside: a highlight
is ready when it is registered and a frame has been drawn. Nothing is asserted.
"""

from __future__ import annotations

import random
import shutil
import sys
import tempfile
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from tests.benchmarks import tables, web

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from versioning.models import Version

PASSAGES, CHAPTER, SENTENCES = 300, 25, 5
VISITS = 9
SIZES = (0, 1_000, 10_000)

WATCH = """(() => {
  const seen = { begun: 0, ready: 0, drawn: 0, ranges: 0 };
  const { Highlight } = window;
  window.Highlight = class extends Highlight {
    constructor(...ranges) {
      super(...ranges);
      seen.begun ||= performance.now();
    }
  };
  const { set } = HighlightRegistry.prototype;
  HighlightRegistry.prototype.set = function (name, highlight) {
    set.call(this, name, highlight);
    if (seen.ready) return this;
    Object.assign(seen, { ready: performance.now(), ranges: highlight.size });
    requestAnimationFrame(() => setTimeout(() => (seen.drawn = performance.now())));
    return this;
  };
  window.seen = seen;
})();"""
TIMES = """() => {
  const [{ loadEventEnd }] = performance.getEntriesByType("navigation");
  return { ...seen, loaded: loadEventEnd };
}"""


@dataclass(frozen=True, slots=True)
class Visit:
    """When what was there, in milliseconds since the page was asked for.

    Attributes:
        loaded: The page with all it needs.
        begun: The first highlight was made.
        ready: It was registered with all its ranges.
        drawn: The frame after that was drawn.
        ranges: How many ranges it has.
    """

    loaded: float
    begun: float
    ready: float
    drawn: float
    ranges: int


def main() -> None:
    """Publish, serve, open, print."""
    import django

    with tempfile.TemporaryDirectory(prefix="synopse-highlights-") as folder:
        web.prepare(folder)
        django.setup()
        pages = {number: annotated(number).page.get_url() for number in SIZES}
        with web.served({}) as port:
            measured = visit(port, pages)
    sys.stdout.write(tables.as_markdown(table_of(measured)))


def annotated(number: int) -> Version:
    """Return a text of 300 passages with as many annotations, most of them on a few words."""
    from django.utils import timezone

    from annotations.services.bulk import Voice, import_voices
    from tests.factories import make_draft, publish

    chance = random.Random(number)  # the same places each time
    version = publish(make_draft(title=f"{number} Stimmen", html=_text()))
    passages = [each for each in version.passages.in_order() if each.kind == "paragraph"]
    voices = []
    for place in range(number):
        passage = chance.choice(passages)
        start = chance.randrange(len(passage.text) - 40)
        voice = Voice(
            passage=passage,
            body=f"Stimme {place}: das geht genauer.",
            name=f"Stimme {place}",
            email=f"stimme{place}@example.org",
            at=timezone.now(),
            start=start,
            end=start + chance.randrange(8, 40),
        )
        voices.append(voice)
    import_voices(version=version, page=version.page, voices=voices)
    return version


def _text() -> str:
    sentence = "Die Stadt sagt im Absatz {} zum {}. Mal, was sie tut, mit wem und bis wann."
    blocks = []
    for place in range(PASSAGES):
        if place % CHAPTER == 0:
            blocks.append(f"<h2>Kapitel {place // CHAPTER + 1}</h2>")
        words = " ".join(sentence.format(place, n + 1) for n in range(SENTENCES))
        blocks.append(f"<p>{words}</p>")
    return "".join(blocks)


def visit(port: int, pages: dict[int, str]) -> dict[int, list[Visit]]:
    """Open every page several times, in turns, after a first visit that does not count."""
    from playwright.sync_api import sync_playwright

    found: dict[int, list[Visit]] = {number: [] for number in pages}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.add_init_script(WATCH)
        for turn in range(VISITS + 1):
            for number, path in pages.items():
                seen = _open(page, f"http://127.0.0.1:{port}{path}")
                if turn:
                    found[number].append(seen)
        browser.close()
    return found


def _open(page: Page, url: str) -> Visit:
    page.goto(url)
    page.wait_for_function("seen.drawn")
    return Visit(**page.evaluate(TIMES))


def table_of(measured: dict[int, list[Visit]]) -> tables.Table:
    """Return medians, and ratios to the time in which the page without annotations loads."""
    bare = median(each.loaded for each in measured[0])
    head = ["annotations", "ranges", "highlights made, ms", "to the bare page"]
    head += ["page loaded, ms", "to the bare page", "highlights drawn, ms", "to the bare page"]
    rows = [head]
    for number, visits in measured.items():
        loaded = median(each.loaded for each in visits)
        made = median(each.ready - each.begun for each in visits)
        drawn = median(each.drawn for each in visits)
        row = [f"{number:,}", f"{visits[0].ranges:,}", f"{made:.1f}", f"{made / bare:.3f}"]
        for moment in (loaded, drawn):
            row += [f"{moment:.0f}", f"{moment / bare:.2f}"]
        rows.append(row)
    return rows


if __name__ == "__main__":
    main()
