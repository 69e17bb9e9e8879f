"""Results of a function that are kept for the next call, in so many bytes: texts come from strangers, of any length."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

Made = TypeVar("Made", str, tuple[str, ...])
LARGEST_SHARE = 64
"""A result that would take more than such a part of the room isn't kept."""
_ENTRY = 120
"""Bytes that a place in a dictionary takes, about."""


class Remembered(Generic[Made]):
    """A function of one text whose results are kept. Safe to use from several threads.

    There are two generations: when the younger one has half the room it takes the place of the older, and what is asked
    for again moves over. So what everybody asks for stays, whatever somebody floods it with.
    """

    def __init__(self, function: Callable[[str], Made], most_bytes: int) -> None:
        """Keep nothing yet."""
        self._function: Callable[[str], Made] = function
        self._half = most_bytes // 2
        self._young: dict[str, Made] = {}
        self._old: dict[str, Made] = {}
        self._lock, self.bytes = threading.Lock(), 0
        self.__doc__ = function.__doc__

    def __call__(self, text: str) -> Made:
        """Return the function's result."""
        found = self._young.get(text)
        if found is not None:
            return found
        found = self._old.get(text)
        return self._kept(text, self._function(text) if found is None else found)

    def _kept(self, text: str, made: Made) -> Made:
        size = _ENTRY + sys.getsizeof(text) + _size(made)
        if size * LARGEST_SHARE > 2 * self._half:
            return made
        with self._lock:
            if self.bytes + size > self._half:
                self._old, self._young, self.bytes = self._young, {}, 0
            if text not in self._young:
                self._young[text] = made
                self.bytes += size
        return made


def _size(made: str | tuple[str, ...]) -> int:
    if isinstance(made, str):
        return sys.getsizeof(made)
    return sys.getsizeof(made) + sum(map(sys.getsizeof, made))


def remembered(most_bytes: int) -> Callable[[Callable[[str], Made]], Remembered[Made]]:
    """Decorate a function of one text so that its results are kept in at most so many bytes."""
    return lambda function: Remembered(function, most_bytes)
