"""The index of the résumé: built from nothing, opened again unchanged, brought up to date after one change."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from askme.resume.loader import load_knowledge
from askme.search.documents import Document, documents
from askme.search.lexical_index import Index, open_index
from askme.settings import load_settings
from askme.types import Bullet, Message
from benchmarks import bare
from benchmarks.bare import Vectors
from benchmarks.measure import Took, folder, forget, timed, within
from benchmarks.report import Aim, Beside, Row, Table

REPEATS, SECONDS = 5, 6
"""How often each figure is taken, and after what time no more."""
_T = TypeVar("_T")


def run() -> Table:
    """Measure; imports Chroma first, so that no figure holds the import."""
    importlib.import_module("chromadb")
    importlib.import_module("langchain_chroma")
    with folder() as base:
        reading, _ = _repeated(lambda _: _read())
        building, built = _repeated(lambda n: open_index(_read(), base / str(n)))
        opening, opened = _repeated(lambda _: open_index(_read(), base / "0"))
        drafts = _drafts()
        changing, changed = _repeated(lambda n: open_index(_read(drafts[n]), base / "0"))
        before, after = Vectors.of(built[0]), Vectors.of(changed[-1])
        rows = [Beside("s").row("reading knowledge/", reading, 0.5), *_rows(building, opening, changing, base, before)]
    return Table(
        "index",
        [*rows, *_counts(opened, changed, _touched(before, after) - {drafts[0].id})],
        [
            "baseline: a bare chromadb collection with the same vectors and texts: made, opened, one document written",
            f"{built[0].size} documents; medians of {len(built)}; all include reading knowledge/, none an import",
        ],
    )


def _repeated(call: Callable[[int], _T]) -> tuple[list[Took], list[_T]]:
    measured = []
    for number in within(SECONDS, range(REPEATS)):
        forget()
        measured.append(timed(call, number))
    return [took for took, _ in measured], [result for _, result in measured]


def _read(change: Bullet | None = None) -> list[Document]:
    """Return all documents of the résumé, with `change` in the place of the bullet of that id."""
    knowledge = load_knowledge(load_settings().knowledge_dir)
    if change:
        knowledge = replace(knowledge, bullets=knowledge.bullets | {change.id: change})
    return documents(knowledge)


def _drafts() -> list[Bullet]:
    """Return as many rewordings of one bullet as there are repeats."""
    bullets = load_knowledge(load_settings().knowledge_dir).bullets.values()
    bullet = next(b for b in bullets if b.kind == "point")
    texts = [Message(f"{bullet.text.zh}（第{n}稿）", f"{bullet.text.en} (draft {n})") for n in range(REPEATS)]
    return [replace(bullet, text=text) for text in texts]


def _rows(built: list[Took], opened: list[Took], changed: list[Took], base: Path, vectors: Vectors) -> list[Row]:
    bare_built, _ = _repeated(lambda n: bare.build(base / f"bare-{n}", vectors))
    bare_opened, _ = _repeated(lambda _: bare.open_and_ask(base / "bare-0", vectors))
    bare_changed, _ = _repeated(lambda _: bare.change(base / "bare-0", vectors))
    return [
        Beside("s", bare_built).row("from nothing", built, 0.5, Aim(2)),
        Beside("s", bare_opened).row("nothing changed", opened, 0.5, Aim(0.3)),
        Beside("s", bare_changed).row("one bullet changed", changed, 0.5),
    ]


def _touched(before: Vectors, after: Vectors) -> set[str]:
    """Return the ids whose text or vector is another one, or that are in one of the two only."""
    return {id_ for id_, _ in before.documents().items() ^ after.documents().items()}


def _counts(opened: list[Index], changed: list[Index], others: set[str]) -> list[Row]:
    return [
        Row("documents written, nothing changed", max(index.written for index in opened), "", exactly=0),
        Row("documents written, one bullet changed", max(index.written for index in changed), "", exactly=1),
        Row("other documents touched by that", len(others), "", exactly=0),
    ]
