"""What must never be: long functions and files, work at import, stray looks at the environment, drifting tables."""

import ast
import statistics
import subprocess
import sys

import pytest
from settings_docs import settings_table
from surroundings import clean_environment

from askme.resume.loader import load_knowledge
from askme.settings import ROOT

HOUSE = ROOT / "src" / "askme"
MODULES = sorted(HOUSE.rglob("*.py"))
TREES = {path.relative_to(HOUSE).as_posix(): ast.parse(path.read_text(encoding="utf-8")) for path in MODULES}
LIBRARIES = {
    "chromadb": {"search/chroma.py"},
    "langchain_chroma": {"search/chroma.py"},
    "gradio": {"web/gradio_app.py"},
    "jinja2": {"web/html/templating.py"},
    "openai": {"llm/chat_model.py", "llm/client.py", "llm/embeddings.py", "llm/errors.py"},
    "langchain_openai": {"llm/chat_model.py", "llm/client.py"},
}
"""The modules that may know a library; they alone need a change when it does."""


def lengths():
    """Lines of each function."""
    return {
        f"{name}:{node.lineno} {node.name}": node.end_lineno - node.lineno + 1
        for name, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def test_no_function_is_longer_than_50_lines():
    assert {name: length for name, length in lengths().items() if length > 50} == {}


def test_most_functions_are_short():
    assert statistics.median(lengths().values()) <= 10
    assert statistics.quantiles(lengths().values(), n=10)[-1] <= 30


def test_no_file_is_longer_than_400_lines():
    counted = {name: tree.body[-1].end_lineno for name, tree in TREES.items()}
    assert {name: lines for name, lines in counted.items() if lines > 400} == {}


def test_the_tree_is_small_enough_to_read():
    """At most twelve packages and ten files at the root; every package says what it is for."""
    packages = [path for path in MODULES if path.name == "__init__.py" and path.parent != HOUSE]
    assert 8 <= len(packages) <= 12
    assert len([path for path in MODULES if path.parent == HOUSE]) <= 10
    for path in packages:
        docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        assert "May import" in docstring, path
        assert "Begin with" in docstring, path


def test_a_library_is_known_where_it_is_wrapped_only():
    knowing = {library: set() for library in LIBRARIES}
    for name, tree in TREES.items():
        for node in ast.walk(tree):
            imported = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            imported += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for library in {module.partition(".")[0] for module in imported} & set(LIBRARIES):
                knowing[library].add(name)
    assert knowing == LIBRARIES


def test_only_settings_reads_the_environment():
    readers = {
        name
        for name, tree in TREES.items()
        for node in ast.walk(tree)
        if (isinstance(node, ast.Attribute) and node.attr in ("environ", "environb", "getenv"))
        or (isinstance(node, ast.Name) and node.id in ("environ", "getenv"))
        or (isinstance(node, ast.ClassDef) and any("BaseSettings" in ast.unparse(base) for base in node.bases))
    }
    assert readers == {"settings.py"}


@pytest.mark.process
def test_no_module_reads_a_text_when_it_is_imported():
    """The dictionary of Chinese characters takes 0.4 s to load; only a text that is read needs it."""
    paths = [path.relative_to(HOUSE).with_suffix("").as_posix() for path in MODULES if path.stem != "__init__"]
    names = ", ".join("askme." + path.replace("/", ".") for path in paths)
    look = f"import {names}; assert not askme.text.tokenize._to_simplified.cache_info().currsize"
    environment = {**clean_environment(), "PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr.decode()[-300:]


def test_no_code_is_about_one_resume_only():
    """Anyone can put their own in knowledge/: what a heading is called there stands nowhere in the code."""
    headings = {b.id for b in load_knowledge(ROOT / "knowledge").bullets.values() if b.period and b.is_heading}
    assert {"tiktok", "sysu"} <= headings
    found = [
        f"{name}:{node.lineno} {node.value}"
        for name, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and node.value in headings
    ]
    assert found == []


WATCH = """
import sys, threading
events = []
def watch(event, args):
    if event == "open" and str(args[0]).startswith(sys.argv[1]):
        events.append(f"opened {args[0]}")
    elif event in ("socket.connect", "socket.getaddrinfo", "subprocess.Popen"):
        events.append(event)
sys.addaudithook(watch)
__import__(sys.argv[2])
events += [thread.name for thread in threading.enumerate() if thread is not threading.main_thread()]
print("; ".join(events))
"""


@pytest.mark.process
@pytest.mark.parametrize("module", ["app", "askme.cli", "askme.factory", "askme.evaluation", "askme.resume.validation"])
def test_nothing_works_at_import(module, tmp_path):
    """No look into knowledge/, no network, no thread, no file: these modules bring all the others with them."""
    done = subprocess.run(
        [sys.executable, "-c", WATCH, str(ROOT / "knowledge"), module],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=clean_environment() | {"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"},
        timeout=300,
        check=False,
    )
    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_settings_page_has_every_setting():
    """To renew it: python -c "from settings_docs import settings_table; print(settings_table())"."""
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    table = page.partition("<!-- settings -->")[2].partition("<!-- /settings -->")[0]
    assert table.strip() == settings_table().strip()


def test_every_setting_has_a_row_with_its_variable_and_what_it_means():
    rows = {line.split("|")[1].strip(): line for line in settings_table().splitlines()[2:]}
    assert {"`ASKME_KNOWLEDGE_DIR`", "`ASKME_DATA_DIR`", "`GRADIO_SERVER_PORT`"} <= set(rows)
    assert "7860" in rows["`GRADIO_SERVER_PORT`"]
    assert all(len([cell for cell in row.split("|") if cell.strip()]) == 3 for row in rows.values())
    assert str(ROOT) not in settings_table()


BLOCKED = """
import sys
class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in sys.argv[1].split(","):
            raise ImportError(f"{name} is blocked")
sys.meta_path.insert(0, Blocked())
import importlib
for module in sys.argv[2].split(","):
    importlib.import_module(module)
"""
COMPOSING = ("answering/composer", "answering/evidence", "evaluation", "types", "errors")


@pytest.mark.process
def test_all_up_to_composing_an_answer_is_imported_without_servers_and_their_libraries():
    """So that it can run where Chroma, LangChain, Gradio and OpenAI's client can't be had."""
    packages = ("text/", "resume/", "query/", "verification/")
    names = [name.removesuffix(".py").removesuffix("/__init__") for name in TREES]
    wanted = [n for n in names if n in COMPOSING or n.startswith(packages)]
    assert len(wanted) > 25
    blocked = (
        "chromadb,langchain,langchain_core,langchain_chroma,langchain_openai,gradio,openai,starlette,fastapi,uvicorn"
    )
    modules = ",".join("askme." + name.replace("/", ".") for name in wanted)
    environment = {**clean_environment(), "PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(
        [sys.executable, "-c", BLOCKED, blocked, modules], capture_output=True, env=environment, check=False
    )
    assert done.returncode == 0, done.stderr.decode()[-300:]
