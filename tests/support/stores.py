"""What stores have to stand: a Redis that dies, a folder that can't be written to, a full disk, a clock that jumps.

conftest hands the fixtures to all tests.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from serving import free_port

from askme.settings import ROOT

NOBODY = 65534


class Clock:
    """A clock that stands still until it is told: seconds as a float."""

    def __init__(self, now=1000.0):
        self.now = now

    def __call__(self):
        return self.now


class RedisServer:
    """A real redis-server on a port of its own, which keeps nothing on disk."""

    def __init__(self, folder):
        self.port, self._folder, self._process = free_port(), folder, None
        self.url = f"redis://127.0.0.1:{self.port}/0"

    def start(self):
        options = {"port": self.port, "bind": "127.0.0.1", "save": "", "appendonly": "no", "dir": self._folder}
        command = [part for name, value in options.items() for part in (f"--{name}", str(value))]
        self._process = subprocess.Popen(["redis-server", *command], stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 60
        while not self._answers():
            assert time.monotonic() < deadline, "redis-server doesn't answer"
            time.sleep(0.01)

    def _answers(self):
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False

    def kill(self):
        self._process.kill()
        self._process.wait()

    def freeze(self):
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self):
        self._process.send_signal(signal.SIGCONT)


@pytest.fixture
def redis_server(tmp_path):
    """A running, empty Redis: `.url`, `.kill()`, `.start()`, `.freeze()`, `.thaw()`."""
    if shutil.which("redis-server") is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("needs redis-server (Debian: apt install redis-server)")
    running = RedisServer(tmp_path)
    running.start()
    yield running
    running.thaw()
    running.kill()


@pytest.fixture
def unwritable():
    """A folder that this process can list but not write to; as root it is nobody until `.release()` or the end."""
    folder = Unwritable()
    yield folder
    folder.release()
    shutil.rmtree(folder.path)


class Unwritable:
    def __init__(self):
        self.path = Path(tempfile.mkdtemp(prefix="askme-unwritable-"))
        self.path.chmod(0o555)
        if os.geteuid() == 0:
            os.seteuid(NOBODY)

    def release(self):
        if os.getuid() == 0:
            os.seteuid(0)
        self.path.chmod(0o755)


@pytest.fixture
def small_disk(tmp_path):
    """A file system of its own with 256 kB."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("needs root to mount a tmpfs; the same with a limit on file sizes runs anywhere")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@contextmanager
def file_size_limit(size):
    """Let no file of this process grow beyond `size` bytes, as on a full disk."""
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def fill(folder):
    """Leave no free byte in the file system of `folder`; return the file that takes it."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(512))
        except OSError:
            return filler


def rubbish(path):
    path.write_bytes(os.urandom(20_000))


def cut(path):
    os.truncate(path, path.stat().st_size // 2)


def emptied(path):
    os.truncate(path, 0)


def deleted(path):
    path.unlink()


def all_deleted(path):
    for file in path.parent.iterdir():
        file.unlink()


DAMAGES = (rubbish, cut, emptied, deleted, all_deleted)
"""What may befall a file while it is open."""


def script(code, *arguments):
    """Start a Python program that has our modules; its output can be read."""
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        stdout=subprocess.PIPE,
    )


def said(caplog):
    """Return what was logged as a warning or worse."""
    return [record.getMessage() for record in caplog.records if record.levelname in ("WARNING", "ERROR", "CRITICAL")]
