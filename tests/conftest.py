"""What the tests share: the real chain, a tiny résumé to break, the command line as a program, and no network.

A test gets its marks from its folder and the fixtures it uses; what starts a process otherwise names its mark itself.
Further fixtures and helpers are in support/, which is on the path.
"""

import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import certifi
import hypothesis
import pytest
import tiny
from browsing import browser, visit  # noqa: F401 (fixtures for every test)
from chroma_servers import chroma_process, chroma_server  # noqa: F401 (fixtures for every test)
from modelled import server, talking  # noqa: F401 (fixtures for every test)
from pages import resume_page, scripted  # noqa: F401 (fixtures for every test)
from stores import redis_server, small_disk, unwritable  # noqa: F401 (fixtures for every test)
from surroundings import clean_environment

from askme.factory import build_chain
from askme.settings import ROOT, load_settings

TODAY = date(2026, 11, 23)
"""The day as of which `chain` answers."""
OUTSIDE = {
    "browser": {"browser", "visit"},
    "server": {"chroma_process", "redis_server", "resume_page", "scripted"},
    "process": {"askme", "small_disk"},
}
"""The marks that `make quick` leaves out, and the fixtures that bring them."""
_LOCAL = ("127.", "::1", "0.0.0.0", "localhost")
_STARTS = frozenset({"subprocess.Popen", "os.fork", "os.posix_spawn", "os.system"})
_inside = [""]
"""The test that runs, when it has none of these marks."""


def _refuse(event, args, local=_LOCAL, starts=_STARTS, inside=_inside):  # at exit a module's names are gone
    if event == "socket.connect" and isinstance(args[1], tuple) and not str(args[1][0]).startswith(local):
        raise ConnectionRefusedError(f"tests need no network; something called {args[1]}")
    if event in starts and inside[0]:
        raise PermissionError(f"{inside[0]} starts a process: give it the mark process, server or browser")


sys.addaudithook(_refuse)
# A busy machine is no fault, and no run depends on an earlier one.
hypothesis.settings.register_profile("askme", hypothesis.settings(), deadline=None, database=None)
hypothesis.settings.load_profile("askme")


def pytest_addoption(parser):
    parser.addoption("--soak", action="store_true", help="kill and try at full length what is short otherwise")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config, items):
    for item in items:
        used = set(item.fixturenames)
        names = [name for name, fixtures in OUTSIDE.items() if used & fixtures]
        names += ["browser"] if item.path.parent.name == "browser" else []
        names += ["soak"] if "times" in used else []
        for name in names:
            item.add_marker(name)
    if hasattr(config, "workerinput"):  # what takes long begins first, or one worker ends late and alone
        items.sort(key=lambda item: (not item.get_closest_marker("soak"), _is_inside(item)))


def _is_inside(item):
    return not any(item.get_closest_marker(name) for name in OUTSIDE)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    _inside[0] = item.nodeid if _is_inside(item) else ""
    try:
        return (yield)
    finally:
        _inside[0] = ""


@pytest.fixture(scope="session")
def times(pytestconfig):
    """How often to kill or try: `times(12, soak=50)` is 50 in `make soak`."""
    return lambda usually, soak: soak if pytestconfig.getoption("soak") else usually


@pytest.fixture(scope="session")
def one_certificate(tmp_path_factory):
    """A file with one authority to trust. Nothing here speaks TLS, and each client would read them all, for 0.1 s."""
    path, first = tmp_path_factory.mktemp("tls") / "one.pem", Path(certifi.where()).read_text(encoding="ascii")
    end = "-----END CERTIFICATE-----"
    path.write_text(first.partition(end)[0] + end + "\n", encoding="ascii")
    return path


@pytest.fixture(scope="session", autouse=True)
def _nobodys_settings(one_certificate):
    with pytest.MonkeyPatch.context() as patch:
        for name in set(os.environ) - set(clean_environment()):
            patch.delenv(name)
        patch.setenv("SSL_CERT_FILE", str(one_certificate))
        yield


@pytest.fixture(scope="session")
def data_dir(tmp_path_factory):
    """A data folder in which the real résumé's index is built once for all tests."""
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="session")
def chain(data_dir):
    """The real résumé, ready to answer, as of TODAY."""
    made = build_chain(load_settings(data_dir=data_dir), TODAY, cached=False)
    made.warm()
    return made


@pytest.fixture
def tiny_knowledge(tmp_path):
    """A small complete knowledge folder of another candidate, for one test to break."""
    tiny.write(tmp_path / "knowledge")
    return tmp_path / "knowledge"


@dataclass(frozen=True)
class Ran:
    """A finished run of the command line."""

    code: int
    out: str
    err: str

    @property
    def is_one_line_error(self):
        """Whether it failed as people should see it: one line, no stack trace."""
        lines = self.err.strip().splitlines()
        return self.code != 0 and not self.out and len(lines) == 1 and "Traceback" not in lines[0]


@pytest.fixture(scope="session")
def askme(data_dir):
    """Run the command line as a program: `askme("ask", "…", stdin="", ASKME_DATA_DIR="…")`."""
    own = {"PYTHONPATH": str(ROOT / "src"), "ASKME_DATA_DIR": str(data_dir), "ASKME_LOG_LEVEL": "WARNING"}

    def run(*arguments, stdin="", **variables):
        done = subprocess.run(
            [sys.executable, "-c", "from askme.cli import main; main()", *arguments],
            input=stdin.encode(),
            capture_output=True,
            env=clean_environment() | own | variables,
            timeout=120,
            check=False,
        )
        return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())

    return run
