"""A closed vocabulary: each word of a sentence is its bullets', says nothing by itself, or means what they say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from askme.resume.lexicon import Mention
from askme.text.tokenize import normalise
from askme.verification.vocabulary import LONGEST_WORD, Vocabulary, lemma, vocabulary

BLANK = "\u00a4"
"""Stands in the place of what is checked elsewhere, so that positions stay."""
_LATIN = re.compile(r"(?<![a-z0-9_@.¤])[a-z]+(?:'[a-z]+)?(?![a-z0-9_@])")
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]+")
_NOT = (
    (re.compile(r"\bwon't\b"), "will not"),
    (re.compile(r"\bcan't\b|\bcannot\b"), "can not"),
    (re.compile(r"n't\b"), " not"),
    (re.compile(r"'(?:ll|ve|re|d|m)\b"), " will"),
)
"""Short forms, by what they are compared as."""


@dataclass(frozen=True)
class Bearing:
    """What texts bear out: the stems of their Latin words, their Chinese, and the meanings of both."""

    words: frozenset[str]
    han: str
    meanings: frozenset[str]

    def __or__(self, other: Bearing) -> Bearing:
        """Return what both bear out together."""
        return Bearing(self.words | other.words, f"{self.han}\n{other.han}", self.meanings | other.meanings)

    def has(self, word: str) -> bool:
        """Whether an English stem or a Chinese word stands there."""
        return word in self.words or (len(word) > 1 and word in self.han)


NOTHING = Bearing(frozenset(), "", frozenset())


@lru_cache(maxsize=2048)
def bearing(text: str) -> Bearing:
    """Return what a text of the résumé bears out, read once."""
    known = vocabulary()
    plain = normalise(text)
    stems = lemmas(plain)
    han = "\n".join(_HAN.findall(plain))
    meanings = frozenset().union(*(known.meanings(word) for word in stems), *_phrase_meanings(stems, known))
    meanings |= frozenset().union(*(known.meanings(word) for word in known.bearing_chinese if word in han))
    return Bearing(frozenset(stems), han, meanings)


def lemmas(plain: str) -> tuple[str, ...]:
    """Return the stems of the Latin words of a normalised text, in order; what has digits in it is none."""
    for pattern, spelt in _NOT:
        plain = pattern.sub(spelt, plain)
    return tuple(lemma(word) for word in _LATIN.findall(plain))


def _phrase_meanings(stems: Sequence[str], known: Vocabulary) -> Iterable[frozenset[str]]:
    for size in (2, 3):
        for at in range(len(stems) - size + 1):
            yield known.phrases.get(tuple(stems[at : at + size]), frozenset())


@dataclass(frozen=True)
class Scope:
    """What the words of one part of a sentence may be.

    `own` is what the cited lines say, `free` what else may be said there, `any_meaning` whether any word with a known
    plain meaning may, `any_weighty` words of consequence too. Search help bears nothing out: it also asks for the
    contrary ("too slow").
    """

    own: Bearing
    free: Bearing = NOTHING
    any_meaning: bool = False
    any_weighty: bool = False

    def bears(self, word: str) -> bool:
        """Whether an English stem or a Chinese word may stand there."""
        known = vocabulary()
        if word in known.neutral or self.own.has(word) or self.free.has(word):
            return True
        meanings = known.meanings(word)
        if meanings & self.own.meanings:
            return True
        return self.any_meaning and bool(meanings) and (self.any_weighty or not meanings & known.weighty)

    def bears_phrase(self, stems: Sequence[str]) -> bool:
        """Whether a phrase of English stems means something that is said."""
        meanings = vocabulary().phrases.get(tuple(stems), frozenset())
        return bool(meanings & self.own.meanings) or (self.any_meaning and bool(meanings - vocabulary().weighty))


def unborne(text: str, scope: Scope, mentions: Iterable[Mention] = ()) -> list[str]:
    """Return the words of `text` that `scope` doesn't bear out; `mentions` are names that are checked elsewhere."""
    plain = blanked(normalise(text), [(mention.start, mention.end) for mention in mentions])
    found = _unborne_latin(plain, scope)
    for run in _HAN.findall(plain):
        found += uncovered(run, scope)
        found += [word for word in vocabulary().weighty_chinese if word in run and not scope.bears(word)]
    return list(dict.fromkeys(found))


def blanked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """Return `text` with fillers in place of the spans."""
    for start, end in spans:
        text = text[:start] + BLANK * (end - start) + text[end:]
    return text


def _unborne_latin(plain: str, scope: Scope) -> list[str]:
    for pattern, spelt in _NOT:
        plain = pattern.sub(spelt, plain)
    words = _LATIN.findall(plain)
    stems = [lemma(word) for word in words]
    borne = [scope.bears(one) for one in stems]
    for size in (2, 3):
        for at in range(len(stems) - size + 1):
            if scope.bears_phrase(stems[at : at + size]):
                borne[at : at + size] = [True] * size
    return [word for word, held in zip(words, borne, strict=True) if not held]


def uncovered(run: str, scope: Scope) -> list[str]:
    """Return what is left of a run of Chinese characters when it is cut into words that `scope` bears out."""
    costs, steps = [0], [0]
    for end in range(1, len(run) + 1):
        best, step = costs[end - 1] + 1, 0
        for start in range(max(0, end - LONGEST_WORD), end):
            if costs[start] < best and scope.bears(run[start:end]):
                best, step = costs[start], end - start
        costs.append(best)
        steps.append(step)
    left, at = [], len(run)
    while at > 0:
        if steps[at]:
            at -= steps[at]
        else:
            end = at
            while at > 0 and not steps[at]:
                at -= 1
            left.append(run[at:end])
    return left[::-1]
