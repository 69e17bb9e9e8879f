"""A blocking iterator, worked in threads of its own, as an asynchronous one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import Executor
from typing import TypeVar

Item = TypeVar("Item")
_END = object()


async def drained(iterator: Iterator[Item], executor: Executor) -> AsyncIterator[Item]:
    """Yield what `iterator` yields, each item made in a thread of `executor`."""
    loop = asyncio.get_running_loop()
    while (item := await loop.run_in_executor(executor, next, iterator, _END)) is not _END:
        yield item  # type: ignore[misc]
