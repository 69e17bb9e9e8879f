"""Kept answers: a question that has been answered before, beside the same question answered without them."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path
from random import Random

from askme.answering.chain import Chain
from askme.answering.conversation import Asked
from askme.answering.outcome import Outcome
from askme.evaluation import load_pins
from askme.factory import build_chain
from askme.settings import load_settings
from benchmarks.measure import ROOT, Took, folder, forget, timed, within
from benchmarks.report import Aim, Beside, Row, Table

SECONDS = 15
"""After so much time no further question is taken."""
FILLING = 4000
"""Other answers that lie beside those that are looked up."""


def run() -> Table:
    """Measure, on the shelf in a file; builds an index of the résumé in a temporary folder."""
    questions = sorted({pin.turns[0] for pin in load_pins([ROOT / "tests" / "pins"]) if "greeting" not in pin.status})
    Random(0).shuffle(questions)  # noqa: S311 (no secret: the same order at every run is what is wanted)
    with folder() as data_dir:
        bare = _asked(_chain(data_dir, cached=False), questions)
        questions = questions[: len(bare)]
        _keep(_chain(data_dir), questions)
        hits = _asked(_chain(data_dir), questions)
    notes = [
        "baseline: the same questions, answered without a model and without kept answers",
        f"{len(hits)} questions, each asked once of a chain that has answered another; {FILLING:,} other answers "
        "lie beside theirs",
    ]
    return Table("kept answers, in a file", _rows(hits, bare), notes)


def _chain(data_dir: Path, cached: bool = True) -> Chain:
    return build_chain(load_settings(data_dir=data_dir), cached=cached)


def _asked(made: Chain, questions: list[str]) -> list[Took]:
    with closing(made) as chain:
        chain.ask("hello")
        forget()
        return [timed(chain.ask, question)[0] for question in within(SECONDS, questions)]


def _keep(made: Chain, questions: list[str]) -> None:
    """Fill the shelf, and ask the questions once, so that their answers are kept.

    Raises:
        RuntimeError: one isn't.
    """
    with closing(made) as chain:
        recall, answer = chain.recall, chain.ask(questions[0])
        if recall is None:
            raise RuntimeError("no answers are kept")
        for number in range(FILLING):
            recall.keep(replace(answer, key=Asked(f"{questions[0]} {number}").key), Outcome())
        for question in questions:
            chain.ask(question)
            if recall.find(Asked(question)) is None:
                raise RuntimeError(f"no answer is kept to {question!r}")


def _rows(hits: list[Took], bare: list[Took]) -> list[Row]:
    beside = Beside("ms", bare)
    return [beside.row("a kept answer, p50", hits, 0.5), beside.row("a kept answer, p95", hits, 0.95, Aim(10))]
