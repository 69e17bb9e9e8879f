"""How the process logs: one line an event, and nothing from the libraries that carry keys or questions."""

from __future__ import annotations

import logging

QUIET = ("chromadb", "httpcore", "httpcore2", "httpx", "httpx2", "langchain_openai", "openai")
"""Libraries whose lower levels log requests."""


def configure(level: str, form: str) -> None:
    """Log to stderr from `level` on; the libraries in QUIET from WARNING on, whatever the level."""
    logging.basicConfig(level=level, format=form)
    for name in QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLogger(name).level))
