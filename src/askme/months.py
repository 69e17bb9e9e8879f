"""Months and periods: all the time a résumé knows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Month:
    """A calendar month; `number` counts months since year 0."""

    number: int

    @classmethod
    def of(cls, year: int, month: int) -> Month:
        """Return the month `month` (1 to 12) of `year`."""
        return cls(year * 12 + month - 1)

    @property
    def year(self) -> int:
        """The calendar year."""
        return self.number // 12

    @property
    def month(self) -> int:
        """The month in its year, 1 to 12."""
        return self.number % 12 + 1


@dataclass(frozen=True)
class Period:
    """From `start` to `end` (None: still going on); `by_year` when only years are known."""

    start: Month
    end: Month | None
    by_year: bool = False

    def overlaps(self, other: Period) -> bool:
        """Whether the two periods share a month."""
        ends_before = self.end is not None and self.end < other.start
        starts_after = other.end is not None and other.end < self.start
        return not (ends_before or starts_after)
