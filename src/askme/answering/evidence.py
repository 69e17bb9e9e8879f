"""What was found for a question: the best bullets, computed lines that its structure calls for, what isn't stated."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from askme.query.parser import Question
from askme.query.router import Steering
from askme.types import Card, Hit


@dataclass(frozen=True)
class Rivalry:
    """The best notice and the best bullet of one search."""

    notice: Hit | None
    bullet: Hit | None


@dataclass(frozen=True)
class Evidence:
    """All that was found for a question, each kind with the best first.

    `bullets` stand in the steered scope, if there is one; `everywhere` are the same without it. `cards` are what the
    structure calls for. `notices` set what is known not to be stated against the best bullet, without and with the
    names in the question.
    """

    question: Question
    steering: Steering
    bullets: tuple[Hit, ...]
    everywhere: tuple[Hit, ...]
    notices: tuple[Rivalry, ...]
    overlaps: Callable[[str], float] = field(repr=False)

    @property
    def cards(self) -> tuple[Card, ...]:
        """The cards that answer by structure."""
        return self.steering.cards

    def ids(self, limit: int, ranked: Sequence[str] = ()) -> tuple[str, ...]:
        """Return the best `limit` ids, those of the cards first, then `ranked`, or else `bullets`."""
        of_cards = [cite for card in self.cards for cite in card.cites]
        return tuple(dict.fromkeys([*of_cards, *(ranked or (hit.id for hit in self.bullets))]))[:limit]


def fuse(rankings: Iterable[Sequence[str]], k: int = 60) -> tuple[str, ...]:
    """Return the ids of several rankings in one, by the sum of 1 / (k + rank) over them; ranks start at 1.

    Reciprocal rank fusion: Cormack, Clarke & Büttcher 2009. An id that a ranking lacks gets nothing from it; no
    rankings give no ids; of equals the one found first comes first.
    """
    scores: dict[str, float] = {}
    for ranking in rankings:
        for rank, identifier in enumerate(ranking, 1):
            scores[identifier] = scores.get(identifier, 0.0) + 1 / (k + rank)
    return tuple(sorted(scores, key=lambda identifier: -scores[identifier]))
