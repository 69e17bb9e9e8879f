"""The YAML files of knowledge/, read into checked shapes; every complaint names file, line and field."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import yaml
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    RootModel,
    TypeAdapter,
    ValidationError,
    model_validator,
)

from askme.errors import KnowledgeError
from askme.types import Language

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The C one is ten times as fast; a wheel may come without it."""


def _as_text(value: Any) -> Any:
    return str(value) if isinstance(value, bool | int | float | date) else value


Word = Annotated[str, BeforeValidator(_as_text)]
"""A text; YAML reads `no` and `2017` as something else."""
Words = tuple[Word, ...]
Shape = TypeVar("Shape")
_HELP = {".yaml": "the comment at the head of the file", ".md": "README, Make it yours,"}
_EXPECTED = {
    "model_type": "a mapping is expected",
    "dict_type": "a mapping is expected",
    "list_type": "a list is expected",
    "tuple_type": "a list is expected",
    "string_type": "a text is expected",
    "missing": "is missing",
    "too_short": "at least one is expected",
}


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Texts(_Strict):
    """Lists of texts per language."""

    zh: Words = ()
    en: Words = ()


class Rendered(_Strict):
    """One text in the languages it has; one is enough."""

    zh: Word = ""
    en: Word = ""

    @model_validator(mode="after")
    def _has_one(self) -> Rendered:
        if not (self.zh or self.en):
            raise ValueError("a text is expected")
        return self

    def texts(self) -> dict[Language, str]:
        """Return the renderings there are."""
        both: dict[Language, str] = {"zh": self.zh, "en": self.en}
        return {language: text for language, text in both.items() if text}


class HelpEntry(_Strict):
    """Search help of one bullet."""

    questions: Texts = Texts()
    words: Texts = Texts()


class NoticeEntry(HelpEntry):
    """One entry of not_stated.yaml."""

    id: Word
    status: Literal["not_in_resume", "declined", "greeting"]
    answer: Rendered
    near: Words = ()
    at: Words = ()


class AliasesFile(_Strict):
    """aliases.yaml."""

    candidate: Words = ()
    phrases: Words = ()
    names: dict[str, Words] = {}
    terms: dict[str, tuple[Words, ...]] = {}
    case_sensitive: Words = ()


class ThemeEntry(_Strict):
    """Example questions of one theme, in the front matter of the résumé."""

    theme: Rendered
    questions: tuple[Rendered, ...] = Field(min_length=1)


class Examples(_Strict):
    """`examples` of the front matter."""

    examples: tuple[ThemeEntry, ...]


class KnownTermsFile(RootModel[dict[str, tuple[Words | Word, ...]]]):
    """known_terms.yaml: categories of terms, and `case_sensitive`, a flat list."""


def read(path: Path, shape: type[Shape] | Any, empty: Any) -> Any:
    """Return what a YAML file holds in `shape`; `empty` in that shape when there is no such file or nothing in it.

    Raises:
        KnowledgeError: not readable, not UTF-8, not YAML, or of another shape; names file, line and remedy.
    """
    try:
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        found = yaml.load(text, Loader=_LOADER)  # noqa: S506 (a safe loader)
        return TypeAdapter(shape).validate_python(empty if found is None else found)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        problem = getattr(error, "problem", None) or error
        raise KnowledgeError([f"{path}:{line}: no valid YAML: {problem}; mend the line"]) from error
    except (OSError, UnicodeDecodeError) as error:
        reason = error.__class__.__name__
        raise KnowledgeError([f"{path}:1: can't be read ({reason}); it must be UTF-8 text"]) from error
    except ValidationError as error:
        raise KnowledgeError([_complaint(path, text, found, one) for one in error.errors()[:20]]) from error


def read_examples(path: Path, front: dict[str, Any]) -> tuple[ThemeEntry, ...]:
    """Return the example questions of a résumé's front matter, already parsed.

    Raises:
        KnowledgeError: they have another shape; names file, line and remedy.
    """
    try:
        return Examples.model_validate({"examples": front.get("examples") or ()}).examples
    except ValidationError as error:
        head = path.read_text(encoding="utf-8").split("---", 2)[1]
        raise KnowledgeError([_complaint(path, head, front, one) for one in error.errors()[:20]]) from error


def _complaint(path: Path, text: str, found: Any, error: Any) -> str:
    where = [part for part in error["loc"] if not (isinstance(part, str) and "[" in part)]
    entry = found[where[0]] if isinstance(found, list) and where else None
    named = [entry["id"], *where[1:]] if isinstance(entry, dict) and "id" in entry else where
    field = ".".join(map(str, named)) or "the file"
    message = _EXPECTED.get(error["type"], error["msg"])
    return f"{path}:{_line(text, where)}: {field}: {message}; see {_HELP[path.suffix]} and mend it"


def _line(text: str, where: list[Any]) -> int:
    """Return the line of the innermost part of `where` that the file has."""
    node: Any = yaml.compose(text, Loader=_LOADER)
    line = 1
    for part in where:
        if isinstance(node, yaml.MappingNode):
            node = next((value for key, value in node.value if key.value == str(part)), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
        else:
            node = None
        if node is None:
            break
        line = node.start_mark.line + 1
    return line
