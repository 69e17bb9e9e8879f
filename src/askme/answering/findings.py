"""What search found for a question, small and named: help for the model, which reads the résumé and decides itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from askme.answering.composer import Composed, Composer
from askme.answering.evidence import Evidence
from askme.answering.refusals import greeting_for
from askme.query.parser import Question
from askme.types import Knowledge, Language, Line, Notice, Statement

LIKELY = 0.08
"""From this similarity on, what isn't stated is worth the model's look."""
_GREETED = {"hello", "thanks"}


@dataclass(frozen=True)
class Findings:
    """What was found for a question that stands alone.

    `near` are bullets, the nearest first; `facts` are computed lines that may answer it, with the bullets they rest on;
    `silent` is what the résumé may have nothing on. `greeting` is what a greeting is answered with; `settled`: the
    question is one, or can't be read, and nothing else.
    """

    question: str
    language: str
    near: tuple[str, ...] = ()
    facts: tuple[Line, ...] = ()
    silent: tuple[Notice, ...] = ()
    greeting: tuple[Statement, ...] = ()
    settled: bool = False

    @property
    def reply_language(self) -> Language:
        """The language in which the résumé is told: Chinese for Chinese, else English."""
        return "zh" if self.language == "zh" else "en"


class Gathering:
    """Makes findings of what search and the answer without a model come to."""

    def __init__(self, knowledge: Knowledge, composer: Composer) -> None:
        """`composer` knows what a greeting is answered with."""
        self._notices = {f"notice.{notice.id}": notice for notice in knowledge.notices}
        self._composer = composer

    def of(self, evidence: Evidence, composed: Composed, ranked: Sequence[str], language: str) -> Findings:
        """Return what the evidence for a question comes to. `ranked` are bullets, `language` is to be answered in."""
        question = evidence.question
        cards = [cite for card in evidence.cards for cite in card.cites]
        return Findings(
            question=question.text,
            language=language,
            near=tuple(dict.fromkeys([*cards, *ranked])),
            facts=tuple(dict.fromkeys(line for card in evidence.cards for line in card.lines if line.cites)),
            silent=self._silent(evidence, composed),
            greeting=self._composer.greeting(question, "zh" if language == "zh" else "en").statements,
            settled=_only_greets(question),
        )

    def _silent(self, evidence: Evidence, composed: Composed) -> tuple[Notice, ...]:
        """Return the notice that answers without a model, then those that are near."""
        said = composed.notice
        found = [said] if said and said.status != "greeting" else []
        near = {rivalry.notice.id for rivalry in evidence.notices if rivalry.notice and rivalry.notice.score >= LIKELY}
        notices = (self._notices[id_] for id_ in sorted(near))
        return tuple(dict.fromkeys([*found, *(notice for notice in notices if notice.status == "not_in_resume")]))


def _only_greets(question: Question) -> bool:
    greets = greeting_for(question) in ("greeting_hello", "greeting_thanks", "greeting_help")
    return greets and not question.residue and question.intents <= _GREETED
