"""Search by meaning on a Chroma server: replicas, and one release after another, pay once for what is embedded."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Sequence
from typing import Protocol

from askme.errors import ModelError, StoreDown
from askme.search.chroma import SERVER_BATCH, ChromaServer, Row, ServerCollection
from askme.search.replicated import ASK_SECONDS, BUILD_SECONDS, Keeper, Plan, SharedCollection
from askme.storage.addresses import ServerAddress

KIND, FORMAT = "semantic", "1"
"""`FORMAT` counts up whenever what is written for a text changes."""
SILENT = 60.0
"""Seconds that a builder may take for one batch: its call to the embedding server has 30."""
AS_SOURCES = 3
"""Other collections that are looked through for vectors."""


class Text(Protocol):
    """A short document of one bullet."""

    @property
    def id(self) -> str:
        """Its own name."""

    @property
    def bullet(self) -> str:
        """Whose it is."""

    @property
    def text(self) -> str:
        """What is embedded."""


class SharedMeaning:
    """The vectors of some texts on a server, made by one embedding model. Safe to use from several threads."""

    def __init__(
        self,
        texts: Sequence[Text],
        model: str,
        embed: Callable[[list[str]], list[list[float]]],
        address: ServerAddress,
        silent: float = SILENT,
    ) -> None:
        """Ask for nothing yet; `model` names what `embed` uses, which may raise ModelError."""
        self._texts = {text.id: text for text in texts}
        self._model, self._embed = model, embed
        plan = Plan(KIND, self._fingerprint(), self._fill, self._problem, silent)
        shared = SharedCollection(ChromaServer(address, BUILD_SECONDS), plan)
        self.keeper = Keeper(ChromaServer(address, ASK_SECONDS), shared, "search by meaning")
        self.dimension = 0

    def nearest(self, vector: list[float], k: int) -> list[str]:
        """Return which bullets the `k` nearest texts belong to, as often as found; none when that can't be told now."""
        found = next(iter(self.keeper.nearest([vector], min(k, len(self._texts)))), [])
        if not all(id_ in self._texts for id_, _ in found):
            self.keeper.lost(StoreDown("gone", "there are texts of others"))
            return []
        return [self._texts[id_].bullet for id_, _ in found]

    def _fingerprint(self) -> str:
        parts = [FORMAT, *(f"{text.id} {text.bullet} {self._hash(text)}" for text in self._texts.values())]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]

    def _hash(self, text: Text) -> str:
        """Return what changes with the text or the model."""
        return hashlib.sha256(f"{self._model}\n{text.text}".encode()).hexdigest()[:32]

    def _fill(self, made: ServerCollection, others: Sequence[ServerCollection]) -> int:
        """Write what others hold already, then embed the rest batch by batch, so that it can be seen to grow."""
        held = self._held(others)
        made.write(list(held.values()))
        dimension = len(next(iter(held.values())).vector) if held else 0
        missing = [text for text in self._texts.values() if text.id not in held]
        for start in range(0, len(missing), SERVER_BATCH):
            batch = missing[start : start + SERVER_BATCH]
            vectors = self._embed([text.text for text in batch])
            if len(vectors[0]) != (dimension := dimension or len(vectors[0])):
                raise ModelError("unknown", f"new vectors have {len(vectors[0])} dimensions, the others {dimension}")
            made.write([self._row(text, vector) for text, vector in zip(batch, vectors, strict=True)])
        return len(missing)

    def _held(self, others: Sequence[ServerCollection]) -> dict[str, Row]:
        """Return the rows that other collections hold for our texts, those used last looked through first."""
        held: dict[str, Row] = {}
        for other in sorted(others, key=lambda one: one.notes.get("used", ""), reverse=True)[:AS_SOURCES]:
            for row in other.read([id_ for id_ in self._texts if id_ not in held]):
                text = self._texts[row.id]
                if row.notes.get("hash") == self._hash(text):
                    held[row.id] = self._row(text, row.vector)
        return held

    def _row(self, text: Text, vector: Sequence[float]) -> Row:
        return Row(text.id, vector, {"bullet": text.bullet, "hash": self._hash(text)})

    def _problem(self, held: ServerCollection) -> str:
        """Count, look at some rows, and ask for one of them by its own vector."""
        count = held.count()
        if count != len(self._texts):
            return f"it holds {count} texts instead of {len(self._texts)}"
        chosen = random.sample(sorted(self._texts), min(count, SERVER_BATCH))
        there = {row.id: row for row in held.read(chosen)}
        for id_ in chosen:
            if id_ not in there or there[id_].notes.get("hash") != self._hash(self._texts[id_]):
                return f"{id_} isn't as it was written"
        self.dimension = len(there[chosen[0]].vector)
        return "" if held.nearest([there[chosen[0]].vector], 1)[0][0][1] < 0.01 else f"{chosen[0]} isn't found"
