"""What a model writes, as it comes: cut into sentences, each as plain text with the ids it cites."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import unescape

from askme.text.sanitise import sanitise

NONE = "none"
"""What is cited for "the résumé doesn't say"."""

_IDS = re.compile(r"\s*[\[【]{1,3}\s*([^\[\]【】]{0,300}?)\s*[\]】]{1,3}(?!\()")
_ID = re.compile(r"[A-Za-z0-9_.\-*]+")
WAIT = -1
"""Stands for an end that can't be told before more has come."""
_JOINS = frozenset(("and", "or", "und", "et", "y"))
_STOP = re.compile(r"(?:[.?。！？…]|!(?!\[))+")
_PAIRS = ('""', "“”", "‘’", "「」", "『』", "()", "（）")
_CLOSERS = "".join(pair[1] for pair in _PAIRS)
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|vs|approx|mr|mrs|ms|dr|no|st|inc|ltd|co|v)|\b[A-Z]|\d)\.$", re.IGNORECASE
)
_SCRIPT = re.compile(r"<(script|style|iframe|svg|object)\b.*?(?:</\1\s*>|$)", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"</?[A-Za-z!?][^<>]*>?")
_IMAGE = re.compile(r"!\[([^\]]*)\]\([^)]*\)")
_LINK = re.compile(r"\[([^\]]*)\]\(([^)]*)\)")
_MASK = re.compile(r"(?<=[A-Za-z\d-])\*{3,}(?=[A-Za-z\d@-])")
"""Asterisks that stand for what isn't told: 131-****-6485."""
_MARKS = re.compile(
    rf"(?P<mask>{_MASK.pattern})|\*\*|__(?=\S)|(?<=\S)__|`+|^#{{1,6}}\s+|(?<!\w)\*(?=\S)|(?<=\S)\*(?!\w)"
)
_ITEM = re.compile(r"^\s*(?:(?:[-*•–]|\d{1,2}[.)])\s+|\d{1,2}、\s*)")
_HEADING = re.compile(r"^#{1,6}\s|^\*\*[^*]+\*\*(?:\s*[\[【][^\]】]*[\]】])*$")
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s)\]>，。]+")
_SPACE_BEFORE = re.compile(r"\s+(?=[.。!！?？,，;；]$)")
_THINK, _THOUGHT = "<think>", "</think>"
LONGEST = 700
"""Characters after which a sentence is taken as ended."""
MOST = 12_000
"""Characters of one reply that are read; what comes after them isn't."""
_TAIL = 12
"""Characters before a stop in which an abbreviation is looked for."""


@dataclass(frozen=True)
class Draft:
    """One sentence of a model. `before` is what sets it off from the one before: "", " ", a new line, a list mark.

    `links` are the addresses in it, `markup` whether it held HTML or an image, `heading` whether it was written as one.
    """

    text: str
    ids: tuple[str, ...]
    before: str = ""
    links: tuple[str, ...] = ()
    markup: bool = False
    heading: bool = False

    @property
    def leads(self) -> bool:
        """Whether it introduces what follows."""
        return self.heading or self.text.endswith((":", "："))


def without_thoughts(pieces: Iterable[str]) -> Iterator[str]:
    """Yield what comes after "<think>…</think>", with which some open models begin; anything else as it is."""
    head, thinking = "", True
    for piece in pieces:
        if not thinking:
            yield piece
            continue
        head += piece
        begun = head.lstrip()
        if begun.startswith(_THINK) and _THOUGHT in begun:
            head, thinking = begun.partition(_THOUGHT)[2], False
        elif not _THINK.startswith(begun[: len(_THINK)]):
            thinking = False
        if not thinking:
            yield head
    if thinking and not head.lstrip().startswith(_THINK):
        yield head


class Splitter:
    """Takes text piece by piece and gives back each sentence as soon as it is known to be complete."""

    def __init__(self, before: str = "") -> None:
        """Begin with nothing; `before` sets the first sentence off from what was there already."""
        self._rest, self._before = "", before
        self._at, self._left = 0, MOST

    @property
    def full(self) -> bool:
        """Whether the reply is so long that the rest of it isn't read."""
        return self._left <= 0

    def feed(self, piece: str) -> list[Draft]:
        """Add a piece; return the sentences it completes."""
        if self.full:
            return []
        self._rest += piece[: max(0, self._left)]
        self._left -= len(piece)
        return self._cut(last=False)

    def close(self) -> list[Draft]:
        """Return what is left as the last sentences."""
        return self._cut(last=True)

    def _cut(self, last: bool) -> list[Draft]:
        found: list[Draft | None] = []
        start = 0
        while True:
            ends, at = _end(self._rest, start, self._at, last)
            if not ends:
                self._rest, self._at = self._rest[start:], at - start
                return [draft for draft in found if draft]
            found.append(self._draft(self._rest[start:at]))
            start = self._at = at

    def _draft(self, raw: str) -> Draft | None:
        if "\n" in raw[: len(raw) - len(raw.lstrip())] and self._before != "":
            self._before = "\n"
        made = parse(raw, self._before)
        if made.text:
            self._before = " "
        if raw.endswith("\n"):
            self._before = "\n"
        return made if any(map(str.isalnum, made.text)) else None  # marks alone say nothing


def _end(text: str, start: int, looked: int, last: bool) -> tuple[bool, int]:
    """Return whether the sentence that begins at `start` ends, and where, or else from where to look on.

    Up to `looked` no stop ends it: each stop is decided once, however small the pieces are.
    """
    begin = start + len(text[start:]) - len(text[start:].lstrip()) if text[start : start + 1].isspace() else start
    line, longest = text.find("\n", begin, begin + LONGEST + 1), begin + LONGEST
    known = min(longest, line if line >= 0 else longest, len(text))
    looked = max(begin, looked)
    for match in _STOP.finditer(text, looked, known):
        end = _closed(text[begin:], match.start() - begin, match.end() - begin, last)
        if end == WAIT and len(text) <= longest:
            return False, match.start()
        if end > 0:
            return True, min(begin + end, longest)
        looked = match.end()
    if line >= 0:
        return True, line + 1
    if len(text) > longest:
        return True, longest
    return (True, len(text)) if last and text[begin:] else (False, looked)


def _closed(text: str, stop: int, end: int, last: bool) -> int:
    """Return where a sentence ends that may end with this stop: 0 when it doesn't, WAIT when it isn't known yet."""
    before, mark = text[:stop], text[stop:end]
    if _open_bracket(before):
        return 0
    if mark.endswith("!") and end == len(text) and not last:
        return WAIT  # it may begin an image
    if before.rstrip().endswith(("]", "】")):
        return _with_closers(text, end, before, last)
    rest = text[end : end + LONGEST]
    if mark[0] in ".!?" and rest[:1] and not rest[0].isspace() and rest[0] not in "[【" + _CLOSERS:
        return 0
    if (
        mark == "."
        and _ABBREVIATION.search(text[max(0, end - _TAIL) : end])
        and not rest.lstrip().startswith(("[", "【"))
    ):
        return 0 if rest.strip() else end if last else WAIT
    closed = _with_closers(text, end, before, last)
    return closed if closed == WAIT else _with_ids(text, closed, last)


def _with_closers(text: str, end: int, before: str, last: bool) -> int:
    """Take in the quotation marks and brackets that close what the sentence has opened."""
    opened = [pair for pair in _PAIRS if _is_open(before, pair)]
    while opened:
        if end == len(text):
            return end if last else WAIT
        closing = next((pair for pair in opened if text[end] == pair[1]), None)
        if closing is None:
            return end
        opened.remove(closing)
        end += 1
    return end


def _is_open(text: str, pair: str) -> bool:
    return text.count(pair[0]) % 2 == 1 if pair[0] == pair[1] else text.count(pair[0]) > text.count(pair[1])


def _with_ids(text: str, end: int, last: bool) -> int:
    """Take in the ids that follow a stop."""
    while True:
        stripped = text[end:].lstrip(" ")
        if not stripped:
            return end if last else WAIT
        if stripped[0] not in "[【":
            return end
        found = _IDS.match(text, end)
        if not found:
            return end if last or len(stripped) > 300 else WAIT
        end = found.end()


def _open_bracket(text: str) -> bool:
    """Whether the text ends inside brackets of ids: their dots end no sentence."""
    return max(text.rfind("["), text.rfind("【")) > max(text.rfind("]"), text.rfind("】"))


def parse(raw: str, before: str = "") -> Draft:
    """Return one sentence as plain text: ids taken out, no HTML, no images, no emphasis, links as their words."""
    text = raw.strip()
    item = _ITEM.match(text)
    if item and text[item.end() :].strip() and not _IDS.fullmatch(text):
        text, before = text[item.end() :], "\n- "
    heading = bool(_HEADING.match(text))
    text, markup = _without_markup(text)
    links = [match[1] for match in _LINK.findall(text)]
    text = _LINK.sub(r"\1", text)
    ids = [one.lower() for group in _IDS.findall(text) for one in _ID.findall(group) or ["?"] if one not in _JOINS]
    text = _IDS.sub("", text)
    links += [link.rstrip(".,;:!?…") for link in _ADDRESS.findall(text)]
    text = _SPACE_BEFORE.sub("", re.sub(r"\s{2,}", " ", text.strip()))
    return Draft(text, tuple(dict.fromkeys(ids)), before, tuple(links), markup, heading)


def _without_markup(text: str) -> tuple[str, bool]:
    """Take out HTML, images and emphasis until none is left: what is taken out may leave new ones behind."""
    found = False
    while True:
        plain = _MARKS.sub(lambda match: match["mask"] or "", sanitise(unescape(text)))
        left = _TAG.sub("", _IMAGE.sub(r"\1", _SCRIPT.sub("", plain)))
        found |= left != plain
        if left == text:
            return text, found
        text = left
