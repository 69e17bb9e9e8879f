"""Answering without a model, warm: each pin's last turn, put to a process that has answered others but never this."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from askme.answering.chain import Chain
from askme.answering.finder import Finder
from askme.evaluation import Pin, load_pins
from askme.factory import build_chain, build_finder
from askme.settings import load_settings
from askme.types import Knowledge, Turn
from benchmarks.measure import ROOT, Took, folder, forget, timed, within
from benchmarks.report import Aim, Beside, Row, Table

ROUNDS = 2
"""Each with a new chain, which knows none of the questions."""
ANSWER_SECONDS, RETRIEVE_SECONDS = 15, 7
"""After so much time a round asks no more."""


@dataclass
class Samples:
    """What was measured; `standalone` are the questions as they reached retrieval in the last round."""

    alone: list[Took] = field(default_factory=list)
    following: list[Took] = field(default_factory=list)
    retrieval: list[Took] = field(default_factory=list)
    bare: list[Took] = field(default_factory=list)
    standalone: list[str] = field(default_factory=list)


def run() -> Table:
    """Measure; builds an index of the résumé in a temporary folder."""
    pins = load_pins([ROOT / "tests" / "pins"])
    Random(0).shuffle(pins)  # noqa: S311 (no secret: the same order at every run is what is wanted)
    samples = Samples()
    with folder() as data_dir:
        settings = load_settings(data_dir=data_dir)
        for _ in range(ROUNDS):
            _answer(build_chain(settings, cached=False), pins, samples)
            _retrieve(build_finder(settings), settings.candidates, samples)
    notes = [
        "baseline: one langchain_chroma similarity_search_by_vector on the same store, same k, the vector at hand",
        f"{ROUNDS} rounds over {len(pins)} pins: {len(samples.alone) + len(samples.following)} last turns asked, "
        f"{len(samples.following)} of them follow-ups; every question is new to the process",
    ]
    return Table("answering, warm, without a model", _rows(samples), notes)


def _warm_up(knowledge: Knowledge) -> list[str]:
    """Return questions that are no pins: the first of each bullet's search help, the languages in turn."""
    helps = [(b.expansion.zh, b.expansion.en)[n % 2] for n, b in enumerate(knowledge.bullets.values())]
    return [texts[0] for texts in helps if texts]


def _answer(chain: Chain, pins: Sequence[Pin], samples: Samples) -> None:
    forget()
    for question in _warm_up(chain.knowledge):
        chain.ask(question)
    samples.standalone = []
    for pin in within(ANSWER_SECONDS, pins):
        history: list[Turn] = []
        for turn in pin.turns[:-1]:
            history.append(chain.ask(turn, tuple(history)).turn())
        took, answer = timed(chain.ask, pin.turns[-1], tuple(history))
        (samples.following if history else samples.alone).append(took)
        samples.standalone.append(answer.standalone_question)


def _retrieve(finder: Finder, k: int, samples: Samples) -> None:
    forget()
    for question in _warm_up(finder.knowledge):
        finder.find(question)
    samples.retrieval += [timed(finder.find, q)[0] for q in within(RETRIEVE_SECONDS, samples.standalone)]
    index = finder.index()
    vectors = [vector for vector in map(index.embedding.embed_query, samples.standalone) if any(vector)]
    search = index.vectors.similarity_search_by_vector
    samples.bare += [timed(search, v, min(k, index.size))[0] for v in vectors]


def _rows(samples: Samples) -> list[Row]:
    every, beside = [*samples.alone, *samples.following], Beside("ms", samples.bare)
    return [
        beside.row("answer, p50", every, 0.5, Aim(15)),
        beside.row("answer, p95", every, 0.95, Aim(40)),
        beside.row("follow-up, p50", samples.following, 0.5, Aim(15)),
        beside.row("follow-up, p95", samples.following, 0.95, Aim(40)),
        beside.row("retrieval, p50", samples.retrieval, 0.5),
        beside.row("retrieval, p95", samples.retrieval, 0.95, Aim(10)),
    ]
