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

    def dot(self, dense: Array, pairs: int = 200_000) -> Array:
        """Return the product with a dense matrix of shape (columns, k): shape (rows, k), some `pairs` at a time."""
        product = np.zeros((self.shape[0], dense.shape[1]))
        first = 0
        while first < self.shape[0]:
            last = int(np.searchsorted(self.ends, self.ends[first] + pairs, side="right")) - 1
            last = min(self.shape[0], max(last, first + 1))
            self._dot_into(product, dense, first, last)
            first = last
        return product

    def _dot_into(self, product: Array, dense: Array, first: int, last: int) -> None:
        start, end = self.ends[first], self.ends[last]
        if start == end:
            return
        block = dense[self.columns[start:end]] * self.values[start:end, None]
        filled = first + np.flatnonzero(np.diff(self.ends[first : last + 1]))
        product[filled] = np.add.reduceat(block, self.ends[filled] - start, axis=0)
