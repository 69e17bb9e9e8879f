"""A crowd at a page: its visitors in a process of their own, and what became of their questions as rows."""

from __future__ import annotations

import re
import time
import urllib.request
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from askme.evaluation import load_pins
from benchmarks.measure import ROOT, cpu_seconds, memory_mb, percentile
from benchmarks.report import Row
from benchmarks.served import Server
from benchmarks.visitors import Told, Visit, told, visiting

UNLIMITED = {
    **{"ASKME_PER_MINUTE": "0", "ASKME_PER_DAY": "0", "ASKME_ALL_PER_MINUTE": "0", "ASKME_CACHE_ANSWERS": "0"},
    **{"ASKME_BUDGET_DAY_USD": "0", "ASKME_BUDGET_MONTH_USD": "0"},
}
"""All visitors come from one address here, no answer is a kept one, and the money for the model never ends."""


@dataclass(frozen=True)
class Crowd:
    """What became of a crowd's questions; memory in MB early and late in its stay, processor seconds in between."""

    told: tuple[Told, ...]
    early: float | None
    late: float | None
    cpu: float | None

    @property
    def answered(self) -> list[Told]:
        """The questions that were answered."""
        return [one for one in self.told if not one.end]

    @property
    def ends(self) -> Counter[str]:
        """How often which end."""
        return Counter(one.end or "answered" for one in self.told)

    @property
    def per_second(self) -> float:
        """How many answers a second, over the whole stay."""
        return len(self.answered) / max(one.at for one in self.told)

    @property
    def growth(self) -> float | None:
        """By how many percent memory grew, or shrank."""
        return None if not self.early or self.late is None else 100 * (self.late / self.early - 1)

    @property
    def cpu_each(self) -> float | None:
        """Processor seconds of the server for each answer."""
        return self.cpu / len(self.answered) if self.cpu and self.answered else None

    def spent(self, share: float, first: bool = False) -> float:
        """Return a percentile of the seconds to the end of an answer, or to its first sentence."""
        return percentile([one.first if first else one.whole for one in self.answered], share)


def questions() -> tuple[str, ...]:
    """Return what is asked: the last question of each pin."""
    asked = (pin.turns[-1].strip() for pin in load_pins([ROOT / "tests" / "pins"]))
    return tuple(dict.fromkeys(filter(None, asked)))


def event_of(server: Server) -> int:
    """Return the number under which the page asks."""
    with urllib.request.urlopen(server.url) as response:  # noqa: S310 (loopback)
        found = re.search(r'data-event-ask="(\d+)"', response.read().decode())
    if found is None:
        raise RuntimeError("the page doesn't tell the number of its event")
    return int(found[1])


def stay(server: Server, visit: Visit, early: float = 10) -> Crowd:
    """Let the visitors come; look at the server's memory `early` seconds after, and when their time is over."""
    pid = server.process.pid
    before = cpu_seconds(pid) or 0.0
    with visiting(visit) as process:
        time.sleep(min(early, visit.seconds))
        first = memory_mb(pid)
        time.sleep(max(0.0, visit.seconds - early))
        last = memory_mb(pid)
        seen = tuple(told(process))
    return Crowd(seen, first, last, (cpu_seconds(pid) or 0.0) - before)


def times(who: str, crowd: Crowd, bare: Crowd | None, aim: float | None = None) -> list[Row]:
    """Return how long answers took, beside those of the baseline; the aim is for the 95th percentile, in seconds."""
    rows = []
    for name, share in (("p50", 0.5), ("p95", 0.95), ("slowest", 1.0)):
        wanted = aim if name == "p95" else None
        other = bare.spent(share) if bare else None
        rows.append(Row(f"{who}: an answer, {name}", crowd.spent(share), "s", other, aim=wanted))
    return rows


def failures(who: str, crowd: Crowd, allowed: Sequence[str] = ()) -> Row:
    """Return how many questions were neither answered nor refused in an `allowed` way."""
    bad = sum(count for end, count in crowd.ends.items() if end not in ("answered", *allowed))
    return Row(f"{who}: errors", bad, "", exactly=0)
