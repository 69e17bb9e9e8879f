"""What in a bullet the question or its answer speaks of: the words asked for, the figures told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from askme.text.numbers import Figure, figures
from askme.text.tokenize import has_han, tokens
from askme.web.html.markup import escaped

_WORD = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:['.+#_-][A-Za-z0-9+#]+)*|[㐀-䶿一-鿿]+")
_LARGE = 10_000
"""A bare number is told for its own sake from here on; below it is a year or a count."""


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
class _Parts:
    """The figures and words of a text with their places; a Chinese word has no tokens."""

    figures: tuple[tuple[tuple[Decimal, str], int, int], ...]
    words: tuple[tuple[str, int, frozenset[str]], ...]

    @staticmethod
    @lru_cache(maxsize=2048)
    def of(text: str) -> _Parts:
        """Take a text apart, once: it is a bullet's, and shown again with every step of every answer."""
        found = tuple((figure.key, figure.start, figure.end) for figure in figures(text))
        words = [(w[0], w.start(), frozenset(() if has_han(w[0]) else tokens(w[0]))) for w in _WORD.finditer(text)]
        return _Parts(found, tuple(words))


def marked(text: str, sought: Sought) -> str:
    """Return `text`, a bullet's, as HTML with what is sought in <mark>."""
    parts, at = [], 0
    for start, end in _merged(sorted(_spans(text, sought))):
        parts += [escaped(text[at:start]), f"<mark>{escaped(text[start:end])}</mark>"]
        at = end
    return "".join([*parts, escaped(text[at:])])


def _telling(figure: Figure) -> bool:
    return figure.unit not in ("", "version") or figure.value >= _LARGE


def _spans(text: str, sought: Sought) -> Iterator[tuple[int, int]]:
    parts = _Parts.of(text)
    for key, start, end in parts.figures:
        if key in sought.figures:
            yield start, end
    for word, start, made in parts.words:
        if not sought.words.isdisjoint(made):
            yield start, start + len(word)
        elif has_han(word):
            yield from _han_spans(word, start, sought)


def _han_spans(run: str, start: int, sought: Sought) -> Iterator[tuple[int, int]]:
    for place in range(len(run) - 1):
        if run[place : place + 2] in sought.words:
            yield start + place, start + place + 2


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
