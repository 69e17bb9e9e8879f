"""Growth: résumés of 100 to 10,000 bullets, each in a process of its own. `python -m benchmarks.growth 1000` does one."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import TypeVar

from askme.cards import make_cards
from askme.documents import documents
from askme.index import open_index
from askme.periods import this_month
from askme.retrieval import Finder
from askme.settings import load_settings
from askme.steering import Structure
from askme.types import Bilingual, Knowledge
from benchmarks import bare
from benchmarks.measure import ROOT, Took, folder, forget, isolate, peak_mb, percentile, timed, walls
from benchmarks.report import Row, Table, shown
from benchmarks.synthetic import make

SIZES = (100, 1_000, 10_000)
QUESTIONS, WARM_UP = 100, 20
CANDIDATES = load_settings().candidates
LIMIT_SECONDS = 180
SLACK = 1.1
"""Time per bullet may exceed that of the next smaller résumé by a tenth: two measurements of the same differ by that."""
_T = TypeVar("_T")


@dataclass(frozen=True)
class Figures:
    """What one size costs: seconds of wall time, MB, and documents (bullets, cards, notices).

    `prepare` makes cards, documents and what finds names; `again` and `change` are both steps once more, unchanged and with
    one bullet reworded; `memory` is the peak from start to last question, `before` the peak before the first step.
    """

    bullets: int
    documents: int
    prepare: float
    index: float
    again: float
    change: float
    p50: float
    p95: float
    before: float | None
    memory: float | None
    bare: float
    cpu: float

    @property
    def per_bullet(self) -> float:
        """Seconds from knowledge to a finder with an index, per bullet."""
        return (self.prepare + self.index) / self.bullets


def run() -> Table:
    """Measure all sizes, each in a process of its own."""
    found = [figures for size in SIZES if (figures := _in_child(size))]
    rows = [
        Row(
            f"time per bullet at {large.bullets:,}, against {small.bullets:,}",
            large.per_bullet,
            "ms",
            small.per_bullet,
            aim_ratio=SLACK,
        )
        for small, large in zip(found, found[1:], strict=False)
    ]
    missing = [Row(f"{size:,} bullets within {LIMIT_SECONDS} s", 0, "", exactly=1) for size in SIZES[len(found) :]]
    notes = [
        "prepare: cards, documents, names; index: from nothing; again: unchanged; change: one bullet reworded",
        "memory: peak of the process after all questions; before: with the résumé in memory, before the first step",
        f"bare: a chromadb collection with the same vectors; p50, p95: Finder.find, {QUESTIONS} questions, each new",
    ]
    return Table("growth", [*rows, *missing], notes, _grid(found))


def _grid(found: list[Figures]) -> list[list[str]]:
    header = "bullets documents prepare index CPU bare ratio per-bullet again change p50 p95 before memory".split()
    return [header, *map(_cells, found)]


def _cells(f: Figures) -> list[str]:
    seconds = [shown(value, "s") for value in (f.prepare, f.index, f.cpu, f.bare)]
    later = [shown(value, "s") for value in (f.again, f.change)]
    times = [shown(value, "ms") for value in (f.p50, f.p95)]
    memory = ["n/a" if value is None else shown(value, "MB") for value in (f.before, f.memory)]
    ratio = f"{(f.prepare + f.index) / f.bare:.1f}"
    return [f"{f.bullets:,}", f"{f.documents:,}", *seconds, ratio, shown(f.per_bullet, "ms"), *later, *times, *memory]


def _in_child(size: int) -> Figures | None:
    """Return the figures of one size; None when it takes too long.

    Raises:
        CalledProcessError: the child failed; what it said went to stderr.
    """
    command = [sys.executable, "-m", "benchmarks.growth", str(size)]
    try:
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, timeout=LIMIT_SECONDS, check=True)  # noqa: S603 (our own module)
    except subprocess.TimeoutExpired:
        return None
    return Figures(**json.loads(done.stdout))


def measure(size: int) -> Figures:
    """Measure one size in this process."""
    importlib.import_module("langchain_chroma")
    synthetic = make(size, WARM_UP + QUESTIONS)
    before = peak_mb()
    with folder() as base:
        prepare, finder = _fresh(lambda: _prepared(synthetic.knowledge, base / "data"))
        index, _ = _fresh(finder.index)
        for question in synthetic.questions[:WARM_UP]:
            finder.find(question)
        asked = walls([timed(lambda q=q: finder.find(q))[0] for q in synthetic.questions[WARM_UP:]])
        memory = peak_mb()
        vectors = bare.Vectors.of(finder.index())
        again, _ = _fresh(lambda: _prepared(synthetic.knowledge, base / "data").index())
        reworded = _reworded(synthetic.knowledge)
        change, _ = _fresh(lambda: _prepared(reworded, base / "data").index())
        built, _ = timed(lambda: bare.build(base / "bare", vectors))
    return Figures(
        size, len(vectors.ids), prepare.wall, index.wall, again.wall, change.wall,
        percentile(asked, 0.5), percentile(asked, 0.95), before, memory, built.wall, prepare.cpu + index.cpu,
    )  # fmt: skip


def _prepared(knowledge: Knowledge, data_dir: Path) -> Finder:
    now = this_month(date.today())
    cards = make_cards(knowledge, now)
    made = documents(knowledge, cards)
    return Finder(knowledge, Structure.of(knowledge, cards, now), lambda: open_index(made, data_dir), CANDIDATES)


def _fresh(call: Callable[[], _T]) -> tuple[Took, _T]:
    forget()
    return timed(call)


def _reworded(knowledge: Knowledge) -> Knowledge:
    bullet = next(b for b in knowledge.bullets.values() if b.kind == "point")
    text = Bilingual(f"{bullet.text.zh}改", f"{bullet.text.en} changed")
    return replace(knowledge, bullets=knowledge.bullets | {bullet.id: replace(bullet, text=text)})


if __name__ == "__main__":
    isolate()
    print(json.dumps(asdict(measure(int(sys.argv[1])))))
