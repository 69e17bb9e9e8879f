"""Gaps → a draft for the owner: a patch to knowledge/ with blanks, and above it what else would help.

The patch applies as it is (`patch -p1`); `askme check` then names each blank until it is filled in. Nothing is written.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import yaml

from askme.journal.gaps import Gap
from askme.resume.schema import HelpEntry, read
from askme.text.tokenize import reply_language
from askme.types import Knowledge

NOT_STATED = "not_stated.yaml"
MOST_GAPS, MOST_QUESTIONS = 12, 5
"""Gaps told with and without a draft, those first that most visitors met; questions quoted for each language."""
_BLANK = "# <- fill in"


def draft(gaps: Sequence[Gap], knowledge: Knowledge, folder: Path) -> str:
    """Return the patch with its comments, "" when there is no gap."""
    found, gaps = len(gaps), _first(gaps)
    if not gaps:
        return ""
    lines = ["# Drafts, to be edited: fill in what is marked, drop what you don't want, then `askme check`."]
    for number, gap in enumerate(gaps, 1):
        lines += ["#", f"# {number}. {times(gap)}: {_quoted(gap)}", f"#    {advice(gap, knowledge)}"]
    if found > len(gaps):
        lines += ["#", f"# … and {found - len(gaps)} more, which fewer met; the page has them all."]
    changed = _with_expansions(gaps, folder)
    entries = _entries([gap for gap in gaps if gap.remedy == "entry"], knowledge)
    if entries:
        path = folder / NOT_STATED
        old = _text(path)
        changed[path] = (old, [*old, *([""] if old else []), *entries])
    return (
        "\n".join([*lines, *(line for path in sorted(changed) for line in _diff(path, folder, *changed[path]))]) + "\n"
    )


def _first(gaps: Sequence[Gap]) -> list[Gap]:
    drafted = [gap for gap in gaps if gap.remedy != "bullet"][:MOST_GAPS]
    told = [gap for gap in gaps if gap.remedy == "bullet"][:MOST_GAPS]
    return [gap for gap in gaps if gap in drafted or gap in told]


def times(gap: Gap) -> str:
    """Return how often a gap was met."""
    return f"asked {gap.count} × by {gap.visitors} {'visitor' if gap.visitors == 1 else 'visitors'}"


def advice(gap: Gap, knowledge: Knowledge) -> str:
    """Return in a sentence what would help."""
    if gap.remedy == "expansion":
        return f"{gap.topic} should have been found: the patch gives it these questions as search help."
    if gap.remedy == "entry":
        return (
            f"Add a bullet about “{_printable(gap.topic)}” if there is something to tell; else see the drafted entry."
        )
    if gap.topic in knowledge.bullets or gap.topic in knowledge.sections:
        disliked = all(asked.outcome == "down" for asked in gap.questions)
        if disliked:
            return f"The answer from {gap.topic} was disliked: tell more there, or add a bullet."
        return f"{gap.topic} doesn't say it: add a bullet there if there is something to tell."
    if any(notice.id == gap.topic for notice in knowledge.notices):
        return f"{NOT_STATED} says so ({gap.topic}): add a bullet about it if you want to tell, and drop that entry."
    return f"Add a bullet about {gap.topic} if there is something to tell; the résumé doesn't name it."


def _quoted(gap: Gap) -> str:
    return " · ".join(_printable(asked.text) for asked in gap.questions[:MOST_QUESTIONS])


def _printable(text: str) -> str:
    return "".join(char for char in text if char.isprintable())


def _by_language(gap: Gap) -> dict[str, list[str]]:
    """Return the questions as YAML texts; what isn't Chinese stands with the English ones."""
    found: dict[str, list[str]] = {"en": [], "zh": []}
    for asked in gap.questions:
        texts = found[reply_language(asked.text)]
        if len(texts) < MOST_QUESTIONS:
            texts.append(json.dumps(_printable(asked.text), ensure_ascii=False))
    return found


def _entries(gaps: Iterable[Gap], knowledge: Knowledge) -> list[str]:
    """Return entries of not_stated.yaml; a blank is null, which `askme check` complains of."""
    taken, lines = {notice.id for notice in knowledge.notices}, list[str]()
    for gap in gaps:
        identifier = _identifier(gap.topic, taken)
        taken.add(identifier)
        lines += [*([""] if lines else []), f"- id: {identifier}", "  status: not_in_resume", "  questions:"]
        for code, texts in _by_language(gap).items():
            lines.append(f"    {code}:" if texts else f"    {code}: {_BLANK}: questions like these, as a list")
            lines += [f"      - {text}" for text in texts]
        lines += ["  answer:", f'    en: {_BLANK}, e.g. "The résumé doesn\'t mention …."']
        lines += [f'    zh: {_BLANK}, e.g. "简历没有提到……。"', "  near: []"]
    return lines


def _identifier(topic: str, taken: set[str]) -> str:
    """Return an id that is free and that YAML takes for a text."""
    base = "_".join(re.findall(r"[a-z0-9]+", topic.lower())) or "asked"
    base = base if isinstance(yaml.safe_load(base), str) else f"asked_{base}"
    number = 1
    while (base if number == 1 else f"{base}_{number}") in taken:
        number += 1
    return base if number == 1 else f"{base}_{number}"


def _with_expansions(gaps: Iterable[Gap], folder: Path) -> dict[Path, tuple[list[str], list[str]]]:
    """Return the files of search help with the questions added, each with its lines before and after."""
    added: dict[Path, list[tuple[int, str]]] = {}
    for gap in gaps:
        path = _file_of(gap.topic, folder) if gap.remedy == "expansion" else None
        if path is None:
            continue
        for code, texts in _by_language(gap).items():
            place = _end_of_list(path, (gap.topic, "questions", code))
            if place:
                line, indent = place
                added.setdefault(path, []).extend((line, f"{' ' * indent}- {text}") for text in texts)
    return {path: (_text(path), _inserted(_text(path), lines)) for path, lines in added.items()}


def _file_of(bullet: str, folder: Path) -> Path | None:
    files = sorted((folder / "expansions").glob("*.yaml"))
    return next((path for path in files if bullet in read(path, dict[str, HelpEntry], {})), None)


def _end_of_list(path: Path, keys: Sequence[str]) -> tuple[int, int] | None:
    """Return after how many lines a list ends, and how far it is indented; None when it isn't one item a line."""
    node: Any = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    for key in keys:
        pairs = node.value if isinstance(node, yaml.MappingNode) else ()
        node = next((value for name, value in pairs if name.value == key), None)
    if not isinstance(node, yaml.SequenceNode) or node.flow_style or not node.value:
        return None
    return node.value[-1].end_mark.line + 1, node.start_mark.column


def _inserted(lines: list[str], added: Iterable[tuple[int, str]]) -> list[str]:
    made = list(lines)
    for number, line in sorted(added, key=lambda pair: pair[0])[::-1]:  # the last first: the places stay right
        made.insert(number, line)
    return made


def _text(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").removesuffix("\n").split("\n") if path.exists() else []


def _diff(path: Path, folder: Path, old: list[str], new: list[str]) -> list[str]:
    name = f"{folder.resolve().name}/{path.relative_to(folder).as_posix()}"
    before = f"a/{name}" if old else "/dev/null"
    return list(difflib.unified_diff(old, new, before, f"b/{name}", lineterm=""))
