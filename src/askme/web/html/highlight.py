"""What in a bullet the question or its answer speaks of: the words asked for, the figures told."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from html import escape
from typing import TypeAlias, TypeVar

from markupsafe import Markup

from askme.text.numbers import Figure, figures
from askme.text.tokenize import has_han, tokens
from askme.types import Bullet, Language
from askme.web.html.markup import linked

_WORD = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:['.+#_-][A-Za-z0-9+#]+)*|[㐀-䶿一-鿿]+")
_LARGE = 10_000
"""A bare number is told for its own sake from here on; below it is a year or a count."""
_Spans: TypeAlias = list[tuple[int, int]]
_Key = TypeVar("_Key")


@dataclass(frozen=True)
class Sought:
    """What to mark: stems and Chinese bigrams, and figures by value and unit."""

    words: frozenset[str]
    figures: frozenset[tuple[Decimal, str]]

    @classmethod
    def of(cls, question: str, answer: str, worded: bool) -> Sought:
        """Return what `question` asks for and `answer` tells; `worded`: in other words than the résumé's."""
        words = {*tokens(question), *(tokens(answer) if worded else ())}
        told = {figure.key for figure in figures(answer) if _telling(figure)}
        return cls(frozenset(words), frozenset(told | {figure.key for figure in figures(question)}))


@dataclass(frozen=True)
class _Places:
    """Where in a text its figures stand, and its words by each stem or bigram of theirs."""

    figures: dict[tuple[Decimal, str], _Spans]
    words: dict[str, _Spans]

    @staticmethod
    @lru_cache(maxsize=2048)
    def of(text: str) -> _Places:
        """Take a text apart, once: it is a bullet's, and shown again with every step of every answer."""
        found = _Places({}, {})
        for figure in figures(text):
            found.figures.setdefault(figure.key, []).append((figure.start, figure.end))
        for word in _WORD.finditer(text):
            for part, start, end in _parts(word[0], word.start()):
                found.words.setdefault(part, []).append((start, end))
        return found


def marked(text: str, sought: Sought) -> Markup:
    """Return `text`, a bullet's, as HTML with its links, and what is sought in <mark>."""
    return linked(text, lambda plain: _marked(plain, sought))


def line(bullet: Bullet, language: Language, sought: Sought) -> Markup:
    """Return a bullet in one language with what is sought marked; the first line of a heading is bold."""
    title, *rest = (marked(part, sought) for part in bullet.text[language].split("\n", 1))
    shown = "\n".join([f"<b>{title}</b>" if bullet.is_heading else title, *rest])
    return Markup(f'<span class="line" lang="{language}">{shown}</span>')


def _marked(text: str, sought: Sought) -> str:
    places, parts, at = _Places.of(text), [], 0
    spans = _at(places.words, sought.words) + _at(places.figures, sought.figures)
    for start, end in _merged(sorted(spans)):
        parts += [escape(text[at:start]), "<mark>", escape(text[start:end]), "</mark>"]
        at = end
    return "".join([*parts, escape(text[at:])])


def _telling(figure: Figure) -> bool:
    return figure.unit not in ("", "version") or figure.value >= _LARGE


def _parts(word: str, start: int) -> list[tuple[str, int, int]]:
    """Return what a word can be found by, and where that is: a Chinese one has no stems, each bigram is a place."""
    if has_han(word):
        return [(word[i : i + 2], start + i, start + i + 2) for i in range(len(word) - 1)]
    return [(stem, start, start + len(word)) for stem in tokens(word)]


def _at(places: dict[_Key, _Spans], sought: frozenset[_Key]) -> _Spans:
    return [span for each in places.keys() & sought for span in places[each]]


def _merged(spans: _Spans) -> _Spans:
    merged: _Spans = []
    for start, end in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
