"""What is put into the collections: every bullet and notice with its search help, and short texts of bullets."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Literal

from askme.resume.lines import heading
from askme.types import Bullet, Expansion, Knowledge, Notice

QUESTIONS = 5
"""Questions of a bullet's search help that are embedded, in each language."""
_COLON = {"zh": "：", "en": ": "}


class _Hashed:
    text: str

    @property
    def hash(self) -> str:
        """What changes when the text does."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Document(_Hashed):
    """One text to be found by its words: a bullet or a notice with its search help."""

    id: str
    kind: Literal["bullet", "notice"]
    text: str

    @property
    def notes(self) -> dict[str, str]:
        """What is written beside the vector."""
        return {"kind": self.kind}


@dataclass(frozen=True)
class Piece(_Hashed):
    """A short text of one bullet, to be found by its meaning."""

    id: str
    bullet: str
    text: str

    @property
    def notes(self) -> dict[str, str]:
        """What is written beside the vector."""
        return {"bullet": self.bullet}


def documents(knowledge: Knowledge) -> list[Document]:
    """Return the documents of a résumé, bullets first, in order."""
    made = [Document(b.id, "bullet", _bullet_text(b, knowledge)) for b in knowledge.bullets.values()]
    return made + [Document(f"notice.{notice.id}", "notice", _notice_text(notice)) for notice in knowledge.notices]


def _bullet_text(bullet: Bullet, knowledge: Knowledge) -> str:
    where = heading(bullet, knowledge)
    return "\n".join([*bullet.text.renderings, *where.renderings, *_help(bullet.expansion)])


def _notice_text(notice: Notice) -> str:
    return "\n".join([*notice.text.renderings, *_help(notice.expansion)])


def _help(expansion: Expansion) -> list[str]:
    return [*expansion.zh, *expansion.en]


def pieces(knowledge: Knowledge) -> list[Piece]:
    """Return the short texts of all bullets: the line in each language with where it stands, and questions."""
    return [
        Piece(f"{bullet.id}#{number}", bullet.id, text)
        for bullet in knowledge.bullets.values()
        for number, text in enumerate(_texts(bullet, knowledge))
    ]


def _texts(bullet: Bullet, knowledge: Knowledge) -> list[str]:
    where = heading(bullet, knowledge)
    said = [f"{where[language]}{_COLON[language]}{text}" for language, text in bullet.text.texts]
    return [*said, *bullet.expansion.zh[:QUESTIONS], *bullet.expansion.en[:QUESTIONS]]
