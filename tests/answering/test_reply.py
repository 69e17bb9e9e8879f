"""The kind of a reply is read however small models decorate it, and what isn't one stays text."""

import pytest

from askme.answering.reply import LONGEST_FORM, Reply, kind_of

ANSWERED, NOT_STATED, DECLINED, GREETING = "answered", "not_in_resume", "declined", "greeting"
TEXT = "He did X [a.1]."
# As written, its kind, and the text that is left of it.
KINDS = [
    (f"ANSWERED\n{TEXT}", ANSWERED, TEXT),
    (f"**ANSWERED**\n\n{TEXT}", ANSWERED, f"\n{TEXT}"),
    (f"[answered]\n{TEXT}", ANSWERED, TEXT),
    (f"<answered>\n{TEXT}", ANSWERED, TEXT),
    (f"# ANSWERED\n{TEXT}", ANSWERED, TEXT),
    (f"\n\n Answered.\n{TEXT}", ANSWERED, TEXT),
    (f"answered: {TEXT}", ANSWERED, TEXT),
    (f"ANSWERED {TEXT}", ANSWERED, TEXT),
    (f"ANSWERED - {TEXT}\nMore.", ANSWERED, f"{TEXT}\nMore."),
    ("Kind: not stated\nThe", NOT_STATED, "The"),
    ("Status: DECLINED\nThis", DECLINED, "This"),
    ("NOT_STATED The résumé doesn't say [none].", NOT_STATED, "The résumé doesn't say [none]."),
    ("Not in the résumé.\nNo salary [none].", NOT_STATED, "No salary [none]."),
    ("not-stated\n", NOT_STATED, ""),
    ("【未提及】\n简历没有写 [none]。", NOT_STATED, "简历没有写 [none]。"),
    ("已回答：他做了 [a]。", ANSWERED, "他做了 [a]。"),
    ("类型：拒绝回答\n这里", DECLINED, "这里"),
    ("DECLINED", DECLINED, ""),
    ("GREETING", GREETING, ""),
    ("问候\n", GREETING, ""),
]
NO_KIND = [
    TEXT,
    "Declined offers were common [a.1].",
    "Answered questions of visitors [a.1].",
    "未提及 [none]。",
    "简历没有提到薪资 [none]。",
    f"The first word is ANSWERED\n{TEXT}",
    "",
    "\n\n",
    "!" * 5000,
]


def read(text, size=3):
    reply = Reply(text[i : i + size] for i in range(0, len(text), size))
    return "".join(reply), reply.kind


@pytest.mark.parametrize(("written", "kind", "left"), KINDS)
@pytest.mark.parametrize("size", [1, 3, 999])
def test_a_kind_is_read_and_taken_out(written, kind, left, size):
    assert read(written, size) == (left, kind)


@pytest.mark.parametrize("text", NO_KIND)
def test_what_is_no_kind_is_text(text):
    assert read(text) == (text, None)


def test_text_is_not_held_back_longer_than_a_kind_may_be():
    come = iter(("He did X [a.1]. ", "And then he went on to do ", "so much more that this is no first line.", "Z"))
    assert next(iter(Reply(come))).startswith("He did X")
    assert next(come) == "Z"


FORMS = {
    '{"kind": "ANSWERED", "answer": "He did X", "ids": ["a.1", "b"]}': (ANSWERED, "He did X [a.1, b]."),
    '{"answer": "ANSWERED\\nHe did X [a.1]."}': (ANSWERED, TEXT),
    '```json\n{"Status": "not_stated", "sentences": [{"text": "No pay.", "cites": "none"}]}\n```': (
        NOT_STATED, "No pay [none].",
    ),
    '[{"text": "He did X.", "ids": ["a.1"]}, {"text": "He did Y.", "ids": ["b"]}]': (
        None, "He did X [a.1].\nHe did Y [b].",
    ),
    '{"answer": "He did X [a.1].", "confidence": 0.9, "more": null}': (None, TEXT),
    '{"answer": "He did': (None, ""),
    '{"a":' * 5000: (None, ""),
    '{"answer": "' + "x" * LONGEST_FORM + '"}': (None, ""),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form[:40])
def test_a_reply_in_json_is_unwrapped_or_nothing(form):
    kind, text = FORMS[form]
    assert read(form) == (text, kind)


def test_only_short_lines_tell_a_kind():
    assert kind_of("answered") == ANSWERED
    assert kind_of("answered" + " " * 99) is None
