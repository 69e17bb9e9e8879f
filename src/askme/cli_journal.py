"""The commands about what visitors asked: journal export · journal purge · insights."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from askme.errors import JournalError, RequestError
from askme.journal.hub_sync import purge_dataset
from askme.journal.journal import Journal
from askme.journal.time_range import moment
from askme.logging_setup import prepared
from askme.settings import Settings
from askme.text.periods import utc_now
from askme.web.recorder import journal_of

if TYPE_CHECKING:
    from askme.journal.records import Record

app = typer.Typer(help="What visitors asked, as kept in the data folder.", no_args_is_help=True)
Since = Annotated[str | None, typer.Option(help="From a day on (2026-11-01), or for the last days (7d) or weeks (4w).")]


@app.command()
def export(
    file: Annotated[str, typer.Argument(help="Where to, - for standard output.")] = "-", since: Since = None
) -> None:
    """Write the journal as JSON Lines, one question a line."""
    journal, first = journal_of(prepared()), _moment(since)
    if not journal.path.exists():
        _say(_nothing(journal))
    elif file == "-":
        journal.export(first, sys.stdout)
    else:
        _say(f"questions written to {file}: {_exported(journal, first, Path(file))}")


def _exported(journal: Journal, since: datetime | None, path: Path) -> int:
    try:
        with path.open("w", encoding="utf-8") as lines:
            return journal.export(since, lines)
    except OSError as error:
        raise RequestError(f"{path} can't be written ({error.strerror})") from error


@app.command()
def purge(
    before: Annotated[str | None, typer.Option(help="Wipe what was asked before a day (2026-11-01) or time.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Wipe everything.")] = False,
) -> None:
    """Wipe questions from the journal for good."""
    if (before is None) == (not everything):
        raise RequestError("say what to wipe: --before 2026-11-01, or --all")
    settings = prepared()
    journal, first = journal_of(settings), _moment(before)
    if not journal.path.exists():
        _say(_nothing(journal))
    else:
        print(f"questions wiped from {journal.path}: {journal.purge(first or 'all')}")
    if settings.has_dataset:
        dataset, token = settings.journal_dataset, settings.hf_token.get_secret_value()
        print(f"days deleted from the dataset {dataset}: {purge_dataset(dataset, token, first or 'all')}")
    elif settings.journal_dataset:
        _say(f"the dataset {settings.journal_dataset} has its own copy; with HF_TOKEN set it is wiped, too")


def insights(
    since: Since = None,
    html: Annotated[Path | None, typer.Option(help="Write them as a page to this file, too.")] = None,
    sources: Annotated[
        list[Path] | None,
        typer.Option("--from", help="Exported JSON Lines instead of the journal, or a folder of them; repeatable."),
    ] = None,
) -> None:
    """Tell what visitors asked and what they didn't get, with drafts of what to add to knowledge/."""
    settings = prepared()
    first = _moment(since)
    if not sources and not journal_of(settings).path.exists():
        _say(_nothing(journal_of(settings)))
        return
    records = _read(sources, first) if sources else journal_of(settings).events(first)
    _report(records, settings, html)


def _report(records: Iterable[Record], settings: Settings, html: Path | None) -> None:
    from askme.journal.report import as_text, report_of  # 1 s, which `--help` needn't wait for
    from askme.resume.loader import load_knowledge
    from askme.web.html.insights import as_page  # as below

    report = report_of(tuple(records), load_knowledge(settings.knowledge_dir), settings.knowledge_dir)
    if html:
        try:
            html.write_text(as_page(report), encoding="utf-8")
        except OSError as error:
            raise RequestError(f"{html} can't be written ({error.strerror})") from error
    print(as_text(report))
    if html:
        _say(f"\nas a page: {html}")


def _read(sources: Iterable[Path], since: datetime | None) -> list[Record]:
    """Return the records of exported files in the order of time; of one that occurs twice, the last."""
    from askme.journal.records import read_lines

    found: dict[str, Record] = {}
    for path in _files(sources):
        try:
            with path.open(encoding="utf-8-sig") as lines:
                found |= {record.id: record for record in read_lines(lines)}
        except OSError as error:
            raise RequestError(f"{path} can't be read ({error.strerror})") from error
        except (JournalError, UnicodeDecodeError) as error:
            raise RequestError(f"{path}: {error}") from error
    return sorted((one for one in found.values() if since is None or one.at >= since), key=lambda one: one.at)


def _files(sources: Iterable[Path]) -> list[Path]:
    found = [path for source in sources for path in (sorted(source.glob("*.jsonl")) if source.is_dir() else [source])]
    if not found:
        raise RequestError(f"there is no .jsonl file in {', '.join(map(str, sources))}")
    return found


def _moment(text: str | None) -> datetime | None:
    return moment(text, utc_now()) if text else None


def _nothing(journal: Journal) -> str:
    return f"there is no journal yet: nobody has asked anything, or nothing was to be kept ({journal.path})"


def _say(text: str) -> None:
    """Tell what isn't the output itself."""
    print(text, file=sys.stderr)
