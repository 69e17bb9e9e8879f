"""The pins: questions with what their answers must cite, say and leave out. See pins/*.yaml."""

from collections import Counter

import pytest

from askme.evaluation import judge, load_pins
from askme.settings import ROOT

PINS = load_pins([ROOT / "tests" / "pins"])


@pytest.mark.parametrize("pin", PINS, ids=lambda pin: pin.id)
def test_pin(chain, pin):
    verdict = judge(pin, chain.ask)
    if verdict.faults:
        lines = [" / ".join(pin.turns), *verdict.faults, f"why: {pin.why}", verdict.answer.text]
        pytest.fail("\n".join(lines), pytrace=False)


def test_no_two_pins_share_an_id():
    assert [pin for pin, count in Counter(pin.id for pin in PINS).items() if count > 1] == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_bullet_has_a_pin_in_each_language(chain, language):
    cited = {one for pin in PINS if pin.language == language for group in pin.cites for one in group}
    assert sorted(set(chain.knowledge.bullets) - cited) == []


def test_pins_cite_what_there_is(chain):
    named = {(pin.id, one) for pin in PINS for one in (*pin.may_cite, *(c for group in pin.cites for c in group))}
    known = {*chain.knowledge.bullets, *chain.knowledge.sections}
    assert sorted((pin, one) for pin, one in named if one.removesuffix(".*") not in known) == []


@pytest.mark.parametrize(
    ("least", "what", "counts"),
    [
        (
            40,
            "what is not stated",
            lambda pin: "answered" not in pin.status or pin.kind == "false_premise",
        ),
        (20, "follow-ups", lambda pin: len(pin.turns) > 1),
        (20, "dates, counts and lists", lambda pin: pin.kind in ("date", "count", "list")),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_enough_pins_of_the_hard_kinds(least, what, counts):
    found = [pin for pin in PINS if counts(pin)]
    assert len(found) >= least, f"{len(found)} pins on {what}"
