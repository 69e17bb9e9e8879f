"""knowledge/ → Knowledge: reads the résumé, its search help, names, terms and notices. Never writes."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from askme.errors import KnowledgeError
from askme.resume.markdown import Entry, Source, read_source
from askme.resume.schema import AliasesFile, HelpEntry, KnownTermsFile, NoticeEntry, read, read_examples
from askme.types import Bilingual, Bullet, Expansion, Kind, Knowledge, Notice, Profile, Term, Theme

RESUME = {"zh": "resume.zh.md", "en": "resume.en.md"}
TRIES = 5
"""How often a folder may turn out to have changed while it was read."""
_SECTION_KINDS: dict[str, Kind] = {"skills": "skill", "awards": "award", "profile": "contact"}


def load_knowledge(folder: Path) -> Knowledge:
    """Read the folder as it is at one moment: when a file changes meanwhile, all are read again.

    Raises:
        KnowledgeError: with all problems found in the résumé's two files, or the first of another file.
    """
    if not os.path.isdir(folder):  # is_dir raises where one may not look
        raise KnowledgeError([f"{folder}: no such folder; set ASKME_KNOWLEDGE_DIR to the folder with resume.zh.md"])
    for _attempt in range(TRIES):
        before = fingerprint(folder)
        try:
            knowledge = _read(folder)
        except KnowledgeError:
            if fingerprint(folder) == before:
                raise
        else:
            if knowledge.fingerprint == before:
                return knowledge
    raise KnowledgeError([f"{folder}: its files change while they are read; save them all and start again"])


def _read(folder: Path) -> Knowledge:
    sources = {language: read_source(folder / name) for language, name in RESUME.items()}
    problems = [problem for source in sources.values() for problem in source.problems]
    problems = problems or misalignments(sources["zh"], sources["en"])
    if problems:
        raise KnowledgeError(problems)
    expansions = read_expansions(folder)
    names, terms = read_aliases(folder / "aliases.yaml")
    return Knowledge(
        profile=_profile(sources["zh"], folder / RESUME["zh"]),
        bullets={bullet.id: bullet for bullet in _bullets(sources["zh"], sources["en"], expansions)},
        notices=read_notices(folder / "not_stated.yaml"),
        names=names,
        terms=terms,
        known_terms=read_known_terms(folder / "known_terms.yaml"),
        sections=_sections(sources["zh"], sources["en"]),
        fingerprint=fingerprint(folder),
    )


def fingerprint(folder: Path) -> str:
    """Return a SHA-256 over the names and contents of all files that are read; of one that can't be, the name alone."""
    digest = hashlib.sha256()
    for path in sorted([*folder.glob("*.md"), *folder.rglob("*.yaml")]):
        digest.update(str(path.relative_to(folder)).encode() + b"\0")
        with suppress(OSError):
            digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()


def misalignments(zh: Source, en: Source) -> list[str]:
    """Return where the two languages don't have the same ids in the same order, or differ in kind or period."""
    english = {entry.id: entry for entry in en.entries}
    chinese = {entry.id: entry for entry in zh.entries}
    problems = [
        f"{zh.path}:{e.line}: {e.id} has no rendering; add it to {en.path.name}"
        for e in zh.entries
        if e.id not in english
    ]
    problems += [
        f"{en.path}:{e.line}: {e.id} is not in {zh.path.name}; remove it or add the source line"
        for e in en.entries
        if e.id not in chinese
    ]
    if not problems and list(english) != list(chinese):
        first = next(e for e, other in zip(en.entries, zh.entries, strict=True) if e.id != other.id)
        problems.append(f"{en.path}:{first.line}: {first.id} stands elsewhere in {zh.path.name}; use the same order")
    for entry in zh.entries:
        other = english.get(entry.id)
        if other and (other.attributes, other.level) != (entry.attributes, entry.level):
            problems.append(
                f"{en.path}:{other.line}: {other.id} has other attributes than {zh.path.name}:{entry.line}; use those"
            )
    return problems


def _bullets(zh: Source, en: Source, expansions: dict[str, Expansion]) -> list[Bullet]:
    english = {entry.id: entry for entry in en.entries}
    bullets: dict[str, Bullet] = {}
    for entry in zh.entries:
        if entry.is_section:
            if entry.id == "profile":
                bullets[entry.id] = _bullet(entry, english[entry.id], "profile", bullets, expansions)
            continue
        kind = _kind(entry, bullets)
        bullets[entry.id] = _bullet(entry, english[entry.id], kind, bullets, expansions)
    return list(bullets.values())


def _kind(entry: Entry, bullets: dict[str, Bullet]) -> Kind:
    if entry.level == 2:
        kind: Any = entry.attributes.get("kind", "job")
        return kind  # type: ignore[no-any-return]
    if entry.level == 3:
        return "project"
    return (
        _SECTION_KINDS.get(entry.section, "point")
        if entry.parent not in bullets or entry.section == "profile"
        else "point"
    )


def _bullet(zh: Entry, en: Entry, kind: Kind, above: dict[str, Bullet], expansions: dict[str, Expansion]) -> Bullet:
    parent = above.get(zh.parent)
    station = parent.station if parent and parent.kind != "profile" else (zh.id if zh.level == 2 else zh.section)
    return Bullet(
        id=zh.id,
        kind=kind,
        text=Bilingual(zh.text, en.text),
        parent=zh.parent,
        station=station,
        section=zh.section,
        period=zh.period or (parent.period if parent else None),
        expansion=expansions.get(zh.id, Expansion()),
        line=zh.line,
    )


def _sections(zh: Source, en: Source) -> dict[str, Bilingual]:
    english = {entry.id: entry.text for entry in en.entries if entry.is_section}
    return {entry.id: Bilingual(entry.text, english[entry.id]) for entry in zh.entries if entry.is_section}


def _profile(source: Source, path: Path) -> Profile:
    front = source.front
    missing = [key for key in ("name", "name_en", "headline", "headline_en") if not front.get(key)]
    if missing:
        raise KnowledgeError([f"{path}:1: the front matter lacks {', '.join(missing)}; add it between the --- lines"])
    name, headline = Bilingual(front["name"], front["name_en"]), Bilingual(front["headline"], front["headline_en"])
    return Profile(name, headline, dict(front.get("links") or {}), _examples(source, path))


def _examples(source: Source, path: Path) -> tuple[Theme, ...]:
    return tuple(
        Theme(Bilingual(entry.theme.zh, entry.theme.en), tuple(Bilingual(q.zh, q.en) for q in entry.questions))
        for entry in read_examples(path, source.front)
    )


def read_expansions(folder: Path) -> dict[str, Expansion]:
    """Return the search help per bullet id from expansions/*.yaml."""
    found: dict[str, Expansion] = {}
    for path in sorted((folder / "expansions").glob("*.yaml")):
        entries: dict[str, HelpEntry] = read(path, dict[str, HelpEntry], {})
        for key, entry in entries.items():
            if key in found:
                raise KnowledgeError([f"{path}:1: {key} has an expansion in another file already; keep one"])
            found[key] = _expansion(entry)
    return found


def _expansion(entry: HelpEntry) -> Expansion:
    return Expansion((*entry.questions.zh, *entry.words.zh), (*entry.questions.en, *entry.words.en))


def read_notices(path: Path) -> tuple[Notice, ...]:
    """Return the entries of not_stated.yaml."""
    entries: list[NoticeEntry] = read(path, list[NoticeEntry], [])
    return tuple(
        Notice(
            entry.id, entry.status, Bilingual(entry.answer.zh, entry.answer.en), entry.near, _expansion(entry), entry.at
        )
        for entry in entries
    )


def read_aliases(path: Path) -> tuple[tuple[Term, ...], tuple[Term, ...]]:
    """Return (names of headings, of the candidate and of nothing, terms of the résumé) from aliases.yaml."""
    data: AliasesFile = read(path, AliasesFile, {})
    sensitive = frozenset(data.case_sensitive)

    def term(category: str, spellings: tuple[str, ...], target: str = "") -> Term:
        return Term(category, spellings, target, sensitive & frozenset(spellings))

    names = [term("candidate", data.candidate), term("phrase", data.phrases)]
    names += [term("name", spellings, target) for target, spellings in data.names.items()]
    terms = [term(category, one) for category, group in data.terms.items() for one in group]
    return tuple(one for one in names if one.spellings), tuple(terms)


def read_known_terms(path: Path) -> tuple[Term, ...]:
    """Return the names recruiters ask about, from known_terms.yaml; the résumé may hold some of them."""
    data: dict[str, tuple[tuple[str, ...] | str, ...]] = read(path, KnownTermsFile, {}).root
    sensitive = frozenset(one for one in data.get("case_sensitive", ()) if isinstance(one, str))
    return tuple(
        Term(category, one, "", sensitive & frozenset(one))
        for category, group in data.items()
        for one in group
        if not isinstance(one, str)
    )
