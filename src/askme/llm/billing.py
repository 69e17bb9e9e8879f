"""What the model may cost: the budget together with the prices."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from askme.llm.budget import Budget, Ceilings
from askme.llm.usage import Usage
from askme.settings import Settings
from askme.types import SPENT

BYTES_PER_TOKEN = 2.5
"""Of texts to embed, whose tokens the client doesn't tell: rather too many tokens than too few, in either language."""
_log = logging.getLogger(__name__)


class Purse:
    """Pays for one chat model and one embedding model. Safe to use from several threads; never raises."""

    def __init__(self, budget: Budget, settings: Settings) -> None:
        """Take names and prices of the models from the settings."""
        self._budget, self._prices = budget, settings.prices
        self._chat, self._embedding = settings.chat_model, settings.embedding_model
        self._told = False

    @classmethod
    def of(cls, settings: Settings) -> Purse:
        """Return the purse of these settings, whose budget all processes share that have their Redis or data folder."""
        day, month = settings.budget_day_usd or None, settings.budget_month_usd or None
        ceilings = Ceilings(day, month, settings.assumed_usd)
        return cls(Budget.of(ceilings, settings.data_dir, settings.redis_url.get_secret_value()), settings)

    @property
    def open(self) -> bool:
        """Whether the model may be paid for now; the log hears once that it may not any more."""
        found = self._budget.available()
        if not found and not self._told:
            _log.warning("%s (%s); answers go on without it", SPENT, self._budget.state())
        self._told = not found
        return found

    @property
    def state(self) -> str:
        """What was spent and what may be, in one line for people."""
        return self._budget.state()

    @property
    def remedy(self) -> str:
        """What is wrong when it isn't open, and what to do about it."""
        return f"{SPENT} ({self.state}); raise ASKME_BUDGET_DAY_USD or ASKME_BUDGET_MONTH_USD"

    def cost(self, usage: Usage) -> float | None:
        """Return what an answer cost in US dollars, None when that isn't known."""
        return usage.cost(self._chat, self._prices)

    def answered(self, usage: Usage) -> None:
        """Pay for an answer, however far it came; one that asked nothing of the model is free."""
        if usage.calls:
            self._budget.spend(self.cost(usage))

    def embedded(self, texts: Iterable[str]) -> None:
        """Pay for texts that were embedded, at a guess of their tokens; without a price they are free."""
        tokens = sum(len(text.encode("utf-8", "replace")) for text in texts) / BYTES_PER_TOKEN
        price = self._prices.get(self._embedding)
        if price:
            self._budget.spend(tokens * price[0] / 1e6)

    def close(self) -> None:
        """Let go of what is open; the next use opens it again."""
        self._budget.close()
