"""Safe HTML out of texts: escaped, in both languages side by side, answers with their marks."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from functools import lru_cache

from askme.types import Message, Texts
from askme.web.html.messages import TEXTS

_MARK = re.compile(r"\[(\d{1,3})\](?!\()")
_BEFORE_MARK = re.compile(r" (?=\[\d{1,3}\](?!\())")
_LINK = re.compile(r"\[([^\]\[]+)\]\((https?://[^\s()<>\"]+)\)")
_ITEM = "- "


def escaped(text: str) -> str:
    """Return `text` as HTML shows it literally, in an element or in a quoted attribute."""
    return html.escape(text, quote=True)


def pair(text: Texts) -> str:
    """Return both languages; the page's style shows the one that was chosen."""
    return f'<span class="t" lang="zh">{escaped(text.zh)}</span><span class="t" lang="en">{escaped(text.en)}</span>'


@lru_cache(maxsize=256)
def ui(key: str, **values: Texts) -> str:
    """Return one of the page's texts, with `values` filled in."""
    return pair(filled(key, **values))


def filled(key: str, **values: Texts) -> Message:
    """Return one of the page's texts with `values` in place of their names."""
    text = TEXTS[key]
    zh, en = (text[language].format(**{k: v[language] for k, v in values.items()}) for language in ("zh", "en"))
    return Message(zh, en)


@lru_cache(maxsize=256)
def labelled(key: str, attribute: str = "aria-label") -> str:
    """Return an attribute that page.js keeps in the visitor's language."""
    text = TEXTS[key]
    name = "label" if attribute == "aria-label" else attribute
    return f'{attribute}="{escaped(text.en)}" data-{name}-zh="{escaped(text.zh)}" data-{name}-en="{escaped(text.en)}"'


@lru_cache(maxsize=256)
def icon(name: str) -> str:
    """Return a drawing of the shell's sheet of icons."""
    return f'<svg class="icon" aria-hidden="true" focusable="false"><use href="#icon-{name}"></use></svg>'


def linked(text: str, shown: Callable[[str], str] = escaped) -> str:
    """Return `text` as HTML, `[text](https://…)` as links that open beside the page; `shown` escapes all else."""
    parts, at = [], 0
    for match in _LINK.finditer(text):
        parts += [shown(text[at : match.start()]), link(match[2], shown(match[1]))]
        at = match.end()
    return "".join([*parts, shown(text[at:])])


def link(address: str, label: str) -> str:
    """Return a link that opens beside the page; `label` is HTML."""
    return f'<a href="{escaped(address)}" target="_blank" rel="noopener noreferrer">{label}</a>'


def prose(text: str, exchange: int) -> str:
    """Return an answer as HTML: paragraphs, lists, links, and marks that lead to the evidence of `exchange`."""
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
    return "".join(blocks)


def _inline(text: str, exchange: int) -> str:
    kept = _BEFORE_MARK.sub("\u00a0", text)  # a mark never begins a line
    return _MARK.sub(rf'<a class="cite" href="#e{exchange}-\1" data-n="\1">[\1]</a>', linked(kept))
