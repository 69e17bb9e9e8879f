"""A text from outside in the one form that is checked, kept, sent and shown: nothing in it that isn't seen.

What is checked and what is seen must be one text. `sanitise` makes it: characters that only decorate or hide are
taken out, letters in disguise become the letters they are read as. Chinese punctuation stays as it is written.
"""

from __future__ import annotations

import re
import unicodedata

from askme.text.tokenize import tidy

_STYLED = re.compile(
    r"[^\x00-\x7f\u00c0-\u024f\u3001-\u30ff\u4e00-\u9fff\uff01\uff08\uff09\uff0c\uff1a\uff1b\uff1f\uff5e]"
)
"""What may have a plainer form; Latin letters with accents and Chinese text with its punctuation have none."""
_PASSES = 4
"""What was taken out may leave behind what is to be taken out."""
_PLAIN_KINDS = "LNS"
"""General categories (letters, numbers, symbols) that are read as their compatibility form: 𝗟 as L, ％ as %."""
_MARKS = re.compile(
    r"(?<=[\x00-\x7f\u00c0-\u024f\u2010-\u2fff\u3001-\u9fff\uff00-\uffef])[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+"
)
"""Marks on a letter, sign or character that no language writes so: what is written has a letter of its own."""
_LEADING_MARKS = re.compile(r"^[\u0300-\u036f]+")
_STACKED = re.compile(
    r"(?P<kept>[\u0300-\u036f\u0483-\u0489\u0610-\u061a\u064b-\u065f\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]{3})[\u0300-\u036f\u0483-\u0489\u0610-\u061a\u064b-\u065f\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]+"
)
"""More than three marks on one letter, which no language writes either."""
_WORD = re.compile(r"[^\W\d_]+")
_LATIN = re.compile(r"[A-Za-z]")
_LOOK_ALIKES = str.maketrans(
    "АВЕЅІЈКМНОРСТУХаеорсухѕіјһԁԛԝɡΑΒΕΖΗΙΚΜΝΟΡΤΥΧονаАցһοıǃ",
    "ABESIJKMHOPCTYXaeopcyxsijhdqwgABEZHIKMNOPTYXovaAghoi!",
)
"""Cyrillic, Greek and other letters that look like Latin ones."""


def sanitise(text: str) -> str:
    """Return `text` as it may be checked, kept and shown.

    Without control, invisible and bidirectional characters and tags, without stacked marks, mathematical, circled and
    full-width letters as plain ones, and look-alike letters inside a Latin word as Latin ones. Lines stay.
    """
    for _ in range(_PASSES):
        plain = _plain(text)
        if plain == text:
            break
        text = plain
    return text


def _plain(text: str) -> str:
    composed = unicodedata.normalize("NFC", tidy(text))
    plain = _STYLED.sub(_plainer, composed)
    plain = _STACKED.sub(lambda match: match["kept"], _LEADING_MARKS.sub("", _MARKS.sub("", plain)))
    return _WORD.sub(_latinised, plain)


def _plainer(match: re.Match[str]) -> str:
    """Return a styled letter, digit or sign as the one it is read as."""
    character = match[0]
    if unicodedata.category(character)[0] not in _PLAIN_KINDS and not "\uff01" <= character <= "\uff5d":
        return character
    plain = unicodedata.normalize("NFKC", character)
    return plain if len(plain) <= len("viii") else ""


def _latinised(match: re.Match[str]) -> str:
    """Return a word of Latin letters among which others hide as if it were all Latin; any other word as it is."""
    word = match[0]
    return word if word.isascii() or not _LATIN.search(word) else word.translate(_LOOK_ALIKES)
