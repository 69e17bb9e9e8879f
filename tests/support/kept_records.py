"""What is in the journal of a running app, seen from outside."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from askme.journal.records import Record
from askme.settings import load_settings
from askme.web.recorder import journal_of

SECONDS = 30


def kept(folder: Path, met: Callable[[list[Record]], bool] = bool) -> list[Record]:
    """Return the records once they are as expected; whatever they are, when they don't get there."""
    deadline = time.monotonic() + SECONDS
    while True:
        records = list(journal_of(load_settings(data_dir=folder)).events())
        if met(records) or time.monotonic() > deadline:
            return records
        time.sleep(0.05)


def named(question: str) -> Callable[[list[Record]], bool]:
    return lambda records: any(record.question == question for record in records)


def the(question: str, folder: Path, met: Callable[[Record], bool] = bool) -> Record:
    found = kept(folder, lambda records: any(r.question == question and met(r) for r in records))
    (record,) = [record for record in found if record.question == question]
    return record


def everything(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
