"""What askme adds to the model: time to the first verified sentence, tokens of the prompt, start-up with a key.

The model is tests/support/openai_server.py on loopback; the baseline is
the plain openai client with the very same request.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path
from typing import Any, ParamSpec

from askme.answering.chain import Chain
from askme.answering.outcome import Outcome
from askme.answering.prompt_context import token_count
from askme.evaluation import Pin, load_pins
from askme.factory import build_chain
from askme.settings import Settings, load_settings
from askme.types import Done, Sentence
from benchmarks.keyed import STARTS, startup
from benchmarks.measure import ROOT, Took, folder, forget, percentile, timed, within
from benchmarks.model import CHUNK, EVERY, FIRST_AFTER, KEY, SENTENCES, instant, paced
from benchmarks.report import Aim, Beside, Row, Table

_P = ParamSpec("_P")
TITLE = "what askme adds to the model"
ANSWERS, SECONDS = 20, 45
"""Answers that are timed, and after what time no more."""
FACTOR, SLACK_MS = 1.1, 30
"""What askme may take beside the plain client."""
MOST_TOKENS = 2500
_FIRST = re.compile(r".+?\][.。]")


@dataclass
class Samples:
    """Of the chain and of the plain client: times to the first sentence and to the end; of search by meaning alone."""

    first: list[Took] = field(default_factory=list)
    whole: list[Took] = field(default_factory=list)
    bare_first: list[Took] = field(default_factory=list)
    bare_whole: list[Took] = field(default_factory=list)
    meaning: list[Took] = field(default_factory=list)
    retrieval: list[Took] = field(default_factory=list)


@dataclass(frozen=True)
class Prompt:
    """The request that reached the model for a question, and whether all it said was shown."""

    question: str
    language: str
    body: dict[str, Any]
    shown: bool

    @property
    def text(self) -> str:
        """All messages."""
        return "\n".join(message["content"] for message in self.body["messages"])

    @property
    def tokens(self) -> int:
        """About how many it has."""
        return token_count(self.text)


def run() -> Table:
    """Measure; builds an index of the résumé, and one by meaning, in a temporary folder."""
    pins = [pin for pin in load_pins([ROOT / "tests" / "pins"]) if pin.kind == "fact" and len(pin.turns) == 1]
    with folder() as data_dir, instant() as server:
        prompts = _prompts(_settings(data_dir, server.url), server, pins)
        told = [prompt for prompt in prompts if prompt.shown]
        starts = startup(told[0].question, data_dir, server.url)
        with paced() as url:
            samples = _timed(_settings(data_dir, url), told[:: max(1, len(told) // ANSWERS)][:ANSWERS])
    large = [prompt for prompt in prompts if prompt.tokens > MOST_TOKENS]
    notes = [
        f"{len(samples.first)} answers of {SENTENCES} sentences at {CHUNK} characters every {1000 * EVERY:.0f} ms, "
        f"the first after {FIRST_AFTER} s, by a server in another process",
        f"baseline: the openai client, the same request; aim: {FACTOR} x baseline + {SLACK_MS} ms",
        f"tokens as briefing counts them: {len(pins)} questions about one fact reach the model {len(prompts)} times, "
        f"{len(large)} times with more than {MOST_TOKENS}",
        "fixed: the same at the beginning of all prompts, which providers cache (OpenAI from 1,024 tokens on)",
        f"start-up: medians of {STARTS} alternating new processes on a built index; baseline: without a key",
    ]
    rows = [*_times(samples), *_tokens(prompts), *starts]
    return Table(TITLE, rows, notes, examples=[f"{prompt.tokens:,} tokens: {prompt.question}" for prompt in large])


# Prompts


def _prompts(settings: Settings, server: Any, pins: Sequence[Pin]) -> list[Prompt]:
    """Ask everything once, without waiting; return what reached the model."""
    chain = _ready(settings)
    found = []
    for pin in pins:
        before = len(server.chats)
        answer = chain.ask(pin.turns[0])
        if len(server.chats) > before:
            shown = answer.mode == "model" and not answer.fallback and len(server.chats) == before + 1
            several = (answer.usage or {}).get("sentences_shown") == SENTENCES
            found.append(Prompt(pin.turns[0], pin.language, server.chats[before].body, shown and several))
    return found


def _settings(data_dir: Path, url: str) -> Settings:
    free = {"budget_day_usd": 0, "budget_month_usd": 0}
    return load_settings(data_dir=data_dir, openai_base_url=url, openai_api_key=KEY, **free)


def _ready(settings: Settings) -> Chain:
    chain = build_chain(settings, cached=False)
    if chain.assistant:
        chain.assistant.prepare()
    chain.ask("Where does he work now?")
    return chain


def _tokens(prompts: Sequence[Prompt]) -> list[Row]:
    counts = [prompt.tokens for prompt in prompts]
    rows = [Row(f"tokens of a prompt, {name}", percentile(counts, share), "") for name, share in _SHARES]
    rows.append(Row("tokens of a prompt, max", max(counts), "", aim=MOST_TOKENS))
    for language in ("en", "zh"):
        told = [prompt for prompt in prompts if prompt.language == language]
        fixed = _beginning([prompt.text for prompt in told])
        rows.append(Row(f"fixed ({language}), tokens", token_count(fixed), ""))
        shares = (100 * token_count(fixed) / prompt.tokens for prompt in told)
        rows.append(Row(f"fixed ({language}), share of the prompt, p50", percentile(shares, 0.5), "%"))
    return rows


def _beginning(texts: Sequence[str]) -> str:
    """Return what all begin with."""
    same = takewhile(lambda chars: len(set(chars)) == 1, zip(*texts, strict=False))
    return "".join(chars[0] for chars in same)


_SHARES = (("p50", 0.5), ("p95", 0.95))


# Times


def _timed(settings: Settings, prompts: Sequence[Prompt]) -> Samples:
    """Answer by the chain and by the plain client in turns, with a new chain, which knows none of the questions."""
    import openai  # noqa: PLC0415 (1 s: not for a wrong name)

    chain, samples = _ready(settings), Samples()
    with openai.OpenAI(base_url=settings.openai_base_url, api_key=KEY, max_retries=0) as client:
        for number, prompt in enumerate(within(SECONDS, [prompts[0], *prompts])):
            forget()
            chained = _marks(_sentence_ends, chain, prompt.question)
            bare = _marks(_client_ends, client, prompt.body)
            if number:  # the first of each opens connections
                samples.first.append(chained[0])
                samples.whole.append(chained[1])
                samples.bare_first.append(bare[0])
                samples.bare_whole.append(bare[1])
    _retrieve(chain, [prompt.question for prompt in prompts], samples)
    return samples


def _retrieve(chain: Chain, questions: Sequence[str], samples: Samples) -> None:
    forget()
    for question in questions:
        samples.retrieval.append(timed(chain.retriever.invoke, question)[0])
        if chain.assistant:
            samples.meaning.append(timed(chain.assistant.nearest, question, (), Outcome())[0])


def _marks(stream: Callable[_P, Iterator[object]], *args: _P.args, **kwargs: _P.kwargs) -> tuple[Took, Took]:
    """Return when the first item of a stream was there, and when the last was."""
    start, cpu = time.perf_counter(), time.process_time()
    marks = [Took(time.perf_counter() - start, time.process_time() - cpu) for _ in stream(*args, **kwargs)]
    return marks[0], marks[-1]


def _sentence_ends(chain: Chain, question: str) -> Iterator[object]:
    """Yield at every verified sentence and at the end.

    Raises:
        RuntimeError: it wasn't the model that answered.
    """
    for event in chain.stream(question):
        if isinstance(event, Done) and (event.answer.mode != "model" or event.answer.fallback):
            raise RuntimeError(f"no answer by the model: {event.answer.fallback or question}")
        if isinstance(event, Sentence | Done):
            yield event


def _client_ends(client: Any, body: dict[str, Any]) -> Iterator[object]:
    """Yield when the first sentence is complete and at the end."""
    text, found = "", False
    for chunk in client.chat.completions.create(**body):
        text += (chunk.choices[0].delta.content or "") if chunk.choices else ""
        if not found and _FIRST.match(text):
            found = True
            yield text
    yield text


def _times(samples: Samples) -> list[Row]:
    rows = []
    for what, mine, bare in (
        ("first sentence", samples.first, samples.bare_first),
        ("whole answer", samples.whole, samples.bare_whole),
    ):
        for name, share in _SHARES:
            aim = FACTOR * 1000 * percentile([took.wall for took in bare], share) + SLACK_MS
            rows.append(Beside("ms", bare).row(f"{what}, {name}", mine, share, Aim(round(aim))))
        beyond = sum(a.wall > FACTOR * b.wall + SLACK_MS / 1000 for a, b in zip(mine, bare, strict=True))
        rows.append(Row(f"{what}, answers beyond {FACTOR} x their own baseline + {SLACK_MS} ms", beyond, ""))
        later = [Took(a.wall - b.wall, a.cpu - b.cpu) for a, b in zip(mine, bare, strict=True)]
        rows += [Beside("ms").row(f"{what}, behind the client, {name}", later, share) for name, share in _SHARES]
    beside = Beside("ms")
    return [
        *rows,
        beside.row("of it retrieval by words, p50", samples.retrieval, 0.5),
        beside.row("of it search by meaning, p50", samples.meaning, 0.5),
        beside.row("of it search by meaning, p95", samples.meaning, 0.95),
    ]
