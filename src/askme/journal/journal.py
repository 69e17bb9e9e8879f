"""The journal of answers: noted in memory at once, written by one thread, kept in a file that outlives the process.

Notes are committed within `GATHER_SECONDS`. While the file can't be written to they wait, the newest `limit` of them;
answers never wait. Who asked is known by a hash with a salt that is random for each day (UTC) and wiped after it: one
can tell a visitor's questions of one day from another's, and nobody from an address.
"""

from __future__ import annotations

import atexit
import logging
import secrets
import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Literal, TextIO

from askme.errors import JournalError, RequestError
from askme.journal.database import Ledger, Rating
from askme.journal.records import MAX_TEXT, THUMBS, Record, Thumb, as_line, record_of
from askme.journal.writer import Note, NotWritten, Scribe, Signed, midnight, reason, remove_set_aside
from askme.text.periods import utc_now
from askme.text.tokenize import clean
from askme.types import Answer

GATHER_SECONDS = 0.05
"""Notes that come within this time are committed together."""
RETRY_SECONDS = 2.0
"""After a failure the file is left alone for so long."""
TEND_SECONDS = 60.0
"""How often one looks whether a new day has begun."""
_log = logging.getLogger(__name__)


def new_id() -> str:
    """Return an id for a record, which nobody can guess."""
    return secrets.token_hex(8)


class Journal:
    """Safe to use from several threads, and its file from several processes of one machine."""

    def __init__(
        self,
        path: Path,
        keep_days: int = 90,
        clock: Callable[[], datetime] = utc_now,
        limit: int = 1000,
    ) -> None:
        """Remember the place; nothing is opened yet. `limit` is how many notes may wait for the disk."""
        self.path, self.keep_days, self.clock, self._limit = path, keep_days, clock, limit
        self._scribe = Scribe(path, keep_days, clock)
        self._changed = threading.Condition()
        self._waiting: deque[Note] = deque()
        self._noted = self._settled = self._lost = self._failures = 0
        self._hurry = self._ending = False
        self._reason = ""
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to write, and to purge what is past retention, now and daily. The first note does it too."""
        with self._changed:
            if self._thread is None or not self._thread.is_alive():
                self._ending, self._hurry = False, True
                self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
                self._thread.start()
                atexit.register(self.close)

    def record(self, answer: Answer, visitor: str, identifier: str = "") -> str:
        """Note an answer and return the id it is known by: `identifier`, or a new one."""
        identifier = identifier or new_id()
        self.add(record_of(answer, identifier, self.clock()), visitor)
        return identifier

    def add(self, record: Record, visitor: str) -> None:
        """Note a record of the visitor's."""
        self._note(Signed(record, visitor))

    def rate(self, identifier: str, thumb: Thumb, comment: str = "") -> None:
        """Note what a visitor thinks of an answer; the last word counts.

        Raises:
            RequestError: there is no such thumb.
        """
        if thumb not in THUMBS:
            raise RequestError('a thumb is "up", "down" or ""')
        self._note(Rating(clean(identifier), thumb, clean(comment, MAX_TEXT)))

    def _note(self, note: Note) -> None:
        self.start()
        with self._changed:
            self._waiting.append(note)
            self._noted += 1
            self._drop()
            self._changed.notify_all()

    def _drop(self) -> None:
        while len(self._waiting) > self._limit:
            self._waiting.popleft()
            self._lost += 1
            self._settled += 1

    def flush(self, timeout: float = 10.0) -> bool:
        """Have everything written that was noted before; return whether all of it is committed."""
        with self._changed:
            if self._thread is None:
                return not self._waiting
            target, failures, lost = self._noted, self._failures, self._lost
            self._hurry = True
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._settled >= target or self._failures > failures, timeout)
            return self._settled >= target and self._lost == lost

    def close(self) -> None:
        """Write what waits, as far as that is possible, and end; a later note begins anew."""
        with self._changed:
            thread, self._ending = self._thread, True
            self._changed.notify_all()
        if thread is not None:
            thread.join(timeout=10)
            self._thread = None
            atexit.unregister(self.close)

    @property
    def problem(self) -> str:
        """What can't be or couldn't be kept, why, and how much; "" when nothing is missing."""
        with self._changed:
            lost = f"{self._lost} lost so far"
            if self._reason:
                return f"the journal can't be written ({self._reason}): {len(self._waiting)} notes wait, {lost}"
            return f"the journal couldn't always be written: {lost}" if self._lost else ""

    def _run(self) -> None:
        more = True
        while more or (self._waiting and not self._reason):
            batch, more = self._next()
            try:
                self._scribe.commit(batch)
            except NotWritten as error:
                self._failed(error)
            else:
                self._succeeded(len(batch))
        self._scribe.close()

    def _next(self) -> tuple[list[Note], bool]:
        """Return what to write, and whether to go on after it. Waits for notes, then a little for more of them.

        After a failure it waits longer; `flush` and the end wait for nothing.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._hurry or self._ending, TEND_SECONDS)
            pause = RETRY_SECONDS if self._reason else GATHER_SECONDS
            self._changed.wait_for(lambda: self._hurry or self._ending, pause)
            batch, self._hurry = list(self._waiting), False
            self._waiting.clear()
            return batch, not self._ending

    def _failed(self, error: NotWritten) -> None:
        with self._changed:
            self._waiting.extendleft(reversed(error.notes))
            self._failures += 1
            self._drop()
            self._changed.notify_all()
            if str(error) != self._reason:
                _log.warning("the journal can't be written (%s); answers go on, notes wait", error)
            self._reason = str(error)

    def _succeeded(self, count: int) -> None:
        with self._changed:
            self._settled += count
            self._changed.notify_all()
            if self._reason:
                _log.warning("the journal is written again; %d notes are lost so far", self._lost)
            self._reason = ""

    def events(self, since: datetime | None = None) -> tuple[Record, ...]:
        """Return what is kept, in the order of time.

        Raises:
            JournalError: the file is damaged, of a newer askme, or can't be read.
        """
        with self._opened() as ledger:
            return ledger.records(since) if ledger else ()

    def holds(self, identifier: str) -> bool:
        """Return whether there is such a record, on the disk.

        Raises:
            JournalError: as `events`.
        """
        with self._opened() as ledger:
            return ledger is not None and ledger.holds(identifier)

    def export(self, since: datetime | None, file: TextIO) -> int:
        """Write what is kept as JSON Lines; return how many."""
        found = self.events(since)
        file.writelines(as_line(record) + "\n" for record in found)
        return len(found)

    def own(self) -> tuple[str, tuple[Record, ...]]:
        """Return the file's name for good, "" when there is none, and the records that weren't taken in."""
        with self._opened() as ledger:
            return (ledger.name, ledger.records(origin="")) if ledger else ("", ())

    def take_in(self, records: Iterable[Record], origin: str) -> None:
        """Add records of another journal, but none past retention; of a known one, only its rating."""
        first = midnight(self.clock(), self.keep_days)
        with self._opened(create=True) as ledger:
            if ledger:
                ledger.write([record for record in records if record.at >= first], origin)

    def purge(self, before: datetime | Literal["all"]) -> int:
        """Wipe the records from before a moment, or all, and with these the damaged files; return how many records."""
        if before == "all":
            remove_set_aside(self.path)
        with self._opened() as ledger:
            return ledger.purge(None if before == "all" else before) if ledger else 0

    @contextmanager
    def _opened(self, create: bool = False) -> Iterator[Ledger | None]:
        """Give a connection of this thread's own, None when there is no file; what was noted before is in it."""
        self.flush()
        if not create and not self.path.exists():
            yield None
            return
        try:
            ledger = Ledger(self.path)
        except (sqlite3.Error, OSError) as error:
            raise JournalError(f"{self.path} can't be opened: {reason(error)}") from error
        try:
            yield ledger
        except sqlite3.Error as error:
            raise JournalError(f"{self.path} can't be used: {reason(error)}") from error
        finally:
            ledger.close()
