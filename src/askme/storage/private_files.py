"""Folders and files that nobody but their owner may read: what visitors asked, what was answered and spent."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path


def private_folder(folder: Path) -> None:
    """Make a folder, and those above it that are missing, for their owner alone; shut one that others can read.

    One that isn't ours, or that everybody may write to as /tmp is, stays as it is: it has other uses.

    Raises:
        OSError: it can't be made.
    """
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    for one in reversed(missing):
        one.mkdir(mode=0o700, exist_ok=True)
    folder.mkdir(exist_ok=True)  # which says what is in the way
    with suppress(OSError):
        found = folder.stat()
        mode = stat.S_IMODE(found.st_mode)
        if found.st_uid == os.geteuid() and not mode & stat.S_ISVTX and mode & 0o077:
            folder.chmod(mode & 0o700)


def private_file(path: Path) -> None:
    """Make a file for its owner alone before anything is written to it; shut what lies beside it under its name, too.

    What can't be made isn't: whoever opens it next says why. SQLite gives its log of changes the database's mode.
    """
    with suppress(OSError):
        os.close(os.open(path, os.O_CREAT | os.O_RDONLY, 0o600))
    for one in path.parent.glob(f"{path.name}*"):
        with suppress(OSError):
            if not one.is_symlink() and one.stat().st_mode & 0o077:
                one.chmod(0o600)
