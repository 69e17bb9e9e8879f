"""What search by meaning embeds: several short documents for each bullet."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from askme.documents import heading
from askme.types import Bullet, Knowledge

QUESTIONS = 5
"""Questions of a bullet's search help that are embedded, in each language."""


@dataclass(frozen=True)
class Piece:
    """A short document of one bullet."""

    id: str
    bullet: str
    text: str

    @property
    def hash(self) -> str:
        """What changes when the text does."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:32]


def pieces(knowledge: Knowledge) -> list[Piece]:
    """Return the documents of all bullets: the text in each language with where it stands, and questions."""
    return [
        Piece(f"{bullet.id}#{number}", bullet.id, text)
        for bullet in knowledge.bullets.values()
        for number, text in enumerate(_texts(bullet, knowledge))
    ]


def _texts(bullet: Bullet, knowledge: Knowledge) -> list[str]:
    where = heading(bullet, knowledge)
    said = [f"{where.zh}：{bullet.text.zh}", f"{where.en}: {bullet.text.en}"]
    return [*said, *bullet.expansion.zh[:QUESTIONS], *bullet.expansion.en[:QUESTIONS]]
