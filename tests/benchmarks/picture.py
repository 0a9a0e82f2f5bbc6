"""A bar chart as an accessible SVG that reads well on light and on dark ground."""

from __future__ import annotations

from html import escape
from typing import NamedTuple

WIDTH, LABEL, BAR, GAP, HEAD = 760, 170, 22, 10, 46
_STYLE = """
text { font: 14px system-ui, sans-serif; fill: #1b1b1b; }
.head { font-weight: 600; }
.bar { fill: #6b7280; } .ours { fill: #0b57d0; }
@media (prefers-color-scheme: dark) {
  text { fill: #f2f2f2; } .bar { fill: #9aa3af; } .ours { fill: #7cacf8; }
}
"""


class Chart(NamedTuple):
    """A row of bars.

    Attributes:
        title: What the bars say, with the unit.
        bars: Name, length and the figure shown behind each bar; the first is ours.
    """

    title: str
    bars: list[tuple[str, float, str]]


def drawn(title: str, charts: list[Chart]) -> str:
    """Draw charts below each other; the description says in words what they show."""
    body: list[str] = []
    top = 0
    for chart in charts:
        body.append(f'<text class="head" x="0" y="{top + 28}">{escape(chart.title)}</text>')
        top += HEAD
        longest = max((length for _, length, _ in chart.bars), default=0) or 1
        for name, length, figure in chart.bars:
            width = max(2, round((WIDTH - LABEL - 90) * length / longest))
            kind = "ours" if name == chart.bars[0][0] else "bar"
            middle = top + BAR - 6
            body += [
                f'<text x="{LABEL - 10}" y="{middle}" text-anchor="end">{escape(name)}</text>',
                f'<rect class="{kind}" x="{LABEL}" y="{top}" width="{width}" height="{BAR}"/>',
                f'<text x="{LABEL + width + 8}" y="{middle}">{escape(figure)}</text>',
            ]
            top += BAR + GAP
        top += GAP
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {top}" role="img" '
        f'aria-labelledby="title desc">\n<title id="title">{escape(title)}</title>\n'
        f'<desc id="desc">{escape(_described(charts))}</desc>\n<style>{_STYLE}</style>\n'
        + "\n".join(body)
        + "\n</svg>\n"
    )


def _described(charts: list[Chart]) -> str:
    return " ".join(
        f"{chart.title}: {', '.join(f'{name} {figure}' for name, _, figure in chart.bars)}."
        for chart in charts
    )
