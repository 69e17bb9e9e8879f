"""prompts/*.md → chat prompts. A missing file, a missing variable or an unknown one is an error at start."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage

from askme.errors import PromptError

_VISITOR = "<!-- visitor -->"
_VARIABLE = re.compile(r"\{(\w*)\}")
VARIABLES = {
    "answer": frozenset(("name", "today", "facts", "resume", "conversation", "found", "language", "question")),
    "repair": frozenset(("language", "problems")),
}
"""What each prompt is filled with; all of it has to be used."""
_FIXED = frozenset(("name", "today", "facts", "resume"))
"""The variables of what the system says: nothing in them may change from question to question."""


@dataclass(frozen=True)
class Prompt:
    """What the system says, the same for all questions ("": nothing), and what a visitor brings or is to be mended."""

    name: str
    system: str
    visitor: str

    def messages(self, **values: str) -> list[BaseMessage]:
        """Return the messages, filled in.

        Raises:
            PromptError: a value is missing or isn't known.
        """
        if set(values) != VARIABLES[self.name]:
            raise PromptError(f"prompts/{self.name}.md takes {', '.join(sorted(VARIABLES[self.name]))}")
        system = [SystemMessage(_filled(self.system, values))] if self.system else []
        return [*system, HumanMessage(_filled(self.visitor, values))]


@dataclass(frozen=True)
class Prompts:
    """All prompts; `fingerprint` changes whenever a file does."""

    answer: Prompt
    repair: Prompt
    fingerprint: str


def load_prompts(folder: Path) -> Prompts:
    """Read the prompts.

    Raises:
        PromptError: a file can't be read or has a variable too many or too few; names the file.
    """
    texts = {name: _read(folder / f"{name}.md") for name in VARIABLES}
    digest = hashlib.sha256("\0".join(texts.values()).encode()).hexdigest()[:16]
    made = {name: _parsed(name, text, folder / f"{name}.md") for name, text in texts.items()}
    return Prompts(made["answer"], made["repair"], digest)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PromptError(f"{path}: can't be read; ASKME_PROMPTS_DIR should hold answer.md and repair.md") from error


def _parsed(name: str, text: str, path: Path) -> Prompt:
    found = set(_VARIABLE.findall(text))
    if found != VARIABLES[name]:
        odd = ", ".join(f"{{{variable}}}" for variable in sorted(found ^ VARIABLES[name]))
        raise PromptError(f"{path}: {odd} is unknown or missing; it takes {', '.join(sorted(VARIABLES[name]))}")
    if not VARIABLES[name] & _FIXED:
        return Prompt(name, "", text.strip())
    system, mark, visitor = text.partition(_VISITOR)
    if not mark:
        raise PromptError(f"{path}: a line {_VISITOR} should part what is fixed from what a visitor brings")
    changing = sorted(set(_VARIABLE.findall(system)) - _FIXED)
    if changing:
        raise PromptError(f"{path}: {{{changing[0]}}} changes with the question; it belongs below {_VISITOR}")
    return Prompt(name, system.strip(), visitor.strip())


def _filled(template: str, values: dict[str, str]) -> str:
    """Put the values in; braces inside a value stay as they are."""
    return _VARIABLE.sub(lambda match: values[match[1]], template)
