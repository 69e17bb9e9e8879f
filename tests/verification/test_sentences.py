"""What a model writes, cut into sentences with their ids: the same however it comes in pieces, and plain text only."""

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from askme.verification.sentences import LONGEST, Splitter, parse, without_thoughts


def drafts(*pieces):
    splitter = Splitter()
    found = [draft for piece in pieces for draft in splitter.feed(piece)]
    return found + splitter.close()


def shown(text):
    """Return (what sets it off, text, ids) of each sentence."""
    return [(draft.before, draft.text, *draft.ids) for draft in drafts(text)]


# Any way it comes in pieces


FRAGMENTS = st.sampled_from(
    ["He cut it by 52.73% ", "e.g. Spark", "Dr. Ye", "v1.2", "No. 1", "3", "https://a.bc/d", "|", "他做了 X", "[none]",
     "[a.b.1]", " [a.b.1, c.2]", "【a.1】", ".", "!", "?", "。", "！", "…", "：", ":", '."', "”", "\n", "\n\n", " ",
     "- ", "1. ", "## ", "**", "`", "```\n", "<b>", "</b>", "&lt;", "<script>x()</script>", "![i](u)", "[l](u)"]
)  # fmt: skip
TEXTS = st.lists(FRAGMENTS, max_size=14).map("".join).filter(lambda text: len(text) < 250)


@settings(max_examples=300, derandomize=True)
@given(st.data(), TEXTS)
def test_it_does_not_matter_where_the_pieces_are_cut(data, text):
    places = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=8)))
    pieces = [text[start:end] for start, end in zip([0, *places], [*places, len(text)], strict=True)]
    assert drafts(*pieces) == drafts(text)


@settings(max_examples=300, derandomize=True)
@example("He did X [a.1].[b.1] He did Y [c.1].")
@example('He said "I did X [a.1]." He did Y [b.1].')
@example("He did X [a.1]![i](u) He did Y [b.1].")
@example("他说“做完了 [a.1]。”他又做了 Y [b.1]。")
@given(TEXTS)
def test_it_may_come_character_by_character(text):
    assert drafts(*text) == drafts(text)


@pytest.mark.parametrize("text", ["word " * 400 + "[a.1]. More [b.1].", "字" * 900 + "[a.1]。还有 [b.1]。"])
def test_a_sentence_without_end_is_cut_at_the_same_place_too(text):
    whole, one_by_one = drafts(text), drafts(*text)
    assert max(len(draft.text) for draft in whole) <= LONGEST + 1
    assert one_by_one == whole


@settings(derandomize=True)
@given(TEXTS, TEXTS)
def test_nothing_is_said_twice_or_in_another_order(first, second):
    letters = [char for draft in drafts(first + second) for char in draft.text if char.isalnum()]
    written = iter(first + second)
    assert all(char in written for char in letters)


@pytest.mark.parametrize(
    ("text", "ready"),
    [
        ("He did X [a.1].", "He did X [a.1]."),
        ("他做了 X [a.1]。", "他做了 X [a.1]。"),
        ("He did X. [a.1] Then", "He did X. [a.1] T"),
        ("他做了 X。[a.1]然后", "他做了 X。[a.1]然"),
        ("- He did X [a.1]\n", "- He did X [a.1]\n"),
        ("At TikTok:\n", "At TikTok:\n"),
        ("He cut 52.73% [a.1].", "He cut 52.73% [a.1]."),
    ],
)
def test_a_sentence_is_given_back_as_soon_as_its_end_is_known(text, ready):
    splitter = Splitter()
    needed = next(text[: at + 1] for at, char in enumerate(text) if splitter.feed(char))
    assert needed == ready


# Sentences and their ids


SENTENCES = [
    (
        "It took 46.5 ms [a.b.1]. It is 1.5 times faster [a.2].",
        ["It took 46.5 ms. a.b.1", "It is 1.5 times faster. a.2"],
    ),
    ("He used e.g. Spark, i.e. an engine [a.1].", ["He used e.g. Spark, i.e. an engine. a.1"]),
    ("Dr. Ye vs. No. 2 in the U.S. market [a.1].", ["Dr. Ye vs. No. 2 in the U.S. market. a.1"]),
    ("He did X [tiktok.lite.3]. Y [shopee.esmm.2]!", ["He did X. tiktok.lite.3", "Y! shopee.esmm.2"]),
    ("He did X. [a.1] He did Y. [b.1] [c.1]", ["He did X. a.1", "He did Y. b.1 c.1"]),
    ("He did X.[a.1]He did Y.[b.1]", ["He did X. a.1", "He did Y. b.1"]),
    ("He did X [a.1][b.1], and Y [c.1].", ["He did X, and Y. a.1 b.1 c.1"]),
    ("He did X [a.1, b.1; c.1].", ["He did X. a.1 b.1 c.1"]),
    ("He did X [a.1] [a.1].", ["He did X. a.1"]),
    ("He did X [].", ["He did X. ?"]),
    ("He did X (see [a.1]). Y [b.1].", ["He did X (see). a.1", "Y. b.1"]),
    ("The résumé doesn't say [none].", ["The résumé doesn't say. none"]),
    ("He did X", ["He did X"]),
    ("He did X [a.1", ["He did X [a.1"]),
    ("他把延迟降到 46.5 毫秒 [a.1]。又做了 Y [b.2]！", ["他把延迟降到 46.5 毫秒。 a.1", "又做了 Y！ b.2"]),
    ("他做了 X。【a.1】又做了 Y【b.1】。", ["他做了 X。 a.1", "又做了 Y。 b.1"]),
    ("“做完了。”他说 [a.1]。", ["“做完了。”", "他说。 a.1"]),
    ("Is it? Yes! [a.1]", ["Is it?", "Yes! a.1"]),
    ('He said "done." [a.1] Then [b.1].', ['He said "done." a.1', "Then. b.1"]),
    ("", []),
    (" \n\n ", []),
    ("[a.1]", []),
]


@pytest.mark.parametrize(("text", "expected"), SENTENCES)
def test_sentences_with_their_ids(text, expected):
    assert [" ".join((draft.text, *draft.ids)) for draft in drafts(text)] == expected


LAYOUT = [
    ("- one [a.1]\n- two [b.1]", [("\n- ", "one", "a.1"), ("\n- ", "two", "b.1")]),
    ("* one [a.1]\n• two [b.1]", [("\n- ", "one", "a.1"), ("\n- ", "two", "b.1")]),
    ("1. one [a.1]\n2) two [b.1]", [("\n- ", "one", "a.1"), ("\n- ", "two", "b.1")]),
    ("1、一 [a.1]。\n2、二 [b.1]。", [("\n- ", "一。", "a.1"), ("\n- ", "二。", "b.1")]),
    ("  - one [a.1]\n\n  - two [b.1]", [("\n- ", "one", "a.1"), ("\n- ", "two", "b.1")]),
    ("Key results:\n- one [a.1]", [("", "Key results:"), ("\n- ", "one", "a.1")]),
    ("**TikTok:**\n\none [a.1].", [("", "TikTok:"), ("\n", "one.", "a.1")]),
    ("## TikTok\none [a.1].", [("", "TikTok"), ("\n", "one.", "a.1")]),
    ("One [a.1]. Two [b.1].\n\nThree [c.1].", [("", "One.", "a.1"), (" ", "Two.", "b.1"), ("\n", "Three.", "c.1")]),
    ("- one [a.1]. More [b.1].\n- two [c.1]", [("\n- ", "one.", "a.1"), (" ", "More.", "b.1"), ("\n- ", "two", "c.1")]),
    ("```\none [a.1].\n```", [("\n", "one.", "a.1")]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), LAYOUT)
def test_lists_and_headings(text, expected):
    assert shown(text) == expected


def test_the_cells_of_a_table_keep_their_ids_to_their_row():
    rows = shown("| what | how much |\n| --- | --- |\n| X | 50% [a.1] |\n| Y | 30% [b.1] |\n")
    assert [row[2:] for row in rows if "%" in row[1]] == [("a.1",), ("b.1",)]


def test_years_and_ranks_at_the_start_of_a_line_are_no_list():
    assert shown("2017.12 was good [a.1].\n3.8/4.0 is his GPA [b.1].") == [
        ("", "2017.12 was good.", "a.1"),
        ("\n", "3.8/4.0 is his GPA.", "b.1"),
    ]


# Plain text


PLAIN = [
    ("He **led** the `v23` _model_ [a.1].", "He led the v23 _model_."),
    ("He *led* it [a.1].", "He led it."),
    ("3 * 4 is main_trade and u2u [a.1].", "3 * 4 is main_trade and u2u."),
    ("He <b>led</b> <i>it</i> [a.1].", "He led it."),
    ("<script>steal()</script>He led it [a.1].", "He led it."),
    ("<style>p{}</style><SVG onload=x>y</SVG>He led it [a.1].", "He led it."),
    ("He led it <script>steal() [a.1].", "He led it"),
    ("<img src=x onerror=y>He led it [a.1].", "He led it."),
    ("He led ![it](http://a.bc/d.png) [a.1].", "He led it."),
    ("He led [it](http://a.bc) [a.1].", "He led it."),
    ("<!-- x -->He led it [a.1].", "He led it."),
    ("failure rate <1% and a < b [a.1].", "failure rate <1% and a < b."),
    ("R&amp;D at AT&T [a.1].", "R&D at AT&T."),
    ("&lt;b&gt;He&lt;/b&gt; led it [a.1].", "He led it."),
    ("He led it &lt;script&gt;steal()&lt;/script&gt; [a.1].", "He led it."),
    ("He &#33;&#91;led&#93;&#40;u&#41; it [a.1].", "He led it."),
    ("He <<b>b>led</b> it [a.1].", "He led it."),
]


@pytest.mark.parametrize(("text", "expected"), PLAIN)
def test_plain_text_only(text, expected):
    assert parse(text).text == expected


BROKEN = ["<*script src=//x.y>", "<`img src=x onerror=y`>", "<__b__>", "<**b**>", "!**[x]**(/u)", "<<i>b>", "&lt;*b>"]


@pytest.mark.parametrize("markup", BROKEN)
def test_nothing_taken_out_leaves_markup_behind(markup):
    assert not re.search(r"</?[a-z]|!\[|\]\(", parse(f"He led it {markup} [a.1].").text)


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("His [page](https://github.com/yzq986) [contact].", ("https://github.com/yzq986",)),
        ("See https://a.bc/d [a.1].", ("https://a.bc/d",)),
        ("See www.a.bc [a.1].", ("www.a.bc",)),
        ("See [x](javascript:steal()) [a.1].", ("javascript:steal(",)),
        ("No link [a.1].", ()),
    ],
)
def test_links_are_noted(text, links):
    assert parse(text).links == links


@pytest.mark.parametrize(
    ("text", "leads"), [("Results:", True), ("结果：", True), ("Results", False), ("A: b.", False)]
)
def test_what_leads(text, leads):
    assert parse(text).leads == leads


# Thoughts


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("<think>He may know Rust [a.1].</think>He did X [a.1].", "He did X [a.1]."),
        ("\n<think>\n\n</think>\n\nHe did X.", "\n\nHe did X."),
        ("He did X <think>.", "He did X <think>."),
        ("<thin", "<thin"),
        ("<think>never ends", ""),
        ("", ""),
    ],
)
def test_thoughts_before_an_answer_are_left_out(text, left):
    assert "".join(without_thoughts([text])) == "".join(without_thoughts(text)) == left
