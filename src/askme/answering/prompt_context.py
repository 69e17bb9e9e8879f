"""Evidence → what a model is told: bullets under their ids with where and when, computed facts, what isn't stated."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from langchain_core.messages import BaseMessage

from askme.answering.retriever import Evidence
from askme.llm.prompts import Prompts
from askme.resume.lines import dated, first_line, text_line, trail
from askme.text.periods import month_text
from askme.text.tokenize import has_han
from askme.types import STATIONS, Bullet, Card, Knowledge, Language, Line, Month, Notice

GROUPS = 6
"""Projects or single bullets told for a question about one fact."""
BROAD = 1.4
"""How much more evidence a question about a list or a whole job gets."""
NOTICE = 0.08
"""From this similarity on, what isn't stated is told beside the evidence."""
_CHARS_PER_TOKEN = 3.6
_LANGUAGES = {
    "zh": "Chinese (简体中文)", "en": "English", "ja": "Japanese", "ko": "Korean", "ru": "Russian", "ar": "Arabic",
    "th": "Thai", "hi": "Hindi", "he": "Hebrew", "el": "Greek", "es": "Spanish", "fr": "French", "de": "German",
    "pt": "Portuguese", "it": "Italian", "vi": "Vietnamese", "id": "Indonesian", "nl": "Dutch",
}  # fmt: skip


def token_count(text: str) -> int:
    """Return about how many tokens `text` has, rather too many than too few: a Chinese character counts as one."""
    chinese = sum(map(has_han, text))
    return round(chinese + (len(text) - chinese) / _CHARS_PER_TOKEN)


@dataclass(frozen=True)
class Brief:
    """What a model is told for one question; `ids` may be cited."""

    messages: list[BaseMessage]
    evidence: str
    ids: frozenset[str]
    language: str


class Briefing:
    """Makes briefs from one résumé, as of one month."""

    def __init__(self, knowledge: Knowledge, prompts: Prompts, now: Month, budget: int) -> None:
        """`budget` is the tokens of evidence for a question about a fact."""
        self._knowledge, self._prompts, self._now, self._budget = knowledge, prompts, now, budget
        self._notices = {f"notice.{notice.id}": notice for notice in knowledge.notices}
        self._outlines: dict[Language, str] = {}

    def brief(self, evidence: Evidence, ranked: Sequence[str], said: Notice | None = None) -> Brief:
        """Return the messages for a question. `ranked` are bullets, the best first; `said` is what answers it."""
        question = evidence.question
        language = question.reply_language
        broad = question.wants("list", "summary", "compare") or any(len(c.lines) > 3 for c in evidence.cards)
        left = round(self._budget * (BROAD if broad else 1))
        facts, left = self._facts(evidence.cards, language, left)
        groups = self._groups(ranked, None if broad else GROUPS)
        told = {cite for card in evidence.cards for line in card.lines if len(line.cites) == 1 for cite in line.cites}
        fresh = [[b for b in group if b.id not in told or b.is_heading] for group in groups]
        bullets = self._within([group for group in fresh if group], language, left)
        notices = [said] if said else self._silent(evidence)
        text = "\n\n".join(filter(None, (facts, self._told(bullets, language), _listed(notices, language))))
        ids = frozenset(
            (
                *(cite for card in evidence.cards for line in card.lines for cite in line.cites),
                *(b.id for b in bullets),
                *(above.id for b in bullets for above in trail(b, self._knowledge)),
                *(f"notice.{notice.id}" for notice in notices),
            )
        )
        name = _LANGUAGES.get(question.language, f"the language of the question ({question.language})")
        messages = self._prompts.answer.messages(
            name=self._name(),
            outline=self._outline(language),
            today=month_text(self._now, "en"),
            evidence=text,
            language=name,
            question=_quoted(question.text),
        )
        return Brief(messages, text, ids, name)

    def repair(
        self, evidence: Evidence, brief: Brief, problems: Iterable[tuple[str, Sequence[str]]]
    ) -> list[BaseMessage]:
        """Return the messages that ask for better sentences in place of those with problems."""
        listed = "\n".join(f"- {text}\n  {'; '.join(found)}" for text, found in problems)
        return self._prompts.repair.messages(
            name=self._name(),
            evidence=brief.evidence,
            language=brief.language,
            question=_quoted(evidence.question.text),
            problems=listed,
        )

    def condense(self, question: str, turns: Iterable[tuple[str, str]]) -> list[BaseMessage]:
        """Return the messages that ask for a standalone question; `turns` are (question, answer)."""
        said = "\n".join(f"Visitor: {_quoted(asked)}\nAnswer: {_quoted(answer)}" for asked, answer in turns)
        return self._prompts.condense.messages(name=self._name(), conversation=said, question=_quoted(question))

    def _name(self) -> str:
        name = self._knowledge.profile.name
        return name.en if name.zh in name.en else f"{name.en} ({name.zh})"

    # Evidence

    def _facts(self, cards: Sequence[Card], language: Language, left: int) -> tuple[str, int]:
        lines = dict.fromkeys(line for card in cards for line in card.lines if line.cites)
        told: list[str] = []
        for line in lines:
            text = f"- {_cited(line, language)}"
            left -= token_count(text)
            if left < 0 and told:
                break
            told.append(text)
        return "\n".join(("Computed from headings and dates:", *told)) if told else "", max(0, left)

    def _groups(self, ranked: Sequence[str], most: int | None) -> list[list[Bullet]]:
        """Return the bullets in the order of their ranks, a project always whole."""
        groups: dict[str, list[Bullet]] = {}
        for identifier in ranked:
            bullet = self._knowledge.bullets[identifier]
            parent = self._knowledge.bullets.get(bullet.parent)
            project = bullet if bullet.kind == "project" else parent if parent and parent.kind == "project" else None
            if project:
                groups.setdefault(project.id, [project, *self._knowledge.under(project.id)])
            else:
                groups.setdefault(bullet.id, [bullet])
        return list(groups.values())[:most]

    def _within(self, groups: list[list[Bullet]], language: Language, left: int) -> list[Bullet]:
        """Return the groups that fit into `left` tokens, in the résumé's order; the first one in any case."""
        chosen: dict[str, Bullet] = {}
        for group in groups:
            size = sum(token_count(f"- {b.text[language]} [{b.id}]") + 2 for b in group)
            if size > left and chosen:
                continue
            left -= size
            chosen.update((b.id, b) for b in group)
        return [b for b in self._knowledge.bullets.values() if b.id in chosen]

    def _told(self, bullets: list[Bullet], language: Language) -> str:
        told: list[str] = []
        seen: set[str] = set()
        for bullet in bullets:
            for above in trail(bullet, self._knowledge):
                if above.id not in seen:
                    told.append(_heading(above, language))
                    seen.add(above.id)
            if bullet.id not in seen:
                told.append(
                    _heading(bullet, language) if bullet.is_heading else f"- {_cited(text_line(bullet), language)}"
                )
                seen.add(bullet.id)
        return "\n".join(told)

    def _silent(self, evidence: Evidence) -> list[Notice]:
        hits = {r.notice.id for r in evidence.notices if r.notice and r.notice.score >= NOTICE}
        found = (self._notices[id_] for id_ in sorted(hits))
        return [notice for notice in found if notice.status == "not_in_resume"]

    # The résumé at a glance

    def _outline(self, language: Language) -> str:
        if language not in self._outlines:
            self._outlines[language] = "\n".join(self._outlined(language))
        return self._outlines[language]

    def _outlined(self, language: Language) -> Iterable[str]:
        for section, title in self._knowledge.sections.items():
            inside = [b for b in self._knowledge.bullets.values() if b.section == section]
            tops = [b for b in inside if b.parent not in self._knowledge.bullets]
            kinds = {b.kind for b in tops}
            if kinds & {*STATIONS, "education", "activity"}:
                yield f"{title[language]}:"
                yield from (line for top in tops for line in self._station(top, language))
            elif "award" in kinds:
                yield f"{title[language]}: {len(tops)}"
            elif section != "profile":
                yield f"{title[language]}: " + "; ".join(first_line(b)[language] for b in tops)

    def _station(self, top: Bullet, language: Language) -> Iterable[str]:
        yield f"- {dated(top)[language]}"
        projects = [first_line(b)[language] for b in self._knowledge.under(top.id) if b.kind == "project"]
        if projects:
            yield "  " + "; ".join(projects)


def _heading(bullet: Bullet, language: Language) -> str:
    mark = "##" if bullet.kind in (*STATIONS, "education", "activity") else "###"
    text = text_line(bullet).text[language] if mark == "##" else first_line(bullet)[language]
    return f"{mark} {text} [{bullet.id}]"


def _cited(line: Line, language: Language) -> str:
    return f"{line.text[language]} [{', '.join(line.cites)}]"


def _listed(notices: list[Notice], language: Language) -> str:
    told = [f"- {notice.text[language]} [notice.{notice.id}]" for notice in notices]
    return "\n".join(("Known not to be in the résumé:", *told)) if told else ""


def _quoted(text: str) -> str:
    """Return a visitor's words so that they can't end the part they stand in."""
    return " ".join(text.replace("<", "‹").replace(">", "›").split())
