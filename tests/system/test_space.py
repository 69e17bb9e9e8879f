"""As on a Space: an environment of requirements.txt alone, user 1000, one writable folder, no network, an answer."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from scripts import loaded
from surroundings import INHERITED

from askme.settings import ROOT

PROBE = ROOT / "tests" / "support" / "space_probe.py"
SHIPPED = loaded(".ci/deploy.py").SHIPPED
INSTALL_SECONDS, ANSWER_SECONDS = 900, 180


@pytest.fixture
def place():
    """A folder that every user can look into, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="askme-space-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def interpreter():
    """Return a Python that user 1000 may run, too; one below /root isn't."""
    for python in (os.path.realpath(sys.executable), "/usr/bin/python3"):
        look = [python, "-c", "import ensurepip, sys; sys.exit(sys.version_info < (3, 10))"]
        try:
            if subprocess.run(look, user=1000, group=1000, check=False, capture_output=True).returncode == 0:
                return python
        except OSError:
            continue
    pytest.skip("no Python here that user 1000 could run")


@pytest.mark.process
@pytest.mark.skipif(
    not (os.environ.get("CI") or os.environ.get("ASKME_TEST_SPACE")),
    reason="installs an environment anew, which takes minutes; ASKME_TEST_SPACE=1 makes it run",
)
def test_a_fresh_environment_answers_without_a_network(place):
    if os.geteuid() != 0 or not shutil.which("unshare"):
        pytest.skip("only root with unshare (util-linux) can become user 1000 without a network")
    python = place / "venv" / "bin" / "python"
    subprocess.run([interpreter(), "-m", "venv", place / "venv"], check=True, timeout=INSTALL_SECONDS)
    install = [
        python,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "-r",
        ROOT / "requirements.txt",
    ]
    subprocess.run(install, check=True, timeout=INSTALL_SECONDS, env=INHERITED)
    home = place / "app"
    home.mkdir()
    for name in SHIPPED:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, home / name)
    data = place / "data"
    data.mkdir()
    os.chown(data, 1000, 1000)
    done = subprocess.run(
        ["unshare", "--net", python, PROBE, home, data],
        capture_output=True,
        text=True,
        env={"PATH": os.environ["PATH"], "HOME": str(data), "PYTHONDONTWRITEBYTECODE": "1"},
        timeout=ANSWER_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["uid"] == 1000
    assert found["network"] is False
    assert found["health"]["status"] == "ok"
    assert found["answer"]["status"] == "answered"
    assert "tiktok.lite.3" in [citation["id"] for citation in found["answer"]["citations"]]
    assert found["written"] == ["data"]
