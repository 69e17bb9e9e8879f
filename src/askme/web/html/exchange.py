"""An exchange as the visitor sees it: the question, its answer in a state that can be told, its evidence. As HTML."""

from __future__ import annotations

from functools import lru_cache

from markupsafe import Markup

from askme.types import SPENT, Answer, Knowledge, Message
from askme.web.html.evidence import evidence
from askme.web.html.messages import TEXTS
from askme.web.html.templating import part, render
from askme.web.session import Exchange

NOTICES = ("stopped", "failed", "busy", "limit", "lost")
"""Ends that are told in a sentence; all but "failed" and "limit" are told by the browser."""


def exchange_html(exchange: Exchange, knowledge: Knowledge) -> str:
    """Return an exchange as one article; parts carry keys by which page.js brings the page up to date."""
    answer = exchange.answer
    return render(
        "exchange.html",
        exchange=exchange,
        language=answer.language if answer else exchange.language,
        notice=notice(exchange.end, exchange.told) if exchange.end else None,
        worded=_worded(answer) if answer else "",
        homepage=knowledge.profile.links.get("homepage", ""),
        evidence=evidence(exchange, knowledge),
    )


@lru_cache(maxsize=64)
def notice(why: str, told: Message | None = None) -> Markup:
    """Return why there is no whole answer, in a sentence of its own or the usual one, with a way to try again."""
    kept = TEXTS["kept"]
    said = Message(f"{told.zh}{kept.zh}", f"{told.en} {kept.en}") if told else TEXTS[why]
    return part("notice.html", said=said, do="edit" if why == "long" else "retry")


def _worded(answer: Answer) -> str:
    """Return the key of what is said on who worded an answer; "" when that goes without saying."""
    if answer.status in ("greeting", "declined"):
        return ""
    if answer.mode == "model":
        return "broke_off" if answer.fallback else "by_model"
    if not answer.fallback:
        return "without_model"
    return "spent" if answer.fallback == SPENT else "fell_back"
