"""What the page shows, as text: exchanges and sources as Markdown and HTML. Knows no web framework."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from askme.text import has_han
from askme.types import Answer, Bilingual, Bullet, Citation, Done, Event, Language, Profile, Retrieved, Sentence, Turn

HISTORY_TURNS = 6
"""Earlier turns that a follow-up may look back on."""

FAILED = Bilingual(
    "抱歉，刚才出了点问题，没能回答。请再问一次。",
    "Sorry, something went wrong on this side. Please ask again.",
)
BUSY = Bilingual(
    "现在提问的人太多，或者连接断了。问题还在输入框里，请稍后再发送一次。",
    "Too many people are asking right now, or the connection was lost. Your question is still in the box: "
    "please send it again in a moment.",
)
WITHOUT_MODEL = Bilingual(
    "语言模型现在用不上，以上是简历原文。",
    "Answered without the language model, in the résumé's own words.",
)
BROKE_OFF = Bilingual(
    "语言模型没有答完，余下的是简历原文。",
    "The language model broke off; the rest is in the résumé's own words.",
)
STOPPED = Bilingual("（已停止）", "(stopped)")
WELCOME = Bilingual(
    "想了解{name}的经历，直接问就好。每句回答都标明简历出处。",
    "Ask about the career of {name}. Every sentence of an answer points to the line of the résumé it rests on.",
)
SOURCES = Bilingual("简历出处", "From the résumé")
LOOKING = Bilingual("正在查阅", "Looking at")
NOTHING_CITED = Bilingual("这个回答没有引用简历。", "This answer cites no line of the résumé.")
SOURCES_HINT = Bilingual("回答引用的简历原文会显示在这里。", "The lines an answer rests on appear here.")

# What Markdown, GFM's autolinks or a formula could be made of; elsewhere punctuation stays as it was typed, because
# screen readers are given the message's source.
_MARKUP = re.compile(r"[\\`*_\[\]<>&~$|#@]|:(?=//)|\.(?=\w)|(?<=\d)[.)](?=\s)|^[ \t]+|^[-+=]", re.MULTILINE)
_STEP = " › "  # between the parts of a citation's heading
_MARK = re.compile(r"\[(\d{1,3})\](?!\()")
_LINK = re.compile(r"\[([^\]]+)\]\((https?://[^\s)]+)\)")


@dataclass(frozen=True)
class Source:
    """A cited line as shown: `other` is its rendering in the language that `text` is not in ("" if the same)."""

    number: int
    heading: str
    text: str
    other: str


@dataclass(frozen=True)
class Exchange:
    """A question and what has come of it so far; `closed` when nothing more will come."""

    question: str
    text: str = ""
    sources: tuple[Source, ...] = ()
    looking_at: tuple[str, ...] = ()
    answer: Answer | None = None
    closed: bool = False

    @property
    def language(self) -> Language:
        """The language to address the visitor in."""
        return "zh" if has_han(self.question) else "en"

    def after(self, event: Event, bullets: Mapping[str, Bullet]) -> Exchange:
        """Return the exchange as it stands after an event of the stream."""
        match event:
            case Retrieved(ids=ids):
                return replace(self, looking_at=tuple(bullets[i].text[self.language] for i in ids if i in bullets))
            case Sentence(text=text, citations=citations):
                return replace(self, text=self.text + text, sources=self.sources + _new(self, citations, bullets))
            case Done(answer=answer):
                found = tuple(_source(c, bullets) for c in answer.citations)
                return replace(self, text=answer.text, sources=found, answer=answer, closed=True)

    @property
    def note(self) -> str:
        """What to say below the answer when a configured model did not word it, or not all of it."""
        if self.answer is None or not self.answer.fallback:
            return ""
        return (BROKE_OFF if self.answer.mode == "model" else WITHOUT_MODEL)[self.language]

    def close(self, note: Bilingual) -> Exchange:
        """Return the exchange ended early, with a note to the visitor after what was said so far."""
        text = f"{self.text}\n\n{note[self.language]}" if self.text else note[self.language]
        return replace(self, text=text, closed=True)


def _new(exchange: Exchange, citations: Sequence[Citation], bullets: Mapping[str, Bullet]) -> tuple[Source, ...]:
    known = {source.number for source in exchange.sources}
    return tuple(_source(c, bullets) for c in citations if c.number not in known)


def _source(citation: Citation, bullets: Mapping[str, Bullet]) -> Source:
    other = citation.source_text
    if other == citation.text and citation.id in bullets:
        other = bullets[citation.id].text.en
    return Source(citation.number, citation.heading, citation.text, "" if other == citation.text else other)


def history(session: Sequence[Exchange]) -> tuple[Turn, ...]:
    """Return the last answered turns of a session."""
    return tuple(e.answer.turn() for e in session if e.answer)[-HISTORY_TURNS:]


def messages(session: Sequence[Exchange]) -> list[dict[str, str]]:
    """Return a session as chat messages in Markdown."""
    said = []
    for place, exchange in enumerate(session):
        said.append({"role": "user", "content": literal(exchange.question)})
        note = f"\n\n*{exchange.note}*" if exchange.note else ""
        said.append({"role": "assistant", "content": prose(exchange.text or "…", place) + note})
    return said


def literal(text: str) -> str:
    """Return Markdown that shows `text` exactly as it was typed."""
    return _MARKUP.sub(lambda match: "".join(f"&#{ord(character)};" for character in match[0]), text)


def prose(text: str, place: int) -> str:
    """Return an answer's Markdown without raw HTML and images, its marks leading to the sources of exchange `place`."""
    safe = text.replace("<", "&lt;").replace("![", "!&#91;")
    return _MARK.sub(rf"[\[\1\]](#source-{place}-\1)", safe)


def masthead(profile: Profile) -> str:
    """Return the page's header."""
    home = profile.links.get("homepage", "")
    link = f'<a class="home" href="{_text(home)}">{_text(home.partition("://")[2])}</a>' if home else ""
    return (
        f'<header class="masthead"><h1>{_both(profile.name)}</h1>'
        f'<p class="headline">{_both(profile.headline)}</p>{link}</header>'
    )


def welcome(profile: Profile) -> str:
    """Return what an empty conversation says."""
    said = Bilingual(WELCOME.zh.format(name=profile.name.zh), WELCOME.en.format(name=profile.name.en))
    return f'<div class="welcome">{_paragraphs(said)}</div>'


def panel(session: Sequence[Exchange]) -> str:
    """Return the panel beside the chat: the sources of the last exchange, those of earlier ones folded."""
    if not session:
        return f'<section class="panel empty">{_paragraphs(SOURCES_HINT)}</section>'
    earlier = [_folded(place, exchange) for place, exchange in enumerate(session[:-1]) if exchange.sources]
    return f'<section class="panel">{_latest(len(session) - 1, session[-1])}{"".join(reversed(earlier))}</section>'


def _latest(place: int, exchange: Exchange) -> str:
    language = exchange.language
    if not exchange.closed:
        lines = "".join(f"<li>{_text(line)}</li>" for line in exchange.looking_at)
        return f'<h2>{LOOKING[language]} …</h2><ul class="looking" lang="{language}">{lines}</ul>'
    if exchange.answer is None and not exchange.sources:
        return f"<p>{SOURCES_HINT[language]}</p>"
    body = _listed(place, exchange) if exchange.sources else f"<p>{NOTHING_CITED[language]}</p>"
    return f"<h2>{SOURCES[language]}</h2>{body}"


def _folded(place: int, exchange: Exchange) -> str:
    return f"<details><summary>{_text(exchange.question)}</summary>{_listed(place, exchange)}</details>"


def _listed(place: int, exchange: Exchange) -> str:
    """Return the sources under the position or section they belong to, which neighbours share."""
    groups = groupby(exchange.sources, key=lambda source: source.heading.partition(_STEP)[0])
    return "".join(
        f'<h3>{_text(position)}</h3><ol class="sources">{"".join(_item(place, s) for s in group)}</ol>'
        for position, group in groups
    )


def _item(place: int, source: Source) -> str:
    project = source.heading.partition(_STEP)[2]
    heading = f'<p class="heading">{_text(project)}</p>' if project else ""
    other = f'<p class="other" lang="{_language(source.other)}">{_linked(source.other)}</p>' if source.other else ""
    return (
        f'<li id="source-{place}-{source.number}"><span class="number">[{source.number}]</span><div>{heading}'
        f'<p class="quote" lang="{_language(source.text)}">{_linked(source.text)}</p>{other}</div></li>'
    )


def _both(text: Bilingual) -> str:
    return f'<span lang="en">{_text(text.en)}</span> <span lang="zh">{_text(text.zh)}</span>'


def _paragraphs(text: Bilingual) -> str:
    return f'<p lang="en">{_text(text.en)}</p><p lang="zh">{_text(text.zh)}</p>'


def _linked(text: str) -> str:
    lines = [_LINK.sub(r'<a href="\2">\1</a>', _text(line)) for line in text.splitlines()]
    return "<br>".join(lines)


def _text(text: str) -> str:
    # One line: a blank one would end the HTML block and start Markdown again.
    return html.escape(" ".join(text.split()))


def _language(text: str) -> Language:
    return "zh" if has_han(text) else "en"
