"""An exchange as the visitor sees it: the question, its answer in a state that can be told, its evidence. As HTML."""

from __future__ import annotations

from askme.types import SPENT, Answer, Knowledge, Message
from askme.web.html.evidence import evidence
from askme.web.html.markup import escaped, icon, labelled, link, pair, prose, ui
from askme.web.html.messages import TEXTS
from askme.web.session import Exchange

NOTICES = ("stopped", "failed", "busy", "limit", "lost")
"""Ends that are told in a sentence; all but "failed" and "limit" are told by the browser."""


def exchange_html(exchange: Exchange, knowledge: Knowledge) -> str:
    """Return an exchange as one article; parts carry keys by which page.js brings the page up to date."""
    return (
        f'<article class="exchange" data-id="{exchange.id}" data-state="{exchange.state}">'
        f'{_question(exchange)}<div class="answer" data-key="answer">{_answer(exchange, knowledge)}</div>'
        f"{evidence(exchange, knowledge)}</article>"
    )


def notice(why: str, told: Message | None = None) -> str:
    """Return why there is no whole answer, in a sentence of its own or the usual one, with a way to try again."""
    said = Message(f"{told.zh}{TEXTS['kept'].zh}", f"{told.en} {TEXTS['kept'].en}") if told else TEXTS[why]
    do = "edit" if why == "long" else "retry"
    again = f'<button type="button" class="again" data-do="{do}">{icon(do)}{ui(do)}</button>'
    return f'<div class="notice" data-key="notice"><p>{pair(said)}</p>{again}</div>'


def _question(exchange: Exchange) -> str:
    edit = f'<button type="button" class="tool last" data-do="edit" {labelled("edit")}>{icon("edit")}</button>'
    return (
        f'<header class="asked" data-key="asked"><h2><span class="vh">{ui("asked")}</span>'
        f'<span class="question">{escaped(exchange.question)}</span></h2>{edit}</header>'
    )


def _answer(exchange: Exchange, knowledge: Knowledge) -> str:
    language = exchange.answer.language if exchange.answer else exchange.language
    body = prose(exchange.text, exchange.id)
    said = f'<div class="prose" lang="{escaped(language)}" data-key="prose">{body}</div>' if body else ""
    return f"{_verdict(exchange)}{said}{_after(exchange, knowledge)}"


def _verdict(exchange: Exchange) -> str:
    state = exchange.state
    if state not in ("not_in_resume", "declined"):
        return ""
    return f'<p class="verdict" data-key="verdict">{icon(state)}{ui(state)}</p>'


def _after(exchange: Exchange, knowledge: Knowledge) -> str:
    """Return what stands below the answer's text."""
    if exchange.end:
        return notice(exchange.end, exchange.told)
    if exchange.answer is None:
        return f'<p class="looking" data-key="looking">{ui("looking")}<span class="dots" aria-hidden="true"></span></p>'
    contact = _contact(knowledge) if exchange.state == "not_in_resume" else ""
    return f"{contact}{_tools(exchange.answer, bool(exchange.record))}{_suggested(exchange)}"


def _contact(knowledge: Knowledge) -> str:
    """Return where the candidate can be asked directly."""
    home = knowledge.profile.links.get("homepage", "")
    where = link(home, escaped(home.partition("://")[2])) if home else ""
    return f'<p class="contact" data-key="contact">{ui("contact")}{where}</p>' if where else ""


def _tools(answer: Answer, kept: bool) -> str:
    """Return the row below an answer: how it was made, and what can be done with it; only a kept one can be judged."""
    thumbs = (("up", ' aria-pressed="false"'), ("down", ' aria-pressed="false"')) if kept else ()
    buttons = (("copy", ""), ("link", ""), *thumbs)
    made = "".join(
        f'<button type="button" class="tool" data-do="{name}" {labelled(name)}{more}>{icon(name)}</button>'
        for name, more in buttons
    )
    retry = f'<button type="button" class="tool last" data-do="retry" {labelled("retry")}>{icon("retry")}</button>'
    how = "" if answer.status in ("greeting", "declined") else _how(answer)
    return f'<div class="tools" data-key="tools">{how}<div class="buttons">{made}{retry}</div></div>'


def _how(answer: Answer) -> str:
    """Return by whom the answer was worded, and on request what that means."""
    worded = answer.mode == "model"
    missing = "spent" if answer.fallback == SPENT else "fell_back"
    label = ("broke_off" if worded else missing) if answer.fallback else "by_model" if worded else "without_model"
    why = "by_model_why" if worded else "without_model_why"
    more = f'<button type="button" class="more" data-do="how">{ui("how")}</button>'
    return (
        f'<details class="how" data-mode="{answer.mode}"><summary>{icon("info")}{ui(label)}</summary>'
        f"<div><p>{ui(why)}</p>{more}</div></details>"
    )


def _suggested(exchange: Exchange) -> str:
    if not exchange.suggestions:
        return ""
    language = exchange.language
    chips = "".join(
        f'<button type="button" class="chip" data-ask="{escaped(each)}" lang="{language}">{escaped(each)}</button>'
        for each in exchange.suggestions
    )
    return f'<nav class="next" data-key="next" {labelled("next")}>{chips}</nav>'
