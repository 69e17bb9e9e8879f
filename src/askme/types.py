"""The nouns of askme: months, what knowledge is made of, what is found in it, and what an answer consists of."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, TypeAlias


@dataclass(frozen=True, order=True)
class Month:
    """A calendar month; `number` counts months since year 0."""

    number: int

    @classmethod
    def of(cls, year: int, month: int) -> Month:
        """Return the month `month` (1 to 12) of `year`."""
        return cls(year * 12 + month - 1)

    @property
    def year(self) -> int:
        """The calendar year."""
        return self.number // 12

    @property
    def month(self) -> int:
        """The month in its year, 1 to 12."""
        return self.number % 12 + 1


@dataclass(frozen=True)
class Period:
    """From `start` to `end` (None: still going on); `by_year` when only years are known."""

    start: Month
    end: Month | None
    by_year: bool = False

    def overlaps(self, other: Period) -> bool:
        """Whether the two periods share a month."""
        ends_before = self.end is not None and self.end < other.start
        starts_after = other.end is not None and other.end < self.start
        return not (ends_before or starts_after)


Language: TypeAlias = Literal["zh", "en"]
Status: TypeAlias = Literal["answered", "not_in_resume", "declined", "greeting"]
Mode: TypeAlias = Literal["extractive", "model"]
Kind: TypeAlias = Literal[
    "profile", "contact", "skill", "award", "job", "internship", "research", "education", "activity", "project", "point"
]

STATIONS: tuple[Kind, ...] = ("job", "internship", "research")
"""Kinds of heading that are a position with an employer or a laboratory."""


@dataclass(frozen=True)
class Message:
    """What the chat itself says, in each of its languages."""

    zh: str
    en: str

    def __getitem__(self, language: Language) -> str:
        """Return the text in `language`."""
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True)
class Localized:
    """A text of the résumé in the languages it has, the one it was written in first; at least one."""

    texts: tuple[tuple[Language, str], ...]

    @classmethod
    def of(cls, source: Language, texts: Mapping[Language, str]) -> Localized:
        """Return the text written in `source`, with its renderings in other languages."""
        others = ((language, text) for language, text in texts.items() if language != source)
        return cls(((source, texts[source]), *others))

    def __getitem__(self, language: Language) -> str:
        """Return the text in `language`, or as it was written where it has no rendering in that."""
        return next((text for its, text in self.texts if its == language), self.original)

    @property
    def original(self) -> str:
        """The text as it was written: figures, dates and names are read from it."""
        return self.texts[0][1]

    @property
    def zh(self) -> str:
        """What a Chinese answer says for it."""
        return self["zh"]

    @property
    def en(self) -> str:
        """What an English answer says for it."""
        return self["en"]

    @property
    def renderings(self) -> tuple[str, ...]:
        """The text in all its languages, once each, as it was written first."""
        return tuple(dict.fromkeys(text for _, text in self.texts))

    @property
    def everything(self) -> str:
        """All renderings, a line each."""
        return "\n".join(self.renderings)

    def map(self, change: Callable[[str], str]) -> Localized:
        """Return the text with `change` made to each rendering."""
        return Localized(tuple((language, change(text)) for language, text in self.texts))


Texts: TypeAlias = Message | Localized
"""What can be shown in the visitor's language."""


@dataclass(frozen=True)
class Expansion:
    """Search help for one document, per language: questions it answers and words people use. Never shown."""

    zh: tuple[str, ...] = ()
    en: tuple[str, ...] = ()


@dataclass(frozen=True)
class Bullet:
    """One quotable line of the résumé.

    `parent` is the id of the heading above ("" at the top), `station` the id of the position or section it belongs
    to, `period` its own or the nearest heading's, `line` its line in the file the résumé was written in.
    """

    id: str
    kind: Kind
    text: Localized
    parent: str
    station: str
    section: str
    period: Period | None
    expansion: Expansion
    line: int

    @property
    def is_heading(self) -> bool:
        """Whether other bullets may stand under this one."""
        return self.kind not in ("point", "skill", "award", "contact", "profile")


@dataclass(frozen=True)
class Statement:
    """One sentence of an answer with the ids of the bullets it rests on (none: it states no fact).

    `before` is what sets it off from the sentence before; None: as a list, when there are several.
    """

    text: str
    cites: tuple[str, ...] = ()
    before: str | None = None


@dataclass(frozen=True)
class Line:
    """A statement in both languages, as cards hold them."""

    text: Texts
    cites: tuple[str, ...] = ()


@dataclass(frozen=True)
class Card:
    """An answer computed from the résumé's structure, e.g. a tenure or a list; its citations are bullets."""

    id: str
    topic: str
    scope: str
    lines: tuple[Line, ...]

    @property
    def cites(self) -> tuple[str, ...]:
        """All bullet ids the card rests on, in order, once each."""
        return tuple(dict.fromkeys(cite for line in self.lines for cite in line.cites))


@dataclass(frozen=True)
class Notice:
    """What to say of what is not stated or off topic, or to a greeting; `at`: only where one of these is named."""

    id: str
    status: Status
    text: Localized
    near: tuple[str, ...]
    expansion: Expansion
    at: tuple[str, ...] = ()


@dataclass(frozen=True)
class Term:
    """One thing with all its spellings, the first for display; `sensitive` spellings match in this case only."""

    category: str
    spellings: tuple[str, ...]
    id: str = ""
    sensitive: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Theme:
    """Questions to begin with, on one matter."""

    title: Localized
    questions: tuple[Localized, ...]


@dataclass(frozen=True)
class Profile:
    """Whose résumé it is, and what to ask first: the front matter."""

    name: Localized
    headline: Localized
    links: dict[str, str]
    examples: tuple[Theme, ...] = ()


@dataclass(frozen=True)
class Knowledge:
    """Everything under knowledge/, read and checked; `fingerprint` changes whenever a file does."""

    profile: Profile
    bullets: dict[str, Bullet]
    notices: tuple[Notice, ...]
    names: tuple[Term, ...]
    terms: tuple[Term, ...]
    known_terms: tuple[Term, ...]
    sections: dict[str, Localized]
    fingerprint: str

    @cached_property
    def _below(self) -> dict[str, list[Bullet]]:
        below: dict[str, list[Bullet]] = {}
        for bullet in self.bullets.values():
            below.setdefault(bullet.parent, []).append(bullet)
        return below

    def under(self, heading: str) -> list[Bullet]:
        """Return the bullets directly under `heading`, in order."""
        return list(self._below.get(heading, ()))

    def projects(self, position: str) -> list[Bullet]:
        """Return the headings of the projects directly under a position, in order."""
        return [bullet for bullet in self.under(position) if bullet.kind == "project"]

    def within(self, identifier: str, scope: Collection[str]) -> bool:
        """Whether a bullet is among `scope`, or its position is; without a scope all are."""
        return not scope or identifier in scope or self.bullets[identifier].station in scope

    def stations(self) -> list[Bullet]:
        """Return the headings of all positions, the latest first."""
        found = [b for b in self.bullets.values() if b.kind in STATIONS and b.period]
        return sorted(found, key=lambda b: b.period.start if b.period else Month(0), reverse=True)


@dataclass(frozen=True)
class Hit:
    """A document found for a question; `score` is its cosine similarity, with what steering added."""

    id: str
    kind: Literal["bullet", "notice"]
    score: float


@dataclass(frozen=True)
class Citation:
    """A numbered reference of one answer to one bullet."""

    number: int
    id: str
    text: str
    source_text: str
    heading: str


@dataclass(frozen=True)
class Turn:
    """An earlier question with the answer it got: all that a follow-up may look back on."""

    question: str
    standalone_question: str
    answer: str
    cites: tuple[str, ...] = ()


@dataclass(frozen=True)
class Withheld:
    """A sentence of a model that wasn't shown, with the ids it cited, and why; `again`: when it was to be put right."""

    text: str
    cites: tuple[str, ...]
    reasons: tuple[str, ...]
    again: bool = False


@dataclass(frozen=True)
class Answer:
    """What a visitor gets, the same for page, command line and evaluation. Times in milliseconds.

    `usage` is what the model used, its cost in US dollars (None: unknown) and how many of its sentences were shown,
    withheld, repaired and dropped; `withheld` are these. `fallback` says why a configured model did not write (all of)
    it. `key` is what it may be kept under.
    """

    question: str
    standalone_question: str
    language: str
    status: Status
    text: str
    mode: Mode
    citations: tuple[Citation, ...]
    timings_ms: dict[str, float]
    usage: dict[str, float | None] | None = None
    retrieved: tuple[str, ...] = field(default=())
    fallback: str = ""
    withheld: tuple[Withheld, ...] = ()
    key: str = ""

    def turn(self) -> Turn:
        """Return this answer as a turn of the history."""
        return Turn(self.question, self.standalone_question, self.text, tuple(c.id for c in self.citations))


@dataclass(frozen=True)
class Retrieved:
    """Event: the evidence is found; `ids` are bullets, the best first."""

    standalone_question: str
    ids: tuple[str, ...]


@dataclass(frozen=True)
class Sentence:
    """Event: one more piece of the answer, ready to show, marks included."""

    text: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True)
class Done:
    """Event: the answer is complete."""

    answer: Answer


Event: TypeAlias = Retrieved | Sentence | Done


SPENT = "the budget for the model is used up"
