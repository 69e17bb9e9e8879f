"""The sealed folder an index lives in: built aside, checked by its manifest, swapped in whole.

A sealed store is never opened where it lies, because Chroma writes to what it opens: each process works on a copy of
its own. So the hashes in the manifest stay true, and a rebuild doesn't disturb a process that is answering.
"""

from __future__ import annotations

import atexit
import hashlib
import json
import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from filelock import FileLock, Timeout
from pydantic import TypeAdapter

from askme.errors import IndexBroken
from askme.storage.private_files import private_folder

FORMAT = 1
"""Counts up whenever the layout of a store changes."""
LOCK_SECONDS = 60
_log = logging.getLogger(__name__)
_MANIFEST, _CURRENT, _IN_USE = "manifest.json", "current", "in-use"
_OURS = "made-by-askme"
"""A file in each folder that is made here: only what has it, or a manifest of ours, may ever be removed."""


@dataclass(frozen=True)
class Manifest:
    """What a sealed store holds; `documents` maps ids to hashes of their texts, `files` paths to SHA-256."""

    documents: dict[str, str]
    dimension: int
    chroma: str
    embedding: str
    format: int = FORMAT
    files: dict[str, str] = field(default_factory=dict)


@contextmanager
def locked(data_dir: Path) -> Iterator[None]:
    """Hold the folder's lock, so that one process builds and another finds it built.

    Raises:
        IndexBroken: another process held it for a minute.
    """
    lock = FileLock(data_dir / "index.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        _log.info("index: another process is at it in %s; waiting up to %d s", data_dir, LOCK_SECONDS)
        _wait(lock, data_dir)
    try:
        yield
    finally:
        lock.release()


def _wait(lock: FileLock, data_dir: Path) -> None:
    try:
        lock.acquire(timeout=LOCK_SECONDS)
    except Timeout:
        raise IndexBroken(
            f"{data_dir} is locked by another process for over {LOCK_SECONDS} s; "
            f"end that process or set ASKME_DATA_DIR to another folder"
        ) from None


def writable(folder: Path) -> bool:
    """Whether something can be written in `folder`; makes the folder."""
    try:
        private_folder(folder)
        with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
            return file.write(bytes(4096)) == 4096
    except OSError:
        return False


def current(data_dir: Path) -> Path:
    """Return the sealed store in use.

    Raises:
        IndexBroken: there is none.
    """
    try:
        name = (data_dir / _CURRENT).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        raise IndexBroken("no index yet") from None
    except (OSError, UnicodeDecodeError) as error:
        raise IndexBroken(f"the pointer to the index can't be read ({error.__class__.__name__})") from error
    if not name.startswith("store-") or not (data_dir / name).is_dir():
        raise IndexBroken("the index is gone")
    return data_dir / name


def verify(store: Path) -> Manifest:
    """Return the manifest of a store whose files are all there and unchanged.

    Raises:
        IndexBroken: says what is missing, damaged or of another version.
    """
    manifest = _manifest(store)
    if manifest.format != FORMAT:
        raise IndexBroken(f"the index has format {manifest.format}, this is {FORMAT}")
    if _hashes(store) != manifest.files:
        raise IndexBroken("files of the index are damaged or missing")
    return manifest


def _manifest(store: Path) -> Manifest:
    try:
        text = (store / _MANIFEST).read_text(encoding="utf-8")
        found: Manifest = TypeAdapter(Manifest).validate_json(text, strict=True)
    except (OSError, ValueError) as error:
        raise IndexBroken("the index has no readable manifest") from error
    return found


def _hashes(store: Path) -> dict[str, str]:
    try:
        return {
            str(path.relative_to(store)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(store.rglob("*"))
            if path.is_file() and path.name != _MANIFEST
        }
    except OSError as error:
        raise IndexBroken(f"files of the index can't be read ({error.__class__.__name__})") from error


@contextmanager
def building(data_dir: Path, start_from: Path | None = None) -> Iterator[Path]:
    """Give a fresh folder to build in, with a copy of `start_from` when given; it goes away unless published."""
    folder = _made("building-", data_dir)
    try:
        if start_from is not None:
            shutil.copytree(start_from, folder, dirs_exist_ok=True)
        yield folder
    finally:
        _remove(folder)


def publish(folder: Path, data_dir: Path, manifest: Manifest) -> Path:
    """Seal `folder` with its manifest and make it the store in use by one atomic rename."""
    data = asdict(manifest) | {"files": _hashes(folder)}
    (folder / _MANIFEST).write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    _sync(folder)
    store = data_dir / folder.name.replace("building-", "store-")
    folder.rename(store)
    pointer = data_dir / f"{_CURRENT}.new"
    pointer.write_text(store.name, encoding="utf-8")
    os.replace(pointer, data_dir / _CURRENT)
    return store


def _sync(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())


@dataclass(frozen=True)
class Copy:
    """A copy of a sealed store, for this process alone as long as it holds the lock inside."""

    folder: Path
    lock: FileLock

    def discard(self) -> None:
        """Remove it."""
        _remove(self.folder)
        self.lock.release()


def working_copy(store: Path, data_dir: Path) -> Copy:
    """Return a copy of a sealed store, which goes away with the process; remove what dead ones of ours left.

    The folder's lock must be held: then only this process builds, and whatever isn't in use is left over.
    """
    for old in [*data_dir.glob("store-*"), *data_dir.glob("building-*"), *data_dir.glob("run-*")]:
        if old != store and _is_ours(old) and not _in_use(old):
            _remove(old)
    folder = _made("run-", data_dir)
    copy = Copy(folder, FileLock(folder / _IN_USE))
    copy.lock.acquire(timeout=0)
    atexit.register(copy.discard)
    try:
        shutil.copytree(store, folder, dirs_exist_ok=True)
    except OSError:
        copy.discard()
        raise
    return copy


def _made(prefix: str, data_dir: Path) -> Path:
    """Return a new folder, marked as ours."""
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=data_dir))
    (folder / _OURS).touch()
    return folder


def _is_ours(folder: Path) -> bool:
    """Whether a folder was made here: by its mark or, of an earlier askme, by its manifest. Names prove nothing.

    An empty one, of a process that was killed before it made its mark, has nothing to lose.
    """
    if folder.is_symlink() or not folder.is_dir():
        return False
    if (folder / _OURS).is_file():
        return True
    try:
        _manifest(folder)
    except IndexBroken:
        return _is_empty(folder)
    return True


def _is_empty(folder: Path) -> bool:
    try:
        return not any(folder.iterdir())
    except OSError:
        return False


def _remove(folder: Path) -> None:
    """Remove a folder of ours, its mark last: what a killed process has begun to remove the next one can go on with."""
    with suppress(OSError):
        for inside in sorted(folder.iterdir(), key=lambda path: path.name == _OURS):
            if inside.is_dir() and not inside.is_symlink():
                shutil.rmtree(inside, ignore_errors=True)
            else:
                inside.unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)


def _in_use(folder: Path) -> bool:
    """Whether a process holds the lock in a copy. The system drops it however that process ends; numbers are reused."""
    if not (folder / _IN_USE).exists():
        return False
    lock = FileLock(folder / _IN_USE)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    lock.release()
    return False
