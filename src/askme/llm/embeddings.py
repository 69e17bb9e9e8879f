"""The embedding model of an OpenAI-compatible server."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from pydantic import SecretStr

from askme.errors import ModelError
from askme.llm.errors import explained
from askme.settings import Settings
from askme.storage.circuit_breaker import Health

if TYPE_CHECKING:
    from langchain_core.embeddings import Embeddings

TEXTS_PER_CALL = 256


class Embedder:
    """The configured embedding model over HTTP. Vectors are checked: one for each text, all of one length."""

    def __init__(self, settings: Settings, paid: Callable[[list[str]], None] | None = None) -> None:
        """Nothing is imported or sent yet; `paid` is told which texts the server was sent and answered."""
        self._settings, self.health, self._paid = settings, Health("embeddings"), paid
        self._clients: dict[float, Embeddings] = {}
        self.name = f"{settings.embedding_model}@{settings.openai_base_url or 'openai'}"

    def embed(self, texts: list[str], seconds: float) -> list[list[float]]:
        """Return a vector for each text; a call may take `seconds`.

        Raises:
            ModelError: the server gave none, or not these.
        """
        try:
            vectors = self._client(seconds).embed_documents(texts)
        except Exception as error:  # noqa: BLE001 (whatever a server sends: it is explained, and words alone answer)
            raise self._noted(explained(error, self._settings.embedding_model)) from None
        if self._paid:
            self._paid(texts)
        if len(vectors) != len(texts) or len(set(map(len, vectors))) != 1:
            raise self._noted(ModelError("garbled", "the server sent other vectors than were asked for"))
        self.health.good()
        return vectors

    def _noted(self, error: ModelError) -> ModelError:
        self.health.failed(error)
        return error

    def _client(self, seconds: float) -> Embeddings:
        if seconds not in self._clients:
            from langchain_openai import OpenAIEmbeddings  # noqa: PLC0415 (1.2 s, only with a key)
            from openai import Timeout  # noqa: PLC0415

            self._clients[seconds] = OpenAIEmbeddings(
                model=self._settings.embedding_model,
                openai_api_key=SecretStr(self._settings.openai_api_key.get_secret_value() or "none"),
                openai_api_base=self._settings.openai_base_url or None,
                request_timeout=Timeout(seconds, connect=self._settings.connect_seconds),
                max_retries=0,
                chunk_size=TEXTS_PER_CALL,
                check_embedding_ctx_length=False,  # otherwise a tokenizer is downloaded
            )
        return self._clients[seconds]
