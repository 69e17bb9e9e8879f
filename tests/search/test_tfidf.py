"""The lexical embedding holds every TF-IDF product exactly, and goes on doing so when documents are added."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from askme.search import tfidf as embeddings
from askme.search.tfidf import LexicalEmbedding
from askme.text.tokenize import index_tokens

TEXTS = [
    "Built a pre-ranking model with three towers\n三塔粗排模型",
    "Cut the cost of online inference by half\n线上推理成本减半",
    "Won a gold medal at the ICPC in Shenyang\n沈阳站金奖",
    "Forecast ad revenue for a day, a month and a year\n预测广告收入",
    "Clustered short audio clips by hashes\n短音频聚类",
    "Moved the framework to another architecture\n框架迁移",
    "A cold-start formula with PID control\n冷启动公式",
    "Features of array type in the data flow\n数组类型特征",
    "Trained on listwise samples, listwise loss\n列表式训练",
    "Python, C++ and Java",
    "北京大学 计算机 计算机 计算机",
    "model cost model cost model",
]
NEW = ["A blockchain prototype for supply chains\n区块链原型", "Ranking model of the shop page, cost down\n店铺页"]
QUESTIONS = [*TEXTS, "the cost of a model", "广告收入模型", "gold medal for quantum zebras", "计算机"]


def tf_idf(texts, fitted_on):
    """Dense TF-IDF rows by the book, one column a token: (1 + ln tf) · (ln((1 + n) / (1 + df)) + 1), of length 1."""
    vocabulary = sorted({token for text in [*texts, *fitted_on] for token in index_tokens(text)})
    df = Counter(token for text in fitted_on for token in set(index_tokens(text)))
    rows = np.zeros((len(texts), len(vocabulary)))
    for row, text in zip(rows, texts, strict=True):
        for token, tf in Counter(index_tokens(text)).items():
            idf = np.log((1 + len(fitted_on)) / (1 + df.get(token, 1))) + 1
            row[vocabulary.index(token)] = (1 + np.log(tf)) * idf
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)


def products(embedding, left, right):
    return np.array(embedding.embed_documents(left)) @ np.array(embedding.embed_documents(right)).T


@pytest.fixture(scope="module")
def fitted():
    return LexicalEmbedding.fit(TEXTS)


def test_products_with_documents_are_those_of_tf_idf(fitted):
    rows = tf_idf([*QUESTIONS, *TEXTS], TEXTS)
    expected = rows[: len(QUESTIONS)] @ rows[len(QUESTIONS) :].T
    np.testing.assert_allclose(products(fitted, QUESTIONS, TEXTS), expected, atol=1e-6)


def test_a_document_more_leaves_the_old_vectors_as_they_are(fitted):
    grown = fitted.extended(NEW)
    assert grown.dimension == fitted.dimension
    np.testing.assert_allclose(grown.embed_documents(TEXTS), fitted.embed_documents(TEXTS), atol=1e-9)


def test_a_document_more_has_exact_products_too(fitted):
    grown = fitted.extended(NEW)
    texts = [*TEXTS, *NEW]
    rows = tf_idf([*QUESTIONS, *texts], TEXTS)
    expected = rows[: len(QUESTIONS)] @ rows[len(QUESTIONS) :].T
    np.testing.assert_allclose(products(grown, QUESTIONS, texts), expected, atol=1e-6)


def test_what_is_known_already_adds_nothing(fitted):
    assert fitted.extended(TEXTS[:2]) is fitted


def test_when_there_is_no_room_left_it_says_so(fitted):
    assert fitted.extended([f"word{number}" for number in range(fitted.dimension)]) is None


def test_saved_and_loaded_it_is_the_same(fitted, tmp_path):
    grown = fitted.extended(NEW)
    grown.save(tmp_path / "state.npz")
    loaded = LexicalEmbedding.load(tmp_path / "state.npz")
    assert loaded.embed_documents(QUESTIONS) == grown.embed_documents(QUESTIONS)
    assert (loaded.dimension, loaded.known_words) == (grown.dimension, grown.known_words)
    assert loaded.overlap("cost of audio", TEXTS[1]) == grown.overlap("cost of audio", TEXTS[1])


def test_a_state_of_another_version_is_refused(fitted, tmp_path):
    fitted.save(tmp_path / "state.npz")
    with np.load(tmp_path / "state.npz") as data:
        np.savez(tmp_path / "older.npz", **{**data, "version": np.array("0-older")})
    with pytest.raises(ValueError, match="0-older"):
        LexicalEmbedding.load(tmp_path / "older.npz")


@pytest.mark.parametrize("text", ["", "   ", "的了吗", "the of and", "zebra quux", "😀", "斑马"])
def test_a_text_without_a_known_word_has_no_direction(fitted, text):
    assert not np.any(fitted.embed_query(text))


def test_unknown_words_make_a_question_shorter(fitted):
    whole, diluted = (np.linalg.norm(fitted.embed_query(text)) for text in ("gold medal", "gold medal zebra quux"))
    assert 0 < diluted < whole <= 1 + 1e-6


def test_chinese_is_met_by_its_bigrams(fitted):
    nearest = [int(np.argmax(row)) for row in products(fitted, ["粗排", "广告的收入", "金奖吗"], TEXTS)]
    assert nearest == [0, 3, 2]


def test_overlap_is_the_share_of_a_questions_weight(fitted):
    assert fitted.overlap(TEXTS[1], TEXTS[1]) == pytest.approx(1)
    assert fitted.overlap("zebra", TEXTS[1]) == 0
    assert 0 < fitted.overlap("cost of a zebra", TEXTS[1]) < 1


def test_two_documents_with_the_same_words_are_no_trouble():
    twins = LexicalEmbedding.fit(["cost of audio", "audio of cost", "ranking"])
    assert products(twins, ["audio cost"], ["cost of audio", "ranking"]).round(6).tolist() == [[1, 0]]


def test_a_space_of_singular_vectors_finds_each_text_by_itself(monkeypatch):
    monkeypatch.setattr(embeddings, "FULL_RANK", 5)
    cut = LexicalEmbedding.fit(TEXTS)
    assert not cut.exact
    assert np.argmax(products(cut, TEXTS, TEXTS), axis=1).tolist() == list(range(len(TEXTS)))


def test_a_cut_space_takes_later_texts_in_and_can_be_saved(monkeypatch, tmp_path):
    monkeypatch.setattr(embeddings, "FULL_RANK", 5)
    monkeypatch.setattr(embeddings, "LSA_DIMENSIONS", 8)
    cut = LexicalEmbedding.fit(TEXTS)
    assert len(cut.embed_query(TEXTS[0])) == cut.dimension == 8
    assert cut.extended(NEW) is cut
    assert np.any(cut.embed_query(NEW[1]))
    cut.save(tmp_path / "cut.npz")
    loaded = LexicalEmbedding.load(tmp_path / "cut.npz")
    assert np.allclose(loaded.embed_documents(QUESTIONS), cut.embed_documents(QUESTIONS))


def test_a_cut_space_is_the_same_every_time(monkeypatch):
    monkeypatch.setattr(embeddings, "FULL_RANK", 5)
    one, other = (LexicalEmbedding.fit(TEXTS).embed_documents(QUESTIONS) for _ in range(2))
    assert one == other


@given(st.text() | st.lists(st.sampled_from(["cost", "模型", "gold", "zebra", "的", "C++", " "])).map(" ".join))
def test_any_text_has_a_vector_no_longer_than_one(fitted, text):
    assert np.linalg.norm(fitted.embed_query(text)) <= 1 + 1e-6
