"""A sparse matrix of documents × tokens, with the few products the lexical embedding needs."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

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
