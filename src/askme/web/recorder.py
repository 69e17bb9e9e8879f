"""What of the visitors' questions goes into the journal: all of it that they didn't ask to be left out.

Nothing here waits for the disk but a rating, whose visitor is told whether it was kept. Nothing here raises: a
journal that fails is never a visitor's trouble.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from askme.journal.hub_sync import Keeping, keep_in_dataset
from askme.journal.journal import Journal, new_id
from askme.journal.records import unanswered
from askme.settings import Settings
from askme.storage.private_files import private_folder
from askme.types import Answer
from askme.web.session import MOST_COMMENT, Exchange

_log = logging.getLogger(__name__)


def journal_of(settings: Settings) -> Journal:
    """Return the journal of the data folder; nothing is opened yet."""
    return Journal(settings.data_dir / "journal" / "journal.sqlite", settings.journal_days)


class Keeper:
    """The journal of one process and its copy on the hub; with `ASKME_JOURNAL_DAYS=0` it keeps nothing."""

    def __init__(self, settings: Settings) -> None:
        """Remember what to keep; nothing is opened before `open` or the first question."""
        self._settings = settings
        self.journal = journal_of(settings) if settings.journal_days else None
        self._keeping: Keeping | None = None

    @asynccontextmanager
    async def open(self, _app: object = None) -> AsyncIterator[None]:
        """Keep the journal, and its copy on the hub, for as long as an application runs; entering waits for neither."""
        self._try(self._begin)
        try:
            yield
        finally:
            await asyncio.to_thread(self._try, self._end)

    def _begin(self) -> None:
        if self.journal is None:
            threading.Thread(target=self._try, args=(self._wipe,), name="journal", daemon=True).start()
            return
        with suppress(OSError):  # the journal tells by itself what it can't write to
            private_folder(self._settings.data_dir)
        self.journal.start()
        made = self._settings
        if made.has_dataset:
            token = made.hf_token.get_secret_value()
            self._keeping = keep_in_dataset(self.journal, made.journal_dataset, token, made.journal_minutes)
        elif made.journal_dataset:
            _log.warning("ASKME_JOURNAL_DATASET is set and HF_TOKEN isn't: the journal stays on this disk")

    def _wipe(self) -> None:
        count = journal_of(self._settings).purge("all")
        if count:
            _log.warning("nothing is to be kept: %d questions of earlier days wiped", count)

    def _end(self) -> None:
        if self._keeping:
            self._keeping.stop()
        if self.journal:
            self.journal.close()

    @property
    def failing(self) -> bool:
        """Whether something can't be kept now; the log says what and why."""
        return bool((self.journal and self.journal.problem) or (self._keeping and self._keeping.problem))

    def ticket(self, wanted: bool) -> str:
        """Return the id that a question will be known by in the journal, "" when it isn't to be kept."""
        return new_id() if self.journal and wanted else ""

    def note(self, exchange: Exchange, visitor: str) -> None:
        """Note an exchange that came to its end, whichever; one without a ticket isn't kept."""
        if exchange.record:
            self._try(lambda: self._note(exchange, visitor))

    def _note(self, exchange: Exchange, visitor: str) -> None:
        if self.journal is None or exchange.end not in ("", "stopped", "failed"):
            return
        if exchange.answer:
            self.journal.record(exchange.answer, visitor, exchange.record)
            return
        ending, now = exchange.end or "stopped", self.journal.clock()
        self.journal.add(unanswered(exchange.question, exchange.language, ending, exchange.record, now), visitor)

    def answered(self, answer: Answer, visitor: str) -> None:
        """Note an answer to a program."""
        journal = self.journal
        if journal:
            self._try(lambda: journal.record(answer, visitor))

    def rate(self, exchange: Exchange, sent: dict[str, Any]) -> bool:
        """Note what a visitor sent on an answer; return whether it is kept, on the disk."""
        thumb, comment = sent.get("thumb"), sent.get("comment")
        if not exchange.record or self.journal is None or thumb not in ("up", "down"):
            return False
        said = comment.strip()[:MOST_COMMENT] if isinstance(comment, str) else ""
        self.journal.rate(exchange.record, thumb, said)
        return self.journal.flush() and self.journal.holds(exchange.record)

    def _try(self, work: Callable[[], object]) -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001 (a disk, a thread, a library: none may cost a visitor the answer)
            _log.warning("something could not be kept: %s", type(error).__name__)
