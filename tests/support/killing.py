"""Processes that are killed at random moments, and what is left of their data folder. As a program it prints JSON.

`killing.py builds FOLDER TIMES SEED`: while the index is built, every other time over one that is there.
`killing.py answers FOLDER TIMES SEED`: while the server answers.

All is imported once; each process that is to die is a fork.
"""

from __future__ import annotations

import atexit
import http.client
import json
import logging
import os
import random
import shutil
import signal
import sys
import threading
import time
import traceback
from contextlib import closing, suppress
from pathlib import Path

import chromadb  # noqa: F401 (imported before the forks)
import langchain_chroma  # noqa: F401 (as above)
import tiny
from serving import free_port

from askme.factory import build_chain, build_finder
from askme.settings import load_settings
from askme.web.server import serve

QUESTION = "how much did UV_CTR rise in the US through the listwise distillation?"
CITED = "tiktok.distillation"


def child(work, *arguments):
    """Fork; the child does its work, ends in good order, and fails loudly."""
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        work(*arguments)
        code = 0
    except SystemExit as end:
        code = end.code or 0
    except BaseException:  # noqa: BLE001 (a fork must never go on as its parent)
        traceback.print_exc()
    atexit._run_exitfuncs()  # noqa: SLF001 (as at any end in good order)
    os._exit(code)


def kill(pid):
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def ended_well(pid):
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def left(folder):
    """What of the index lies in a data folder, by kind."""
    kinds = [path.name.split("-")[0] for path in (folder / "lexical").iterdir()]
    return sorted(
        kind for kind in kinds if kind in ("current", "current.new", "index.lock", "store", "run", "building")
    )


def build(settings):
    build_finder(settings, rebuild=True).index()


def prove(settings):
    """Open the index as the next start does and answer from it."""
    answer = build_chain(settings, cached=False).ask("who made wedding cakes?")
    assert [citation.id for citation in answer.citations] == ["hotel.1"], answer


def builds(folder, times, seed):
    chance, wrong, kept = random.Random(seed), [], 0
    tiny.write(folder.parent / f"knowledge-{seed}")
    settings = load_settings(data_dir=folder, knowledge_dir=folder.parent / f"knowledge-{seed}")
    assert ended_well(child(build, settings))
    started = time.monotonic()
    assert ended_well(child(build, settings))
    took = time.monotonic() - started
    for number in range(times):
        if number % 2 == 0:
            shutil.rmtree(folder)
        pid = child(build, settings)
        time.sleep(chance.uniform(0, took))
        kill(pid)
        kept += (folder / "lexical" / "current").exists()
        if not ended_well(child(prove, settings)):
            wrong.append(f"kill {number}: the next start failed")
        if left(folder) not in (["current", "index.lock", "store"], ["current", "current.new", "index.lock", "store"]):
            wrong.append(f"kill {number}: {left(folder)}")
    return {"wrong": wrong, "kept": kept, "kills": times}


def requested(port, method, path, body=None):
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        connection.request(method, path, json.dumps(body) if body else None, {"Content-Type": "application/json"})
        response = connection.getresponse()
        return response.status, response.read().decode()


def asked(port):
    """Ask through the public endpoint; return all that was sent back."""
    _, joined = requested(port, "POST", "/gradio_api/call/ask", {"data": [QUESTION, []]})
    return requested(port, "GET", f"/gradio_api/call/ask/{json.loads(joined)['event_id']}")[1]


def ask_in_vain(port):
    with suppress(OSError, http.client.HTTPException, ValueError):
        asked(port)


def await_health(port):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with suppress(OSError, http.client.HTTPException):
            if requested(port, "GET", "/healthz")[0] == 200:
                return
        time.sleep(0.01)
    raise TimeoutError("the server doesn't come up")


def works(port):
    """Whether the page comes and a question is answered."""
    return requested(port, "GET", "/")[0] == 200 and CITED in asked(port)


def start(folder):
    port = free_port()
    pid = child(serve, load_settings(data_dir=folder, port=port, log_level="ERROR", cache_answers=0, per_minute=0))
    await_health(port)
    return pid, port


def answers(folder, times, seed):
    chance, wrong = random.Random(seed), []
    started = time.monotonic()
    for number in range(times):
        pid, port = start(folder)
        if number == 0:
            started = time.monotonic()
            assert works(port)
            took = time.monotonic() - started
        asking = [threading.Thread(target=ask_in_vain, args=(port,)) for _ in range(3)]
        for thread in asking:
            thread.start()
        time.sleep(chance.uniform(0, 2 * took))
        kill(pid)
        for thread in asking:
            thread.join()
        if left(folder).count("run") > 1 or left(folder).count("store") != 1:
            wrong.append(f"kill {number}: {left(folder)}")
    pid, port = start(folder)
    wrong += [] if works(port) else ["the last start doesn't answer"]
    os.kill(pid, signal.SIGTERM)
    wrong += [] if ended_well(pid) else ["the last end is a failure"]
    return {"wrong": wrong, "left": left(folder)}


if __name__ == "__main__":
    logging.disable(logging.WARNING)
    task, path, count, chosen = sys.argv[1:]
    told = {"builds": builds, "answers": answers}[task](Path(path), int(count), int(chosen))
    sys.stdout.write(json.dumps(told) + "\n")
