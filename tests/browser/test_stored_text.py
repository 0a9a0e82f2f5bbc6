"""Law 9 in a real browser: what it shows is what was stored."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, given, settings

from tests.hostile import any_html
from versioning.core.cutting import cut_html
from versioning.core.normalizing import normal_form

EXAMPLES = 1_000

DIFFERING = """cases => cases.filter(([tag, html, text]) => {
  const body = document.createElement(tag);
  body.innerHTML = html;
  const open = tag === "tr" ? "<table><tbody><tr>" : "<div>";
  const whole = new DOMParser().parseFromString(open + html, "text/html");
  return body.textContent !== text || whole.querySelector(tag).textContent !== text;
})"""


def hostile_html() -> list[str]:
    """Return the same generated html on every run."""
    found: list[str] = []

    @settings(
        max_examples=EXAMPLES,
        phases=[Phase.generate],
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(any_html)
    def collect(html: str) -> None:
        found.append(html)

    collect()
    return found


def test_the_browser_shows_exactly_what_is_stored(page):
    sources = hostile_html()
    cases = [("div", *normal_form(html)) for html in sources]
    triples = zip(sources[::3], sources[1::3], sources[2::3], strict=False)
    for cells in triples:
        inner = "".join(f"<td>{normal_form(html)[0]}</td>" for html in cells)
        cases.extend(("tr", row.html, row.text) for row in cut_html(f"<table><tr>{inner}"))
    assert len({text for _tag, _html, text in cases}) > EXAMPLES // 2
    assert page.evaluate(DIFFERING, cases) == []
