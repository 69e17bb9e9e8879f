"""settings → chain: the one place where the parts are joined."""

from __future__ import annotations

from datetime import date

from askme.answering.answer_cache import AnswerCache, Recall
from askme.answering.cache_key import fingerprint
from askme.answering.cache_store import Bounds
from askme.answering.chain import Chain
from askme.answering.generator import Writer
from askme.answering.model_answer import Assistant
from askme.answering.prompt_context import Briefing
from askme.answering.retriever import Finder
from askme.llm.billing import Purse
from askme.llm.chat_model import ChatModel
from askme.llm.embeddings import Embedder
from askme.llm.prompts import load_prompts
from askme.query.router import Structure
from askme.resume.cards import make_cards
from askme.resume.lexicon import Occurrences
from askme.resume.loader import load_knowledge
from askme.search.dense_index import SemanticIndex
from askme.search.documents import documents
from askme.search.lexical_index import Index, open_index
from askme.search.lexical_server import open_shared
from askme.settings import Settings
from askme.storage.addresses import ServerAddress
from askme.text.periods import this_month
from askme.types import Knowledge
from askme.verification.claims import Claims
from askme.verification.evidence import Sources
from askme.verification.term_checks import PLACES_OF_WORK, Wording
from askme.verification.verifier import Verifier


def build_finder(
    settings: Settings, today: date | None = None, rebuild: bool = False, knowledge: Knowledge | None = None
) -> Finder:
    """Return what finds evidence in the configured knowledge, as of `today` (default: the day it is asked for).

    `knowledge` is what was read of it already, if it was.
    """
    knowledge = knowledge or load_knowledge(settings.knowledge_dir)
    cards = make_cards(knowledge, this_month(today or date.today()))
    structure = Structure.of(knowledge, cards, this_month(today or date.today()))

    def opened() -> Index:
        if url := settings.chroma_url.get_secret_value():
            return open_shared(documents(knowledge, cards), ServerAddress.read(url), rebuild)
        return open_index(documents(knowledge, cards), settings.data_dir, rebuild)

    return Finder(knowledge, structure, opened, settings.candidates)


def build_chain(
    settings: Settings, today: date | None = None, cached: bool = True, knowledge: Knowledge | None = None
) -> Chain:
    """Return the chain; its index is opened by the first question or by `warm`.

    Not `cached`, it gives and keeps no kept answers, whatever the settings say: for measuring what it does itself.
    """
    finder = build_finder(settings, today, knowledge=knowledge)
    assistant = build_assistant(settings, finder) if settings.has_model else None
    recall = build_recall(settings, finder) if cached and settings.cache_answers else None
    chain = Chain(finder, settings.max_question_chars, settings.evidence, assistant, recall)
    chain.log_questions = settings.log_questions
    return chain


def build_recall(settings: Settings, finder: Finder) -> Recall:
    """Return the kept answers that depend on the same things as those to come."""
    mark = fingerprint(settings, finder.knowledge, finder.structure.now)
    bounds = Bounds(entries=settings.cache_answers)
    return Recall(AnswerCache.of(mark, settings.data_dir, settings.redis_url.get_secret_value(), bounds))


def build_assistant(settings: Settings, finder: Finder) -> Assistant:
    """Return the model's part in answering; nothing is sent yet."""
    knowledge, now = finder.knowledge, finder.structure.now
    writer = Writer(
        knowledge,
        ChatModel(settings),
        Briefing(knowledge, load_prompts(settings.prompts_dir), now, settings.evidence_tokens),
        build_verifier(finder),
        settings.total_seconds,
    )
    by_meaning = settings.embedding_model != "none"
    purse = Purse.of(settings)
    semantic = SemanticIndex(knowledge, Embedder(settings, purse.embedded), settings) if by_meaning else None
    return Assistant(writer, semantic, purse)


def build_verifier(finder: Finder) -> Verifier:
    """Return what checks sentences against the résumé."""
    knowledge = finder.knowledge
    stations = frozenset(b.id for b in knowledge.bullets.values() if b.kind in PLACES_OF_WORK)
    claims = Claims(finder.reader.lexicon, stations)
    sources = Sources(knowledge, finder.structure.cards.values(), claims, finder.structure.now)
    wording = Wording(knowledge, Occurrences(knowledge))
    return Verifier(sources, wording, knowledge.profile.links.values())
