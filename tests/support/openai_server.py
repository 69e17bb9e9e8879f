"""A server on loopback that speaks OpenAI's HTTP API and says, or fails to say, what a test has told it to.

with OpenAIServer() as server:
    server.replies(Fault.server_error(), Reply("He did X [tiktok.lite.3].", every=0.01))
    client = openai.OpenAI(base_url=server.url, api_key="sk-…")
"""

from __future__ import annotations

import base64
import json
import math
import re
import socket
import struct
import sys
import threading
import time
import zlib
from array import array
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from itertools import chain, pairwise
from socketserver import ThreadingTCPServer
from typing import Any, NamedTuple
from urllib.parse import unquote

CHAT, EMBEDDINGS, MODELS = "/v1/chat/completions", "/v1/embeddings", "/v1/models"
_TOKEN = re.compile(r"[^\W㐀-䶿一-鿿]+|[㐀-䶿一-鿿]")
_BIGRAM = re.compile(r"(?=([㐀-䶿一-鿿]{2}))")
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)
Json = dict[str, Any]


@dataclass(frozen=True)
class Reply:
    """A chat completion and the way it comes. Times are in seconds; `…_after` an int is in characters of the text."""

    text: str
    chunk: int = 4  # characters in each streamed delta
    first_after: float = 0.0  # before the first text; headers and the role come at once
    every: float = 0.0  # between two deltas
    stall_after: int | None = None  # silence from there on
    stall: float = 3600.0  # for so long, or until the server closes
    reset_after: int | None = None  # the TCP connection is reset there
    end_after: int | None = None  # the stream ends there in good order, but without finish_reason, usage and [DONE]
    finish: str | None = "stop"  # None: the stream ends with [DONE], but tells no reason
    usage: tuple[int, int, int] | None = (6200, 6024, 40)  # tokens of the prompt, of these cached, of the completion
    always_counted: bool = False  # each chunk tells the usage so far, whether asked to or not
    thinking: str = ""  # comes before the text, beside it
    thinking_in: str = "reasoning"  # under this name; "tag": in the text as <think>…</think>
    in_parts: bool = False  # content is a list of parts
    as_one: bool = False  # one JSON object comes even if a stream is asked for


@dataclass(frozen=True)
class Vectors:
    """Embeddings, and what can be wrong with them: another dimension, fewer of them, whatever `change` does."""

    dimension: int | None = None  # None: as many as the request asks for, else 256; a number: whatever it asks for
    missing: int = 0
    change: Callable[[list[Json]], object] | None = None  # is given the rows, returns what is sent for them


@dataclass(frozen=True)
class Fault:
    """What comes instead of an answer. In `message`, {key} is the caller's API key, masked as OpenAI masks it."""

    status: int = 500
    message: str = "The server had an error while processing your request. Sorry about that!"
    code: str | None = None
    param: str | None = None
    retry_after: str | None = None
    body: bytes | None = None  # these bytes with status 200
    told: Any = None  # this JSON, or these bytes, with the status
    choices_empty: bool = False
    error_event: str | None = None  # this text in a stream with status 200, then the error object
    hang: float = 0.0  # seconds before anything is sent
    refuse_times: int = 0  # n: for n calls, then the next in the script, else a good answer; 0: like any answer

    @staticmethod
    def key_refused() -> Fault:
        told = "You can find your API key at https://platform.openai.com/account/api-keys."
        return Fault(401, f"Incorrect API key provided: {{key}}. {told}", "invalid_api_key")

    @staticmethod
    def no_model(name: str) -> Fault:
        return Fault(404, f"The model `{name}` does not exist or you do not have access to it.", "model_not_found")

    @staticmethod
    def rate_limited(retry_after: str | None = None) -> Fault:
        return Fault(429, "Rate limit reached for requests", "rate_limit_exceeded", retry_after=retry_after)

    @staticmethod
    def server_error() -> Fault:
        return Fault(500)

    @staticmethod
    def malformed() -> Fault:
        """Return broken JSON; with "data:" before it, because a stream passes over lines without such a name."""
        return Fault(body=b'data: {"id": "chatcmpl-1", "choices": [{"ind\n\n')

    @staticmethod
    def html() -> Fault:
        return Fault(body=b"<!doctype html><html><body><h1>Sign in to the network</h1></body></html>")

    @staticmethod
    def empty_choices() -> Fault:
        return Fault(choices_empty=True)


Answer = Reply | Vectors | Fault | None  # None: a good answer about models
Scripted = Answer | Callable[[Json], Answer]


class Request(NamedTuple):
    """A request as it came; names of headers in lower case."""

    path: str
    body: Json
    headers: dict[str, str]


class OpenAIServer(ThreadingTCPServer):
    """Serves while entered. Leaving cuts every reply short, and raises what a callable reply raised.

    ThreadingHTTPServer would add no more than a look-up of the host's name, which can take seconds.
    """

    request_queue_size = 128

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.disconnects = 0
        self.connections = 0
        self._lock = threading.Lock()
        self._open: dict[socket.socket, threading.Thread] = {}
        self._failures: list[Any] = []
        self._closing = False
        self._scripts = {"": _script((), Fault(404, "Invalid URL"))}
        self.replies()
        self.embeddings()
        self.models()
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}/v1"

    def __enter__(self) -> OpenAIServer:
        self._acceptor = threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True)
        self._acceptor.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing = True
        self.shutdown()
        self.server_close()
        with self._lock:
            threads = [self._acceptor, *self._open.values()]
            for connection in self._open:
                with suppress(OSError):  # the client was first
                    connection.shutdown(socket.SHUT_RDWR)
        for thread in threads:
            thread.join()
        if self._failures:
            raise self._failures[0]

    def replies(self, *answers: Reply | Fault | Callable[[Json], Answer]) -> None:
        """Answer chat calls with these in order, the last one for good; a callable is given the request's body."""
        self._scripts[CHAT] = _script(answers, Reply("Hello."))

    def embeddings(self, *answers: Vectors | Fault | Callable[[Json], Answer]) -> None:
        """Answer calls for embeddings with these in order, the last one for good; none: with good vectors."""
        self._scripts[EMBEDDINGS] = _script(answers, Vectors())

    def models(self, *answers: Fault) -> None:
        """Answer questions about models with these in order, the last one for good; none: every name exists."""
        self._scripts[MODELS] = _script(answers, None)

    @property
    def chats(self) -> list[Request]:
        return [request for request in list(self.requests) if request.path == CHAT]

    @property
    def embedded(self) -> list[Request]:
        return [request for request in list(self.requests) if request.path == EMBEDDINGS]

    def wait_for(self, condition: Callable[[], object], seconds: float = 30) -> bool:
        """Return whether `condition` came true in time."""
        deadline = time.monotonic() + seconds
        while not (met := condition()) and time.monotonic() < deadline:
            time.sleep(0.005)
        return bool(met)

    def take(self, request: Request) -> Answer:
        """Note `request` and return what answers it."""
        endpoint = next((known for known in (CHAT, EMBEDDINGS, MODELS) if request.path.startswith(known)), "")
        with self._lock:
            self.requests.append(request)
            answer = next(self._scripts[endpoint])
        return answer(request.body) if callable(answer) else answer

    def note_hang_up(self) -> None:
        with self._lock:
            self.disconnects += not self._closing

    def process_request(self, request: socket.socket, client_address: Any) -> None:
        """Serve a connection in a thread of which __exit__ knows."""
        thread = threading.Thread(target=self.process_request_thread, args=(request, client_address), daemon=True)
        with self._lock:
            self._open[request] = thread
            self.connections += 1
        thread.start()

    def shutdown_request(self, request: socket.socket) -> None:
        """Close without the FIN that shutdown() sends: before a reset it would look like a clean end."""
        with self._lock:
            self._open.pop(request)
            request.close()

    def handle_error(self, *_: object) -> None:
        self._failures.append(sys.exc_info()[1])


def _script(answers: tuple[Scripted, ...], usual: Answer) -> Iterator[Scripted]:
    last: Scripted = usual
    for answer in answers:
        times = answer.refuse_times if isinstance(answer, Fault) else 0
        yield from [answer] * (times or 1)
        last = usual if times else answer
    while True:
        yield last


class _Reset(Exception):
    """The moment to reset the connection has come."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: OpenAIServer

    def handle(self) -> None:
        with suppress(ConnectionError):  # between two requests a client may leave as it likes
            super().handle()

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer = self.server.take(Request(self.path, body, headers))
        try:
            self._answer(body, answer)
        except _Reset:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
            self.close_connection = True
        except ConnectionError:
            self.server.note_hang_up()
            self.close_connection = True

    do_GET = do_POST  # its body is {}

    def _answer(self, body: Json, answer: Answer) -> None:
        if isinstance(answer, Fault):
            self._fail(body, answer)
        elif isinstance(answer, Vectors):
            self._send(_embeddings(body, answer))
        elif answer is None:
            self._send(_models(self.path))
        else:
            self._say(body, answer)

    def _say(self, body: Json, reply: Reply) -> None:
        deltas = ({"content": text} for text in self._deltas(reply))
        complete = reply.end_after is None
        if body.get("stream") and not reply.as_one:
            first = [{"role": "assistant", "content": ""}]
            chunks = (
                _chunk(body, reply, delta, at) for at, delta in enumerate(chain(first, self._thinking(reply), deltas))
            )
            self._stream(chunks, *(_last_events(body, reply) if complete else []))
        else:
            message = {"role": "assistant", "content": "".join(delta["content"] for delta in deltas), "refusal": None}
            self._send(_completion(body, reply.finish if complete else None, reply.usage, message=message))

    def _thinking(self, reply: Reply) -> Iterator[Json]:
        """Yield the deltas of what is thought, a few words each, at the pace of the text."""
        if reply.thinking_in == "tag" and reply.thinking:
            yield {"content": f"<think>{reply.thinking}</think>"}
            return
        for start in range(0, len(reply.thinking), 12):
            self._pause(reply.every)
            yield {"content": "", reply.thinking_in: reply.thinking[start : start + 12]}

    def _deltas(self, reply: Reply) -> Iterator[str]:
        """Yield the text a delta at a time at its pace, until it stalls, breaks off or ends."""
        self._pause(reply.first_after)
        for here, there in pairwise(_cuts(reply)):
            self._pause(reply.every if here else 0)
            if here == reply.stall_after:
                self._pause(reply.stall)
            if here == reply.reset_after:
                raise _Reset
            if here == reply.end_after:
                return
            if text := reply.text[here:there]:
                yield text

    def _pause(self, seconds: float) -> None:
        """Wait; raise ConnectionAbortedError as soon as the client has hung up."""
        self.connection.settimeout(seconds)
        try:
            if not self.connection.recv(1, socket.MSG_PEEK):
                raise ConnectionAbortedError
        except (TimeoutError, BlockingIOError):
            return  # time is up, and the client is still there
        finally:
            self.connection.settimeout(None)

    def _fail(self, body: Json, fault: Fault) -> None:
        self._pause(fault.hang)
        said = fault.error_event
        told = _completion(body) if fault.choices_empty else _error(fault, self.headers.get("Authorization", ""))
        soft = fault.choices_empty or said is not None
        if fault.body is not None:
            self._send(fault.body)
        elif fault.told is not None:
            self._send(fault.told, fault.status)
        elif soft and body.get("stream"):
            before = [_completion(body, delta={"role": "assistant", "content": said})] if said else []
            self._stream(before, told, "[DONE]")
        else:
            retry = {"Retry-After": fault.retry_after} if fault.retry_after is not None else {}
            self._send(told, 200 if soft else fault.status, retry)

    def _stream(self, events: Iterable[Json], *last: Json | str) -> None:
        """Send `events`, each when it is there, then `last` in one piece: who has read [DONE] may be gone at once."""
        self._head(200, {"Content-Type": "text/event-stream; charset=utf-8", "Transfer-Encoding": "chunked"})
        for event in events:
            self.wfile.write(_framed(event))
        self.wfile.write(b"".join(_framed(event) for event in last) + b"0\r\n\r\n")

    def _send(self, content: Json | bytes, status: int = 200, headers: Json | None = None) -> None:
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        kind = "text/html" if data.startswith(b"<") else "application/json"
        self._head(status, {"Content-Type": kind, "Content-Length": str(len(data)), **(headers or {})})
        self.wfile.write(data)

    def _head(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()


def _cuts(reply: Reply) -> list[int]:
    """Return where deltas begin and end, where something happens, and the end of the text once more."""
    marks = [mark for mark in (reply.stall_after, reply.reset_after, reply.end_after) if mark is not None]
    cuts = sorted({*range(0, len(reply.text), reply.chunk), len(reply.text), *marks})
    return [*cuts, cuts[-1]]


def _framed(event: Json | str) -> bytes:
    """Return a server-sent event as one chunk of HTTP/1.1's chunked encoding."""
    data = f"data: {event if isinstance(event, str) else json.dumps(event, ensure_ascii=False)}\n\n".encode()
    return b"%x\r\n%b\r\n" % (len(data), data)


def _completion(body: Json, finish: str | None = None, usage: tuple[int, ...] | None = None, **said: Json) -> Json:
    """Return a completion, or a chunk of one, that says `delta` or `message`; without either it has no choices."""
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk" if body.get("stream") else "chat.completion",
        "created": 1_700_000_000,
        "model": body.get("model"),
        "choices": [{"index": 0, **said, "logprobs": None, "finish_reason": finish}] if said else [],
        "usage": usage and _usage(*usage),
    }


def _chunk(body: Json, reply: Reply, delta: Json, at: int) -> Json:
    if reply.in_parts:
        delta = delta | {"content": [{"type": "text", "text": delta["content"]}]}
    used = (*reply.usage[:2], at) if reply.always_counted and reply.usage else None
    return _completion(body, usage=used, delta=delta)


def _usage(prompt: int, cached: int, completion: int) -> Json:
    counts = {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}
    return counts | {"prompt_tokens_details": {"cached_tokens": cached, "audio_tokens": 0}}


def _last_events(body: Json, reply: Reply) -> list[Json | str]:
    wanted = reply.usage and (body.get("stream_options") or {}).get("include_usage")
    usage = [_completion(body, usage=reply.usage)] if wanted else []
    last = reply.usage if reply.always_counted else None
    return [_completion(body, reply.finish, last, delta={}), *usage, "[DONE]"]


def _error(fault: Fault, authorization: str) -> Json:
    key = authorization.removeprefix("Bearer ")
    message = fault.message.replace("{key}", f"{key[:5]}{'*' * 8}{key[-4:]}")
    kind = {429: "requests"}.get(fault.status, "invalid_request_error" if fault.status < 500 else "server_error")
    return {"error": {"message": message, "type": kind, "param": fault.param, "code": fault.code}}


def _models(path: str) -> Json:
    name = unquote(path.removeprefix(MODELS).strip("/"))
    model = {"id": name or "gpt-4o-mini", "object": "model", "created": 1_700_000_000, "owned_by": "system"}
    return model if name else {"object": "list", "data": [model]}


def _embeddings(body: Json, vectors: Vectors) -> Json:
    given = body["input"]
    texts = given if isinstance(given, list) and not isinstance(given[0], int) else [given]
    dimension = vectors.dimension or body.get("dimensions") or 256
    write = _in_base64 if body.get("encoding_format") == "base64" else list
    rows = [array("f", vector(str(text), dimension)) for text in texts[: len(texts) - vectors.missing]]
    data = [{"object": "embedding", "index": at, "embedding": write(row)} for at, row in enumerate(rows)]
    usage = {"prompt_tokens": len(texts), "total_tokens": len(texts)}
    sent = vectors.change(data) if vectors.change else data
    return {"object": "list", "data": sent, "model": body.get("model"), "usage": usage}


def _in_base64(row: array[float]) -> str:
    return base64.b64encode(struct.pack(f"<{len(row)}f", *row)).decode()


def vector(text: str, dimension: int = 256) -> list[float]:
    """Return how often words, Chinese characters and bigrams of these occur, each at its hashed place, of length 1."""
    low = text.lower()
    counts = [0.0] * dimension
    for token in _TOKEN.findall(low) + _BIGRAM.findall(low) or [""]:
        counts[zlib.crc32(token.encode()) % dimension] += 1
    length = math.hypot(*counts)
    return [count / length for count in counts]
