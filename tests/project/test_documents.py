"""The documents: links and anchors lead somewhere, files that are named are there, and the example résumé is one."""

import re
from urllib.parse import unquote

import pytest

from askme.resume.loader import load_knowledge
from askme.settings import ROOT

DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
PLACES = (".ci", ".github", "benchmarks", "docs", "examples", "knowledge", "prompts", "src", "tests")
FILES = [*ROOT.glob("*.*"), *(path for place in PLACES for path in (ROOT / place).rglob("*.*"))]
INVENTED = {"expansions/bakery.yaml"}
"""Files that only an example names."""
_FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_INDENTED = re.compile(r"(?<=\n)\n(?:(?: {4}.*)?\n)+")
_CODE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\]\(([^()\s]+)\)")
_HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)
_FILE = re.compile(r"[\w.*][\w./*-]*\.(?:conf|css|js|md|py|toml|txt|yaml|yml)")
_EXAMPLE = re.compile(r"^`([\w./]+)`[^\n]*:\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def named(path):
    return path.relative_to(ROOT).as_posix()


def prose(path):
    """Return a document without its blocks of code."""
    return _INDENTED.sub("\n", _FENCED.sub("", path.read_text(encoding="utf-8")))


def anchors(path):
    """Return what GitHub calls the headings: a second one of the same name gets -1."""
    found = []
    for heading in _HEADING.findall(prose(path)):
        text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).strip().lower()
        slug = re.sub(r"[^\w\- ]", "", text).replace(" ", "-")
        found.append(f"{slug}-{found.count(slug)}" if slug in found else slug)
    return set(found)


def links(path):
    return [unquote(link) for link in _LINK.findall(_CODE.sub("", prose(path)))]


def fault(path, link):
    """Return why a link leads nowhere, "" when it does; addresses of other hosts aren't looked at."""
    place, _, anchor = link.partition("#")
    target = (path.parent / place).resolve() if place else path
    if not target.is_relative_to(ROOT) or not target.exists():
        return "no such file"
    return f"no heading #{anchor}" if anchor and anchor not in anchors(target) else ""


@pytest.mark.parametrize("path", DOCUMENTS, ids=named)
def test_every_link_leads_somewhere(path):
    inside = [link for link in links(path) if not re.match(r"[a-z]+:", link)]
    assert {link: why for link in inside if (why := fault(path, link))} == {}


def test_every_document_is_linked_from_the_readme():
    linked = {(ROOT / link.partition("#")[0]).resolve() for link in links(ROOT / "README.md")}
    assert [named(path) for path in DOCUMENTS if path not in linked and path.name != "README.md"] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=named)
def test_every_file_that_is_named_is_there(path):
    found = {code for code in _CODE.findall(prose(path)) if _FILE.fullmatch(code)} - INVENTED
    assert sorted(code for code in found if not any(file.match(code) for file in FILES)) == []


def test_the_map_is_one_page():
    assert len((ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8").splitlines()) <= 120


def test_the_example_resume_is_one(tmp_path):
    examples = dict(_EXAMPLE.findall((ROOT / "docs" / "your-resume.md").read_text(encoding="utf-8")))
    for name, text in examples.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    knowledge = load_knowledge(tmp_path)
    assert len(examples) == 5
    assert "Fermentation time" in knowledge.bullets["bakery.sourdough.1"].text.en
    assert "proofing" in knowledge.bullets["bakery.sourdough.1"].expansion.en
    assert {name.id for name in knowledge.names} >= {"bakery", "hotel", "bakery.sourdough"}
    assert [notice.id for notice in knowledge.notices] == ["salary"]
