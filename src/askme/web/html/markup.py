"""Safe HTML out of texts, as filters of the templates: both languages side by side, links, answers with their marks.

What is Markup here is not escaped again, so each of these escapes what it is given.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache
from html import escape

from markupsafe import Markup

from askme.types import Message, Texts
from askme.web.html.messages import TEXTS

_MARK = re.compile(r"\[(\d{1,3})\](?!\()")
_BEFORE_MARK = re.compile(r" (?=\[\d{1,3}\](?!\())")
_LINK = re.compile(r"\[([^\]\[]+)\]\((https?://[^\s()<>\"]+)\)")
_ITEM = "- "


@lru_cache(maxsize=1024)
def pair(text: Texts) -> Markup:
    """Return both languages; the page's style shows the one that was chosen. Visitors' texts don't come here."""
    zh, en = escape(text.zh), escape(text.en)
    return Markup(f'<span class="t" lang="zh">{zh}</span><span class="t" lang="en">{en}</span>')


@lru_cache(maxsize=256)
def ui(key: str, **values: Texts) -> Markup:
    """Return one of the page's texts, with `values` filled in."""
    return pair(filled(key, **values))


def filled(key: str, **values: Texts) -> Message:
    """Return one of the page's texts with `values` in place of their names."""
    text = TEXTS[key]
    zh, en = (text[language].format(**{k: v[language] for k, v in values.items()}) for language in ("zh", "en"))
    return Message(zh, en)


@cache
def labelled(key: str, attribute: str = "aria-label") -> Markup:
    """Return an attribute that page.js keeps in the visitor's language."""
    zh, en = escape(TEXTS[key].zh), escape(TEXTS[key].en)
    name = attribute.removeprefix("aria-")
    return Markup(f'{escape(attribute)}="{en}" data-{escape(name)}-zh="{zh}" data-{escape(name)}-en="{en}"')


def icon(name: str) -> Markup:
    """Return a drawing of the page's sheet of icons."""
    return Markup(
        f'<svg class="icon" aria-hidden="true" focusable="false"><use href="#icon-{escape(name)}"></use></svg>'
    )


def linked(text: str, shown: Callable[[str], str] = escape) -> Markup:
    """Return `text` as HTML, `[text](https://…)` as links that open beside the page; `shown` escapes all else."""
    if "](" not in text:
        return Markup(shown(text))
    parts, at = [], 0
    for match in _LINK.finditer(text):
        opened = f'<a href="{escape(match[2])}" target="_blank" rel="noopener noreferrer">'
        parts += [shown(text[at : match.start()]), opened, shown(match[1]), "</a>"]
        at = match.end()
    return Markup("".join([*parts, shown(text[at:])]))


def prose(text: str, exchange: int | None = None) -> Markup:
    """Return an answer as HTML: paragraphs, lists, links, and marks that lead to the evidence of `exchange`, if any."""
    blocks: list[str] = []
    for line in text.splitlines():
        said = line.strip()
        if not said:
            continue
        if said.startswith(_ITEM):
            item = f"<li>{_inline(said.removeprefix(_ITEM), exchange)}</li>"
            if blocks and blocks[-1].startswith("<ul>"):
                blocks[-1] = blocks[-1].removesuffix("</ul>") + item + "</ul>"
            else:
                blocks.append(f"<ul>{item}</ul>")
        else:
            blocks.append(f"<p>{_inline(said, exchange)}</p>")
    return Markup("".join(blocks))


def _inline(text: str, exchange: int | None) -> Markup:
    kept = _BEFORE_MARK.sub("\u00a0", text)  # a mark never begins a line
    if exchange is None or "[" not in kept:
        return linked(kept)
    mark = rf'<a class="cite" href="#e{exchange}-\1" data-n="\1">[\1]</a>'
    return linked(kept, lambda plain: _MARK.sub(mark, escape(plain)))
