"""What answers use of a model: tokens, calls, and what they cost."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

Price = tuple[float, float, float]
"""US dollars for a million tokens: of the prompt, of the prompt's cached part, of the completion."""
_DATED = re.compile(r"-\d{4}-\d\d-\d\d$")


@dataclass(frozen=True)
class Usage:
    """Tokens as the server counts them, `cached` part of `prompt`. Of the `calls`, `counted` came with their tokens."""

    prompt: int = 0
    cached: int = 0
    completion: int = 0
    calls: int = 0
    counted: int = 0

    def __add__(self, other: Usage) -> Usage:
        """Return the sum."""
        return Usage(
            self.prompt + other.prompt,
            self.cached + other.cached,
            self.completion + other.completion,
            self.calls + other.calls,
            self.counted + other.counted,
        )

    def cost(self, model: str, prices: Mapping[str, Price]) -> float | None:
        """Return the cost in US dollars, None when a price or the tokens of a call aren't known.

        A date at the end of a model's name is ignored.
        """
        price = prices.get(model) or prices.get(_DATED.sub("", model))
        if price is None or self.counted < self.calls:
            return None
        fresh = max(0, self.prompt - self.cached)
        return (fresh * price[0] + self.cached * price[1] + self.completion * price[2]) / 1e6
