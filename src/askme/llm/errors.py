"""Whatever the client of a model raises → one kind and one sentence, without anything that the server echoed."""

from __future__ import annotations

import contextlib
from asyncio import CancelledError
from typing import Any

from askme.errors import ModelError

_LONGEST_WAIT = 120.0


def explained(error: BaseException, model: str) -> ModelError:
    """Return the failure as a ModelError; imports openai, which is there when one of its calls has failed."""
    if isinstance(error, ModelError):
        return error
    if isinstance(error, TimeoutError | CancelledError):
        return ModelError("slow", "no answer in time")
    import openai  # noqa: PLC0415 (1.2 s, only with a key)

    if isinstance(error, openai.APITimeoutError):
        return ModelError("slow", "no answer in time")
    if isinstance(error, openai.APIConnectionError):
        return ModelError("unreachable", "server unreachable")
    if isinstance(error, openai.APIStatusError):
        return _by_status(error, model)
    return ModelError("garbled", "the server's answer can't be read")


def _by_status(error: Any, model: str) -> ModelError:
    status, code = error.status_code, error.code
    if status in (401, 403):
        return ModelError("key", "key refused")
    if status == 404:
        return ModelError("unknown", f"the server doesn't know the model {model}")
    if code == "insufficient_quota":
        return ModelError("quota", "out of quota")
    if status == 429:
        return ModelError("limited", "too many requests", _retry_after(error))
    if status >= 500:
        return ModelError("server", f"server error {status}", _retry_after(error))
    return ModelError("refused", f"the server refused the request ({status})", parameter=error.param or "")


def _retry_after(error: Any) -> float | None:
    with contextlib.suppress(TypeError, ValueError):
        return min(_LONGEST_WAIT, max(0.0, float(error.response.headers.get("retry-after"))))
    return None
