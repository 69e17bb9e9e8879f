"""The embedding model of an OpenAI-compatible server."""

from __future__ import annotations

import logging
import math
import threading
from array import array
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from askme.errors import ModelError
from askme.llm.client import plain_client
from askme.llm.errors import ErrorBody, explained
from askme.settings import Settings
from askme.storage.circuit_breaker import Health

if TYPE_CHECKING:
    from openai import OpenAI

TEXTS_PER_CALL = 256
_log = logging.getLogger(__name__)


class Embedder:
    """The configured embedding model over HTTP. Nothing that a server sends is believed: see `vectors_in`."""

    def __init__(self, settings: Settings, paid: Callable[[list[str]], None] | None = None) -> None:
        """Nothing is imported or sent yet; `paid` is told which texts the server was sent and answered."""
        self._settings, self.health, self._paid = settings, Health("embeddings"), paid
        self._client: OpenAI | None = None
        self._lock, self._at_once = threading.Lock(), TEXTS_PER_CALL
        self.name = f"{settings.embedding_model}@{settings.openai_base_url or 'openai'}"

    def embed(self, texts: list[str], seconds: float) -> list[list[float]]:
        """Return a vector for each text, all of one length; a call may take `seconds`.

        Raises:
            ModelError: the server gave none, or not these.
        """
        try:
            vectors = self._batches(texts, seconds)
            if len(set(map(len, vectors))) > 1:
                raise ModelError("garbled", "the server sent vectors of several lengths")
        except Exception as error:  # noqa: BLE001 (whatever a server sends: it is explained, and words alone answer)
            failure = explained(error, self._settings.embedding_model, "embeddings")
            self.health.failed(failure)
            raise failure from None
        self.health.good()
        return vectors

    def _batches(self, texts: list[str], seconds: float) -> list[list[float]]:
        """Embed batch by batch; one that is refused is halved, and so are those to come."""
        vectors: list[list[float]] = []
        while len(vectors) < len(texts):
            batch = texts[len(vectors) : len(vectors) + self._at_once]
            try:
                answer = self._asked(batch, seconds)
            except Exception as error:
                if not self._halved(error, len(batch)):
                    raise
                continue
            if self._paid:
                self._paid(batch)
            vectors += vectors_in(answer, len(batch))
        return vectors

    def _asked(self, batch: list[str], seconds: float) -> Mapping[str, Any]:
        """Return what the server says to a batch, which must not be an error."""
        from openai import Timeout  # noqa: PLC0415 (0.8 s, only with a key)

        with self._lock:
            self._client = client = self._client or plain_client(self._settings)
        patience = Timeout(seconds, connect=self._settings.connect_seconds)
        body = {"model": self._settings.embedding_model, "input": batch}
        answer: object = client.post("/embeddings", cast_to=object, body=body, options={"timeout": patience})
        if not isinstance(answer, Mapping):
            raise ValueError("no JSON object")
        if answer.get("error"):
            raise ErrorBody(answer["error"])
        return answer

    def _halved(self, error: Exception, size: int) -> bool:
        """Whether a batch was refused that can be halved; so many texts at once aren't sent again then."""
        if size < 2 or explained(error, self._settings.embedding_model, "embeddings").kind != "refused":
            return False
        self._at_once = size // 2
        _log.info("embeddings: the server refuses %d texts at once, from now on it gets %d", size, self._at_once)
        return True


def vectors_in(answer: Mapping[str, Any], count: int) -> list[list[float]]:
    """Return the vectors of so many texts in their order.

    Raises:
        ModelError: there are others than were asked for, or what is no vector.
    """
    data = answer.get("data")
    if not isinstance(data, list) or len(data) != count or not all(isinstance(row, Mapping) for row in data):
        raise ModelError("garbled", "the server sent other vectors than were asked for")
    places = [row.get("index") for row in data]
    if places != [None] * count:
        if set(places) != set(range(count)):
            raise ModelError("garbled", "the server sent vectors of other texts than were asked for")
        data = sorted(data, key=lambda row: int(row["index"]))
    return [_vector(row) for row in data]


def _vector(row: Mapping[str, Any]) -> list[float]:
    try:
        vector = array("d", row["embedding"])
    except (KeyError, TypeError, ValueError, OverflowError):
        raise ModelError("garbled", "the server sent what is no vector") from None
    if not any(vector) or not math.isfinite(math.hypot(*vector)):
        raise ModelError("garbled", "the server sent a vector without a direction")
    return vector.tolist()
