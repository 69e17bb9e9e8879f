"""Text in one form, cut into tokens for Chinese and English, and its language told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from askme.text.tokenize import (
    clean,
    has_han,
    index_tokens,
    language,
    normalise,
    reply_language,
    stem,
    tokens,
    unify,
    words,
)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Ｔｉｋｔｏｋ", "tiktok"),
        ("３．３亿", "3.3亿"),
        ("蝦皮購物", "虾皮购物"),
        ("微信視頻號", "微信视频号"),
        ("Tik\u200bTok", "tiktok"),
        ("\u202eTikTok\u202c", "tiktok"),
        ("\ufeffTikTok", "tiktok"),
        ("résumé naïve Ｃafé", "resume naive cafe"),
        ("re\u0301sume\u0301", "resume"),
        ("he’s ‘lead’", "he's 'lead'"),
        ("在 Shopee 工作", "在shopee工作"),
        ("41.1 亿 USD", "41.1亿usd"),
        ("two  words\n\tand more ", "two words and more"),
        ("Shopee SG", "shopee sg"),
        ("", ""),
    ],
)
def test_one_form_for_what_people_type(written, read):
    assert normalise(written) == read


def test_unified_text_keeps_its_case():
    assert unify("Ｕ𝐒 地區") == "US地区"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("a\x00b\x07c", "a b c"),
        ("soft\u00adhyphen", "softhyphen"),
        ("\u2066left\u2069 \u200fright", "left right"),
        ("  \n ", ""),
        ("中文 with emoji 😀", "中文 with emoji 😀"),
    ],
)
def test_what_cannot_be_seen_is_taken_out(written, read):
    assert clean(written) == read


def test_what_is_too_long_is_cut():
    assert clean("x" * 500, limit=10) == "x" * 10
    assert len(clean("\u200b" * 500 + "x" * 500, limit=10)) <= 10


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The models were optimised", ("model", "optimis")),
        ("optimizing a model's costs", ("optim", "model", "cost")),
        ("C++ and C# in k8s", ("c++", "c#", "k8s")),
        ("推荐算法", ("推荐", "荐算", "算法")),
        ("他的 CTR 和 GMV", ("ctr", "gmv")),
        ("粗排 pre-ranking", ("粗排", "pre", "rank")),
        ("奖", ("奖",)),
        ("的", ()),
        ("What is the", ()),
        ("GMV+1.4957%", ("gmv+", "1.4957")),
        ("?!… 😀", ()),
        ("", ()),
    ],
)
def test_tokens(text, expected):
    assert tokens(text) == expected


def test_traditional_and_full_width_text_has_the_tokens_of_the_plain_one():
    assert tokens("微信視頻號的ＣＴＲ") == tokens("微信视频号的CTR")


def test_the_index_also_has_single_chinese_characters():
    assert set(index_tokens("省了钱")) & set(index_tokens("节省")) == {"省"}
    assert set(tokens("模型的CTR")) < set(index_tokens("模型的CTR"))
    assert "的" not in index_tokens("模型的CTR")


def test_words_keep_their_order_and_have_no_stop_list():
    assert words("What did he do at 虾皮?") == ["what", "did", "he", "do", "at", "虾皮"]


@pytest.mark.parametrize(("word", "root"), [("ranking", "rank"), ("model's", "model"), ("k8s", "k8s"), ("c++", "c++")])
def test_stems(word, root):
    assert stem(word) == root


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("what did he do at TikTok?", "en"),
        ("他在虾皮待了几年", "zh"),
        ("蝦皮待了幾年", "zh"),
        ("他在 TikTok 做了什么 project", "zh"),
        ("彼はどこで働いていますか", "ja"),
        ("仕事の経験は？", "ja"),
        ("그는 어디에서 일했나요?", "ko"),
        ("Сколько лет он работал в Google?", "ru"),
        ("¿Qué hizo en TikTok y cuánto tiempo?", "es"),
        ("Quelle est son expérience chez Google ?", "fr"),
        ("Wie lange war er bei Google?", "de"),
        ("Quanto tempo ele trabalhou no TikTok?", "pt"),
        ("Che cosa ha fatto da Google?", "it"),
        ("anh ấy đã làm gì ở TikTok", "vi"),
        ("ماذا عمل في جوجل؟", "ar"),
        ("เขาทำงานที่ไหน", "th"),
        ("उसने कहाँ काम किया?", "hi"),
        ("was he at Google?", "en"),
        ("how did he come to Google in HK?", "en"),
        ("die hard fan of C++?", "en"),
        ("k8s?", "en"),
        ("2019?", "en"),
        ("😀", "en"),
        ("", "en"),
    ],
)
def test_language(text, code):
    assert language(text) == code


def test_chinese_characters_are_told_apart():
    assert has_han("k8s 吗")
    assert not has_han("かな k8s")


@given(st.text())
def test_any_text_can_be_cut_into_tokens(text):
    assert all(token and not any(char.isspace() for char in token) for token in tokens(text))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("他在哪工作？", "zh"),
        ("where?", "en"),
        ("彼の会社はどこですか", "en"),
        ("¿dónde trabajó él?", "en"),
        ("", "en"),
    ],
)
def test_a_visitor_is_told_things_in_chinese_or_english(text, told):
    assert reply_language(text) == told
