"""What every command does first: read the settings, prepare what it prints to and what it logs."""

from __future__ import annotations

import logging
import sys

from askme.logs import configure
from askme.settings import Settings, load_settings


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
