"""The model writes, the résumé decides: each sentence is verified as it comes, what fails is put right or left out."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from askme.answering.composer import Composed
from askme.answering.outcome import UNSUPPORTED, Outcome
from askme.answering.prompt_context import Brief, Briefing
from askme.answering.retriever import Evidence
from askme.errors import ModelError
from askme.llm.chat_model import ChatModel, Deadline
from askme.resume.lines import text_line
from askme.text.tokenize import clean
from askme.types import Knowledge, Statement, Status, Turn
from askme.verification.sentences import Draft, Splitter, without_thoughts
from askme.verification.verifier import Verdict, Verifier

REPAIR_SECONDS = 3.0
"""A repair is tried when so much of the deadline is left."""
WITHHELD_IN_A_ROW = 40
"""Sentences withheld one after the other after which the rest of a reply isn't read."""
STAND_INS = 3
"""Bullets at most that stand in, in their own words, for sentences that were left out."""
CONDENSE_SECONDS = 6.0
LONGEST_QUESTION = 400
REMEMBERED = 4
"""Turns that a follow-up is condensed from."""


@dataclass
class _Progress:
    """What has been shown so far, and what a further sentence stands under.

    `leads` and `silences` ("the résumé doesn't say") wait: for a sentence to lead to, and for the end.
    """

    leads: list[Statement] = field(default_factory=list)
    silences: list[Statement] = field(default_factory=list)
    under: str = ""
    said: set[str] = field(default_factory=set)
    cited: set[str] = field(default_factory=set)
    failed: list[tuple[Draft, Verdict]] = field(default_factory=list)
    in_a_row: int = 0


class Writer:
    """Writes answers from one résumé with one model."""

    def __init__(
        self, knowledge: Knowledge, model: ChatModel, briefing: Briefing, verifier: Verifier, seconds: float
    ) -> None:
        """An answer may take `seconds` in all."""
        self._knowledge, self.model, self._briefing, self._verifier = knowledge, model, briefing, verifier
        self.seconds = seconds
        self._statuses: dict[str, Status] = {f"notice.{n.id}": n.status for n in knowledge.notices}

    def warm(self) -> None:
        """Ask the server for the model, then read what sentences will be held against."""
        self.model.probe()
        self._verifier.warm()

    def condense(self, question: str, history: Sequence[Turn], outcome: Outcome) -> str:
        """Return the standalone question; raises ModelError when the model gave none that can be used."""
        turns = [(turn.question, turn.answer[:LONGEST_QUESTION]) for turn in history[-REMEMBERED:]]
        call = self.model.call(
            self._briefing.condense(question, turns),
            Deadline(min(CONDENSE_SECONDS, self.seconds / 2), outcome.stop),
            max_tokens=200,
        )
        try:
            made = clean("".join(without_thoughts(call))).strip("\"'“”「」 ")
        finally:
            outcome.usage += call.usage
        known = "\n".join(
            [question, *(f"{turn.question}\n{turn.standalone_question}\n{turn.answer}" for turn in history)]
        )
        if not made or len(made) > LONGEST_QUESTION or "[" in made or self._verifier.invents(made, known):
            raise ModelError("garbled", "the standalone question can't be used")
        return made

    def write(
        self, evidence: Evidence, ranked: Sequence[str], composed: Composed, outcome: Outcome
    ) -> Iterator[Statement]:
        """Yield the statements that hold, as soon as they are known to; `outcome` is complete at the end.

        `composed` is the answer without a model: where the structure answers, silence isn't believed.
        """
        deadline = Deadline(self.seconds - (time.monotonic() - outcome.begun), outcome.stop)
        brief = self._briefing.brief(evidence, ranked, composed.notice)
        progress = _Progress()
        try:
            yield from self._streamed(brief, evidence, progress, outcome, deadline)
        except ModelError as error:
            outcome.failure = str(error)
        if progress.failed and not outcome.failure and deadline.left() > REPAIR_SECONDS and _worth_repair(progress):
            yield from self._repaired(brief, evidence, progress, outcome, deadline)
        outcome.dropped = outcome.withheld - outcome.repaired
        known = composed.status == "answered" and bool(evidence.cards)
        if not outcome.answered and not progress.failed and not outcome.failure and not known:
            outcome.shown += len(progress.silences)
            yield from progress.silences
        yield from self._stand_ins(evidence, progress, outcome)
        if not outcome.shown and not outcome.failure:
            outcome.failure = UNSUPPORTED

    def _streamed(
        self, brief: Brief, evidence: Evidence, progress: _Progress, outcome: Outcome, deadline: Deadline
    ) -> Iterator[Statement]:
        call = self.model.call(brief.messages, deadline)
        splitter = Splitter("\n" if outcome.shown else "")
        try:
            for piece in without_thoughts(call):
                for draft in splitter.feed(piece):
                    yield from self._judged(draft, brief, evidence, progress, outcome)
                if splitter.full or progress.in_a_row >= WITHHELD_IN_A_ROW:
                    raise ModelError("endless", "its reply came to no end")
            for draft in splitter.close():
                yield from self._judged(draft, brief, evidence, progress, outcome)
        finally:
            outcome.usage += call.usage

    def _judged(
        self, draft: Draft, brief: Brief, evidence: Evidence, progress: _Progress, outcome: Outcome
    ) -> Iterator[Statement]:
        question = evidence.question
        verdict = self._verifier.check(draft, brief.ids, question.text, question.language, progress.under)
        if verdict.problems:
            outcome.withheld += 1
            progress.in_a_row += 1
            progress.failed.append((draft, verdict))
            return
        progress.in_a_row = 0
        statement = Statement(draft.text, tuple(c for c in verdict.cites if not c.startswith("notice.")), draft.before)
        if verdict.kind == "lead":
            progress.under = self._verifier.station_in(draft.text, question.language)
            progress.leads = [statement]
            return
        if draft.text in progress.said:
            return
        progress.said.add(draft.text)
        progress.cited |= set(statement.cites)
        self._note(verdict, outcome, progress)
        if verdict.kind != "fact":
            progress.silences.append(statement)
            return
        held = [*progress.silences, *progress.leads, statement]
        progress.leads.clear()
        progress.silences.clear()
        outcome.shown += len(held)
        yield from held

    def _note(self, verdict: Verdict, outcome: Outcome, progress: _Progress) -> None:
        """Note what kind of answer it is: the first sentence that says something decides on the status."""
        notices = [self._statuses[cite] for cite in verdict.cites if cite in self._statuses]
        if not outcome.shown and not progress.silences:
            outcome.status = notices[0] if notices else "not_in_resume" if verdict.kind == "silent" else "answered"
        outcome.answered |= verdict.kind == "fact"

    def _repaired(
        self, brief: Brief, evidence: Evidence, progress: _Progress, outcome: Outcome, deadline: Deadline
    ) -> Iterator[Statement]:
        """Ask once for better sentences; they come after those that held."""
        failed, progress.failed = progress.failed, []
        progress.leads.clear()
        progress.under = ""
        before = outcome.shown
        problems = [(f"{draft.text} [{', '.join(draft.ids)}]", verdict.problems) for draft, verdict in failed]
        retry = Brief(self._briefing.repair(evidence, brief, problems), brief.evidence, brief.ids, brief.language)
        withheld = outcome.withheld
        try:
            yield from self._streamed(retry, evidence, progress, outcome, deadline)
        except ModelError as error:
            outcome.failure = str(error)
        outcome.withheld = withheld
        outcome.repaired = min(len(failed), outcome.shown - before)
        progress.failed = failed if outcome.shown == before else progress.failed

    def _stand_ins(self, evidence: Evidence, progress: _Progress, outcome: Outcome) -> Iterator[Statement]:
        """Say in the résumé's own words what the left out sentences cited and nothing else has told."""
        if not outcome.answered or not progress.failed:
            return
        wanted = dict.fromkeys(cite for _, verdict in progress.failed for cite in verdict.cites)
        left = [c for c in wanted if c in self._knowledge.bullets and c not in progress.cited][:STAND_INS]
        language = evidence.question.reply_language
        for cite in left:
            yield Statement(text_line(self._knowledge.bullets[cite]).text[language], (cite,), "\n- ")


def _worth_repair(progress: _Progress) -> bool:
    """Whether what failed is more than chatter beside sentences that hold."""
    return not progress.said or any(verdict.cites or draft.ids for draft, verdict in progress.failed)
