"""The questions to begin with, answered before a visitor asks them, so that their answers are kept already."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

from askme.answering.outcome import UNSUPPORTED
from askme.types import Done, Knowledge

if TYPE_CHECKING:
    from askme.answering.chain import Chain

PATIENCE = 120.0
"""Seconds to wait for search by meaning, without which an answer isn't worth keeping."""
PAUSE = 0.05
"""Seconds between two questions, in which visitors go first."""
_log = logging.getLogger(__name__)


def rehearse(chain: Chain, stop: threading.Event) -> int:
    """Ask the chain its example questions, in both languages, until a service fails; return how many it answered.

    Nothing is asked without kept answers, nor of a model that can't be had or paid for. Setting `stop` ends it at once.
    That nothing of what a model wrote holds says nothing about the next question.
    """
    if not chain.recall or (chain.assistant and not chain.assistant.settled(PATIENCE)):
        return 0
    start, done = time.perf_counter(), 0
    for question in examples(chain.knowledge):
        if stop.wait(PAUSE) or (chain.assistant and not chain.assistant.available):
            break
        failures = [e.answer.fallback for e in chain.stream(question, stop=stop) if isinstance(e, Done)]
        if failures not in ([""], [UNSUPPORTED]):
            break
        done += failures == [""]
    _log.info("questions to begin with: %d answers are kept, %.1f s", done, time.perf_counter() - start)
    return done


def examples(knowledge: Knowledge) -> list[str]:
    """Return the questions of the résumé's front matter, a pair of languages after the other."""
    pairs = [question for theme in knowledge.profile.examples for question in theme.questions]
    return [text for pair in pairs for text in (pair.zh, pair.en)]
