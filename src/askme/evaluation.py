"""Pins → figures: what share of questions is answered right, found, cited and refused as specified."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

import yaml

from askme.answering.outcome import withheld
from askme.errors import PinError
from askme.text.tokenize import language
from askme.types import Answer, Status, Turn

Ask = Callable[[str, Sequence[Turn]], Answer]
STATUSES = frozenset(get_args(Status))
_FIELDS = {"id", "kind", "ask", "status", "cites", "may_cite", "says", "never_says", "why", "lang"}


@dataclass(frozen=True)
class Pin:
    """A specified answer: the status, the bullets it must cite (any of each group), patterns it must (not) have."""

    id: str
    kind: str
    turns: tuple[str, ...]
    status: tuple[str, ...]
    cites: tuple[tuple[str, ...], ...] = ()
    may_cite: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    never_says: tuple[str, ...] = ()
    why: str = ""

    @property
    def language(self) -> str:
        """The language of the last turn."""
        return language(self.turns[-1])

    def may(self, identifier: str) -> bool:
        """Whether citing this bullet is right."""
        allowed = [*(one for group in self.cites for one in group), *self.may_cite]
        return any(_covers(pattern, identifier) for pattern in allowed)


@dataclass(frozen=True)
class Verdict:
    """How one pin fared; `faults` says in words what is wrong."""

    pin: Pin
    answer: Answer
    faults: tuple[str, ...]
    found: bool
    cited_needed: int
    cited_right: int

    @property
    def right(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults


def load_pins(paths: Iterable[Path]) -> list[Pin]:
    """Read pins from YAML files, or from all such files of a folder.

    Raises:
        PinError: a file can't be read, or an entry lacks or has a wrong field; names file and entry.
    """
    pins: list[Pin] = []
    for path in paths:
        files = sorted(path.glob("*.yaml")) if path.is_dir() else [path]
        if not files:
            raise PinError(f"{path}: no pins (*.yaml) in this folder")
        for file in files:
            pins += _read(file)
    return pins


def _read(path: Path) -> list[Pin]:
    try:
        entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise PinError(f"{path}: can't be read as YAML: {str(error).splitlines()[0]}") from error
    if not isinstance(entries, list):
        raise PinError(f"{path}: a list of pins is expected")
    return [_pin(entry, f"{path.name}#{number}") for number, entry in enumerate(entries, 1)]


def _pin(entry: Any, place: str) -> Pin:
    if not isinstance(entry, dict) or not _is_texts(entry.get("ask")) or not _is_texts(entry.get("status")):
        raise PinError(f"{place}: a pin needs ask and status")
    unknown = set(entry) - _FIELDS
    if unknown:
        raise PinError(f"{place}: unknown field {', '.join(sorted(unknown))}; use {', '.join(sorted(_FIELDS))}")
    for pattern in [*(entry.get("says") or ()), *(entry.get("never_says") or ())]:
        try:
            re.compile(pattern)
        except re.error as error:
            raise PinError(f"{place}: {pattern!r} is no regular expression: {error}") from error
    odd = set(_texts(entry["status"])) - STATUSES
    if odd:
        raise PinError(f"{place}: unknown status {', '.join(sorted(odd))}; use {', '.join(sorted(STATUSES))}")
    return Pin(
        id=str(entry.get("id", place)),
        kind=str(entry.get("kind", "fact")),
        turns=_texts(entry["ask"]),
        status=_texts(entry["status"]),
        cites=tuple(_texts(group) for group in entry.get("cites") or ()),
        may_cite=_texts(entry.get("may_cite") or ()),
        says=_texts(entry.get("says") or ()),
        never_says=_texts(entry.get("never_says") or ()),
        why=str(entry.get("why", "")),
    )


def _is_texts(value: Any) -> bool:
    return isinstance(value, str) or (
        isinstance(value, list) and bool(value) and all(isinstance(v, str) for v in value)
    )


def _texts(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(str(one) for one in value)


def _covers(pattern: str, identifier: str) -> bool:
    """Whether a cited id fits: the id itself, or for `x.*` x and everything under it."""
    stem = pattern.removesuffix(".*")
    return identifier == pattern or (stem != pattern and (identifier == stem or identifier.startswith(stem + ".")))


def judge(pin: Pin, ask: Ask) -> Verdict:
    """Ask the turns in order, each with the answers before it as history, and judge the last."""
    history: list[Turn] = []
    for turn in pin.turns[:-1]:
        history.append(ask(turn, history).turn())
    answer = ask(pin.turns[-1], history)
    cited = [citation.id for citation in answer.citations]
    met = [any(_covers(one, c) for one in group for c in cited) for group in pin.cites]
    found = [any(_covers(one, r) for one in group for r in answer.retrieved[:5]) for group in pin.cites]
    right = sum(pin.may(c) for c in cited)
    return Verdict(pin, answer, tuple(_faults(pin, answer, met)), all(found), sum(met), right)


def _faults(pin: Pin, answer: Answer, met: list[bool]) -> Iterable[str]:
    if answer.status not in pin.status:
        yield f"status {answer.status} instead of {'/'.join(pin.status)}"
    for group, is_met in zip(pin.cites, met, strict=True):
        if not is_met:
            yield f"doesn't cite {' or '.join(group)}"
    for pattern in pin.says:
        if not re.search(pattern, answer.text, re.IGNORECASE):
            yield f"doesn't say {pattern}"
    for pattern in pin.never_says:
        if re.search(pattern, answer.text, re.IGNORECASE):
            yield f"says {pattern}"


@dataclass
class Row:
    """Sums over the pins of one language and kind. Shares are None when nothing counts towards them."""

    count: int = 0
    right: int = 0
    sums: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))

    def add(self, verdict: Verdict) -> None:
        """Count one verdict in."""
        pin, cited = verdict.pin, len(verdict.answer.citations)
        self.count += 1
        self.right += verdict.right
        if pin.cites:
            self._sum("recall@5", verdict.found, 1)
            self._sum("cited", verdict.cited_needed, len(pin.cites))
            self._sum("precision", verdict.cited_right, cited)
        if "answered" not in pin.status:
            self._sum("refused", verdict.answer.status in pin.status, 1)
        elif pin.status == ("answered",):
            self._sum("wrongly refused", verdict.answer.status != "answered", 1)

    def _sum(self, name: str, part: int, whole: int) -> None:
        self.sums[name][0] += part
        self.sums[name][1] += whole

    def share(self, name: str) -> float | None:
        """Return a share between 0 and 1."""
        part, whole = self.sums[name]
        return part / whole if whole else None


def expense(verdicts: Sequence[Verdict]) -> str:
    """Return what the model did for the judged answers and what it cost, in one line."""
    answers = [verdict.answer for verdict in verdicts]
    used = [answer.usage for answer in answers if answer.usage]
    costs = [usage["cost_usd"] for usage in used]
    known = [cost for cost in costs if cost is not None]
    total = f"${sum(known):.4f}" + (
        f" and {len(costs) - len(known)} of unknown cost" if len(known) < len(costs) else ""
    )
    fell_back = sum(bool(answer.fallback) for answer in answers)
    withheld = sum(usage["sentences_withheld"] or 0 for usage in used)
    shown = sum(usage["sentences_shown"] or 0 for usage in used)
    worded = sum(answer.mode == "model" for answer in answers)
    return (
        f"{worded} of {len(answers)} last turns worded by the model, {fell_back} with a failure; "
        f"{shown:.0f} sentences shown, {withheld:.0f} withheld at first; cost of the last turns {total}"
    )


def left_out(verdicts: Sequence[Verdict]) -> Iterable[str]:
    """Yield the share of the model's sentences that were withheld, then each with the reason."""
    used = [verdict.answer.usage for verdict in verdicts if verdict.answer.usage]
    held_back = sum(usage["sentences_withheld"] or 0 for usage in used)
    written = held_back + sum((usage["sentences_shown"] or 0) - (usage["sentences_repaired"] or 0) for usage in used)
    share = f" ({held_back / written:.1%})" if written else ""
    yield f"{held_back:.0f} of the model's {written:.0f} sentences withheld{share}"
    for verdict in verdicts:
        yield from (f"{verdict.pin.id}: {line}" for line in withheld(verdict.answer))


COLUMNS = ("recall@5", "cited", "precision", "refused", "wrongly refused")


def tabulate(verdicts: Sequence[Verdict]) -> str:
    """Return the table: a line for each language and kind, and one for all."""
    rows: dict[tuple[str, str], Row] = defaultdict(Row)
    for verdict in verdicts:
        for key in ((verdict.pin.language, verdict.pin.kind), (verdict.pin.language, "all"), ("all", "all")):
            rows[key].add(verdict)
    lines = [f"{'':<5} {'kind':<14} {'pins':>5} {'right':>7} " + " ".join(f"{name:>15}" for name in COLUMNS)]
    for (code, kind), row in sorted(
        rows.items(), key=lambda item: (item[0][0] == "all", item[0][0], item[0][1] == "all", item[0][1])
    ):
        shares = " ".join(f"{'' if (s := row.share(name)) is None else format(s, '.1%'):>15}" for name in COLUMNS)
        lines.append(f"{code:<5} {kind:<14} {row.count:>5} {row.right / row.count:>7.1%} {shares}")
    return "\n".join(lines)
