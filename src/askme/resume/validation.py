"""Proves knowledge/ as a whole: figures in both languages, search help complete, names pointing somewhere."""

from __future__ import annotations

import re
from pathlib import Path

from askme.resume.loader import RESUME, load_knowledge, read_expansions
from askme.text.dates import MONTH_NAMES
from askme.text.numbers import figures, loose_values
from askme.types import Bullet, Knowledge

MIN_EXPANSION = 15
"""Questions and words a bullet needs per language: 5 questions and 10 words."""

_DATE_ZH = re.compile(r"\d{4}\s*年(?:\s*\d{1,2}\s*月)?")
_MONTH = "|".join(name[:3].capitalize() for name in MONTH_NAMES)
_DATE_EN = re.compile(rf"\b(?:(?:{_MONTH})[a-z]*\s+)?(?<![\d.])(?:19|20)\d\d\b")


def check(folder: Path) -> list[str]:
    """Return every problem of the folder beyond what loading it finds; each names file, line and remedy.

    Raises:
        KnowledgeError: the folder can't be loaded at all.
    """
    knowledge = load_knowledge(folder)
    problems = [p for b in knowledge.bullets.values() if len(b.text.texts) > 1 for p in _bullet_problems(b, folder)]
    problems += _language_problems(knowledge, folder)
    return problems + _expansion_problems(knowledge, folder) + _target_problems(knowledge, folder)


def _bullet_problems(bullet: Bullet, folder: Path) -> list[str]:
    zh, en = _DATE_ZH.sub(" ", bullet.text.zh), _DATE_EN.sub(" ", bullet.text.en)
    allowed_zh, allowed_en = loose_values(zh), loose_values(en)
    lost = [f.text for f in figures(zh) if f.value not in allowed_en]
    added = [f.text for f in figures(en) if f.value not in allowed_zh]
    unit = [f.text for f in figures(zh) if f.unit and f.key not in {g.key for g in figures(en)}]
    years = set(re.findall(r"\d{4}(?=\s*年)", bullet.text.zh)) ^ set(re.findall(r"\b(?:19|20)\d\d\b", bullet.text.en))
    place = f"{folder / RESUME['en']} ({bullet.id}, {RESUME['zh']}:{bullet.line})"
    problems = [
        f"{place}: {text!r} of the source is not in the rendering, or with another unit; mend it"
        for text in dict.fromkeys([*lost, *unit])
    ]
    problems += [f"{place}: {text!r} is not in the source; remove or mend it" for text in added]
    return problems + [f"{place}: the year {year} is in one language only; mend it" for year in sorted(years)]


def _language_problems(knowledge: Knowledge, folder: Path) -> list[str]:
    """Return what visitors read that lacks a language the résumé has."""
    languages = {language for bullet in knowledge.bullets.values() for language, _ in bullet.text.texts}
    notices = folder / "not_stated.yaml"
    shown = [(_line_of(notices, rf"id: {re.escape(n.id)}$"), f"{n.id}: answer:", n.text) for n in knowledge.notices]
    for number, theme in enumerate(knowledge.profile.examples):
        for text in (theme.title, *theme.questions):
            shown.append((_line_of(folder, re.escape(text.original), "*.md"), f"examples.{number}:", text))
    return [
        f"{place}: {what} no text in {language}, which the résumé has; add it"
        for place, what, text in shown
        for language in sorted(languages - {its for its, _ in text.texts})
    ]


def _expansion_problems(knowledge: Knowledge, folder: Path) -> list[str]:
    problems = []
    for bullet in knowledge.bullets.values():
        for language, texts in (("zh", bullet.expansion.zh), ("en", bullet.expansion.en)):
            if len(set(texts)) < MIN_EXPANSION:
                place = _line_of(folder / "expansions", rf"^{re.escape(bullet.id)}:")
                problems.append(
                    f"{place}: {bullet.id} has {len(set(texts))} questions and words in {language}; "
                    f"write at least 5 questions and 10 words"
                )
    return problems


def _target_problems(knowledge: Knowledge, folder: Path) -> list[str]:
    targets = set(knowledge.bullets) | set(knowledge.sections)
    problems = [
        f"{_line_of(folder / 'aliases.yaml', rf'^ +{re.escape(name.id)}:')}: names.{name.id} points to no heading; "
        f"use an id of {RESUME['zh']}"
        for name in knowledge.names
        if name.category == "name" and name.id not in targets
    ]
    seen: set[str] = set()
    for notice in knowledge.notices:
        place = f"{_line_of(folder / 'not_stated.yaml', rf'id: {re.escape(notice.id)}$')}: {notice.id}"
        problems += [
            f"{place}: near: {near} is no bullet; use an id of {RESUME['zh']}"
            for near in notice.near
            if near not in knowledge.bullets
        ]
        problems += [
            f"{place}: at: {one} is no heading; use an id of {RESUME['zh']}" for one in notice.at if one not in targets
        ]
        if notice.id in seen:
            problems.append(f"{place} stands twice; ids are unique")
        if not (notice.expansion.zh and notice.expansion.en):
            problems.append(f"{place} needs questions in both languages; add them")
        seen.add(notice.id)
    return problems + _unknown_expansions(knowledge, folder)


def _line_of(path: Path, pattern: str, kind: str = "*.yaml") -> str:
    """Return `path:line` of the first line that fits, in a file or any of a folder; the path when none does."""
    for file in sorted(path.glob(kind)) if path.is_dir() else [path]:
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines() if file.exists() else (), 1):
            if re.search(pattern, line):
                return f"{file}:{number}"
    return str(path)


def _unknown_expansions(knowledge: Knowledge, folder: Path) -> list[str]:
    return [
        f"{_line_of(folder / 'expansions', rf'^{re.escape(key)}:')}: {key} is no bullet; use an id of {RESUME['zh']}"
        for key in read_expansions(folder)
        if key not in knowledge.bullets
    ]
