"""Makes the pictures of README.md and docs/ anew, from the demo forum, the service and a real browser, as the browser tests have them: ``make pictures``."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page

from plugin.services.matching import round_reading
from plugin.store.migrate import migrate_database
from tests.browser.component import compile_theme
from tests.browser.pages.running import stage as pages_stage
from tests.browser.pages.world import ADMIN, OTHER, inhabit
from tests.browser.stage import Stage, browser
from tests.browser.stage import stage as forum_stage
from tests.conftest import in_thread, make_settings

HERE = Path(__file__).parent
MENTOR, MENTEE = "wei_ling", "callum_m"
NEED = "How do I set my rates as a freelancer, and how do I raise them with clients I have?"
GOAL, NOTE = "Price my first product by spring", "I read your pages on willingness to pay twice. Would an hour a month do?"


@contextmanager
def looking(set_up: Stage, opened: Browser, username: str, *, width: int, height: int) -> Iterator[Page]:
    """A page of somebody who is signed in at the forum."""
    with set_up.signed_in(opened, username, viewport={"width": width, "height": height}) as context:
        page = context.new_page()
        page.set_default_timeout(20_000)
        yield page


def in_the_forum(set_up: Stage, opened: Browser) -> None:
    """What a member gets and sees in the forum, and the same over GraphQL."""
    set_up.run(set_up.enrol(MENTOR, "MENTOR"))
    set_up.run(set_up.enrol(MENTEE, "MENTEE"))
    set_up.run(set_up.agree(MENTOR))
    set_up.run(set_up.need(MENTOR, NEED))
    set_up.run(set_up.request(MENTEE, MENTOR, GOAL, NOTE))
    title = set_up.run(set_up.hears(MENTOR, "could help"))
    with looking(set_up, opened, MENTOR, width=1180, height=860) as page:
        page.goto(f"{set_up.forum.base_url}/latest")
        page.get_by_role("button", name="Accept").first.wait_for()
        page.locator(".mg__card .mg__reasons").first.wait_for()
        page.screenshot(path=HERE / "panel.png")
    with looking(set_up, opened, MENTOR, width=1100, height=620) as page:
        page.goto(f"{set_up.forum.base_url}/u/{MENTOR}/messages")
        page.get_by_role("link", name=title).first.click()
        page.wait_for_load_state("load")
        page.screenshot(path=HERE / "message.png")
    page = opened.new_page(viewport={"width": 1300, "height": 760})
    page.goto(f"{set_up.service}/graphql")
    page.get_by_label("A token that may introspect").fill(set_up.run(set_up.token(MENTOR)))
    page.get_by_role("button", name="Open GraphiQL").click()
    page.get_by_role("button", name="Execute query (Ctrl-Enter)").click()
    page.locator(".result-window").get_by_text("contribution").first.wait_for()
    page.screenshot(path=HERE / "graphiql.png")
    page.close()


def on_our_pages(folder: Path, opened: Browser) -> None:
    """The console and members' pages."""
    settings = make_settings(database_url=f"sqlite:///{folder}/pages.db")
    in_thread(migrate_database(settings))
    with pages_stage(settings) as here:
        world = inhabit(here)
        runtime, admin = here.site.parts.runtime, here.site.admin()
        pairs = here.run(round_reading.pair_page(runtime, admin, world.round, after=None, limit=100))
        best = max(pairs, key=lambda pair: pair.score).mentee_id
        for name, who, height, path in (
            ("graph", ADMIN, 960, f"/console/graph?days=365&member={world.mentee}"),
            ("side-by-side", ADMIN, 900, f"/console/rounds/{world.round}/mentees/{best}"),
            ("mentorship", OTHER, 980, f"/my/mentorships/{world.mentorship}"),
        ):
            page = here.open(opened, who)
            page.set_viewport_size({"width": 1280, "height": height})
            page.goto(here.url + path)
            page.wait_for_load_state("networkidle")
            page.screenshot(path=HERE / f"{name}.png")
            page.context.close()


def main() -> None:
    """Make all of them."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        with browser() as opened:
            with forum_stage(folder) as set_up:
                compile_theme(set_up, folder, production=True)
                in_the_forum(set_up, opened)
            on_our_pages(folder, opened)


if __name__ == "__main__":
    main()
