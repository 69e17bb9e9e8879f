"""The life of a question as a LangChain runnable: understand → recall → retrieve → answer, streamed as events."""

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
from askme.answering.conversation import Asked, conversation, spoken
from askme.answering.evidence import Evidence, fuse
from askme.answering.finder import Finder
from askme.answering.findings import Findings, Gathering
from askme.answering.outcome import Outcome, noted, summary
from askme.answering.retriever import ResumeRetriever
from askme.answering.suggestions import Suggestions
from askme.errors import RequestError
from askme.query.followup import CarryOver
from askme.text.sanitise import sanitise
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
class _State:
    """A question on its way. `made_from` is what its answer depends on; `findings` are there when a model is asked."""

    ask: Ask
    standalone: str
    made_from: Asked
    spoken: str
    kept: Answer | None = None
    evidence: Evidence | None = None
    composed: Composed | None = None
    findings: Findings | None = None
    ranked: tuple[str, ...] = ()
    retrieve_ms: float = 0.0

    @property
    def language(self) -> str:
        """The language of the answer."""
        return self.evidence.question.language if self.evidence and not self.findings else self.spoken


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
        self._suggestions = Suggestions(finder, self._composer)
        self._gathering = Gathering(finder.knowledge, self._composer)
        self.runnable: Runnable[Ask, Event] = (
            RunnableLambda(self._understand, name="understand")
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

    def _understand(self, ask: Ask) -> _State:
        """Clean the question, once for everything that follows, and make it stand alone for search and the journal."""
        question = clean(sanitise(ask.question[: self._max_chars * 2]), self._max_chars)
        standalone = self._carry.standalone(question, ask.history) if ask.history and question else question
        made_from = Asked(standalone)
        if self.assistant:  # which is given the question as it was asked
            made_from = Asked(question, conversation(ask.history), standalone if standalone != question else "")
        return _State(ask, standalone, made_from, spoken(question, ask.history))

    def _helper(self, ask: Ask) -> Assistant | None:
        return self.assistant if ask.model else None

    def _remember(self, state: _State) -> _State:
        start = time.perf_counter()
        kept = self.recall.find(state.made_from) if self.recall else None
        return replace(state, kept=kept, retrieve_ms=(time.perf_counter() - start) * 1000)

    def _retrieve(self, state: _State) -> _State:
        if state.kept:
            return state
        start, assistant = time.perf_counter(), self._helper(state.ask)
        evidence, composed = self._found(state.standalone)
        ranked = tuple(hit.id for hit in evidence.bullets)
        findings = None
        if assistant and state.made_from.question:
            near = assistant.nearest(state.standalone, evidence.steering.scope, state.ask.outcome)
            ranked = fuse([ranked, near])
            findings = self._gathering.of(evidence, composed, ranked, state.spoken)
        took = (time.perf_counter() - start) * 1000
        found = replace(state, evidence=evidence, composed=composed, findings=findings)
        return replace(found, ranked=ranked, retrieve_ms=took)

    def _found(self, question: str) -> tuple[Evidence, Composed]:
        evidence = self._finder.find(question)
        return evidence, self._composer.compose(evidence)

    def _answer(self, inputs: Iterator[_State]) -> Iterator[Event]:
        for state in inputs:
            if state.kept:
                yield from self._retold(state, state.kept)
            elif state.evidence is None or state.composed is None:
                raise RequestError("nothing was retrieved")
            else:
                yield from self._made(state, state.evidence, state.composed)

    def _retold(self, state: _State, kept: Answer) -> Iterator[Event]:
        yield Retrieved(state.standalone, kept.retrieved)
        yield from sentences(kept)
        yield Done(noted(self._stamped(state, kept), "a kept answer", self.log_questions))

    def _made(self, state: _State, evidence: Evidence, composed: Composed) -> Iterator[Event]:
        ids = evidence.ids(self._evidence, state.ranked)
        yield Retrieved(state.standalone, ids)
        pieces: list[Sentence] = []
        for piece in self._sentences(state, evidence, composed):
            pieces.append(piece)
            yield piece
        answer = self._done(state, evidence, composed, pieces, ids)
        yield Done(noted(answer, summary(answer.usage), self.log_questions))
        if self.recall and (state.ask.model or not self.assistant):  # late: nobody waits for it
            self.recall.keep(answer, state.ask.outcome)

    def _sentences(self, state: _State, evidence: Evidence, composed: Composed) -> Iterator[Sentence]:
        """Yield what the model wrote and the résumé bears out, then what it left unsaid in the résumé's own words."""
        outcome, findings = state.ask.outcome, state.findings
        numbering = Numbering(self.knowledge, "zh" if state.language == "zh" else "en")
        told, assistant = set[str](), self._helper(state.ask)
        if assistant and findings and not findings.settled:
            for statement in assistant.write(state.made_from, findings, outcome):
                told.update(statement.cites)
                yield numbering.sentence(statement)
        if outcome.shown and (not outcome.failure or outcome.status != "answered"):
            return
        rest = [s for s in composed.statements if s.cites and not told.issuperset(s.cites)][:MOST_ADDED]
        for statement in rest if outcome.shown else composed.statements:
            yield numbering.sentence(statement, alone=len(composed.statements) == 1)

    def _done(
        self, state: _State, evidence: Evidence, composed: Composed, pieces: list[Sentence], ids: tuple[str, ...]
    ) -> Answer:
        outcome = state.ask.outcome
        citations = {c.id: c for piece in pieces for c in piece.citations}
        answer = Answer(
            question=state.ask.question,
            standalone_question=state.standalone,
            language=state.language,
            status=outcome.status if outcome.shown else composed.status,
            text="".join(piece.text for piece in pieces),
            mode="model" if outcome.shown else "extractive",
            citations=tuple(citations.values()),
            timings_ms={},
            retrieved=ids,
            fallback=outcome.failure,
            withheld=tuple(outcome.withheld),
        )
        return self._stamped(state, answer)

    def _stamped(self, state: _State, answer: Answer) -> Answer:
        """Return an answer as given now: to this visitor's own words, with what it took and used."""
        total = (time.perf_counter() - state.ask.started) * 1000
        return replace(
            answer,
            question=state.ask.question,
            standalone_question=state.standalone,
            key=state.made_from.key,
            timings_ms={"retrieve": round(state.retrieve_ms, 2), "total": round(total, 2)},
            usage=self.assistant.used(state.ask.outcome) if self.assistant else None,
        )
