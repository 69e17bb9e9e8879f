"""A model's private thoughts and template tokens never come through, however its text is cut into pieces."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from askme.llm.thoughts import LOOKED_AT, THOUGHT, Habit, Thoughts

TRUE = "The Lite model cut training PS consumption by 52.73% [tiktok.lite.3]."
NEAR = "The small model trains on the sample stream [tiktok.lite.2]."
THINKING = {
    "a tag": f"<think>{NEAR}</think>\n\n{TRUE}",
    "an empty one": f"<think>\n\n</think>\n\n{TRUE}",
    "a tag of another name": f"<thinking>{NEAR}</thinking>{TRUE}",
    "a tag in capitals": f"<Think>{NEAR}</Think>{TRUE}",
    "a tag with a prefix": f"<mm:think>{NEAR}</mm:think>{TRUE}",
    "brackets": f"[THINK]{NEAR}[/THINK]{TRUE}",
    "signs": f"◁think▷{NEAR}◁/think▷{TRUE}",
    "no opening tag": f"Okay. {NEAR} Wait.\n</think>\n\n{TRUE}",
    "no opening tag, Chinese": f"好的，用户问的是 Lite 模型。小模型用样本流 [tiktok.lite.2]。\n</think>\n\n{TRUE}",
    "no opening tag, numbered": f"1. The user asks. 2. {NEAR}\n</think>{TRUE}",
    "no opening tag, and a citation first": f"{NEAR} Hm.\n</think>\n\n{TRUE}",
    "no opening tag, and the word of an answer first": f"ANSWERED\n{NEAR} No.</think>{TRUE}",
    "two blocks": f"<think>One.</think>{NEAR}\n<think>Two.</think>\n{TRUE}",
    "a closing tag thought of": f"<think>I end with </think> and answer. {NEAR}</think>{TRUE}",
    "channels": (
        f"<|channel|>analysis<|message|>{NEAR}<|end|><|start|>assistant<|channel|>final<|message|>{TRUE}<|return|>"
    ),
    "three channels": (
        f"<|channel|>analysis<|message|>{NEAR}<|end|><|start|>assistant<|channel|>commentary to=functions.look "
        f"<|constrain|>json<|message|>{{}}<|call|><|start|>assistant<|channel|>final <|constrain|>text<|message|>{TRUE}"
    ),
    "channels without their tokens": f"analysisWe need one line. {NEAR}assistantfinal{TRUE}",
    "a channel of another kind": f"<|channel>thought\n{NEAR}\n<channel|>{TRUE}",
    "the end of such a channel": f"Plan. {NEAR}\n<channel|>{TRUE}",
    "tokens for thoughts": f"<|START_THINKING|>{NEAR}<|END_THINKING|><|START_RESPONSE|>{TRUE}<|END_RESPONSE|>",
    "longer tokens": f"<|begin_of_thought|>{NEAR}<|end_of_thought|><|begin_of_solution|>{TRUE}<|end_of_solution|>",
}
PLAIN = {
    "nothing": (TRUE, TRUE),
    "the end of a turn": (f"{TRUE}<|im_end|>", TRUE),
    "wide tokens": (f"<｜Assistant｜>{TRUE}<｜end▁of▁sentence｜>", TRUE),
    "an old template": (f"[INST]{TRUE}</s>", TRUE),
    "a turn": (f"<start_of_turn>{TRUE}<end_of_turn><eos>", TRUE),
    "comparisons": ("It is <1% and a < b, x<5 ms [a.1].", "It is <1% and a < b, x<5 ms [a.1]."),
    "a chatty beginning": (f"Sure! {TRUE}", f"Sure! {TRUE}"),
    "a lead and a list": (f"At TikTok:\n- {TRUE}\n- {NEAR}", f"At TikTok:\n- {TRUE}\n- {NEAR}"),
    "the word assistant": (f"As an assistant, {TRUE}", f"As an assistant, {TRUE}"),
}


UNKNOWN = Habit()


def told(text, size, habit=UNKNOWN, whole=True, seconds=0.0):
    """Return what comes through of a text in pieces of a size, between each of which so much time goes by."""
    now = iter(range(10**6))
    thoughts = Thoughts(habit, lambda: next(now) * seconds)
    pieces = [thoughts.feed(text[at : at + size]) for at in range(0, len(text), size)]
    return "".join([*pieces, thoughts.close(whole)]), "".join(pieces), thoughts


@pytest.mark.parametrize("size", [1, 3, 4, 10**6])
@pytest.mark.parametrize("name", THINKING)
def test_thoughts_stay_private(name, size):
    text, _, thoughts = told(THINKING[name], size)
    assert text.strip() == TRUE
    assert thoughts.found or name == "an empty one"


@pytest.mark.parametrize("size", [1, 4, 10**6])
@pytest.mark.parametrize("habit", [Habit(), Habit(plain=True)])
@pytest.mark.parametrize("name", PLAIN)
def test_an_answer_comes_through_without_tokens(name, habit, size):
    text, left = PLAIN[name]
    made, _, thoughts = told(text, size, habit)
    assert made == left
    assert (thoughts.found, thoughts.unmarked) == (False, False)


@pytest.mark.parametrize("text", ["<think>never ends", f"<|channel|>analysis<|message|>{NEAR}", f"{THOUGHT}<think>"])
def test_thoughts_that_never_end_leave_nothing(text):
    assert told(text, 4)[0] == ""


def test_what_begins_as_an_answer_comes_at_once_from_a_model_that_is_known():
    assert told(f"{TRUE} And then", 4, Habit(plain=True))[1] == f"{TRUE} And then"
    assert told(f"ANSWERED\n{TRUE}", 4, Habit(plain=True))[1] == f"ANSWERED\n{TRUE}"
    assert told(f"At TikTok:\n- {TRUE}", 4, Habit(plain=True))[1] == f"At TikTok:\n- {TRUE}"


def test_what_begins_as_an_answer_is_looked_at_for_a_moment_in_a_model_that_is_not():
    assert told(f"{TRUE} And then", 4)[1] == ""
    assert told(f"{TRUE} And then", 4, seconds=LOOKED_AT)[1] == f"{TRUE} And then"


@pytest.mark.parametrize("habit", [Habit(), Habit(plain=True), Habit(unmarked=True)])
def test_what_begins_otherwise_waits_for_its_end(habit):
    assert told(f"Okay. {TRUE} And", 4, habit, seconds=99.0)[1] == ""


def test_a_model_that_thought_without_an_opening_mark_is_not_trusted_again():
    thoughts = told(THINKING["no opening tag"], 4)[2]
    assert thoughts.habit == Habit(unmarked=True)
    text, at_once, _ = told(f"{NEAR} Hm.</think>{TRUE}", 4, thoughts.habit, seconds=99.0)
    assert (text, at_once) == (TRUE, TRUE)
    assert told(f"Hm. {NEAR}", 4, thoughts.habit)[0] == ""


def test_what_broke_off_is_told_only_if_it_is_clear():
    assert told(f"{TRUE} And th", 4, whole=False)[0] == f"{TRUE} And th"
    assert told(f"Okay. {NEAR} Wai", 4, whole=False)[0] == ""
    assert told("The Lite mod", 4, whole=False)[0] == ""


def test_thoughts_beside_the_text_are_seen_and_not_shown():
    text, _, thoughts = told(f"{THOUGHT * 3}{TRUE}", 4)
    assert (text, thoughts.found, thoughts.habit) == (TRUE, True, Habit(plain=True))


PARTS = [
    "<",
    "</",
    ">",
    "<|",
    "|>",
    "[",
    "]",
    "think",
    "channel",
    "message",
    "assistant",
    "final",
    "a ",
    "\n",
    "。",
    "<think>",
]
PARTS += ["</think>", "[/THINK]", "<|channel|>"]


@given(st.lists(st.sampled_from(PARTS)), st.integers(1, 9))
def test_any_text_gives_the_same_however_it_is_cut(parts, size):
    text = "".join(parts)
    assert told(text, size)[0] == told(text, 10**6)[0]
