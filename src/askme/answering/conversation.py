"""What an answer is made from: the question as it was typed, and as much of the conversation as a model is given."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from askme.text.token_count import cut, token_count
from askme.text.tokenize import STOP_WORDS, clean, language, words
from askme.types import Turn

TURNS = 6
"""Earlier turns at most that a model is given."""
TOKENS = 400
"""What these may have together: what changes from question to question isn't cached by providers."""
QUESTION_TOKENS, ANSWER_TOKENS = 90, 170
"""Of one earlier question, and of what it was answered."""
SAYS_SOMETHING = 3
"""Words from which on a question tells its language: "GMV?" in a Chinese conversation is Chinese."""
_BRACKETS = re.compile(r"\s*[\[【][^\[\]【】]{0,300}[\]】]")
"""Marks of citations, and ids that somebody put there: neither means anything in another answer."""


@dataclass(frozen=True)
class Asked:
    """A question with what it is understood by. Equal ones get the same answer, so kept answers lie under `key`.

    `standalone` is what search is given, "" when that is the question itself.
    """

    question: str
    conversation: str = ""
    standalone: str = ""

    @property
    def key(self) -> str:
        """What an answer to exactly this is kept under."""
        parts = json.dumps([self.question, self.conversation, self.standalone])
        return hashlib.sha256(parts.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def spoken(question: str, turns: Sequence[Turn]) -> str:
    """Return the language to answer in: that of the question, or of an earlier one where it says too little."""
    for text in (question, *(turn.question for turn in reversed(turns))):
        own, said = language(text), words(text)
        if own != "en" or len(said) >= SAYS_SOMETHING or STOP_WORDS & set(said):
            return own
    return "en"


def conversation(turns: Sequence[Turn]) -> str:
    """Return earlier turns as a model is given them: two lines each, the oldest left out where they are too many."""
    told: list[str] = []
    left = TOKENS
    for turn in reversed(turns[-TURNS:]):
        text = f"Visitor: {_said(turn.question, QUESTION_TOKENS)}\nAnswer: {_said(turn.answer, ANSWER_TOKENS)}"
        left -= token_count(text)
        if left < 0:
            break
        told.insert(0, text)
    return "\n".join(told)


def quoted(text: str) -> str:
    """Return a visitor's words in one line that can't end the part of a prompt they stand in."""
    return " ".join(text.replace("<", "‹").replace(">", "›").split())


def _said(text: str, tokens: int) -> str:
    return cut(quoted(_BRACKETS.sub("", clean(text.replace("\n", " ")))), tokens)
