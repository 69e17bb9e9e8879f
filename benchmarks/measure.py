"""What every benchmark needs: clean surroundings, clocks, percentiles, peak memory, forgotten caches."""

from __future__ import annotations

import math
import os
import re
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import ParamSpec, TypeVar

from askme.text import tokenize as text

ROOT = Path(__file__).resolve().parents[1]
_OURS = re.compile(r"(?:ASKME|OPENAI|GRADIO|SPACE|LANGSMITH|LANGCHAIN)_|SYSTEM$|PYTHONDONTWRITEBYTECODE$")
_P = ParamSpec("_P")
_T = TypeVar("_T")


@dataclass(frozen=True)
class Took:
    """How long one call took, in seconds: by the clock, and of processor time (all threads of this process).

    On a busy machine the clock runs on while others compute; processor time doesn't.
    """

    wall: float
    cpu: float


def isolate() -> None:
    """Take everything out of the environment that changes what is measured, and stay off the network.

    Child processes inherit it. They may write .pyc files: without those, imports take two to three times as long.
    """
    for name in [name for name in os.environ if _OURS.match(name)]:
        del os.environ[name]
    os.environ |= {
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
        "GRADIO_ANALYTICS_ENABLED": "False",
        "HF_HUB_OFFLINE": "1",
    }


@contextmanager
def folder() -> Iterator[Path]:
    """Give a temporary folder that goes away afterwards."""
    with tempfile.TemporaryDirectory(prefix="askme-bench-", ignore_cleanup_errors=True) as name:
        yield Path(name)


def timed(call: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> tuple[Took, _T]:
    """Call with these arguments; return how long it took, and its result."""
    start, cpu = time.perf_counter(), time.process_time()
    result = call(*args, **kwargs)
    return Took(time.perf_counter() - start, time.process_time() - cpu), result


def within(seconds: float, items: Iterable[_T]) -> Iterator[_T]:
    """Yield items until this time has passed, the first in any case: on a busy machine fewer are measured."""
    start = time.perf_counter()
    for number, item in enumerate(items):
        if number and time.perf_counter() - start > seconds:
            return
        yield item


def percentile(samples: Iterable[float], share: float) -> float:
    """Return the smallest sample that at least `share` (0 to 1) of all samples don't exceed: the nearest rank.

    Raises:
        IndexError: there are no samples.
    """
    ranked = sorted(samples)
    return ranked[max(0, math.ceil(share * len(ranked)) - 1)]


def walls(samples: Sequence[Took]) -> list[float]:
    """Return the times by the clock."""
    return [took.wall for took in samples]


def peak_mb(pid: int | str = "self") -> float | None:
    """Return the largest resident memory a process has had so far, in MB; None where /proc doesn't tell."""
    return _memory(pid, "VmHWM")


def memory_mb(pid: int | str = "self") -> float | None:
    """Return the resident memory of a process now, in MB; None where /proc doesn't tell."""
    return _memory(pid, "VmRSS")


def _memory(pid: int | str, name: str) -> float | None:
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return None
    found = re.search(rf"^{name}:\s+(\d+) kB$", status, re.MULTILINE)
    return int(found[1]) * 1024 / 1e6 if found else None


def cpu_seconds(pid: int) -> float | None:
    """Return the processor time a process has used; None where /proc doesn't tell."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return None
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def forget() -> None:
    """Empty the caches of texts, as in a process that hasn't seen any of the texts that come next."""
    for name in ("normalise", "unify", "tokens", "stem"):
        getattr(getattr(text, name), "cache_clear", lambda: None)()
