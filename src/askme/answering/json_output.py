"""An answer as the JSON that other programs read."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from askme.types import Answer


def as_json(answer: Answer, identifier: str = "") -> dict[str, Any]:
    """Return the fields of the contract, in its order."""
    return {
        "id": identifier,
        "question": answer.question,
        "standalone_question": answer.standalone_question,
        "language": answer.language,
        "status": answer.status,
        "answer": answer.text,
        "mode": answer.mode,
        "citations": [asdict(citation) for citation in answer.citations],
        "timings_ms": answer.timings_ms,
        "usage": answer.usage,
    }
