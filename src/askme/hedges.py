"""How a number is hedged: about, more than, less than, before or after it."""

from __future__ import annotations

import re

ABOUT = re.compile(
    r"(?:\b(?:about|around|roughly|approximately|approx\.?|some|nearly|almost|close to|circa|environ|etwa|rund|ungefähr|"
    r"cerca de|aproximadamente|unos|quase|circa)|[~≈约近]|大约|将近|接近|大概|差不多|およそ|約|약)\s?"
    r"(?:(?:us)?\$|usd|€|¥)?\s?$",
    re.IGNORECASE,
)
ABOUT_AFTER = re.compile(r"^\s?(?:[^\s，,。;；]{0,4}?)(?:左右|上下|or so\b)")
MORE = re.compile(
    r"(?:\b(?:more than|over|above|at least|exceed(?:s|ed|ing)|upwards of|beyond|mehr als|über|plus de|más de|mais de|oltre)|"
    r"超过|超|逾|不止|至少)\s?(?:(?:us)?\$|usd|€|¥)?\s?$",
    re.IGNORECASE,
)
LESS = re.compile(
    r"(?:\b(?:less than|fewer than|under|below|moins de|weniger als|unter|menos de|meno di)|<|不到|低于|少于|不足|以下)\s?"
    r"(?:(?:us)?\$|usd|€|¥)?\s?$",
    re.IGNORECASE,
)
MORE_AFTER = re.compile(r"^\s?(?:\+|以上|或更多|or more\b|plus\b|多(?!目标))")
