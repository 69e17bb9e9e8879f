"""kill -9 at random moments: the next start has a whole index, answers, and nothing piles up.

The same for writes of the journal is in test_journal.py. The moments come from fixed seeds, two programs share them.
"""

import json
import os
import signal
import subprocess
import sys

import pytest
from surroundings import clean_environment

from askme.settings import ROOT

PROGRAMS = 2
MOST_SECONDS = 900
"""What they may take on a busy machine, also at full length."""


@pytest.mark.process
@pytest.mark.skipif(sys.platform == "win32", reason="needs fork and SIGKILL")
@pytest.mark.parametrize("during", ["builds", "answers"])
def test_a_process_that_is_killed_leaves_the_next_one_all_it_needs(tmp_path, during, times):
    kills = times(12, soak=50) // PROGRAMS
    running = [start(during, tmp_path / str(seed), kills, seed) for seed in range(PROGRAMS)]
    try:
        told = [finished(process) for process in running]
    finally:
        for process in running:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)  # and what it forked
                process.communicate()
    assert [one["wrong"] for one in told] == [[], []]
    if during == "builds":
        assert all(0 < one["kept"] < kills for one in told)  # some died before there was an index, some after
    else:
        assert [one["left"] for one in told] == [["current", "index.lock", "store"]] * PROGRAMS


def start(during, folder, times, seed):
    folder.mkdir()
    return subprocess.Popen(
        [sys.executable, ROOT / "tests" / "support" / "killing.py", during, folder, str(times), str(seed)],
        env=clean_environment() | {"PYTHONPATH": str(ROOT / "src")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def finished(process):
    out, err = process.communicate(timeout=MOST_SECONDS)
    assert process.returncode == 0, err
    return json.loads(out)
