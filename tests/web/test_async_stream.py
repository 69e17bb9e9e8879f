"""The way from a blocking answer to the page: nothing is lost, and nothing that is overtaken is sent."""

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing

import pytest

from askme.web.async_stream import newest


def taken(states, pause=0.0, most=100):
    """Return what comes of a generator to somebody who takes `pause` seconds with each."""

    async def take():
        found = []
        with ThreadPoolExecutor(1) as executor:
            async with aclosing(newest(states, executor)) as pairs:
                async for pair in pairs:
                    found.append(pair)
                    time.sleep(pause)
                    if len(found) == most:
                        break
        return found

    return asyncio.run(take())


def test_what_is_made_at_once_comes_at_once():
    found = taken((number for number in range(1000)), pause=0.05)
    assert found[-1] == (999, True)
    assert len(found) < 20
    assert [over for _, over in found[:-1]] == [False] * (len(found) - 1)


def test_what_takes_its_time_comes_step_by_step():
    step = threading.Event()

    def states():
        for number in range(4):
            yield number
            assert step.wait(30)
            step.clear()

    async def take():
        found = []
        with ThreadPoolExecutor(1) as executor:
            async for pair in newest(states(), executor):
                found.append(pair)
                step.set()
        return found

    assert asyncio.run(take()) == [(0, False), (1, False), (2, False), (3, False), (3, True)]


def test_who_leaves_closes_the_generator():
    closed = threading.Event()

    def states():
        try:
            while True:
                yield 1
                time.sleep(0.01)
        finally:
            closed.set()

    assert taken(states(), most=1) == [(1, False)]
    assert closed.wait(30)


def test_nothing_made_is_nothing_sent():
    assert taken(state for state in ()) == []


def test_a_failure_comes_after_what_was_made_before_it():
    def states():
        yield 1
        raise ValueError("broke")

    seen = []

    async def take():
        with ThreadPoolExecutor(1) as executor:
            async for state, _ in newest(states(), executor):
                seen.append(state)

    with pytest.raises(ValueError, match="broke"):
        asyncio.run(take())
    assert set(seen) == {1}
