"""The lexical embedding: TF-IDF over words and Chinese character bigrams, dense and exact, as LangChain Embeddings.

n documents span at most n dimensions, so the Cholesky factor of their Gram matrix G = L·Lᵀ holds every dot product:
row i of L is document i, and a query q becomes L⁻¹·(X·q), whose product with row i is exactly x_i·q. A document that
is added later gets one more row and leaves the others as they are, so nothing else has to be written again. Above
`FULL_RANK` documents the space is cut to `LSA_DIMENSIONS` by a randomised SVD (Halko, Martinsson & Tropp 2011), which
is latent semantic analysis; later documents are folded in.

numpy rather than scikit-learn: the latter's text part costs 0.8 s of every start and brings scipy, and its TF-IDF
can't take a document more without changing all the others.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
from langchain_core.embeddings import Embeddings

from askme.text.tokenize import index_tokens, tokens

Array = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


class Matrix:
    """Rows of (column, value) pairs in CSR form; `columns` and `values` have one entry a pair, `ends` one a row + 1."""

    def __init__(self, columns: Ints, values: Array, ends: Ints, width: int) -> None:
        """Take the three arrays; `width` is the number of columns."""
        self.columns, self.values, self.ends = columns, values, ends
        self.shape = (len(ends) - 1, width)

    @classmethod
    def of(cls, rows: Iterable[dict[int, float]], width: int) -> Matrix:
        """Return the matrix of rows given as {column: value}."""
        kept = list(rows)
        ends = np.cumsum([0, *map(len, kept)]).astype(np.int64)
        columns = np.fromiter((c for row in kept for c in row), dtype=np.int64, count=int(ends[-1]))
        values = np.fromiter((v for row in kept for v in row.values()), dtype=np.float64, count=int(ends[-1]))
        return cls(columns, values, ends, width)

    def row(self, number: int) -> dict[int, float]:
        """Return one row as {column: value}."""
        part = slice(self.ends[number], self.ends[number + 1])
        return dict(zip(self.columns[part].tolist(), self.values[part].tolist(), strict=True))

    def transposed(self) -> Matrix:
        """Return the matrix with rows and columns exchanged."""
        rows = np.repeat(np.arange(self.shape[0]), np.diff(self.ends))
        order = np.argsort(self.columns, kind="stable")
        ends = np.searchsorted(self.columns[order], np.arange(self.shape[1] + 1)).astype(np.int64)
        return Matrix(rows[order], self.values[order], ends, self.shape[0])

    def combine(self, weights: dict[int, float]) -> Array:
        """Return the sum of rows, each times its weight: shape (columns,). Touches the named rows only."""
        total = np.zeros(self.shape[1])
        for number, weight in weights.items():
            part = slice(self.ends[number], self.ends[number + 1])
            total[self.columns[part]] += weight * self.values[part]
        return total

    def gram_dot(self, dense: Array, step: int = 64) -> Array:
        """Return M·Mᵀ·dense for a dense matrix of shape (rows, k), `step` columns at a time: shape (rows, k).

        Row by row: gathering all pairs at once, or a dense matrix of tokens × k, wouldn't fit into memory.
        """
        product = np.empty_like(dense)
        rows = [(self.columns[a:b], self.values[a:b]) for a, b in zip(self.ends[:-1], self.ends[1:], strict=True)]
        for first in range(0, dense.shape[1], step):
            part = np.ascontiguousarray(dense[:, first : first + step])
            across = np.zeros((self.shape[1], part.shape[1]))
            for number, (columns, values) in enumerate(rows):
                across[columns] += values[:, None] * part[number]
            for number, (columns, values) in enumerate(rows):
                product[number, first : first + step] = values @ across[columns]
        return product


VERSION = 1
"""Counts up whenever the same text gets another vector from the same tokens; the store is then rebuilt."""
_PROBE = "He's optimised 3.92% of C++ models' k8s costs；他在微信視頻號做了推薦演算法，Ｔｉｋｔｏｋ 电商 v24"
"""Its tokens are part of the version: a change in tokenising, here or in a library, changes them."""
FULL_RANK = 1500
LSA_DIMENSIONS = 256
SPARE = 64
"""Dimensions are kept free for documents that come later, in steps of this many."""
_RIDGE = 1e-9
"""Added to the diagonal: two documents with the same words would make G singular."""


class LexicalEmbedding(Embeddings):
    """A fitted embedding. `basis` is the documents that span its space, shape (documents, tokens), as unit rows."""

    def __init__(  # noqa: PLR0913 (a state; `fit` and `load` are what one calls)
        self, vocabulary: dict[str, int], idf: Array, keys: list[str], basis: Matrix, transform: Array,
        dimension: int = 0, vectors: Array | None = None,
    ) -> None:  # fmt: skip
        """Take a fitted state; `fit` and `load` are the ways to get one.

        `idf` ends with the weight of a word that isn't in the vocabulary. `transform`, shape (k, documents), takes the
        products with all documents to a vector: L⁻¹ or S⁻¹·Uᵀ. `vectors`, shape (documents, k), are the documents' own
        when they are at hand.
        """
        self._vocabulary, self._idf, self._keys, self._transform = vocabulary, idf, keys, transform
        self._basis, self._by_token, self._vectors = basis, basis.transposed(), vectors
        self._positions = {key: number for number, key in enumerate(keys)}
        self._columns: dict[str, frozenset[int]] = {}
        self.exact = len(keys) <= FULL_RANK
        self.dimension = dimension or (_capacity(len(keys)) if self.exact else transform.shape[0])

    @classmethod
    def fit(cls, texts: list[str]) -> LexicalEmbedding:
        """Count word frequencies in `texts` and span the space with them.

        idf = ln((1 + n) / (1 + df)) + 1, as scikit-learn's smooth_idf; an unseen word counts as one with df = 1.
        """
        counts = [Counter(index_tokens(text)) for text in texts]
        frequency = Counter(token for count in counts for token in count)
        vocabulary = {token: i for i, token in enumerate(frequency)}
        df = np.array([*frequency.values(), 1], dtype=np.float64)
        idf = np.log((1 + len(texts)) / (1 + df)) + 1
        rows = [_weigh(count, vocabulary, idf)[0] for count in counts]
        basis = Matrix.of(rows, len(vocabulary))
        transform, vectors = _cholesky(basis) if len(texts) <= FULL_RANK else _singular_vectors(basis)
        return cls(vocabulary, idf, [_key(text) for text in texts], basis, transform, vectors=vectors)

    def save(self, path: Path) -> None:
        """Write the state as .npz."""
        np.savez(
            path, version=np.array(version()), vocabulary=np.array(list(self._vocabulary)), idf=self._idf,
            keys=np.array(self._keys), columns=self._basis.columns, values=self._basis.values, ends=self._basis.ends,
            transform=self._transform, dimension=np.array(self.dimension),
        )  # fmt: skip

    @classmethod
    def load(cls, path: Path) -> LexicalEmbedding:
        """Read a state back.

        Raises:
            ValueError, OSError, KeyError: no such file, not a state, or one of another version.
        """
        with np.load(path, allow_pickle=False) as data:
            if str(data["version"]) != version():
                raise ValueError(f"lexical embedding of version {data['version']}, this is {version()}")
            vocabulary = {str(token): i for i, token in enumerate(data["vocabulary"])}
            basis = Matrix(data["columns"], data["values"], data["ends"], len(vocabulary))
            return cls(
                vocabulary,
                data["idf"],
                [str(key) for key in data["keys"]],
                basis,
                data["transform"],
                int(data["dimension"]),
            )

    def extended(self, texts: list[str]) -> LexicalEmbedding | None:
        """Return an embedding with a dimension for each new text, in which old vectors stay valid; None: no room left.

        Word frequencies stay those of the fit. With a cut space (LSA) texts are folded in: the same embedding.
        """
        new = [text for text in dict.fromkeys(texts) if _key(text) not in self._positions]
        if not self.exact or not new:
            return self
        if len(self._keys) + len(new) > self.dimension:
            return None
        counts = [Counter(index_tokens(text)) for text in new]
        unknown = dict.fromkeys(token for count in counts for token in count if token not in self._vocabulary)
        vocabulary = {token: i for i, token in enumerate([*self._vocabulary, *unknown])}
        idf = np.concatenate([self._idf[:-1], np.full(len(unknown) + 1, self._idf[-1])])
        rows = [_weigh(count, vocabulary, idf)[0] for count in counts]
        old = [self._basis.row(i) for i in range(len(self._keys))]
        basis = Matrix.of([*old, *rows], len(vocabulary))
        transform = _grown(self._transform, basis, rows)
        return LexicalEmbedding(vocabulary, idf, [*self._keys, *map(_key, new)], basis, transform, self.dimension)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Return a vector for each text."""
        return [self._own_vector(text) or self.embed_query(text) for text in texts]

    def _own_vector(self, text: str) -> list[float] | None:
        number = self._positions.get(_key(text))
        if self._vectors is None or number is None:
            return None
        return self._padded(self._vectors[number])

    def embed_query(self, text: str) -> list[float]:
        """Return the projection of a text; its length is at most 1, and 0 when it shares no word with the basis."""
        row, _ = _weigh(Counter(index_tokens(text)), self._vocabulary, self._idf)
        return self._padded(self._transform @ self._by_token.combine(row))

    def _padded(self, vector: Array) -> list[float]:
        numbers: list[float] = np.concatenate([vector, np.zeros(self.dimension - len(vector))]).tolist()
        return numbers

    @cached_property
    def known_words(self) -> frozenset[str]:
        """The stems and Chinese bigrams it knows."""
        return frozenset(self._vocabulary)

    def overlap(self, question: str, text: str) -> float:
        """Return the share, 0 to 1, of a question's squared weight that lies in words of `text`, one of the basis.

        Single Chinese characters don't count: they stand in every other text.
        """
        row, _ = _weigh(Counter(tokens(question)), self._vocabulary, self._idf)
        held = self._held(_key(text))
        return sum(weight * weight for column, weight in row.items() if column in held)

    def similarity(self, question: str, text: str) -> float:
        """Return the cosine of a question and a text of the basis, without asking a store; 0 for any other text."""
        number = self._positions.get(_key(text))
        if number is None:
            return 0.0
        row, _ = _weigh(Counter(index_tokens(question)), self._vocabulary, self._idf)
        held = self._basis.row(number)
        return sum(weight * held[column] for column, weight in row.items() if column in held)

    def _held(self, key: str) -> frozenset[int]:
        if key not in self._columns:
            number = self._positions.get(key)
            self._columns[key] = frozenset(self._basis.row(number)) if number is not None else frozenset()
        return self._columns[key]


def version() -> str:
    """Return what decides the vectors besides the texts: this module and how text is cut into tokens."""
    return f"{VERSION}-{_key(' '.join(index_tokens(_PROBE)))}"


def _key(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _capacity(documents: int) -> int:
    return (documents // SPARE + 2) * SPARE


def _weigh(counts: Counter[str], vocabulary: dict[str, int], idf: Array) -> tuple[dict[int, float], float]:
    """Return ({column: (1 + ln tf) · idf / length}, squared share of words outside the vocabulary)."""
    weights = {t: (1 + float(np.log(n))) * float(idf[vocabulary.get(t, -1)]) for t, n in counts.items()}
    length = sum(weight * weight for weight in weights.values()) ** 0.5
    known = {vocabulary[t]: weight / length for t, weight in weights.items() if t in vocabulary}
    return known, 1 - sum(weight * weight for weight in known.values())


def _cholesky(basis: Matrix) -> tuple[Array, Array]:
    """Return (L⁻¹, L) of the rows' Gram matrix L·Lᵀ, both of shape (rows, rows)."""
    by_token, count = basis.transposed(), basis.shape[0]
    gram = np.array([by_token.combine(basis.row(i)) for i in range(count)]).reshape(count, count)
    if not count:
        return gram, gram
    lower = np.asarray(np.linalg.cholesky(gram + _RIDGE * np.eye(count)), dtype=np.float64)
    return np.asarray(np.linalg.inv(lower), dtype=np.float64), lower


def _grown(inverse: Array, basis: Matrix, new: list[dict[int, float]]) -> Array:
    """Return L⁻¹ for all rows of `basis`, given it for all but the last ones, which are `new`.

    With G = [[A, B], [Bᵀ, C]]: L₂₁ᵀ = L₁₁⁻¹·B, L₂₂ the Cholesky factor of C - L₂₁·L₂₁ᵀ.
    """
    by_token, n, m = basis.transposed(), len(inverse), len(new)
    products = np.array([by_token.combine(row) for row in new]).reshape(m, n + m)
    across = (inverse @ products[:, :n].T).T
    corner = np.linalg.inv(np.linalg.cholesky(products[:, n:] - across @ across.T + _RIDGE * np.eye(m)))
    return np.block([[inverse, np.zeros((n, m))], [-corner @ across @ inverse, corner]])


def _singular_vectors(basis: Matrix, extra: int = 16) -> tuple[Array, Array]:
    """Return (S⁻¹·Uᵀ, the rows projected by it) for the largest singular values.

    Found by two power iterations; seeded, so repeatable.
    """
    k = min(LSA_DIMENSIONS, *basis.shape)
    sample = np.random.default_rng(0).standard_normal((basis.shape[0], min(k + extra, basis.shape[0])))
    for _ in range(2):
        sample, _triangle = np.linalg.qr(basis.gram_dot(sample))
    values, vectors = np.linalg.eigh(sample.T @ basis.gram_dot(sample))
    best = np.argsort(values)[::-1][:k]
    singular = np.sqrt(np.maximum(values[best], _RIDGE))
    transform: Array = (sample @ vectors[:, best] / singular).T
    return transform, basis.gram_dot(transform.T)
