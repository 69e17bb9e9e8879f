"""Whether a service may be asked now: what failed last, and until when it is left alone."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from askme.errors import ServiceError

LEFT_ALONE = dict.fromkeys(("key", "unknown", "quota", "address", "proxy"), 300.0) | {
    "limited": 5.0,
    "unreachable": 15.0,
}
"""Seconds for which nothing is asked after a failure of a kind that the next question would meet again."""
IN_A_ROW, PAUSE = 3, 15.0
"""After so many failures of any kind, one after the other, the service is left alone for so many seconds."""

_log = logging.getLogger(__name__)


class Health:
    """Safe to use from several threads. `what` is how the log calls the service."""

    def __init__(self, what: str, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin in good health; `clock` gives seconds and never goes back."""
        self._what, self._clock, self._lock = what, clock, threading.Lock()
        self._problem, self._until, self._failures = "", 0.0, 0

    @property
    def problem(self) -> str:
        """What is wrong, "" when nothing is known to be."""
        return self._problem

    def available(self) -> bool:
        """Whether it may be asked."""
        return self._clock() >= self._until

    def good(self) -> None:
        """Note that it answered."""
        with self._lock:
            if self._problem:
                _log.warning("%s: works again", self._what)
            self._problem, self._until, self._failures = "", 0.0, 0

    def failed(self, error: ServiceError) -> None:
        """Note a failure; the log hears of each kind once in a row."""
        with self._lock:
            self._failures += 1
            pause = error.retry_after or LEFT_ALONE.get(error.kind, 0.0)
            if self._failures >= IN_A_ROW:
                pause = max(pause, PAUSE)
            self._until = self._clock() + pause
            if str(error) != self._problem:
                _log.warning("%s: %s; answers go on without it", self._what, error)
            self._problem = str(error)
