"""What a page wants beside answers: a verdict noted, the conversation on a page to take away."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from askme.logging_setup import place
from askme.types import Knowledge
from askme.web.html import brief
from askme.web.rate_limit import Gate
from askme.web.recorder import Keeper
from askme.web.session import Exchange, Request, whole

if TYPE_CHECKING:
    from askme.answering.chain import Chain

_log = logging.getLogger(__name__)


class Errands:
    """Does errands of visitors. Safe to use from several threads; never raises."""

    def __init__(self, get_chain: Callable[[], Chain], knowledge: Knowledge, gate: Gate, keeper: Keeper) -> None:
        """Take what knows the answers, the limits and the journal."""
        self._get_chain, self._knowledge, self._gate, self._keeper = get_chain, knowledge, gate, keeper

    def done(self, sent: dict[str, Any], session: Sequence[Exchange], visitor: str) -> dict[str, Any]:
        """Do what was `sent` for a conversation; return what to tell, {"ok": False} when it wasn't done."""
        if not self._gate.errand(visitor):
            return {"ok": False}
        try:
            return self._rated(sent, session) if sent.get("do") == "rate" else self._briefed(sent, session)
        except Exception as error:  # noqa: BLE001 (the edge: an errand that fails is said to have failed)
            _log.error("an errand failed: %s", place(error))
            return {"ok": False}

    def _rated(self, sent: dict[str, Any], session: Sequence[Exchange]) -> dict[str, Any]:
        rated = next((e for e in session if e.id == whole(sent.get("id")) and e.answer), None)
        if not rated or not rated.answer or sent.get("keep") is False:
            return {"ok": False}
        if sent.get("thumb") == "down":
            self._get_chain().forget(rated.answer)
        return {"ok": self._keeper.rate(rated, sent)}

    def _briefed(self, sent: dict[str, Any], session: Sequence[Exchange]) -> dict[str, Any]:
        made, kind = (brief.markdown, "md") if sent.get("kind") == "md" else (brief.printable, "html")
        told = Request(since=whole(sent.get("since")), before=10**9).earlier(session)
        text = made(told, self._knowledge, "zh" if sent.get("language") == "zh" else "en", date.today())
        name = "-".join(self._knowledge.profile.name.en.lower().split())
        return {"ok": True, "text": text, "name": f"{name}-brief.{kind}"}
