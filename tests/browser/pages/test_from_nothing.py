"""From an empty installation to a community that is connected and signed in to, and what is shown when something fails on the way."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from plugin.services.identity import operating
from tests.browser.pages.running import Stage, picture, stage, violations
from tests.conftest import make_settings

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("pages")]


@pytest.fixture(scope="module")
def empty(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    path = tmp_path_factory.mktemp("empty") / "mentorgraph.db"
    shutil.copyfile(sqlite_template, path)
    with stage(make_settings(database_url=f"sqlite:///{path}"), connected=False) as made:
        yield made


def test_the_operator_connects_the_first_community_and_its_admin_signs_in(empty: Stage, browser: Browser) -> None:
    page = empty.open(browser)
    page.goto(f"{empty.url}/console")
    expect(page.get_by_role("heading", level=1)).to_have_text("No community is connected yet")

    page.goto(empty.run(operating.set_up_link(empty.site.parts.runtime)))
    page.get_by_role("button", name="Begin").click()
    page.get_by_role("link", name="Connect a community").click()
    page.get_by_role("link", name="Connect Discourse").click()

    # Each check that fails says which one it was, and the key is in no page that comes back.
    page.get_by_label("Address").fill("https://nowhere.invalid")
    page.get_by_label("API key").fill("a key that is wrong")
    page.get_by_role("button", name="Check and connect").click()
    checks = page.get_by_role("list", name="Checks").get_by_role("listitem")
    expect(page.get_by_role("alert")).to_be_focused()
    expect(checks.nth(1)).to_contain_text("The community answers: no")
    expect(checks.nth(2)).to_contain_text("not checked yet")
    expect(page.get_by_label("API key")).to_have_value("")
    assert "a key that is wrong" not in page.content()

    page.get_by_label("Address").fill(empty.site.forum.base_url)
    page.get_by_label("API key").fill("a key that is wrong")
    page.get_by_role("button", name="Check and connect").click()
    expect(checks.nth(3)).to_contain_text("It accepts the key: no")
    assert violations(page) == []
    picture(page, "setup-key-refused")

    page.get_by_label("API key").fill(empty.run(empty.site.forum.control.api_key()))
    page.get_by_role("button", name="Check and connect").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("is connected"))
    assert violations(page) == []
    picture(page, "setup-connected")
    row = next(line for line in page.locator(".secret").all_inner_texts() if "|" in line).rpartition(" ")[2]
    empty.run(empty.site.forum.control.settings(enable_discourse_connect_provider=True, discourse_connect_provider_secrets=[row]))

    empty.enter_forum(page, "marit")
    page.get_by_role("link", name="Sign in to its console").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Second Desk")
    # The worker reads the community meanwhile, at the forum's own pace; one can begin.
    expect(page.get_by_role("heading", name="The community is being read")).to_be_visible()
    expect(page.get_by_role("progressbar")).to_be_visible()
    expect(page.get_by_text(re.compile(r"[1-9]\d* members? so far"))).to_be_visible(timeout=60_000)
    expect(page.get_by_text("Design your first program")).to_be_visible()
    picture(page, "console-reading")


def test_a_program_is_made_and_opened_with_the_keyboard_alone(empty: Stage, browser: Browser) -> None:
    page = empty.open(browser)
    empty.enter_forum(page, "marit")
    page.goto(f"{empty.url}/console")
    go(page, "Continue to Second Desk", to="Second Desk")
    go(page, "Programs", to="Programs")
    go(page, "New program", to="What do you want to begin with?")
    go(page, "Use this one", to="New program")
    for _ in range(200):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "f-name":
            break
    page.keyboard.press("Control+A")
    page.keyboard.type("By hand")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("By hand")
    go(page, "Open for enrolment", to="By hand")
    expect(page.get_by_role("status")).to_have_text("The program has moved on.")


def go(page: Page, name: str, *, to: str) -> None:
    """Press Tab until what has this name has the focus, then Enter, which leads to the page with this heading; whatever has the focus shows it."""
    for _ in range(120):
        page.keyboard.press("Tab")
        found = page.evaluate("document.activeElement.innerText || document.activeElement.ariaLabel || ''")
        if str(found).strip().startswith(name):
            shown = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert shown != "none", f"{name} has the focus and does not show it"
            page.keyboard.press("Enter")
            expect(page.get_by_role("heading", level=1)).to_have_text(to)
            return
    raise AssertionError(f"{name} cannot be reached with the Tab key")


def test_a_session_that_ended_a_forum_that_is_away_and_a_busy_database_each_say_what_to_do(empty: Stage, browser: Browser) -> None:
    site = empty.site
    site.installation_id = empty.run(site.parts.runtime.database.dispatch(lambda dispatcher: dispatcher.installation_ids()))[0]
    empty.run(site.know())

    page = empty.open(browser, "marit")
    page.goto(f"{empty.url}/console/programs/choose")
    page.get_by_role("link", name=re.compile("Begin empty")).click()
    page.get_by_label("Name").fill("Typed before the session ended")
    page.context.clear_cookies()
    page.get_by_role("button", name="Create as a draft").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Sign in with Second Desk")
    assert violations(page) == []
    picture(page, "failing-session")

    other = empty.open(browser, "marit")
    other.goto(f"{empty.url}/console")
    csrf = other.locator("input[name=csrf]").first.get_attribute("value")
    assert csrf
    other.context.clear_cookies()
    fresh = empty.run(site.cookie("marit"))
    other.context.add_cookies([{"name": fresh["name"], "value": fresh["value"], "url": fresh["url"]}])
    other.get_by_role("button", name="Sign out everywhere").first.click()
    expect(other.get_by_role("heading", level=1)).to_have_text("This form is from another session")
    assert violations(other) == []
    picture(other, "failing-form")

    empty.run(site.forum.control.faults({"kind": "status", "status": 503, "times": -1}))
    away = empty.open(browser, "marit")
    away.goto(f"{empty.url}/console/tokens")
    away.get_by_label("What for").fill("A service")
    away.get_by_role("button", name="Make it").click()
    expect(away.get_by_role("heading", level=1)).to_have_text("Your community does not answer")
    assert violations(away) == []
    picture(away, "failing-forum")
    empty.run(site.forum.control.faults())
