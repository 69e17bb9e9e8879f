"""What must never be: long functions and files, work at import, stray looks at the environment, drifting tables."""

import ast
import statistics
import subprocess
import sys

import pytest
from conftest import clean_environment

from askme.knobs import settings_table
from askme.knowledge import load_knowledge
from askme.settings import ROOT

MODULES = sorted((ROOT / "src" / "askme").rglob("*.py"))
TREES = {path.name: ast.parse(path.read_text(encoding="utf-8")) for path in MODULES}


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


def test_no_file_is_longer_than_250_lines():
    counted = {path.name: len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}
    assert {name: lines for name, lines in counted.items() if lines > 250} == {}


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


def test_no_module_reads_a_text_when_it_is_imported():
    """The dictionary of Chinese characters takes 0.4 s to load; only a text that is read needs it."""
    names = ", ".join(f"askme.{path.stem}" for path in MODULES if path.stem != "__init__")
    look = f"import {names}; assert not askme.text._to_simplified.cache_info().currsize"
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


@pytest.mark.parametrize("module", ["app", "askme.cli", "askme.assemble", "askme.evaluate", "askme.check"])
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


def test_the_readme_has_every_setting():
    """To renew it: python -c "from askme.knobs import settings_table; print(settings_table())"."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    table = readme.partition("<!-- settings -->")[2].partition("<!-- /settings -->")[0]
    assert table.strip() == settings_table().strip()


def test_every_setting_has_a_row_with_its_variable_and_what_it_means():
    rows = {line.split("|")[1].strip(): line for line in settings_table().splitlines()[2:]}
    assert {"`ASKME_KNOWLEDGE_DIR`", "`ASKME_DATA_DIR`", "`GRADIO_SERVER_PORT`"} <= set(rows)
    assert "7860" in rows["`GRADIO_SERVER_PORT`"]
    assert all(len([cell for cell in row.split("|") if cell.strip()]) == 3 for row in rows.values())
    assert str(ROOT) not in settings_table()
