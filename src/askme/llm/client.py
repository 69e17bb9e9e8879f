"""settings → the clients that speak with a server over HTTP: LangChain's chat model on OpenAI's, and OpenAI's alone."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from askme.errors import ModelError
from askme.llm.chunks import normalized
from askme.llm.dialect import Dialect
from askme.settings import Settings, proxy_variables, trust_variables
from askme.storage.addresses import is_loopback

if TYPE_CHECKING:
    from langchain_openai import ChatOpenAI
    from openai import AsyncOpenAI, OpenAI

OPENAI = "https://api.openai.com/v1"


@dataclass(frozen=True)
class Server:
    """Where requests go: `url` without its query, which goes along with each. This machine is never asked by proxy."""

    url: str
    query: dict[str, str]
    key: str
    direct: bool

    @classmethod
    def of(cls, settings: Settings) -> Server:
        """Return the configured server."""
        parts = urlsplit(settings.openai_base_url or OPENAI)
        url = urlunsplit(parts._replace(query=""))
        key = settings.openai_api_key.get_secret_value() or "none"
        return cls(url, dict(parse_qsl(parts.query, keep_blank_values=True)), key, is_loopback(url))

    @property
    def headers(self) -> dict[str, str]:
        """Headers beside the usual ones: where versions stand in the query, the key has a header of its own."""
        return {"api-key": self.key} if "api-version" in self.query else {}


class _Chunks:
    """The chunks of one reply, each as LangChain reads it, whether they stream or come as one JSON object."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    async def __aenter__(self) -> _Chunks:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stream.close()

    async def __aiter__(self) -> AsyncIterator[dict[str, Any]]:
        """Yield them."""
        if "application/json" in self._stream.response.headers.get("content-type", ""):
            yield normalized(json.loads(await self._stream.response.aread()))
            return
        async for chunk in self._stream:
            yield normalized(chunk)


class _Plain:
    """OpenAI's chat completions for LangChain, spoken as the server takes them, with chunks as plain data.

    The client would make nested objects of each chunk and LangChain take them apart again, which is half of all
    that a streamed answer costs (benchmarks/streams.py).
    """

    def __init__(self, client: AsyncOpenAI, dialect: Dialect) -> None:
        self._client, self._dialect = client, dialect

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client.chat.completions, name)

    async def create(self, **payload: Any) -> _Chunks:
        """Send a request; return its stream of chunks."""
        from openai import AsyncStream  # noqa: PLC0415 (1.2 s, only with a key)

        body = self._dialect.spoken(payload)
        return _Chunks(
            await self._client.post(
                "/chat/completions", cast_to=object, body=body, stream=True, stream_cls=AsyncStream[object]
            )
        )


def chat_client(settings: Settings, dialect: Dialect) -> ChatOpenAI:
    """Return LangChain's client for the configured server; imports openai.

    Raises:
        ModelError: the environment asks for a proxy or for certificates that can't be used.
    """
    from langchain_openai import ChatOpenAI  # noqa: PLC0415 (1.2 s, only with a key)
    from openai import DefaultAsyncHttpxClient, DefaultHttpxClient, Timeout  # noqa: PLC0415

    server = Server.of(settings)
    client = ChatOpenAI(
        model=settings.chat_model,
        api_key=server.key,
        base_url=server.url,
        default_query=server.query or None,
        default_headers=server.headers or None,
        timeout=Timeout(settings.total_seconds, connect=settings.connect_seconds),
        max_retries=0,
        stream_usage=True,
        use_responses_api=False,
        stream_chunk_timeout=None,  # chat_model.Deadline bounds all waits; this would start a task for each chunk
        http_client=_http(DefaultHttpxClient, server),
        http_async_client=_http(DefaultAsyncHttpxClient, server),
        openai_proxy="",
    )
    client.async_client = _Plain(client.root_async_client, dialect)
    return client


def plain_client(settings: Settings) -> OpenAI:
    """Return OpenAI's client for the configured server; see `chat_client`."""
    from openai import DefaultHttpxClient, OpenAI  # noqa: PLC0415 (0.8 s, only with a key)

    server = Server.of(settings)
    return OpenAI(
        api_key=server.key,
        base_url=server.url,
        default_query=server.query or None,
        default_headers=server.headers or None,
        max_retries=0,
        http_client=_http(DefaultHttpxClient, server),
    )


def _http(make: type[Any], server: Server) -> Any:
    """Return an HTTP client that goes by the environment's proxy and certificates, but not to this machine."""
    try:
        return make(trust_env=not server.direct)
    except ImportError:
        names, why = proxy_variables("socks"), " (a SOCKS proxy needs the package socksio)"
    except OSError:
        names, why = trust_variables(), " (no certificates are there)"
    except Exception:  # noqa: BLE001 (what is no address of a proxy: of one kind or another, by library)
        names, why = proxy_variables(), ""
    raise ModelError("proxy", f"{' or '.join(names) or 'the proxy of this system'} can't be used{why}; unset it")
