"""What the tests share: the real chain, a tiny résumé to break, the command line as a program, and no network."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
import yaml

from askme.assemble import build_chain
from askme.chain import Chain
from askme.settings import ROOT, load_settings

TODAY = date(2026, 11, 23)
"""The day as of which the answers of the `chain` fixture are expected."""
_OWN = ("ASKME_", "GRADIO_", "OPENAI_", "SPACE_", "CHROMA_")
_LOCAL = ("127.", "::1", "localhost", "0.0.0.0")


def _refuse_network(event: str, args: tuple[object, ...]) -> None:
    """Let a connection to anywhere but this machine fail, whoever makes it."""
    if event == "socket.connect" and isinstance(args[1], tuple) and not str(args[1][0]).startswith(_LOCAL):
        raise ConnectionRefusedError(f"tests need no network; this one called {args[1]}")


sys.addaudithook(_refuse_network)


def clean_environment() -> dict[str, str]:
    """Return the environment without anything that changes how askme behaves."""
    return {key: value for key, value in os.environ.items() if not key.startswith(_OWN)}


@pytest.fixture(scope="session", autouse=True)
def _only_our_settings() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for key in set(os.environ) - set(clean_environment()):
            patch.delenv(key)
        yield


@pytest.fixture(scope="session")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that all tests on the real résumé share, so that its index is built once."""
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="session")
def chain(data_dir: Path) -> Chain:
    """The real résumé, ready to answer, as of TODAY."""
    made = build_chain(load_settings(data_dir=data_dir), TODAY)
    made.warm()
    return made


@dataclass(frozen=True)
class Ran:
    """A finished run of the command line."""

    code: int
    out: str
    err: str

    @property
    def is_one_line_error(self) -> bool:
        """Whether it failed as people should see it: one line, no stack trace."""
        return self.code != 0 and not self.out and len(self.err.strip().splitlines()) == 1 and "Traceback" not in self.err


@pytest.fixture(scope="session")
def askme(data_dir: Path) -> Callable[..., Ran]:
    """Run the command line as a program: `askme("ask", "…", stdin="", ASKME_DATA_DIR="…")`."""

    def run(*arguments: str, stdin: str = "", **environment: str) -> Ran:
        done = subprocess.run(
            [sys.executable, "-c", "from askme.cli import main; main()", *arguments],
            input=stdin.encode("utf-8", "surrogatepass"),
            capture_output=True,
            env={
                **clean_environment(),
                "PYTHONPATH": str(ROOT / "src"),
                "ASKME_DATA_DIR": str(data_dir),
                "ASKME_LOG_LEVEL": "WARNING",
                **environment,
            },
            timeout=120,
        )
        return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())

    return run


TINY_ZH = """\
---
name: 王小明
name_en: Wang Xiaoming
headline: 面点师
headline_en: Pastry cook
---

# 王小明 {#profile}

- 电话 138-****-0000 {#contact}

# 工作经历 {#work}

## 海燕面包房 - 主厨 {#bakery kind=job period=2022-03/..}

- 带领 12 人的团队

### 酸面团改良 {#bakery.sourdough}

- 发酵时间从 20 小时降至 14 小时
- 2023 年销量提升 35%，收入 120 万元

## 蓝鲸酒店 - 学徒 {#hotel kind=job period=2019-01/2021-12}

- 制作婚礼蛋糕
"""

TINY_EN = """\
---
language: en
---

# Wang Xiaoming {#profile}

- Phone 138-****-0000 {#contact}

# Work experience {#work}

## Petrel Bakery - Head baker {#bakery kind=job period=2022-03/..}

- Leads a team of 12

### Better sourdough {#bakery.sourdough}

- Fermentation time cut from 20 hours to 14 hours
- Sales up 35% in 2023, revenue of 1.2 million yuan

## Blue Whale Hotel - Apprentice {#hotel kind=job period=2019-01/2021-12}

- Made wedding cakes
"""

TINY_IDS = (
    *("profile", "contact", "bakery", "bakery.1", "bakery.sourdough"),
    *("bakery.sourdough.1", "bakery.sourdough.2", "hotel", "hotel.1"),
)

TINY_ALIASES = {
    "candidate": ["王小明", "Wang Xiaoming"],
    "names": {
        "bakery": ["海燕面包房", "海燕", "Petrel Bakery", "Petrel"],
        "hotel": ["蓝鲸酒店", "蓝鲸", "Blue Whale Hotel", "Blue Whale"],
        "bakery.sourdough": ["酸面团", "sourdough"],
    },
}

TINY_NOT_STATED = [
    {
        "id": "salary",
        "status": "not_in_resume",
        "questions": {"zh": ["期望薪资多少", "月薪多少"], "en": ["what salary does he expect", "how much does he earn"]},
        "words": {"zh": ["薪资", "工资"], "en": ["salary", "pay"]},
        "answer": {"zh": "简历没有写薪资。", "en": "The résumé doesn't state a salary."},
        "near": ["contact"],
    }
]


def _search_help(bullet: str) -> dict[str, dict[str, list[str]]]:
    """Return as much search help as a bullet needs, in words that stand for that bullet only."""
    word = bullet.replace(".", "")
    return {
        "questions": {"zh": [f"问{word}题{n}" for n in range(5)], "en": [f"question{n} on {word}" for n in range(5)]},
        "words": {"zh": [f"词{word}条{n}" for n in range(10)], "en": [f"{word}word{n}" for n in range(10)]},
    }


@pytest.fixture
def tiny_knowledge(tmp_path: Path) -> Path:
    """A small complete knowledge folder of another candidate, made for one test to break."""
    folder = tmp_path / "knowledge"
    (folder / "expansions").mkdir(parents=True)
    (folder / "resume.zh.md").write_text(TINY_ZH, encoding="utf-8")
    (folder / "resume.en.md").write_text(TINY_EN, encoding="utf-8")
    for name, content in {
        "expansions/all": {bullet: _search_help(bullet) for bullet in TINY_IDS},
        "aliases": TINY_ALIASES,
        "not_stated": TINY_NOT_STATED,
    }.items():
        text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder
