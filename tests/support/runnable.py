"""Whether a browser would run or load anything of a piece of the page's HTML."""

from __future__ import annotations

import re
from html.parser import HTMLParser

TAGS = frozenset(
    "a article b button details div h2 h3 h4 h5 header li mark nav p section span summary svg ul use".split()
)
ATTRIBUTES = frozenset(
    "aria-hidden aria-label aria-labelledby aria-pressed class focusable href id lang rel tabindex target type".split()
)
_DATA = re.compile(r"data-[a-z-]+")
_ADDRESS = re.compile(r"#[a-z0-9_-]+|https://[a-z0-9./-]+", re.IGNORECASE)
_EMPTY = frozenset({"use"})


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        if tag not in TAGS:
            self.faults.append(f"<{tag}>")
        for name, value in attrs:
            if name not in ATTRIBUTES and not _DATA.fullmatch(name):
                self.faults.append(f"<{tag} {name}>")
            if name == "href" and not _ADDRESS.fullmatch(value or ""):
                self.faults.append(f"<{tag} href={value!r}>")

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> in the wrong place")

    def handle_decl(self, decl: str) -> None:
        self.faults.append(f"<!{decl}>")

    def handle_comment(self, data: str) -> None:
        self.faults.append(f"<!--{data}-->")

    def handle_pi(self, data: str) -> None:
        self.faults.append(f"<?{data}>")


def assert_nothing_runs(html: str) -> None:
    """Only tags and attributes that the page is made of, in their order; links to the page itself or by https."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert reader.faults == []
    assert reader.open == []
