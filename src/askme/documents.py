"""What is put into the index: every bullet, card and notice as one text with its search help."""

from __future__ import annotations

from askme.index import Document
from askme.lines import first_line
from askme.types import Bilingual, Bullet, Card, Expansion, Knowledge, Notice


def documents(knowledge: Knowledge, cards: list[Card]) -> list[Document]:
    """Return the documents of a résumé, bullets first, in order."""
    made = [Document(b.id, "bullet", _bullet_text(b, knowledge)) for b in knowledge.bullets.values()]
    made += [Document(card.id, "card", _card_text(card)) for card in cards]
    return made + [Document(f"notice.{notice.id}", "notice", _notice_text(notice)) for notice in knowledge.notices]


def trail(bullet: Bullet, knowledge: Knowledge) -> list[Bullet]:
    """Return the headings above a bullet that are bullets themselves, the topmost first."""
    above: list[Bullet] = []
    while bullet.parent in knowledge.bullets:
        bullet = knowledge.bullets[bullet.parent]
        above.insert(0, bullet)
    return above


def heading(bullet: Bullet, knowledge: Knowledge) -> Bilingual:
    """Return where a bullet stands: section or position, and project."""
    steps = [first_line(b) for b in trail(bullet, knowledge)]
    if not steps:
        steps = [knowledge.sections.get(bullet.section, Bilingual("", ""))]
    return Bilingual(" › ".join(s.zh for s in steps), " › ".join(s.en for s in steps))


def _bullet_text(bullet: Bullet, knowledge: Knowledge) -> str:
    where = heading(bullet, knowledge)
    return "\n".join([bullet.text.zh, bullet.text.en, where.zh, where.en, *_help(bullet.expansion)])


def _card_text(card: Card) -> str:
    return "\n".join([card.id, *_help(card.expansion)])


def _notice_text(notice: Notice) -> str:
    return "\n".join([notice.text.zh, notice.text.en, *_help(notice.expansion)])


def _help(expansion: Expansion) -> list[str]:
    return [*expansion.zh, *expansion.en]
