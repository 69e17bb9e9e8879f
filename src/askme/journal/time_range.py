"""The beginning of a time as people write it: a day, a moment, or so many days, weeks or months back."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

from askme.errors import RequestError

_BACK = re.compile(r"(\d{1,4})\s*([dwm])")
_DAYS = {"d": 1, "w": 7, "m": 30}


def moment(text: str, now: datetime) -> datetime:
    """Return the moment that "2026-11-01", "2026-11-01T12:00+01:00" or "7d" (also w, m) names; UTC where it says none.

    Raises:
        RequestError: it names none.
    """
    back = _BACK.fullmatch(text.strip().lower())
    if back:
        return now - timedelta(days=int(back[1]) * _DAYS[back[2]])
    try:
        found = datetime.fromisoformat(text.strip().replace("Z", "+00:00"))
        return found.astimezone(timezone.utc) if found.tzinfo else found.replace(tzinfo=timezone.utc)
    except (ValueError, OverflowError):
        raise RequestError(f"“{text}” is no date: give one such as 2026-11-01, or 7d for the last week") from None
