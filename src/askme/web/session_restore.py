"""A conversation that began elsewhere: at another replica, before a restart, or so long ago that it was forgotten.

The page sends its last questions with each new one. Those that this process doesn't know it answers again, by itself
and without the model, for what a follow-up looks back on is what the answers cited.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from functools import partial
from typing import TYPE_CHECKING

from askme.types import Answer, Turn
from askme.web.session import Exchange, Request, history

if TYPE_CHECKING:
    from askme.answering.chain import Chain

AskAgain = Callable[[str, Sequence[Turn]], Answer]
_log = logging.getLogger(__name__)


async def whole_conversation(
    request: Request, known: tuple[Exchange, ...], get_chain: Callable[[], Chain], threads: Executor
) -> tuple[Exchange, ...]:
    """Return the exchanges before a request; when the rest can't be told again, those that are known."""
    if not missing(request, known):
        return known

    def told() -> tuple[Exchange, ...]:
        return caught_up(request, known, partial(get_chain().ask, model=False))

    try:
        return await asyncio.get_running_loop().run_in_executor(threads, told)
    except Exception as error:  # noqa: BLE001 (the edge: the question is answered all the same)
        _log.error("a conversation could not be taken up: %s", type(error).__name__)
        return known


def missing(request: Request, known: Sequence[Exchange]) -> bool:
    """Whether the page's conversation has exchanges that aren't known here."""
    return not {said.id for said in request.said} <= {exchange.id for exchange in known}


def caught_up(request: Request, known: Sequence[Exchange], ask: AskAgain) -> tuple[Exchange, ...]:
    """Return the exchanges before a request, those that aren't known answered again."""
    here = {exchange.id: exchange for exchange in known}
    told: list[Exchange] = []
    questions = {said.id: said.question for said in request.said}
    for id_ in sorted({*here, *questions}):
        told.append(here.get(id_) or _answered(id_, ask(questions[id_], history(told))))
    return tuple(told)


def _answered(id_: int, answer: Answer) -> Exchange:
    return Exchange(id_, answer.question, answer.text, answer.citations, answer.retrieved, answer)
