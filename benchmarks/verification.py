"""Verification: what share of false sentences is caught, what share of true ones is withheld, and how long it takes.

False are those made by rule (see `mutations`), those in claims/false.yaml and authors.yaml, what an attacker would have
a model say (attacks.yaml), and true ones in languages that can't be checked (unreadable.yaml); true are the bullets'
own text in both languages and those in claims/true.yaml, authors.yaml and answers.yaml.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from askme.answering.retriever import Finder
from askme.factory import build_finder, build_verifier
from askme.resume.lines import text_line, trail
from askme.settings import load_settings
from askme.text.tokenize import language
from askme.types import Knowledge
from askme.verification.sentences import Draft, Splitter, parse
from askme.verification.verifier import Verifier
from benchmarks.claim import Claim
from benchmarks.measure import Took, folder, forget, timed
from benchmarks.mutations import Mutator
from benchmarks.report import Beside, Row, Table

TODAY = date(2026, 11, 23)
"""As of when claims/true.yaml says how long he has been somewhere."""
AUTHORS_TODAY = date(2026, 12, 1)
"""As of when claims/authors.yaml does."""
CLAIMS = Path(__file__).parent / "claims"
BY_HAND = "by hand: "
EXAMPLES = 20


@dataclass(frozen=True)
class Judged:
    """A claim with what the verifier says against it."""

    claim: Claim
    problems: tuple[str, ...]
    took: Took

    def __str__(self) -> str:
        """Return it as an example."""
        under = f" (under {self.claim.under})" if self.claim.under else ""
        found = f"\n    {'; '.join(self.problems)}" if self.problems else ""
        return f"{self.claim.kind}: {self.claim.text} [{', '.join(self.claim.ids)}]{under}{found}"


def run() -> Table:
    """Measure; builds an index of the résumé in a temporary folder, for the words it is written in."""
    with folder() as data_dir:
        settings = load_settings(data_dir=data_dir)
        finder, later = build_finder(settings, TODAY), build_finder(settings, AUTHORS_TODAY)
        judge, later_judge = Judge(finder), Judge(later)
        own, reworded = _own(finder.knowledge), _read(CLAIMS / "true.yaml", finder.knowledge)
        judge.all([*own[:10], *reworded[:10]])
        forget()
        told, paraphrased = judge.all(own), judge.all(reworded)
        mutator = Mutator(yaml.safe_load((CLAIMS / "added.yaml").read_text(encoding="utf-8")), own)
        held = [one.claim for one in (*told, *paraphrased) if not one.problems]
        made = dict.fromkeys(false for true in held for false in mutator.mutate(true))
        mechanical, by_hand = judge.all(made), judge.all(_read(CLAIMS / "false.yaml", finder.knowledge))
        asked = later_judge.all(read_shown(True, later.knowledge))
        by_hand += [*later_judge.all(read_shown(False, later.knowledge)), *judge.all(read_attacks(finder.knowledge))]
    true, false = [*told, *paraphrased, *asked], [*mechanical, *by_hand]
    notes = [
        f"false by rule: out of the {len(held)} true sentences that aren't withheld; what also stands in the cited "
        "bullets is left out",
        f"withheld: {_withheld(told)} of {len(told)} bullets, {_withheld(paraphrased)} of {len(paraphrased)} "
        f"paraphrases, {_withheld(asked)} of {len(asked)} answers to questions",
    ]
    escaped = [one for one in false if not one.problems]
    withheld = [one for one in true if one.problems]
    examples = [*_examples("escaped", escaped), *_examples("wrongly withheld", withheld)]
    rows = _rows(true, mechanical, by_hand)
    return Table("verification", rows, notes, [*_grid(mechanical, by_hand), *_held(asked)], examples)


class Judge:
    """Puts claims to the verifier as the chain puts a model's sentences."""

    def __init__(self, finder: Finder) -> None:
        """Every bullet, section and notice may be cited."""
        knowledge = finder.knowledge
        self._verifier: Verifier = build_verifier(finder)
        self._allowed = frozenset(
            (*knowledge.bullets, *knowledge.sections, *(f"notice.{notice.id}" for notice in knowledge.notices))
        )

    def all(self, claims: Iterable[Claim]) -> list[Judged]:
        """Return the claims judged, each timed."""
        return [self._judged(claim) for claim in claims]

    def _judged(self, claim: Claim) -> Judged:
        draft = parse(f"{claim.text} [{', '.join(claim.ids)}]") if claim.ids else Draft(claim.text, ())
        spoken = language(claim.question) if claim.question else claim.language
        took, verdict = timed(self._verifier.check, draft, self._allowed, claim.question, spoken, claim.under)
        return Judged(claim, verdict.problems, took)


def _own(knowledge: Knowledge) -> list[Claim]:
    """Return the bullets' own texts as sentences."""
    return [
        Claim(language, sentence.text, (bullet.id,), _given((bullet.id,), knowledge))
        for bullet in knowledge.bullets.values()
        for language in ("zh", "en")
        for sentence in _sentences(text_line(bullet).text[language])
    ]


def _read(path: Path, knowledge: Knowledge) -> list[Claim]:
    """Return the sentences of a file of claims."""
    return [_claim(row, sentence, knowledge) for row in load(path.name) for sentence in _sentences(row["text"])]


def load(name: str) -> list[dict[str, Any]]:
    """Return the rows of a file of claims."""
    rows: list[dict[str, Any]] = yaml.safe_load((CLAIMS / name).read_text(encoding="utf-8"))
    return rows


def _claim(row: dict[str, Any], sentence: Draft, knowledge: Knowledge) -> Claim:
    given, kind = _given(sentence.ids, knowledge), _kind(row)
    return Claim(row["language"], sentence.text, sentence.ids, given, kind, question=row.get("question", ""))


def read_shown(shown: bool, knowledge: Knowledge) -> list[Claim]:
    """Return the authors' sentences that may be shown, with the answers, or those that may not; each taken as one."""
    rows = [row for row in load("authors.yaml") if row["shown"] == shown]
    rows += load("answers.yaml") if shown else []
    return [_claim(row, parse(row["text"]), knowledge) for row in rows]


def read_attacks(knowledge: Knowledge) -> list[Claim]:
    """Return what a model under attack would say; where that is several sentences, all of them are to be caught."""
    rows = [*load("attacks.yaml"), *load("unreadable.yaml")]
    found = [_claim(row, parse(row["text"]), knowledge) for row in rows]
    return [replace(claim, question=claim.question or "Who is he?") for claim in found]


def _kind(row: dict[str, Any]) -> str:
    return BY_HAND + row["kind"].replace("_", " ") if "kind" in row else "true"


def _sentences(text: str) -> list[Draft]:
    splitter = Splitter()
    return [*splitter.feed(text), *splitter.close()]


def _given(ids: Iterable[str], knowledge: Knowledge) -> str:
    """Return all that bullets and their headings say."""
    bullets = [knowledge.bullets[id_] for id_ in ids if id_ in knowledge.bullets]
    told = dict.fromkeys(one for bullet in bullets for one in (*trail(bullet, knowledge), bullet))
    return "\n".join(text for bullet in told for text in (bullet.text.zh, bullet.text.en))


def _withheld(judged: Sequence[Judged]) -> int:
    return sum(bool(one.problems) for one in judged)


def _examples(what: str, judged: Sequence[Judged]) -> list[str]:
    """Return up to `EXAMPLES`, evenly from all."""
    step = max(1, -(-len(judged) // EXAMPLES))
    return [f"{what} ({len(judged)}):", *(f"  {one}" for one in judged[::step])] if judged else []


def _grid(mechanical: Sequence[Judged], by_hand: Sequence[Judged]) -> list[list[str]]:
    grid = [["false sentences", "number", "escaped", "caught"]]
    for kind in (*sorted({one.claim.kind for one in mechanical}), *sorted({one.claim.kind for one in by_hand})):
        grid.append(_line(kind, [one for one in (*mechanical, *by_hand) if one.claim.kind == kind]))
    return [*grid, _line("all by rule", mechanical), _line("all by hand", by_hand)]


def _held(asked: Sequence[Judged]) -> list[list[str]]:
    """Return by kind what share of the true answers to questions is shown."""
    kinds = sorted({one.claim.kind for one in asked})
    grid = [["true answers", "number", "withheld", "shown"]]
    for kind in kinds:
        own = [one for one in asked if one.claim.kind == kind]
        withheld = _withheld(own)
        grid.append([kind, str(len(own)), str(withheld), f"{100 - 100 * withheld / len(own):.1f} %"])
    return grid


def _line(what: str, judged: Sequence[Judged]) -> list[str]:
    caught = _withheld(judged)
    return [what, str(len(judged)), str(len(judged) - caught), f"{100 * caught / len(judged):.1f} %"]


def _rows(true: Sequence[Judged], mechanical: Sequence[Judged], by_hand: Sequence[Judged]) -> list[Row]:
    times, beside = [one.took for one in (*true, *mechanical, *by_hand)], Beside("µs")
    return [
        Row("figures, units, dates, employers, terms: escaped", _share(_literal(mechanical), caught=False), "%", aim=1),
        Row("directions, exchanges inside a bullet: escaped", _share(_relations(mechanical), caught=False), "%"),
        Row("false by hand, escaped", _share(by_hand, caught=False), "%"),
        Row("true, wrongly withheld", _share(true, caught=True), "%", aim=2),
        beside.row("one sentence, p50", times, 0.5),
        beside.row("one sentence, p95", times, 0.95),
    ]


def _literal(judged: Sequence[Judged]) -> list[Judged]:
    """Return those in which something is wrong that can be held against the bullet word for word."""
    return [one for one in judged if one not in _relations([one])]


def _relations(judged: Sequence[Judged]) -> list[Judged]:
    """Return those in which each word is the bullet's and only what they say of each other is wrong."""
    return [one for one in judged if one.claim.kind.startswith(("direction", "figures exchanged"))]


def _share(judged: Sequence[Judged], caught: bool) -> float:
    """Return per cent."""
    return 100 * sum(bool(one.problems) == caught for one in judged) / len(judged)
