"""What a model is told: the whole résumé under ids, or the parts of it nearest the question, and what search found.

The fixed part is the same for all questions of a language, so that providers can cache it: rules, computed facts and
the résumé. Where that doesn't fit into the tokens of a prompt, an outline takes the résumé's place, and the parts
nearest the question are told with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from langchain_core.messages import AIMessage, BaseMessage

from askme.answering.conversation import Asked, quoted
from askme.answering.findings import Findings
from askme.llm.prompts import Prompts
from askme.resume.lines import first_line, text_line, trail
from askme.text.periods import month_text
from askme.text.token_count import token_count
from askme.types import STATIONS, Bullet, Card, Knowledge, Language, Line, Month, Notice

STANDING = ("employer-count", "tenure", "experience", "longest", "shortest", "gaps", "projects")
"""Topics of computed cards that the fixed part tells: what a reader of the résumé would have to work out."""
CHANGING = 1000
"""Tokens kept free for the conversation, what search found, and the question."""
MOST_EVIDENCE = 2500
"""Tokens of evidence where the résumé doesn't fit: what changes with the question isn't cached by providers."""
FOUND_TOKENS = 400
"""What a search found may have of these, where the whole résumé is told; the rest of it is left out."""
NEAR, FACTS, SILENT = 8, 5, 2
"""How many ids, computed lines and topics a question is helped with."""
_NOTHING = "(nothing)"
_OUTLINE = "Here its headings only; its lines nearest the question stand below."
_LANGUAGES: dict[Language, str] = {"zh": "Chinese (简体中文)", "en": "English"}
"""In no other language can what a model says be checked, so other visitors are answered in English."""


@dataclass(frozen=True)
class Brief:
    """What a model is told for one question; `ids` may be cited, `tokens` is about how long it is."""

    messages: list[BaseMessage]
    ids: frozenset[str]
    language: str

    @property
    def tokens(self) -> int:
        """About how many tokens the messages have."""
        return sum(token_count(str(message.content)) for message in self.messages)


@dataclass(frozen=True)
class _Fixed:
    """The part that is the same for all questions of a language; `whole`: all of the résumé is in it."""

    facts: str
    resume: str
    ids: frozenset[str]
    whole: bool
    left: int


class Briefing:
    """Makes briefs from one résumé, as of one month."""

    def __init__(self, knowledge: Knowledge, cards: Iterable[Card], prompts: Prompts, now: Month, budget: int) -> None:
        """`cards` are computed from the résumé, `budget` is the tokens that a prompt may have."""
        self._knowledge, self._prompts, self._now, self._budget = knowledge, prompts, now, budget
        self._standing = tuple(standing(cards))
        self._parts: dict[Language, _Fixed] = {}

    def brief(self, asked: Asked, findings: Findings) -> Brief:
        """Return the messages for a question."""
        language = findings.reply_language
        fixed = self._fixed(language)
        asking = token_count(asked.question) + token_count(asked.conversation)
        left = fixed.left - max(0, asking + FOUND_TOKENS - CHANGING)
        evidence = [] if fixed.whole else self._within(findings.near, language, left)
        told_ids = fixed.ids | {b.id for b in evidence}
        found = self._found(findings, [one for one in findings.near if one in told_ids][:NEAR])
        told = "\n\n".join(filter(None, (_listed(evidence, self._knowledge, language), found)))
        messages = self._prompts.answer.messages(
            **self._values(fixed.facts, fixed.resume),
            conversation=asked.conversation or "(none: this is the first question)",
            found=told or _NOTHING,
            language=_LANGUAGES[language],
            question=quoted(asked.question),
        )
        ids = told_ids | {f"notice.{notice.id}" for notice in findings.silent[:SILENT]}
        return Brief(messages, ids, _LANGUAGES[language])

    def repair(self, brief: Brief, reply: str, problems: Iterable[tuple[str, Sequence[str]]]) -> list[BaseMessage]:
        """Return the messages that ask for better sentences in place of those of `reply` with problems.

        They begin with those of the first request, which servers still know.
        """
        listed = "\n".join(f"- {text}\n  {'; '.join(found)}" for text, found in problems)
        again = self._prompts.repair.messages(language=brief.language, problems=listed)
        return [*brief.messages, AIMessage(reply), *again]

    def _values(self, facts: str, resume: str) -> dict[str, str]:
        name = self._knowledge.profile.name
        both = name.en if name.zh in name.en else f"{name.en} ({name.zh})"
        return {"name": both, "today": month_text(self._now, "en"), "facts": facts, "resume": resume}

    # The fixed part

    def _fixed(self, language: Language) -> _Fixed:
        if language not in self._parts:
            facts = "\n".join(f"- {_cited(line, language)}" for line in self._standing) or _NOTHING
            every = list(self._knowledge.bullets.values())
            made = self._part(facts, _listed(every, self._knowledge, language), every, whole=True)
            if made.left < 0:
                made = self._outlined(facts, language)
            self._parts[language] = made
        return self._parts[language]

    def _outlined(self, facts: str, language: Language) -> _Fixed:
        """Return the fixed part with the headings only; without those of projects, and facts, where that's too much."""
        headings = [b for b in self._knowledge.bullets.values() if b.is_heading]
        above = [b for b in headings if b.kind != "project"]
        for told, computed in ((headings, facts), (above, facts), (above, _NOTHING)):
            resume = f"{_OUTLINE}\n\n{_listed(told, self._knowledge, language)}"
            made = self._part(computed, resume, told, whole=False)
            if made.left >= MOST_EVIDENCE / 2:
                break
        return made

    def _part(self, facts: str, resume: str, told: Iterable[Bullet], whole: bool) -> _Fixed:
        empty = dict.fromkeys(("conversation", "found", "language", "question"), "")
        messages = self._prompts.answer.messages(**self._values(facts, resume), **empty)
        left = self._budget - token_count(str(messages[0].content)) - CHANGING
        return _Fixed(facts, resume, frozenset(b.id for b in told), whole, left)

    # What changes

    def _within(self, ranked: Sequence[str], language: Language, left: int) -> list[Bullet]:
        """Return the nearest bullets that fit, projects always whole, in the résumé's order; the first in any case."""
        left, chosen = min(left, MOST_EVIDENCE), dict[str, Bullet]()
        for group in self._groups(ranked):
            size = sum(token_count(f"- {b.text[language]} [{b.id}]") + 2 for b in group if b.id not in chosen)
            if size > left and chosen:
                continue
            left -= size
            chosen.update((b.id, b) for b in group)
        return [b for b in self._knowledge.bullets.values() if b.id in chosen]

    def _groups(self, ranked: Sequence[str]) -> list[list[Bullet]]:
        """Return bullets in the order of their ranks, each with all of its project."""
        groups: dict[str, list[Bullet]] = {}
        for identifier in ranked:
            bullet = self._knowledge.bullets[identifier]
            parent = self._knowledge.bullets.get(bullet.parent)
            project = bullet if bullet.kind == "project" else parent if parent and parent.kind == "project" else None
            if project:
                groups.setdefault(project.id, [project, *self._knowledge.under(project.id)])
            else:
                groups.setdefault(bullet.id, [bullet])
        return list(groups.values())

    def _found(self, findings: Findings, near: Sequence[str]) -> str:
        language = findings.reply_language
        facts = [line for line in findings.facts if self._worth_telling(line, language)][:FACTS]
        told = [f"Nearest lines: {', '.join(near)}"] if near else []
        told += [f"- Perhaps: {_noticed(notice, language)}" for notice in findings.silent[:SILENT]]
        told += [f"- Computed: {_cited(line, language)}" for line in facts]
        sizes = accumulate(token_count(line) for line in told)
        return "\n".join(line for line, size in zip(told, sizes, strict=True) if size <= FOUND_TOKENS)

    def _worth_telling(self, line: Line, language: Language) -> bool:
        """Whether a computed line is more than what the fixed part holds already, put together."""
        if line in self._standing or not self._fixed(language).whole:
            return line not in self._standing
        bullets = (self._knowledge.bullets[cite] for cite in line.cites)
        return not any(first_line(bullet)[language] in line.text[language] for bullet in bullets)


def standing(cards: Iterable[Card]) -> Iterable[Line]:
    """Yield the computed lines that every question is answered with, once each."""
    by_topic: dict[str, list[Card]] = {}
    for card in cards:
        by_topic.setdefault(card.topic, []).append(card)
    seen = set[str]()
    for card in (card for topic in STANDING for card in by_topic.get(topic, ())):
        lines = [line for line in card.lines if line.cites and line.text.zh not in seen]
        told = lines[:1] if card.topic in ("employer-count", "projects") else lines
        seen.update(line.text.zh for line in told)
        yield from told


def _listed(bullets: Iterable[Bullet], knowledge: Knowledge, language: Language) -> str:
    """Return bullets under their sections and headings, each with its id."""
    told, seen, section = list[str](), set[str](), ""
    for bullet in bullets:
        if bullet.section != section and bullet.section in knowledge.sections:
            section = bullet.section
            told.append(f"# {knowledge.sections[section][language]}")
        for one in (*trail(bullet, knowledge), bullet):
            if one.id not in seen:
                told.append(
                    _heading(one, language) if one.is_heading else f"- {text_line(one).text[language]} [{one.id}]"
                )
                seen.add(one.id)
    return "\n".join(told)


def _heading(bullet: Bullet, language: Language) -> str:
    top = bullet.kind in (*STATIONS, "education", "activity")
    text = text_line(bullet).text[language] if top else first_line(bullet)[language]
    return f"{'##' if top else '###'} {text} [{bullet.id}]"


def _cited(line: Line, language: Language) -> str:
    return f"{line.text[language]} [{', '.join(line.cites)}]"


def _noticed(notice: Notice, language: Language) -> str:
    return f"{notice.text[language]} [notice.{notice.id}]"
