"""Words by what they may say: nothing by themselves, the same as others, of consequence, or never of a person.

The lists are data in `words/`, general English and Chinese, of no résumé in particular. English words are compared by
their stems, irregular forms by their base form; Chinese by the words themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from askme.text.remembered import remembered
from askme.text.tokenize import STOP_WORDS, has_han, stem

_MOST_BYTES = 1_000_000
_FOLDER = Path(__file__).parent / "words"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_BEARS_ALONE = frozenset("降减增升涨快慢省调删换迁")
"""Chinese characters that mean the same in whatever word they stand."""
LONGEST_WORD = 8
"""Characters of the longest Chinese word that is looked for."""


@remembered(_MOST_BYTES)
def lemma(word: str) -> str:
    """Return what an English word, in lower case, is compared by."""
    irregular, whole = _forms()
    word = word.removesuffix("'s").removesuffix("'")
    known = irregular.get(word, word)
    return known if known in whole else stem(known)


@lru_cache(maxsize=1)
def _forms() -> tuple[dict[str, str], frozenset[str]]:
    """Return the base form of irregular ones, and the words that aren't brought to their stem."""
    read = _read("forms")
    irregular = {form: base for base, forms in read["irregular"].items() for form in forms.split()}
    return irregular, frozenset(read["whole"].split())


def phrase(words: str) -> tuple[str, ...]:
    """Return what a word or phrase ("went live", "pre-ranking") is compared by."""
    return tuple(lemma(part) for part in re.split(r"[\s-]+", words.lower()) if part)


@dataclass(frozen=True)
class Kind:
    """One kind of word that is never shown of a person, with the patterns that find them."""

    name: str
    en: re.Pattern[str]
    zh: re.Pattern[str]

    def found(self, text: str) -> list[str]:
        """Return the words of this kind in a normalised text."""
        return [match[0] for pattern in (self.en, self.zh) for match in pattern.finditer(text)]


@dataclass(frozen=True)
class Vocabulary:
    """The lists of `words/`. `groups` gives the meanings of a word, `weighty` those of consequence."""

    neutral: frozenset[str]
    topics: frozenset[str]
    groups: Mapping[str, frozenset[str]]
    phrases: Mapping[tuple[str, ...], frozenset[str]]
    weighty: frozenset[str]
    bearing_chinese: tuple[str, ...]
    weighty_chinese: tuple[str, ...]
    never: tuple[Kind, ...]

    def meanings(self, word: str) -> frozenset[str]:
        """Return the groups of an English lemma or a Chinese word."""
        return self.groups.get(word, frozenset())

    def banned(self, text: str) -> list[tuple[str, str]]:
        """Return (kind, word) of what is never shown of a person, in a normalised text."""
        return [(kind.name, word) for kind in self.never for word in kind.found(text)]


@lru_cache(maxsize=1)
def vocabulary() -> Vocabulary:
    """Return the lists, read once."""
    neutral, topics, never, concepts = (_read(name) for name in ("neutral", "topics", "never", "concepts"))
    groups: dict[str, set[str]] = {}
    phrases: dict[tuple[str, ...], set[str]] = {}
    for name, both in {**concepts["plain"], **concepts["weighty"]}.items():
        for word in both["en"].split():
            parts = phrase(word)
            if len(parts) > 1:
                phrases.setdefault(parts, set()).add(name)
            else:
                groups.setdefault(parts[0], set()).add(name)
        for word in both["zh"].split():
            groups.setdefault(word if has_han(word) else lemma(word), set()).add(name)
    return Vocabulary(
        neutral=frozenset((*_words(neutral), *map(lemma, STOP_WORDS))),
        topics=frozenset(_words(topics)),
        groups={word: frozenset(names) for word, names in groups.items()},
        phrases={parts: frozenset(names) for parts, names in phrases.items()},
        weighty=frozenset(concepts["weighty"]),
        bearing_chinese=tuple(word for word in groups if has_han(word) and (len(word) > 1 or word in _BEARS_ALONE)),
        weighty_chinese=tuple(
            word for word in groups if len(word) > 1 and has_han(word) and groups[word] <= set(concepts["weighty"])
        ),
        never=tuple(
            Kind(name, _pattern_en(never["en"].get(name, "")), _pattern_zh(never["zh"].get(name, "")))
            for name in {**never["en"], **never["zh"]}
        ),
    )


def _read(name: str) -> Any:
    return yaml.load((_FOLDER / f"{name}.yaml").read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506 (a safe loader)


def _words(lists: Mapping[str, str]) -> Iterable[str]:
    yield from map(lemma, lists["en"].split())
    yield from lists["zh"].split()


def _pattern_en(words: str) -> re.Pattern[str]:
    """Return the pattern of a list in which * stands for any ending and a hyphen for a blank or a hyphen."""
    parts = (re.escape(word).replace(r"\*", r"[a-z]*").replace(r"\-", r"[\s-]") for word in words.split())
    return re.compile(rf"(?<![a-z])(?:{'|'.join(parts) or '(?!)'})(?![a-z])")


def _pattern_zh(words: str) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, sorted(words.split(), key=len, reverse=True))) or "(?!)")
