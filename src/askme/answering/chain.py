"""The life of a question as a LangChain runnable: condense → recall → retrieve → answer, streamed as events."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from langchain_core.runnables import Runnable, RunnableGenerator, RunnableLambda

from askme.answering.answer_cache import Recall, sentences
from askme.answering.citations import Numbering
from askme.answering.composer import Composed, Composer
from askme.answering.compound import Compound
from askme.answering.outcome import Outcome, noted, summary
from askme.answering.retriever import Evidence, Finder, ResumeRetriever, fuse
from askme.answering.suggestions import Suggestions
from askme.errors import RequestError
from askme.query.followup import CarryOver
from askme.text.tokenize import clean
from askme.types import Answer, Done, Event, Knowledge, Mode, Retrieved, Sentence, Turn

if TYPE_CHECKING:
    from askme.answering.model_answer import Assistant

MOST_ADDED = 5
"""Statements in the résumé's own words that are added where the model broke off."""


@dataclass(frozen=True)
class Ask:
    """What goes in: a question, the turns before it, and when it came (seconds of a monotonic clock).

    `outcome` holds the way to stop and what the model has used; `model`: whether the model may be asked.
    """

    question: str
    history: tuple[Turn, ...]
    started: float
    outcome: Outcome
    model: bool = True


@dataclass(frozen=True)
class _Asked:
    ask: Ask
    standalone: str
    kept: Answer | None = None
    evidence: Evidence | None = None
    composed: Composed | None = None
    ranked: tuple[str, ...] = ()
    retrieve_ms: float = 0.0


class Chain:
    """Answers questions from one résumé. Holds no conversation; safe to use from several threads."""

    def __init__(
        self,
        finder: Finder,
        max_chars: int = 2000,
        evidence: int = 8,
        assistant: Assistant | None = None,
        recall: Recall | None = None,
    ) -> None:
        """Read at most `max_chars` of a question and show `evidence` bullets meanwhile.

        `assistant` has the model, `recall` the answers that are kept.
        """
        self.log_questions = False
        self.knowledge: Knowledge = finder.knowledge
        self.assistant, self.recall = assistant, recall
        self._finder, self._max_chars, self._evidence = finder, max_chars, evidence
        self.retriever = ResumeRetriever(finder=finder, k=evidence)
        self._carry = CarryOver(finder.structure, finder.reader)
        self._composer = Composer(finder.structure)
        self._compound = Compound(finder, self._composer, self._carry)
        self._suggestions = Suggestions(finder, self._composer)
        self.runnable: Runnable[Ask, Event] = (
            RunnableLambda(self._condense, name="condense")
            | RunnableLambda(self._remember, name="recall")
            | RunnableLambda(self._retrieve, name="retrieve")
            | RunnableGenerator(self._answer, name="answer")
        )

    def stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        stop: threading.Event | None = None,
        model: bool = True,
    ) -> Iterator[Event]:
        """Yield Retrieved, then the sentences of the answer, then Done. Setting `stop` ends what the model is doing.

        Without `model` it isn't asked, and there is an answer all the same. What was asked of it is paid for at the
        end, also when nobody waited for that.

        Raises:
            RequestError: the question is no text.
        """
        if not isinstance(question, str):
            raise RequestError("a question is a text")
        outcome = Outcome(stop or threading.Event())
        try:
            yield from self.runnable.stream(Ask(question, tuple(history), time.perf_counter(), outcome, model))
        finally:
            if self.assistant:
                self.assistant.purse.answered(outcome.usage)

    def ask(self, question: str, history: Sequence[Turn] = (), model: bool = True) -> Answer:
        """Return the complete answer."""
        events = list(self.stream(question, history, model=model))
        done = events[-1]
        if not isinstance(done, Done):
            raise RequestError("the answer ended early; ask again")
        return done.answer

    def suggest(self, answer: Answer) -> tuple[str, ...]:
        """Return two or three questions to go on with, which the résumé answers."""
        return self._suggestions.after(answer)

    def forget(self, answer: Answer) -> None:
        """Keep an answer no longer: somebody found it wanting."""
        if self.recall:
            self.recall.forget(answer)

    def close(self) -> None:
        """Let go of the files and connections of what is kept; the next question opens them again."""
        if self.recall:
            self.recall.close()
        if self.assistant:
            self.assistant.purse.close()

    @property
    def mode(self) -> Mode:
        """How a question asked now would be answered."""
        return "model" if self.assistant and self.assistant.available else "extractive"

    def warm(self) -> None:
        """Open the index now rather than at the first question, and see whether the model's server is there."""
        self._finder.index()
        if self.assistant:
            self.assistant.warm()

    def _condense(self, ask: Ask) -> _Asked:
        question, assistant = clean(ask.question, self._max_chars), self._helper(ask)
        if not ask.history or not question:
            return _Asked(ask, question)
        if assistant and not self._carry.stands_alone(question, ask.history):
            made = assistant.condense(question, ask.history, ask.outcome)
            if made:
                return _Asked(ask, made)
        return _Asked(ask, self._carry.standalone(question, ask.history))

    def _helper(self, ask: Ask) -> Assistant | None:
        return self.assistant if ask.model else None

    def _remember(self, asked: _Asked) -> _Asked:
        start = time.perf_counter()
        kept = self.recall.find(asked.standalone) if self.recall else None
        return replace(asked, kept=kept, retrieve_ms=(time.perf_counter() - start) * 1000)

    def _retrieve(self, asked: _Asked) -> _Asked:
        if asked.kept:
            return asked
        start, assistant = time.perf_counter(), self._helper(asked.ask)
        evidence, composed = self._compound.answered(asked.standalone) or self._found(asked.standalone)
        ranked = tuple(hit.id for hit in evidence.bullets)
        if assistant and assistant.words(composed, evidence):
            near = assistant.nearest(asked.standalone, evidence.steering.scope, asked.ask.outcome)
            ranked = fuse([ranked, near])
        took = (time.perf_counter() - start) * 1000
        return replace(asked, evidence=evidence, composed=composed, ranked=ranked, retrieve_ms=took)

    def _found(self, question: str) -> tuple[Evidence, Composed]:
        evidence = self._finder.find(question)
        return evidence, self._composer.compose(evidence)

    def _answer(self, inputs: Iterator[_Asked]) -> Iterator[Event]:
        for asked in inputs:
            if asked.kept:
                yield from self._retold(asked, asked.kept)
            elif asked.evidence is None or asked.composed is None:
                raise RequestError("nothing was retrieved")
            else:
                yield from self._made(asked, asked.evidence, asked.composed)

    def _retold(self, asked: _Asked, kept: Answer) -> Iterator[Event]:
        yield Retrieved(asked.standalone, kept.retrieved)
        yield from sentences(kept)
        yield Done(noted(self._stamped(asked, kept), "a kept answer", self.log_questions))

    def _made(self, asked: _Asked, evidence: Evidence, composed: Composed) -> Iterator[Event]:
        ids = evidence.ids(self._evidence, asked.ranked)
        yield Retrieved(asked.standalone, ids)
        pieces: list[Sentence] = []
        for piece in self._sentences(asked, evidence, composed):
            pieces.append(piece)
            yield piece
        answer = self._done(asked, evidence, composed, pieces, ids)
        yield Done(noted(answer, summary(answer.usage), self.log_questions))
        if self.recall and (asked.ask.model or not self.assistant):  # late: nobody waits for it
            self.recall.keep(answer, asked.ask.outcome)

    def _sentences(self, asked: _Asked, evidence: Evidence, composed: Composed) -> Iterator[Sentence]:
        """Yield what the model wrote and the résumé bears out, then what it left unsaid in the résumé's own words."""
        numbering, outcome = Numbering(self.knowledge, evidence.question.reply_language), asked.ask.outcome
        told, assistant = set[str](), self._helper(asked.ask)
        if assistant and assistant.words(composed, evidence):
            for statement in assistant.write(evidence, asked.ranked, composed, outcome):
                told.update(statement.cites)
                yield numbering.sentence(statement)
        if outcome.shown and not outcome.failure:
            return
        rest = [s for s in composed.statements if s.cites and not told.issuperset(s.cites)][:MOST_ADDED]
        for statement in rest if outcome.shown else composed.statements:
            yield numbering.sentence(statement, alone=len(composed.statements) == 1)

    def _done(
        self, asked: _Asked, evidence: Evidence, composed: Composed, pieces: list[Sentence], ids: tuple[str, ...]
    ) -> Answer:
        outcome = asked.ask.outcome
        citations = {c.id: c for piece in pieces for c in piece.citations}
        answer = Answer(
            question=asked.ask.question,
            standalone_question=asked.standalone,
            language=evidence.question.language,
            status=outcome.status if outcome.shown else composed.status,
            text="".join(piece.text for piece in pieces),
            mode="model" if outcome.shown else "extractive",
            citations=tuple(citations.values()),
            timings_ms={},
            retrieved=ids,
            fallback=outcome.failure,
        )
        return self._stamped(asked, answer)

    def _stamped(self, asked: _Asked, answer: Answer) -> Answer:
        """Return an answer as given now: to this visitor's own words, with what it took and used."""
        total = (time.perf_counter() - asked.ask.started) * 1000
        return replace(
            answer,
            question=asked.ask.question,
            standalone_question=asked.standalone,
            timings_ms={"retrieve": round(asked.retrieve_ms, 2), "total": round(total, 2)},
            usage=self.assistant.used(asked.ask.outcome) if self.assistant else None,
        )
