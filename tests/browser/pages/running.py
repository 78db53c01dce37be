"""The service in a thread of its own, and a real Chromium, for tests that are not async."""

import asyncio
import threading
from collections.abc import Coroutine, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from playwright.sync_api import Browser, BrowserContext, Page

from plugin.settings import Settings
from tests import tools
from tests.browser.pages.site import Site, forum_session, site

T = TypeVar("T")
ROOT = Path(__file__).resolve().parents[3]
PICTURES = ROOT / "artefacts"


@dataclass
class Stage:
    """The site, and the loop in which it runs."""

    site: Site
    loop: asyncio.AbstractEventLoop
    _pages: list[BrowserContext] = field(default_factory=list)

    @property
    def url(self) -> str:
        return self.site.url

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Do something in the loop of the service."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(120)

    def open(self, browser: Browser, username: str = "", *, phone: bool = False, dark: bool = False, locale: str = "en-GB", script: bool = True) -> Page:
        """A page of a new browser context, signed in as somebody."""
        context = browser.new_context(
            viewport={"width": 390, "height": 844} if phone else {"width": 1280, "height": 900},
            color_scheme="dark" if dark else "light",
            locale=locale,
            java_script_enabled=script,
        )
        if username:
            cookie = self.run(self.site.cookie(username))
            context.add_cookies([{"name": cookie["name"], "value": cookie["value"], "url": cookie["url"]}])
        page = context.new_page()
        page.set_default_timeout(20_000)
        return page

    def enter_forum(self, page: Page, username: str) -> None:
        """Let the browser be signed in at the forum, as somebody who is there every day is."""
        cookie = self.run(forum_session(self.site.forum, username))
        page.context.add_cookies([{"name": cookie["name"], "value": cookie["value"], "url": cookie["url"]}])


@contextmanager
def stage(settings: Settings, *, connected: bool = True) -> Iterator[Stage]:
    """A forum and the service, in a thread of their own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="site", daemon=True)
    thread.start()
    entered = site(settings, connected=connected)
    found = asyncio.run_coroutine_threadsafe(entered.__aenter__(), loop).result(120)
    try:
        yield Stage(found, loop)
    finally:
        asyncio.run_coroutine_threadsafe(entered.__aexit__(None, None, None), loop).result(120)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


@cache
def axe_script() -> str:
    """axe-core, as the harness of the components has it."""
    return (tools.installed(tools.HARNESS) / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


EVERYTHING = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
"""What the other colour scheme can change."""


def violations(page: Page, what: Mapping[str, object] = EVERYTHING) -> list[str]:
    """What axe finds wrong with a page, one line for each element."""
    # Read as a string: the page's own policy lets no script in that is not a file of ours, and the test is no page.
    if not page.evaluate("'axe' in window"):
        page.evaluate(axe_script())
    found = page.evaluate("(what) => axe.run(document, {runOnly: what, resultTypes: ['violations']})", what)
    return [f"{one['id']}: {node['html'][:160]}" for one in found["violations"] for node in one["nodes"]]


def picture(page: Page, name: str) -> None:
    """Keep how a page looks."""
    PICTURES.mkdir(exist_ok=True)
    page.screenshot(path=str(PICTURES / f"{name}.png"), full_page=True)
