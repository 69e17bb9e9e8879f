"""Finds names in a question: the candidate's, headings of the résumé, its terms, and terms it might not hold."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from askme.resume.lines import first_line
from askme.text.tokenize import has_han, normalise, stem, unify, words
from askme.types import Knowledge, Term

_COMMON = (
    "which where company companies worked works working work experience employer employers employed education project "
    "projects award awards medal medals skill skills salary university degree impact result results improve improved "
    "recommendation recommend achievement achievements responsible technology technologies current currently position "
    "between longest graduate graduated internship languages programming algorithm framework revenue reduce reduced"
).split()
_MIN_TYPO = 4
"""Shorter words are never taken for a misspelt name."""
_LATIN_ENDS = "\u0250"
"""The first character beyond Latin letters."""
_LONG = 8
"""From this length on two slips are forgiven."""


@dataclass(frozen=True)
class Mention:
    """A term at `start` to `end` of the normalised question."""

    term: Term
    start: int
    end: int


class Lexicon:
    """All spellings, ready to be looked up; names before terms before known terms where they are the same."""

    def __init__(self, knowledge: Knowledge) -> None:
        """Collect the spellings of a résumé's names and terms and of the terms known in general."""
        self._loose: dict[str, Term] = {}
        self._exact: dict[str, Term] = {}
        self._in_chinese: dict[str, Term] = {}
        titles = [Term("name", first_line(b).renderings, b.id) for b in knowledge.bullets.values() if b.is_heading]
        own = [*knowledge.names, *titles, *knowledge.terms]
        owners = {normalise(s): term for term in reversed(own) for s in term.spellings if s not in term.sensitive}
        known = [_as_own(term, owners) for term in knowledge.known_terms]
        for term, spellings in [*((term, term.spellings) for term in own), *known]:
            for spelling in spellings:
                if spelling in term.sensitive:
                    self._exact.setdefault(unify(spelling), term)
                    self._in_chinese.setdefault(normalise(spelling), term)
                else:
                    self._loose.setdefault(normalise(spelling), term)
        self._lengths = _lengths({s for s in (*self._loose, *map(str.lower, self._exact)) if s})
        self._typo_targets = sorted({
            normalise(s) for term in [*own, *knowledge.known_terms] for s in term.spellings
            if len(s) > _MIN_TYPO and s.isascii() and s.isalpha() and s not in term.sensitive
        } | set(_COMMON))  # fmt: skip

    def mentions(self, question: str) -> list[Mention]:
        """Return what is named in `question`, from left to right; the longest spelling wins where several overlap."""
        found: list[Mention] = []
        text, cased = normalise(question), unify(question)
        exact = self._exact
        if has_han(text):  # between Chinese characters a Latin word is a name, however it is written
            cased, exact = text, self._in_chinese
        edges = _edges(text)
        start = 0
        while start < len(text):
            mention = None
            if start in edges and not text[start].isspace():
                mention = self._at(text, cased if len(cased) == len(text) else "", exact, start, edges)
            if mention:
                found.append(mention)
            start = mention.end if mention else start + 1
        return found

    def _at(self, text: str, cased: str, exact: dict[str, Term], start: int, edges: frozenset[int]) -> Mention | None:
        for length in self._lengths.get(text[start], ()):
            end = start + length
            if end not in edges:
                continue
            term = self._loose.get(text[start:end]) or exact.get(cased[start:end])
            if term is None and text[start:end].endswith("s") and length > _MIN_TYPO:
                term = self._loose.get(text[start : end - 1])
            if term:
                return Mention(term, start, end)
        return None

    def mend(self, question: str, known: frozenset[str]) -> str:
        """Return `question` with misspelt names put right; words in `known` are left alone."""
        for word in dict.fromkeys(words(question)):
            if len(word) < _MIN_TYPO or not (word.isascii() and word.isalpha()):
                continue
            if stem(word) in known or word in self._loose or word in _COMMON:
                continue
            right = self._nearest(word)
            if right:
                question = normalise(question).replace(word, right)
        return question

    def _nearest(self, word: str) -> str | None:
        slips = 2 if len(word) >= _LONG else 1
        found = process.extractOne(word, self._typo_targets, scorer=OSA.distance, score_cutoff=slips)
        if found and found[0][0] == word[0] and fuzz.ratio(word, found[0]) > 70:
            return str(found[0])
        return None


def _lengths(spellings: Iterable[str]) -> dict[str, tuple[int, ...]]:
    """Return by first character how long spellings are, the longest first; all but short ones may have a plural's s."""
    found: dict[str, set[int]] = {}
    for spelling in spellings:
        length = len(spelling)
        found.setdefault(spelling[0], set()).update((length, length + 1) if length >= _MIN_TYPO else (length,))
    return {first: tuple(sorted(lengths, reverse=True)) for first, lengths in found.items()}


def _edges(text: str) -> frozenset[int]:
    """Return where a word may begin or end: everywhere but inside a Latin word or number."""
    inside = {at for at in range(1, len(text)) if _joined(text[at - 1], text[at])}
    return frozenset(range(len(text) + 1)) - inside


def _joined(left: str, right: str) -> bool:
    """Whether two neighbouring characters belong to one Latin word or number; kana and hangul are neither."""
    return left.isalnum() and right.isalnum() and left < _LATIN_ENDS and right < _LATIN_ENDS


def _as_own(term: Term, owners: dict[str, Term]) -> tuple[Term, tuple[str, ...]]:
    """Return whose spellings those of a known term are: the résumé's own term's, when they share one, or its own."""
    return next((owners[n] for n in map(normalise, term.spellings) if n in owners), term), term.spellings


class Occurrences:
    """In which bullets a term stands, by their own text in either language; looked up once per term."""

    def __init__(self, knowledge: Knowledge) -> None:
        """Keep the bullets' texts, as they are and normalised."""
        self._texts = {
            b.id: (b.text.everything, "\n".join(map(normalise, b.text.renderings))) for b in knowledge.bullets.values()
        }
        self._found: dict[Term, frozenset[str]] = {}

    def of(self, term: Term) -> frozenset[str]:
        """Return the ids of the bullets in which a spelling of `term` stands as a word."""
        if term not in self._found:
            self._found[term] = frozenset(id_ for id_, texts in self._texts.items() if _stands_in(term, *texts))
        return self._found[term]

    def holds(self, term: Term, bullet: str) -> bool:
        """Whether `term` stands in that bullet."""
        return bullet in self.of(term)


def _stands_in(term: Term, written: str, normal: str) -> bool:
    for spelling in term.spellings:
        sensitive = spelling in term.sensitive
        text, form = (written, spelling) if sensitive else (normal, normalise(spelling))
        if form in text and _as_word(form).search(text):
            return True
    return False


@lru_cache(maxsize=8192)
def _as_word(spelling: str) -> re.Pattern[str]:
    left = r"(?<![A-Za-z0-9])" if spelling[0].isascii() and spelling[0].isalnum() else ""
    right = r"(?![A-Za-z0-9])" if spelling[-1].isascii() and spelling[-1].isalnum() else ""
    return re.compile(left + re.escape(spelling) + right)
