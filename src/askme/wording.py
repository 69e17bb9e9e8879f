"""The words of a sentence: which of them are names or terms that its bullets don't have."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Set

from askme.names import Mention, Occurrences
from askme.readings import Reading
from askme.support import Support, latin
from askme.text import STOP_WORDS, has_han, normalise, stem, tokens, unify
from askme.types import STATIONS, Bullet, Knowledge, Term

PLACES_OF_WORK = (*STATIONS, "education", "activity")
_FREE = frozenset(("candidate", "phrase", "metric", "field", "role"))
"""Categories of terms whose words are too common to be a claim by themselves."""
_TOKEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9+#@&./_*-]*[A-Za-z0-9+#]|[A-Za-z0-9]")
_DOLLARS = re.compile(r"\bUS(?=[ -]dollars?\b|[ -]Dollar|\$)|\bU\.S\.(?= dollars?)")
_COMMON = frozenset(
    "yes no he his she her they the an in at as mr ms dr résumé resume cv english chinese usd us rmb am pm "
    "january february march april may june july august september october november december jan feb mar apr jun jul "
    "aug sep sept oct nov dec ok zachery ye resumé".split()
)
_SUBJECT = re.compile(r"\s(?:was|is|were|has|had|and)\b")
"""After the first word of a sentence: then that word may be a name."""
_UNITS = frozenset("ms kb mb gb tb usd million billion percent x s h pp".split())
_STARTERS = frozenset(
    "during since while after before within across among under over also additionally moreover furthermore overall "
    "besides both two three four five six seven eight nine ten most every each all another other using via through "
    "beyond together alongside throughout later earlier previously currently there here according key results result "
    "responsibilities work works roles role until first second third finally further notably specifically main "
    "lastly next following twice thrice total online one his average daily early outside according".split()
)
_NOVEL_EN = re.compile(
    r"\b(?:using|via|with|through|leveraging|on top of|powered by|based on|built on|written in|such as|like|including|"
    r"called|named|into|onto|atop|and|in|by|from|to)\s+((?:the\s+)?[a-z][a-z0-9+#.-]{2,}(?:\s+[a-z][a-z0-9+#.-]{2,})?)"
)
_NOVEL_ZH = re.compile(
    r"(?:使用|采用|利用|借助|基于|运用|通过|依托|接入|引入|加入|改用|名为|叫做?)(?:了)?([\u4e00-\u9fff]{2})"
)
STRAY = 0.2
"""The least share of a sentence's content words that must be words of its bullets or their search help."""


class Wording:
    """Knows the names and terms of one résumé and the words it is written in."""

    def __init__(
        self, knowledge: Knowledge, occurrences: Occurrences, vocabulary: Callable[[], frozenset[str]]
    ) -> None:
        """`vocabulary` gives the stems and bigrams of everything in knowledge/, search help included."""
        self._bullets, self._occurrences, self._known_words = knowledge.bullets, occurrences, vocabulary
        self._candidate = latin(f"{knowledge.profile.name.en} {knowledge.profile.name.zh}")
        self._hidden = _hidden(knowledge)
        self._spellings = {term.id: term.spellings for term in knowledge.names}

    def stations(self, reading: Reading, text: str, language: str, supports: list[Support]) -> frozenset[str]:
        """Return the ids of the employers and schools that are named in a text."""
        mentions = (m for m in reading.mentions if m.term.category == "name")
        named = [m.term.id for m in mentions if not self._by_chance(m, text, language, supports)]
        return frozenset(id_ for id_ in named if id_ in self._bullets and self._bullets[id_].kind in PLACES_OF_WORK)

    def stated_terms(self, reading: Reading) -> list[str]:
        """Return the technologies, schools and the like of a text that the résumé does have somewhere."""
        terms = (
            m.term for m in reading.mentions if m.term.category in ("technologies", "technique", "contest", "companies")
        )
        return [term.spellings[0] for term in terms if self._occurrences.of(term)]

    @staticmethod
    def is_at(bullet: Bullet, stations: Set[str]) -> bool:
        """Whether a bullet belongs to one of these employers or schools."""
        return bullet.station in stations or bullet.id in stations or bullet.parent in stations

    def names(self, support: Support, station: str) -> bool:
        """Whether a bullet belongs to an employer or school, or names it itself."""
        bullet = support.bullet
        if self.is_at(bullet, {station}):
            return True
        spelt = (re.sub(r"\s+", "", normalise(s)) for s in self._spellings.get(station, ()) if len(s) > 2)
        return any(spelling in support.normal for spelling in spelt)

    def foreign(self, text: str, reading: Reading, language: str, supports: list[Support], asked: str) -> list[str]:
        """Return the names and terms in `text` that neither its bullets nor the words of `asked` have."""
        known = frozenset().union(*(support.words for support in supports)) | latin(asked)
        found = [
            self._display(t, text)
            for t in self._terms(reading, text, language, supports)
            if not self._held(t, supports, asked, known)
        ]
        found += [name for name in self._hidden if name in normalise(text) and name not in normalise(asked)]
        covered = " ".join(normalise(s) for m in reading.mentions for s in m.term.spellings)
        free = known | latin(covered) | self._candidate | _COMMON | _UNITS
        plain = _DOLLARS.sub("", text)
        suspects = (
            _latin_terms(plain) if language == "zh" else _capitals(plain) if language == "en" else _technical(plain)
        )
        found += [token for token in suspects if not latin(token) <= free and not self._spelt(token, supports, free)]
        if language in ("en", "zh"):
            found += self._novel(text, supports, asked)
        return list(dict.fromkeys(found))

    def _terms(self, reading: Reading, text: str, language: str, supports: list[Support]) -> Iterable[Term]:
        """Return the terms that are claims: all but employers, which are checked as such, and everyday words."""
        for mention in reading.mentions:
            term = mention.term
            if (
                term.category not in _FREE
                and term.category != "name"
                and not self._by_chance(mention, text, language, supports)
            ):
                yield term

    def _by_chance(self, mention: Mention, text: str, language: str, supports: list[Support]) -> bool:
        """Whether a spelling is part of ordinary words: als and ALS in German, 中大 in 场景中大规模."""
        written = unify(text)[mention.start : mention.end]
        if _DOLLARS.match(text, mention.start):
            return True
        if language not in ("en", "zh") and written.isascii():
            spelt = [s for s in mention.term.spellings if normalise(s) == normalise(written)]
            return any(s.isupper() for s in spelt) and not written.isupper()
        following = unify(text)[mention.end - 1 : mention.end + 1]
        short = len(written) == 2 and has_han(written) and len(following) == 2
        return short and any(following in support.normal for support in supports)

    def _held(self, term: Term, supports: list[Support], asked: str, known: frozenset[str]) -> bool:
        if any(self._occurrences.holds(term, s.bullet.id) for s in supports):
            return True
        texts = "\n".join(text for s in supports for text in s.texts) + "\n" + asked
        normal = normalise(texts)
        if any(normalise(s) in normal for s in term.spellings if has_han(s) or len(s) > 3):
            return True
        if any(latin(s) and latin(s) <= known for s in term.spellings if s not in term.sensitive):
            return True
        soft = term.category in ("topics", "technique", "measures", "qualifications", "places", "medal", "contest")
        return soft and any(normalise(s) in normalise(support.help) for support in supports for s in term.spellings)

    @staticmethod
    def _display(term: Term, text: str) -> str:
        normal = normalise(text)
        return next((s for s in term.spellings if normalise(s) in normal), term.spellings[0])

    @staticmethod
    def _spelt(token: str, supports: list[Support], free: frozenset[str]) -> bool:
        """Whether a token is in the bullets but for hyphens, plural or ending: A/B, e-commerce, models."""
        squeezed = re.sub(r"[^a-z0-9]", "", normalise(token))
        if any(
            squeezed in re.sub(r"[^a-z0-9]", "", text) for s in supports for text in (s.normal,) if len(squeezed) > 2
        ):
            return True
        stems = frozenset(map(stem, free))
        return all(part in free or stem(part) in stems or part in STOP_WORDS for part in latin(token))

    def _novel(self, text: str, supports: list[Support], asked: str) -> list[str]:
        """Return what stands where a tool is named and is a word that nothing in the résumé knows."""
        known = frozenset(tokens(asked))
        found = []
        for phrase in _NOVEL_EN.findall(text):
            word = phrase.split()[0].rstrip(".-")
            parts = [stem(part) for part in re.split(r"[-.]", word)]
            unknown = any(
                part not in self._known_words() and part not in known and part not in STOP_WORDS for part in parts
            )
            if unknown and not _plain(word):
                found.append(word)
        for pair in _NOVEL_ZH.findall(unify(text)):
            if pair not in self._known_words() and pair not in known and not any(pair in s.normal for s in supports):
                found.append(pair)
        return found

    def strays(self, text: str, supports: list[Support], language: str) -> bool:
        """Whether so few of a sentence's content words are its bullets' that it must be about something else."""
        if language not in ("en", "zh"):
            return False
        words = {word for word in tokens(text) if not word.isdigit()}
        held = frozenset().union(*(support.stems for support in supports)) | self._candidate
        return len(words) >= 3 and len(words & held) / len(words) < STRAY


def _hidden(knowledge: Knowledge) -> tuple[str, ...]:
    """Return the names in the search help of what is declined, such as guesses at an anonymous employer."""
    said = "\n".join(
        normalise(f"{b.text.zh}\n{b.text.en}\n{' '.join((*b.expansion.zh, *b.expansion.en))}")
        for b in knowledge.bullets.values()
    )
    declined = (notice.expansion for notice in knowledge.notices if notice.status == "declined" and notice.near)
    words = {
        normalise(w)
        for e in declined
        for w in (*e.zh, *e.en)
        if (len(w) <= 6 and has_han(w)) or (w[:1].isupper() and " " not in w)
    }
    return tuple(sorted(word for word in words if len(word) > 1 and word not in said))


def _plain(word: str) -> bool:
    """Whether a word looks like an ordinary English one by its ending: adverbs, nouns of quality, participles."""
    return bool(
        re.search(r"(?:ly|ing|ed|tion|sion|ment|ness|ity|ance|ence|ive|able|ible|ous|ful|al|ic|ers?|ors?|s)$", word)
    )


def _latin_terms(text: str) -> list[str]:
    return [token for token in _TOKEN.findall(text) if len(token) > 1 and re.search("[A-Za-z]", token)]


def _technical(text: str) -> list[str]:
    """Return the tokens that look like a name whatever the language: digits or capitals inside, all capitals."""
    parts = (part for token in _latin_terms(text) for part in ([token] if "@" in token else re.split(r"[-/]", token)))
    return [t for t in parts if re.search(r"[A-Za-z]\d|[a-z][A-Z]|[A-Z]{2}|_|@|\.[a-z]{2}", t) and not _dated(t)]


def _dated(token: str) -> bool:
    return bool(re.fullmatch(r"\d+(?:st|nd|rd|th|s|k|m|b|h|ms|x|bn|mn)", token, re.IGNORECASE))


def _capitals(text: str) -> list[str]:
    """Return the tokens of an English sentence written as names are: a capital beyond the start, digits inside."""
    found, start = [], True
    for match in _TOKEN.finditer(text):
        token = match[0]
        starts, start = (
            start,
            text[match.end() : match.end() + 1] in (":", "?", "!") or text[match.end() :][:2] in (". ", '."'),
        )
        if (
            token in _technical(token)
            or (token[0].isupper() and not starts and len(token) > 1)
            or (starts and token[0].isupper() and not _starter(token) and _SUBJECT.match(text, match.end()))
        ):
            found.append(token)
    return [token for token in found if not _dated(token)]


def _starter(word: str) -> bool:
    low = word.lower()
    return low in STOP_WORDS or low in _STARTERS or low in _COMMON or _plain(low) or len(low) < 3
