"""Where spending is written down, in shares: what each process has spent in a period. Their sum is what was spent.

A share only grows, and only its own process makes it grow. So putting two states together is taking the larger of each
share: writing one down twice changes nothing, and whoever knows a share can write it back where it was lost.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from askme.storage.redis import EXPIRE_SECONDS, Remote
from askme.storage.sqlite import Database

_SCHEMA = """
CREATE TABLE IF NOT EXISTS shares (
    period TEXT NOT NULL, process TEXT NOT NULL, nano INTEGER NOT NULL, PRIMARY KEY (period, process)) WITHOUT ROWID
"""
_READ = "SELECT process, nano FROM shares WHERE period = ? AND typeof(nano) = 'integer'"
_MERGE = """
INSERT INTO shares VALUES (:period, :process, :nano)
ON CONFLICT (period, process) DO UPDATE SET nano = max(nano, excluded.nano)
"""
_MERGE_LUA = """
for at = 2, #ARGV, 3 do
    local key, process, nano = ARGV[at], ARGV[at + 1], tonumber(ARGV[at + 2])
    local known = tonumber(redis.call('HGET', key, process) or '0') or 0
    redis.call('HSET', key, process, math.max(known, nano))
    redis.call('EXPIRE', key, ARGV[1])
end
"""


@dataclass(frozen=True)
class Share:
    """What a process has spent in a period, in billionths of a dollar, which add up exactly."""

    period: str
    process: str
    nano: int


class Tally(Protocol):
    """Shares, kept. Each method may raise StoreDown."""

    def merge(self, shares: Iterable[Share]) -> None:
        """Take over what is larger than before: of all shares or, when this raises, of none."""

    def read(self, periods: Iterable[str]) -> list[Share]:
        """Return all shares of these periods."""

    def close(self) -> None:
        """Let go of what is open; the next use opens it again."""


class FileTally:
    """Shares in a file, for the processes of one machine."""

    def __init__(self, database: Database) -> None:
        """Open nothing yet."""
        self._database = database

    @classmethod
    def at(cls, path: Path, clock: Callable[[], float] = time.monotonic) -> FileTally:
        """Return the tally in a file."""
        return cls(Database(path, _SCHEMA, 1, clock))

    def merge(self, shares: Iterable[Share]) -> None:
        """Take over what is larger than before: of all shares or, when this raises, of none."""
        rows = [vars(share) for share in shares]
        self._database.write(lambda base: base.executemany(_MERGE, rows))

    def read(self, periods: Iterable[str]) -> list[Share]:
        """Return all shares of these periods."""

        def found(base: sqlite3.Connection, period: str) -> list[Share]:
            return [Share(period, process, nano) for process, nano in base.execute(_READ, (period,))]

        return self._database.read(lambda base: [share for period in periods for share in found(base, period)])

    def close(self) -> None:
        """Close the file."""
        self._database.close()


class SharedTally:
    """Shares in Redis, for replicas: one hash for a period."""

    def __init__(self, remote: Remote) -> None:
        """Connect to nothing yet."""
        self._remote = remote

    def merge(self, shares: Iterable[Share]) -> None:
        """Take over what is larger than before: of all shares or, when this raises, of none."""
        told = [part for share in shares for part in (_key(share.period), share.process, share.nano)]
        self._remote.ask(lambda redis: redis.eval(_MERGE_LUA, 0, EXPIRE_SECONDS, *told))

    def read(self, periods: Iterable[str]) -> list[Share]:
        """Return all shares of these periods."""
        return [share for period in periods for share in self._of(period)]

    def _of(self, period: str) -> list[Share]:
        found = self._remote.ask(lambda redis: redis.hgetall(_key(period)))
        return [Share(period, process.decode(), int(nano)) for process, nano in found.items() if nano.isdigit()]

    def close(self) -> None:
        """Close the connections."""
        self._remote.close()


def _key(period: str) -> str:
    return f"askme:spent:{period}"
