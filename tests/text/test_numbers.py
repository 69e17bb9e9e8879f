"""Numbers with units: the same figure however it is written, in both languages."""

from decimal import Decimal

import pytest

from askme.text.numbers import chinese_number, figures, loose_values


def keys(text):
    return [figure.key for figure in figures(text)]


@pytest.mark.parametrize(
    ("value", "unit", "spellings"),
    [
        (4_110_000_000, "", ["41.1 亿", "41.1亿", "4.11 billion", "4.11bn", "4.11B", "4,110 million", "4,110,000,000"]),
        (126_000_000, "", ["1.26 亿", "126 million", "126M", "126 mn", "12600 万"]),
        (2_000_000, "", ["200 万", "200万+", "200 万 +", "2 million", "2 million+", "2m", "2,000,000"]),
        (330_000_000, "", ["3.3 亿", "330 million", "330M"]),
        (6000, "", ["6000", "6,000", "6k", "6 thousand"]),
        ("30.95", "%", ["30.95%", "+30.95 %", "30.95 percent", "30.95 per cent", "百分之30.95"]),
        (50, "%", ["50%", "百分之五十", "50 percent"]),
        (46, "ms", ["46ms", "46 ms", "46 毫秒", "46 milliseconds"]),
        (60, "s", ["60s", "60 秒", "60 seconds", "60-second"]),
        (50, "min", ["50 分钟", "50 minutes", "50 mins"]),
        (1, "h", ["1h", "1 小时", "1 hour"]),
        (24, "version", ["v24", "V24"]),
    ],
    ids=str,
)
def test_spellings_of_one_figure(value, unit, spellings):
    assert {spelling: keys(spelling) for spelling in spellings} == {
        spelling: [(Decimal(value), unit)] for spelling in spellings
    }


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("ID +2.33% click +1.59%", ["2.33", "1.59"]),
        ("59%-76%", ["59", "76"]),
        ("GPA: 3.8/4.0", ["3.8", "4.0"]),
        ("UV_CTR+0.4300%", ["0.4300"]),
        ("from 300 4x large to 150 8x large", ["300", "4", "150", "8"]),
        ("v23→v24→v25", ["23", "24", "25"]),
        ("60s/1h 窗口", ["60", "1"]),
        ("<1%", ["1"]),
        ("u2u and k8s", []),
        ("no figure at all", []),
        ("", []),
    ],
)
def test_all_figures_of_a_text_in_order(text, values):
    assert [figure.value for figure in figures(text)] == [Decimal(value) for value in values]


@pytest.mark.parametrize(
    ("one", "other"),
    [("3.92%", "3.93%"), ("3.92%", "3.92"), ("46 ms", "46 s"), ("v24", "24"), ("200 万", "200"), ("1 亿", "1 万")],
)
def test_figures_that_are_not_the_same(one, other):
    assert keys(one) != keys(other)


@pytest.mark.parametrize(
    ("numeral", "value"), [("十", 10), ("十八", 18), ("二十", 20), ("一百零五", 105), ("两", 2), ("七", 7), ("59", 59)]
)
def test_chinese_numerals(numeral, value):
    assert chinese_number(numeral) == value


def test_a_figure_remembers_how_it_was_written():
    (figure,) = figures("about 4.11 billion USD")
    assert figure.text == "4.11 billion"


def test_what_a_rendering_may_show_includes_ordinals_and_numerals():
    assert Decimal(18) in loose_values("银奖第十八名")
    assert Decimal(18) in loose_values("18th place")
    assert Decimal(3) in loose_values("三个版本")
