"""Names in questions: found in every spelling, put right when misspelt, left alone when they mean something else."""

import pytest

from askme.resume.lexicon import Lexicon


@pytest.fixture(scope="module")
def lexicon(chain):
    return Lexicon(chain.knowledge)


def named(lexicon, question):
    return [mention.term.id for mention in lexicon.mentions(question) if mention.term.id]


def spelled(lexicon, question, category):
    return [m.term.spellings[0] for m in lexicon.mentions(question) if m.term.category == category]


@pytest.mark.parametrize(
    ("question", "heading"),
    [
        ("what did he do at TikTok?", "tiktok"),
        ("what did he do at tik tok?", "tiktok"),
        ("ByteDance?", "tiktok"),
        ("在字节做了什么", "tiktok"),
        ("他在虾皮待了几年", "shopee"),
        ("蝦皮", "shopee"),
        ("ＳＨＯＰＥＥ", "shopee"),
        ("腾讯做过吗", "wechat"),
        ("WeChat Channels", "wechat"),
        ("鹅厂那段", "wechat"),
        ("币圈", "exchange"),
        ("谷歌", "google"),
        ("SYSU", "sysu"),
        ("中大", "sysu"),
        ("PolyU", "polyu"),
        ("the JRC project", "shopee.jrc"),
        ("冷启动", "wechat.coldstart"),
    ],
)
def test_headings_by_what_people_call_them(lexicon, question, heading):
    assert named(lexicon, question) == [heading]


def test_the_longest_name_wins_and_order_is_kept(lexicon):
    assert named(lexicon, "Hong Kong Polytechnic University or Shopee SG or tiktok") == ["polyu", "shopee", "tiktok"]


def test_a_name_inside_a_longer_word_is_none(lexicon):
    assert named(lexicon, "googlers and shopeefied rebytedanced") == []


def test_places_of_a_mention_are_those_of_the_normalised_question(lexicon):
    (mention,) = [m for m in lexicon.mentions("did he like Shopee a lot") if m.term.id]
    assert "did he like shopee a lot"[mention.start : mention.end] == "shopee"


@pytest.mark.parametrize(
    ("question", "category", "found"),
    [
        ("results in the US?", "region", ["US"]),
        ("tell us about him", "region", []),
        ("show me your id please", "region", []),
        ("uplift in ID?", "region", ["ID"]),
        ("us地区涨了多少", "region", ["US"]),
        ("k8s?", "technologies", ["Kubernetes"]),
        ("does he know Go?", "technologies", ["Go"]),
        ("where did he go", "technologies", []),
        ("v24", "version", ["v24"]),
        ("任何金牌?", "medal", ["gold"]),
    ],
)
def test_spellings_that_count_in_their_own_case_only(lexicon, question, category, found):
    assert spelled(lexicon, question, category) == found


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("what did he do at shoppe?", "Shopee"),
        ("tiktik", "TikTok"),
        ("how long at googl", "Google"),
        ("bytedence", "TikTok"),
        ("kuberentes?", "Kubernetes"),
        ("tensorflwo", "TensorFlow"),
    ],
)
def test_misspelt_names_are_put_right(lexicon, typed, meant):
    (mention,) = lexicon.mentions(lexicon.mend(typed, frozenset()))
    assert meant in mention.term.spellings


@pytest.mark.parametrize("question", ["where did he work", "any shapes?", "his salary", "红烧肉 recipe", "goo", ""])
def test_other_words_are_left_alone(lexicon, question):
    assert lexicon.mend(question, frozenset()) == question


def test_a_word_the_index_knows_is_no_typo(lexicon):
    assert lexicon.mend("shoppe", frozenset({"shopp"})) == "shoppe"
