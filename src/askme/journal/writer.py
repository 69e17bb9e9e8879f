"""Writes the journal's notes into its file: signs them with the day's salt, starts over when the file is damaged."""

from __future__ import annotations

import hashlib
import logging
import secrets
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TypeAlias

from askme.errors import JournalError
from askme.journal.database import Ledger, Rating, set_aside
from askme.journal.records import Record
from askme.storage.sqlite import is_broken

TRIES = 3
"""How often in a row a file may turn out damaged, gone or replaced before the notes wait."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Signed:
    """A record and the visitor it is to be signed with, who never reaches the disk."""

    record: Record
    visitor: str


Note: TypeAlias = Signed | Record | Rating


def midnight(at: datetime, days_before: int = 0) -> datetime:
    """Return the beginning of a moment's day in UTC, or of one so many days before it."""
    day = at.astimezone(timezone.utc).replace(hour=0, minute=0, second=0, microsecond=0)
    return day - timedelta(days=days_before)


class Scribe:
    """For one thread. Opens the file when there is something to do, and again when it is no longer the same."""

    def __init__(self, path: Path, keep_days: int, clock: Callable[[], datetime]) -> None:
        """Remember the place; nothing is opened yet."""
        self._path, self._keep_days, self._clock = path, keep_days, clock
        self._ledger: Ledger | None = None
        self._salts: dict[str, bytes] = {}
        self._tended: datetime | None = None

    def commit(self, notes: list[Note]) -> list[Record | Rating]:
        """Write all notes at once; return them as they were written.

        Raises:
            NotWritten: the file can't be written to; holds the notes, signed.
        """
        try:
            return self._commit(notes)
        except (sqlite3.Error, OSError, JournalError) as error:
            self.close()
            raise NotWritten(reason(error), [self._signed(note) for note in notes]) from error

    def _commit(self, notes: list[Note]) -> list[Record | Rating]:
        for _attempt in range(TRIES):
            try:
                ledger = self._opened()
                signed = [self._signed(note) for note in notes]
                self._tend(ledger)
                if signed:
                    ledger.write(signed)
            except sqlite3.DatabaseError as error:
                self.close()
                if not is_broken(error):
                    raise
                self._set_aside(error)
            else:
                if ledger.in_place:
                    return signed
                self.close()
                _log.warning("%s was replaced or cut short while open: opened again", self._path.name)
        raise JournalError("it gets damaged again and again")

    def close(self) -> None:
        """Close the file; the next note opens it again."""
        if self._ledger is not None:
            self._ledger.close()
        self._ledger, self._tended = None, None

    def _opened(self) -> Ledger:
        if self._ledger is None:
            self._ledger = Ledger(self._path)
            self._ledger.prove()
            self._salts = {day: self._ledger.salt(day, salt) for day, salt in self._salts.items()}
        return self._ledger

    def _set_aside(self, error: sqlite3.Error) -> None:
        aside = set_aside(self._path, midnight(self._clock()).date().isoformat())
        if aside is not None:
            _log.warning("%s is damaged (%s): set aside as %s, a new one begun", self._path.name, error, aside.name)

    def _signed(self, note: Note) -> Record | Rating:
        """Sign a record with its visitor's hash: BLAKE2b keyed with the salt of the day, 64 bits."""
        if not isinstance(note, Signed):
            return note
        if not note.visitor:
            return note.record
        key = self._salt(note.record.day)
        digest = hashlib.blake2b(note.visitor.encode("utf-8", "replace"), key=key, digest_size=8)
        return replace(note.record, visitor=digest.hexdigest())

    def _salt(self, day: str) -> bytes:
        """Return the salt of a day, which processes share through the file; without it, one of this process alone."""
        if day not in self._salts:
            proposed = secrets.token_bytes(32)
            self._salts[day] = self._ledger.salt(day, proposed) if self._ledger else proposed
        return self._salts[day]

    def _tend(self, ledger: Ledger) -> None:
        """Once a day: wipe salts of days that are over, and what is past retention, by whole days."""
        today = midnight(self._clock())
        if self._tended == today:
            return
        first = midnight(today, self._keep_days)
        self._salts = {day: salt for day, salt in self._salts.items() if day >= today.date().isoformat()}
        ledger.forget_salts(today.date().isoformat())
        count = ledger.purge(first)
        if count:
            _log.info("journal: %d records past %d days wiped", count, self._keep_days)
        remove_set_aside(self._path, first)
        self._tended = today


class NotWritten(JournalError):
    """The notes couldn't be written; the message says why."""

    def __init__(self, why: str, notes: list[Record | Rating]) -> None:
        """Keep the notes for the next try."""
        super().__init__(why)
        self.notes = notes


def remove_set_aside(path: Path, before: datetime | None = None) -> None:
    """Remove damaged files that were set aside before a day, None: all."""
    for aside in path.parent.glob(f"{path.name}.broken-*"):
        day = aside.name.removeprefix(f"{path.name}.broken-")[:10]
        if before is None or day < before.date().isoformat():
            with suppress(OSError):
                aside.unlink()


def reason(error: Exception) -> str:
    """Return why a file can't be used, in the words of SQLite or of the system."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return str(error) or type(error).__name__
