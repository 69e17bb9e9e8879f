"""Whole sets of sentences: what is true is shown, what isn't borne out is not, whoever wrote it."""

import cProfile
import pstats
from collections import Counter
from datetime import date

import pytest
import yaml

from askme.factory import build_finder, build_verifier
from askme.settings import ROOT, load_settings
from askme.text.tokenize import language
from askme.verification.sentences import MOST, Splitter, parse

TODAY = date(2026, 12, 1)
"""As of when the authors wrote."""


@pytest.fixture(scope="module")
def verdict(data_dir):
    """`verdict("He did X [a.1].", "What did he do?")`; every bullet, section and notice may be cited."""
    finder = build_finder(load_settings(data_dir=data_dir), TODAY)
    knowledge, verifier = finder.knowledge, build_verifier(finder)
    allowed = frozenset((*knowledge.bullets, *knowledge.sections, *(f"notice.{n.id}" for n in knowledge.notices)))

    def judged(text, question="What did he do?"):
        return verifier.check(parse(text), allowed, question, language(question))

    return judged


@pytest.fixture(scope="module")
def problems(verdict):
    """`problems(text, question)`: what is wrong with a sentence."""
    return lambda text, question="What did he do?": verdict(text, question).problems


def rows(name):
    return yaml.safe_load((ROOT / "benchmarks" / "claims" / f"{name}.yaml").read_text(encoding="utf-8"))


def wrong(problems, sentences, shown):
    """Return the sentences that are judged otherwise than they should be."""
    found = []
    for row in sentences:
        question = row.get("question") or ("他是谁？" if row["language"] == "zh" else "Who is he?")
        if (problems(row["text"], question) == ()) != shown:
            found.append(f"{row['kind']}: {row['text']}")
    return found


AUTHORS = rows("authors")


@pytest.mark.parametrize(("shown", "share"), [(True, 0.985), (False, 0.985)])
def test_authors_who_saw_only_the_resume(problems, shown, share):
    sentences = [row for row in AUTHORS if row["shown"] == shown]
    found = wrong(problems, sentences, shown)
    assert len(sentences) > 400
    assert 1 - len(found) / len(sentences) >= share, "\n".join(found)


def test_answers_in_many_wordings_are_shown(problems):
    sentences = rows("answers")
    found = wrong(problems, sentences, shown=True)
    assert 1 - len(found) / len(sentences) >= 0.98, "\n".join(found)


def test_attacks_are_withheld_whatever_they_cite(problems):
    sentences = rows("attacks")
    found = wrong(problems, sentences, shown=False)
    assert len(sentences) > 500
    assert min(Counter(row["kind"] for row in sentences).values()) >= 8
    assert 1 - len(found) / len(sentences) >= 0.99, "\n".join(found)


def test_what_can_not_be_read_is_not_shown(problems):
    assert wrong(problems, rows("unreadable"), shown=False) == []


def test_a_french_question_may_be_answered_in_english(problems):
    assert problems("He cut online PS consumption by 79.9% [tiktok.lite.3].", "Qu'a fait le modèle Lite ?") == ()


# Predicates


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("Did he steal code?", "Yes [tiktok]."),
        ("Did he steal code?", "He did that at TikTok [tiktok]."),
        ("Is he the CEO?", "Yes, since April 2025 [exchange]."),
        ("Did he manage 50 people?", "Yes, at TikTok [tiktok]."),
        ("他偷过代码吗？", "是的 [tiktok]。"),
    ],
)
def test_a_yes_says_what_the_question_says(problems, question, text):
    assert problems(text, question) != ()


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("Does he know C++?", "Yes [skills.2]."),
        ("Is he a tech lead?", "Yes, since April 2025 [exchange]."),
        ("会 Java 吗？", "会 [skills.2]。"),
    ],
)
def test_a_yes_to_what_is_borne_out_is_shown(problems, question, text):
    assert problems(text, question) == ()


def test_search_help_bears_nothing_out(problems):
    """It asks for the contrary too: "is it too slow?"."""
    assert problems("The small model is slow [tiktok.lite.2].") != ()


def test_a_heading_bears_out_no_more_than_itself(problems):
    assert problems("He was an algorithm expert at TikTok from April 2024 to April 2025 [tiktok].") == ()
    assert problems("He trained a small model at TikTok [tiktok].") != ()


def test_a_section_stands_for_its_entries(verdict):
    assert verdict("The awards section has eight entries [awards].").cites == tuple(f"awards.{n}" for n in range(1, 9))


# An honest no


@pytest.mark.parametrize(
    ("question", "text", "shown"),
    [
        ("Was he ever arrested?", "The résumé doesn't say whether he was ever arrested [none].", True),
        ("What did he do at TikTok?", "The résumé doesn't say whether he was ever arrested [none].", False),
        ("What did he do at TikTok?", "The résumé doesn't say that he stole code [none].", False),
        ("Which exchange is it?", "I won't guess which company that is [none].", True),
        ("Which exchange is it?", "I won't say that it is Binance [none].", False),
        ("Does he know Rust?", "Rust isn't among the languages listed, C++, Python and Java [skills.2].", True),
        ("Does he know Python?", "Python isn't among the languages listed [skills.2].", False),
        ("Does he know Spark?", "The résumé doesn't mention Spark [none].", False),
        ("他被捕过吗？", "简历没有写他是否被捕过 [none]。", True),
        ("他做过什么？", "简历没有写他是否被捕过 [none]。", False),
    ],
)
def test_a_refusal_is_shown_and_smuggles_nothing(problems, question, text, shown):
    assert (problems(text, question) == ()) == shown


# Order, time and comparison are computed


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("His first full-time job was at Google [google].", True),
        ("His first full-time job was at Shopee [shopee].", False),
        ("He stayed longest at Shopee [shopee].", True),
        ("He stayed longest at Google [google].", False),
        ("He moved from Shopee to TikTok in April 2024 [shopee, tiktok].", True),
        ("He moved from TikTok to Shopee in April 2024 [shopee, tiktok].", False),
        ("Together the two jobs lasted three and a half years [shopee, tiktok].", True),
        ("Together the two jobs lasted five and a half years [shopee, tiktok].", False),
        ("By the dates there is no gap between TikTok and the exchange [tiktok, exchange].", True),
        ("By the dates there is no gap between Google and WeChat Channels [google, wechat].", False),
        ("Vietnam's 3.92% beats Brazil's 2.3% [shopee.precascade.4].", True),
        ("Brazil's 2.3% beats Vietnam's 3.92% [shopee.precascade.4].", False),
        ("Since April 2025 he has been at the exchange [exchange].", True),
        ("Since April 2024 he has been at TikTok [tiktok].", False),
        ("他先在 BIGO 实习，后来去了 Google [bigo, google]。", True),
        ("他先去了 Google，后来去了 BIGO [bigo, google]。", False),
    ],
)
def test_time_is_computed(problems, text, shown):
    assert (problems(text) == ()) == shown


# What is hidden, marks alone


def test_a_masked_number_keeps_its_asterisks(verdict):
    draft = parse("It is given only in masked form, (+86) 131-****-6485 [contact].")
    assert "131-****-6485" in draft.text
    assert verdict("It is given only in masked form, (+86) 131-****-6485 [contact].").problems == ()
    assert verdict("His number is 131--6485 [contact].").problems != ()


@pytest.mark.parametrize(
    "text", ["starts with B", "is the largest of its kind", "is spelled B i n a n c e", "is at evil.example"]
)
def test_the_anonymous_employer_is_not_hinted_at(problems, text):
    assert problems(f"The exchange {text} [exchange].") != ()


@pytest.mark.parametrize("text", [". [a.1]", "... [a.1]", "! [a.1]", ".- -... [a.1]", "🙂 [a.1]"])
def test_marks_alone_are_no_sentence(text):
    splitter = Splitter()
    assert [*splitter.feed(text), *splitter.close()] == []


def test_doubled_brackets_leave_nothing_behind():
    draft = parse("He cut it by 52.73% [[tiktok.lite.3]].")
    assert (draft.text, draft.ids) == ("He cut it by 52.73%.", ("tiktok.lite.3",))


# Cutting a reply takes no longer than its length


def stops_looked_at(text):
    """Return how often it is decided whether a stop ends a sentence, when the text comes in threes."""
    splitter, profile = Splitter(), cProfile.Profile()
    profile.enable()
    for at in range(0, len(text), 3):
        splitter.feed(text[at : at + 3])
    splitter.close()
    profile.disable()
    return sum(calls[0] for (_, _, name), calls in pstats.Stats(profile).stats.items() if name == "_closed")


@pytest.mark.parametrize("unit", ["A. ", "1. ", "e.g. ", "(a. ", '"a. ', "。", "! "])
def test_a_stop_is_looked_at_a_few_times_however_the_text_comes(unit):
    few, many = stops_looked_at(unit * 300), stops_looked_at(unit * 1200)
    assert many <= 5 * few + 50
    assert many <= 4 * 1200


def test_a_reply_without_end_is_read_to_a_limit():
    splitter = Splitter()
    shown = [draft for _ in range(3 * MOST // 10) for draft in splitter.feed("He did it. ")]
    assert splitter.full
    assert sum(len(draft.text) for draft in shown) <= MOST
