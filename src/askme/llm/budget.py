"""Money for the model: what was spent in this day and this month (UTC), held against ceilings in US dollars.

Spending is counted after the fact, so a ceiling can be overshot: by the answers that are being made when it is reached
(at most `ASKME_CONCURRENCY` a process) and by what other processes spend within a second. While neither disk nor Redis
can be used, each process holds its own spending, and what it knew of the others', in memory: then n processes may spend
up to n times what is left.
"""

from __future__ import annotations

import math
import secrets
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from askme.errors import StoreDown
from askme.llm.spend_store import FileTally, Share, SharedTally, Tally
from askme.storage.redis import connected
from askme.text.periods import utc_now

FILE = "budget.sqlite3"
FRESH_SECONDS = 1.0
"""How long what is known of the spending of others counts as news."""
_NANO = 10**9
_MOST = 1e6
"""Dollars that one answer may count as."""


@dataclass(frozen=True)
class Ceilings:
    """US dollars that may be spent in a day and in a month, None: any; and what an answer of unknown cost counts as."""

    day: float | None = None
    month: float | None = None
    assumed: float = 0.002


class Budget:
    """Safe to use from several threads; never raises. What can't be written down now waits in memory."""

    def __init__(
        self,
        tally: Tally,
        ceilings: Ceilings,
        now: Callable[[], datetime] = utc_now,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Nothing is read yet. `now` says which day it is, `clock` gives seconds and never goes back."""
        self._tally, self._ceilings, self._now, self._clock = tally, ceilings, now, clock
        self._lock, self._process = threading.Lock(), secrets.token_hex(6)
        self._known: dict[tuple[str, str], int] = {}
        self._unwritten: set[str] = set()
        self._open, self._stale_at, self._problem = True, -math.inf, ""

    @classmethod
    def of(cls, ceilings: Ceilings, data_dir: Path, redis_url: str = "") -> Budget:
        """Return a budget kept in Redis when there is one, else in `data_dir`.

        Raises:
            SettingsError: `redis_url` is no address of a Redis server.
        """
        return cls(SharedTally(connected(redis_url)) if redis_url else FileTally.at(data_dir / FILE), ceilings)

    def available(self) -> bool:
        """Whether a model may be paid for now. Cheap: reads once a second, and waits for no thread but the first."""
        unread = self._stale_at == -math.inf
        if self._clock() < self._stale_at or not self._lock.acquire(blocking=unread):
            return self._open
        try:
            self._settle()
        finally:
            self._lock.release()
        return self._open

    def spend(self, usd: float | None) -> None:
        """Count what an answer cost. A cost that isn't known counts as the assumed one; 0 is free."""
        cost = self._ceilings.assumed if usd is None or not math.isfinite(usd) else usd
        nano = round(min(max(0.0, cost), _MOST) * _NANO)
        with self._lock:
            for period in self._periods():
                mine = (period, self._process)
                self._known[mine] = self._known.get(mine, 0) + nano
                self._unwritten.add(period)
            self._settle()

    def state(self) -> str:
        """Return what was spent and what may be, in one line for people."""
        self.available()
        with self._lock:
            day, month = (self._total(period) / _NANO for period in self._periods())
        told = f"${day:.4f} {_of(self._ceilings.day)}today, ${month:.4f} {_of(self._ceilings.month)}this month"
        return f"{told}; not kept: {self._problem}" if self._problem else told

    def close(self) -> None:
        """Let go of what is open; the next use opens it again."""
        self._tally.close()

    def _settle(self) -> None:
        """Read what others spent, write down what isn't there, see whether that leaves anything. Under the lock."""
        periods = self._periods()
        try:
            self._take_in(self._tally.read(periods), periods)
            if self._unwritten:
                self._tally.merge(self._shares(self._unwritten))
                self._unwritten.clear()
            self._problem = ""
        except StoreDown as error:
            self._problem = str(error)
        ceilings = (self._ceilings.day, self._ceilings.month)
        self._open = all(_below(self._total(one), most) for one, most in zip(periods, ceilings, strict=True))
        self._stale_at = self._clock() + FRESH_SECONDS

    def _take_in(self, found: Iterable[Share], periods: Iterable[str]) -> None:
        """Know what was found; a period of which more was known, which has been lost there, is to be written again."""
        there = {(share.period, share.process): share.nano for share in found}
        wanted = self._unwritten.union(periods)
        known = {share: nano for share, nano in self._known.items() if share[0] in wanted}
        self._unwritten.update(share[0] for share, nano in known.items() if nano > there.get(share, 0))
        self._known = there | {share: max(nano, there.get(share, 0)) for share, nano in known.items()}

    def _shares(self, periods: Iterable[str]) -> list[Share]:
        return [Share(*share, nano) for share, nano in self._known.items() if share[0] in periods]

    def _total(self, period: str) -> int:
        return sum(nano for share, nano in self._known.items() if share[0] == period)

    def _periods(self) -> tuple[str, str]:
        """Return the names of this day and this month."""
        now = self._now()
        return f"{now:%Y-%m-%d}", f"{now:%Y-%m}"


def _below(nano: int, ceiling: float | None) -> bool:
    return ceiling is None or nano < ceiling * _NANO


def _of(ceiling: float | None) -> str:
    return "" if ceiling is None else f"of ${ceiling:.2f} "
