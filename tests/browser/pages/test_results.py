"""How a program is doing, as its manager sees it."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.pages.running import Stage, violations
from tests.browser.pages.world import ADMIN, World

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("pages")]


def test_a_program_shows_its_figures_goals_and_advice(here: Stage, world: World, browser: Browser) -> None:
    page = here.open(browser, ADMIN)
    page.goto(f"{here.url}/console/programs/{world.program}/results")
    expect(page.get_by_text("Mentees who have or had a mentor")).to_be_visible()
    expect(page.get_by_role("heading", name="What to do next")).to_be_visible()
    expect(page.get_by_role("heading", name="What members answered")).to_be_visible()
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert violations(page) == []
    page.context.close()
