"""Who is let in: questions and errands of visitors, counted in moving windows and held against their limits."""

from __future__ import annotations

import hashlib
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal, TypeAlias

from limits import RateLimitItem, RateLimitItemPerDay, RateLimitItemPerMinute
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import MovingWindowRateLimiter

from askme.errors import StoreDown
from askme.settings import Settings
from askme.storage.redis import Remote, connected
from askme.types import Message

Limit: TypeAlias = Literal["day", "minute", "all"]

MOST_KEYS = 20_000
"""Windows held in memory; beyond it those that have been left alone the longest are forgotten."""
_SAID: dict[Limit, Message] = {
    "day": Message(
        "谢谢您的关注！每位访客 24 小时内的提问次数已用完，请 {}后再来。",
        "Thank you for your interest! That is as many questions as one visitor can ask in 24 hours. "
        "Please come back in {}.",
    ),
    "minute": Message(
        "您问得有点快，请 {}后再问。", "That was a lot of questions in a short time. Please ask again in {}."
    ),
    "all": Message("现在提问的人很多，请 {}后再试。", "Many people are asking right now. Please try again in {}."),
}


@dataclass(frozen=True)
class Refusal:
    """Why a question isn't taken now: which limit, whole seconds until it may be asked again, what to tell."""

    limit: Limit
    seconds: int
    text: Message


@dataclass(frozen=True)
class Rule:
    """So many questions in so long a time, for a visitor or for everybody."""

    limit: Limit
    item: RateLimitItem

    def whose(self, visitor: str) -> str:
        """Return whom a question of `visitor` is counted for."""
        return "everybody" if self.limit == "all" else visitor


@dataclass(frozen=True)
class _Counts:
    """Where questions are counted, with the clock that its times are of."""

    limiter: MovingWindowRateLimiter
    clock: Callable[[], float]


class Quota:
    """Counts questions, in Redis when there is one, else in memory. Safe to use from several threads; never raises."""

    def __init__(
        self,
        rules: tuple[Rule, ...],
        remote: Remote | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`rules` in the order in which they are told; `clock` gives seconds and never goes back."""
        self._rules, self._remote = rules, remote
        self._own = _Counts(MovingWindowRateLimiter(_Memory(clock)), clock)
        self._shared = self._own
        if remote:
            storage = RedisStorage("redis://", connection_pool=remote.client.connection_pool, key_prefix="askme:limits")
            self._shared = _Counts(MovingWindowRateLimiter(storage), time.time)

    @classmethod
    def of(
        cls,
        per_minute: int,
        per_day: int,
        all_per_minute: int,
        redis_url: str = "",
        clock: Callable[[], float] = time.monotonic,
    ) -> Quota:
        """Return limits for one visitor in a minute and in 24 hours, and for all in a minute; 0: no such limit.

        Raises:
            SettingsError: `redis_url` is no address of a Redis server.
        """
        rules = (
            Rule("day", RateLimitItemPerDay(per_day)),
            Rule("minute", RateLimitItemPerMinute(per_minute)),
            Rule("all", RateLimitItemPerMinute(all_per_minute)),
        )
        remote = connected(redis_url, clock) if redis_url else None
        return cls(tuple(rule for rule in rules if rule.item.amount > 0), remote, clock)

    def admit(self, visitor: str) -> Refusal | None:
        """Count a question of `visitor` (see `visitor_key`) and return None, or say why not; then it counts nowhere."""
        if self._remote:
            with suppress(StoreDown):
                return self._remote.ask(lambda _: self._decide(self._shared, visitor))
        return self._decide(self._own, visitor)

    def close(self) -> None:
        """Close the connections."""
        if self._remote:
            self._remote.close()

    def _decide(self, counts: _Counts, visitor: str) -> Refusal | None:
        """Look at all limits, then take from all; between the two another question may take the last place."""
        for allowed in (counts.limiter.test, counts.limiter.hit):
            for rule in self._rules:
                if not allowed(rule.item, rule.whose(visitor)):
                    return _refusal(rule, visitor, counts)
        return None


class _Memory(MemoryStorage):
    """Moving windows in this process.

    The library's own keep every key for ever, and by the wall clock: one that goes back a day locks everybody out for
    a day.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__()
        self._clock, self._lock = clock, threading.Lock()
        self._windows: OrderedDict[str, list[float]] = OrderedDict()

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Take `amount` places of `limit` in the last `expiry` seconds, or none."""
        with self._lock:
            times = self._within(key, expiry)
            if len(times) + amount > limit:
                return False
            self._windows[key] = times + [self._clock()] * amount
            self._windows.move_to_end(key)
            while len(self._windows) > MOST_KEYS:
                self._windows.popitem(last=False)
            return True

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """Return when the window began, and the places taken in it."""
        with self._lock:
            times = self._within(key, expiry)
        return times[0] if times else self._clock(), len(times)

    def _within(self, key: str, expiry: int) -> list[float]:
        start = self._clock() - expiry
        return [time for time in self._windows.get(key, ()) if time > start]


def visitor_key(session: str, address: str) -> str:
    """Return what a visitor is counted under: tells neither the session nor the address."""
    told_apart = f"{len(session)}:{session}{address}"
    return hashlib.sha256(told_apart.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _refusal(rule: Rule, visitor: str, counts: _Counts) -> Refusal:
    window = rule.item.get_expiry()
    left = counts.limiter.get_window_stats(rule.item, rule.whose(visitor)).reset_time - counts.clock()
    seconds = min(window, max(1, math.ceil(left)))
    wait, said = _wait(seconds), _SAID[rule.limit]
    return Refusal(rule.limit, seconds, Message(said.zh.format(wait.zh), said.en.format(wait.en)))


def _wait(seconds: int) -> Message:
    """Return a time in words, rounded up: seconds up to 90, then minutes up to 90, then hours."""
    if seconds <= 90:
        return Message(f"{seconds} 秒", f"{seconds} second{'s' if seconds > 1 else ''}")
    if seconds <= 90 * 60:
        return Message(f"{math.ceil(seconds / 60)} 分钟", f"{math.ceil(seconds / 60)} minutes")
    return Message(f"{math.ceil(seconds / 3600)} 小时", f"{math.ceil(seconds / 3600)} hours")


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
