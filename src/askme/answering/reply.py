"""A reply as models write it: its kind, said in a first word, and the text; JSON unwrapped, as some can't do without.

Servers differ in how they force a form on a reply, and some ignore it when it is asked for. A word on the first line
needs nothing of them; it is read however it is decorated, and missed without harm.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from askme.types import Status

LONGEST_FORM = 20_000
"""Characters of a reply in JSON; one that goes on is given up."""
MARK_LENGTH = 60
"""Characters within which a first line must end to be a mark."""
_WORDS: dict[Status, str] = {
    "answered": r"answered|已回答|回答了|已答|有答案",
    "not_in_resume": r"not[ _-]{0,2}(?:stated|mentioned|found|in[ _-]{0,2}(?:the[ _-]{0,2})?r[ée]sum[ée])|"
    r"(?:简历|履历)?(?:中|里)?(?:未|没有?)(?:说明|提及|提到|写明?|涉及|回答)",
    "declined": r"declined?|refused?|拒绝(?:回答)?|已拒绝|婉拒|谢绝|不予回答|拒答",
    "greeting": r"greetings?|问候|招呼|寒暄",
}
_NAMED = "|".join(f"(?P<{status}>{words})" for status, words in _WORDS.items())
_LABEL = r"(?:(?:kind|type|status|reply|first line|类型|类别|状态|回复类型)\s*[:：=-]\s*)?"
_LINE = re.compile(rf"\W*?{_LABEL}[\W_]*?(?:{_NAMED})[\W_]*", re.IGNORECASE)
"""A line that holds a mark and nothing else."""
_BEGINNING = re.compile(rf"[\s\W]*?{_LABEL}[\W_]*?(?:{_NAMED})[*_`\s]*[:：\]】)*`—–-]+[*_`]*\s*", re.IGNORECASE)
"""A mark that is set off from the text on its line."""
_CAPITALS = re.compile(
    r"\W{0,4}(?:(?P<answered>ANSWERED)|(?P<not_in_resume>NOT[_ ]STATED)|(?P<declined>DECLINED)|(?P<greeting>GREETING))"
    r"\W{0,4}\s+"
)
"""A mark exactly as it was asked for, with the text after it on its line."""
_FENCE = re.compile(r"^```\w*\s*|\s*```\s*$")
_KIND_KEYS = frozenset(("kind", "type", "status", "first_line", "category", "mark"))
_ID_KEYS = frozenset(("id", "ids", "cites", "citation", "citations", "source", "sources", "references", "evidence"))


def kind_of(text: str) -> Status | None:
    """Return the kind a line tells when it does nothing else."""
    match = _LINE.fullmatch(text.strip()) if len(text) <= MARK_LENGTH else None
    return _status(match) if match else None


class Reply:
    """Reads a reply piece by piece. `kind` is known before the first of its text is given on; None: none was told."""

    def __init__(self, pieces: Iterable[str]) -> None:
        """`pieces` are the text as it comes."""
        self._pieces = iter(pieces)
        self.kind: Status | None = None
        self.raw = ""

    def __iter__(self) -> Iterator[str]:
        """Yield the text without the mark; a reply in JSON at its end, as plain text."""
        head = ""
        for piece in self._taken():
            head += piece
            if _is_json(head):
                for more in self._taken():
                    head += more
                    if len(head) > LONGEST_FORM:
                        return
                yield from self._unwrapped(head)
                return
            if "\n" in head.lstrip() or len(head.lstrip()) > MARK_LENGTH:
                break
        yield self._without_mark(head)
        yield from self._taken()

    def _taken(self) -> Iterator[str]:
        for piece in self._pieces:
            self.raw += piece
            yield piece

    def _without_mark(self, head: str) -> str:
        text = head.lstrip()
        line, _, rest = text.partition("\n")
        if found := kind_of(line):
            self.kind = self.kind or found
            return rest
        start = line[:MARK_LENGTH]
        if match := _BEGINNING.match(start) or _CAPITALS.match(start):
            self.kind = self.kind or _status(match)
            return text[match.end() :]
        return head

    def _unwrapped(self, text: str) -> Iterator[str]:
        try:
            yield "\n".join(self._sentences(json.loads(_FENCE.sub("", text.strip()))))
        except (json.JSONDecodeError, RecursionError):
            return  # half of a form says nothing for certain

    def _sentences(self, told: Any) -> Iterator[str]:
        """Yield the texts of a form, those of an object with the ids that stand beside it."""
        if isinstance(told, str):
            yield self._without_mark(told)
        elif isinstance(told, list):
            for one in told:
                yield from self._sentences(one)
        elif isinstance(told, dict):
            yield from self._of_object({str(key).lower(): value for key, value in told.items()})

    def _of_object(self, told: dict[str, Any]) -> Iterator[str]:
        for key in _KIND_KEYS & set(told):
            self.kind = self.kind or kind_of(str(told[key]))
        named = [told[key] for key in told if key in _ID_KEYS]
        ids = [str(one) for group in named for one in (group if isinstance(group, list) else [group])]
        texts = [t for key in told if key not in _ID_KEYS | _KIND_KEYS for t in self._sentences(told[key])]
        for text in filter(None, texts):
            yield text if "[" in text or not ids else f"{text.rstrip('.。 ')} [{', '.join(ids)}]."


def _is_json(head: str) -> bool:
    return bool(re.match(r"\s*(?:```\w*\s*)?[{]|\s*```json|\s*\[\s*[{]", head))


def _status(match: re.Match[str]) -> Status:
    return next(status for status in _WORDS if match[status])
