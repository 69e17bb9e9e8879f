"""How the process logs: one line an event, without secrets; little from libraries that carry keys or questions."""

from __future__ import annotations

import json
import logging
import re
import sys
import threading
import traceback
from collections.abc import Iterable
from datetime import datetime, timezone
from types import TracebackType
from typing import Any

from askme.settings import Settings, load_settings

QUIET = ("chromadb", "httpcore", "httpcore2", "httpx", "httpx2", "langchain_openai", "openai")
"""Libraries whose lower levels log requests."""
HIDDEN = "[hidden]"
MOST = 4_000
"""Characters of a line."""
_FRAMES = 8
_SECRETS = (
    re.compile(r"\b(?:sk|hf|pk|ghp|xox[a-z])[-_][A-Za-z0-9_-]{8,}"),  # keys of OpenAI, Hugging Face and others
    re.compile(r"(?<=://)[^\s/@]+(?=@)"),  # user and password of an address
    re.compile(r"(?i)(?<=bearer )[^\s\"',]+"),
    re.compile(r"(?i)(?<=api[-_]key[=:])[^\s&\"',]+"),
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_log = logging.getLogger(__name__)


def configure(level: str, form: str, secrets: Iterable[str] = (), as_json: bool = False) -> None:
    """Log to stderr from `level` on, one line a record; the libraries in QUIET from WARNING on, whatever the level.

    `form` is the line's (of `logging`), unless lines are JSON. `secrets` never appear, whoever logs them.
    """
    handler = logging.StreamHandler()
    handler.setFormatter((JsonLine if as_json else Line)(form, secrets))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLogger(name).level))
    logging.captureWarnings(True)
    sys.excepthook = _uncaught
    threading.excepthook = lambda found: _log.error("a thread ended by an error", exc_info=found.exc_value)


def place(error: BaseException) -> str:
    """Return what kind of error it was and where it happened, in one line.

    Neither the message nor any value: both may hold what a visitor wrote.
    """
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    where = " > ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames)
    return f"{type(error).__name__} at {where}" if where else type(error).__name__


class Line(logging.Formatter):
    """A record as one line of text without secrets."""

    def __init__(self, form: str, secrets: Iterable[str] = ()) -> None:
        """`form` is that of `logging`; `secrets` are what must not appear."""
        super().__init__(form)
        self._secrets = sorted(filter(lambda secret: len(secret) > 3, secrets), key=len, reverse=True)

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line = self.formatMessage(_with_message(record))
        return self.hide("; ".join(filter(None, (line, told(record)))))

    def hide(self, text: str) -> str:
        """Return a text in one line of bearable length, secrets replaced."""
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        for pattern in _SECRETS:
            text = pattern.sub(HIDDEN, text)
        return _CONTROL.sub(" ", text)[:MOST]


class JsonLine(Line):
    """A record as one JSON object: time, level, logger, message, and the fields it carries."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        said: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, timezone.utc).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": _with_message(record).message,
            **getattr(record, "fields", {}),
        }
        said |= {"error": told(record)} if told(record) else {}
        shown = {key: self.hide(value) if isinstance(value, str) else value for key, value in said.items()}
        return json.dumps(shown, ensure_ascii=False, default=str)


def told(record: logging.LogRecord) -> str:
    """Return a record's exception in one line: its kind, its message, its place; "" without one."""
    error = record.exc_info[1] if isinstance(record.exc_info, tuple) else None
    if error is None:
        return ""
    return f"{type(error).__name__}: {error}; {place(error)}"


def _with_message(record: logging.LogRecord) -> logging.LogRecord:
    try:
        record.message = record.getMessage()
    except (TypeError, ValueError):  # a library's slip: its text doesn't fit its arguments
        record.message = str(record.msg)
    return record


def _uncaught(kind: type[BaseException], error: BaseException, _: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.exit(130)
    _log.critical("ended by an error", exc_info=error)


def prepared() -> Settings:
    """Return the settings, with standard output ready for any text and the log on standard error.

    Raises:
        SettingsError: a value can't be used.
    """
    settings = load_settings()
    sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    configure(settings.log_level, "%(levelname)s %(message)s", settings.secrets, settings.log_format == "json")
    logging.getLogger("askme.answers").setLevel(logging.WARNING)  # the answer itself is printed
    return settings
