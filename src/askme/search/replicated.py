"""One collection on a Chroma server for all replicas of a release: one of them builds it, the others find it whole.

A collection's name holds a fingerprint of what is in it, so another release never disturbs it, and a number that counts
up. Creating a name is what a server lets only one do, so that is the lock, and there is no other: whoever creates a
collection fills it and notes that it is whole. When a builder falls silent, or what was whole is no longer what it was,
whoever creates the next number builds that one. A builder that wakes up late finds its collection gone, or unused.
"""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from askme.errors import AskmeError, StoreDown
from askme.search.chroma import Asked, ChromaServer, Ranking, ServerCollection
from askme.storage.circuit_breaker import Health

ASK_SECONDS, BUILD_SECONDS = 1.0, 10.0
"""What a question waits for the server in each step, and what building does."""
KEPT_DAYS = 7
"""Collections that nobody has used for so long are deleted by whoever builds a new one."""
PROVE_EVERY = 60.0
"""Seconds after which a collection in use is proven again."""
TRY_AGAIN, FILL_AGAIN, LOOK_AGAIN = 5.0, 30.0, 0.5
"""Seconds until a server that failed is tried again, until vectors that couldn't be made are made again, and between
looks at a collection that another replica is building."""
DISTRUST, HOUR = 300.0, 3600.0
"""Seconds for which a server isn't asked that holds something else than it should, after this process has mended it
once in an hour: two replicas that never agree don't undo each other's work for ever."""
_NAME = re.compile(r"askme-([a-z]+)-([0-9a-f]{32})-(\d+)")
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Plan:
    """What a collection is to hold. `fingerprint` is 32 hexadecimal digits.

    `fill` writes all into a new collection, may take rows from others of its kind, and returns how many it made.
    `problem` says what is wrong with a collection that should be whole, "" when nothing is. `silent` is how many
    seconds a living builder may leave between two batches.
    """

    kind: str
    fingerprint: str
    fill: Callable[[ServerCollection, Sequence[ServerCollection]], int]
    problem: Callable[[ServerCollection], str]
    silent: float = 10.0


class SharedCollection:
    """One plan on one server. Not for several threads at once. All methods may raise StoreDown, or what `fill` does."""

    def __init__(self, server: ChromaServer, plan: Plan, clock: Callable[[], float] = time.monotonic) -> None:
        """Ask for nothing yet."""
        self._server, self._plan, self._clock = server, plan, clock
        self._progress: tuple[str, int] = ("", -1)
        self._since, self._mended = 0.0, -HOUR
        self.written = 0

    def find(self, rebuild: bool = False) -> ServerCollection | None:
        """Return the whole collection, having built it if need be; None while another replica builds it."""
        ours, others = self._look()
        newest = max(ours, default=-1)
        if newest < 0 or rebuild:
            return self._build(newest + 1, ours, others)
        if ours[newest].notes.get("state") != "whole":
            return None if self._grows(ours[newest]) else self._build(newest + 1, ours, others)
        problem = self._plan.problem(ours[newest])
        if not problem:
            self._stamp(ours[newest])
            return ours[newest]
        if self._clock() - self._mended < HOUR:
            raise StoreDown("other", f"what it holds isn't right again ({problem})", DISTRUST)
        self._mended = self._clock()
        _log.warning("Chroma (%s): %s; it is built anew", self._plan.kind, problem)
        return self._build(newest + 1, ours, others)

    def _look(self) -> tuple[dict[int, ServerCollection], list[ServerCollection]]:
        """Return the collections of this plan by number, and all others of its kind."""
        ours, others = {}, []
        for one in self._server.collections():
            found = _NAME.fullmatch(one.name)
            if found and found[1] == self._plan.kind:
                if found[2] == self._plan.fingerprint:
                    ours[int(found[3])] = one
                else:
                    others.append(one)
        return ours, others

    def _grows(self, building: ServerCollection) -> bool:
        """Whether a collection that isn't whole has grown within the time a living builder takes."""
        progress = building.name, building.count()
        if progress != self._progress:
            self._progress, self._since = progress, self._clock()
        return self._clock() - self._since < self._plan.silent

    def _build(
        self, number: int, before: dict[int, ServerCollection], others: list[ServerCollection]
    ) -> ServerCollection | None:
        start, today = time.perf_counter(), date.today().isoformat()
        name = f"askme-{self._plan.kind}-{self._plan.fingerprint}-{number}"
        made = self._server.create(name, {"state": "building", "used": today})
        if made is None:
            return None
        written = self._plan.fill(made, [*before.values(), *others])
        problem = self._plan.problem(made)
        if problem:
            raise StoreDown("other", f"it doesn't keep what is written to it ({problem})", DISTRUST)
        made.note(state="whole", used=today)
        self.written += written
        took = time.perf_counter() - start
        _log.info("Chroma (%s): built on the server, wrote %d documents in %.1f s", self._plan.kind, written, took)
        self._tidy([*before.values(), *(one for one in others if _unused(one))])
        return made

    def _stamp(self, used: ServerCollection) -> None:
        """Note once a day that a collection is in use."""
        today = date.today().isoformat()
        if used.notes.get("used") != today:
            used.note(used=today)

    def _tidy(self, old: Sequence[ServerCollection]) -> None:
        for one in old:
            try:
                self._server.drop(one.name)
            except StoreDown as error:
                if error.kind != "gone":
                    raise


def _unused(one: ServerCollection) -> bool:
    return one.notes.get("used", "") < (date.today() - timedelta(days=KEPT_DAYS)).isoformat()


class Keeper:
    """Knows the collection to ask now. Looks for it, builds it and proves it in the background, when it is asked for.

    Safe to use from several threads.
    """

    def __init__(
        self, server: ChromaServer, shared: SharedCollection, what: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`server` is the one to ask, with little patience; `what` is in the collection, as the log calls it."""
        self._server, self._shared, self._clock = server, shared, clock
        self._health = Health(f"Chroma ({what})", clock)
        self._opened: ServerCollection | None = None
        self._busy, self._due, self._down = threading.Lock(), 0.0, False

    def start(self, patience: float, rebuild: bool = False) -> None:
        """Begin to look, and wait for the end of it, but no longer than `patience` seconds."""
        if self._busy.acquire(blocking=False):
            self._begin(rebuild).join(patience)

    @property
    def down(self) -> bool:
        """Whether the server failed when it was asked last."""
        return self._down

    @property
    def written(self) -> int:
        """How many documents this process has written."""
        return self._shared.written

    def current(self) -> ServerCollection | None:
        """Return the collection to ask, at once; None when there is none now."""
        if self._clock() >= self._due and self._busy.acquire(blocking=False):
            self._begin()
        return self._opened

    def nearest(self, asked: Asked, k: int) -> list[Ranking]:
        """Return what `ServerCollection.nearest` does; nothing when the server can't be asked now."""
        opened = self.current()
        try:
            return opened.nearest(asked, k) if opened else []
        except StoreDown as error:
            self.lost(error)
            return []

    def lost(self, error: StoreDown) -> None:
        """Stop asking and look again: soon after a failure, at once when something was amiss."""
        self._opened = None
        if error.kind == "gone":
            self._due = 0.0
        else:
            self._rest(error)

    def _begin(self, rebuild: bool = False) -> threading.Thread:
        thread = threading.Thread(target=self._look, args=(rebuild,), name="chroma", daemon=True)
        thread.start()
        return thread

    def _look(self, rebuild: bool) -> None:
        try:
            while (found := self._shared.find(rebuild)) is None:
                time.sleep(LOOK_AGAIN)
            self._opened, self._due = found.on(self._server), self._clock() + PROVE_EVERY
            self._down = False
            self._health.good()
        except StoreDown as error:
            self._opened = None
            self._rest(error)
        except AskmeError as error:  # what fills it failed, not the server
            self._rest(StoreDown("filling", str(error), FILL_AGAIN))
        finally:
            self._busy.release()

    def _rest(self, error: StoreDown) -> None:
        self._down = error.kind != "filling"
        self._health.failed(error)
        self._due = self._clock() + (error.retry_after or TRY_AGAIN)
