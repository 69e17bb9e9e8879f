"""What a model writes, as it comes: cut into sentences, each as plain text with the ids it cites."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import unescape

NONE = "none"
"""What is cited for "the résumé doesn't say"."""

_IDS = re.compile(r"\s*[\[【]\s*([^\[\]【】]{0,300}?)\s*[\]】](?!\()")
_ID = re.compile(r"[A-Za-z0-9_.\-*]+")
_STOP = re.compile(r"(?:[.?。！？…]|!(?!\[))+[\"'”’」』）)]*")
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|vs|approx|mr|mrs|ms|dr|no|st|inc|ltd|co|v)|\b[A-Z]|\d)\.$", re.IGNORECASE
)
_SCRIPT = re.compile(r"<(script|style|iframe|svg|object)\b.*?(?:</\1\s*>|$)", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"</?[A-Za-z!?][^<>]*>?")
_IMAGE = re.compile(r"!\[([^\]]*)\]\([^)]*\)")
_LINK = re.compile(r"\[([^\]]*)\]\(([^)]*)\)")
_MARKS = re.compile(r"\*\*|__(?=\S)|(?<=\S)__|`+|^#{1,6}\s+|(?<!\w)\*(?=\S)|(?<=\S)\*(?!\w)")
_ITEM = re.compile(r"^\s*(?:[-*•–]|\d{1,2}[.)、])\s+")
_THINK, _THOUGHT = "<think>", "</think>"
LONGEST = 700
"""Characters after which a sentence is taken as ended."""


@dataclass(frozen=True)
class Draft:
    """One sentence of a model. `before` is what sets it off from the one before: "", " ", a new line, a list mark.

    `links` are the addresses in it; `markup` whether it held HTML that runs or shows something.
    """

    text: str
    ids: tuple[str, ...]
    before: str = ""
    links: tuple[str, ...] = ()
    markup: bool = False

    @property
    def leads(self) -> bool:
        """Whether it introduces what follows."""
        return self.text.endswith((":", "："))


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

    def __init__(self) -> None:
        """Begin with nothing."""
        self._rest, self._before = "", ""

    def feed(self, piece: str) -> list[Draft]:
        """Add a piece; return the sentences it completes."""
        self._rest += piece
        return self._cut(last=False)

    def close(self) -> list[Draft]:
        """Return what is left as the last sentences."""
        return self._cut(last=True)

    def _cut(self, last: bool) -> list[Draft]:
        found = []
        while (end := _end(self._rest, last)) is not None:
            raw, self._rest = self._rest[:end], self._rest[end:]
            found.append(self._draft(raw))
        return [draft for draft in found if draft]

    def _draft(self, raw: str) -> Draft | None:
        text = raw.strip()
        if "\n" in raw[: len(raw) - len(raw.lstrip())] and self._before != "":
            self._before = "\n"
        item = _ITEM.match(text)
        if item and not _IDS.fullmatch(text):
            text = text[item.end() :]
            self._before = "\n- "
        made = parse(text, self._before)
        if made.text:
            self._before = " "
        if raw.endswith("\n"):
            self._before = "\n"
        return made if made.text else None


def _end(text: str, last: bool) -> int | None:
    """Return where the first sentence of `text` ends, or None when that can't be told yet."""
    skip = len(text) - len(text.lstrip())
    line = text.find("\n", skip)
    for match in _STOP.finditer(text, skip, line if line >= 0 else len(text)):
        end = _closed(text, match, last)
        if end is WAIT:
            return None
        if end:
            return end
    if line >= 0:
        return line + 1
    if len(text) - skip > LONGEST:
        return len(text)
    return len(text) if last and text.strip() else None


WAIT = -1


def _closed(text: str, match: re.Match[str], last: bool) -> int:
    """Return where a sentence ends that may end with this stop: 0 when it doesn't, WAIT when it isn't known yet."""
    before, end = text[: match.start()], match.end()
    ascii_stop = match[0][0] in ".!?"
    if before.rstrip().endswith(("]", "】")) and not text[end : end + 1].strip().startswith(("[", "【")):
        return end
    if _open_bracket(before):
        return 0
    rest = text[end:]
    if ascii_stop and rest[:1] and not rest[0].isspace() and rest[0] not in "[【":
        return 0
    if match[0] == "." and _ABBREVIATION.search(text[: match.end()]) and not rest.lstrip().startswith(("[", "【")):
        return 0 if rest.strip() or not last else end
    while True:
        stripped = rest.lstrip(" ")
        if not stripped:
            return end if last else WAIT
        if stripped[0] not in "[【":
            return end
        found = _IDS.match(rest)
        if not found:
            return end if last or len(stripped) > 300 else WAIT
        end += found.end()
        rest = text[end:]


def _open_bracket(text: str) -> bool:
    """Whether the text ends inside brackets of ids: their dots end no sentence."""
    return max(text.rfind("["), text.rfind("【")) > max(text.rfind("]"), text.rfind("】"))


def parse(raw: str, before: str = "") -> Draft:
    """Return one sentence as plain text: ids taken out, no HTML, no images, no emphasis, links as their words."""
    text, scripts = _SCRIPT.subn("", raw)
    text, images = _IMAGE.subn(r"\1", text)
    links = [match[1] for match in _LINK.findall(text)]
    text = _LINK.sub(r"\1", text)
    ids = [one for group in _IDS.findall(text) for one in _ID.findall(group) or ["?"]]
    text = _IDS.sub("", text)
    text, tags = _TAG.subn("", text)
    text = _MARKS.sub("", unescape(text)).strip()
    links += re.findall(r"(?:https?://|www\.)[^\s)\]>，。]+", text)
    return Draft(
        re.sub(r"\s+(?=[.。!！?？,，;；]$)", "", re.sub(r"\s{2,}", " ", text)),
        tuple(dict.fromkeys(ids)),
        before,
        tuple(links),
        bool(scripts or images or tags),
    )
