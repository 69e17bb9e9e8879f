"""Start-up and memory of the page: `python app.py` beside a bare Gradio page, each in a process of its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from askme.evaluate import load_pins
from benchmarks.bare import HELLO
from benchmarks.measure import ROOT, Took, folder, peak_mb, percentile, timed
from benchmarks.report import Beside, Row, Table
from benchmarks.served import served

APP = ROOT / "app.py"
RUNS = 5
QUESTIONS = 20
_NOTES = (
    "baseline: a Gradio page with one text box, same interpreter and options; its memory: after one visit",
    f"medians of {RUNS} alternating starts; ready: /healthz answers, which waits for the chain and its index",
)


@dataclass
class Samples:
    """Seconds from the start of a process to the answer of `/`, and of `/healthz`; the bare page's memory in MB."""

    page: list[float] = field(default_factory=list)
    ready: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)
    bare_mb: float | None = None


def run() -> Table:
    """Measure; the two programs take turns, after one start of each that isn't counted: it writes .pyc files."""
    samples = Samples()
    with folder() as base:
        hello = base / "hello.py"
        hello.write_text(HELLO, encoding="utf-8")
        _start_both(hello, base / "data", Samples())
        for _ in range(RUNS):
            _start_both(hello, base / "data", samples)
        answers, app_mb = _ask(base / "data")
    rows = [
        _row("python app.py to HTTP 200", samples.page, samples.bare, 1.35),
        _row("python app.py to ready", samples.ready, samples.bare),
        Row(f"peak memory after {QUESTIONS} questions", app_mb, "MB", samples.bare_mb, aim=450),
        Beside("ms").row("a question through gradio_client, p50", answers, 0.5),
    ]
    return Table("start-up and memory", rows, _NOTES)


def _start_both(hello: Path, data_dir: Path, samples: Samples) -> None:
    with served(APP, data_dir) as server:
        samples.page.append(server.seconds_to_200("/"))
        samples.ready.append(server.seconds_to_200("/healthz"))
    with served(hello, data_dir) as server:
        samples.bare.append(server.seconds_to_200("/"))
        samples.bare_mb = peak_mb(server.process.pid)


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
    ends = (min(samples), max(samples))
    return Row(what, percentile(samples, 0.5), "s", percentile(bare, 0.5), aim_ratio=aim_ratio, spread=ends)
