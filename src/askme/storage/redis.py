"""Redis, where replicas keep what they share: it answers quickly or is left alone for a while."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

from askme.errors import SettingsError, StoreDown
from askme.storage.circuit_breaker import Health

if TYPE_CHECKING:
    from redis import Redis

PATIENCE = 1.0
"""Seconds to connect, and seconds to wait for a reply."""
EXPIRE_SECONDS = 40 * 24 * 3600
"""How long what concerns a month is kept after the last change: longer than any month."""
LEFT_ALONE = 30.0
"""Seconds for which a server that failed isn't asked."""
T = TypeVar("T")


class Remote:
    """One Redis server (not a cluster). Safe to use from several threads; the log never sees its address."""

    def __init__(self, url: str, what: str, clock: Callable[[], float] = time.monotonic) -> None:
        """Connect to nothing yet; `what` is it for, as the log calls it.

        Raises:
            SettingsError: `url` is no address of a Redis server.
        """
        from redis import Redis  # noqa: PLC0415 (70 ms, only with ASKME_REDIS_URL)
        from redis.backoff import NoBackoff  # noqa: PLC0415
        from redis.exceptions import ConnectionError, RedisError  # noqa: A004, PLC0415
        from redis.retry import Retry  # noqa: PLC0415

        once = Retry(NoBackoff(), 1, (ConnectionError,))  # the server may have restarted since a connection was made
        try:
            self.client: Redis = Redis.from_url(
                url, socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE, retry=once
            )
        except ValueError:
            raise SettingsError("ASKME_REDIS_URL: use redis://, rediss:// or unix://; mend or unset it") from None
        self._failures = (RedisError, OSError)
        self._health = Health(f"Redis ({what})", clock)

    def ask(self, work: Callable[[Any], T]) -> T:
        """Return what `work` makes of the client.

        Raises:
            StoreDown: the server failed, or did so a moment ago.
        """
        if not self._health.available():
            raise StoreDown("resting", self._health.problem)
        try:
            result = work(self.client)
        except self._failures as error:
            down = StoreDown("down", f"can't be used ({error.__class__.__name__})", LEFT_ALONE)
            self._health.failed(down)
            raise down from error
        self._health.good()
        return result

    def close(self) -> None:
        """Close the connections; the next call opens them again."""
        self.client.close()


def connected(url: str, clock: Callable[[], float] = time.monotonic) -> Remote:
    """Return this process's one way to a server: what has failed for limits isn't waited for again by the budget.

    Raises:
        SettingsError: `url` is no address of a Redis server.
    """
    return _connected(url, clock)


@lru_cache(maxsize=8)
def _connected(url: str, clock: Callable[[], float]) -> Remote:
    return Remote(url, "limits, budget, kept answers", clock)
