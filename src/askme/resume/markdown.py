"""The résumé's Markdown: front matter, headings and bullets with {#id key=value} attributes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from askme.text.periods import parse_period
from askme.types import Language, Period

_HEADING = re.compile(r"^(#{1,3})\s+(.*)$")
_BULLET = re.compile(r"^\s*[-*]\s+(.*)$")
_ATTRIBUTES = re.compile(r"\s*\{([^{}]*)\}\s*$")
_ID = re.compile(r"^[a-z0-9]+(?:[._-][a-z0-9]+)*$")
_BOLD = re.compile(r"(?<!\*)\*\*(?!\*)([^*]+)(?<!\*)\*\*(?!\*)")
_KINDS = ("job", "internship", "research", "education", "activity")


@dataclass
class Entry:
    """A heading or a bullet of one file. `level` 1 to 3 for headings, 0 for bullets."""

    id: str
    level: int
    text: str
    parent: str
    section: str
    line: int
    attributes: dict[str, str] = field(default_factory=dict)
    period: Period | None = None

    @property
    def is_section(self) -> bool:
        """Whether it is a top heading."""
        return self.level == 1


@dataclass
class Source:
    """One résumé file as read, with everything found wrong in it."""

    path: Path
    language: Language
    front: dict[str, Any] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def complain(self, line: int, text: str) -> None:
        """Note a problem with its line."""
        self.problems.append(f"{self.path}:{line}: {text}")


def read_source(path: Path, language: Language) -> Source:
    """Read one résumé file; what is wrong is listed in `problems`, nothing is raised."""
    source = Source(path, language)
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        source.complain(1, "no such file; the résumé is expected here")
        return source
    except (OSError, UnicodeDecodeError) as error:
        source.complain(1, f"can't be read ({error.__class__.__name__}); it must be UTF-8 text")
        return source
    start = _front_matter(source, lines)
    _Reader(source).read(lines[start:], start + 1)
    if not source.entries and not source.problems:
        source.complain(1, "no heading and no bullet found; see README, Make it yours")
    return source


def _front_matter(source: Source, lines: list[str]) -> int:
    if not lines or lines[0].strip() != "---":
        return 0
    end = next((i for i, line in enumerate(lines[1:], 1) if line.strip() == "---"), 0)
    if not end:
        source.complain(1, "the front matter has no closing ---; add it")
        return 0
    try:
        front = yaml.safe_load("\n".join(lines[1:end]))
        source.front = front if isinstance(front, dict) else {}
    except yaml.YAMLError as error:
        source.complain(1, f"the front matter is no valid YAML: {getattr(error, 'problem', error)}")
    return end + 1


class _Reader:
    """Goes through the lines of one file and keeps the headings that are open."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.open: dict[int, Entry] = {}
        self.seen: dict[str, int] = {}
        self.counts: dict[str, int] = {}

    def read(self, lines: list[str], first: int) -> None:
        for number, line in enumerate(lines, first):
            if heading := _HEADING.match(line):
                self._heading(len(heading[1]), heading[2], number)
            elif bullet := _BULLET.match(line):
                self._bullet(bullet[1], number)
            elif line.strip():
                self._continuation(line.strip(), number)

    def _heading(self, level: int, raw: str, number: int) -> None:
        text, identifier, attributes = self._split(raw, number)
        if not identifier:
            self.source.complain(number, f"the heading {text!r} has no id; add {{#some-id}}")
            identifier = f"line-{number}"
        parent = self.open[level - 1].id if level - 1 in self.open and level > 1 else ""
        section = identifier if level == 1 else (self.open[1].id if 1 in self.open else "")
        entry = Entry(identifier, level, text, parent if level > 2 else "", section, number, attributes)
        self.open = {depth: open_ for depth, open_ in self.open.items() if depth < level} | {level: entry}
        self._add(entry)

    def _bullet(self, raw: str, number: int) -> None:
        text, identifier, attributes = self._split(raw, number)
        if not self.open:
            self.source.complain(number, "a bullet before the first heading; put a heading above it")
            return
        heading = self.open[max(self.open)]
        self.counts[heading.id] = self.counts.get(heading.id, 0) + 1
        identifier = identifier or f"{heading.id}.{self.counts[heading.id]}"
        section = self.open[1].id if 1 in self.open else heading.id
        self._add(Entry(identifier, 0, text, heading.id, section, number, attributes))

    def _continuation(self, text: str, number: int) -> None:
        if not self.source.entries:
            self.source.complain(number, "text before the first heading; make it a bullet under a heading")
            return
        self.source.entries[-1].text += "\n" + _plain(text)

    def _split(self, raw: str, number: int) -> tuple[str, str, dict[str, str]]:
        match = _ATTRIBUTES.search(raw)
        if not match:
            return _plain(raw), "", {}
        identifier, attributes = "", {}
        for word in match[1].split():
            key, equals, value = word.partition("=")
            if word.startswith("#"):
                identifier = word[1:]
            elif equals and key in ("period", "kind"):
                attributes[key] = value
            else:
                self.source.complain(number, f"unknown attribute {word!r}; use #id, period=… or kind=…")
        return _plain(raw[: match.start()]), identifier, attributes

    def _add(self, entry: Entry) -> None:
        if not _ID.match(entry.id):
            self.source.complain(entry.line, f"{entry.id!r} is no id; use lower-case letters, digits, dots and dashes")
        if entry.id in self.seen:
            self.source.complain(
                entry.line, f"{entry.id} is used in line {self.seen[entry.id]} already; ids are unique"
            )
        self.seen.setdefault(entry.id, entry.line)
        kind = entry.attributes.get("kind")
        if kind and kind not in _KINDS:
            self.source.complain(entry.line, f"kind={kind} is not known; use one of {', '.join(_KINDS)}")
        self._set_period(entry)
        self.source.entries.append(entry)

    def _set_period(self, entry: Entry) -> None:
        period = entry.attributes.get("period")
        if period is None:
            return
        try:
            entry.period = parse_period(period)
        except ValueError as error:
            self.source.complain(entry.line, f"bad period: {error}; write 2024-04/2025-04 or 2025-04/..")


def _plain(text: str) -> str:
    return _BOLD.sub(r"\1", text).strip()
