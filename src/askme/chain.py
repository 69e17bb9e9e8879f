"""The life of a question as a LangChain runnable: condense → retrieve → answer, streamed as events."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from langchain_core.runnables import Runnable, RunnableGenerator, RunnableLambda

from askme.documents import heading
from askme.errors import RequestError
from askme.extractive import Composer
from askme.followup import CarryOver
from askme.retrieval import Evidence, Finder, ResumeRetriever
from askme.text import clean
from askme.types import Answer, Citation, Done, Event, Knowledge, Retrieved, Sentence, Statement, Turn


@dataclass(frozen=True)
class Ask:
    """What goes in: a question, the turns before it, and when it came (seconds of a monotonic clock)."""

    question: str
    history: tuple[Turn, ...]
    started: float


@dataclass(frozen=True)
class _Asked:
    ask: Ask
    standalone: str
    evidence: Evidence | None = None
    retrieve_ms: float = 0.0


class Chain:
    """Answers questions from one résumé. Holds no conversation; safe to use from several threads."""

    def __init__(self, finder: Finder, max_chars: int = 2000, evidence: int = 8) -> None:
        """Read at most `max_chars` of a question; show `evidence` bullets while answering."""
        self.knowledge: Knowledge = finder.knowledge
        self._finder, self._max_chars, self._evidence = finder, max_chars, evidence
        self.retriever = ResumeRetriever(finder=finder, k=evidence)
        self._carry = CarryOver(finder.structure, finder.reader)
        self._composer = Composer(finder.structure)
        self.runnable: Runnable[Ask, Event] = (
            RunnableLambda(self._condense, name="condense")
            | RunnableLambda(self._retrieve, name="retrieve")
            | RunnableGenerator(self._answer, name="answer")
        )

    def stream(self, question: str, history: Sequence[Turn] = ()) -> Iterator[Event]:
        """Yield Retrieved, then the sentences of the answer, then Done.

        Raises:
            RequestError: the question is no text.
        """
        if not isinstance(question, str):
            raise RequestError("a question is a text")
        yield from self.runnable.stream(Ask(question, tuple(history), time.perf_counter()))

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        """Return the complete answer."""
        events = list(self.stream(question, history))
        done = events[-1]
        if not isinstance(done, Done):
            raise RequestError("the answer ended early; ask again")
        return done.answer

    def warm(self) -> None:
        """Open the index now rather than at the first question."""
        self._finder.index()

    def _condense(self, ask: Ask) -> _Asked:
        question = clean(ask.question, self._max_chars)
        return _Asked(ask, self._carry.standalone(question, ask.history) if ask.history else question)

    def _retrieve(self, asked: _Asked) -> _Asked:
        start = time.perf_counter()
        evidence = self._finder.find(asked.standalone)
        return _Asked(asked.ask, asked.standalone, evidence, (time.perf_counter() - start) * 1000)

    def _answer(self, inputs: Iterator[_Asked]) -> Iterator[Event]:
        for asked in inputs:
            evidence = asked.evidence
            if evidence is None:
                raise RequestError("nothing was retrieved")
            ids = evidence.ids(self._evidence)
            yield Retrieved(asked.standalone, ids)
            composed = self._composer.compose(evidence)
            pieces = list(self._numbered(composed.statements, evidence))
            yield from pieces
            yield Done(self._done(asked, evidence, composed.status, pieces, ids))

    def _numbered(self, statements: Sequence[Statement], evidence: Evidence) -> Iterator[Sentence]:
        """Give each cited bullet its number, in the order of first mention, and write the marks."""
        numbers: dict[str, int] = {}
        for position, statement in enumerate(statements):
            marks = "".join(f"[{numbers.setdefault(cite, len(numbers) + 1)}]" for cite in statement.cites)
            text = f"{statement.text} {marks}".rstrip()
            leads = statement.text.endswith((":", "："))
            bullet = "- " if statement.cites and len(statements) > 1 and not leads else ""
            separator = "" if position == 0 else "\n"
            citations = tuple(self._citation(cite, numbers[cite], evidence) for cite in statement.cites)
            yield Sentence(f"{separator}{bullet}{text}", citations)

    def _citation(self, identifier: str, number: int, evidence: Evidence) -> Citation:
        bullet, language = self.knowledge.bullets[identifier], evidence.question.reply_language
        where = heading(bullet, self.knowledge)[language]
        return Citation(number, identifier, bullet.text[language], bullet.text.zh, where)

    def _done(
        self, asked: _Asked, evidence: Evidence, status: str, pieces: list[Sentence], ids: tuple[str, ...]
    ) -> Answer:
        citations = {c.id: c for piece in pieces for c in piece.citations}
        total = (time.perf_counter() - asked.ask.started) * 1000
        return Answer(
            question=asked.ask.question,
            standalone_question=asked.standalone,
            language=evidence.question.language,
            status=status,  # type: ignore[arg-type]
            text="".join(piece.text for piece in pieces),
            mode="extractive",
            citations=tuple(citations.values()),
            timings_ms={"retrieve": round(asked.retrieve_ms, 2), "total": round(total, 2)},
            retrieved=ids,
        )
