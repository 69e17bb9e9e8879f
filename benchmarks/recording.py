"""What the journal adds to an answer: the same questions with and without it, in turns, on a real disk."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from askme.answering.chain import Chain
from askme.evaluation import load_pins
from askme.factory import build_chain
from askme.settings import load_settings
from askme.types import Answer
from askme.web.recorder import Keeper
from benchmarks.measure import ROOT, Took, folder, timed, within
from benchmarks.report import Aim, Beside, Row, Table

SECONDS = 20
"""After so much time no more is asked."""
MOST_MS = 1
"""What recording may add to an answer."""


@dataclass
class Samples:
    """Answers without the journal and with it, and the recording alone."""

    without: list[Took] = field(default_factory=list)
    recorded: list[Took] = field(default_factory=list)
    alone: list[Took] = field(default_factory=list)


def run() -> Table:
    """Measure; builds an index of the résumé, and a journal, in a temporary folder."""
    questions = [pin.turns[-1] for pin in load_pins([ROOT / "tests" / "pins"])]
    Random(0).shuffle(questions)  # noqa: S311 (no secret: the same order at every run is what is wanted)
    samples = Samples()
    with folder() as data_dir:
        settings = load_settings(data_dir=data_dir)
        chain, keeper = build_chain(settings), Keeper(settings)
        for number, question in enumerate(within(SECONDS, questions)):
            _ask(chain, keeper, question, samples, number % 2 == 0)
        kept = keeper.journal.events() if keeper.journal else ()
        if keeper.journal:
            keeper.journal.close()
    notes = [
        f"{len(samples.without)} questions, each asked twice in a warm process, with and without the journal in turns",
        f"baseline: the same answers without the journal; {len(kept)} of {len(samples.recorded)} recorded are kept",
        "alone: the call that hands an answer to the journal, whose thread writes while the next answers are made",
    ]
    return Table("what the journal adds to an answer", _rows(samples, len(kept)), notes)


def _ask(chain: Chain, keeper: Keeper, question: str, samples: Samples, first: bool) -> None:
    def with_journal() -> Answer:
        answer = chain.ask(question)
        samples.alone.append(timed(keeper.answered, answer, "a session at an address")[0])
        return answer

    chain.ask(question)
    for recording in (first, not first):
        took, _ = timed(with_journal) if recording else timed(chain.ask, question)
        (samples.recorded if recording else samples.without).append(took)


def _rows(samples: Samples, kept: int) -> list[Row]:
    beside, alone = Beside("ms", samples.without), Beside("ms")
    added = [Took(a.wall - b.wall, a.cpu - b.cpu) for a, b in zip(samples.recorded, samples.without, strict=True)]
    return [
        beside.row("answer with the journal, p50", samples.recorded, 0.5),
        beside.row("answer with the journal, p95", samples.recorded, 0.95),
        alone.row("added to an answer, p50", added, 0.5, Aim(MOST_MS)),
        alone.row("recording alone, p50", samples.alone, 0.5),
        alone.row("recording alone, p95", samples.alone, 0.95, Aim(MOST_MS)),
        Row("recorded and not on the disk", len(samples.recorded) - kept, "", exactly=0),
    ]
