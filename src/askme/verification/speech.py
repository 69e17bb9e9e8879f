"""Who speaks to whom, and in what letters: never as the candidate, never with orders, never in disguise."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from askme.text.tokenize import has_han

_I = re.compile(
    r"(?<![A-Za-z/-])(?:I|I'm|I've|I'd|I'll|[Mm]y|[Mm]ine|[Mm]yself|[Mm]e|[Ww]e|[Oo]urs?|[Uu]s)(?![A-Za-z/-])|[我咱俺]|(?<!卿)(?<!他)本人(?!也|的?简历)"
)
_CHAT = re.compile(
    r"(?<![A-Za-z])I(?:'m| am) (?:afraid|sorry|not able|unable|only|not in a position|just|here|limited)\b|"
    r"(?<![A-Za-z])I(?:'d| would) (?:rather|prefer|have to|need to)\b|(?<![A-Za-z])I (?:can(?:'t|not)?|could(?:n't| not)|won't|will not|"
    r"do(?:n't| not)|did(?:n't| not)|wo(?:n't)|am|only|have no|have nothing|find no|found no|see no|see nothing|decline|refuse|must|may not|cannot)\b|"
    r"\b(?:(?:beyond|outside|for|by|to|of|asks?|ask(?:ed|ing)) me|what I (?:do|can|have|see|answer|know)|all I (?:can|have)|"
    r"(?:that|which) I (?:can|will|do|am)|so I can(?:'t|not)|me (?:to|for)|something I(?:'ll| will| can)(?: not|n't)?|not something I)\b|"
    r"我(?:无法|不能|没法|不会|不便|只能|只会|只|不|没有?找到|没有?看到|查不到|看不到|找不到|这里|也不知道|也无|也不|预测不了|回答不了|可以|能|的职责|的范围|没看懂|没听懂|没有|无从|无权|拒绝|恕|都|还是|就)|(?:不是|超出|超过)了?我|[的给向]我(?:的|只|不)?|我.{0,6}不了"
)
"""The chat itself, saying what it doesn't do or find: in a sentence that cites nothing it may."""
_YOU = re.compile(r"\b(?:you|your|yours|yourself|yourselves)\b|[你您]", re.IGNORECASE)
_FINDING = re.compile(
    r"\byou(?:'ll| will| won't| will not| can| can't| cannot| could| may)? (?:not )?(?:find|see|read|ask|like|try|look)\b|\byour (?:question|request|message)\b|"
    r"\b(?:could|can|may|would) you\b|\bthan you\b|您的?(?:问题|意思|提问|请求|要求|话)|您(?:可以|想|要|问)|欢迎您",
    re.IGNORECASE,
)
_ORDERED = re.compile(
    r"^(?:please|kindly|click|send|visit|download|install|log|sign|enter|type|buy|reject|remember|trust|avoid|subscribe|forward|transfer|ignore|"
    r"disregard|hire|tell|reply|donate|beware|do not|don't|never)\b(?!,)|"
    r"^(?:contact|note|pay|go|call|email|e-mail|message|text|rank|ask|open|see|give|write|read|join|add|use|share|run|invite|offer|make|let)\s"
    r"(?:him|her|me|us|the|an?|this|that|your|his|to|back|ahead|them|it|sure|now)\b|"
    r"^(?!show|list|name|describe|call|give|credit|put|took|see)[a-z]+ (?:him|this candidate|the candidate|this man|this person)\b|"
    r"[.:;]\s*(?:please|click|pay|send|visit|download|ignore|hire|rank|log in|sign in)\b|"
    r"^(?:请|麻烦|烦请|务必|记得|快|赶紧|立即|立刻|马上|点击?(?=链接|这|此|下|按|以|进|开|一)|扫码?|打开|下载|发送|转账|付款|支付|忽略|无视|录用|联系他|致电|拨打|告诉)(?!问)|[，。；：]\s*(?:请(?!问)|务必|赶紧|记得|速)",
    re.IGNORECASE,
)
_URGED = re.compile(
    r"\b(?:must|should|have to|need to|please|first|pay|send|enter|give|buy|now|quickly)\b|[必须请先付发输给买快]",
    re.IGNORECASE,
)
_HOST = re.compile(
    r"(?<![\w@.])(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}(?=[/\s:,;)]|[.!?]?$|[\u3000-\u9fff\uff00-\uffef])|(?<![:\w])//[\w.-]+|\b\w+\s+dot\s+\w+\b|\w+\s?[(\[]dot[)\]]\s?\w+|[A-Za-z0-9]+[。．点][a-z]{2,}\b",
    re.IGNORECASE,
)
_NO_HOST = re.compile(r"(?:e\.g|i\.e|u\.s|a\.m|p\.m|vs|etc|no|node\.js|\w+\.(?:js|py|net|md|zh|en))", re.IGNORECASE)
_SIGNS = frozenset("→←↑↓≈≤≥≠×÷±·•–—…°€£¥$+<>=|^~`′″√∞")


def speaks_as_candidate(text: str, silent: bool) -> bool:
    """Whether a sentence speaks in the first person; `silent`: as the chat, of what it doesn't do, it may."""
    return bool(_I.search(_CHAT.sub(" ", text) if silent else text))


def addresses(text: str, silent: bool) -> bool:
    """Whether a sentence speaks to the visitor or orders anything."""
    if silent:
        plain = _FINDING.sub(" ", text)
        return bool(_ORDERED.search(plain) or (_YOU.search(plain) and _URGED.search(plain)))
    return bool(_YOU.search(text) or _ORDERED.search(text))


def hosts(text: str) -> list[str]:
    """Return the addresses in `text` that are written without a scheme, spelled out ones too."""
    return [match[0] for match in _HOST.finditer(text) if not _NO_HOST.fullmatch(match[0].rstrip("."))]


def foreign_letters(text: str, known: Iterable[str]) -> str:
    """Return the first letter or sign that is neither Latin nor Chinese nor in the `known` texts, "" without one."""
    seen = frozenset("".join(known))
    return next((char for char in text if not _plain(char) and char not in seen), "")


def _plain(char: str) -> bool:
    if char.isascii() or has_han(char) or char in _SIGNS:
        return char.isprintable()
    kind = unicodedata.category(char)
    if kind[0] == "L":
        return unicodedata.name(char, "").startswith("LATIN")
    return kind[0] == "P" or kind == "Zs"
