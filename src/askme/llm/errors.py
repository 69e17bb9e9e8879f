"""Whatever the client of a model raises → one kind and one sentence, without anything that the server echoed.

What a server says is only searched for a few words: statuses alone don't tell a wrong address from a wrong model, or no
money from too many requests, and parameters that are refused are named in one place by one server and in another by the
next.
"""

from __future__ import annotations

import contextlib
import json
import re
from asyncio import CancelledError
from collections.abc import Iterator, Mapping
from typing import Any

from askme.errors import ModelError

LENGTH, SYSTEM, SHORTER = "max_completion_tokens", "system", "shorter"
"""What can be refused besides parameters that are left out then: the name of the length, the role of the system's
message, and not the length but its value."""
FILTERED = "the provider's filter stopped the answer"
_LONGEST_WAIT = 120.0
_READ = 4_000
"""Characters of what a server says that are looked at."""
_PARAMETERS = {
    "stream_options": re.compile(r"\bstream_options\b|\binclude_usage\b"),
    LENGTH: re.compile(r"\bmax_(?:completion_)?tokens\b"),
    "temperature": re.compile(r"\btemperature\b"),
    "reasoning_effort": re.compile(r"\breasoning\b|\breasoning[_. ]effort\b|\bthink(?:ing)?\b"),
    SYSTEM: re.compile(
        r"\b(?:system|developer)\b.{0,40}\b(?:roles?|messages?|prompts?|instructions?)\b|\broles?\b.{0,60}\b(?:system|"
        r"developer)\b|\broles must alternate\b"
    ),
}
_LOCATED = re.compile(r"""["']loc["']\s*:\s*[\[(]([^\])]*)[\])]""")
_ANY_LENGTH = re.compile(r"\bmax_(?:completion_|new_)?tokens\b|\bcompletion\b")
_TOO_MUCH = re.compile(
    r"too (?:large|long|big|high|many)|exceed|at most|less than|maximum|<=|valid range|must be between"
)
_UNKNOWN = re.compile(r"unsupported|not support|unrecogni|unknown|extra|permitted|unexpected|not allowed")
_TOO_LONG = re.compile(
    r"context_length_exceeded|exceed_context_size|(?:context|input|prompt)\b.{0,40}\b(?:length|size|window|too long)|"
    r"prompt is too long|too many (?:input )?tokens"
)
_MODEL = re.compile(
    r"model_not_found|deploymentnotfound|\bdeployment\b.{0,40}\bnot exist|模型不存在|"
    r"(?:invalid|unknown|no such|not a valid|unsupported) model\b|"
    r"no (?:allowed |available )?(?:providers?|endpoints?) (?:found|available)|"
    r"\bmodels?\b.{0,160}?\b(?:not exist|not (?:be )?found|not available|not loaded|no longer)"
)
_MONEY = re.compile(
    r"insufficient[_ ](?:quota|balance|credits?|funds?)|balance (?:is )?(?:insufficient|not enough|too low)|"
    r"credit balance|exceeded?[_ ](?:your |the )?(?:current[_ ])?quota|quota (?:has been |is )?(?:exceeded|exhausted)|"
    r"arrearage|out of credits|payment required|余额不足|欠费"
)
_ADDRESS = re.compile(
    r"unexpected endpoint|invalid url|no route|method not allowed|not found|unknown (?:url|path|request)"
)
_FILTERED = re.compile(r"content_filter|content management policy|moderation|\bflagged\b")
_LENGTHS = frozenset(("length", "max_tokens", "model_length", "model_context_window_exceeded"))
_FILTERS = frozenset(
    ("content_filter", "safety", "sensitive", "recitation", "refusal", "blocklist", "prohibited_content", "spii")
)
_WHOLE = frozenset(
    ("stop", "eos", "eos_token", "end_turn", "stop_sequence", "stop_token", "end_of_turn", "complete", "completed")
)


class ErrorBody(Exception):
    """What a server sent in place of an answer, with a status that said nothing was wrong."""

    def __init__(self, body: object) -> None:
        """Keep it for `explained`; it isn't for people."""
        super().__init__("an error in place of an answer")
        self.body = body


def explained(error: BaseException, model: str, api: str = "chat") -> ModelError:
    """Return the failure as a ModelError; imports openai, which is there when one of its calls has failed."""
    if isinstance(error, ModelError):
        return error
    if isinstance(error, ErrorBody):
        return _without_status(error.body, model, api)
    if isinstance(error, TimeoutError | CancelledError):
        return ModelError("slow", "no answer in time")
    import openai  # noqa: PLC0415 (1.2 s, only with a key)

    if isinstance(error, openai.APITimeoutError):
        return ModelError("slow", "no answer in time")
    if isinstance(error, openai.APIConnectionError):
        return ModelError("unreachable", "server unreachable")
    if isinstance(error, openai.APIStatusError):
        return _by_status(error.status_code, error.body, _retry_after(error), model, api)
    if isinstance(error, openai.APIError):
        return _without_status(error.body, model, api)
    return ModelError("garbled", "the server's answer can't be read")


def ending(finish: str) -> ModelError | None:
    """Return what is wrong with an answer that ended for this reason, None when it is whole."""
    reason = finish.lower()
    if reason in _WHOLE:
        return None
    if reason in _FILTERS:
        return ModelError("filtered", FILTERED)
    if is_length(finish):
        return ModelError("cut", "the answer was cut off at its greatest length")
    return ModelError("cut", "the answer broke off")


def is_length(finish: str) -> bool:
    """Whether an answer ended because it got no more tokens."""
    return finish.lower() in _LENGTHS


def no_api(api: str) -> ModelError:
    """Return the failure of asking where no such API is."""
    remedy = "OPENAI_BASE_URL should be what stands before /chat/completions, mostly ending in /v1"
    if api != "chat":
        remedy = "without one, set ASKME_EMBEDDING_MODEL=none"
    return ModelError("address", f"there is no {api} API at this address; {remedy}")


def _by_status(status: int, body: object, retry: float | None, model: str, api: str) -> ModelError:
    text = _text(body)
    if status == 402 or (status < 500 and _MONEY.search(text)):
        return ModelError("quota", "out of quota")
    if status == 403 and _FILTERED.search(text):
        return ModelError("filtered", FILTERED)
    if status in (401, 403):
        return ModelError("key", "key refused")
    if status == 429:
        return ModelError("limited", "too many requests", retry)
    if status >= 500:
        refused = (SYSTEM,) if _PARAMETERS[SYSTEM].search(text) else ()
        return ModelError("server", f"server error {status}", retry, refused=refused)
    return _refusal(status, body, text, model, api)


def _refusal(status: int, body: object, text: str, model: str, api: str) -> ModelError:
    """Return why a request was refused: its address, its model, its parameters, its length, or who knows."""
    page = text.lstrip().startswith("<")
    if not page and (_names(body, "param") == ["model"] or _MODEL.search(text)):
        return ModelError("unknown", f"the server doesn't know the model {model}")
    refused = () if page else tuple(_refused(body, text))
    if status in (404, 405, 410) and not refused:
        return no_api(api)
    if _FILTERED.search(text):
        return ModelError("filtered", FILTERED)
    too_long = _TOO_LONG.search(text) and "the request is longer than the model can read"
    return ModelError("refused", too_long or f"the server refused the request ({status})", refused=refused)


def _refused(body: object, text: str) -> Iterator[str]:
    """Yield what of the request the server objects to: as `param` or `loc` say, else as the message does."""
    named = [*_names(body, "param"), *_located(body)]
    where = "\n".join(named).lower() or text
    if _ANY_LENGTH.search(where if named else text) and _TOO_MUCH.search(text) and not _UNKNOWN.search(text):
        yield SHORTER
        return
    yield from (name for name, pattern in _PARAMETERS.items() if pattern.search(where))
    if named and "messages" in where and ("role" in where or _PARAMETERS[SYSTEM].search(text)):
        yield SYSTEM


def _names(body: object, field: str) -> list[str]:
    """Return the texts that stand under a name, anywhere in what a server said."""
    if isinstance(body, Mapping):
        own = [body[field]] if isinstance(body.get(field), str) and body[field] else []
        return own + [name for value in body.values() for name in _names(value, field)]
    return [name for value in body for name in _names(value, field)] if isinstance(body, list) else []


def _located(body: object) -> list[str]:
    """Return what pydantic's `loc` names, whether it came as JSON or printed into a message."""
    if isinstance(body, str):
        return _LOCATED.findall(body[:_READ])
    if isinstance(body, Mapping):
        place = body.get("loc")
        own = [".".join(map(str, place))] if isinstance(place, list) else []
        return own + [name for value in body.values() for name in _located(value)]
    return [name for value in body for name in _located(value)] if isinstance(body, list) else []


def _text(body: object) -> str:
    """Return the beginning of what a server said as one text in lower case."""
    with contextlib.suppress(TypeError, ValueError):
        return (body if isinstance(body, str) else json.dumps(body, ensure_ascii=False))[:_READ].lower()
    return ""


def _without_status(body: object, model: str, api: str) -> ModelError:
    """Explain an error that came with status 200: in a stream, or as a text where there is no such API."""
    code = body.get("code") if isinstance(body, Mapping) else None
    text = _text(body)
    if isinstance(code, int) and 400 <= code < 600:
        return _by_status(code, body, None, model, api)
    if _MONEY.search(text):
        return _by_status(402, body, None, model, api)
    if isinstance(body, str) and _ADDRESS.search(text):
        return no_api(api)
    return ModelError("garbled", "the server's answer can't be read")


def _retry_after(error: Any) -> float | None:
    with contextlib.suppress(TypeError, ValueError):
        return min(_LONGEST_WAIT, max(0.0, float(error.response.headers.get("retry-after"))))
    return None
