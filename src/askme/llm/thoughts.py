"""Private thoughts and template tokens out of a model's text, while it streams.

Some models think in tags, some in channels, and some (their template opens the thought in the prompt) without any mark
at the beginning: only a closing one tells that what came before it was thought. So a text is held back until it is
clear of that. It is clear when it begins as an answer does, with the ids of what its first sentence rests on or with
the word of its kind alone in the first line, or when it has ended well without such a mark.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass

THOUGHT = "\x0e"
"""Stands in a text for a piece of thought that came beside it."""
LOOKED_AT = 0.2
"""Seconds for which even what begins as an answer is held back, of a model that isn't known yet: a fast server is then
seen to close a thought."""
_NAMES = r"(?:think|thinking|thoughts?|reasoning|reflection|analysis|scratchpad)"
_COMPACT = "assistantfinal"
"""What is left of the marks around a final channel when a server takes out the tokens but not the words."""
_MARK = re.compile(
    rf"(?P<close></(?:\w+:)?{_NAMES}>|<[|｜]/{_NAMES}[|｜]>|<\|end_(?:of_)?(?:thinking|thought)\|>|\[/THINK\]|◁/think▷"
    rf"|<channel\|>|<\|channel\|>\s*final\b[^<]*(?:<\|constrain\|>[^<]*)?<\|message\|>|<\|message\|>|(?<![<|｜]){_COMPACT})"
    rf"|(?P<open><(?:\w+:)?{_NAMES}>|<[|｜]{_NAMES}[|｜]>|<\|(?:start|begin_of)_?(?:thinking|thought)\|>|\[THINK\]|◁think▷"
    r"|<\|channel\|>[^<]*(?:<\|constrain\|>[^<]*)?<\|message\|>|<\|start\|>|<\|channel>)"
    r"|(?P<token><[|｜](?!channel\|)[^\W\d][^<>|｜\n\[\]]{0,60}[|｜]>|<\|\w{1,40}>|<\w{1,40}\|>|</?s>|\[/?INST\]|<</?SYS>>"
    r"|<(?:start|end)_of_turn>|<[be]os>)",
    re.IGNORECASE,
)
_BEGUN = re.compile(
    r"(?:<\|channel\|>[^<]*(?:<\|constrain\|>[^<]*)?<?[^<>]{0,20}|<<?[/|｜]?(?:[^\W\d][^<>\n\[\]]{0,60})?|\[/?[a-z]{0,5}|◁[^▷]{0,10}"
    rf"|{'(?:'.join(_COMPACT)}{')?' * (len(_COMPACT) - 1)})\Z",
    re.IGNORECASE,
)
"""What may be the beginning of a mark, at the end of what has come."""
_LONGEST = 120
"""Characters that a mark may have."""
_UNMARKED = re.compile(r"\s*(?:analysis|commentary)(?=[A-Z\u4e00-\u9fff])")
_KIND = re.compile(r"[A-Z][A-Z_]{3,}[ \t]*\n")
_ITEM = re.compile(r"(?:[-*•–]|\d{1,2}[.)、])\s+")
_CITED = re.compile(r"[\[【]\s*[A-Za-z0-9_.\-*]+(?:\s*[,，、;]\s*[A-Za-z0-9_.\-*]+)*\s*[\]】]")
_STOPPED = re.compile(r"[.!?…][\"'”’)]*\s+(?=[^\s\[【])|[。！？][\"”』」）]*\s*(?=[^\s\[【\"”』」）])|\n\s*(?=\S)")
_LEAD = re.compile(r"#{1,6} [^\n]*\n|\*\*[^\n]*\*\*[^\n]{0,60}\n|[^\n]{1,200}[:：]\**\s*\n")


@dataclass(frozen=True)
class Habit:
    """What is known of a model: whether it has answered without thinking aloud, or thought without an opening mark."""

    plain: bool = False
    unmarked: bool = False


class Thoughts:
    """Takes one reply piece by piece and gives back what is the answer's."""

    def __init__(self, habit: Habit, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin with nothing; `clock` gives seconds and never goes back."""
        self._habit, self._clock = habit, clock
        self._kept, self._rest = "", ""
        self._thinking, self._clear, self._marked = False, False, False
        self._since: float | None = None
        self.found = self.unmarked = False

    def feed(self, text: str) -> str:
        """Add a piece, maybe an empty one; return what of the answer can be told now."""
        if THOUGHT in text:
            self.found = True
            text = text.replace(THOUGHT, "")
        self._rest += text
        self._read()
        begun = _BEGUN.search(self._rest, max(0, len(self._rest) - _LONGEST))
        self._take(begun.start() if begun else len(self._rest))
        return self._told()

    def close(self, whole: bool) -> str:
        """Return what is left of the answer; not `whole`, it broke off, and what isn't clear yet may be thought."""
        self._read()
        self._take(len(self._rest))
        doubted = not whole or (self._habit.unmarked and not self._marked)
        trusted = self._clear or not doubted or _opening(self._kept, self._habit) == "answer"
        return self._kept if trusted and not self._thinking else ""

    @property
    def habit(self) -> Habit:
        """What is known of the model after a reply that ended well."""
        unmarked = self._habit.unmarked or self.unmarked
        return Habit(not unmarked, unmarked)

    def _read(self) -> None:
        """Go from mark to mark."""
        while mark := _MARK.search(self._rest):
            self._take(mark.start())
            self._rest = self._rest[mark.end() - mark.start() :]
            if mark.lastgroup == "close":
                self._closed()
            elif mark.lastgroup == "open":
                self._thinking = self.found = True

    def _closed(self) -> None:
        """Drop what was kept: it was thought, opened or not."""
        if self._kept.strip() and not self._thinking:
            self.found = self.unmarked = True
        self._kept, self._thinking, self._clear, self._marked, self._since = "", False, False, True, None

    def _take(self, end: int) -> None:
        """Move the first `end` characters to where they belong."""
        text, self._rest = self._rest[:end], self._rest[end:]
        if self._thinking:
            return
        self._kept += text
        if _UNMARKED.match(self._kept) and not self._clear:
            self._kept, self._thinking, self.found = "", True, True

    def _told(self) -> str:
        if self._thinking or not (self._clear or self._clears()):
            return ""
        self._clear = True
        told, self._kept = self._kept, ""
        return told

    def _clears(self) -> bool:
        if (self._habit.unmarked and not self._marked) or _opening(self._kept, self._habit) != "answer":
            return False
        if self._since is None:
            self._since = self._clock()
        return self._habit.plain or self._clock() - self._since >= LOOKED_AT


def _opening(text: str, habit: Habit) -> str:
    """Return what a text begins as: "answer", "other", or "" when that can't be told yet."""
    text = text.lstrip()
    if _KIND.match(text) or (habit.plain and _LEAD.match(text)):
        return "answer"
    item = _ITEM.match(text)
    start = item.end() if item else 0
    cited, stopped = _CITED.search(text, start), _STOPPED.search(text, start)
    if cited and (not stopped or cited.start() < stopped.end()):
        return "answer"
    return "other" if stopped else ""
