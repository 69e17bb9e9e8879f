"""About how many tokens a text has for a language model, told without a model's own tokenizer."""

from __future__ import annotations

from itertools import accumulate, takewhile

from askme.text.tokenize import has_han

CHARS_PER_TOKEN = 3.6
"""Of anything but Chinese. OpenAI's o200k has 4.5 in an English résumé with ids, so this counts rather too many."""


def token_count(text: str) -> int:
    """Return about how many tokens `text` has: a Chinese character counts as one, as it does for today's tokenizers."""
    chinese = sum(map(has_han, text))
    return round(chinese + (len(text) - chinese) / CHARS_PER_TOKEN)


def cut(text: str, tokens: int) -> str:
    """Return `text`, or as much of its beginning as `tokens` allow, with an ellipsis where it was cut."""
    if token_count(text) <= tokens:
        return text
    sizes = accumulate(1 if has_han(char) else 1 / CHARS_PER_TOKEN for char in text)
    end = sum(1 for _ in takewhile(lambda size: size < tokens, sizes))
    return text[:end].rstrip() + "…"
