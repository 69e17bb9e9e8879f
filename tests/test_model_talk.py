"""With a model: what is asked of it and what isn't, follow-ups, other languages, tokens and cost, the key."""

import logging
import traceback

import pytest
from modelled import KEY, QUESTION, SHOWN, TOTAL, TRUE, assert_key_unseen, cited, heard, kept
from openai_server import Fault, Reply

from askme.errors import ModelError
from askme.llm.chat_model import ChatModel, Deadline
from askme.settings import load_settings
from askme.types import Turn

# Tokens and cost


def test_usage_is_counted_and_priced(server, talking):
    server.replies(Reply(TRUE, usage=(1200, 1024, 40)))
    usage = heard(talking(chat_model="gpt-6-luna")).usage
    assert (usage["prompt_tokens"], usage["cached_tokens"], usage["completion_tokens"], usage["calls"]) == (
        1200,
        1024,
        40,
        1,
    )
    assert usage["cost_usd"] == pytest.approx((176 * 0.10 + 1024 * 0.01 + 40 * 0.50) / 1e6)


@pytest.mark.parametrize(
    ("model", "usage", "cost"),
    [
        ("gpt-6-luna", (1_000_000, 0, 0), 0.10),
        ("gpt-6-luna", (1_000_000, 1_000_000, 0), 0.01),
        ("gpt-6-luna", (0, 0, 1_000_000), 0.50),
        ("gpt-6-luna-2026-09-30", (0, 0, 1_000_000), 0.50),
        ("gpt-6-luna-large", (1000, 0, 10), None),
        ("llama3.2", (1000, 0, 10), None),
        ("gpt-6-luna", None, None),
    ],
)
def test_cost(server, talking, model, usage, cost):
    server.replies(Reply(TRUE, usage=usage))
    answer = heard(talking(chat_model=model))
    assert answer.usage["cost_usd"] == (cost if cost is None else pytest.approx(cost))
    assert answer.text == SHOWN


def test_a_price_of_ones_own(server, talking):
    server.replies(Reply(TRUE, usage=(1000, 500, 100)))
    answer = heard(talking(chat_model="llama3.2", prices={"llama3.2": (2.0, 1.0, 4.0)}))
    assert answer.usage["cost_usd"] == pytest.approx((500 * 2 + 500 * 1 + 100 * 4) / 1e6)


def test_a_second_try_counts_as_a_call_of_unknown_cost(server, talking):
    server.replies(Fault.server_error(), Reply(TRUE))
    usage = heard(talking(total_seconds=9), within=9).usage
    assert (usage["calls"], usage["cost_usd"], usage["prompt_tokens"]) == (2, None, 1200)


def test_a_follow_up_counts_both_calls(server, talking):
    server.replies(Reply("What was the impact of the Lite model at TikTok?", usage=(300, 0, 10)), Reply(TRUE))
    usage = heard(talking(), "and the impact?", LITE).usage
    assert (usage["calls"], usage["prompt_tokens"], usage["completion_tokens"]) == (2, 1500, 50)


# Not the model's to answer


NO_QUESTION = ["hi", "你好", "", "  \n", "???"]
NOT_STATED = ["What is his salary?", "期望薪资是多少？", "Does he know Kafka?", "Was he at Meta?"]
FALSE_PREMISES = ["At Google he built the ESMM model, right?", "So the 1.4957% GMV gain was at Shopee?"]


@pytest.mark.parametrize("question", NO_QUESTION + NOT_STATED + FALSE_PREMISES)
def test_nothing_is_sent_for_what_is_settled(server, talking, question):
    answer = heard(talking(embedding_model="e"), question)
    assert server.requests == []
    assert (answer.mode, answer.fallback, answer.usage) == ("extractive", "", None)


def test_silence_of_the_model_is_not_believed_where_the_structure_answers(server, talking):
    server.replies(Reply("The résumé doesn't say that [none]."))
    answer = heard(talking(), "How long was he at Shopee?")
    assert (answer.mode, answer.status) == ("extractive", "answered")
    assert "2 years 6 months" in answer.text


def test_what_is_not_stated_with_what_is_near(server, talking):
    server.replies(
        Reply(
            "The résumé doesn't say which language [none]. It trains on the in-scenario sample stream [tiktok.lite.2]."
        )
    )
    answer = heard(talking(), "Which language did he write the Lite model in?")
    assert answer.text.startswith("The résumé doesn't say which language. It trains")
    assert (answer.status, cited(answer)) == ("not_in_resume", ["tiktok.lite.2"])


# Other languages


@pytest.mark.parametrize(
    ("question", "told", "shown"),
    [
        (
            "Qu'a fait le modèle Lite chez TikTok ?",
            "At TikTok the Lite model cut training PS consumption by 52.73% [tiktok.lite.3].",
            "At TikTok the Lite model cut training PS consumption by 52.73%. [1]",
        ),
        (
            "TikTok 的 Lite 模型效果如何？",
            "Lite 模型减少 52.73% 训练 PS 消耗与 79.9% 线上 PS 消耗 [tiktok.lite.3]。",
            "Lite 模型减少 52.73% 训练 PS 消耗与 79.9% 线上 PS 消耗。 [1]",
        ),
    ],
    ids=["fr", "zh"],
)  # fmt: skip
def test_a_question_is_answered_in_a_language_that_can_be_verified(server, talking, question, told, shown):
    server.replies(Reply(told))
    answer = heard(talking(), question)
    assert (answer.text, answer.mode) == (shown, "model")
    server.replies(Reply(told.replace("52", "64")))
    assert "64" not in heard(talking(), question).text


def test_a_sentence_in_a_language_that_can_not_be_verified_is_not_shown(server, talking):
    server.replies(Reply("Le CV n'indique pas son âge [notice.age]."))
    answer = heard(talking(), "Quel est son âge ?")
    assert "[notice.age]" in server.chats[0].body["messages"][1]["content"]
    assert answer.text.endswith("The résumé doesn't state an age or date of birth.")
    assert (answer.mode, answer.status) == ("extractive", "not_in_resume")


def test_a_notice_may_be_worded_in_english_to_a_french_question(server, talking):
    server.replies(Reply("The résumé doesn't state his age [notice.age]."))
    answer = heard(talking(), "Quel est son âge ?")
    assert (answer.text, answer.mode, answer.status) == (
        "The résumé doesn't state his age.",
        "model",
        "not_in_resume",
    )


def test_a_reply_that_comes_to_no_end_is_left_alone(server, talking):
    server.replies(Reply("He stole the code [tiktok.lite.3]. " * 60 + TRUE))
    assert heard(talking(), QUESTION).mode == "extractive"


GUESSES = ["Il a 31 ans", "Il est né en 1996", "Il a trente ans", "Il est jeune", "Il est marié, à Paris"]


@pytest.mark.parametrize("guess", GUESSES)
def test_a_notice_bears_out_no_guess(server, talking, guess):
    server.replies(Reply(f"{guess} [notice.age]."))
    answer = heard(talking(), "Quel est son âge ?")
    assert answer.text.endswith("The résumé doesn't state an age or date of birth.")
    assert (answer.mode, answer.status) == ("extractive", "not_in_resume")


# Follow-ups


LITE = Turn(QUESTION, QUESTION, SHOWN, ("tiktok.lite.3",))


def test_a_follow_up_is_condensed_and_searched_for_as_such(server, talking):
    either = "ESMM at Shopee, or the Lite model at TikTok?"
    server.replies(Reply(" “What did the Lite model bring at TikTok?”\n"), Reply(TRUE))
    answer = heard(talking(), "the latter, what did it bring?", Turn(either, either, "Which?", ("shopee.esmm",)))
    assert answer.standalone_question == "What did the Lite model bring at TikTok?"
    assert answer.text == SHOWN
    assert {"tiktok.lite.1", "tiktok.lite.2", "tiktok.lite.3"} <= set(answer.retrieved)
    condense, wording = ([message["content"] for message in chat.body["messages"]] for chat in server.chats)
    assert either in condense[1]
    assert "What did the Lite model bring at TikTok?" in wording[1]


def test_a_question_that_stands_alone_is_not_condensed(server, talking):
    server.replies(Reply(TRUE))
    answer = heard(talking(), QUESTION, LITE)
    assert (answer.standalone_question, len(server.chats)) == (QUESTION, 1)


@pytest.mark.parametrize(
    "condensed",
    [
        Reply("What was the impact of the Lite model at Netflix?"),
        Reply("What was the impact of the Lite model on Kafka at TikTok?"),
        Reply("Why was the impact of the Lite model at TikTok 99%?"),
        Reply("What was the impact of the Lite model at TikTok in 2019?"),
        Reply("What was the impact of the Lite model in his ten years at TikTok?"),
        Reply("What was the impact of ESMM at Shopee?"),
        Reply(""),
        Reply("impact? " * 200),
        Fault.server_error(),
        Fault.malformed(),
        Fault.rate_limited("60"),
    ],
    ids=[
        "name",
        "technology",
        "figure",
        "year",
        "years",
        "other employer",
        "empty",
        "too long",
        "500",
        "malformed",
        "429",
    ],
)
def test_what_cannot_be_used_is_replaced_by_what_the_last_answer_cited(server, talking, chain, condensed):
    carried = chain.ask("and the impact?", [LITE]).standalone_question
    assert "TikTok" in carried
    server.replies(lambda body: condensed if "# Last question" in body["messages"][1]["content"] else Reply(TRUE))
    answer = heard(talking(), "and the impact?", LITE)
    assert answer.standalone_question == carried
    assert "52.73%" in answer.text


# The key


@pytest.mark.parametrize(
    "fault", [Fault.key_refused(), Fault(400, "your key is {key}"), Fault.rate_limited(), Fault.html()]
)
def test_the_key_is_not_logged_by_what_runs_in_the_background(server, talking, tmp_path, caplog, fault):
    server.models(fault)
    server.replies(fault)
    server.embeddings(fault)
    with caplog.at_level(logging.DEBUG):
        chain = talking(embedding_model="e", data_dir=tmp_path)
        chain.warm()
        assert server.wait_for(
            lambda: "askme.search.dense_index" in caplog.text and "askme.storage.circuit_breaker" in caplog.text, 20
        )
    assert_key_unseen(caplog, chain.assistant.state)


@pytest.mark.parametrize("fault", [Fault.key_refused(), Fault(400, "your key is {key}"), Fault(error_event="")])
def test_the_key_is_in_no_exception(server, fault):
    server.replies(fault)
    model = kept(ChatModel(load_settings(openai_api_key=KEY, openai_base_url=server.url)))
    with pytest.raises(ModelError) as raised:
        list(model.call([], Deadline(TOTAL)))
    assert "sk-" not in "".join(traceback.format_exception(raised.value)) + repr(raised.value)
