"""Statements → the sentences a visitor reads: every cited bullet gets its number, in the order of first mention."""

from __future__ import annotations

from askme.resume.lines import heading
from askme.text.tokenize import has_han
from askme.types import Citation, Knowledge, Language, Sentence, Statement


class Numbering:
    """Numbers the citations of one answer."""

    def __init__(self, knowledge: Knowledge, language: Language) -> None:
        """Begin at 1."""
        self._knowledge, self._language = knowledge, language
        self._numbers: dict[str, int] = {}
        self._last = ""

    def sentence(self, statement: Statement, alone: bool = False) -> Sentence:
        """Return a statement with its marks, set off from the one before; `alone`: it is the whole answer."""
        marks = "".join(f"[{self._numbers.setdefault(cite, len(self._numbers) + 1)}]" for cite in statement.cites)
        text = f"{statement.text} {marks}".rstrip()
        citations = tuple(self._citation(cite) for cite in statement.cites)
        shown = f"{self._separator(statement, alone)}{text}"
        self._last = text
        return Sentence(shown, citations)

    def _separator(self, statement: Statement, alone: bool) -> str:
        if statement.before is None:
            leads = statement.text.endswith((":", "："))
            item = "- " if statement.cites and not alone and not leads else ""
            return f"{chr(10) if self._last else ''}{item}"
        before = statement.before if self._last else statement.before.lstrip("\n ")
        return "" if before == " " and not statement.cites and has_han(self._last[-1:]) else before

    def _citation(self, identifier: str) -> Citation:
        bullet = self._knowledge.bullets[identifier]
        where = heading(bullet, self._knowledge)[self._language]
        return Citation(self._numbers[identifier], identifier, bullet.text[self._language], bullet.text.original, where)
