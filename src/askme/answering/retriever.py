"""The evidence for a question as LangChain documents, for other programs of LangChain's."""

from __future__ import annotations

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from askme.answering.finder import Finder


class ResumeRetriever(BaseRetriever):
    """The evidence for a question as LangChain documents: `id`, `kind` and `score` in the metadata, the best first."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    finder: Finder
    k: int = 8

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        evidence = self.finder.find(query)
        scores = {hit.id: hit.score for hit in evidence.bullets}
        bullets = self.finder.knowledge.bullets
        return [
            Document(
                page_content=bullets[id_].text.everything,
                metadata={"id": id_, "kind": "bullet", "score": scores.get(id_, 1.0)},
            )
            for id_ in evidence.ids(self.k)
        ]
