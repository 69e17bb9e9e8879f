"""A chunk of a stream as servers send it → one that LangChain reads: text, reason of the end, usage, no more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from askme.llm.errors import ErrorBody
from askme.llm.thoughts import THOUGHT

_THOUGHTS = ("reasoning_content", "reasoning", "reasoning_details", "thinking")
"""Where thoughts come beside the text, by server."""
_COUNTS = ("prompt_tokens", "completion_tokens", "total_tokens")
_MOST = 10**9


def normalized(chunk: object) -> dict[str, Any]:
    """Return a chunk, or a whole reply, as a chunk. What was thought in it is THOUGHT in its text.

    Raises:
        ErrorBody: it is an error.
        ValueError: it is neither.
    """
    if not isinstance(chunk, Mapping):
        raise ValueError("no JSON object")
    choices = chunk.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices and isinstance(choices[0], Mapping) else None
    if chunk.get("error"):
        raise ErrorBody(chunk["error"])
    usage = _usage(chunk.get("usage") or (choice or {}).get("usage"))
    if choice is None:
        return {"choices": [], "usage": usage}
    said = choice.get("delta") or choice.get("message")
    finish = choice.get("finish_reason")
    delta = {"content": _text(said) if isinstance(said, Mapping) else ""}
    return {
        "choices": [{"delta": delta, "finish_reason": finish if isinstance(finish, str) else None}],
        "usage": usage,
    }


def _text(said: Mapping[str, Any]) -> str:
    content = said.get("content")
    if isinstance(content, list):
        content = "".join(map(_part, content))
    thought = THOUGHT if any(said.get(name) for name in _THOUGHTS) else ""
    return thought + content if isinstance(content, str) else thought


def _part(part: object) -> str:
    """Return the text of one part of a content that comes as a list."""
    if isinstance(part, str):
        return part
    if not isinstance(part, Mapping):
        return ""
    text = part.get("text")
    if part.get("type") in ("thinking", "reasoning"):
        return THOUGHT
    return text if isinstance(text, str) else ""


def _usage(told: object) -> dict[str, Any] | None:
    """Return the counts of tokens that make sense."""
    if not isinstance(told, Mapping):
        return None
    counts: dict[str, Any] = {name: _count(told.get(name)) for name in _COUNTS}
    counts["prompt_tokens_details"] = {
        "cached_tokens": _count(_within(told, "prompt_tokens_details", "cached_tokens"))
        or _count(told.get("prompt_cache_hit_tokens"))
    }
    reasoning = _count(_within(told, "completion_tokens_details", "reasoning_tokens"))
    counts["completion_tokens_details"] = {"reasoning_tokens": reasoning}
    return counts if counts["prompt_tokens"] or counts["completion_tokens"] else None


def _within(told: Mapping[str, Any], name: str, inner: str) -> object:
    details = told.get(name)
    return details.get(inner) if isinstance(details, Mapping) else None


def _count(value: object) -> int:
    return value if isinstance(value, int) and 0 <= value < _MOST else 0
