"""Run pip-audit over a lock. What it finds fails; that its data can't be reached is said, and is no failure."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys

SECONDS = 300


def main(lock: str) -> int:
    """Print what is known against the locked packages; return the exit code."""
    if importlib.util.find_spec("pip_audit") is None:
        return skipped("pip-audit is not installed here")
    command = [sys.executable, "-m", "pip_audit", "--requirement", lock, "--no-deps", "--disable-pip"]
    command += ["--format", "json", "--progress-spinner", "off"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)  # noqa: S603
        found = json.loads(done.stdout)["dependencies"]
    except subprocess.TimeoutExpired:
        return skipped("the data did not come in time")
    except (ValueError, KeyError, TypeError):
        return skipped((done.stderr.strip().splitlines() or ["pip-audit said nothing"])[-1][:200])
    seen = [package for package in found if "skip_reason" not in package]
    if not seen:
        return skipped("nothing is known here of any of the packages")
    faults = [(package, fault) for package in found for fault in package.get("vulns", [])]
    for package, fault in faults:
        mended = ", ".join(fault["fix_versions"]) or "no version yet"
        print(f"{package['name']} {package['version']}: {fault['id']}; mended in {mended}")
    print(f"{len(seen)} of {len(found)} packages looked up, {len(faults)} known vulnerabilities")
    return 1 if faults else 0


def skipped(why: str) -> int:
    """Say why nothing was looked up."""
    print(f"audit skipped: {why}")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
