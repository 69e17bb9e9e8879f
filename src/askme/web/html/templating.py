"""The one Jinja2 environment: data and templates/ → HTML, escaped but for what a filter made safe."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from jinja2.ext import Extension
from markupsafe import Markup

from askme.web.html.highlight import line
from askme.web.html.markup import icon, labelled, linked, pair, prose, ui

TEMPLATES = Path(__file__).parents[1] / "templates"
_BREAK = re.compile(r"\{[#%{].*?[#%}]\}|(?<=[>}])\s*\n\s*|\s*\n\s*(?=[<{])", re.DOTALL)


def render(name: str, **data: object) -> str:
    """Return the template `name` filled in with `data`, to be sent.

    Raises:
        jinja2.UndefinedError: it asks for what `data` doesn't have.
    """
    return _template(name).render(data)


def part(name: str, **data: object) -> Markup:
    """Return the same to be put into another template."""
    return Markup(render(name, **data))  # noqa: S704 (the environment escapes)


@cache
def _template(name: str) -> Template:
    return environment().get_template(name)


@cache
def environment() -> Environment:
    """Return the environment, made when first asked for; a filter of a constant is worked out when it compiles."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        extensions=[_Unbroken],
    )
    made.filters |= {each.__name__: each for each in (icon, labelled, line, linked, pair, prose, ui)}
    return made


class _Unbroken(Extension):
    """Takes out the line breaks beside tags: they are for who reads the template, and would show as spaces."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """Return the template with each such break inside a comment, so that an error names the right line."""
        return _BREAK.sub(_commented, source)


def _commented(found: re.Match[str]) -> str:
    return found[0] if found[0].startswith("{") else "{#" + "\n" * found[0].count("\n") + "#}"
