"""What members see when all is well: every section, the user card, the menu and the sidebar, in light and dark, on a phone, in both directions of writing."""

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.looks import everywhere
from tests.browser.stage import Stage, picture
from tests.browser.test_component import plain
from tests.browser.test_theme import opened, panel

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]
ELEMENT = "mentorship-suggestions"


def give_feedback(page: Page, place: str, name: str) -> list[str]:
    """Answer the questions of the mentorship that has ended; a question comes up with the answer that calls for it."""
    page.get_by_role("button", name=re.compile("^Answer: ")).click()
    missing = page.get_by_role("group", name="What was in the way?")
    expect(missing).to_have_count(0)
    page.get_by_role("group", name=re.compile("^Did you reach the goal you set")).get_by_label("No", exact=True).check()
    expect(missing).to_be_visible()
    missing.get_by_label("Time", exact=True).check()
    page.get_by_role("group", name="In our conversations I am taken seriously.").get_by_label("5").check()
    page.get_by_label("What do you take with you?").fill("That asking early costs nothing.")
    wrong = everywhere(page, place, "feedback")
    picture(page, f"{name}-feedback")
    page.get_by_role("button", name="Send feedback").click()
    expect(page.get_by_text("Thank you. What you said is read together")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^Answer: "))).to_have_count(0)
    return wrong


def test_everything_at_once(themed: Stage, browser: Browser) -> None:
    themed.run(themed.busy_member("rich"))
    with themed.signed_in(browser, "rich", viewport={"width": 1180, "height": 900}) as context:
        page = plain(themed, context)
        expect(page.get_by_text("A request for you")).to_be_visible()
        for words in ("Waiting for an answer", "Your mentorships", "I am away until March.", "People who could help you", "With rich_1"):
            expect(page.get_by_text(words).first).to_be_visible()
        page.get_by_text("Your places").click()
        assert everywhere(page, ELEMENT, "everything") == []
        picture(page, "everything")
        page.get_by_role("button", name="Decline: rich_3").click()
        expect(page.get_by_label("Why not now?")).to_be_focused()
        assert everywhere(page, ELEMENT, "declining") == []
        page.get_by_role("button", name="Cancel").click()
        expect(page.get_by_role("button", name="Accept: rich_3")).to_be_focused()
        page.get_by_role("button", name=re.compile("^End: ")).click()
        assert everywhere(page, ELEMENT, "ending") == []
        page.get_by_role("button", name="Cancel").click()
        assert give_feedback(page, ELEMENT, "plain") == []
        profile = panel(opened(context, f"{themed.forum.base_url}/u/rich/summary"))
        expect(profile.get_by_text("A request for you")).to_be_visible()
        profile.get_by_text("Your places").click()
        assert everywhere(profile, ".mg", "profile") == []
        for scheme in ("light", "dark"):
            profile.emulate_media(color_scheme=scheme)
            picture(profile, f"profile-{scheme}")
        profile.set_viewport_size({"width": 390, "height": 844})
        profile.emulate_media(color_scheme="light")
        picture(profile, "profile-phone")
        assert everywhere(profile, ".mg", "phone") == []
        profile.evaluate("() => { document.documentElement.dir = 'rtl' }")
        picture(profile, "profile-rtl")
        profile.set_viewport_size({"width": 1180, "height": 900})
        other = opened(context, f"{themed.forum.base_url}/u/seun_a/summary")
        other.wait_for_function("() => globalThis.__themeReady")
        expect(other.locator(".mg")).to_have_count(0)


def test_feedback_in_the_forum(themed: Stage, browser: Browser) -> None:
    pair = themed.run(themed.paired("looks_back", "was_there"))
    themed.run(themed.send("looks_back", "endMentorship", "EndMentorshipInput", "mentorship { id }", id=pair, reason="GOAL_REACHED"))
    with themed.signed_in(browser, "looks_back", viewport={"width": 390, "height": 844}) as context:
        page = panel(opened(context, f"{themed.forum.base_url}/u/looks_back/summary"))
        expect(page.get_by_text("How is it going?")).to_be_visible()
        assert give_feedback(page, ".mg", "profile") == []


def test_german_words(themed: Stage, browser: Browser) -> None:
    themed.run(themed.sign_up("deutsch"))
    with themed.signed_in(browser, "deutsch") as context:
        page = plain(themed, context, lang="de-AT")
        expect(page.get_by_text("Menschen, die dir helfen könnten")).to_be_visible()
        assert page.locator(ELEMENT).evaluate("panel => panel.shadowRoot.querySelector('section').lang") == "de"


def card_of(page: Page, username: str) -> Locator:
    """The user card, opened by a link of the forum's."""
    page.wait_for_function("() => globalThis.__themeReady")
    page.evaluate(
        "name => { const link = document.createElement('a'); link.href = `/u/${name}`; link.dataset.userCard = name; link.textContent = 'card';"
        " document.querySelector('main').prepend(link); }",
        username,
    )
    page.get_by_role("link", name="card", exact=True).click()
    return page.get_by_role("dialog", name=username)


def test_the_user_card_the_menu_and_the_sidebar(themed: Stage, browser: Browser) -> None:
    themed.run(themed.sign_up("card_mentee"))
    themed.run(themed.sign_up("card_mentor"))
    themed.run(themed.enrol("card_mentee", "MENTEE"))
    themed.run(themed.enrol("card_mentor", "MENTOR"))
    with themed.signed_in(browser, "card_mentee") as context:
        page = panel(opened(context, f"{themed.forum.base_url}/latest"))
        card = card_of(page, "card_mentor")
        card.get_by_role("button", name="Ask for mentorship: card_mentor").click()
        card.get_by_label("What would you like to reach?").fill("Find my first ten customers")
        assert everywhere(page, "#user-card", "user card") == []
        picture(page, "card")
        card.get_by_role("button", name="Send request").click()
        expect(card.get_by_text("Your request is with card_mentor.")).to_be_visible()
        expect(page.locator(".sidebar-section-link")).to_have_attribute("href", "/u/card_mentee/summary")
    with themed.signed_in(browser, "card_mentor") as context:
        page = opened(context, f"{themed.forum.base_url}/latest")
        # Who mentors and has room offers it to one person, in a message that they send themselves.
        card_of(page, "card_mentee").get_by_role("link", name="Offer to mentor: card_mentee").click()
        expect(page.get_by_label("To", exact=True)).to_have_value("card_mentee")
        expect(page.get_by_label("Title")).to_have_value("May I offer to be your mentor?")
        page.get_by_role("button", name="Send").click()
        themed.run(themed.hears("card_mentee", "May I offer to be your mentor?"))
        page = opened(context, f"{themed.forum.base_url}/latest")
        expect(page.locator(".badge-notification")).to_have_text("1")
        page.locator("#user-menu-button-mentorship").click()
        menu = page.locator(".user-menu")
        expect(menu.get_by_text("Find my first ten customers")).to_be_visible()
        assert everywhere(page, ".user-menu", "user menu") == []
        picture(page, "menu")


def test_who_takes_part_in_nothing_is_shown_how_to(stage: Stage, browser: Browser) -> None:
    stage.run(stage.sign_up("curious"))
    with stage.signed_in(browser, "curious") as context:
        page = plain(stage, context)
        expect(page.get_by_text("Nobody yet. Say what you would like help with")).to_be_visible()
        assert everywhere(page, ELEMENT, "not enrolled") == []
        page.get_by_role("button", name="Offer to mentor: Founders help founders").click()
        expect(page.get_by_label("For how many people do you have room?")).to_be_focused()
        assert everywhere(page, ELEMENT, "enrolling") == []
        picture(page, "state-enrolling")
        page.get_by_role("button", name="Take part").click()
        expect(page.get_by_label("I am of age")).to_be_focused()  # the browser says that it is wanted
        page.get_by_label("I am of age").check()
        page.get_by_label("Send me messages about mentorship: requests").check()
        page.get_by_role("button", name="Take part").click()
        expect(page.get_by_text("You take part.")).to_be_visible()
        page.get_by_text("Your places").click()
        expect(page.get_by_text("Mentor in Founders help founders")).to_be_visible()
        page.get_by_role("button", name="Pause: Mentor in Founders help founders").click()
        expect(page.get_by_text("Paused: nobody is brought to you")).to_be_visible()
        page.get_by_label("Places").fill("5")
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_text("Saved.")).to_be_visible()
        expect(page.get_by_label("Send me messages about mentorship", exact=True)).to_be_checked()
        assert everywhere(page, ELEMENT, "places") == []
        page.get_by_role("button", name="Leave the program: Mentor in").click()
        assert everywhere(page, ELEMENT, "leaving") == []
        page.get_by_role("button", name="Leave the program", exact=True).click()
        expect(page.get_by_text("You left the program.")).to_be_visible()
