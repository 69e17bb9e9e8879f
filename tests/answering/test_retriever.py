"""The retriever as other LangChain code would use it."""

from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever


def test_it_gives_documents_of_bullets_with_the_best_first(chain):
    assert isinstance(chain.retriever, BaseRetriever)
    found = chain.retriever.invoke("can he shrink a cloud bill?")
    assert all(isinstance(document, Document) for document in found)
    assert found[0].metadata["id"].startswith("exchange.cost")
    assert found[0].page_content.startswith(chain.knowledge.bullets[found[0].metadata["id"]].text.zh)
    scores = [document.metadata["score"] for document in found]
    assert scores == sorted(scores, reverse=True)


def test_what_the_structure_answers_with_comes_first(chain):
    found = chain.retriever.invoke("他在 Shopee 做了多久？")
    assert found[0].metadata["id"] == "shopee"


def test_it_keeps_to_its_limit(chain):
    assert len(chain.retriever.invoke("what did he do at TikTok?")) == chain.retriever.k
