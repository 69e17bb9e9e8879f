"""Which words of a sentence are written as names and terms are: capitals, digits, signs inside."""

from __future__ import annotations

import re

from askme.text.tokenize import STOP_WORDS

_TOKEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9+#@&./_*-]*[A-Za-z0-9+#]|[A-Za-z0-9]")
COMMON = frozenset(
    "yes no he his she her they the an in at as mr ms dr résumé resume cv english chinese usd us rmb am pm "
    "january february march april may june july august september october november december jan feb mar apr jun jul "
    "aug sep sept oct nov dec ok zachery ye resumé".split()
)
_STARTERS = frozenset(
    "during since while after before within across among under over also additionally moreover furthermore overall "
    "besides both two three four five six seven eight nine ten most every each all another other using via through "
    "beyond together alongside throughout later earlier previously currently there here according key results result "
    "responsibilities work works roles role until first second third finally further notably specifically main "
    "lastly next following twice thrice total online one his average daily early outside according".split()
)
_SUBJECT = re.compile(r"\s(?:was|is|were|has|had|and)\b")
"""After the first word of a sentence: then that word may be a name."""


def plain(word: str) -> bool:
    """Whether a word looks like an ordinary English one by its ending: adverbs, nouns of quality, participles."""
    return bool(
        re.search(r"(?:ly|ing|ed|tion|sion|ment|ness|ity|ance|ence|ive|able|ible|ous|ful|al|ic|ers?|ors?|s)$", word)
    )


def latin_terms(text: str) -> list[str]:
    """Return the Latin words of `text` from two characters on."""
    return [token for token in _TOKEN.findall(text) if len(token) > 1 and re.search("[A-Za-z]", token)]


def technical(text: str) -> list[str]:
    """Return the tokens that look like a name whatever the language: digits or capitals inside, all capitals."""
    parts = (part for token in latin_terms(text) for part in ([token] if "@" in token else re.split(r"[-/]", token)))
    return [t for t in parts if re.search(r"[A-Za-z]\d|[a-z][A-Z]|[A-Z]{2}|_|@|\.[a-z]{2}", t) and not _dated(t)]


def _dated(token: str) -> bool:
    return bool(re.fullmatch(r"\d+(?:st|nd|rd|th|s|k|m|b|h|ms|x|bn|mn)", token, re.IGNORECASE))


def capitals(text: str) -> list[str]:
    """Return the tokens of an English sentence written as names are: a capital beyond the start, digits inside."""
    found, start = [], True
    for match in _TOKEN.finditer(text):
        token = match[0]
        starts, start = (
            start,
            text[match.end() : match.end() + 1] in (":", "?", "!") or text[match.end() :][:2] in (". ", '."'),
        )
        if (
            token in technical(token)
            or (token[0].isupper() and not starts and len(token) > 1)
            or (starts and token[0].isupper() and not _starter(token) and _SUBJECT.match(text, match.end()))
        ):
            found.append(token)
    return [token for token in found if not _dated(token)]


def _starter(word: str) -> bool:
    low = word.lower()
    return low in STOP_WORDS or low in _STARTERS or low in COMMON or plain(low) or len(low) < 3
