"""The environment of the programs that the tests start."""

import os

INHERITED = dict(os.environ)
"""As it was when the tests began."""


def clean_environment():
    """Return the environment without anything that changes how askme behaves."""
    ours = ("ASKME_", "GRADIO_", "OPENAI_", "SPACE_", "CHROMA_", "HF_")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}
