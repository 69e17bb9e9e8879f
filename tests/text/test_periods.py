"""Months, periods and durations: read from ISO 8601 and from questions, written in two languages."""

from datetime import date

import pytest

from askme.text.periods import duration, mentioned, month_text, months_between, parse_period, period_text, this_month
from askme.types import Month, Period


def months(period):
    """A period as ((year, month), (year, month) or None)."""
    end = period.end
    return (period.start.year, period.start.month), (end.year, end.month) if end else None


@pytest.mark.parametrize(
    ("text", "start", "end", "by_year"),
    [
        ("2024-04/2025-04", (2024, 4), (2025, 4), False),
        ("2025-04/..", (2025, 4), None, False),
        ("2015/2019", (2015, 1), (2019, 12), True),
        ("2017-12", (2017, 12), (2017, 12), False),
        ("2016", (2016, 1), (2016, 12), True),
    ],
)
def test_iso_periods(text, start, end, by_year):
    period = parse_period(text)
    assert (*months(period), period.by_year) == (start, end, by_year)


@pytest.mark.parametrize("text", ["", "2024-13", "2024-00", "2024-4", "May 2024", "2025-04/2024-04", "2024/", "../24"])
def test_what_is_no_iso_period(text):
    with pytest.raises(ValueError, match=r"ISO 8601|before"):
        parse_period(text)


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("what did he do in 2022?", [((2022, 1), (2022, 12))]),
        ("where was he in May 2023", [((2023, 5), (2023, 5))]),
        ("in sept. 2021?", [((2021, 9), (2021, 9))]),
        ("by the end of March of 2020", [((2020, 3), (2020, 3))]),
        ("2023年5月他在哪", [((2023, 5), (2023, 5))]),
        ("2023 年 5 月", [((2023, 5), (2023, 5))]),
        ("2022年在干嘛", [((2022, 1), (2022, 12))]),
        ("22年在哪", [((2022, 1), (2022, 12))]),
        ("2021-10 or 2021/11?", [((2021, 10), (2021, 10)), ((2021, 11), (2021, 11))]),
        ("from 2019 to 2021", [((2019, 1), (2019, 12)), ((2021, 1), (2021, 12))]),
        ("12年经验", []),
        ("10 年以上", []),
        ("improved by 2020%", []),
        ("3000 items, v24, 46 ms", []),
        ("", []),
    ],
)
def test_times_that_questions_name(question, named):
    assert [months(period) for period in mentioned(question)] == named


@pytest.mark.parametrize(
    ("iso", "en", "zh"),
    [
        ("2024-04/2025-04", "April 2024 – April 2025", "2024 年 4 月 – 2025 年 4 月"),
        ("2025-04/..", "April 2025 – present", "2025 年 4 月 – 至今"),
        ("2015/2019", "2015 – 2019", "2015 年 – 2019 年"),
        ("2017-12", "December 2017", "2017 年 12 月"),
        ("2016", "2016", "2016 年"),
    ],
)
def test_periods_written_out(iso, en, zh):
    period = parse_period(iso)
    assert (period_text(period, "en"), period_text(period, "zh")) == (en, zh)


def test_a_month_written_out():
    assert [month_text(Month.of(2021, 10), language) for language in ("en", "zh")] == ["October 2021", "2021 年 10 月"]


@pytest.mark.parametrize(
    ("count", "en", "zh"),
    [
        (0, "0 months", "0 个月"),
        (1, "1 month", "1 个月"),
        (11, "11 months", "11 个月"),
        (12, "1 year", "1 年"),
        (13, "1 year 1 month", "1 年 1 个月"),
        (30, "2 years 6 months", "2 年 6 个月"),
    ],
)
def test_durations(count, en, zh):
    assert (duration(count).en, duration(count).zh) == (en, zh)


@pytest.mark.parametrize(
    ("iso", "now", "count"),
    [
        ("2021-10/2024-04", (2026, 11), 30),
        ("2025-04/..", (2026, 11), 19),
        ("2025-04/..", (2025, 10), 6),
        ("2021-10/2024-04", (2022, 10), 12),
        ("2025-04/..", (2025, 1), 0),
    ],
)
def test_months_between(iso, now, count):
    assert months_between(parse_period(iso), Month.of(*now)) == count


def test_overlaps_share_a_month():
    job = parse_period("2020-06/2021-10")
    assert job.overlaps(parse_period("2021-10/2024-04"))
    assert job.overlaps(parse_period("2021"))
    assert not job.overlaps(parse_period("2021-11/.."))
    assert parse_period("2025-04/..").overlaps(Period(Month.of(2040, 1), None))


def test_the_month_of_a_day():
    assert this_month(date(2026, 11, 23)) == Month.of(2026, 11)
