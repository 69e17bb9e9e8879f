"""A text from outside becomes the text that is seen, once, before anything looks at it."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from askme.text.sanitise import sanitise
from askme.verification.sentences import parse

SEEN = [
    # bidirectional and invisible characters, tags, variation selectors
    ("by \u202e52.73%\u202c", "by 52.73%"),
    ("Tik\u200bTok\ufeff\u2060", "TikTok"),
    ("a\U000e0041\U000e0042b", "ab"),
    ("\u2066x\u2069", "x"),
    # marks that no language writes: stacked, and the combining letters that hide an order
    ("T\u0363\u0364\u036fikTok", "TikTok"),
    ("Z\u0338\u0327a\u0336l\u0337g\u0335o", "Zalgo"),
    ("52\u0336.73%", "52.73%"),
    ("他\u0336偷", "他偷"),
    # letters in another dress
    ("𝗧𝗵𝗲 𝓛𝓲𝓽𝓮 𝚖𝚘𝚍𝚎𝚕", "The Lite model"),
    ("Ⓗⓔ ⓢⓣⓞⓛⓔ", "He stole"),
    ("Ｈｅ ｃｕｔ １２％", "He cut 12%"),
    ("ﬁnal ① ㏒", "final 1 log"),
    # look-alikes inside a Latin word
    ("Вinance, Binаnсe, th\u0456ef", "Binance, Binance, thief"),
]
KEPT = [
    "café, résumé, naïve",
    "他说：“好（真的）！”",
    "Привет, мир",
    "カタカナ",
    "한국어",
    "العَرَبِيّة",
    "ภาษาไทย",
    "x² → y",
    "a\nb",
]


@pytest.mark.parametrize(("written", "seen"), SEEN)
def test_what_is_seen_is_what_is_there(written, seen):
    assert sanitise(written) == seen


@pytest.mark.parametrize("text", KEPT)
def test_what_languages_write_stays(text):
    assert sanitise(text).replace("x2", "x²") == unicodedata.normalize("NFC", text)


def test_letters_with_accents_written_apart_are_put_together():
    assert sanitise("re\u0301sume\u0301") == "résumé"


@given(st.text(max_size=60))
def test_once_is_enough_and_nothing_hidden_is_left(text):
    once = sanitise(text)
    assert sanitise(once) == once
    assert not [
        char for char in once if unicodedata.category(char) == "Cf" and char in "\u200b\u200e\u202e\u2066\ufeff"
    ]


@pytest.mark.parametrize("written", [written for written, _ in SEEN])
def test_a_models_sentence_is_shown_as_it_is_checked(written):
    assert parse(f"{written} [a.1].").text == parse(f"{sanitise(written)} [a.1].").text


def test_characters_written_as_entities_are_no_way_around():
    assert parse("by &#x202e;52.73%&#x202c; [a.1].").text == "by 52.73%."
