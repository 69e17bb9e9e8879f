"""Start-up and memory of the page: `python app.py` beside a bare Gradio page, each in a process of its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from askme.evaluation import load_pins
from benchmarks.bare import HELLO
from benchmarks.measure import ROOT, Took, cpu_seconds, folder, peak_mb, percentile, timed, within
from benchmarks.report import Beside, Row, Table
from benchmarks.served import served

APP = ROOT / "app.py"
RUNS, SECONDS = 5, 60
"""Starts of each program, and after what time no more."""
QUESTIONS = 20


@dataclass
class Samples:
    """Of one program, seconds from the start of its process, and MB.

    `page`: until `/` answers; `cpu`: of processor time until then; `ready`: until `/healthz` answers.
    """

    page: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    ready: list[float] = field(default_factory=list)
    peak: float | None = None


def run() -> Table:
    """Measure; the two programs take turns, after one start of each that isn't counted: it writes .pyc files."""
    app, bare = Samples(), Samples()
    with folder() as base:
        hello = base / "hello.py"
        hello.write_text(HELLO, encoding="utf-8")
        _start(APP, base / "data", Samples(), "/healthz")
        _start(hello, base / "data", Samples())
        for _ in within(SECONDS, range(RUNS)):
            _start(APP, base / "data", app, "/healthz")
            _start(hello, base / "data", bare)
        answers, app.peak = _ask(base / "data")
    rows = [
        _row("python app.py to HTTP 200", app.page, bare.page, 1.35),
        _row("the same, processor time", app.cpu, bare.cpu),
        _row("python app.py to ready", app.ready, bare.page),
        Row(f"peak memory after {QUESTIONS} questions", app.peak, "MB", bare.peak, aim=450),
        Beside("ms").row("a question through gradio_client, p50", answers, 0.5),
    ]
    notes = [
        "baseline: a Gradio page with one text box, same interpreter and options; its memory: after one visit",
        f"medians of {len(app.page)} alternating starts; ready: /healthz answers, which waits for the index",
    ]
    return Table("start-up and memory", rows, notes)


def _start(program: Path, data_dir: Path, samples: Samples, ready: str = "") -> None:
    with served(program, data_dir) as server:
        samples.page.append(server.seconds_to_200("/"))
        cpu = cpu_seconds(server.process.pid)
        samples.cpu += [] if cpu is None else [cpu]
        samples.peak = peak_mb(server.process.pid)
        samples.ready += [server.seconds_to_200(ready)] if ready else []


def _ask(data_dir: Path) -> tuple[list[Took], float | None]:
    """Return how long each of some questions took over the API, and the peak memory of the server after them."""
    from gradio_client import Client  # type: ignore[import-untyped]  # noqa: PLC0415 (1 s: not for a wrong name)

    pins = [pin for pin in load_pins([ROOT / "tests" / "pins"]) if len(pin.turns) == 1]
    questions = [pin.turns[0] for pin in pins[:: max(1, len(pins) // QUESTIONS)]][:QUESTIONS]
    with served(APP, data_dir) as server:
        server.seconds_to_200("/healthz")
        client = Client(server.url, verbose=False)
        took = [timed(client.predict, q, [], api_name="/ask")[0] for q in questions]
        memory = peak_mb(server.process.pid)
        client.close()
    return took, memory


def _row(what: str, samples: list[float], bare: list[float], aim_ratio: float | None = None) -> Row:
    if not samples:
        return Row(what, None, "s")
    ends = (min(samples), max(samples))
    return Row(what, percentile(samples, 0.5), "s", percentile(bare, 0.5), aim_ratio=aim_ratio, spread=ends)
