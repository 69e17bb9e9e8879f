"""The HTML document: Gradio's index page with our page put into it, in the visitor's language from the first byte."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

from askme.markup import escaped
from askme.types import Bilingual, Language

_HTML = re.compile(r"<html\b[^>]*>")
_BODY = re.compile(r"<body\b[^>]*>")
_FOREIGN_META = re.compile(r'<meta\s+(?:property|name)="(?:og:|twitter:|viewport)[^>]*>\s*')
_TITLE = re.compile(r"<title>.*?</title>\s*", re.DOTALL)
_INLINE = re.compile(r"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL)
_THEMES = ("light", "dark")
_VIEWPORT = "width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content"


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
    """Our part of the page: `body` goes before Gradio's, `assets` is the folder that the page's files come from."""

    title: str
    description: Bilingual
    body: str
    assets: str

    def within(self, index: str, visit: Visit) -> str:
        """Return Gradio's `index` page with ours in it."""
        html = _FOREIGN_META.sub("", _TITLE.sub("", index))
        html = _HTML.sub(lambda _: _opening(visit), html, count=1)
        html = html.replace("</head>", self._head(visit) + "</head>", 1)
        return _BODY.sub(lambda _: f"<body>{self.body}", html, count=1)

    def _head(self, visit: Visit) -> str:
        told = escaped(self.description[visit.language])
        return (
            f"<title>{escaped(self.title)}</title>"
            f'<meta name="viewport" content="{_VIEWPORT}"><meta name="color-scheme" content="light dark">'
            f'<meta name="description" content="{told}"><meta property="og:type" content="profile">'
            f'<meta property="og:title" content="{escaped(self.title)}"><meta property="og:description" content="{told}">'
            f'<link rel="stylesheet" href="{self.assets}/page.css">'
            f'<link rel="stylesheet" href="{self.assets}/exchange.css">'
            f'<script type="module" src="{self.assets}/page.js"></script>'
        )


def script_hashes(html: str) -> tuple[str, ...]:
    """Return a CSP source for each script that stands in the document itself: these may run, no other inline one."""
    digests = (hashlib.sha256(script.encode()).digest() for script in _INLINE.findall(html))
    return tuple(dict.fromkeys(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests))


def _opening(visit: Visit) -> str:
    theme = f' data-theme="{visit.theme}"' if visit.theme else ""
    embed = ' data-embed="1"' if visit.embedded else ""
    return f'<html lang="{visit.language}"{theme}{embed}>'


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
