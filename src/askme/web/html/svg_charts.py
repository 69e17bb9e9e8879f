"""Plots as inline SVG: as wide as the page, in the colours of its style sheet, with nothing from outside.

Positions across are percentages, heights are pixels, so text keeps its size on any screen. Each plot has a title for
those who can't see it; each mark one for who points at it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from askme.web.html.templating import part

HEIGHT, FOOT, HEAD = 180.0, 22.0, 8.0
"""Pixels: of the plot, of its labels below, and free above the highest mark."""
LEFT = 6.0
"""Percent kept for the labels of the scale."""
MOST_LABELS = 8


@dataclass(frozen=True)
class Bar:
    """A part of a column or of a whole; `number` is that of its series, which gives it a colour."""

    number: int
    x: str
    y: str
    width: str
    height: str
    told: str


@dataclass(frozen=True)
class Line:
    """A line across at a value of the scale."""

    y: str
    label_y: str
    value: int


@dataclass(frozen=True)
class Label:
    """What stands below a column."""

    x: str
    y: str
    text: str


def columns(title: str, labels: Sequence[str], series: Sequence[tuple[str, Sequence[int]]]) -> Markup:
    """Return stacked columns, one for each label; `series` are named and stand on each other, the first at the foot."""
    totals = [sum(values[i] for _, values in series) for i in range(len(labels))]
    top = nice(max(totals, default=0))
    bars = [bar for i, label in enumerate(labels) for bar in _column(i, label, len(labels), top, series)]
    return _plot(title, HEIGHT + FOOT, bars, _scale(top), _below(labels))


def shares(title: str, parts: Sequence[tuple[str, int]]) -> Markup:
    """Return one bar across, cut into the shares of its parts."""
    whole, x, bars = sum(count for _, count in parts) or 1, 0.0, list[Bar]()
    for number, (name, count) in enumerate(parts):
        width = 100 * count / whole
        if count:
            bars.append(Bar(number, f"{x:.2f}", "0", f"{width:.2f}", "26", f"{name}: {count}, {width:.1f}%"))
        x += width
    return _plot(title, 26, bars)


def _plot(
    title: str, height: float, bars: Sequence[Bar], scale: Sequence[Line] = (), labels: Sequence[Label] = ()
) -> Markup:
    return part("plot.html", title=title, height=f"{height:.0f}", left=LEFT, scale=scale, bars=bars, labels=labels)


def _column(i: int, label: str, count: int, top: int, series: Sequence[tuple[str, Sequence[int]]]) -> Iterator[Bar]:
    step = (100 - LEFT) / count
    x, width, y = f"{LEFT + i * step + step * 0.12:.2f}", f"{step * 0.76:.2f}", HEIGHT
    for number, (name, values) in enumerate(series):
        if values[i]:
            height = (HEIGHT - HEAD) * values[i] / top
            y -= height
            yield Bar(number, x, f"{y:.1f}", width, f"{height:.1f}", f"{label}: {values[i]} {name}".rstrip())


def _scale(top: int) -> list[Line]:
    """Return lines with their values at nothing, half and the whole."""
    heights = {value: HEIGHT - (HEIGHT - HEAD) * value / top for value in sorted({0, top // 2, top})}
    return [Line(f"{y:.1f}", f"{y + 4:.1f}", value) for value, y in heights.items()]


def _below(labels: Sequence[str]) -> list[Label]:
    """Return as many of the labels as fit, at equal distances."""
    step, every = (100 - LEFT) / max(1, len(labels)), math.ceil(len(labels) / MOST_LABELS) or 1
    shown = range(0, len(labels), every)
    return [Label(f"{LEFT + (i + 0.5) * step:.2f}", f"{HEIGHT + 17:.0f}", labels[i]) for i in shown]


def nice(value: int) -> int:
    """Return a round even number that isn't smaller: 2, 4, 6, 8, 10, 20, 30, 40, 60, 80, 100, 200, 300 …."""
    power = 1
    while True:
        for step in (2, 3, 4, 6, 8, 10):
            if step * power >= value and step * power % 2 == 0:
                return step * power
        power *= 10
