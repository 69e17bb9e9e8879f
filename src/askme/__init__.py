"""askme: ask a résumé, get answers pinned to its bullets."""

__version__ = "0.1.0"
