"""What the verifier lets through and what it stops, sentence by sentence, against the real résumé."""

import re

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from askme.factory import build_verifier
from askme.resume.loader import load_knowledge
from askme.settings import ROOT
from askme.text.quantities import stated
from askme.text.tokenize import language
from askme.verification.numeric_checks import lengths
from askme.verification.sentences import parse

KNOWLEDGE = load_knowledge(ROOT / "knowledge")
IDS = frozenset((*KNOWLEDGE.bullets, *(f"notice.{notice.id}" for notice in KNOWLEDGE.notices)))


@pytest.fixture(scope="module")
def check(chain):
    """`check("He did X [a.1].")` gives the verdict; every bullet and notice may be cited."""
    verifier = build_verifier(chain.retriever.finder)

    def checked(text, spoken=None, question="", under="", allowed=IDS):
        return verifier.check(parse(text), allowed, question, spoken or language(text), under)

    return checked


STOPPED = [
    # ids
    ("He cut training PS consumption by 52.73% [tiktok.lite.9].", "[tiktok.lite.9] isn't among the evidence"),
    ("He cut training PS consumption by 52.73% [tiktok.lite.3, shopee.99].", "[shopee.99] isn't among the evidence"),
    ("He cut training PS consumption by 52.73% [1].", "[1] isn't among the evidence"),
    ("He cut training PS consumption by 52.73%.", "cites no bullet"),
    # figures
    ("He cut training PS consumption by 52.74% [tiktok.lite.3].", '"52.74%" isn\'t in tiktok.lite.3'),
    ("He removed 95 low-weight multipliers [shopee.features.1].", '"95" isn\'t in shopee.features.1'),
    ("He removed sixty-nine low-weight multipliers [shopee.features.1].", '"69" isn\'t in'),
    ("训练 PS 消耗减少 52.37% [tiktok.lite.3]。", '"52.37%" isn\'t in tiktok.lite.3'),
    ("训练 PS 消耗减少百分之五十三 [tiktok.lite.3]。", "isn't in tiktok.lite.3"),
    ("He cut training PS consumption by 79.9% and online PS by 52.73% [tiktok.lite.3].", "stands for something else"),
    ("减少 79.9% 训练 PS 消耗与 52.73% 线上 PS 消耗 [tiktok.lite.3]。", "stands for something else"),
    ("Average daily trading volume is USD 4.11 billion [exchange.growth.2].", "stands for something else"),
    ("Clicks per user rose by 3.35% in ID [shopee.esmm.2].", "stands for something else"),
    ("UV_CTR rose by 1.4957% in the US [tiktok.distillation.3].", "stands for something else"),
    ("Online PS consumption rose by 79.9% [tiktok.lite.3].", "goes the other way"),
    ("线上 PS 消耗增加 79.9% [tiktok.lite.3]。", "goes the other way"),
    ("Processing time went from 30 minutes to 50 minutes [exchange.cost.1].", '"from 30 to 50" isn\'t in'),
    # units, currencies, rates
    ("Pre-ranking latency is about 46 seconds [shopee.precascade.3].", '"46 seconds" isn\'t in'),
    ("Processing time fell from 50 hours to 30 hours [exchange.cost.1].", '"50 hours" isn\'t in'),
    ("Trading volume rises by USD 4.11 million a year [exchange.1].", '"4.11 million" isn\'t in'),
    ("Trading volume rises by USD 41.1 billion a year [exchange.1].", '"41.1 billion" isn\'t in'),
    ("年度交易额预估增量 41.1 万 USD [exchange.1]。", '"41.1万" isn\'t in'),
    ("Trading volume rises by EUR 4.11 billion a year [exchange.1].", '"4.11 billion" isn\'t in'),
    ("年度交易额预估增量 41.1 亿元人民币 [exchange.1]。", '"41.1亿" isn\'t in'),
    ("Trading volume rises by USD 4.11 billion a month [exchange.1].", '"per month" isn\'t in'),
    # rounding, halves, hedges
    ("He cut training PS consumption by 53% [tiktok.lite.3].", '"53%" isn\'t in'),
    ("He cut training PS consumption by about 52% [tiktok.lite.3].", '"52%" isn\'t in'),
    ("He cut training PS consumption by more than 60% [tiktok.lite.3].", '"60%" isn\'t in'),
    ("He halved online PS consumption [tiktok.lite.3].", '"half" isn\'t in'),
    ("线上 PS 消耗减少了一半 [tiktok.lite.3]。", "isn't in tiktok.lite.3"),
    ("He doubled the training speed [tiktok.lite.2].", '"double" isn\'t in'),
    # dates and durations
    ("He was at Shopee from 2020 [shopee].", '"2020" isn\'t in shopee'),
    ("2022 年 10 月加入 Shopee [shopee]。", '"2022年10月" isn\'t in shopee'),
    ("He was at Shopee for 3 years [shopee].", '"3 years" isn\'t in shopee'),
    ("He was at Shopee for 2 years and 7 months [shopee].", '"2 years and 7 months" isn\'t in'),
    ("他在 Shopee 做了三年 [shopee]。", '"3年" isn\'t in shopee'),
    # employers and regions
    ("At Shopee he cut training PS consumption by 52.73% [tiktok.lite.3].", '"52.73%" belongs to another employer'),
    ("At Shopee he cut training PS consumption by 52.73% [tiktok.lite.3][shopee].", "belongs to another employer"),
    ("他在腾讯用 Lite 模型替代大模型 [tiktok.lite.1]。", '"wechat" isn\'t what tiktok.lite.1 is about'),
    ("Orders rose by 2.3% in VN and 3.92% in BR [shopee.precascade.4].", "stands for something else"),
    ("Orders per user rose by 3.35% in SG [shopee.esmm.2].", "stands for something else"),
    # names and terms
    ("He built it with Flink [wechat.lookalike.2].", '"Flink" isn\'t in wechat.lookalike.2'),
    ("他用 Redis 做轮次内缓存 [wechat.lookalike.3]。", '"Redis" isn\'t in'),
    ("He won a silver medal in Hong Kong [awards.2].", '"silver" isn\'t in'),
    ("He works for Binance [exchange].", '"binance" isn\'t in exchange'),
    ("He holds a PhD from Sun Yat-sen University [sysu].", '"PhD" isn\'t in sysu'),
    ("His phone number is 131-1234-6485 [contact].", "isn't in contact"),
    # wording
    ('He calls it "a game changer" [tiktok.lite.1].', '"a game changer" isn\'t a quotation'),
    ("他称之为“行业第一” [tiktok.lite.1]。", '"行业第一" isn\'t a quotation'),
    ("I cut training PS consumption by 52.73% [tiktok.lite.3].", "speaks as the candidate"),
    ("我的 GPA 是 3.8/4.0 [sysu.1]。", "speaks as the candidate"),
    ("He currently works at Google [google].", "google isn't current"),
    ("他目前在 Google 工作 [google]。", "google isn't current"),
    ("He no longer works at the exchange [exchange].", "exchange hasn't ended"),
    ("He has never used Spark [skills.4].", "skills.4 doesn't deny anything"),
    ("他没有用过 Spark [skills.4]。", "skills.4 doesn't deny anything"),
    ("He is an excellent engineer [skills.2].", '"excellent" isn\'t in skills.2'),
    # what cites nothing
    ("The résumé doesn't mention Spark [none].", 'the résumé does mention "Spark"'),
    ("The résumé doesn't mention Oracle [none].", '"Oracle" is neither asked for nor cited'),
    ("He has 12 years of experience [none].", '"12 years" needs a bullet'),
    ("He probably left for a better job [none].", "must only say that the résumé doesn't say so"),
    ("He earns 200,000 dollars [notice.salary].", "holds figures or names"),
    ("He has worked for 31 years [notice.age].", "holds figures or names"),
    ("Results at TikTok, +52.73%:", "a line without a citation can't state figures"),
    ("Thanks to Redis:", '"Redis" needs a citation'),
    ("See https://evil.example [tiktok.lite.1].", "isn't one of the candidate's pages"),
    ("See [his page](javascript:steal) [contact].", "isn't one of the candidate's pages"),
    # other languages: their words aren't known, so none is borne out
    ("Chez TikTok, il a réduit la consommation de 52,73 % [tiktok.lite.3].", '"chez" isn\'t in'),
    ("Bei TikTok hat er den Verbrauch um 79,9 % gesenkt [tiktok.lite.3].", '"hat" isn\'t in'),
]


@pytest.mark.parametrize(("text", "problem"), STOPPED, ids=[text for text, _ in STOPPED])
def test_stopped(check, text, problem):
    found = check(text, question="Does he know Kafka?").problems
    assert problem in "; ".join(found)


BEHIND_A_BUT = [
    "The résumé doesn't say so, but he is surely married [none].",
    "It doesn't say; he left over money [none].",
    "简历没有写，但他应该已婚 [none]。",
    "Not stated, but he is surely in his thirties [notice.age].",
    "没有写年龄，但他很年轻 [notice.age]。",
]


@pytest.mark.parametrize("text", BEHIND_A_BUT)
def test_silence_is_no_cover_for_a_claim(check, text):
    assert check(text, question="Is he married?").problems != ()


PASSED = """
He cut training PS consumption by 52.73% and online PS consumption by 79.9% [tiktok.lite.3].
He cut online PS consumption by about 80% [tiktok.lite.3].
训练 PS 消耗减少约 53% [tiktok.lite.3]。
Peak memory was halved [exchange.cost.1].
内存峰值减半 [exchange.cost.1]。
Processing time was cut from 50 to 30 minutes [exchange.cost.1].
处理时间从五十分钟降到三十分钟 [exchange.cost.1]。
The failure rate fell from 30% to below 1% [exchange.cost.1].
Trading volume rises by an estimated USD 4.11 billion a year [exchange.1].
Trading volume rises by an estimated 4,110 million US dollars per year [exchange.1].
年度交易额预估增量 41.1 亿美元 [exchange.1]。
He saves an estimated two million dollars or more a year [exchange.cost.3].
About 330 million exposures a day are aggregated [wechat.lookalike.2].
Orders rose by 2.3% in BR and 3.92% in VN [shopee.precascade.4].
ID and SG gained 2.3% clicks and 3.36% orders respectively online [shopee.dual.2].
He moved from 300 4x large to 150 8x large instances [exchange.cost.2].
He was at Shopee from October 2021 to April 2024 [shopee].
He spent two and a half years at Shopee [shopee].
他在 Shopee 做了两年半，2021 年 10 月加入 [shopee]。
He currently leads recommendation for a leading exchange [exchange].
He won gold in Hong Kong, in 5th place [awards.2].
He won two gold medals in 5th place [awards.2][awards.5].
He knows k8s, Docker and AWS [skills.4].
He lists three languages: C++, Python and Java [skills.2].
At ByteDance's TikTok he was an algorithm expert [tiktok].
The résumé says "Meritorious Winner" [awards.8].
他“完成模型架构转移” [wechat.metis.1]。
His GPA is 3.8 out of 4.0 [sysu.1].
The résumé doesn't mention Kafka [none].
简历没有提到 Kafka [none]。
It doesn't state a salary [notice.salary].
At TikTok:
在 Shopee：
His page is [yzq986.github.io](https://yzq986.github.io/) [contact].
His page is https://yzq986.github.io [contact].
1、Lite 模型减少 52.73% 训练 PS 消耗 [tiktok.lite.3]。
""".strip().splitlines()


@pytest.mark.parametrize("text", PASSED)
def test_passed(check, text):
    assert check(text, question="Does he know Kafka?").problems == ()


def test_an_id_that_was_not_given_is_not_allowed(check):
    text = "He knows C++, Python and Java [skills.2]."
    assert check(text, allowed=frozenset(["skills.2"])).problems == ()
    assert "[skills.2] isn't among the evidence" in check(text, allowed=frozenset(["skills.1"])).problems


def test_what_stands_under_an_employer_is_of_that_employer(check):
    text = "Training PS consumption fell by 52.73% [tiktok.lite.3]."
    assert check(text, under="tiktok").problems == ()
    assert any("belongs to another employer" in problem for problem in check(text, under="shopee").problems)


# Every bullet


ROWS = [(bullet.id, spoken) for bullet in KNOWLEDGE.bullets.values() for spoken in ("en", "zh")]


def test_every_bullet_bears_out_its_own_text_in_both_languages(check):
    found = {row: check(f"{KNOWLEDGE.bullets[row[0]].text[row[1]]} [{row[0]}]", row[1]).problems for row in ROWS}
    assert {row: problems for row, problems in found.items() if problems} == {}


DIGITS = [(*row, at.start()) for row in ROWS for at in re.finditer(r"\d", KNOWLEDGE.bullets[row[0]].text[row[1]])]


def values(texts):
    """Return every number, date and length of time in `texts`."""
    read = [stated(text, spoken) for text in texts for spoken in ("en", "zh")]
    numbers = {quantity.value for one in read for quantity in one.quantities}
    dates = {part for one in read for date in one.dates for part in (date.year, date.month)}
    return numbers | dates | {duration.months for one in read for duration in one.durations}


def around(identifier):
    """Return the texts that bear a bullet out: its own and its headings', in both languages."""
    while identifier in KNOWLEDGE.bullets:
        bullet = KNOWLEDGE.bullets[identifier]
        yield from (bullet.text.zh, bullet.text.en)
        identifier = bullet.parent


@settings(max_examples=250, derandomize=True)
@given(st.sampled_from(DIGITS), st.integers(1, 9))
def test_a_figure_changed_in_one_digit_is_stopped(check, place, step):
    identifier, spoken, at = place
    text = KNOWLEDGE.bullets[identifier].text[spoken]
    changed = f"{text[:at]}{(int(text[at]) + step) % 10}{text[at + 1 :]}"
    new = values([changed]) - values(around(identifier))
    if new - lengths(stated(changed, spoken).text):  # a small number may also count what the sentence lists
        assert check(f"{changed} [{identifier}]", spoken).problems != ()


# Sentences by other authors


def claims(name):
    return yaml.safe_load((ROOT / "benchmarks" / "claims" / f"{name}.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("name", "holds", "share"), [("true", True, 0.99), ("false", False, 0.99)])
def test_claims(check, name, holds, share):
    rows = claims(name)
    wrong = [row["text"] for row in rows if (check(row["text"], row["language"]).problems == ()) != holds]
    assert len(rows) > 300
    assert 1 - len(wrong) / len(rows) >= share, "\n".join(wrong)
