"""What a résumé masks or leaves anonymous on purpose: of it only the résumé's own text is shown, never a hint."""

from __future__ import annotations

import re
from collections.abc import Iterable

from askme.resume.lines import first_line
from askme.text.tokenize import normalise
from askme.types import STATIONS, Bullet, Knowledge
from askme.verification.evidence import Support

_MASK = re.compile(r"\*{3,}")
_ANONYMOUS = re.compile(
    r"^(?:某|一家|an? (?!\w+ (?:university|school)\b)|undisclosed|confidential|anonymous|stealth)", re.IGNORECASE
)
_TOKEN = re.compile(r"[a-z0-9_.+*@()-]*[0-9@*][a-z0-9_.+*@()-]*")
_SPELT_OUT = re.compile(
    r"(?:\b(?:zero|oh|one|two|three|four|five|six|seven|eight|nine|double|triple)\b[\s,-]*){3,}|[零〇一二三四五六七八九幺两]{3,}|"
    r"(?:[零〇一二三四五六七八九幺][、,，\s-]){2,}",
    re.IGNORECASE,
)
_SPACED = re.compile(
    r"(?<![a-z0-9'])(?:[a-z][\s.·_-]){2,}[a-z](?![a-z0-9])|(?<![a-z0-9'])(?:[a-z]\s){3,}", re.IGNORECASE
)
_SUPERLATIVE = re.compile(
    r"\b(?:largest|biggest|top|oldest|newest|first|number one|no\. ?1|world's|best-known|famous)\b|最[大早新老强]|第一大|全球|知名|著名",
    re.IGNORECASE,
)
_IDENTITY = re.compile(
    r"\b(?:exchange|employer|company|it|its name|which)\b.{0,40}\b(?:is called|are called|named (?!only|as a)|known as|starts? with|begins? with|ends? with|rhymes|"
    r"founded by|based in|also known|namely|initials?|letters?|headquarter\w*|abbreviat\w*)|(?:首字母|字母|开头|缩写|总部|创始人|谐音)",
    re.IGNORECASE,
)


class Confidential:
    """Knows what is masked and which employers are anonymous."""

    def __init__(self, knowledge: Knowledge) -> None:
        """Find them by asterisks, by headings that name nobody, and by what visitors are told isn't told."""
        bullets = knowledge.bullets.values()
        declined = {near for notice in knowledge.notices if notice.status == "declined" for near in notice.near}
        self._masked = frozenset(b.id for b in bullets if _MASK.search(b.text.everything))
        headings = (b for b in bullets if b.kind in STATIONS)
        self._anonymous = frozenset(b.id for b in headings if b.id in declined or _names_nobody(b))

    def masked(self, support: Support) -> bool:
        """Whether a bullet has masked parts."""
        return support.bullet.id in self._masked

    def anonymous(self, support: Support) -> bool:
        """Whether a bullet is of an employer without a name."""
        return support.bullet.id in self._anonymous or support.bullet.station in self._anonymous

    def protects(self, support: Support) -> bool:
        """Whether only the bullet's own text may be told."""
        return self.masked(support) or self.anonymous(support)

    def problems(self, text: str, supports: list[Support]) -> Iterable[str]:
        """Yield what of a sentence hints at what isn't told."""
        plain = normalise(text)
        if _SPACED.search(plain):
            yield "spells something out letter by letter"
        if any(map(self.masked, supports)):
            known = "\n".join(support.normal for support in supports)
            yield from (
                f'"{one}" isn\'t in {{where}}' for one in _TOKEN.findall(plain) if one.strip(".()-+") not in known
            )
            if _SPELT_OUT.search(plain):
                yield "spells digits out"
        if any(map(self.anonymous, supports)) and (_IDENTITY.search(plain) or _ranked(plain, supports)):
            yield "hints at who {where} is"


def _ranked(plain: str, supports: list[Support]) -> bool:
    """Whether an employer is told apart by its rank among others."""
    near = re.finditer(r"exchange|employer|company|交易所|公司|平台", plain)
    around = (plain[max(0, match.start() - 24) : match.start()] for match in near)
    found = (match[0] for part in around for match in _SUPERLATIVE.finditer(part))
    return any(word not in support.normal for word in found for support in supports[:1])


def _names_nobody(bullet: Bullet) -> bool:
    return any(_ANONYMOUS.search(text) for text in first_line(bullet).renderings)
