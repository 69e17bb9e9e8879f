"""The journal's file: one SQLite database with its schema, brought up to date when older, set aside when broken."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from askme.errors import JournalError
from askme.journal.records import Record, Thumb
from askme.storage.private_files import private_file, private_folder
from askme.storage.sqlite import alone, changing, connect, identity, is_broken, move_aside, tune, version_of

STEPS: tuple[tuple[str, ...], ...] = (
    (
        "CREATE TABLE records (id TEXT PRIMARY KEY, at TEXT NOT NULL, language TEXT NOT NULL, status TEXT NOT NULL, "
        "mode TEXT NOT NULL, question TEXT NOT NULL, standalone_question TEXT NOT NULL, cites TEXT NOT NULL, "
        "retrieved TEXT NOT NULL, fallback TEXT NOT NULL, timings_ms TEXT NOT NULL, usage TEXT NOT NULL, "
        "visitor TEXT NOT NULL, thumb TEXT NOT NULL, comment TEXT NOT NULL)",
        "CREATE INDEX records_at ON records (at)",
        "CREATE TABLE salts (day TEXT PRIMARY KEY, salt BLOB NOT NULL)",
    ),
    (
        "ALTER TABLE records ADD COLUMN origin TEXT NOT NULL DEFAULT ''",
        "CREATE TABLE identity AS SELECT lower(hex(randomblob(4))) AS name",
    ),
)
"""Each step takes the schema one version further; a released one is never changed."""
SCHEMA = len(STEPS)
BUSY_SECONDS = 5
"""How long one waits for another process's write."""
_COLUMNS = (
    *("id", "at", "language", "status", "mode", "question", "standalone_question", "cites", "retrieved"),
    *("fallback", "timings_ms", "usage", "visitor", "thumb", "comment"),
)
_AS_JSON = frozenset(("cites", "retrieved", "timings_ms", "usage"))
_PUT = (
    f"INSERT INTO records ({', '.join(_COLUMNS)}, origin) VALUES ({', '.join('?' * (len(_COLUMNS) + 1))}) "  # noqa: S608
    "ON CONFLICT (id) DO UPDATE SET thumb = excluded.thumb, comment = excluded.comment WHERE excluded.thumb <> ''"
)
_RATE = "UPDATE records SET thumb = ?, comment = ?, origin = '' WHERE id = ?"
_SELECT = f"SELECT {', '.join(_COLUMNS)} FROM records"  # noqa: S608 (names of our own)


@dataclass(frozen=True)
class Rating:
    """What a visitor thought of an answer."""

    id: str
    thumb: Thumb
    comment: str


class Ledger:
    """One connection to the file, for one thread. Whatever SQLite raises goes through."""

    def __init__(self, path: Path) -> None:
        """Open the file, make it or bring it up to date.

        Raises:
            JournalError: it was written by a newer askme.
            sqlite3.Error, OSError: it can't be opened or written to; `sqlite.is_broken` tells whether it is damaged.
        """
        private_folder(path.parent)
        private_file(path)
        self._path, self._base = path, connect(path, BUSY_SECONDS)
        try:
            self._set_up()
        except BaseException:
            self._base.close()
            raise
        self._identity = identity(path)

    def _set_up(self) -> None:
        """Prepare the connection: synchronous=FULL keeps what is committed over a power cut, secure_delete wipes."""
        version = version_of(self._base)
        if version > SCHEMA:
            raise JournalError(
                f"{self._path} has schema {version}, this askme knows {SCHEMA}: update askme or move the file away"
            )
        tune(self._base, "FULL")
        self._base.execute("PRAGMA secure_delete = ON")
        if version < SCHEMA:
            self._migrate()
        try:
            self._base.execute(f"{_SELECT} LIMIT 0")
            self._base.execute("SELECT name FROM identity, salts LIMIT 0")
        except sqlite3.OperationalError as error:
            raise sqlite3.DatabaseError(f"not a journal: {error}") from error

    def _migrate(self) -> None:
        with changing(self._base):
            version = version_of(self._base)  # another process may have been at it
            for statement in (statement for step in STEPS[version:] for statement in step):
                self._base.execute(statement)
            self._base.execute(f"PRAGMA user_version = {SCHEMA}")

    def close(self) -> None:
        """Close the connection."""
        self._base.close()

    @property
    def in_place(self) -> bool:
        """Whether the file is still where it was opened: SQLite goes on writing to one that was deleted."""
        return identity(self._path) == self._identity

    def prove(self) -> None:
        """Read through the file.

        Raises:
            sqlite3.DatabaseError: it is damaged.
        """
        told = str(self._base.execute("PRAGMA quick_check(1)").fetchone()[0])
        if told != "ok":
            raise sqlite3.DatabaseError(told.splitlines()[0])

    def write(self, changes: Iterable[Record | Rating], origin: str = "") -> None:
        """Commit all changes at once. A record that is there already only takes over a rating."""
        with changing(self._base):
            for change in changes:
                if isinstance(change, Rating):
                    self._base.execute(_RATE, (change.thumb, change.comment, change.id))
                else:
                    self._base.execute(_PUT, (*_row(change), origin))

    def salt(self, day: str, proposed: bytes) -> bytes:
        """Return the day's salt, `proposed` when no process has made one yet."""
        with changing(self._base):
            self._base.execute("INSERT OR IGNORE INTO salts VALUES (?, ?)", (day, proposed))
            return bytes(self._base.execute("SELECT salt FROM salts WHERE day = ?", (day,)).fetchone()[0])

    def forget_salts(self, before: str) -> None:
        """Wipe the salts of days before `before`."""
        self._wipe("DELETE FROM salts WHERE day < ?", before)

    def purge(self, before: datetime | None) -> int:
        """Wipe records from before a moment, None: all; return how many."""
        return self._wipe("DELETE FROM records WHERE at < ?", _moment(before) if before else "~")

    def _wipe(self, statement: str, argument: str) -> int:
        """Delete, and shorten the write-ahead log, which holds what was deleted until then."""
        with changing(self._base):
            count = self._base.execute(statement, (argument,)).rowcount
        if count:
            self._base.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return count

    def records(self, since: datetime | None = None, origin: str | None = None) -> tuple[Record, ...]:
        """Return the records from a moment on, in the order of time; with `origin`, those that came from there."""
        found = self._base.execute(
            f"{_SELECT} WHERE at >= ? AND (? IS NULL OR origin = ?) ORDER BY at, rowid",
            (_moment(since) if since else "", origin, origin),
        )
        return tuple(_record(row) for row in found)

    def holds(self, identifier: str) -> bool:
        """Return whether there is such a record."""
        return self._base.execute("SELECT 1 FROM records WHERE id = ?", (identifier,)).fetchone() is not None

    @property
    def name(self) -> str:
        """What tells this file from all others, also from the next one in its place: 8 hex digits."""
        return str(self._base.execute("SELECT name FROM identity").fetchone()[0])


def set_aside(path: Path, day: str) -> Path | None:
    """Move a damaged file out of the way, to PATH.broken-DAY; None when another process has done so already."""
    with alone(path, BUSY_SECONDS):
        if not _is_damaged(path):
            return None
        taken = len(list(path.parent.glob(f"{path.name}.broken-{day}*")))
        aside = path.with_name(f"{path.name}.broken-{day}" + (f".{taken + 1}" if taken else ""))
        move_aside(path, aside)
        return aside


def _is_damaged(path: Path) -> bool:
    if not path.exists():
        return False
    try:
        ledger = Ledger(path)
    except sqlite3.DatabaseError as error:
        return is_broken(error)
    try:
        ledger.prove()
    except sqlite3.DatabaseError as error:
        return is_broken(error)
    finally:
        ledger.close()
    return False


def _moment(at: datetime) -> str:
    """Return a time so that the order of texts is that of times."""
    return at.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _row(record: Record) -> tuple[Any, ...]:
    def value(name: str) -> Any:
        held = getattr(record, name)
        return json.dumps(held, ensure_ascii=False) if name in _AS_JSON else held

    return (record.id, _moment(record.at), *(value(name) for name in _COLUMNS[2:]))


def _record(row: tuple[Any, ...]) -> Record:
    held = {name: json.loads(value) if name in _AS_JSON else value for name, value in zip(_COLUMNS, row, strict=True)}
    at = datetime.strptime(held["at"], "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=timezone.utc)
    lists = {name: tuple(held[name]) for name in ("cites", "retrieved")}
    return Record(**held | lists | {"at": at})
