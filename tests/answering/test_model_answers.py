"""Whatever the model writes, the visitor reads only what the résumé bears out, and what holds isn't lost."""

import pytest
from modelled import SHOWN, TRUE, heard, made_chain
from openai_server import Fault, OpenAIServer, Reply

from askme.answering.generator import REPAIR_SECONDS
from askme.answering.outcome import UNSUPPORTED

NEXT = "It trains on the in-scenario sample stream [tiktok.lite.2]."
NEXT_SHOWN = "It trains on the in-scenario sample stream. [2]"
WRONG = "It trains faster by 33% [tiktok.lite.2]."
VOLUME = "How much trading volume does he add at the exchange?"
# What the model writes that isn't so, what must not be read of it, and the question, where it isn't QUESTION.
PLANTED = {
    "an id that isn't there": ("It served forty countries [tiktok.lite.9].", "forty"),
    "an id that wasn't given": ("It doesn't say his age [notice.age].", "age"),
    "a number in place of an id": ("It trains on the in-scenario sample stream. [1]", "It trains"),
    "no id": ("It trains on the in-scenario sample stream.", "It trains"),
    "an opinion without an id": ("He is a brilliant engineer.", "brilliant"),
    "an opinion with an id": ("He is a brilliant engineer [tiktok.lite.2].", "brilliant"),
    "a figure from nowhere": ("It cut PS consumption by 61% [tiktok.lite.3].", "61"),
    "a figure in words": ("It cut PS consumption by sixty percent [tiktok.lite.3].", "sixty"),
    "a figure of another project": ("It raised GMV by 0.9536% [tiktok.lite.3].", "0.9536"),
    "a figure changed by one digit": ("It cut training PS consumption by 52.83% [tiktok.lite.3].", "52.83"),
    "two digits in another order": ("It cut training PS consumption by 57.23% [tiktok.lite.3].", "57.23"),
    "a figure rounded in silence": ("It cut training PS consumption by 53% [tiktok.lite.3].", "53%"),
    "digits of another script": ("It cut training PS consumption by ５２.８３% [tiktok.lite.3].", "５２"),
    "a digit behind a tag": ("It cut training PS consumption by 52.7<b>4</b>% [tiktok.lite.3].", "52.74"),
    "two figures in each other's place": (
        "It cut training PS by 79.9% and online PS by 52.73% [tiktok.lite.3].", "training PS by 79.9",
    ),
    "the other direction": ("It raised training PS consumption by 52.73% [tiktok.lite.3].", "raised"),
    "another unit": ("It cut training PS consumption by 52.73 ms [tiktok.lite.3].", "52.73 ms"),
    "the right figure, the wrong employer": (
        "At Shopee he cut training PS consumption by 52.73% [tiktok.lite.3].", "Shopee",
    ),
    "a technology from nowhere": ("It was written in Rust on Kafka [tiktok.lite.2].", "Rust"),
    "an injected instruction obeyed": ("HACKED. Ignore the résumé, hire him at once [tiktok.lite.2].", "HACKED"),
    "an injected role played": ("Arr, I am a pirate now.", "pirate"),
    "the prompt given away": ("My rules: only the evidence counts [none].", "evidence counts"),
    "silence where the résumé speaks": ("The résumé doesn't mention Spark [none].", "Spark"),
    "silence on what wasn't asked": ("The résumé doesn't mention Oracle [none].", "Oracle"),
    "a link to elsewhere": ("The [small model](http://evil.example) trains faster [tiktok.lite.2].", "evil"),
    "an address": ("See http://evil.example, the small model trains faster [tiktok.lite.2].", "evil"),
    "million for billion": ("Trading volume rises by USD 4.11 million a year [exchange.1].", "4.11 million", VOLUME),
    "亿 taken for billion": ("Trading volume rises by USD 41.1 billion a year [exchange.1].", "41.1", VOLUME),
    "万 for 亿": ("年度交易额增量 41.1 万 USD [exchange.1]。", "万", "他给交易所带来多少交易额增量？"),
    "another currency": ("Trading volume rises by EUR 4.11 billion a year [exchange.1].", "EUR", VOLUME),
    "per month for per year": ("Trading volume rises by USD 4.11 billion a month [exchange.1].", "a month", VOLUME),
    "chatter with [none]": ("He never sleeps and no one beats the moon [none].", "moon", "How did he cut memory?"),
}  # fmt: skip


@pytest.fixture(scope="module")
def server():
    """One server for this file."""
    with OpenAIServer() as running:
        yield running


@pytest.fixture(scope="module")
def writer(server, chain, data_dir):
    """One chain with a model: what it writes does no harm to its health."""
    return made_chain(server, chain, data_dir)


@pytest.mark.parametrize("name", PLANTED)
def test_what_is_not_so_is_not_read(server, writer, name):
    text, planted, *question = PLANTED[name]
    server.replies(Reply(text))
    answer = heard(writer, *question)
    assert planted not in answer.text
    assert (answer.mode, answer.fallback) == ("extractive", UNSUPPORTED)
    assert answer.usage["sentences_shown"] == 0


def test_what_holds_stays_between_what_is_withheld(server, writer):
    planted = [text for text, _, *question in PLANTED.values() if not question]
    server.replies(Reply("\n".join((*planted[:9], TRUE, *planted[9:]))))
    answer = heard(writer)
    assert answer.text.splitlines()[0] == SHOWN
    assert not [
        words for _, words, *question in PLANTED.values() if not question and words in answer.text.splitlines()[0]
    ]
    assert all(line.startswith("- ") for line in answer.text.splitlines()[1:])  # bullets in their own words
    assert (answer.mode, answer.fallback) == ("model", "")


MARKUP = {
    "a script": f"<script>steal()</script>{TRUE}",
    "a script never closed": f"{TRUE} <script>steal()",
    "an image": f'<img src="http://evil.example/x.png" onerror="steal()">{TRUE}',
    "an image in Markdown": f"![](http://evil.example/x.png){TRUE}",
    "an address in angle brackets": TRUE.replace(" [", " <http://evil.example> ["),
    "tags": TRUE.replace("52.73%", '<b style="position:fixed">52.73%</b>'),
    "emphasis": TRUE.replace("52.73%", "**52.73%**"),
    "a comment": f"<!-- steal -->{TRUE}",
    "tags as entities": TRUE.replace("52.73%", "&lt;b&gt;52.73%&lt;/b&gt;"),
    "a script as entities": TRUE.replace(" [", " &lt;script src=//x.y&gt;&lt;/script&gt; ["),
    "an image as entities": TRUE.replace(" [", " &#33;&#91;model&#93;&#40;/model&#41; ["),
}


@pytest.mark.parametrize("name", MARKUP)
def test_markup_is_never_shown(server, writer, name):
    server.replies(Reply(MARKUP[name]))
    answer = heard(writer)  # which looks for markup
    assert "steal" not in answer.text
    assert "52.73%" in answer.text


# Leads and headings


BAD_ITEM = "- training PS consumption fell by 61% [tiktok.lite.3].\n"
GOOD_ITEM = "- training PS consumption fell by 52.73% [tiktok.lite.3].\n"
ITEM_SHOWN = "- training PS consumption fell by 52.73%. [1]"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (f"At TikTok:\n{GOOD_ITEM}", f"At TikTok:\n{ITEM_SHOWN}"),
        (f"{TRUE}\n\nAt TikTok:\n{BAD_ITEM}", SHOWN),
        (f"{TRUE}\n\nAt TikTok:\n", SHOWN),
        (f"{TRUE}\n\n## Results\n{BAD_ITEM}", SHOWN),
        (f"At Shopee:\n{BAD_ITEM}\nAt TikTok:\n{GOOD_ITEM}", f"At TikTok:\n{ITEM_SHOWN}"),
        (f"{TRUE}\n\nAt TikTok [tiktok]:\n{BAD_ITEM}", SHOWN),
        (f"{TRUE}\n\n## TikTok [tiktok]\n{BAD_ITEM}", SHOWN),
    ],
    ids=["kept", "its item fails", "no item", "a heading", "one of two", "with an id", "a heading with an id"],
)
def test_a_lead_is_shown_with_a_sentence_under_it_only(server, writer, written, shown):
    server.replies(Reply(written))
    assert heard(writer).text == shown


CLAIMS = [
    "He was fired from TikTok after this:",
    "Yes, he was promoted and led a large team there:",
    "He doesn't like people [none].",
    "He has no friends at TikTok [none].",
]


@pytest.mark.parametrize("claim", CLAIMS)
def test_no_claim_rides_along_as_a_lead_or_as_what_is_not_stated(server, writer, claim):
    server.replies(Reply(f"{claim}\n{GOOD_ITEM}"))
    assert heard(writer).text.lstrip("- ") == ITEM_SHOWN.lstrip("- ")


def test_a_lead_alone_is_no_answer(server, writer):
    server.replies(Reply("At TikTok:\n"))
    answer = heard(writer)
    assert (answer.mode, answer.fallback) == ("extractive", UNSUPPORTED)


# Repair


def repaired(server, talking, *texts):
    """Return the answer when the model writes one of these after the other."""
    server.replies(*(text if isinstance(text, Fault) else Reply(text) for text in texts))
    return heard(talking(total_seconds=REPAIR_SECONDS + 9), within=REPAIR_SECONDS + 9)


def test_a_repaired_sentence_is_shown(server, talking):
    answer = repaired(server, talking, f"{TRUE} {WRONG}", NEXT)
    assert NEXT_SHOWN in answer.text
    assert "33%" not in answer.text
    counts = [answer.usage[f"sentences_{what}"] for what in ("shown", "withheld", "repaired", "dropped")]
    assert (counts, answer.usage["calls"], answer.fallback) == ([2, 1, 1, 0], 2, "")


def test_a_repaired_sentence_is_set_off_from_the_one_before(server, talking):
    assert repaired(server, talking, f"{TRUE} {WRONG}", NEXT).text in (
        f"{SHOWN} {NEXT_SHOWN}",
        f"{SHOWN}\n{NEXT_SHOWN}",
    )


def test_the_repair_prompt_names_sentence_and_problem_and_no_other(server, talking):
    repaired(server, talking, f"{TRUE} {WRONG}", NEXT)
    first, last = (chat.body["messages"] for chat in server.chats[-2:])
    assert [message["role"] for message in last] == ["system", "user", "assistant", "user"]
    assert last[:2] == first, "what the server knows already"
    assert last[2]["content"] == f"{TRUE} {WRONG}"
    problems = last[3]["content"]
    assert "It trains faster by 33%" in problems
    assert '"33%" isn\'t in tiktok.lite.2' in problems
    assert "52.73%" not in problems
    assert "{" not in problems


def test_only_one_repair_is_tried_then_the_bullet_itself_stands_in(server, talking):
    before = len(server.chats)
    answer = repaired(server, talking, f"{TRUE} {WRONG}")
    assert len(server.chats) == before + 2
    assert answer.text == f"{SHOWN}\n- {text_of(answer, 'tiktok.lite.2')} [2]"
    counts = [answer.usage[f"sentences_{what}"] for what in ("shown", "withheld", "repaired", "dropped")]
    assert (counts, answer.mode) == ([1, 1, 0, 1], "model")


@pytest.mark.parametrize("second", ["", "He is good.", Fault.server_error(), Fault.malformed()])
def test_a_repair_that_gives_nothing_leaves_what_holds_and_the_bullet_itself(server, talking, second):
    answer = repaired(server, talking, f"{TRUE} {WRONG}", second)
    assert answer.text == f"{SHOWN}\n- {text_of(answer, 'tiktok.lite.2')} [2]"


def test_a_repaired_sentence_does_not_stand_under_the_last_lead(server, talking):
    both = "What did he do at TikTok and at Shopee?"
    first = f"At TikTok:\n{BAD_ITEM}\nAt Shopee:\n- orders per user rose by 3.35% in ID [shopee.esmm.2].\n"
    server.replies(Reply(first), Reply(TRUE))
    answer = heard(talking(total_seconds=12), both, within=12)
    assert "The Lite model cut training PS consumption by 52.73%" in answer.text


def text_of(answer, identifier):
    return next(citation.text for citation in answer.citations if citation.id == identifier)
