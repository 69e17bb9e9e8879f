"""A résumé of any size out of a seeded vocabulary, in the proportions of the real one (see `SHAPE`)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import accumulate, islice
from random import Random

from askme.resume.loader import load_knowledge
from askme.text.periods import parse_period
from askme.types import Bullet, Expansion, Kind, Knowledge, Language, Message, Term
from benchmarks.measure import ROOT

SHAPE = {"questions": 20, "words": 25, "points of a project": 8, "positions": 8, "bullets of a term": 1.5}
"""The real one has 106 bullets, 75 terms, 45 questions and words per bullet and language, 400 tokens a document."""
_SYLLABLES = [c + v + e for c in "bcdfghklmnprstvz" for v in "aeiou" for e in ("", "n", "r", "s")]
_HAN = [chr(code) for code in range(0x4E00, 0x9FA5, 12)]
_SIZES = {"en": 20_000, "zh": 6_000}
_OWN = 30
"""Words a project has of its own; a quarter of what is written about it."""


class Vocabulary:
    """Words of one language with the frequencies of natural text: the n-th word is 1/n as frequent as the first."""

    def __init__(self, language: str, random: Random) -> None:
        """Invent the words: Latin ones of two to four syllables, Chinese ones of two characters."""
        self._random, self.gap = random, " " if language == "en" else ""
        parts, lengths = (_SYLLABLES, (2, 3, 3, 4)) if language == "en" else (_HAN, (2,))
        made = ("".join(random.choices(parts, k=random.choice(lengths))) for _ in range(_SIZES[language]))
        self.words = list(dict.fromkeys(made))
        self._weights = list(accumulate(1 / rank for rank in range(1, len(self.words) + 1)))
        self._own: list[str] = []

    def begin_project(self) -> None:
        """Choose words that stand out in all that is written from now on."""
        self._own = self._random.choices(self.words, k=_OWN)

    def some(self, count: int) -> list[str]:
        """Return words, the project's own and frequent ones mixed."""
        own = self._random.choices(self._own or self.words, k=count // 4)
        return own + self._random.choices(self.words, cum_weights=self._weights, k=count - len(own))

    def phrase(self, count: int) -> str:
        """Return some words as they are written in a line."""
        return self.gap.join(self.some(count))


@dataclass(frozen=True)
class Synthetic:
    """A résumé with questions that were written for bullets of it, but stand nowhere in it."""

    knowledge: Knowledge
    questions: list[str]


def make(size: int, questions: int, seed: int = 7) -> Synthetic:
    """Return a résumé of `size` bullets, headings included; notices and known terms are the real résumé's."""
    maker = _Maker(Random(seed))  # noqa: S311 (no secret: the same résumé at every run is what is wanted)
    bullets = {bullet.id: bullet for bullet in maker.bullets(size)}
    real = load_knowledge(ROOT / "knowledge")
    made = replace(
        real,
        bullets=bullets,
        notices=tuple(replace(notice, near=(), at=()) for notice in real.notices),
        names=tuple(Term("name", (b.text.zh, b.text.en), b.id) for b in bullets.values() if b.kind == "job"),
        terms=maker.terms(int(size / SHAPE["bullets of a term"])),
        sections={},
    )
    return Synthetic(made, [maker.question(bullets) for _ in range(questions)])


class _Maker:
    def __init__(self, random: Random) -> None:
        self._random = random
        self._zh, self._en = Vocabulary("zh", random), Vocabulary("en", random)

    def bullets(self, size: int) -> Iterator[Bullet]:
        """Yield positions, each with projects, each with points."""
        positions = int(SHAPE["positions"])
        for number in range(positions):
            share = size // positions + (number < size % positions)
            yield from self._position(f"job{number}", 2024 - 2 * number, share)

    def _position(self, station: str, year: int, share: int) -> Iterator[Bullet]:
        period = parse_period(f"{year}-03/{year + 2}-01")
        parent = station
        for number in range(share):
            project, place = divmod(number - 1, int(SHAPE["points of a project"]) + 1)
            kind: Kind = "job" if number == 0 else "project" if place == 0 else "point"
            identifier = station + f".p{project}" * (kind != "job") + f".{place}" * (kind == "point")
            if kind != "point":
                parent = "" if kind == "job" else station
                self._zh.begin_project()
                self._en.begin_project()
            text = self._text(2 if kind == "job" else 4 if kind == "project" else 18)
            yield Bullet(identifier, kind, text, parent, station, station, period, self._expansion(), number + 1)
            parent = station if kind == "job" else identifier if kind == "project" else parent

    def _text(self, words: int) -> Message:
        figure = f"{self._random.randint(100, 9999) / 100}%" if words > 4 else ""
        return Message(self._zh.phrase(words) + figure, f"{self._en.phrase(words)} {figure}".strip())

    def _expansion(self) -> Expansion:
        def texts(vocabulary: Vocabulary) -> tuple[str, ...]:
            asked = (vocabulary.phrase(self._random.randint(3, 7)) for _ in range(int(SHAPE["questions"])))
            return (*asked, *vocabulary.some(int(SHAPE["words"])))

        return Expansion(texts(self._zh), texts(self._en))

    def terms(self, count: int) -> tuple[Term, ...]:
        """Return terms with a spelling in each language, out of the rarer words; fewer when there aren't as many."""
        pairs = islice(zip(self._en.words[500:], self._zh.words[500:], strict=False), count)
        return tuple(Term("technique", pair) for pair in pairs)

    def question(self, bullets: dict[str, Bullet]) -> str:
        """Return words out of one bullet's search help; one in four names its position."""
        bullet = self._random.choice([*bullets.values()])
        language: Language = self._random.choice(("zh", "en"))
        texts = bullet.expansion.zh if language == "zh" else bullet.expansion.en
        words = self._random.sample(texts[int(SHAPE["questions"]) :], 4)
        place = [bullets[bullet.station].text[language]] if self._random.random() < 0.25 else []
        return " ".join([*words, *place])
