"""What is kept of strangers' texts is bounded in bytes, and a text's cost grows with its length, not faster."""

import random
import re
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from askme.settings import ROOT
from askme.text import tokenize
from askme.text.remembered import Remembered, remembered

KEPT = [found for found in vars(tokenize).values() if isinstance(found, Remembered)]
_DRAWN = random.Random(5)


def text_of(first, last, length):
    return "".join(chr(_DRAWN.randint(ord(first), ord(last))) for _ in range(length))


def test_all_that_is_kept_of_texts_is_kept_so():
    assert len(KEPT) == 5
    assert all(function.__doc__ for function in KEPT)


@pytest.mark.parametrize(
    ("first", "last", "length"),
    [("一", "龥", 5), ("一", "龥", 2_000), ("a", "z", 40), ("!", "~", 2_000), ("가", "힣", 300), ("一", "龥", 100_000)],
)
def test_a_flood_of_texts_takes_no_more_room_than_is_given(monkeypatch, first, last, length):
    room = 100_000
    for function in KEPT:
        for name, value in (("_half", room // 2), ("_young", {}), ("_old", {}), ("bytes", 0)):
            monkeypatch.setattr(function, name, value)
    for _ in range(max(3, 30_000 // length)):
        tokenize.index_tokens(text_of(first, last, length))
    assert all(weight(function) <= 2 * room for function in KEPT)


def weight(function):
    """What all that a function keeps takes, counted anew."""
    entries = [*function._young.items(), *function._old.items()]  # noqa: SLF001
    texts = [text for pair in entries for part in pair for text in ((part,) if isinstance(part, str) else part)]
    return sum(map(sys.getsizeof, texts))


def test_no_other_cache_counts_texts_in_pieces():
    """lru_cache counts entries, so only what the résumé and the page themselves say may go into one."""
    held = {}
    for path in sorted((ROOT / "src").rglob("*.py")):
        sizes = [int(size) for size in re.findall(r"lru_cache\(maxsize=(\d+)\)", path.read_text(encoding="utf-8"))]
        if any(size > 1 for size in sizes):
            held[path.name] = sizes
    assert set(held) <= {
        *(
            "evidence.py",
            "exchange.py",
            "highlight.py",
            "lexicon.py",
            "markup.py",
            "predicates.py",
            "redis.py",
            "templating.py",
        )
    }


def test_what_is_asked_for_again_outlives_a_flood():
    calls = []

    @remembered(100_000)
    def doubled(text):
        """Double."""
        calls.append(text)
        return text * 2

    for number in range(5_000):
        assert doubled(f"flood {number}") == f"flood {number}" * 2
        assert doubled("often") == "oftenoften"
    assert calls.count("often") == 1
    assert doubled("flood 1") == "flood 1flood 1"
    assert calls.count("flood 1") == 2


def test_threads_may_share_it():
    shared = remembered(20_000)(tuple)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(shared, [str(number % 500) for number in range(20_000)]))
    assert found == [tuple(str(number % 500)) for number in range(20_000)]
    assert shared.bytes <= 10_000


def calls_of(work):
    """Count what is called meanwhile, by Python and in C: how much is done, however busy the machine is."""
    counted = [0]

    def count(_frame, event, _argument):
        counted[0] += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(None)
    return counted[0]


@pytest.mark.parametrize(
    "piece",
    [
        "$1.2 billion and 3,4 mn USD ",
        "1.5% 7.25 ms ",
        "百分之五十二 ",
        "more than 3 years and 2 months, ",
        "2023-01 to 2024-02, ",
        "v23 v24 v25 ",
        "about $5 less than €7 ",
        "TikTok vs Shopee or Google and ",
        "\ufdfa",
        "㍿㌀",
        "\u1d00\u0301",
        "half a third of ",
    ],
)
def test_the_work_for_a_question_grows_with_its_length_and_not_faster(chain, piece):
    chain.ask("warm up")
    short, long = (piece * (length // len(piece)) for length in (450, 1_800))
    before, after = (calls_of(lambda text=text: chain.ask(text)) for text in (short, long))
    assert after < 9 * before
    assert after < 200_000


def test_one_character_cannot_become_a_page():
    for character in ("\ufdfa", "㍿", "ﷻ", "㏂"):
        assert len(tokenize.normalise(character * 2_000)) <= 4_100
    assert tokenize.normalise("\ufdfa").startswith("صلى")
