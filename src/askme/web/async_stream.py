"""A blocking generator, worked in a thread, as an asynchronous one that never falls behind it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Generator
from concurrent.futures import Executor
from typing import Any, TypeVar

Item = TypeVar("Item")
_END = object()
SETTLE_SECONDS = 0.01
"""For how long states after the first are held back: the end comes right after the last sentence."""


async def newest(states: Generator[Item, None, None], executor: Executor) -> AsyncGenerator[tuple[Item, bool], None]:
    """Yield states as they are made in a thread of `executor`, each with whether it is the last.

    States that a newer one has overtaken by the time they can be taken are left out: what is made all at once comes
    all at once. Closing this early closes `states` at its next one.
    """
    loop = asyncio.get_running_loop()
    made: asyncio.Queue[Any] = asyncio.Queue()
    left = threading.Event()

    def work() -> None:
        try:
            for state in states:
                loop.call_soon_threadsafe(made.put_nowait, state)
                if left.is_set():
                    break
        finally:
            states.close()
            loop.call_soon_threadsafe(made.put_nowait, _END)

    working = loop.run_in_executor(executor, work)
    try:
        async for state in _overtaking(made):
            yield state
        await working
    finally:
        left.set()


async def _overtaking(made: asyncio.Queue[Any]) -> AsyncIterator[tuple[Any, bool]]:
    """Yield the last of all that lies in the queue, again and again until its end; nothing when it was empty."""
    last, over = _END, False
    while not over:
        found = [await made.get()]
        if last is not _END and found[0] is not _END:
            await asyncio.sleep(SETTLE_SECONDS)
        while not made.empty():
            found.append(made.get_nowait())
        over = found[-1] is _END
        last = next((state for state in reversed(found) if state is not _END), last)
        if last is not _END:
            yield last, over
