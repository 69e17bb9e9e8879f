"""SQLite files that threads and processes share, and whatever may befall them.

The functions are what any such file needs. `Database` is one that may be lost: what a call of `write` has returned
survives the end of the process at any moment (not a power cut: WAL, synchronous = NORMAL); a file that is deleted while
it is open is noticed and made anew; one that can't be read is set aside.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Literal, TypeVar

from filelock import BaseFileLock, FileLock, Timeout

from askme.errors import StoreDown
from askme.storage.circuit_breaker import Health
from askme.storage.private_files import private_file, private_folder

LEFT_ALONE = 30.0
"""Seconds for which a file that can't be used isn't tried again."""
PATIENCE = 2.0
"""Seconds to wait while another process writes, or makes the file."""
_FULL = "database or disk is full"
_SET_ASIDE = "%s can't be read (%s); it is set aside as *.broken and begun anew"
_SHORT_READ = 522
"""SQLITE_IOERR_SHORT_READ; errors tell their code from Python 3.11 on."""
T = TypeVar("T")
_Connection = sqlite3.Connection
_log = logging.getLogger(__name__)


def connect(path: Path, seconds: float, any_thread: bool = False) -> _Connection:
    """Return a connection to a file, which is made with its folder; it waits `seconds` for others' writes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return sqlite3.connect(path, timeout=seconds, isolation_level=None, check_same_thread=not any_thread)


def tune(connection: _Connection, synchronous: Literal["NORMAL", "FULL"]) -> None:
    """Let others read while one writes: a write-ahead log, synced so."""
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute(f"PRAGMA synchronous = {synchronous}")


def version_of(connection: _Connection) -> int:
    """Return the version that was written into a file, 0 when none was."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


@contextmanager
def changing(connection: _Connection) -> Iterator[None]:
    """Keep all that is changed or, when something is raised, nothing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise


def identity(path: Path) -> tuple[int, int] | None:
    """Return what tells a file from the next one of its name; None when there is none."""
    try:
        stat = os.stat(path)
    except FileNotFoundError:
        return None
    return stat.st_dev, stat.st_ino


def is_broken(error: Exception) -> bool:
    """Whether an error means a damaged file; all else (full, locked, read-only) comes as a subclass of this one."""
    return type(error) is sqlite3.DatabaseError


def alone(path: Path, seconds: float) -> BaseFileLock:
    """Return the lock under which a file is made and set aside; it waits `seconds`."""
    return FileLock(path.with_name(f"{path.name}.lock"), timeout=seconds)


def move_aside(path: Path, aside: Path) -> None:
    """Rename a file with its log of changes, which would be taken for that of the next file."""
    for ending in ("-wal", "-shm", ""):
        with suppress(FileNotFoundError):
            os.replace(f"{path}{ending}", f"{aside}{ending}")


class Database:
    """One file with one connection in this process; its threads take turns. Nothing is opened before the first use."""

    def __init__(self, path: Path, schema: str, version: int, clock: Callable[[], float] = time.monotonic) -> None:
        """`schema` is SQL that may be run again and again; a file of another `version` is set aside."""
        self._path, self._schema, self._version = path, schema, version
        self._lock, self._health = threading.Lock(), Health(path.name, clock)
        self._connection: _Connection | None = None
        self._opened: tuple[int, int] | None = None

    def read(self, work: Callable[[_Connection], T]) -> T:
        """Return what `work` reads.

        Raises:
            StoreDown: the file can't be used, or couldn't be a moment ago.
        """
        return self._guarded(lambda: work(self._current()), writing=False)

    def write(self, work: Callable[[_Connection], T]) -> T:
        """Return what `work` returns, once what it wrote is kept: all of it or, when this raises, nothing.

        Raises:
            StoreDown: the file can't be written, or couldn't be a moment ago.
        """
        return self._guarded(lambda: self._kept(work), writing=True)

    def close(self) -> None:
        """Close the file; the next use opens it again."""
        with self._lock:
            self._drop()

    def _guarded(self, step: Callable[[], T], writing: bool) -> T:
        """Return what `step` returns; on a full disk what is open can still be read."""
        with self._lock:
            if not self._health.available() and (writing or not self._connection):
                raise StoreDown("resting", self._health.problem)
            try:
                result = self._twice(step)
            except (sqlite3.Error, OSError, NotImplementedError) as error:  # the last: no locks on this file system
                if str(error) != _FULL:
                    self._drop()
                down = StoreDown("down", _reason(error), LEFT_ALONE)
                self._health.failed(down)
                raise down from error
            if writing:
                self._health.good()
            return result

    def _kept(self, work: Callable[[_Connection], T]) -> T:
        """Commit `work`; once more if the file was taken away meanwhile, for then the first time is lost."""
        result = _committed(self._current(), work)
        return result if identity(self._path) == self._opened else _committed(self._current(), work)

    def _twice(self, step: Callable[[], T]) -> T:
        """Return what `step` returns; when it finds the file broken, on a new one."""
        try:
            return step()
        except sqlite3.DatabaseError as error:
            if not is_broken(error) and getattr(error, "sqlite_errorcode", 0) != _SHORT_READ:
                raise
            self._drop()
            with alone(self._path, PATIENCE):
                if identity(self._path) == self._opened:  # else another process has been here first
                    _log.warning(_SET_ASIDE, self._path.name, error)
                    move_aside(self._path, self._path.with_name(f"{self._path.name}.broken"))
            return step()

    def _current(self) -> _Connection:
        """Return the connection to the file that has the name now."""
        if self._connection and identity(self._path) == self._opened:
            return self._connection
        self._drop()
        private_folder(self._path.parent)
        with alone(self._path, PATIENCE):
            private_file(self._path)
            self._connection = connect(self._path, PATIENCE, any_thread=True)
            self._prepare(self._connection)
        return self._connection

    def _prepare(self, connection: _Connection) -> None:
        try:
            tune(connection, "NORMAL")
            version = version_of(connection)
            if version not in (0, self._version):
                raise sqlite3.DatabaseError(f"version {version}, this is {self._version}")
            connection.executescript(self._schema)
            if version == 0:
                connection.execute(f"PRAGMA user_version = {self._version}")
        finally:
            self._opened = identity(self._path)

    def _drop(self) -> None:
        if self._connection:
            with suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None


def _committed(connection: _Connection, work: Callable[[_Connection], T]) -> T:
    with changing(connection):
        return work(connection)


def _reason(error: Exception) -> str:
    if isinstance(error, Timeout):
        return "locked by another process"
    return f"can't be used ({getattr(error, 'strerror', None) or error})"
