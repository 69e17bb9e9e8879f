"""The page around the conversation: masthead, questions to begin with, the box, the dialog. Static HTML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from askme.settings import Settings
from askme.types import Knowledge, Message, Profile
from askme.web.html.exchange import NOTICES, exchange_html, notice
from askme.web.html.markup import filled
from askme.web.html.templating import part
from askme.web.session import MOST_COMMENT, Exchange


@dataclass(frozen=True)
class Promises:
    """What the dialog says of the model and of what is kept, as keys of texts; `choice`: one may say no to it."""

    made: str
    kept: tuple[str, ...]
    days: Message
    choice: bool

    @classmethod
    def of(cls, settings: Settings) -> Promises:
        """Return exactly what the settings make of it."""
        days = settings.journal_days
        kept = ["how_kept_text", "how_kept_journal" if days else "how_kept_nothing"]
        kept += ["how_kept_dataset"] if settings.has_dataset else []
        kept += ["how_unkept"] if days else []
        told = Message(f"{days} 天", "1 day" if days == 1 else f"{days} days")
        return cls("how_made_model" if settings.has_model else "how_made_plain", tuple(kept), told, bool(days))


def shell(knowledge: Knowledge, settings: Settings, origins: tuple[str, ...], events: Mapping[str, int]) -> Markup:
    """Return the body of the page; page.js brings it to life, `events` are the numbers it calls the server's by."""
    most = settings.max_question_chars
    return part(
        "page.html",
        profile=knowledge.profile,
        contacts=_contacts(knowledge),
        promises=Promises.of(settings),
        origins=origins,
        events=events,
        most=Message(str(most), f"{most:,}"),
        typed=2 * most,
        comment=MOST_COMMENT,
        asking=Markup(exchange_html(Exchange(0, ""), knowledge)),  # noqa: S704 (a template's)
        ends={why: notice(why) for why in NOTICES},
        place=Message("{place}", "{place}"),
    )


def title(profile: Profile) -> str:
    """Return the document's title."""
    return f"{profile.name.en} {profile.name.zh} · askme"


def description(profile: Profile) -> Message:
    """Return what a preview of the page's link says."""
    lead = filled("lead", name=profile.name)
    return Message(f"{profile.headline.zh}。{lead.zh}", f"{profile.headline.en}. {lead.en}")


def _contacts(knowledge: Knowledge) -> list[str]:
    """Return the parts of the contact line as the résumé has them, masks included; links stand above it."""
    known = next((bullet for bullet in knowledge.bullets.values() if bullet.kind == "contact"), None)
    return [part for part in known.text.original.split(" - ") if "](" not in part] if known else []
