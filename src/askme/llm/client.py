"""settings → LangChain's chat model on OpenAI's client, and the parameters that are sent with each request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from askme.settings import Settings

if TYPE_CHECKING:
    from langchain_openai import ChatOpenAI
    from openai import AsyncOpenAI

_REASONING = ("gpt-5", "gpt-6", "o1", "o3", "o4")
"""Beginnings of the names of OpenAI's models that take a reasoning effort and no temperature."""


class _Plain:
    """OpenAI's chat completions for LangChain, which takes chunks as plain data too.

    The client would make nested objects of each chunk and LangChain take them apart again, which is half of all
    that a streamed answer costs (benchmarks/streams.py).
    """

    def __init__(self, client: AsyncOpenAI) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client.chat.completions, name)

    async def create(self, **payload: Any) -> Any:
        """Send a request; return its stream of chunks, each as the server's JSON."""
        from openai import AsyncStream  # noqa: PLC0415 (1.2 s, only with a key)

        return await self._client.post(
            "/chat/completions", cast_to=object, body=payload, stream=True, stream_cls=AsyncStream[object]
        )


def tuning(settings: Settings) -> dict[str, Any]:
    """Return what makes answers steady and quick: OpenAI's reasoning models take an effort, others a temperature."""
    if settings.chat_model.startswith(_REASONING):
        return {"reasoning_effort": settings.reasoning_effort}
    return {"temperature": 0.0}


def make_client(settings: Settings) -> ChatOpenAI:
    """Return LangChain's client for the configured server; imports openai."""
    from langchain_openai import ChatOpenAI  # noqa: PLC0415 (1.2 s, only with a key)
    from openai import Timeout  # noqa: PLC0415

    client = ChatOpenAI(
        model=settings.chat_model,
        api_key=settings.openai_api_key.get_secret_value() or "none",
        base_url=settings.openai_base_url or None,
        timeout=Timeout(settings.total_seconds, connect=settings.connect_seconds),
        max_retries=0,
        stream_usage=True,
        use_responses_api=False,
        stream_chunk_timeout=None,  # models.Deadline bounds all waits; this would start a task for each chunk
    )
    client.async_client = _Plain(client.root_async_client)
    return client
