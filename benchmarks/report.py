"""Figures → plain-text tables: what was measured, what it stands beside, what it should be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.measure import Took, percentile, walls

_PER_UNIT = {"µs": 1e6, "ms": 1000.0, "s": 1.0}
_DIGITS = {"ms": 1, "s": 2, "x": 1, "%": 2}


@dataclass(frozen=True)
class Row:
    """One figure: times in seconds whatever `unit` they are shown in, memory in MB, "" for what is counted.

    `baseline` is the same figure of the bare library, measured in the same run. The aim is an upper bound: of the
    figure (`aim`, in `unit`) or of figure ÷ baseline (`aim_ratio`); or an exact count (`exactly`).
    """

    what: str
    value: float | None
    unit: str
    baseline: float | None = None
    aim: float | None = None
    aim_ratio: float | None = None
    exactly: int | None = None
    cpu: float | None = None
    spread: tuple[float, float] | None = None

    @property
    def ratio(self) -> float | None:
        """Figure ÷ baseline."""
        return self.value / self.baseline if self.value is not None and self.baseline else None

    @property
    def met(self) -> bool | None:
        """Whether the aim is met; None without an aim, or where the figure can't be had on this machine."""
        if self.value is None:
            return None
        if self.exactly is not None:
            return self.value == self.exactly
        if self.aim_ratio is not None:
            return self.ratio is not None and self.ratio <= self.aim_ratio
        return None if self.aim is None else self.value * _PER_UNIT.get(self.unit, 1.0) <= self.aim

    def cells(self) -> list[str]:
        """Return the row as texts, in the order of `Table.HEADER`."""
        return [
            self.what,
            "n/a" if self.value is None else shown(self.value, self.unit),
            self._aim_text(),
            {True: "met", False: "MISSED", None: ""}[self.met],
            "" if self.cpu is None else shown(self.cpu, self.unit),
            "" if self.baseline is None else shown(self.baseline, self.unit),
            "" if self.ratio is None else f"{self.ratio:.2f}",
            "" if self.spread is None else " – ".join(shown(end, self.unit) for end in self.spread),
        ]

    def _aim_text(self) -> str:
        if self.exactly is not None:
            return f"= {self.exactly}"
        if self.aim_ratio is not None:
            return f"ratio <= {self.aim_ratio:g}"
        return "" if self.aim is None else f"<= {self.aim:g} {self.unit}".rstrip()


@dataclass(frozen=True)
class Aim:
    """An upper bound of a row: of the figure, in the row's unit, or of its ratio to the baseline."""

    figure: float | None = None
    ratio: float | None = None


@dataclass(frozen=True)
class Beside:
    """Makes rows of times in one unit, beside those of a baseline."""

    unit: str
    bare: Sequence[Took] = ()

    def row(self, what: str, samples: Sequence[Took], share: float, aim: Aim | None = None) -> Row:
        """Return the row of a percentile (0 to 1) of some times, beside the same of the baseline."""
        if not samples:
            return Row(what, None, self.unit)
        aim = aim or Aim()
        return Row(
            what,
            percentile(walls(samples), share),
            self.unit,
            percentile(walls(self.bare), share) if self.bare else None,
            aim.figure,
            aim.ratio,
            cpu=percentile((took.cpu for took in samples), share),
            spread=(min(walls(samples)), max(walls(samples))),
        )


@dataclass(frozen=True)
class Table:
    """The figures of one subject; `grid` is a table of its own above them, its header first.

    `examples` show what is behind them; they are printed where they are asked for.
    """

    title: str
    rows: Sequence[Row]
    notes: Sequence[str] = ()
    grid: Sequence[Sequence[str]] = ()
    examples: Sequence[str] = ()

    HEADER = ("", "figure", "aim", "", "CPU", "baseline", "ratio", "range")

    def text(self) -> str:
        """Return the table as it is printed."""
        lines = [self.title, "=" * len(self.title)]
        if self.grid:
            lines += [*aligned(self.grid), ""]
        return "\n".join([*lines, *aligned([self.HEADER, *(row.cells() for row in self.rows)]), *self.notes])

    def missed(self) -> list[str]:
        """Return what missed its aim."""
        return [row.what for row in self.rows if row.met is False]


def aligned(cells: Sequence[Sequence[str]]) -> list[str]:
    """Return rows of texts as lines, a rule below the header; the first column stands left, the others right.

    Columns that are empty but for their header are left out.
    """
    columns = [column for column in zip(*cells, strict=True) if any(column[1:])]
    widths = [max(map(len, column)) for column in columns]
    rule = ["-" * width for width in widths]
    header, *rest = zip(*columns, strict=True)
    return [
        "  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]).rstrip()
        for row in (header, rule, *rest)
    ]


def shown(value: float, unit: str) -> str:
    """Return a figure with its unit, e.g. "4.1 ms"."""
    return f"{value * _PER_UNIT.get(unit, 1.0):,.{_DIGITS.get(unit, 0)}f} {unit}".rstrip()
