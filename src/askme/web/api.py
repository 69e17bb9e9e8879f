"""Questions of programs, by the `ask` endpoint and the Model Context Protocol: an answer, or one sentence why not."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from askme.answering.json_output import as_json
from askme.errors import Refused
from askme.text.tokenize import reply_language
from askme.types import Turn
from askme.web.rate_limit import Gate
from askme.web.recorder import Keeper
from askme.web.session import checked

if TYPE_CHECKING:
    from askme.answering.chain import Chain


class Desk:
    """Answers programs. Safe to use from several threads."""

    def __init__(self, get_chain: Callable[[], Chain], gate: Gate, keeper: Keeper, most: int) -> None:
        """`get_chain` may block until ready; a question may have `most` characters."""
        self._get_chain, self._gate, self._keeper, self._most = get_chain, gate, keeper, most

    def answer(self, question: str, earlier: list[str] | None, visitor: str) -> dict[str, Any]:
        """Return the answer and note it. All of it counts as one question, and the earlier ones ask no model.

        Raises:
            RequestError: it isn't what can be asked; the message says why.
            Refused: the visitor is over a limit; the message says until when.
        """
        question, before = checked(question, earlier, self._most)
        refusal = self._gate.question(visitor)
        if refusal:
            raise Refused(refusal.text[reply_language(question)])
        chain = self._get_chain()
        turns: list[Turn] = []
        for turn in before:  # only to know what they cited
            turns.append(chain.ask(turn, tuple(turns), model=False).turn())
        answer = chain.ask(question, tuple(turns))
        self._keeper.answered(answer, visitor)
        return as_json(answer)
