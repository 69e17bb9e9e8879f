"""The settings as the README's table."""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import AliasChoices, SecretStr

from askme.settings import ROOT, Settings


def settings_table() -> str:
    """Return all settings as the Markdown table of the README."""
    rows = ["| variable | default | meaning |", "| --- | --- | --- |"]
    for name, field in Settings.model_fields.items():
        alias = field.validation_alias
        variable = alias.choices[0] if isinstance(alias, AliasChoices) else f"ASKME_{name.upper()}"
        rows.append(f"| `{variable}` | {_shown(field.default)} | {field.description} |")
    return "\n".join(rows)


def _shown(default: object) -> str:
    """Return a default for readers: a path as seen from the root of the repository, nothing as "unset"."""
    if isinstance(default, Path):
        default = default.relative_to(ROOT)
    if isinstance(default, dict):
        default = json.dumps(default)
    return "unset" if default == "" or isinstance(default, SecretStr) else f"`{default}`"
