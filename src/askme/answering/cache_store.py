"""Where answers are kept, as bytes: in a file or in Redis, both bounded; what was used the longest ago goes first."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from askme.storage.redis import EXPIRE_SECONDS, Remote
from askme.storage.sqlite import Database

_SCHEMA = """
CREATE TABLE IF NOT EXISTS answers (
    fingerprint TEXT NOT NULL, key TEXT NOT NULL, body BLOB NOT NULL, used INTEGER NOT NULL, bytes INTEGER NOT NULL,
    PRIMARY KEY (fingerprint, key));
CREATE INDEX IF NOT EXISTS answers_used ON answers (used, bytes);
"""
_NEXT = "(SELECT coalesce(max(used), 0) + 1 FROM answers)"
_GET = "SELECT CAST(body AS BLOB) FROM answers WHERE fingerprint = ? AND key = ?"
_PUT = f"INSERT OR REPLACE INTO answers VALUES (?, ?, ?, {_NEXT}, ?)"  # noqa: S608 (a text of our own)
_TOUCH = f"UPDATE answers SET used = {_NEXT} WHERE fingerprint = ? AND key = ?"  # noqa: S608
_DROP = "DELETE FROM answers WHERE fingerprint = ? AND key = ?"
_TRIM = """
DELETE FROM answers WHERE used IN (SELECT used FROM (
    SELECT used, row_number() OVER newest AS place, sum(bytes) OVER newest AS total FROM answers
    WINDOW newest AS (ORDER BY used DESC)) WHERE place > ? OR total > ?)
"""

_FINGERPRINTS = "askme:answers"
_TURN_LUA = "((redis.call('ZREVRANGE', KEYS[2], 0, 0, 'WITHSCORES')[2] or 0) + 1)"
_GET_LUA = f"""
local body = redis.call('HGET', KEYS[1], ARGV[1])
if body then redis.call('ZADD', KEYS[2], 'XX', {_TURN_LUA}, ARGV[1]) end
return body
"""
_PUT_LUA = f"""
local bodies, order, size, key, body = KEYS[1], KEYS[2], KEYS[3], ARGV[1], ARGV[2]
local whole = redis.call('ZCARD', order) == redis.call('HLEN', bodies) and redis.call('EXISTS', size) == 1
if not whole then redis.call('DEL', bodies, order, size) end
local bytes = redis.call('INCRBY', size, #body - redis.call('HSTRLEN', bodies, key))
redis.call('HSET', bodies, key, body)
redis.call('ZADD', order, {_TURN_LUA}, key)
while redis.call('ZCARD', order) > tonumber(ARGV[3]) or bytes > tonumber(ARGV[4]) do
    local oldest = redis.call('ZPOPMIN', order)[1]
    if not oldest then redis.call('DEL', bodies, size) break end
    bytes = redis.call('DECRBY', size, redis.call('HSTRLEN', bodies, oldest))
    redis.call('HDEL', bodies, oldest)
end
for _, name in ipairs(KEYS) do redis.call('EXPIRE', name, ARGV[5]) end
"""
_DROP_LUA = """
redis.call('DECRBY', KEYS[3], redis.call('HSTRLEN', KEYS[1], ARGV[1]))
redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('ZREM', KEYS[2], ARGV[1])
"""


@dataclass(frozen=True)
class Bounds:
    """How much is kept: answers, and bytes of them."""

    entries: int = 2000
    bytes: int = 20_000_000


class Shelf(Protocol):
    """The answers of one fingerprint. Each method may raise StoreDown."""

    def get(self, key: str) -> bytes | None:
        """Return what is kept; that counts as using it."""

    def put(self, key: str, body: bytes) -> None:
        """Keep it; what is beyond the bounds goes, and with the first what other fingerprints have left."""

    def drop(self, key: str) -> None:
        """Keep it no longer."""

    def close(self) -> None:
        """Let go of what is open; the next use opens it again."""


class FileShelf:
    """Answers in a file, which the processes of a machine share. Which were used is written down with the next put."""

    def __init__(self, database: Database, fingerprint: str, bounds: Bounds) -> None:
        """Open nothing yet."""
        self._database, self._fingerprint, self._bounds = database, fingerprint, bounds
        self._used: dict[str, None] = {}
        self._tidy = False

    @classmethod
    def at(cls, path: Path, fingerprint: str, bounds: Bounds, clock: Callable[[], float] = time.monotonic) -> FileShelf:
        """Return the shelf in a file."""
        return cls(Database(path, _SCHEMA, 1, clock), fingerprint, bounds)

    def get(self, key: str) -> bytes | None:
        """Return what is kept; that counts as using it."""
        row = self._database.read(lambda base: base.execute(_GET, (self._fingerprint, key)).fetchone())
        if row is None:
            return None
        self._used.pop(key, None)
        self._used[key] = None
        return bytes(row[0])

    def put(self, key: str, body: bytes) -> None:
        """Keep it; what is beyond the bounds goes, and with the first what other fingerprints have left."""
        used = [(self._fingerprint, one) for one in tuple(self._used)]
        self._used = {}

        def change(base: sqlite3.Connection) -> None:
            if not self._tidy:
                base.execute("DELETE FROM answers WHERE fingerprint <> ?", (self._fingerprint,))
            base.executemany(_TOUCH, used)
            base.execute(_PUT, (self._fingerprint, key, body, len(body)))
            base.execute(_TRIM, (self._bounds.entries, self._bounds.bytes))

        self._database.write(change)
        self._tidy = True

    def drop(self, key: str) -> None:
        """Keep it no longer."""
        self._database.write(lambda base: base.execute(_DROP, (self._fingerprint, key)))

    def close(self) -> None:
        """Close the file."""
        self._database.close()


class SharedShelf:
    """Answers in Redis, which replicas share: three keys a fingerprint, and one that lists the fingerprints."""

    def __init__(self, remote: Remote, fingerprint: str, bounds: Bounds) -> None:
        """Connect to nothing yet."""
        self._remote, self._fingerprint, self._bounds = remote, fingerprint, bounds
        self._tidy = False

    def get(self, key: str) -> bytes | None:
        """Return what is kept; that counts as using it."""
        found: bytes | None = self._run(_GET_LUA, key)
        return found

    def put(self, key: str, body: bytes) -> None:
        """Keep it; what is beyond the bounds goes, and with the first what other fingerprints have left."""
        if not self._tidy:
            self._remote.ask(self._forget_others)
            self._tidy = True
        self._run(_PUT_LUA, key, body, self._bounds.entries, self._bounds.bytes, EXPIRE_SECONDS)

    def drop(self, key: str) -> None:
        """Keep it no longer."""
        self._run(_DROP_LUA, key)

    def close(self) -> None:
        """Close the connections."""
        self._remote.close()

    def _run(self, script: str, *arguments: str | bytes | int) -> Any:
        keys = _keys(self._fingerprint)
        return self._remote.ask(lambda redis: redis.eval(script, len(keys), *keys, *arguments))

    def _forget_others(self, redis: Any) -> None:
        for other in redis.smembers(_FINGERPRINTS) - {self._fingerprint.encode()}:
            redis.unlink(*_keys(other.decode()))
            redis.srem(_FINGERPRINTS, other)
        redis.sadd(_FINGERPRINTS, self._fingerprint)


def _keys(fingerprint: str) -> list[str]:
    return [f"{_FINGERPRINTS}:{fingerprint}:{part}" for part in ("bodies", "order", "bytes")]
