"""The theme component in the forum: real Ember and Glimmer, the forum's pages and policy, a real browser."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect

from integrations.discourse import theme
from plugin.services.hosts import connect
from tests.browser import keys
from tests.browser.looks import everywhere
from tests.browser.stage import Stage, picture

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]


SOON = 15_000
"""Milliseconds within which news come by themselves; looking again every so often takes longer."""


def opened(context: BrowserContext, address: str, *, before: Callable[[Page], object] | None = None) -> Page:
    """A page whose script must not fail."""
    page = context.new_page()
    if before is not None:
        before(page)

    def failed(error: object) -> None:
        raise AssertionError(str(error))

    page.on("pageerror", failed)
    page.goto(address)
    return page


def panel(page: Page) -> Page:
    expect(page.locator(".mg .mg__title").first).to_be_visible()
    return page


def test_request_and_acceptance_in_two_browsers(themed: Stage, browser: Browser) -> None:
    themed.run(themed.sign_up("theme_mentee"))
    themed.run(themed.enrol("theme_mentee", "MENTEE"))
    themed.run(themed.agree("theme_mentee"))
    suggested = themed.run(themed.need("theme_mentee", "How should I price a first subscription product for small customers?"))
    mentor = suggested[1]
    themed.run(themed.enrol(mentor, "MENTOR"))
    themed.run(themed.agree(mentor))
    context, other = themed.signed_in(browser, "theme_mentee"), themed.signed_in(browser, mentor)
    asked: list[Request] = []

    def note(request: Request) -> None:
        asked.append(request)

    context.on("request", note)
    page = panel(opened(context, f"{themed.forum.base_url}/latest"))
    card = page.locator(".mg__card").filter(has=page.get_by_role("button", name=re.compile("^Ask for mentorship"))).first
    expect(card).to_be_visible()
    picture(page, "theme-suggestions")
    ours = [one for one in asked if one.url.startswith(themed.service)]
    assert ours
    assert not [one.url for one in ours if "cookie" in one.all_headers()]
    assert {one["name"] for one in context.cookies()} == {"_t"}, "nothing of ours, and not where the forum would have gone"
    assert "mg_" not in page.evaluate("() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }])"), "the token is in memory only"
    counts = [one.locator("> li").count() for one in page.locator(".mg__reasons").all()]
    assert counts
    assert set(counts) <= {2, 3, 4}, counts
    expect(page.locator(".mg__reasons a").first).to_have_attribute("href", re.compile(f"^{re.escape(themed.forum.base_url)}/t/"))
    theirs = panel(opened(other, f"{themed.forum.base_url}/latest"))

    # Both go by the keyboard alone.
    keys.press(page, "^Ask for mentorship")
    expect(page.get_by_label("What would you like to reach?")).to_be_focused()
    page.keyboard.type("Price my first product by spring")
    keys.reach(page, "A short note")
    page.keyboard.type("I read <img src=x onerror=alert(1)> your answers.")
    keys.press(page, "^Send request")
    expect(page.locator(".mg__said").first).to_contain_text("Your request is with")
    expect(page.locator(".mg__said").first).to_be_focused()

    # The mentor's page is open and nobody touches it: the request comes by itself, and the tab counts it.
    expect(theirs.get_by_text("Price my first product by spring").first).to_be_visible(timeout=SOON)
    expect(theirs.get_by_text("I read <img src=x onerror=alert(1)> your answers.").first).to_be_visible()
    expect(theirs.locator(".badge-notification")).to_have_text("1")
    expect(theirs.get_by_text(re.compile(r"[23] days left to answer"))).to_be_visible()
    picture(theirs, "theme-request")
    keys.press(theirs, "^Accept: theme_mentee")
    expect(theirs.get_by_label("A word with your answer")).to_be_focused()
    theirs.keyboard.type("With pleasure.")
    keys.press(theirs, "^Accept and begin")
    expect(theirs.get_by_text("You mentor · since").first).to_be_visible()
    expect(theirs.locator(".badge-notification")).to_have_count(0)

    expect(page.get_by_text("Your mentor · since").first).to_be_visible(timeout=SOON)
    picture(page, "theme-matched")
    # The forum has the messages: the mentor was asked, and both hear that it begins.
    themed.run(themed.hears(mentor, "asks whether you would mentor them"))
    themed.run(themed.hears(mentor, "You mentor"))
    title = themed.run(themed.hears("theme_mentee", "will mentor you"))
    page.goto(f"{themed.forum.base_url}/u/theme_mentee/messages")
    expect(page.get_by_role("link", name=title)).to_be_visible()
    picture(page, "theme-message")
    context.close()
    other.close()


def test_what_members_do_in_the_forum_from_joining_to_leaving(themed: Stage, browser: Browser) -> None:
    """Every part of the component that changes something, by hand in two browsers: the other side is never touched."""
    for username in ("hands", "guide"):
        themed.run(themed.sign_up(username))
    themed.run(themed.enrol("guide", "MENTOR"))
    themed.run(themed.group("Circle of first customers", "hands", "guide"))
    with themed.signed_in(browser, "hands") as context, themed.signed_in(browser, "guide") as other:
        page = panel(opened(context, f"{themed.forum.base_url}/u/hands/summary"))
        theirs = panel(opened(other, f"{themed.forum.base_url}/u/guide/summary"))
        expect(page.get_by_text("Circle of first customers")).to_be_visible()
        expect(page.get_by_text("2 members")).to_be_visible()

        # Joining, and being asked for what one needs.
        page.get_by_role("button", name="Look for a mentor: Founders help founders").click()
        page.get_by_label("I am of age").check()
        page.get_by_label("Send me messages about mentorship: requests").check()
        page.get_by_role("button", name="Take part", exact=True).click()
        expect(page.get_by_text("You take part.")).to_be_visible()
        page.get_by_label("What would you like help with?").fill("How do I price a first subscription product?")
        page.get_by_role("button", name="Find people").click()
        expect(page.get_by_text("Here is who could help.")).to_be_visible()
        expect(page.locator(".mg__reasons").first).to_be_visible()
        page.get_by_role("button", name=re.compile("^Not helpful: ")).first.click()
        expect(page.get_by_text("is not suggested for this any more.")).to_be_visible()

        # A request taken back, one declined with a reason, one accepted.
        themed.run(themed.request("hands", "guide", "Price my product"))
        page.get_by_role("button", name="Take back: guide").click()
        expect(page.get_by_text("Your request is taken back.")).to_be_visible()
        themed.run(themed.request("hands", "guide", "Price my product, really"))
        theirs.get_by_role("button", name="Decline: hands").click()
        theirs.get_by_label("Why not now?").select_option("AWAY")
        theirs.get_by_label("A word with your answer").fill("In March, gladly.")
        theirs.get_by_role("button", name="Send answer").click()
        expect(page.get_by_text("guide cannot at the moment.")).to_be_visible(timeout=SOON)
        expect(page.get_by_text("In March, gladly.")).to_be_visible()
        themed.run(themed.accept("guide", themed.run(themed.request("hands", "guide", "Price my product after all"))))

        # A session.
        page.get_by_role("button", name="Propose a session: guide").click()
        day = page.evaluate("() => new Date(Date.now() + 3 * 86400000).toISOString().slice(0, 10)")
        page.get_by_label("When?").fill(f"{day}T15:00")
        page.get_by_label("What about?").fill("The first price")
        page.get_by_role("button", name="Propose", exact=True).click()
        expect(theirs.get_by_text("Times that were proposed. Which suits you?")).to_be_visible(timeout=SOON)
        assert everywhere(theirs, ".mg", "choosing") == []
        theirs.locator(".mg__meeting .mg__button").first.click()
        expect(theirs.get_by_text("Next session:")).to_be_visible()
        expect(page.get_by_text("Next session:")).to_be_visible(timeout=SOON)

        # Room, a pause, and going on.
        theirs.get_by_text("Your places").click()
        theirs.get_by_label("Places").fill("5")
        theirs.get_by_role("button", name="Save", exact=True).click()
        expect(theirs.get_by_text("Saved.")).to_be_visible()
        theirs.get_by_role("button", name="Pause: Mentor in Founders help founders").click()
        expect(theirs.get_by_text("Paused: nobody is brought to you")).to_be_visible()
        theirs.get_by_role("button", name="Go on: Mentor in Founders help founders").click()
        expect(theirs.get_by_text("Paused: nobody is brought to you")).to_have_count(0)
        assert everywhere(theirs, ".mg", "places") == []

        # The end, and leaving.
        page.get_by_role("button", name="End: guide").click()
        page.get_by_label("Why does it end?").select_option("GOAL_REACHED")
        page.get_by_role("button", name="End the mentorship").click()
        expect(page.get_by_text("The mentorship has ended.")).to_be_visible()
        expect(page.get_by_text("With guide, until")).to_be_visible()
        expect(theirs.get_by_text("With hands, until")).to_be_visible(timeout=SOON)
        page.get_by_text("Your places").click()
        page.get_by_role("button", name="Leave the program: Looking").click()
        page.get_by_role("button", name="Leave the program", exact=True).click()
        expect(page.get_by_text("You left the program.")).to_be_visible()
        assert everywhere(page, ".mg", "left") == []


def test_removal_leaves_nothing(themed: Stage, browser: Browser) -> None:
    """The last steps of the half hour on a real forum: what was on the page is gone, and so is what was in the forum."""
    key = themed.run(themed.forum.control.api_key())
    system = {"Api-Key": key, "Api-Username": "system"}

    async def left() -> tuple[list[str], list[str]]:
        themes = (await themed.http.get(f"{themed.forum.base_url}/admin/themes.json", headers=system)).json()["themes"]
        hooks = (await themed.http.get(f"{themed.forum.base_url}/admin/api/web_hooks.json", headers=system)).json()["web_hooks"]
        return [one["name"] for one in themes if one["component"]], [one["payload_url"] for one in hooks]

    components, hooks = themed.run(left())
    assert components == [theme.name()]
    assert hooks
    assert all(one.startswith(themed.service) for one in hooks)
    with themed.signed_in(browser, "seun_a") as context:
        said: list[str] = []

        def note(line: ConsoleMessage) -> None:
            said.append(line.text)

        page = panel(opened(context, f"{themed.forum.base_url}/latest", before=lambda page: page.on("console", note)))
        expect(page.get_by_text("People who could help you")).to_be_visible()
        assert not [one for one in said if "Content Security Policy" in one]
        assert themed.run(connect.disconnect(themed.parts.runtime, themed.installation_id, erase=True)) == ()
        page.reload()
        expect(page.locator("a.t-title").first).to_be_visible()
        expect(page.locator(".mg, .sidebar-section-link")).to_have_count(0)
    assert themed.run(left()) == ([], [])
