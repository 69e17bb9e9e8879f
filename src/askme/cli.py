"""The command line: ask · index · check · eval · serve · journal · insights. Errors are one line and say what to do."""

from __future__ import annotations

import itertools
import json
import logging
import sys
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from askme import cli_journal
from askme.errors import AskmeError, KnowledgeError, RequestError
from askme.logging_setup import prepared
from askme.settings import load_settings

if TYPE_CHECKING:
    from askme.answering.chain import Chain
    from askme.evaluation import Pin
    from askme.settings import Settings
    from askme.types import Answer, Turn

app = typer.Typer(
    help="Ask a résumé; every answer is pinned to the bullets it rests on.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(cli_journal.app, name="journal")
app.command()(cli_journal.insights)


def main() -> None:
    """Run the command line; what askme can explain ends in one line, anything else in a hint where to look."""
    try:
        app()
    except AskmeError as error:
        print(error, file=sys.stderr)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(141)
    except Exception as error:
        logging.getLogger(__name__).debug("failed", exc_info=True)
        print(f"askme failed: {type(error).__name__}; ASKME_LOG_LEVEL=DEBUG shows where", file=sys.stderr)
        sys.exit(1)


def _chain(settings: Settings, cached: bool = True) -> Chain:
    from askme.factory import build_chain

    chain = build_chain(settings, cached=cached)
    if chain.assistant:
        chain.assistant.prepare()
    return chain


@app.command()
def ask(
    question: Annotated[str | None, typer.Argument(help="The question, in any language.")] = None,
    turn: Annotated[list[str] | None, typer.Option(help="An earlier question; may be given several times.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    batch: Annotated[str | None, typer.Option(help="JSON Lines to answer in order, a file or -.")] = None,
    verbose: Annotated[
        bool, typer.Option("--verbose", help="Print status, mode, time, cost, what was withheld.")
    ] = False,
) -> None:
    """Answer a question, or a batch of them, with citations."""
    if (question is None) == (batch is None):
        raise RequestError('give a question or --batch FILE: askme ask "what did he do at TikTok?"')
    settings = prepared()
    with closing(_chain(settings)) as chain:
        if batch is not None:
            _answer_batch(batch, chain)
            return
        answer = _in_order([*(turn or []), question or ""], chain.ask)
        print(_one_line(_exported(answer)) if as_json else _readable(answer, verbose))
        if verbose and chain.assistant and not as_json:
            print(f"budget: {chain.assistant.purse.state}")


def _in_order(turns: list[str], ask_one: Callable[[str, list[Turn]], Answer]) -> Answer:
    history: list[Turn] = []
    for earlier in turns[:-1]:
        history.append(ask_one(earlier, history).turn())
    return ask_one(turns[-1], history)


def _exported(answer: Answer, identifier: str = "") -> dict[str, Any]:
    from askme.answering.json_output import as_json

    return as_json(answer, identifier)


def _one_line(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False)


def _readable(answer: Answer, verbose: bool) -> str:
    lines = [answer.text, ""]
    for citation in answer.citations:
        lines.append(f"[{citation.number}] {citation.heading} ({citation.id})")
        lines.append(f"    {citation.text}".replace("\n", " · "))
        if citation.source_text != citation.text:
            lines.append(f"    {citation.source_text}".replace("\n", " · "))
    if verbose:
        from askme.answering.outcome import summary, withheld

        lines += ["", f"{answer.status}, {answer.mode}, {answer.timings_ms['total']:.0f} ms, {summary(answer.usage)}"]
        lines += [f"without the model: {answer.fallback}"] if answer.fallback else []
        lines += withheld(answer)
    return "\n".join(lines).rstrip()


def _answer_batch(source: str, chain: Chain) -> None:
    for line in _lines(source):
        if line.strip():
            print(_one_line(_answer_line(line, chain)), flush=True)


def _lines(source: str) -> Iterable[str]:
    if source == "-":
        sys.stdin.reconfigure(encoding="utf-8-sig", errors="replace")  # type: ignore[union-attr]
        yield from sys.stdin
        return
    try:
        file: TextIO
        with Path(source).open(encoding="utf-8-sig", errors="replace") as file:
            yield from file
    except OSError as error:
        raise RequestError(f"{source}: can't be read ({error.strerror}); give a file of JSON Lines or -") from error


def _answer_line(line: str, chain: Chain) -> dict[str, Any]:
    """Return the answer to one line, or what is wrong with it; never raises, so that the run goes on."""
    identifier: Any = None
    try:
        request = json.loads(line)
        if not isinstance(request, dict):
            raise RequestError("a line is an object with id and turns")
        identifier = request.get("id")
        return _exported(_in_order(_turns(request), chain.ask), identifier)
    except json.JSONDecodeError as error:
        return {"id": identifier, "error": f"no valid JSON: {error}"}
    except AskmeError as error:
        return {"id": identifier, "error": str(error)}
    except Exception as error:
        logging.getLogger(__name__).debug("a line failed", exc_info=True)
        return {"id": identifier, "error": f"failed: {type(error).__name__}"}


def _turns(request: dict[str, Any]) -> list[str]:
    turns = request.get("turns")
    if not isinstance(turns, list) or not turns or not all(isinstance(one, str) for one in turns):
        raise RequestError('turns must be a list of one or more texts: {"id": "x1", "turns": ["first", "last"]}')
    return turns


@app.command()
def index(
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Build it anew even if it is whole.")] = False,
) -> None:
    """Bring the index up to date with knowledge/."""
    settings = prepared()
    from askme.factory import build_chain, build_finder

    found = build_finder(settings, rebuild=rebuild).index()
    print(f"{found.size} documents, {found.written} written, in {settings.data_dir}")
    with closing(build_chain(settings, cached=False)) as chain:
        if chain.assistant:
            print(f"search by meaning: {chain.assistant.prepare() or 'off'}")


@app.command()
def check() -> None:
    """Prove knowledge/: ids, both languages, figures, search help, aliases."""
    settings = prepared()
    from askme.resume.loader import load_knowledge
    from askme.resume.validation import check as problems_of

    problems = problems_of(settings.knowledge_dir)
    if problems:
        raise KnowledgeError([*problems, f"{len(problems)} problems in {settings.knowledge_dir}"])
    knowledge = load_knowledge(settings.knowledge_dir)
    print(f"{settings.knowledge_dir}: {len(knowledge.bullets)} bullets in two languages, nothing to complain about")


@app.command("eval")
def evaluate(
    files: Annotated[list[Path] | None, typer.Argument(help="Files or folders of pins; default tests/pins.")] = None,
    faults: Annotated[bool, typer.Option("--faults/--no-faults", help="List what is wrong below the table.")] = True,
    live: Annotated[bool, typer.Option("--live", help="Ask the configured model; costs money.")] = False,
) -> None:
    """Ask the pins and print what share is right, found, cited and refused."""
    settings = prepared()
    if live and not settings.has_model:
        print("skipped: set OPENAI_API_KEY or OPENAI_BASE_URL to ask a model")
        return
    settings = settings if live else settings.without_model()
    from askme.evaluation import expense, judge, left_out, load_pins, tabulate
    from askme.settings import ROOT

    pins = load_pins(files or [ROOT / "tests" / "pins"])
    with closing(_chain(settings, cached=False)) as chain:
        verdicts = [judge(pin, chain.ask) for pin in _while_paid(pins, chain)]
    print(tabulate(verdicts))
    if live:
        print(expense(verdicts))
        print(*left_out(verdicts), sep="\n")
    wrong = [verdict for verdict in verdicts if not verdict.right]
    for verdict in wrong if faults else []:
        print(f"{verdict.pin.id}: {' / '.join(verdict.pin.turns)}: {'; '.join(verdict.faults)}")
    if len(verdicts) < len(pins) and chain.assistant:
        raise AskmeError(f"{len(pins) - len(verdicts)} of {len(pins)} not asked: {chain.assistant.purse.remedy}")
    if wrong:
        raise typer.Exit(1)


def _while_paid(pins: list[Pin], chain: Chain) -> Iterable[Pin]:
    """Yield pins as long as the model may be paid for: answers without it would be measured as the model's.

    Raises:
        AskmeError: it can't be paid for from the start.
    """
    purse = chain.assistant.purse if chain.assistant else None
    if purse and not purse.open:
        raise AskmeError(f"nothing was asked: {purse.remedy}")
    yield from itertools.takewhile(lambda _: not purse or purse.open, pins)


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="TCP port.", min=0, max=65535)] = None,
) -> None:
    """Serve the page."""
    settings = load_settings()  # the server prepares the log: there the answers are the news
    changed: dict[str, Any] = {k: v for k, v in (("host", host), ("port", port)) if v is not None}
    from askme.web.server import serve as run

    run(settings.model_copy(update=changed))
