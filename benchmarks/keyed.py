"""Start-up with a key for the language model: a new process from its imports to its first answer."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from benchmarks.measure import ROOT, percentile
from benchmarks.model import KEY
from benchmarks.report import Row

STARTS = 3
"""Of each kind, in turns."""
_START = """\
import sys, time
begin = time.perf_counter()
from askme.factory import build_chain
from askme.settings import load_settings
imported = time.perf_counter()
answer = build_chain(load_settings(), cached=False).ask(sys.argv[1])
print(answer.mode, imported - begin, time.perf_counter() - begin)
"""


def startup(question: str, data_dir: Path, url: str) -> list[Row]:
    """Start processes with and without a key for the server at `url`; the index in `data_dir` is built."""
    starts = _starts(question, data_dir, url)
    rows = []
    for place, what in enumerate(("import askme.factory, with a key", "first answer of a new process, with a key")):
        mine, bare = ([start[keyed][place] for start in starts] for keyed in (0, 1))
        ends = (min(mine), max(mine))
        rows.append(Row(what, percentile(mine, 0.5), "s", percentile(bare, 0.5), spread=ends))
    return rows


def _starts(question: str, data_dir: Path, url: str) -> list[tuple[list[float], list[float]]]:
    """Return the seconds of the import, and from before it to the first answer, with a key and without."""
    env = os.environ | {"ASKME_DATA_DIR": str(data_dir), "PYTHONPATH": str(ROOT / "src"), "ASKME_LOG_LEVEL": "WARNING"}
    keyed = env | {"OPENAI_BASE_URL": url, "OPENAI_API_KEY": KEY}
    return [(_start(question, keyed, "model"), _start(question, env, "extractive")) for _ in range(STARTS)]


def _start(question: str, env: dict[str, str], mode: str) -> list[float]:
    command = [sys.executable, "-c", _START, question]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=True, timeout=60)  # noqa: S603 (ours)
    said, *seconds = done.stdout.split()
    if said != mode:
        raise RuntimeError(f"an answer of mode {said}, not {mode}")
    return [float(one) for one in seconds]
