"""settings → chain: the one place where the parts are joined."""

from __future__ import annotations

from datetime import date

from askme.cards import make_cards
from askme.chain import Chain
from askme.documents import documents
from askme.index import Index, open_index
from askme.knowledge import load_knowledge
from askme.periods import this_month
from askme.retrieval import Finder
from askme.settings import Settings
from askme.steering import Structure


def build_finder(settings: Settings, today: date | None = None, rebuild: bool = False) -> Finder:
    """Return what finds evidence in the configured knowledge, as of `today` (default: the day it is asked for)."""
    knowledge = load_knowledge(settings.knowledge_dir)
    cards = make_cards(knowledge, this_month(today or date.today()))
    structure = Structure.of(knowledge, cards, this_month(today or date.today()))

    def opened() -> Index:
        return open_index(documents(knowledge, cards), settings.data_dir, rebuild)

    return Finder(knowledge, structure, opened, settings.candidates)


def build_chain(settings: Settings, today: date | None = None) -> Chain:
    """Return the chain; its index is opened by the first question or by `warm`."""
    return Chain(build_finder(settings, today), settings.max_question_chars, settings.evidence)
