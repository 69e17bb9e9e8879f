"""Plots as inline SVG: as wide as the page, in the colours of its style sheet, with nothing from outside.

Positions across are percentages, heights are pixels, so text keeps its size on any screen. Each plot has a title for
those who can't see it; each mark one for who points at it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

HEIGHT, FOOT, HEAD = 180.0, 22.0, 8.0
"""Pixels: of the plot, of its labels below, and free above the highest mark."""
LEFT = 6.0
"""Percent kept for the labels of the scale."""
MOST_LABELS = 8


def columns(title: str, labels: Sequence[str], series: Sequence[tuple[str, Sequence[int]]]) -> str:
    """Return stacked columns, one for each label; `series` are named and stand on each other, the first at the foot."""
    totals = [sum(values[i] for _, values in series) for i in range(len(labels))]
    top = nice(max(totals, default=0))
    marks = [mark for i, label in enumerate(labels) for mark in _column(i, label, len(labels), top, series)]
    return _svg(title, [*_scale(top), *marks, *_below(labels)], HEIGHT + FOOT)


def _column(i: int, label: str, count: int, top: int, series: Sequence[tuple[str, Sequence[int]]]) -> list[str]:
    step = (100 - LEFT) / count
    x, width, y, marks = LEFT + i * step + step * 0.12, step * 0.76, HEIGHT, list[str]()
    for number, (name, values) in enumerate(series):
        if values[i]:
            height = (HEIGHT - HEAD) * values[i] / top
            y -= height
            told = escape(f"{label}: {values[i]} {name}".rstrip())
            size = f'x="{x:.2f}%" y="{y:.1f}" width="{width:.2f}%" height="{height:.1f}"'
            marks.append(f'<rect class="s{number}" {size}><title>{told}</title></rect>')
    return marks


def _scale(top: int) -> list[str]:
    """Return lines with their values at nothing, half and the whole."""
    lines = []
    for value in sorted({0, top // 2, top}):
        y = HEIGHT - (HEIGHT - HEAD) * value / top
        lines.append(f'<line class="grid" x1="{LEFT}%" x2="100%" y1="{y:.1f}" y2="{y:.1f}"/>')
        lines.append(f'<text class="tick" x="{LEFT - 1}%" y="{y + 4:.1f}" text-anchor="end">{value}</text>')
    return lines


def _below(labels: Sequence[str]) -> list[str]:
    """Return as many of the labels as fit, at equal distances."""
    step, every = (100 - LEFT) / max(1, len(labels)), math.ceil(len(labels) / MOST_LABELS) or 1
    return [
        f'<text class="tick" x="{LEFT + (i + 0.5) * step:.2f}%" y="{HEIGHT + 17:.0f}" text-anchor="middle">'
        f"{escape(label)}</text>"
        for i, label in enumerate(labels)
        if i % every == 0
    ]


def shares(title: str, parts: Sequence[tuple[str, int]]) -> str:
    """Return one bar across, cut into the shares of its parts."""
    whole, x, marks = sum(count for _, count in parts) or 1, 0.0, list[str]()
    for number, (name, count) in enumerate(parts):
        width = 100 * count / whole
        if count:
            told = escape(f"{name}: {count}, {width:.1f}%")
            size = f'x="{x:.2f}%" y="0" width="{width:.2f}%" height="26"'
            marks.append(f'<rect class="s{number}" {size}><title>{told}</title></rect>')
        x += width
    return _svg(title, marks, 26)


def bar(count: int, most: int) -> str:
    """Return a bar for a row of a table, which says the same in figures."""
    width = 100 * count / most if most else 0
    mark = f'<rect class="s0" width="{width:.1f}%" height="10" rx="2"/>'
    return f'<svg class="bar" aria-hidden="true" width="100%" height="10">{mark}</svg>'


def _svg(title: str, marks: Sequence[str], height: float) -> str:
    head = f'<svg role="img" width="100%" height="{height:.0f}" aria-label="{escape(title)}">'
    return "".join([head, *marks, "</svg>"])


def nice(value: int) -> int:
    """Return a round even number that isn't smaller: 2, 4, 6, 8, 10, 20, 30, 40, 60, 80, 100, 200, 300 …."""
    power = 1
    while True:
        for step in (2, 3, 4, 6, 8, 10):
            if step * power >= value and step * power % 2 == 0:
                return step * power
        power *= 10
