"""Many visitors at once with a model that takes a second for a reply: how soon each sees a first sentence."""

from __future__ import annotations

from benchmarks.crowd import UNLIMITED, Crowd, event_of, failures, questions, stay, times
from benchmarks.measure import folder
from benchmarks.model import FIRST_AFTER, KEY, paced
from benchmarks.report import Row, Table
from benchmarks.served import served
from benchmarks.startup import APP
from benchmarks.visitors import Visit

VISITORS, SECONDS, REPLY = 30, 30, 1.0
"""How many ask, for how long, and what the model takes for a reply."""


def run() -> Table:
    """Measure; the first of two stays isn't counted: it opens connections and embeds the résumé."""
    with folder() as base, paced(REPLY) as url:
        keys = {"OPENAI_BASE_URL": url, "OPENAI_API_KEY": KEY}
        with served(APP, base / "data", **UNLIMITED, **keys) as server:
            server.seconds_to_200("/healthz")
            event = event_of(server)
            stay(server, Visit(server.port, event, VISITORS, 5, questions()), 5)
            crowd = stay(server, Visit(server.port, event, VISITORS, SECONDS, questions()))
    return Table("many visitors at once, with a model", _rows(crowd), _notes())


def _rows(crowd: Crowd) -> list[Row]:
    who = f"{VISITORS} visitors"
    firsts = [Row(f"{who}: first sentence, p50", crowd.spent(0.5, first=True), "s")]
    firsts.append(Row(f"{who}: first sentence, p95", crowd.spent(0.95, first=True), "s", aim=1.5))
    return [
        failures(who, crowd),
        Row(f"{who}: answers a second", crowd.per_second, ""),
        *firsts,
        *times(who, crowd, None),
        Row(f"{who}: processor time of an answer", crowd.cpu_each, "ms"),
        Row(f"{who}: growth of memory, 10 s to {SECONDS} s", crowd.growth, "%", aim=5),
    ]


def _notes() -> list[str]:
    return [
        f"{VISITORS} visitors for {SECONDS} s, each asking as soon as the last answer is there",
        f"a reply takes {REPLY:g} s, its first word {FIRST_AFTER:g} s, from a server in another process",
        "greetings, refusals and what structure settles need no model and are among them",
    ]
