"""What `benchmarks.mutations` puts in the place of what: units, directions, employers, months."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Swap:
    """Text to be replaced by one of `others`; `alone`: it may not stand in the cited bullets in any place."""

    pattern: str
    others: tuple[str, ...]
    alone: bool = False

    def found(self, text: str) -> Iterator[re.Match[str]]:
        """Yield the places."""
        return re.finditer(self.pattern, text)


def _pair(one: str, other: str) -> tuple[Swap, Swap]:
    """Return swaps in both directions, for "rose|increased" and "fell|dropped"."""
    left, right = tuple(one.split("|")), tuple(other.split("|"))
    return Swap(_words(left), right), Swap(_words(right), left)


def _words(words: tuple[str, ...]) -> str:
    longest = sorted(map(re.escape, words), key=len, reverse=True)
    return "|".join(word if word[0] > "\u3000" else rf"\b{word}\b" for word in longest)


_D = r"(?<=\d)\s?"
UNITS = (
    Swap(rf"{_D}%(?=[\s,.;)，。；、）]|$)", (" percentage points", "x", "‰")),
    Swap(rf"{_D}%(?=\s?[一-鿿，。])", (" 个百分点", " 倍")),
    Swap(rf"{_D}ms\b", ("s", " minutes")),
    Swap(rf"{_D}milliseconds\b", (" seconds", " minutes")),
    Swap(rf"{_D}毫秒", (" 秒", " 分钟")),
    Swap(r"(?<=\d)-second\b", ("-minute", "-hour")),
    Swap(rf"{_D}秒", (" 分钟", " 毫秒")),
    Swap(r"(?<=\d)s(?=/)", ("ms", "h")),
    Swap(rf"{_D}minutes\b", (" hours", " seconds")),
    Swap(rf"{_D}分钟", (" 小时", " 秒")),
    Swap(r"\bbillion\b", ("million", "trillion")),
    Swap(r"\bmillion\b", ("billion", "thousand")),
    Swap("亿", ("万", "百万")),
    Swap("万", ("亿", "千")),
    Swap(r"\bmillones\b", ("mil millones",)),
    Swap(r"\bmillions\b", ("milliards",)),
    Swap("억", ("만",)),
    Swap(r"\bMillisekunden\b", ("Sekunden", "Minuten")),
    Swap("ミリ秒", ("秒", "分")),
    Swap(r"\bUSD\b", ("EUR", "RMB", "GBP", "HKD", "JPY"), alone=True),
    Swap(r"(?:US)?\$", ("€", "£", "¥"), alone=True),
    Swap(r"\bdollars\b", ("euros", "yuan", "pounds")),
    Swap("美元|美金", ("欧元", "人民币", "元", "日元")),
    Swap(r"\bdólares\b", ("euros",)),
    Swap("ドル", ("円", "ユーロ")),
    Swap(r"(?<!for )(?<!and )\b(?:a|per) day\b", ("a month", "an hour", "per week"), alone=True),
    Swap(r"(?<!for )(?<!and )\b(?:a|per) year\b", ("a month", "per day"), alone=True),
    Swap(r"\b[Dd]aily\b(?! Disc)", ("monthly", "hourly"), alone=True),
    Swap(r"\b(?:annual|yearly)\b", ("monthly", "daily"), alone=True),
    Swap("日均", ("月均", "年均", "每小时"), alone=True),
    Swap("年度(?=核心|增|贡|成|交)", ("月度", "日均"), alone=True),
    Swap("每年", ("每月", "每天"), alone=True),
    Swap("日曝光", ("月曝光", "年曝光"), alone=True),
    Swap(r"\bper user\b", ("per day", "per seller"), alone=True),
    Swap("人均", ("日均", "店均"), alone=True),
)

DIRECTIONS = (
    *_pair("rose|increased|grew|climbed", "fell|dropped|decreased|declined|sank"),
    *_pair("raised|lifted|boosted", "cut|reduced|lowered"),
    *_pair("raising|increasing", "cutting|reducing|lowering"),
    *_pair("increase|growth|gain|uplift", "decrease|drop|decline|reduction"),
    *_pair("gained", "lost"),
    *_pair("faster", "slower"),
    *_pair("more", "fewer|less"),
    *_pair("higher", "lower"),
    *_pair("improved", "worsened"),
    *_pair("improving", "worsening"),
    *_pair("speed up", "slow down"),
    *_pair("accelerated", "slowed down"),
    Swap(r"\blift\b(?= in| of| \d|$)", ("drop", "fall", "dip")),
    Swap(r"\bsaving\b", ("loss", "extra cost", "overspend")),
    Swap(r"\bsavings\b", ("losses", "extra costs")),
    Swap(r"\bup (?=\d|by|from|to)", ("down ",)),
    Swap(r"\bdown (?=\d|by|from|to)", ("up ",)),
    Swap(r"\bcompressed\b", ("inflated", "increased")),
    Swap(r"\+(?=\d+[\d.]*%)", ("-", "−")),
    Swap(r"(?<=[一-鿿])-(?=\d)|(?<=cost )-(?=\d)|(?<=memory )-(?=\d)", ("+",)),
    *_pair("提升|提高|增长|增加|上升", "下降|降低|减少|下滑"),
    *_pair("增量|增幅", "减量|降幅"),
    *_pair("加速", "拖慢"),
    *_pair("降到|降至", "升到|升至"),
    *_pair("节省|节约", "多花|浪费"),
    Swap("压缩(?=了? ?[0-9])", ("增加", "扩大")),
    Swap("减半", ("翻倍", "翻番")),
    *_pair("réduit", "augmenté"),
    *_pair("sank", "stieg"),
    *_pair("subió|aumentó", "bajó|redujo"),
    *_pair("削減", "増加"),
    *_pair("증가", "감소"),
    *_pair("절감했|줄였", "늘렸|높였"),
)
"""Words, to the left what goes up."""

EMPLOYERS: dict[str, dict[str, tuple[str, ...]]] = {
    "exchange": {"en": ("a leading exchange", "the exchange"), "zh": ("某头部交易所", "交易所")},
    "tiktok": {"en": ("TikTok",), "zh": ("TikTok", "字节跳动")},
    "shopee": {"en": ("Shopee",), "zh": ("Shopee", "虾皮")},
    "wechat": {"en": ("WeChat Channels", "Tencent"), "zh": ("微信视频号", "视频号")},
    "google": {"en": ("Google",), "zh": ("Google", "谷歌")},
    "bigo": {"en": ("BIGO",), "zh": ("BIGO",)},
    "polyu": {"en": ("The Hong Kong Polytechnic University", "PolyU"), "zh": ("香港理工大学",)},
    "sysu": {"en": ("Sun Yat-sen University",), "zh": ("中山大学",)},
}
SPELLINGS = {
    "exchange": "exchange|square|交易所|广场|échange|거래소|광장",
    "tiktok": "tiktok|字节|틱톡",
    "shopee": "shopee|虾皮",
    "wechat": "wechat|tencent|视频号|위챗",
    "google": "google|谷歌|구글",
    "bigo": "bigo",
    "polyu": "polyu|polytechnic|politécnica|理工|exchange student|交换",
    "sysu": "sun[ -]yat|sysu|中山|中大",
}
"""How claims spell them, in any language."""
PREFIXES = {
    "en": "At {}, ",
    "zh": "在{}，",
    "fr": "Chez {}, ",
    "de": "Bei {}, ",
    "es": "En {}, ",
    "ja": "{}では、",
    "ko": "{}에서 ",
}
MONTHS = "January February March April May June July August September October November December".split()
