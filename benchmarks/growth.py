"""Growth: résumés of 100 to 10,000 bullets, each in a process of its own.

`python -m benchmarks.growth 1000` measures one size and prints its figures as they come, a JSON object a line.
"""

from __future__ import annotations

import importlib
import itertools
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import ParamSpec, TypeVar

from askme.answering.finder import Finder
from askme.query.router import Structure
from askme.resume.cards import make_cards
from askme.search.documents import documents
from askme.search.lexical_index import open_index
from askme.settings import load_settings
from askme.text.periods import this_month
from askme.types import Knowledge, Message
from benchmarks import bare
from benchmarks.measure import ROOT, Took, folder, forget, isolate, peak_mb, percentile, timed, walls
from benchmarks.report import Row, Table, shown
from benchmarks.synthetic import make

SIZES = (100, 1_000, 10_000)
QUESTIONS, WARM_UP = 100, 20
CANDIDATES = load_settings().candidates
LIMIT_SECONDS = 150
"""For all sizes; what isn't known by then stays empty."""
SLACK = 1.1
"""Time per bullet may exceed that of the next smaller résumé by a tenth: twice the same differs by as much."""
_P = ParamSpec("_P")
_T = TypeVar("_T")


@dataclass(frozen=True)
class Figures:
    """What one size costs, in seconds and MB; None where time ran out. The table's notes say what each one is."""

    bullets: int
    prepare: float | None = None
    index: float | None = None
    cpu: float | None = None
    documents: int | None = None
    p50: float | None = None
    p95: float | None = None
    before: float | None = None
    memory: float | None = None
    again: float | None = None
    change: float | None = None
    bare: float | None = None

    @property
    def per_bullet(self) -> float | None:
        """Seconds per bullet, from knowledge to a finder with an index."""
        return None if self.prepare is None or self.index is None else (self.prepare + self.index) / self.bullets

    @property
    def per_bullet_cpu(self) -> float | None:
        """The same in processor time."""
        return None if self.cpu is None else self.cpu / self.bullets

    @property
    def ratio(self) -> float | None:
        """Index ÷ bare Chroma."""
        return self.index / self.bare if self.index and self.bare else None


_NOTES = (
    "prepare: cards, documents, names; index: from nothing, beside bare: a chromadb collection with the same vectors",
    "CPU, per bullet: of both; again, change: both once more, unchanged and with one bullet reworded",
    f"p50, p95: Finder.find, {QUESTIONS} questions, each new; memory: peak of the process after them;",
    f"before: with the résumé in memory, before the first step; empty: not known after {LIMIT_SECONDS} s",
    "the rows compare processor time",
)


def run() -> Table:
    """Measure all sizes, each in a process of its own."""
    end = time.monotonic() + LIMIT_SECONDS
    found = [_in_child(size, end - time.monotonic()) for size in SIZES]
    rows = [_compared(small, large) for small, large in itertools.pairwise(found)]
    complete = [Row("sizes measured in time", sum(f.bare is not None for f in found), "", exactly=len(SIZES))]
    return Table("growth", rows + complete, _NOTES, _grid(found))


def _compared(small: Figures, large: Figures) -> Row:
    what = f"time per bullet at {large.bullets:,}, against {small.bullets:,}"
    return Row(what, large.per_bullet_cpu, "ms", small.per_bullet_cpu, aim_ratio=SLACK)


def _grid(found: list[Figures]) -> list[list[str]]:
    columns: list[tuple[str, Callable[[Figures], float | None], str]] = [
        ("bullets", lambda f: f.bullets, ""),
        ("documents", lambda f: f.documents, ""),
        ("prepare", lambda f: f.prepare, "s"),
        ("index", lambda f: f.index, "s"),
        ("bare", lambda f: f.bare, "s"),
        ("ratio", lambda f: f.ratio, "x"),
        ("CPU", lambda f: f.cpu, "s"),
        ("per bullet", lambda f: f.per_bullet, "ms"),
        ("again", lambda f: f.again, "s"),
        ("change", lambda f: f.change, "s"),
        ("p50", lambda f: f.p50, "ms"),
        ("p95", lambda f: f.p95, "ms"),
        ("before", lambda f: f.before, "MB"),
        ("memory", lambda f: f.memory, "MB"),
    ]
    cells = [["" if (v := of(f)) is None else shown(v, unit) for _, of, unit in columns] for f in found]
    return [[name for name, _, _ in columns], *cells]


def _in_child(size: int, seconds: float) -> Figures:
    """Return the figures of one size, those that are known after `seconds`.

    Raises:
        CalledProcessError: the child failed; what it said went to stderr.
    """
    command = [sys.executable, "-m", "benchmarks.growth", str(size)]
    with folder() as base:  # what a child leaves behind that had to be killed goes with it
        env = os.environ | {"TMPDIR": str(base)}
        try:
            said = subprocess.run(  # noqa: S603 (our own module)
                command, cwd=ROOT, env=env, stdout=subprocess.PIPE, timeout=max(1, seconds), check=True
            ).stdout
        except subprocess.TimeoutExpired as late:
            said = late.stdout or b""
    figures = Figures(size)
    for line in said.splitlines():
        figures = replace(figures, **json.loads(line))
    return figures


def measure(size: int) -> Iterator[dict[str, float | None]]:
    """Measure one size in this process; yield figures as they are known."""
    importlib.import_module("langchain_chroma")
    synthetic = make(size, WARM_UP + QUESTIONS)
    yield {"before": peak_mb()}
    with folder() as base:
        prepare, finder = _fresh(_prepared, synthetic.knowledge, base / "data")
        yield {"prepare": prepare.wall}
        index, _ = _fresh(finder.index)
        yield {"index": index.wall, "cpu": prepare.cpu + index.cpu, "documents": finder.index().size}
        for question in synthetic.questions[:WARM_UP]:
            finder.find(question)
        asked = walls([timed(finder.find, question)[0] for question in synthetic.questions[WARM_UP:]])
        yield {"p50": percentile(asked, 0.5), "p95": percentile(asked, 0.95), "memory": peak_mb()}
        yield {"again": _fresh(_opened, synthetic.knowledge, base / "data")[0].wall}
        yield {"change": _fresh(_opened, _reworded(synthetic.knowledge), base / "data")[0].wall}
        vectors = bare.Vectors.of(finder.index())
        yield {"bare": timed(bare.build, base / "bare", vectors)[0].wall}


def _prepared(knowledge: Knowledge, data_dir: Path) -> Finder:
    now = this_month(date.today())
    cards = make_cards(knowledge, now)
    made = documents(knowledge)
    return Finder(knowledge, Structure.of(knowledge, cards, now), lambda: open_index(made, data_dir), CANDIDATES)


def _opened(knowledge: Knowledge, data_dir: Path) -> None:
    _prepared(knowledge, data_dir).index()


def _fresh(call: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> tuple[Took, _T]:
    """Time a call in a process that hasn't seen its texts yet."""
    forget()
    return timed(call, *args, **kwargs)


def _reworded(knowledge: Knowledge) -> Knowledge:
    bullet = next(b for b in knowledge.bullets.values() if b.kind == "point")
    text = Message(f"{bullet.text.zh}改", f"{bullet.text.en} changed")
    return replace(knowledge, bullets=knowledge.bullets | {bullet.id: replace(bullet, text=text)})


if __name__ == "__main__":
    isolate()
    for figures in measure(int(sys.argv[1])):
        print(json.dumps(figures), flush=True)
