"""The tests themselves: where a newcomer looks for them, and names by which SECURITY.md can name them."""

from collections import Counter

from askme.settings import ROOT

FILES = sorted((ROOT / "tests").rglob("test_*.py"))
BESIDE = {"browser", "cli", "project", "system"}
"""Folders of tests that are about no one package."""


def test_they_are_in_the_folder_of_their_package_or_of_what_they_need():
    packages = {path.parent.name for path in (ROOT / "src" / "askme").glob("*/__init__.py")}
    elsewhere = [path for path in FILES if path.parent.name not in packages | BESIDE]
    assert elsewhere == []
    assert len(FILES) > 60


def test_no_two_files_share_a_name():
    assert [name for name, count in Counter(path.name for path in FILES).items() if count > 1] == []
