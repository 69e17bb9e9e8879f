"""Time and hands: a clock that jumps, months that change, a résumé that is edited while it is read or served."""

import os
import sys
import time
from datetime import date
from functools import partial

import pytest
import tiny

from askme.errors import KnowledgeError
from askme.resume.loader import load_knowledge
from askme.search.snapshot import locked
from askme.settings import load_settings
from askme.web.readiness import ChainLater

TENURE = "how long has he been at Petrel Bakery?"


class Calendar:
    """Today's date, set by hand."""

    def __init__(self, *today):
        self.today = date(*today)

    def __call__(self):
        return self.today


@pytest.fixture
def calendar():
    return Calendar(2026, 11, 30)


@pytest.fixture
def settings(tiny_knowledge, tmp_path):
    return load_settings(knowledge_dir=tiny_knowledge, data_dir=tmp_path / "data")


@pytest.fixture
def later(settings, calendar):
    return ChainLater(settings, load_knowledge(settings.knowledge_dir), calendar)


def told(later, text):
    """Ask until the answer holds `text`, which a chain that is built in the background may take a while for."""
    deadline = time.monotonic() + 30
    while text not in later().ask(TENURE).text:
        assert time.monotonic() < deadline, later().ask(TENURE).text
        time.sleep(0.05)


# The clock


def test_a_new_month_is_counted_without_anybody_waiting(later, settings, calendar):
    told(later, "4 years 8 months")
    calendar.today = date(2026, 12, 1)
    with locked(settings.data_dir):  # the new chain can't be built meanwhile
        assert "4 years 8 months" in later().ask(TENURE).text
    told(later, "4 years 9 months")


def test_a_clock_that_jumps_a_day_to_and_fro_is_followed(later, calendar):
    for today, tenure in (((2026, 11, 30), 8), ((2026, 12, 1), 9), ((2026, 11, 30), 8), ((2026, 12, 1), 9)):
        calendar.today = date(*today)
        told(later, f"4 years {tenure} months")


def test_a_chain_that_cannot_be_built_for_a_new_month_leaves_the_old_one(later, settings, calendar, caplog):
    settings.openai_base_url = "http://127.0.0.1:9/v1"  # nobody is there; a chain with a model needs prompts
    told(later, "4 years 8 months")
    settings.prompts_dir = settings.data_dir
    calendar.today = date(2026, 12, 1)
    deadline = time.monotonic() + 30
    while "the old one goes on" not in caplog.text:
        assert "4 years 8 months" in later().ask(TENURE).text
        assert time.monotonic() < deadline
    assert "4 years 8 months" in later().ask(TENURE).text


# Hands


def version_b(folder):
    """Put another version of the résumé into a folder, file by file."""
    for name, text in (("resume.zh.md", tiny.ZH), ("resume.en.md", tiny.EN)):
        changed = text.replace("12 人", "13 人").replace("team of 12", "team of 13")
        (folder / f"{name}.new").write_text(changed, encoding="utf-8")
        os.replace(folder / f"{name}.new", folder / name)


class Meddler:
    """Does something whenever a file of this name is opened, `times` times; a hook like this can't be taken away."""

    def __init__(self, name, times, meddle):
        self.name, self.times, self.meddle = name, times, meddle
        sys.addaudithook(self._opened)

    def _opened(self, event, args):
        if event == "open" and self.times and str(args[0]).endswith(self.name):
            self.times -= 1
            self.meddle()


def lines(knowledge):
    return {text for bullet in knowledge.bullets.values() for text in (bullet.text.zh, bullet.text.en)}


def test_files_replaced_between_two_reads_are_read_again(tiny_knowledge):
    meddler = Meddler(f"{tiny_knowledge}/resume.en.md", 2, partial(version_b, tiny_knowledge))
    found = load_knowledge(tiny_knowledge)
    assert meddler.times == 0
    assert {"带领 13 人的团队", "Leads a team of 13"} <= lines(found)
    assert {"带领 12 人的团队", "Leads a team of 12"}.isdisjoint(lines(found))


def test_a_folder_that_keeps_changing_is_not_read(tiny_knowledge):
    aliases = tiny_knowledge / "aliases.yaml"

    def touch():
        meddler.times, meddled = 0, meddler.times
        with aliases.open("a", encoding="utf-8") as file:
            file.write("# edited\n")
        meddler.times = meddled

    meddler = Meddler(f"{tiny_knowledge}/not_stated.yaml", 100, touch)
    with pytest.raises(KnowledgeError, match="change while they are read; save them all and start again"):
        load_knowledge(tiny_knowledge)
    meddler.times = 0


def test_a_running_chain_goes_on_with_what_it_read_also_in_the_next_month(later, settings, calendar):
    later()
    version_b(settings.knowledge_dir)
    (settings.knowledge_dir / "aliases.yaml").write_text("broken: [", encoding="utf-8")
    calendar.today = date(2026, 12, 1)
    told(later, "4 years 9 months")
    assert "12" in later().ask("how many people does he lead?").text


def test_an_edit_is_taken_up_by_an_index_run_and_by_the_next_start(askme, settings, later):
    places = {"ASKME_KNOWLEDGE_DIR": str(settings.knowledge_dir), "ASKME_DATA_DIR": str(settings.data_dir)}
    before = later()
    assert "12" in before.ask("how many people does he lead?").text
    version_b(settings.knowledge_dir)
    assert askme("index", **places).code == 0
    assert ", 0 written" in askme("index", **places).out
    assert "12" in before.ask("how many people does he lead?").text
    assert "13" in ChainLater(settings)().ask("how many people does he lead?").text


def test_a_broken_edit_is_told_at_the_next_start_and_by_check_with_its_place(askme, settings):
    file = settings.knowledge_dir / "resume.en.md"
    file.write_text(tiny.EN.replace("- Made wedding cakes\n", ""), encoding="utf-8")
    places = {"ASKME_KNOWLEDGE_DIR": str(settings.knowledge_dir), "ASKME_DATA_DIR": str(settings.data_dir)}
    for command in (["check"], ["ask", "sourdough?"], ["serve"]):
        ran = askme(*command, **places)
        assert ran.code != 0
        assert "resume.zh.md:25: hotel.1 has no rendering; add it to resume.en.md" in ran.out + ran.err
        assert "Traceback" not in ran.err
