"""A journal as its owner reads it: figures, what visitors didn't get, and drafts of what to add."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from askme.journal.gaps import Gap, find_gaps
from askme.journal.records import Record
from askme.journal.statistics import Insights, measure, table
from askme.journal.suggested_edits import advice, draft
from askme.types import Knowledge, Localized

MOST_CITED = 3
"""Bullets named beside an answer that was disliked."""


@dataclass(frozen=True)
class Report:
    """What there is to tell; `advice` has a sentence for each gap, `disliked` the records with a thumb down."""

    name: Localized
    insights: Insights
    gaps: tuple[Gap, ...]
    advice: tuple[str, ...]
    patch: str
    disliked: tuple[Record, ...]


def report_of(records: Sequence[Record], knowledge: Knowledge, folder: Path) -> Report:
    """Return the report on `records`; `folder` is where `knowledge` was read from. Takes a second or two."""
    gaps = find_gaps(records, knowledge)
    return Report(
        name=knowledge.profile.name,
        insights=measure(records, knowledge),
        gaps=gaps,
        advice=tuple(advice(gap, knowledge) for gap in gaps),
        patch=draft(gaps, knowledge, folder),
        disliked=tuple(record for record in records if record.thumb == "down"),
    )


def as_text(report: Report) -> str:
    """Return the report for a terminal; the patch is the last part of it."""
    lines = [table(report.insights)]
    if report.disliked:
        lines += ["", "disliked"] + [f"       {_disliked(record)}" for record in report.disliked]
    if report.patch:
        lines += ["", "what visitors didn't get", "", report.patch.rstrip("\n")]
    return "\n".join(lines)


def _disliked(record: Record) -> str:
    """Return a question with what its answer cited, and what the visitor said of it."""
    cited = ", ".join(record.cites[:MOST_CITED]) + (", …" if len(record.cites) > MOST_CITED else "")
    return record.question + (f" [{cited}]" if cited else "") + (f": {record.comment}" if record.comment else "")
