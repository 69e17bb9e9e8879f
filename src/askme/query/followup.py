"""Follow-ups without a model: what the last answer was about is carried into a question that doesn't say it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from askme.query.parser import Question, Reader, versions
from askme.query.router import Structure
from askme.resume.lines import first_line, short_name
from askme.types import Bullet, Language, Turn

_SWAP = re.compile(
    r"^(?:and|so|then|ok|well)?,?\s*(?:how|what) about\b|^(?:and|or)\b|"
    r"^那么?|呢[?？]?$|^换成|same (?:for|question)|^(?:at|for) \w+\??$",
    re.IGNORECASE,
)
_POINTER = re.compile(
    r"\b(?:it|its|that|this|those|these|there|then|they|them|"
    r"the (?:project|job|company|role|model|team|one|ones|first|second|third|last))\b|"
    r"那|这|其中|它|该|此|上面|前面|刚才|刚刚|第[一二三四五六1-6]个",
)
_THERE = re.compile(r"\bthere\b|那里|那边|那儿|当地")
_ORDINAL = re.compile(
    r"第([一二三四五六七八1-8])个|\b(first|second|third|fourth|fifth|last) (?:one|project)\b|最后一个"
)
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "last": 0} | {
    c: i for i, c in enumerate("一二三四五六七八", 1)
}


class CarryOver:
    """Makes questions standalone from what earlier answers cited."""

    def __init__(self, structure: Structure, reader: Reader) -> None:
        """Take the structure (what is above and after what) and the reader of questions."""
        self._structure, self._reader = structure, reader
        self._bullets = structure.knowledge.bullets

    def standalone(self, text: str, history: Sequence[Turn]) -> str:
        """Return `text`, with the names it leans on when it leans on an earlier turn."""
        question = self._reader.read(text)
        turn = next((known for t in reversed(history) if (known := self._known(t)).cites), None)
        if turn is None or not question.normal:
            return text
        step = self._stepped(question, turn)
        if step:
            return step
        changed = self._other_version(question, turn)
        if changed:
            return changed
        if self._about_that_award(question, turn):
            return f"{turn.standalone_question} {question.text}"
        if self._stands_alone(question):
            swapped = self._swapped(question, turn)
            return swapped or text
        return self._with_focus(question, turn)

    def stands_alone(self, text: str, history: Sequence[Turn]) -> bool:
        """Whether a question needs nothing from the turns before it."""
        question = self._reader.read(text)
        if question.language not in ("zh", "en"):
            return False
        return self._stands_alone(question) and self.standalone(text, history) == text

    def _known(self, turn: Turn) -> Turn:
        """Return a turn with only those of its citations that the résumé has: a history may come from anywhere."""
        return replace(turn, cites=tuple(cite for cite in turn.cites if cite in self._bullets))

    def _stands_alone(self, question: Question) -> bool:
        if question.stations or question.projects or question.terms("medal", "contest"):
            return True
        if question.terms("technologies", "companies", "schools", "qualifications", "topics"):
            return True
        if _POINTER.search(question.normal):
            return False
        named = [
            m for m in question.mentions if m.term.category not in ("candidate", "region", "metric", "version", "site")
        ]
        if named:
            return True
        if question.terms("version", "region") and question.residue:
            return True
        if question.wants(
            "education", "experience", "gap", "employers", "skills", "awards", "longest", "shortest", "current", "first"
        ):
            return not question.wants("next", "previous")
        return len(question.residue) >= 3 and not _SWAP.search(question.normal)

    def _about_that_award(self, question: Question, turn: Turn) -> bool:
        """Whether it asks on about the one award the last answer told of: "was it silver or gold?"."""
        one = len(turn.cites) == 1 and self._bullets[turn.cites[0]].kind == "award"
        return one and bool(question.terms("medal") and _POINTER.search(question.normal))

    def _other_version(self, question: Question, turn: Turn) -> str | None:
        """Return the earlier question about another version: "and v24?"."""
        wanted, earlier = versions(question.normal), turn.standalone_question.lower()
        had = versions(earlier)
        if len(wanted) != 1 or len(had) != 1 or question.residue:
            return None
        return earlier.replace(f"v{had[0]}", f"v{wanted[0]}")

    def _swapped(self, question: Question, turn: Turn) -> str | None:
        """Return the earlier question asked of another place: "how about at Shopee?"."""
        bare = bool(question.stations or question.projects) and not question.residue
        said = question.intents - {"summary", "more", "whether", "where", "start", "confirm", "order", "list", "first"}
        if not bare or said or not _SWAP.search(question.normal):
            return None
        earlier = self._reader.read(turn.standalone_question)
        spans = [m for m in earlier.mentions if m.term.category == "name"]
        target = question.stations or question.projects
        name = self._name(target[0], question.reply_language)
        if not spans:
            return None
        first = spans[0]
        return earlier.normal[: first.start] + f" {name} " + _after(earlier.normal, spans[-1].end, first.end)

    def _stepped(self, question: Question, turn: Turn) -> str | None:
        """Return the question about the next or previous version, or the n-th of a list."""
        language = question.reply_language
        ordinal = _ORDINAL.search(question.normal)
        if ordinal:
            listed = [
                self._bullets[c]
                for c in turn.cites
                if self._bullets[c].kind in ("project", "job", "internship", "research", "award")
            ]
            projects = [b for b in listed if b.kind == "project"] or listed
            number = _ORDINALS.get(ordinal[1] or ordinal[2] or "last", 0)
            if projects and number <= len(projects):
                chosen = projects[number - 1]
                return f"{question.text} ({self._name(chosen.id, language)})"
        if not question.wants("next", "previous") or question.terms("version"):
            return None
        asked = versions(turn.standalone_question.lower())
        found = asked or versions(self._bullets[turn.cites[0]].text.original)[:1]
        if not found:
            return None
        number = found[-1] + (1 if question.wants("next") else -1)
        if f"v{found[-1]}" in turn.standalone_question.lower():
            return turn.standalone_question.lower().replace(f"v{found[-1]}", f"v{number}")
        return f"v{number} 模型效果" if language == "zh" else f"v{number} model results"

    def _with_focus(self, question: Question, turn: Turn) -> str:
        site = self._site(question, turn)
        if site:
            return f"{question.text} ({site})"
        focus = self.focus(turn)
        if focus in self._bullets and question.wants("before", "after") and not question.residue:
            focus = self._bullets[focus].station  # positions come one after the other; projects have no order
        if not focus:
            return f"{turn.standalone_question} {question.text}"
        name = self._name(focus, question.reply_language)
        return f"{question.text} ({name})"

    def _site(self, question: Question, turn: Turn) -> str:
        """Return the place of the earlier question when this one says "there" and that one was about no employer."""
        earlier = self._reader.read(turn.standalone_question)
        named = earlier.terms("site", "places")
        if not named or earlier.stations or not _THERE.search(question.normal):
            return ""
        return named[0].spellings[1 if question.reply_language == "zh" and len(named[0].spellings) > 1 else 0]

    def focus(self, turn: Turn) -> str:
        """Return the heading the last answer was about: one project, else one position, else one section, else ""."""
        cited = [self._bullets[c] for c in turn.cites if c in self._bullets]
        projects = {
            b.id if b.kind == "project" else b.parent
            for b in cited
            if b.kind == "project" or self._is_project(b.parent)
        }
        stations = {b.station for b in cited}
        if len(projects) == 1 and all(b.kind == "project" or self._is_project(b.parent) for b in cited):
            return next(iter(projects))
        if len(stations) != 1 or "profile" in stations:
            return ""
        first = cited[0]
        return next((p for p in (first.id, first.parent) if self._is_project(p)), first.station)

    def _is_project(self, identifier: str) -> bool:
        bullet = self._bullets.get(identifier)
        return bullet is not None and bullet.kind == "project"

    def _name(self, identifier: str, language: Language) -> str:
        bullet: Bullet | None = self._bullets.get(identifier)
        if bullet is None or bullet.kind == "contact":
            identifier = bullet.section if bullet else identifier
            return self._structure.knowledge.sections[identifier][language]
        if bullet.kind == "project":
            station = short_name(self._bullets[bullet.station])[language]
            return f"{station}, {first_line(bullet)[language]}"
        return short_name(bullet)[language]


def _after(text: str, last: int, first: int) -> str:
    return text[max(last, first) :].strip()
