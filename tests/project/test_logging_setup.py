"""The log: one line a record, as text or JSON, without secrets or questions, whoever logs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from surroundings import clean_environment

from askme.settings import ROOT, Settings

KEY = "a-provider's-own-form-of-key-1234"
PROGRAM = """
import logging, sys, threading, warnings
from askme.logging_setup import configure
configure("DEBUG", "%(levelname)s %(name)s: %(message)s", ("{key}", ""), {as_json})
log = logging.getLogger("some.library")
log.info("key {key} and %s", "sk-proj-abcdefghijklmnop")
log.warning("GET https://someone:pass-word@host.example/v1?api_key=abcdefgh Authorization: Bearer abc.def")
log.info("two\\nlines\\x1b[31m \\u2028", extra={{"fields": {{"status": "answered", "ms": 12}}}})
log.info("%d fits not", "this")
try:
    raise RuntimeError("with hf_abcdefghijklmnopqrst\\nand {key}")
except RuntimeError:
    log.exception("it failed")
logging.getLogger("openai").debug("a question")
warnings.warn("careful with {key}")
thread = threading.Thread(target=lambda: 1 / 0)
thread.start()
thread.join()
raise ValueError("{key}")
"""


def logged(as_json: bool) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(key=KEY, as_json=as_json)],
        env=clean_environment() | {"PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    return done.stderr.splitlines()


@pytest.fixture(scope="module", params=[False, True], ids=["text", "json"])
def lines(request: pytest.FixtureRequest) -> list[str]:
    return logged(request.param)


@pytest.mark.process
def test_no_secret_is_in_any_line(lines: list[str]) -> None:
    said = "\n".join(lines)
    for secret in (KEY, "sk-proj", "abcdefgh", "pass-word", "someone", "abc.def", "hf_"):
        assert secret not in said
    assert said.count("[hidden]") >= 8
    assert "a question" not in said


@pytest.mark.process
def test_a_record_is_one_line(lines: list[str]) -> None:
    assert len(lines) == 8
    assert "two lines" in lines[2]
    assert "Traceback" not in "".join(lines)
    assert "RuntimeError: with [hidden] and [hidden]; RuntimeError at <string>:" in lines[4]
    assert "ZeroDivisionError" in lines[6]
    assert "ValueError" in lines[7]


@pytest.mark.process
def test_a_line_of_json_has_time_level_logger_message_and_fields() -> None:
    said = [json.loads(line) for line in logged(True)]
    assert list(said[0]) == ["time", "level", "logger", "message"]
    assert (said[0]["level"], said[0]["logger"]) == ("INFO", "some.library")
    assert (said[2]["status"], said[2]["ms"]) == ("answered", 12)
    assert said[4]["error"].startswith("RuntimeError")


QUESTION = "how long was he at TikTok? my number is 555-1234\n" + "x" * 300


@pytest.mark.process
@pytest.mark.parametrize(("wanted", "form"), [("", "text"), ("true", "text"), ("true", "json")])
def test_a_question_is_logged_only_if_the_settings_say_so(tmp_path: Path, wanted: str, form: str) -> None:
    program = f"""
from askme.factory import build_chain
from askme.logging_setup import configure
from askme.settings import load_settings
settings = load_settings()
configure(settings.log_level, "%(message)s", settings.secrets, settings.log_format == "json")
build_chain(settings).ask({QUESTION!r})
"""
    own = {"ASKME_LOG_QUESTIONS": wanted, "ASKME_LOG_FORMAT": form, "ASKME_DATA_DIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=clean_environment() | own | {"PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    lines = [line for line in done.stderr.splitlines() if "answered" in line]
    assert len(lines) == 1
    assert ("555-1234" in done.stderr) == bool(wanted)
    assert "x" * 200 not in done.stderr
    if form == "json":
        said = json.loads(lines[0])
        assert said["question"].startswith("how long was he at TikTok? my number")
        assert (said["status"], said["mode"]) == ("declined", "extractive")
        assert said["ms"] >= 0


def test_every_secret_of_the_settings_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    assert KEY in Settings().secrets
    assert "" not in Settings().secrets
