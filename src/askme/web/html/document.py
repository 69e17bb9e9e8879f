"""The HTML document around the page, in the visitor's language and theme from the first byte."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from askme.types import Language, Message
from askme.web.html.markup import escaped

_THEMES = ("light", "dark")
_VIEWPORT = "width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content"
_STYLES = ("page.css", "exchange.css")


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
    body: str
    folder: str
    scripts: tuple[str, ...]

    def html(self, visit: Visit) -> str:
        """Return the document for one visit."""
        theme = f' data-theme="{visit.theme}"' if visit.theme else ""
        embed = ' data-embed="1"' if visit.embedded else ""
        return (
            f'<!doctype html><html lang="{visit.language}"{theme}{embed}><head>{self._head(visit)}</head>'
            f"<body>{self.body}</body></html>\n"
        )

    def _head(self, visit: Visit) -> str:
        title, told = escaped(self.title), escaped(self.description[visit.language])
        styles = "".join(f'<link rel="stylesheet" href="{self.folder}/{name}">' for name in _STYLES)
        others = "".join(f'<link rel="modulepreload" href="{self.folder}/{name}">' for name in self.scripts[1:])
        return (
            f'<meta charset="utf-8"><title>{title}</title><meta name="viewport" content="{_VIEWPORT}">'
            f'<meta name="color-scheme" content="light dark"><meta name="description" content="{told}">'
            f'<meta property="og:type" content="profile"><meta property="og:title" content="{title}">'
            f'<meta property="og:description" content="{told}"><link rel="icon" href="{self.folder}/favicon.png">'
            f'{styles}{others}<script type="module" src="{self.folder}/{self.scripts[0]}"></script>'
        )


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
