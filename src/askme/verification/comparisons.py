"""More and less: what a sentence sets against what, held against the figures and periods of the bullets."""

from __future__ import annotations

from collections.abc import Iterable

from askme.types import Month
from askme.verification.claims import Reading
from askme.verification.evidence import Support


def comparisons(reading: Reading, supports: list[Support], now: Month) -> Iterable[str]:
    """Yield comparisons that aren't so."""
    return ()
