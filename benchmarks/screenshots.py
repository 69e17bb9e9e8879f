"""`python -m benchmarks.screenshots [folder]`: take the README's pictures, of the real page and the real widget."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.browser import Site, chromium, site
from benchmarks.measure import ROOT, folder, isolate

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Frame, Page

MOST_BYTES = 250_000
PATIENCE_MS = 60_000


def main() -> None:
    """Take all pictures, or say in one sentence why not."""
    parser = argparse.ArgumentParser(description="Take the README's pictures with Chromium.")
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "docs" / "images", help="where they go")
    place: Path = parser.parse_args().folder
    place.mkdir(parents=True, exist_ok=True)
    isolate()
    pictures: dict[str, Callable[[Browser, Site], bytes]] = {
        "desktop.png": desktop,
        "phone.png": phone,
        "homepage.png": on_a_homepage,
    }
    try:
        with chromium() as browser, folder() as data, site(data) as where:
            for name, taken in pictures.items():
                _save(place / name, taken(browser, where))
    except RuntimeError as error:
        sys.exit(str(error))


def desktop(browser: Browser, where: Site) -> bytes:
    """Return the page on a desktop: an answer with a mark chosen, the evidence beside it."""
    page = _visit(browser, f"{where.chat}/?lang=en", (1280, 800))
    _ask(page.main_frame, "What did he do at TikTok?")
    page.locator("a.cite").nth(3).click()
    return _taken(page)


def phone(browser: Browser, where: Site) -> bytes:
    """Return the page on a phone, in Chinese and dark."""
    page = _visit(browser, f"{where.chat}/?lang=zh", (390, 844), color_scheme="dark")
    _ask(page.main_frame, "粗排的延迟是多少？")
    return _taken(page)


def on_a_homepage(browser: Browser, where: Site) -> bytes:
    """Return the example homepage with the widget open and the cited bullet highlighted."""
    page = _visit(browser, where.homepage, (1280, 800))
    page.locator("#language").click()
    page.locator("askme-chat .launcher").click()
    page.locator("askme-chat .panel[data-view=chat]").wait_for(timeout=PATIENCE_MS)
    frame = next(frame for frame in page.frames if frame.url.startswith(where.chat))
    _ask(frame, "How fast was the pre-ranking model?")
    frame.locator("a.cite").last.click()
    page.locator(".askme-cited-bullet").wait_for()
    return _taken(page)


def _visit(browser: Browser, address: str, size: tuple[int, int], **how: Any) -> Page:
    width, height = size
    page = browser.new_page(viewport={"width": width, "height": height}, reduced_motion="reduce", **how)
    page.goto(address)
    return page


def _ask(frame: Frame, question: str) -> None:
    frame.locator("#question").fill(question)
    frame.locator("#question").press("Enter")
    frame.locator(".exchange[data-state=answered] .next .chip").first.wait_for(timeout=PATIENCE_MS)
    frame.locator("#question").blur()


def _taken(page: Page) -> bytes:
    """Return the picture once nothing moves any more."""
    page.mouse.move(0, 0)
    page.wait_for_timeout(500)
    taken = page.screenshot()
    page.close()
    return taken


def _save(path: Path, picture: bytes) -> None:
    if len(picture) > MOST_BYTES:
        raise RuntimeError(f"{path.name} would have {len(picture):,} bytes; the README takes {MOST_BYTES:,}")
    path.write_bytes(picture)
    print(f"{path}: {len(picture) / 1000:.0f} kB")


if __name__ == "__main__":
    main()
