"""The journal in a private dataset of the Hugging Face hub: on a Space the disk is gone with every restart.

Every so many minutes huggingface_hub's CommitScheduler commits the journal as JSON Lines, one file for each day and
journal, `2026-11-23-0a1b2c3d.jsonl`; the database itself would be caught in the middle of a write. At start what is in
the dataset is taken back into the journal. Days past retention are deleted there too, with their history.
"""

from __future__ import annotations

import atexit
import logging
import os
import re
import threading
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Literal

from askme.errors import JournalError
from askme.journal.journal import Journal
from askme.journal.records import as_line, read_lines
from askme.journal.writer import midnight

if TYPE_CHECKING:
    from huggingface_hub import CommitInfo, CommitScheduler, HfApi

_FILE = re.compile(r"\d{4}-\d\d-\d\d-[0-9a-f]{8}\.jsonl")
_HINTS = {401: "the token is refused", 403: "the token may not write there", 404: "the token can't see it"}
GRACE_SECONDS = 3.0
_log = logging.getLogger(__name__)


def keep_in_dataset(
    journal: Journal, dataset: str, token: str, minutes: float = 5, endpoint: str | None = None
) -> Keeping:
    """Begin to keep `journal` in `dataset` ("owner/name"), which is made when it doesn't exist; returns at once.

    `endpoint` is the hub's address, None: the one huggingface_hub has from its environment. Nothing is committed to a
    dataset that is public.
    """
    keeping = Keeping(journal, dataset, minutes)
    threading.Thread(target=keeping.begin, args=(token, endpoint), name="hub", daemon=True).start()
    return keeping


class Keeping:
    """A journal kept in a dataset. Whatever fails there is logged once, shown in `problem`, and tried again."""

    def __init__(self, journal: Journal, dataset: str, minutes: float) -> None:
        """Remember what goes where; `begin` does the work. The files to commit lie beside the journal's."""
        self._journal, self._dataset, self._minutes = journal, dataset, minutes
        self._folder = journal.path.with_name("dataset")
        self._scheduler: CommitScheduler | None = None
        self._ended, self._one_at_a_time = threading.Event(), threading.Lock()
        self.problem = ""

    def begin(self, token: str, endpoint: str | None = None) -> None:
        """Connect and leave the rest to the scheduler; blocks, and tries again until it works or `stop` is called."""
        while not self._ended.is_set() and not self._tried(lambda: self._connect(token, endpoint)):
            self._ended.wait(self._minutes * 60)

    def stop(self) -> None:
        """Commit what isn't yet, unless the hub failed the last time, and end."""
        self._ended.set()
        scheduler = self._scheduler
        if scheduler is not None:
            if not self.problem and self._idle():
                scheduler.push_to_hub()
            scheduler.stop()
            self._scheduler = None
            atexit.unregister(self.stop)

    def _idle(self) -> bool:
        """Wait a little for what is going on; the library tries for half a minute when the hub doesn't answer."""
        if not self._one_at_a_time.acquire(timeout=GRACE_SECONDS):
            return False
        self._one_at_a_time.release()
        return True

    def _tried(self, work: Callable[[], None]) -> bool:
        try:
            with self._one_at_a_time:
                work()
        except Exception as error:  # noqa: BLE001 (a library's, over a network, on a thread: only the log can be told)
            self._failed(_told(error))
            return False
        if self.problem:
            _log.warning("the journal is kept in the dataset %s again", self._dataset)
        self.problem = ""
        return True

    def _failed(self, why: str) -> None:
        problem = f"the journal can't be kept in the dataset {self._dataset}: {why}"
        if problem != self.problem:
            _log.warning("%s; tried again every %g minutes", problem, self._minutes)
        self.problem = problem

    def _connect(self, token: str, endpoint: str | None) -> None:
        api = _api(token, endpoint)
        api.create_repo(self._dataset, repo_type="dataset", private=True, exist_ok=True)
        self._require_private(api)
        self._take_back(api)
        self._scheduler = self._schedule(api)
        atexit.register(self.stop)

    def _require_private(self, api: HfApi) -> None:
        if not api.repo_info(self._dataset, repo_type="dataset").private:
            raise JournalError("it is public; make it private in its settings on the hub")

    @property
    def _first(self) -> str:
        return midnight(self._journal.clock(), self._journal.keep_days).date().isoformat()

    def _take_back(self, api: HfApi) -> None:
        """Take what earlier starts and other machines committed into the journal."""
        names = [name for name in _files(api, self._dataset) if name >= self._first]
        with TemporaryDirectory() as place:
            for name in names:
                path = api.hf_hub_download(self._dataset, name, repo_type="dataset", local_dir=place)
                self._take_in(Path(path))

    def _take_in(self, path: Path) -> None:
        try:
            with path.open(encoding="utf-8") as lines:
                self._journal.take_in(list(read_lines(lines)), path.name)
        except (JournalError, UnicodeDecodeError) as error:
            _log.warning("%s of the dataset %s is left out: %s", path.name, self._dataset, error)

    def _schedule(self, api: HfApi) -> CommitScheduler:
        from huggingface_hub import CommitScheduler  # noqa: PLC0415 (as above)

        def push(upload: Callable[[], CommitInfo | None]) -> None:
            self._tried(lambda: self._commit(api, upload))

        class Scheduler(CommitScheduler):
            def push_to_hub(self) -> None:
                push(super().push_to_hub)

        return Scheduler(
            repo_id=self._dataset,
            repo_type="dataset",
            folder_path=self._folder,
            every=self._minutes,
            private=True,
            allow_patterns="*.jsonl",
            hf_api=api,
        )

    def _commit(self, api: HfApi, upload: Callable[[], CommitInfo | None]) -> None:
        if self._scheduler is None:
            return  # this one waited while `stop` did the last
        self._require_private(api)
        export_days(self._journal, self._folder)
        upload()
        _delete(api, self._dataset, [name for name in _files(api, self._dataset) if name < self._first])


def purge_dataset(dataset: str, token: str, before: datetime | Literal["all"], endpoint: str | None = None) -> int:
    """Delete the days before a moment, or all, from `dataset`, with their history; return how many files.

    Raises:
        JournalError: the hub can't be reached, or refuses.
    """
    api, first = _api(token, endpoint), "~" if before == "all" else midnight(before).date().isoformat()
    try:
        names = [name for name in _files(api, dataset) if name < first]
        _delete(api, dataset, names)
    except Exception as error:  # a library's, over a network: whichever it is, the copies are still there
        raise JournalError(f"the dataset {dataset} still has its copies: {_told(error)}") from error
    return len(names)


def _api(token: str, endpoint: str | None) -> HfApi:
    from huggingface_hub import HfApi  # noqa: PLC0415 (0.5 s, and only a Space that keeps its journal needs it)
    from huggingface_hub.utils.tqdm import disable_progress_bars  # noqa: PLC0415

    logging.getLogger("huggingface_hub").setLevel(logging.CRITICAL)  # it tells each of its retries
    disable_progress_bars()
    return HfApi(endpoint=endpoint, token=token)


def _files(api: HfApi, dataset: str) -> list[str]:
    return [name for name in api.list_repo_files(dataset, repo_type="dataset") if _FILE.fullmatch(name)]


def _delete(api: HfApi, dataset: str, names: list[str]) -> None:
    if names:
        api.delete_files(dataset, names, repo_type="dataset", commit_message="Past retention")
        api.super_squash_history(dataset, repo_type="dataset")


def export_days(journal: Journal, folder: Path) -> None:
    """Bring the files of `folder` up to date, one for each day of the journal's own records; others are removed."""
    name, records = journal.own()
    days: dict[str, list[str]] = defaultdict(list)
    for record in records:
        days[f"{record.day}-{name}.jsonl"].append(as_line(record) + "\n")
    folder.mkdir(parents=True, exist_ok=True)
    for file, lines in days.items():
        _replace(folder / file, "".join(lines).encode())
    for path in folder.glob("*.jsonl"):
        if path.name not in days:
            path.unlink()


def _replace(path: Path, content: bytes) -> None:
    """Write a file in one go, and only when it changes: the scheduler goes by its time."""
    if path.exists() and path.read_bytes() == content:
        return
    new = path.with_suffix(".new")
    new.write_bytes(content)
    os.replace(new, path)


def _told(error: Exception) -> str:
    """Return what failed in words that hold nothing the hub said: it may repeat the token or an address."""
    if isinstance(error, JournalError):
        return str(error)
    status = getattr(getattr(error, "response", None), "status_code", None)
    told = f"{type(error).__name__} {status}" if status else type(error).__name__
    return f"{told}, {_HINTS[status]}" if status in _HINTS else told
