"""knowledge/ → Knowledge: reads the résumé, its search help, names, terms and notices. Never writes."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from askme.errors import KnowledgeError
from askme.resume.markdown import Entry, Source, read_source
from askme.resume.schema import AliasesFile, HelpEntry, KnownTermsFile, NoticeEntry, Rendered, read, read_examples
from askme.types import Bullet, Expansion, Kind, Knowledge, Language, Localized, Notice, Profile, Term, Theme

RESUME: dict[Language, str] = {"zh": "resume.zh.md", "en": "resume.en.md"}
"""The file of each language; one of them is enough, and the one with the front matter's `name` is the original."""
TRIES = 5
"""How often a folder may turn out to have changed while it was read."""
_SECTION_KINDS: dict[str, Kind] = {"skills": "skill", "awards": "award", "profile": "contact"}


def load_knowledge(folder: Path) -> Knowledge:
    """Read the folder as it is at one moment: when a file changes meanwhile, all are read again.

    Raises:
        KnowledgeError: with all problems found in the résumé's two files, or the first of another file.
    """
    if not os.path.isdir(folder):  # is_dir raises where one may not look
        raise KnowledgeError(
            [f"{folder}: no such folder; set ASKME_KNOWLEDGE_DIR to the folder with {RESUME['zh']} or {RESUME['en']}"]
        )
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
    source, rendering = read_sources(folder)
    problems = [*source.problems, *(rendering.problems if rendering else ())]
    if rendering and not problems:
        problems = misalignments(source, rendering)
    if problems:
        raise KnowledgeError(problems)
    names, terms = read_aliases(folder / "aliases.yaml")
    return Knowledge(
        profile=_profile(source, rendering),
        bullets={bullet.id: bullet for bullet in _bullets(source, rendering, read_expansions(folder))},
        notices=read_notices(folder / "not_stated.yaml"),
        names=names,
        terms=terms,
        known_terms=read_known_terms(folder / "known_terms.yaml"),
        sections=_sections(source, rendering),
        fingerprint=fingerprint(folder),
    )


def read_sources(folder: Path) -> tuple[Source, Source | None]:
    """Return the résumé as it was written, and its rendering in the other language if there is one."""
    found = [read_source(folder / name, language) for language, name in RESUME.items() if (folder / name).exists()]
    if not found:
        return read_source(folder / RESUME["zh"], "zh"), None
    found.sort(key=lambda source: "name" not in source.front)
    return found[0], found[1] if len(found) > 1 else None


def fingerprint(folder: Path) -> str:
    """Return a SHA-256 over the names and contents of all files that are read; of one that can't be, the name alone."""
    digest = hashlib.sha256()
    for path in sorted([*folder.glob("*.md"), *folder.rglob("*.yaml")]):
        digest.update(str(path.relative_to(folder)).encode() + b"\0")
        with suppress(OSError):
            digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()


def misalignments(source: Source, rendering: Source) -> list[str]:
    """Return where the two languages don't have the same ids in the same order, or differ in kind or period."""
    rendered = {entry.id: entry for entry in rendering.entries}
    written = {entry.id: entry for entry in source.entries}
    problems = [
        f"{source.path}:{e.line}: {e.id} has no rendering; add it to {rendering.path.name}"
        for e in source.entries
        if e.id not in rendered
    ]
    problems += [
        f"{rendering.path}:{e.line}: {e.id} is not in {source.path.name}; remove it or add the source line"
        for e in rendering.entries
        if e.id not in written
    ]
    if not problems and list(rendered) != list(written):
        first = next(e for e, other in zip(rendering.entries, source.entries, strict=True) if e.id != other.id)
        problems.append(
            f"{rendering.path}:{first.line}: {first.id} stands elsewhere in {source.path.name}; use the same order"
        )
    for entry in source.entries:
        other = rendered.get(entry.id)
        if other and (other.attributes, other.level) != (entry.attributes, entry.level):
            problems.append(
                f"{rendering.path}:{other.line}: {other.id} has other attributes than {source.path.name}:{entry.line}; "
                "use those"
            )
    return problems


def _renderer(source: Source, rendering: Source | None) -> Callable[[Entry], Localized]:
    """Return what gives an entry of the source its text in all languages there are."""
    others = {entry.id: entry.text for entry in rendering.entries} if rendering else {}

    def localized(entry: Entry) -> Localized:
        texts = {source.language: entry.text}
        if rendering and entry.id in others:
            texts[rendering.language] = others[entry.id]
        return Localized.of(source.language, texts)

    return localized


def _bullets(source: Source, rendering: Source | None, expansions: dict[str, Expansion]) -> list[Bullet]:
    localized = _renderer(source, rendering)
    bullets: dict[str, Bullet] = {}
    for entry in source.entries:
        if not entry.is_section or entry.id == "profile":
            kind = "profile" if entry.is_section else _kind(entry, bullets)
            bullets[entry.id] = _bullet(entry, localized(entry), kind, bullets, expansions)
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


def _bullet(
    entry: Entry, text: Localized, kind: Kind, above: dict[str, Bullet], expansions: dict[str, Expansion]
) -> Bullet:
    parent = above.get(entry.parent)
    of_parent = parent.station if parent and parent.kind != "profile" else ""
    return Bullet(
        id=entry.id,
        kind=kind,
        text=text,
        parent=entry.parent,
        station=of_parent or (entry.id if entry.level == 2 else entry.section),
        section=entry.section,
        period=entry.period or (parent.period if parent else None),
        expansion=expansions.get(entry.id, Expansion()),
        line=entry.line,
    )


def _sections(source: Source, rendering: Source | None) -> dict[str, Localized]:
    localized = _renderer(source, rendering)
    return {entry.id: localized(entry) for entry in source.entries if entry.is_section}


def _profile(source: Source, rendering: Source | None) -> Profile:
    """Read the front matter: `name` and `headline`, and `name_en`, `headline_zh` … for a rendering."""
    front = source.front
    others = [rendering.language] if rendering else []
    wanted = ["name", "headline", *(f"{key}_{other}" for other in others for key in ("name", "headline"))]
    missing = [key for key in wanted if not front.get(key)]
    if missing:
        complaint = f"{source.path}:1: the front matter lacks {', '.join(missing)}; add it between the --- lines"
        raise KnowledgeError([complaint])

    def localized(key: str) -> Localized:
        texts = {language: front.get(f"{key}_{language}", "") for language in RESUME} | {source.language: front[key]}
        return Localized.of(source.language, {language: text for language, text in texts.items() if text})

    return Profile(localized("name"), localized("headline"), dict(front.get("links") or {}), _examples(source))


def _examples(source: Source) -> tuple[Theme, ...]:
    return tuple(
        Theme(_localized(entry.theme), tuple(_localized(question) for question in entry.questions))
        for entry in read_examples(source.path, source.front)
    )


def _localized(rendered: Rendered) -> Localized:
    return Localized(tuple(rendered.texts().items()))


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
        Notice(entry.id, entry.status, _localized(entry.answer), entry.near, _expansion(entry), entry.at)
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
