"""Two questions in one: each is answered on its own, the second with what the first was about."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from askme.answering.composer import Composed, Composer
from askme.answering.retriever import Evidence, Finder
from askme.query.followup import CarryOver
from askme.types import Statement, Turn

MOST = 3
_ASKING = re.compile(
    r"^(?:so |and |then )*(?:what|how|when|where|which|who|why|did|does|do|is|has|have|was|were|can|any)\b|"
    r"什么|多少|怎么|如何|哪|几|[吗么谁]|多久|是否|有没有|是不是|会不会",
    re.IGNORECASE,
)
_BETWEEN = re.compile(
    r"[\s,，;；.。?？]+(?:and|plus)[\s,]+(?:also )?(?=(?:what|how|when|where|which|who|did|does|is|has|was|can)\b)|"
    r"[?？;；]\s*(?!or\b|还是)(?=\w)|"
    r"[\s，,;；。?？]*(?:另外|还有|顺便(?:问一?下?)?|以及|再问一?下?)[\s，,]*(?=\w)",
    re.IGNORECASE,
)


def parts(text: str) -> tuple[str, ...]:
    """Return the questions that `text` puts one after the other; none when it is one."""
    found = [part.strip() for part in _BETWEEN.split(text) if part.strip()]
    asking = 1 < len(found) <= MOST and all(_ASKING.search(part) for part in found)
    return tuple(found) if asking else ()


class Compound:
    """Answers each of the questions in one text. Safe to use from several threads."""

    def __init__(self, finder: Finder, composer: Composer, carry: CarryOver) -> None:
        """Take what finds and composes, and what carries names from one question into the next."""
        self._finder, self._composer, self._carry = finder, composer, carry

    def answered(self, text: str) -> tuple[Evidence, Composed] | None:
        """Return evidence and answer for all questions in `text`; None when it is better taken as one."""
        turns: list[Turn] = []
        found: list[tuple[Evidence, Composed]] = []
        for part in parts(text):
            standalone = self._carry.standalone(part, turns)
            evidence = self._finder.find(standalone)
            composed = self._composer.compose(evidence)
            if not _clear(evidence, composed):
                return None
            cites = tuple(dict.fromkeys(cite for statement in composed.statements for cite in statement.cites))
            turns.append(Turn(part, standalone, "", cites))
            found.append((evidence, composed))
        return (_together([e for e, _ in found]), _joined([c for _, c in found])) if found else None


def _clear(evidence: Evidence, composed: Composed) -> bool:
    """Whether a part is a question in its own right: the structure answers it, a notice does, or it names a term."""
    if composed.status in ("greeting", "declined"):
        return False
    return bool(evidence.cards or composed.settled or evidence.question.mentions_terms)


def _together(found: Sequence[Evidence]) -> Evidence:
    """Return the first question's evidence with the cards and bullets of all."""
    cards = tuple({card.id: card for evidence in found for card in evidence.cards}.values())
    scopes = [evidence.steering.scope for evidence in found]
    scope = tuple(dict.fromkeys(id_ for one in scopes for id_ in one)) if all(scopes) else ()
    hits = {hit.id: hit for evidence in found for hit in evidence.bullets}
    steering = replace(found[0].steering, cards=cards, scope=scope)
    return replace(found[0], steering=steering, bullets=tuple(sorted(hits.values(), key=lambda hit: -hit.score)))


def _joined(found: Sequence[Composed]) -> Composed:
    """Return one answer that tells each thing once; it is answered when one of the questions is."""
    statements: dict[str, Statement] = {}
    for composed in found:
        statements |= {one.text: one for one in composed.statements if one.text not in statements}
    status = next((c.status for c in found if c.status == "answered"), found[0].status)
    settled = any(composed.settled for composed in found)
    return Composed(status, tuple(statements.values()), settled)
