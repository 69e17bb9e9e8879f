"""The page around the conversation: masthead, questions to begin with, the box, the dialog. Static HTML."""

from __future__ import annotations

from collections.abc import Mapping

from askme.settings import Settings
from askme.types import Knowledge, Message, Profile, Theme
from askme.web.html.exchange import NOTICES, exchange_html, notice
from askme.web.html.icons import ICONS
from askme.web.html.markup import escaped, filled, icon, labelled, link, pair, ui
from askme.web.session import MOST_COMMENT, Exchange


def shell(knowledge: Knowledge, settings: Settings, origins: tuple[str, ...], events: Mapping[str, int]) -> str:
    """Return the body of the page; page.js brings it to life, `events` are the numbers it calls the server's by."""
    profile, max_chars = knowledge.profile, settings.max_question_chars
    called = "".join(f' data-event-{name}="{number}"' for name, number in events.items())
    return (
        f'<div id="askme" data-origins="{escaped(" ".join(origins))}" data-max="{max_chars}"{called}>'
        f'<a class="skip" href="#question">{ui("skip")}</a>{_icons()}{_bar(profile)}'
        f'<main id="stage">{_welcome(knowledge, settings)}'
        f'<section id="chat" {labelled("conversation")}></section></main>'
        f"{_composer(max_chars)}{_dialog(profile, settings)}{_templates(knowledge)}"
        '<p id="speaker" class="vh" role="status" aria-live="polite"></p>'
        '<p id="toast" role="status" aria-live="polite" hidden></p>'
        f"<noscript>{ui('javascript')}</noscript></div>"
    )


def title(profile: Profile) -> str:
    """Return the document's title."""
    return f"{profile.name.en} {profile.name.zh} · askme"


def description(profile: Profile) -> Message:
    """Return what a preview of the page's link says."""
    lead = filled("lead", name=profile.name)
    return Message(f"{profile.headline.zh}。{lead.zh}", f"{profile.headline.en}. {lead.en}")


def _icons() -> str:
    drawn = "".join(f'<symbol id="icon-{name}" viewBox="0 0 24 24">{path}</symbol>' for name, path in ICONS.items())
    return f'<svg class="sheet" aria-hidden="true">{drawn}</svg>'


def _bar(profile: Profile) -> str:
    name, role = profile.name, profile.headline
    return (
        '<header id="bar"><div class="who">'
        f'<h1 class="name"><span lang="zh">{escaped(name.zh)}</span> <span lang="en">{escaped(name.en)}</span></h1>'
        f'<p class="role">{pair(role)}</p></div><div class="controls">'
        f"{_control('restart', 'new')}{_brief_menu()}{_control('how', 'info')}"
        f'<a id="full" class="control" href="./" target="_blank" rel="noopener" {labelled("full_page")} hidden>'
        f"{icon('open')}</a>"
        f'<button type="button" id="switch" class="control">{ui("switch")}</button></div></header>'
    )


def _control(name: str, drawn: str) -> str:
    return (
        f'<button type="button" id="{name}" class="control">{icon(drawn)}<span class="word">{ui(name)}</span></button>'
    )


def _brief_menu() -> str:
    choices = "".join(
        f'<button type="button" data-brief="{kind}">{ui(f"brief_{kind}")}</button>' for kind in ("html", "md")
    )
    return (
        f'<details id="brief" class="menu"><summary class="control">{icon("brief")}'
        f'<span class="word">{ui("brief")}</span></summary><div><p>{ui("brief_why")}</p>{choices}</div></details>'
    )


def _welcome(knowledge: Knowledge, settings: Settings) -> str:
    profile = knowledge.profile
    themes = "".join(_theme(theme) for theme in profile.examples)
    examples = f'<section id="examples" {labelled("examples")}>{themes}</section>' if themes else ""
    return (
        '<div id="welcome"><div class="hero">'
        f'<h1><span lang="zh">{escaped(profile.name.zh)}</span> <span lang="en">{escaped(profile.name.en)}</span></h1>'
        f'<p class="role">{pair(profile.headline)}</p>{_ways(knowledge)}'
        f'<p class="lead">{ui("lead", name=profile.name)}</p>{_switch(settings)}</div>{examples}</div>'
    )


def _ways(knowledge: Knowledge) -> str:
    """Return the links and the contact line as the résumé has it, masks included."""
    addresses = knowledge.profile.links.values()
    links = "".join(f"<span>{link(address, escaped(address.partition('://')[2]))}</span>" for address in addresses)
    known = next((bullet for bullet in knowledge.bullets.values() if bullet.kind == "contact"), None)
    parts = known.text.original.split(" - ") if known else []
    masked = "".join(f"<span>{escaped(part)}</span>" for part in parts if "](" not in part)
    return f'<p class="ways">{links}</p><p class="ways masked">{masked}</p>'


def _theme(theme: Theme) -> str:
    chips = "".join(
        f'<li><button type="button" class="chip" data-ask-zh="{escaped(q.zh)}" data-ask-en="{escaped(q.en)}">'
        f"{pair(q)}</button></li>"
        for q in theme.questions
    )
    return f'<div class="theme"><h2>{pair(theme.title)}</h2><ul>{chips}</ul></div>'


def _composer(max_chars: int) -> str:
    most = Message(str(max_chars), f"{max_chars:,}")  # twice as much can be typed: a megabyte would stop the browser
    return (
        '<form id="composer" autocomplete="off" '
        f"{labelled('question')}>"
        f'<p id="editing" hidden>{icon("edit")}{ui("editing")} <button type="button">{ui("cancel")}</button></p>'
        f'<p id="toolong" role="alert" hidden>{ui("too_long", most=most)}</p>'
        '<div class="field">'
        f'<label class="vh" for="question">{ui("question")}</label>'
        f'<textarea id="question" rows="1" maxlength="{2 * max_chars}" aria-describedby="toolong" enterkeyhint="send" '
        f"{labelled('ask', 'placeholder')}></textarea>"
        f'<button type="submit" id="send">{icon("send")}<span class="word">{ui("send")}</span></button>'
        f'<button type="button" id="stop" hidden>{icon("stop")}<span class="word">{ui("stop")}</span></button>'
        "</div></form>"
    )


def _switch(settings: Settings) -> str:
    """Return the choice not to have one's questions kept, where any are."""
    if not settings.journal_days:
        return ""
    return f'<label class="unkept"><input type="checkbox" data-unkept autocomplete="off">{ui("unkept")}</label>'


def _dialog(profile: Profile, settings: Settings) -> str:
    made = "how_made_model" if settings.has_model else "how_made_plain"
    from_what, how, limits, wrong = (
        f"<h3>{ui(head)}</h3><p>{ui(text, name=profile.name)}</p>"
        for head, text in (
            ("how_from", "how_from_text"),
            ("how_made", made),
            ("how_limits", "how_limits_text"),
            ("how_wrong", "how_wrong_text"),
        )
    )
    body = f"{from_what}{how}<h3>{ui('how_kept')}</h3>{_kept(settings)}{limits}{wrong}"
    close = f'<button type="button" class="tool" data-do="close" {labelled("close")}>{icon("close")}</button>'
    return (
        f'<dialog id="explained" aria-labelledby="explained-title"><header><h2 id="explained-title">{ui("how_title")}'
        f"</h2>{close}</header>{body}</dialog>"
    )


def _kept(settings: Settings) -> str:
    """Return exactly what is kept, for how long and where, and the way out of it."""
    days = settings.journal_days
    told = Message(f"{days} 天", "1 day" if days == 1 else f"{days} days")
    keys = ["how_kept_text", "how_kept_journal" if days else "how_kept_nothing"]
    keys += ["how_kept_dataset"] if settings.has_dataset else []
    keys += ["how_unkept"] if days else []
    return "".join(f"<p>{ui(key, days=told)}</p>" for key in keys) + _switch(settings)


def _templates(knowledge: Knowledge) -> str:
    """Return what page.js puts into the conversation by itself."""
    form = (
        f'<form class="comment"><label><span>{ui("comment")}</span>'
        f'<textarea rows="2" maxlength="{MOST_COMMENT}"></textarea></label><div>'
        f'<button type="submit">{ui("send_comment")}</button>'
        f'<button type="button" data-do="cancel">{ui("cancel")}</button></div></form>'
    )
    asking = f'<template id="asking">{exchange_html(Exchange(0, ""), knowledge)}</template>'
    ends = "".join(f'<template id="end-{why}">{notice(why)}</template>' for why in NOTICES)
    place = Message("{place}", "{place}")
    waiting = f'<template id="waiting">{ui("waiting", place=place)}</template>'
    said = "".join(
        f'<span data-say="{key}">{ui(key)}</span>' for key in ("copied", "not_copied", "thanks", "not_noted")
    )
    return f'<template id="comment">{form}</template>{ends}{asking}{waiting}<div hidden>{said}</div>'
