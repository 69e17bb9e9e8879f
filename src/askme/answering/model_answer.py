"""The model's part: search by meaning, and the answer. Where it fails, the chain goes on without it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence

from askme.answering.conversation import Asked
from askme.answering.findings import Findings
from askme.answering.generator import Writer
from askme.answering.outcome import Outcome
from askme.llm.billing import Purse
from askme.search.dense_index import SemanticIndex
from askme.types import SPENT, Statement


class Assistant:
    """One model with what it needs to know of one résumé."""

    def __init__(self, writer: Writer, semantic: SemanticIndex | None, purse: Purse) -> None:
        """`semantic` is None when search by meaning is switched off; `purse` pays for all that is sent."""
        self._writer, self._semantic, self.purse = writer, semantic, purse
        self._refreshing: threading.Thread | None = None

    @property
    def state(self) -> str:
        """What is wrong with the model, "ready" when nothing is known to be."""
        return self._hindrance() or self._writer.model.health.problem or "ready"

    @property
    def available(self) -> bool:
        """Whether the model may be asked now."""
        return not self._hindrance()

    def _hindrance(self) -> str:
        """Return why the model isn't to be asked now, "" when it may be."""
        health = self._writer.model.health
        if not health.available():
            return health.problem
        return "" if self.purse.open else SPENT

    def warm(self) -> None:
        """Ask the server for the model and bring the semantic index up to date, both in the background."""
        threading.Thread(target=self._writer.warm, name="probe", daemon=True).start()
        if self._semantic:
            self._refreshing = threading.Thread(target=self._semantic.refresh, name="semantic", daemon=True)
            self._refreshing.start()

    def settled(self, seconds: float) -> bool:
        """Wait until what `warm` began with the semantic index is over; whether it is."""
        if self._refreshing:
            self._refreshing.join(seconds)
        return self._refreshing is None or not self._refreshing.is_alive()

    def prepare(self) -> str:
        """Bring the semantic index up to date now; return what there is, "" when there is none."""
        return self._semantic.refresh() if self._semantic else ""

    def nearest(self, question: str, scope: Sequence[str], outcome: Outcome) -> tuple[str, ...]:
        """Return the bullets nearest in meaning, those of `scope` when there is one."""
        found = self._semantic.rank(question) if self._semantic and self.available else ()
        outcome.by_words_alone = self._semantic is not None and not found
        return tuple(id_ for id_ in found if self._writer.knowledge.within(id_, scope))

    def write(self, asked: Asked, findings: Findings, outcome: Outcome) -> Iterator[Statement]:
        """Yield the model's statements that hold; none when it isn't to be asked now."""
        outcome.failure = self._hindrance()
        if outcome.failure:
            return
        yield from self._writer.write(asked, findings, outcome)

    def used(self, outcome: Outcome) -> dict[str, float | None] | None:
        """Return what an answer used, None when nothing was sent."""
        usage = outcome.usage
        if not usage.calls:
            return None
        withheld = sum(not one.again for one in outcome.withheld)
        return {
            "prompt_tokens": usage.prompt,
            "cached_tokens": usage.cached,
            "completion_tokens": usage.completion,
            "calls": usage.calls,
            "cost_usd": self.purse.cost(usage),
            "sentences_shown": outcome.shown,
            "sentences_withheld": withheld,
            "sentences_repaired": outcome.repaired,
            "sentences_dropped": withheld - outcome.repaired,
        }
