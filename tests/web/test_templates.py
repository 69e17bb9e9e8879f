"""Templates: what goes into them comes out as text, and what they lack is an error; the filters that make HTML."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest
from jinja2 import Environment, UndefinedError

from askme.resume.loader import load_knowledge
from askme.settings import ROOT, Settings
from askme.types import Answer, Bullet, Citation, Expansion, Knowledge, Localized, Message
from askme.web.html.brief import printable
from askme.web.html.document import Document, Visit
from askme.web.html.exchange import exchange_html, notice
from askme.web.html.highlight import Sought, line
from askme.web.html.layout import description, shell, title
from askme.web.html.markup import icon, labelled, linked, pair, prose, ui
from askme.web.html.messages import TEXTS
from askme.web.html.svg_charts import columns, shares
from askme.web.html.templating import TEMPLATES, environment, render
from askme.web.session import Exchange

SOURCES = {path.name: path.read_text(encoding="utf-8") for path in TEMPLATES.iterdir()}
HARMLESS = "harmless"
ATTACKS = (
    "<script>alert(1)</script>",
    "\"><img src=x onerror='alert(1)'>",
    "' onmouseover='alert(1)' x=\"",
    "</template></script></style></p></span><b>",
    "&lt;script&gt; &amp; &#60;b&#62;",
    "{{ 7 * 7 }} {% raw %} {# x",
)


class Read(HTMLParser):
    """A piece of HTML as a browser sees it: elements with the names of their attributes, and all texts in them.

    What is marked depends on the text, so those elements are left out.
    """

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.shape: list[tuple[str, ...]] = []
        self.texts, self.addresses = "", list[str]()
        self.feed(str(html))  # a filter's Markup would escape what the parser makes of it
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.shape += [(tag, *(name for name, _ in attrs))] if tag != "mark" or attrs else []
        self.texts += " ".join(value or "" for _, value in attrs)
        self.addresses += [value or "" for name, value in attrs if name == "href"]

    def handle_endtag(self, tag: str) -> None:
        self.shape += [(f"/{tag}",)] if tag != "mark" else []

    def handle_comment(self, data: str) -> None:
        self.shape.append(("!--",))

    def handle_data(self, data: str) -> None:
        self.texts += data


def filtered(text: str) -> dict[str, str]:
    """What each filter makes of a text."""
    both = Message(text, text)
    heading = Bullet("x", "job", Localized.of("zh", {"zh": f"{text}\n{text}"}), "", "", "", None, Expansion(), 1)
    return {
        "icon": icon(text),
        "line": line(heading, "en", Sought(frozenset(), frozenset())),
        "linked": linked(text),
        "pair": pair(both),
        "prose": prose(f"{text}\n- {text} [1]", 3),
        "ui": ui("lead", name=both),
    }


def everything(text: str, knowledge: Knowledge) -> dict[str, str]:
    """What the templates make of a résumé and a conversation that consist of a text."""
    profile = knowledge.profile
    both = Localized.of("zh", {"zh": text, "en": f"{text} too"})
    bullets = {id_: replace(bullet, text=both) for id_, bullet in knowledge.bullets.items()}
    asked = tuple(replace(theme, title=both, questions=(both,)) for theme in profile.examples)
    profile = replace(profile, name=both, headline=both, examples=asked)
    odd = replace(knowledge, profile=profile, bullets=bullets, sections=dict.fromkeys(knowledge.sections, both))
    cited = tuple(Citation(n, id_, text, f"{text} too", text) for n, id_ in enumerate(list(bullets)[:9], 1))
    answer = Answer(text, text, "en", "answered", text, "extractive", cited, {})
    exchange = Exchange(1, text, text, cited, answer=answer, suggestions=(text,), record=text)
    body = shell(odd, Settings(), (text,), {})
    return {
        "exchange.html": exchange_html(exchange, odd),
        "notice.html": notice("limit", Message(text, text)),
        "page.html": body,
        "document.html": Document(title(profile), description(profile), body, text, (text, text)).html(
            Visit("en", "dark", True)
        ),
        "brief.html": printable((exchange,), odd, "en", date(2026, 11, 23)),
        "plot.html": columns(text, [text], [(text, [1])]) + shares(text, [(text, 1)]),
    }


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load_knowledge(ROOT / "knowledge")


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_filter_lets_a_text_become_markup(attack: str) -> None:
    made, plain = filtered(attack), filtered(HARMLESS)
    for name, html in made.items():
        assert Read(html).shape == Read(plain[name]).shape, name
        assert attack in Read(html).texts.replace("\u00a0", " "), name


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_template_lets_a_text_become_markup(attack: str, knowledge: Knowledge) -> None:
    made, plain = everything(attack, knowledge), everything(HARMLESS, knowledge)
    for name, html in made.items():
        assert Read(html).shape == Read(plain[name]).shape, name
        assert attack in Read(html).texts, name


def test_what_is_marked_or_linked_is_escaped_as_well() -> None:
    text = Localized.of("en", {"en": "<i>GMV</i> seller's [<b>GMV</b>](https://a.example/?a=1&b='2')"})
    bullet = Bullet("x", "point", text, "", "", "", None, Expansion(), 1)
    assert line(bullet, "en", Sought.of("GMV of sellers", "", worded=False)) == (
        '<span class="line" lang="en">&lt;i&gt;<mark>GMV</mark>&lt;/i&gt; <mark>seller&#x27;s</mark> '
        '<a href="https://a.example/?a=1&amp;b=&#x27;2&#x27;" target="_blank" rel="noopener noreferrer">'
        "&lt;b&gt;<mark>GMV</mark>&lt;/b&gt;</a></span>"
    )


def test_a_mark_within_an_address_stays_part_of_it() -> None:
    read = Read(prose("[a](https://a.example/[7]) [1]", 3))
    assert read.addresses == ["https://a.example/[7]", "#e3-1"]


def test_the_pages_own_texts_are_escaped_in_attributes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(TEXTS, "odd", Message('"><b>', "it's"))
    assert labelled("odd") == 'aria-label="it&#x27;s" data-label-zh="&quot;&gt;&lt;b&gt;" data-label-en="it&#x27;s"'


def test_every_filter_is_among_those_tried() -> None:
    ours = set(environment().filters) - set(Environment(autoescape=True).filters)
    assert ours == {*filtered(HARMLESS), "labelled"}


def test_a_template_that_lacks_something_is_an_error() -> None:
    with pytest.raises(UndefinedError, match="'said' is undefined"):
        render("notice.html", do="edit")
    with pytest.raises(UndefinedError, match="no attribute 'title'"):
        render("brief.html", brief=SimpleNamespace(language="en"))


@pytest.mark.parametrize("name", SOURCES)
def test_no_template_turns_escaping_off_or_leaves_a_value_unquoted(name: str) -> None:
    blocks = re.findall(r"\{[{%].*?[%}]\}", SOURCES[name], re.DOTALL)
    assert not [block for block in blocks if re.search(r"\|\s*(safe|escape|e|xmlattr)\b|autoescape", block)]
    assert not re.search(r"=\s*\{\{", SOURCES[name])


@pytest.mark.parametrize("name", SOURCES)
def test_every_text_and_drawing_that_a_template_names_is_there(name: str) -> None:
    drawings = set(re.findall(r'id="icon-(\w+)"', SOURCES["icons.html"]))
    assert set(re.findall(r'"(\w+)"\|(?:ui|labelled)\b', SOURCES[name])) <= set(TEXTS)
    assert set(re.findall(r'"(\w+)"\|icon\b', SOURCES[name])) <= drawings
    assert {"retry", "edit", "not_in_resume", "declined"} <= drawings


def test_line_breaks_beside_tags_are_not_shown() -> None:
    source = '<p>\n  {# why,\n  at length #}\n  <b>{{ 1 }}</b>\n  {{ " " }}\n  a\nb <i>c</i>\n</p>\n'
    assert environment().from_string(source).render() == "<p><b>1</b> a\nb <i>c</i></p>"


def test_an_error_names_the_line_of_the_template() -> None:
    with pytest.raises(UndefinedError) as raised:
        environment().from_string("<p>\n  <b>\n    {{ nothing }}\n  </b>\n</p>").render()
    assert [entry.lineno + 1 for entry in raised.traceback if "<template>" in str(entry.path)] == [3]
