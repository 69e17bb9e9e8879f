"""Many visitors at once without a model: `python app.py` beside a bare Gradio echo page under the same load.

Visitors speak the page's own protocol over HTTP; each asks again as soon as the answer is there.
"""

from __future__ import annotations

import time
from dataclasses import replace

from benchmarks.bare import ECHO
from benchmarks.crowd import UNLIMITED, Crowd, event_of, failures, questions, stay, times
from benchmarks.measure import folder
from benchmarks.report import Row, Table
from benchmarks.served import Server, served
from benchmarks.startup import APP
from benchmarks.visitors import Visit

VISITORS, SECONDS = 50, 60
RUSH, RUSH_SECONDS, WAITING = 200, 15, 100
"""Visitors of a rush, how long it lasts, and how many questions may wait meanwhile."""


def run() -> Table:
    """Measure."""
    with folder() as base:
        echo = base / "echo.py"
        echo.write_text(ECHO, encoding="utf-8")
        with served(echo, base / "data") as server:
            server.seconds_to_200("/")
            bare, _ = _crowds(server, 0, echo=True)
        with served(APP, base / "data", **UNLIMITED) as server:
            server.seconds_to_200("/healthz")
            mine, _ = _crowds(server, event_of(server))
        with served(APP, base / "data", ASKME_QUEUE_SIZE=str(WAITING), **UNLIMITED) as server:
            server.seconds_to_200("/healthz")
            rush, after = _rush(server, event_of(server))
    rows = [*_steady(mine, bare), *_rushed(rush, after)]
    notes = [
        f"{VISITORS} visitors for {SECONDS} s, each asking as soon as the last answer is there and opening the page "
        "anew every fifth time; CPU: of the server, for one answer",
        "baseline: a Gradio page that echoes, 40 at once, same interpreter and visitors",
        f"rush: {RUSH} visitors for {RUSH_SECONDS} s at a queue of {WAITING}, who then leave at once; back: a visitor "
        "who asks then has his answer",
    ]
    return Table("many visitors at once, without a model", rows, notes)


def _crowds(server: Server, event: int, echo: bool = False) -> tuple[Crowd, Visit]:
    visit = Visit(server.port, event, VISITORS, SECONDS, questions(), echo)
    stay(server, replace(visit, seconds=3), 3)  # what only the first visitors pay for
    return stay(server, visit), visit


def _rush(server: Server, event: int) -> tuple[Crowd, float]:
    """Return the rush, and the seconds after its end until one more visitor has an answer."""
    visit = Visit(server.port, event, RUSH, RUSH_SECONDS, questions())
    crowd = stay(server, visit)
    start = time.perf_counter()
    late = stay(server, replace(visit, visitors=1, seconds=0))
    if not late.answered:
        raise RuntimeError("no answer after the rush")
    return crowd, time.perf_counter() - start


def _steady(mine: Crowd, bare: Crowd) -> list[Row]:
    who = f"{VISITORS} visitors"
    return [
        failures(who, mine),
        Row(f"{who}: answers a second", mine.per_second, "", bare.per_second),
        *times(who, mine, bare, aim=2),
        Row(f"{who}: processor time of an answer", mine.cpu_each, "ms", bare.cpu_each),
        Row(f"{who}: memory after 10 s", mine.early, "MB", bare.early),
        Row(f"{who}: memory after {SECONDS} s", mine.late, "MB", bare.late),
        Row(f"{who}: growth in between", mine.growth, "%", aim=5),
    ]


def _rushed(rush: Crowd, after: float) -> list[Row]:
    who = f"rush of {RUSH}"
    return [
        failures(who, rush, allowed=("busy",)),
        Row(f"{who}: answers", len(rush.answered), ""),
        Row(f"{who}: told to be busy", rush.ends["busy"], ""),
        *times(who, rush, None),
        Row(f"{who}: back after it", after, "s", aim=5),
    ]
