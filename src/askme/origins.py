"""Whose pages may show this page in a frame and speak with it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

HUGGING_FACE = ("https://huggingface.co", "https://*.hf.space")
ORIGIN = re.compile(r"https?://(?:\*\.)?[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d{1,5})?")
"""Scheme, host, port; `*.` stands for any one or more labels before a host."""


def allowed_origins(configured: Iterable[str], homepage: str) -> tuple[str, ...]:
    """Return the configured origins; if there are none, Hugging Face's and the homepage's."""
    return tuple(dict.fromkeys(configured)) or tuple(filter(None, (*HUGGING_FACE, origin_of(homepage))))


def origin_of(address: str) -> str:
    """Return the origin of an address; "" when it has none."""
    parts = urlsplit(address)
    origin = f"{parts.scheme}://{parts.netloc}".lower()
    return origin if ORIGIN.fullmatch(origin) else ""
