"""The HTML document around the page, in the visitor's language and theme from the first byte."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from askme.types import Language, Message
from askme.web.html.templating import render

_THEMES = ("light", "dark")


@dataclass(frozen=True)
class Visit:
    """What the request for the page says of the visitor."""

    language: Language
    theme: str
    embedded: bool

    @classmethod
    def of(cls, query: Mapping[str, str], accept_language: str) -> Visit:
        """Read `?lang=`, else the browser's languages; `?__theme=`; `?embed=1`."""
        theme = query.get("__theme", "")
        language = _asked(query.get("lang", "")) or _preferred(accept_language)
        return cls(language, theme if theme in _THEMES else "", query.get("embed") == "1")


@dataclass(frozen=True)
class Document:
    """The page as it is sent: `folder` is where its files come from, the first of `scripts` starts it."""

    title: str
    description: Message
    body: Markup
    folder: str
    scripts: tuple[str, ...]

    def html(self, visit: Visit) -> str:
        """Return the document for one visit."""
        return render("document.html", document=self, visit=visit)


def _asked(code: str) -> Language | None:
    code = code.strip().lower()
    return "zh" if code.startswith("zh") else "en" if code.startswith("en") else None


def _preferred(accept_language: str) -> Language:
    """Return the language of ours that the browser names first with the greatest weight; English for others."""
    weighed: list[tuple[float, int, Language]] = []
    for place, part in enumerate(accept_language[:500].split(",")):
        code, _, weight = part.partition(";q=")
        language = _asked(code)
        if language:
            weighed.append((-_number(weight), place, language))
    return min(weighed)[2] if weighed else "en"


def _number(weight: str) -> float:
    try:
        return float(weight) if weight else 1.0
    except ValueError:
        return 0.0
