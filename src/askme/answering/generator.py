"""The model writes and decides; each sentence is verified as it comes, repaired once, else left out."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from askme.answering.conversation import Asked
from askme.answering.findings import Findings
from askme.answering.outcome import UNSUPPORTED, Outcome
from askme.answering.prompt_context import Brief, Briefing
from askme.answering.reply import Reply, kind_of
from askme.errors import ModelError
from askme.llm.chat_model import ChatModel, Deadline
from askme.llm.usage import Usage
from askme.resume.lines import text_line
from askme.text.tokenize import clean
from askme.types import Knowledge, Message, Statement, Status, Withheld
from askme.verification.sentences import NONE, Draft, Splitter, without_thoughts
from askme.verification.verifier import Verdict, Verifier

REPAIR_SECONDS = 3.0
"""A repair is tried when so much of the deadline is left."""
WITHHELD_IN_A_ROW = 40
"""Sentences withheld one after the other after which the rest of a reply isn't read."""
STAND_INS = 3
"""Bullets at most that stand in, in their own words, for sentences that were left out."""
MOST_SENTENCES = 24
"""A list of all projects has 20 lines; whoever writes more has lost the question and isn't listened to."""
READ = 0.5
"""The least share of a prompt's estimated tokens that a server must count, or it has read only the end of it."""
_NO: dict[Status, Message] = {
    "not_in_resume": Message("简历没有写到这一点。", "The résumé doesn't say anything on that."),
    "declined": Message("这里只回答与简历有关的问题。", "This chat only answers questions about the résumé."),
}
"""What is said where a model's own words for its "no" don't hold: it has decided."""
_log = logging.getLogger(__name__)


@dataclass
class _Progress:
    """What has been said so far, and what a further sentence stands under.

    `kind` is what the model called its reply, `said_no` whether a "no" was told; `leads` wait for what they lead to.
    """

    kind: Status | None = None
    reply: str = ""
    said_no: bool = False
    leads: list[Statement] = field(default_factory=list)
    under: str = ""
    said: set[str] = field(default_factory=set)
    cited: set[str] = field(default_factory=set)
    failed: list[tuple[Draft, Verdict]] = field(default_factory=list)
    in_a_row: int = 0

    @property
    def refuses(self) -> bool:
        """Whether the model said that there is no answer to give."""
        return self.kind in _NO

    def without_kind(self, draft: Draft) -> Draft | None:
        """Return a draft without the kind of the reply, which may stand anywhere; None when it is nothing else."""
        told = [(one, kind) for one in draft.ids if (kind := kind_of(one))]
        kind = kind_of(draft.text) if not draft.ids or told else None
        self.kind = self.kind or kind or next((kind for _, kind in told), None)
        return None if kind else replace(draft, ids=tuple(one for one in draft.ids if one not in dict(told)))


class Writer:
    """Writes answers from one résumé with one model."""

    def __init__(
        self, knowledge: Knowledge, model: ChatModel, briefing: Briefing, verifier: Verifier, seconds: float
    ) -> None:
        """An answer may take `seconds` in all."""
        self._knowledge, self.model, self._briefing, self._verifier = knowledge, model, briefing, verifier
        self.seconds = seconds
        self._statuses: dict[str, Status] = {f"notice.{n.id}": n.status for n in knowledge.notices}
        self._warned = False

    @property
    def knowledge(self) -> Knowledge:
        """The résumé it writes from."""
        return self._knowledge

    def warm(self) -> None:
        """Ask the server for the model, then read what sentences will be held against."""
        self.model.probe()
        self._verifier.warm()

    def write(self, asked: Asked, findings: Findings, outcome: Outcome) -> Iterator[Statement]:
        """Yield the statements that hold, as soon as they are known to; `outcome` is complete at the end."""
        deadline = Deadline(self.seconds - (time.monotonic() - outcome.begun), outcome.stop)
        brief = self._briefing.brief(asked, findings)
        writing = _Writing(self, self._verifier.with_facts(findings.facts), asked, findings, outcome, brief, deadline)
        yield from writing.first()
        if writing.worth_repair():
            yield from writing.again()
        yield from writing.ended()

    def status_of(self, verdict: Verdict) -> Status:
        """Return the status that a sentence speaks for: that of its notice, else whether it answers."""
        told = (self._statuses[cite] for cite in verdict.cites if cite in self._statuses)
        return next(told, "not_in_resume" if verdict.kind == "silent" else "answered")

    def bullet(self, identifier: str, findings: Findings) -> str | None:
        """Return a bullet's own words, None when there is no such bullet."""
        bullet = self._knowledge.bullets.get(identifier)
        return text_line(bullet).text[findings.reply_language] if bullet else None

    def repair(self, brief: Brief, progress: _Progress) -> Brief:
        """Return the request for better sentences in place of those that failed."""
        problems = [(_written(draft), verdict.problems) for draft, verdict in progress.failed]
        return replace(brief, messages=self._briefing.repair(brief, progress.reply, problems))

    def look_at(self, usage: Usage, brief: Brief) -> None:
        """Say once when the server has read much less than it was sent: some cut a prompt off without a word."""
        read = usage.prompt / usage.counted if usage.counted else 0
        if read and read < READ * brief.tokens and not self._warned:
            self._warned = True
            _log.warning(
                "%s read %.0f tokens of a prompt of about %d; give it more context (Ollama: OLLAMA_CONTEXT_LENGTH), "
                "or set ASKME_CONTEXT_TOKENS to what it has",
                *(self.model.name, read, brief.tokens),
            )


@dataclass
class _Writing:
    """The writing of one answer.

    `_first` is the status that its first sentence speaks for, `_denied` whether a sentence to be mended was a "no".
    """

    _writer: Writer
    _verifier: Verifier
    _asked: Asked
    _findings: Findings
    _outcome: Outcome
    _brief: Brief
    _deadline: Deadline
    _progress: _Progress = field(default_factory=_Progress)
    _first: Status | None = None
    _denied: bool = False

    def first(self) -> Iterator[Statement]:
        """Yield what holds of the reply."""
        yield from self._streamed(self._brief, again=False)

    def worth_repair(self) -> bool:
        """Whether there is time for a repair, and what failed is more than chatter beside sentences that hold."""
        progress = self._progress
        if not progress.failed or self._outcome.failure or self._deadline.left() <= REPAIR_SECONDS:
            return False
        if progress.refuses and progress.said_no:
            return False
        return not progress.said or any(verdict.cites or draft.ids for draft, verdict in progress.failed)

    def again(self) -> Iterator[Statement]:
        """Ask once for better sentences; they come after those that held."""
        progress, outcome, before = self._progress, self._outcome, self._outcome.shown
        request, failed = self._writer.repair(self._brief, progress), progress.failed
        self._denied = any(NONE in draft.ids for draft, _ in failed)
        progress.failed, progress.under = [], ""
        progress.leads.clear()
        yield from self._streamed(request, again=True)
        outcome.repaired = min(len(failed), outcome.shown - before)
        progress.failed = failed if outcome.shown == before else progress.failed

    def ended(self) -> Iterator[Statement]:
        """Yield what stands in for what was left out, and settle what kind of answer it is."""
        progress, outcome = self._progress, self._outcome
        if progress.kind == "greeting" and not outcome.shown:
            outcome.shown += len(self._findings.greeting)
            yield from self._findings.greeting
        if progress.refuses and not outcome.shown:
            yield self._plain_no()
        yield from self._stand_ins()
        outcome.status = self._status()
        if not outcome.shown and not outcome.failure:
            outcome.failure = UNSUPPORTED

    def _streamed(self, request: Brief, again: bool) -> Iterator[Statement]:
        call = self._writer.model.call(request.messages, self._deadline)
        try:
            reply = Reply(without_thoughts(call))
            for draft in self._drafts(reply):
                yield from self._judged(draft, again)
                if self._outcome.shown >= MOST_SENTENCES:
                    break
            if not again:
                self._progress.reply = reply.raw
        except ModelError as error:
            self._outcome.failure = str(error)
        finally:
            self._outcome.usage += call.usage
            self._writer.look_at(call.usage, request)

    def _drafts(self, reply: Reply) -> Iterator[Draft]:
        splitter = Splitter("\n" if self._outcome.shown else "")
        for piece in reply:
            self._progress.kind = self._progress.kind or reply.kind
            for draft in splitter.feed(piece):
                yield draft
                if self._progress.in_a_row >= WITHHELD_IN_A_ROW:
                    break
            if splitter.full or self._progress.in_a_row >= WITHHELD_IN_A_ROW:
                if self._outcome.shown:
                    return  # what holds is told; nobody waits for the rest
                raise ModelError("endless", "its reply came to no end")
        self._progress.kind = self._progress.kind or reply.kind
        yield from splitter.close()

    def _judged(self, written: Draft, again: bool) -> Iterator[Statement]:
        progress, outcome = self._progress, self._outcome
        draft = progress.without_kind(written)
        if draft is None or draft.text in progress.said or progress.kind == "greeting":
            return
        verdict = self._verdict(draft)
        if verdict.problems:
            outcome.withheld.append(Withheld(clean(draft.text), draft.ids, verdict.problems, again))
            progress.in_a_row += 1
            yield from self._failed(draft, verdict)
            return
        progress.in_a_row = 0
        if again and verdict.kind == "silent" and not self._may_turn_silent():
            return
        statement = Statement(draft.text, tuple(c for c in verdict.cites if not c.startswith("notice.")), draft.before)
        if verdict.kind == "lead":
            progress.under = self._verifier.station_in(draft.text, self._findings.language)
            progress.leads = [statement]
            return
        progress.said.add(draft.text)
        yield from self._held(statement, verdict)

    def _may_turn_silent(self) -> bool:
        """Whether a repair may say that there is no answer: not when an answer was given, only in bad words."""
        return self._progress.kind != "answered" or self._denied

    def _verdict(self, draft: Draft) -> Verdict:
        """Return what of a sentence doesn't hold. What is asked is the question and what it is understood as."""
        question = "\n".join(dict.fromkeys((self._asked.question, self._findings.question)))
        return self._verifier.check(draft, self._brief.ids, question, self._findings.language, self._progress.under)

    def _held(self, statement: Statement, verdict: Verdict) -> Iterator[Statement]:
        progress, outcome = self._progress, self._outcome
        if not outcome.shown:
            self._first = self._writer.status_of(verdict)
        fact = verdict.kind == "fact"
        progress.cited |= set(statement.cites)
        progress.said_no |= not fact
        outcome.answered |= fact
        told = [*progress.leads, statement] if fact else [statement]
        progress.leads.clear()
        outcome.shown += len(told)
        yield from told

    def _failed(self, draft: Draft, verdict: Verdict) -> Iterator[Statement]:
        """Note a sentence that doesn't hold; one that only says "no" gives way to the plainest way to say so."""
        progress = self._progress
        if progress.kind == "declined" or (progress.refuses and NONE in draft.ids and not verdict.cites):
            if not progress.said_no:
                yield self._plain_no()
            return
        progress.failed.append((draft, verdict))

    def _plain_no(self) -> Statement:
        progress = self._progress
        progress.said_no = True
        self._outcome.shown += 1
        text = _NO[progress.kind or "not_in_resume"][self._findings.reply_language]
        progress.said.add(text)
        return Statement(text, (), " ")

    def _status(self) -> Status:
        """Return the kind that the model told, or that of the first sentence; an answer that states nothing is none."""
        kind, facts = self._progress.kind or self._first or "answered", self._outcome.answered
        if facts:
            return "answered" if kind == "greeting" else kind
        return "not_in_resume" if kind == "answered" else kind

    def _stand_ins(self) -> Iterator[Statement]:
        """Say in the résumé's own words what the left out sentences cited and nothing else has told."""
        progress = self._progress
        if not self._outcome.answered or progress.refuses:
            return
        wanted = dict.fromkeys(cite for _, verdict in progress.failed for cite in verdict.cites)
        texts = {c: self._writer.bullet(c, self._findings) for c in wanted if c not in progress.cited}
        for cite, text in [(cite, text) for cite, text in texts.items() if text][:STAND_INS]:
            yield Statement(text, (cite,), "\n- ")


def _written(draft: Draft) -> str:
    return f"{draft.text} [{', '.join(draft.ids)}]"
