"""What an answer depends on besides its question, as one short text: where it differs, no kept answer is given."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from askme import __version__
from askme.llm.prompts import load_prompts
from askme.settings import Settings
from askme.types import Knowledge, Month

_COUNTS = ("max_question_chars", "candidates", "evidence")
_MODEL = ("openai_base_url", "chat_model", "reasoning_effort", "embedding_model", "evidence_tokens")


def fingerprint(settings: Settings, knowledge: Knowledge, now: Month) -> str:
    """Return what changes with the knowledge, the model, the prompts, the code, or the month durations count up to."""
    parts = [__version__, _code(), knowledge.fingerprint, str(now)]
    parts += [str(getattr(settings, name)) for name in _COUNTS]
    if settings.has_model:
        parts += [str(getattr(settings, name)) for name in _MODEL]
        parts.append(load_prompts(settings.prompts_dir).fingerprint)
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _code() -> str:
    """Return what changes whenever a module or a list of words does: no answer should outlive a mistake put right."""
    folder = Path(__file__).parents[1]
    modules = sorted([*folder.rglob("*.py"), *folder.rglob("*.yaml")])
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in modules)).hexdigest()
