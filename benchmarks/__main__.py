"""`python -m benchmarks [name …]`: measure these subjects, or all, and print a table for each."""

from __future__ import annotations

import argparse
import importlib
import os
import platform
import subprocess
import sys
import time
from importlib.metadata import version
from typing import cast

from benchmarks.measure import isolate
from benchmarks.report import Table

SUBJECTS = {
    "answering": "answering",
    "verification": "verification",
    "overhead": "overhead",
    "index": "indexing",
    "startup": "startup",
    "growth": "growth",
    "load": "load",
    "streams": "streams",
    "replicas": "replicas",
    "journal": "recording",
    "page": "page",
    "cache": "cache",
}
"""Names and their modules, imported when their turn has come: none may profit from what another brought along."""
PACKAGES = ("chromadb", "langchain-core", "gradio", "numpy")


def main() -> None:
    """Measure what the command line names."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure speed and memory of askme.")
    parser.add_argument("names", nargs="*", metavar="name", help=f"{', '.join(SUBJECTS)}; none: all")
    parser.add_argument("--examples", action="store_true", help="show some of what went wrong")
    options = parser.parse_args()
    names: list[str] = options.names
    unknown = sorted(set(names) - set(SUBJECTS))
    if unknown:
        parser.error(f"no subject {', '.join(unknown)}; there are {', '.join(SUBJECTS)}")
    isolate()
    print(_machine(), flush=True)
    start = time.perf_counter()
    tables = [table for name in names or SUBJECTS if (table := _measured(name, options.examples))]
    missed = [f"{table.title}: {what}" for table in tables for what in table.missed()]
    aims = sum(row.met is not None for table in tables for row in table.rows)
    print(f"\n{aims - len(missed)} of {aims} aims met, in {time.perf_counter() - start:.0f} s")
    for one in missed:
        print(f"missed: {one}")
    sys.exit(len(tables) < len(names or SUBJECTS))


def _measured(name: str, examples: bool) -> Table | None:
    """Return the table of a subject after printing it; None when a program under measurement broke down."""
    if sys.stderr.isatty():
        print(f"measuring {name} …", end="\r", file=sys.stderr, flush=True)
    try:
        table = cast(Table, importlib.import_module(f"benchmarks.{SUBJECTS[name]}").run())
    except (RuntimeError, subprocess.SubprocessError) as error:
        print(f"\n{name}: {error}", file=sys.stderr)
        return None
    print("\n".join(["", table.text(), *(table.examples if examples else ())]), flush=True)
    return table


def _machine() -> str:
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    text = f"Python {platform.python_version()}, {os.cpu_count()} processors, {platform.system()}; {packages}"
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    busy = load > 0.5
    warning = f"\nthe machine is busy (load {load:.1f}): look at CPU and ratios rather than at times"
    return text + warning * busy


if __name__ == "__main__":
    main()
