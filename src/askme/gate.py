"""Who is let in: the questions and the errands of visitors, held against their limits."""

from __future__ import annotations

from askme.quota import Quota, Refusal
from askme.settings import Settings

ERRANDS, ERRANDS_OF_ALL = 60, 1200
"""Errands in a minute, of one visitor and of all: far more than anybody clicks, far less than a program could send."""


class Gate:
    """Knows a visitor by the key that `quota.visitor_key` makes. Safe to use from several threads; never raises."""

    def __init__(self, settings: Settings) -> None:
        """Count in Redis when there is one; errands always in this process.

        Raises:
            SettingsError: the address of Redis is none.
        """
        url = settings.redis_url.get_secret_value()
        self._questions = Quota.of(settings.per_minute, settings.per_day, settings.all_per_minute, url)
        self._errands = Quota.of(ERRANDS, 0, ERRANDS_OF_ALL)

    def question(self, visitor: str) -> Refusal | None:
        """Count a question and return None, or say why it isn't taken. May wait for Redis, a second at most."""
        return self._questions.admit(visitor)

    def errand(self, visitor: str) -> bool:
        """Count an errand; whether it may be done."""
        return self._errands.admit(visitor) is None

    def close(self) -> None:
        """Close the connections; the next question opens them again."""
        self._questions.close()
