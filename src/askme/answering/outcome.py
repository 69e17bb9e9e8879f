"""How an answer by the model went: tokens, and what became of its sentences."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Event

from askme.llm.usage import Usage
from askme.text.tokenize import clean
from askme.types import Answer, Status, Withheld

UNSUPPORTED = "nothing it wrote was borne out"
"""The failure of a model that was there."""
LOGGED = 200
"""Characters of a question in the log, where the settings want it."""
_answers = logging.getLogger("askme.answers")


@dataclass
class Outcome:
    """How an answer by the model went, filled in while it is made; `stop` is set when nobody waits for it any more.

    `begun` is when, by a monotonic clock: what came before the wording counts towards its deadline.

    `shown` and `repaired` count sentences, `withheld` are those that didn't hold; `failure` says why the answer isn't
    whole, "" when it is; `answered`: a sentence that cites the résumé was shown; `by_words_alone`: search by meaning
    should have helped.
    """

    stop: Event = field(default_factory=Event)
    begun: float = field(default_factory=time.monotonic)
    usage: Usage = field(default_factory=Usage)
    shown: int = 0
    repaired: int = 0
    withheld: list[Withheld] = field(default_factory=list)
    failure: str = ""
    answered: bool = False
    by_words_alone: bool = False
    status: Status = "answered"


def summary(usage: Mapping[str, float | None] | None) -> str:
    """Return what an answer used, in one line for people."""
    if not usage:
        return "no model"
    cost = usage["cost_usd"]
    price = "cost unknown" if cost is None else f"${cost:.6f}"
    tokens = f"{usage['prompt_tokens']} tokens in ({usage['cached_tokens']} cached), {usage['completion_tokens']} out"
    return f"{usage['calls']} calls, {tokens}, {price}"


def withheld(answer: Answer) -> list[str]:
    """Return the sentences of a model that weren't shown, each in a line with the ids it cited and why, for people."""
    return [
        f"withheld{', rewritten' if one.again else ''}: {one.text} [{', '.join(one.cites)}]: {'; '.join(one.reasons)}"
        for one in answer.withheld
    ]


def noted(answer: Answer, how: str, with_question: bool = False) -> Answer:
    """Tell the log of an answer, what it was to only if that is wanted, and return it."""
    why, took = f" ({answer.fallback})" if answer.fallback else "", answer.timings_ms["total"]
    fields = {"status": answer.status, "mode": answer.mode, "language": answer.language, "ms": round(took)}
    said = ("answered: %s, %s%s, %.0f ms, %s", answer.status, answer.mode, why, took, how)
    if with_question:
        question = clean(answer.question, LOGGED)
        _answers.info(f"{said[0]}: %s", *said[1:], question, extra={"fields": {**fields, "question": question}})
    else:
        _answers.info(*said, extra={"fields": fields})
    return answer
