"""SECURITY.md names the test that shows each defence; they must be there."""

import re

import pytest

from askme.settings import ROOT

_NAMED = re.compile(r"`(?:(test_\w+\.py))?(?:::(test_\w+))?`")


def named():
    """Return (file, function) as named in SECURITY.md; a function without a file is in the file named before it."""
    found, file = [], ""
    for match in _NAMED.finditer((ROOT / "SECURITY.md").read_text(encoding="utf-8")):
        file = match[1] or file
        if match[1] or match[2]:
            found.append((file, match[2] or ""))
    return found


def test_there_are_many():
    assert len(named()) > 30


@pytest.mark.parametrize(("file", "function"), named())
def test_the_test_is_there(file, function):
    (path,) = (ROOT / "tests").rglob(file)
    text = path.read_text(encoding="utf-8")
    assert f"def {function}(" in text if function else "def test_" in text
