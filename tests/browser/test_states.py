"""Every state that there is, good or bad: designed, said in words, accessible, and none of them breaks the page around it."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.looks import everywhere
from tests.browser.stage import Stage, picture
from tests.browser.test_component import plain
from tests.browser.test_theme import opened, panel, themed

__all__ = ["themed"]
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]
ELEMENT = "mentorship-suggestions"
Prepare = Callable[[Stage, Page], object]


def refuse(code: str, status: int, path: str) -> Prepare:
    """The service answers so, in its own form."""

    def prepare(stage: Stage, page: Page) -> None:
        body = f'{{"error": {{"code": "{code}", "message": "no"}}}}'
        headers = {"Access-Control-Allow-Origin": stage.forum.base_url, "Content-Type": "application/json"}

        def answer(route: Route) -> None:
            if route.request.method == "OPTIONS":
                route.fallback()
            else:
                route.fulfill(status=status, headers=headers, body=body)

        page.route(re.compile(f"^{re.escape(stage.service)}{path}$"), answer)

    return prepare


def down(stage: Stage, page: Page) -> None:
    page.route(re.compile(f"^{re.escape(stage.service)}/(auth|graphql)"), lambda route: route.abort("connectionrefused"))


STATES: dict[str, tuple[Prepare | None, str, bool]] = {
    # name: what is wrong, what is said, whether trying again is offered
    "down": (down, "The mentorship service does not answer.", True),
    "busy": (refuse("too_many", 503, "/auth/\\d+/start"), "Many people are here right now.", True),
    "broken": (refuse("internal", 500, "/graphql"), "Something went wrong on our side.", True),
    "expired": (refuse("unauthenticated", 401, "/graphql"), "Your sign-in has ended.", True),
    "not-a-member": (refuse("suspended", 403, "/auth/\\d+/exchange"), "Your account takes no part", False),
    "not-set-up": (refuse("no_secret", 403, "/auth/\\d+/start"), "Mentorship is not set up here yet.", False),
}


@pytest.mark.parametrize("name", STATES)
def test_a_failure_is_said_on_a_plain_page(stage: Stage, browser: Browser, name: str) -> None:
    prepare, words, again = STATES[name]
    with stage.signed_in(browser, "seun_a") as context:
        page = plain(stage, context, before=prepare)
        expect(page.get_by_role("alert")).to_contain_text(words, timeout=10_000)
        expect(page.get_by_role("button", name="Try again")).to_have_count(1 if again else 0)
        expect(page.locator("#own")).to_be_visible()
        picture(page, f"state-{name}")
        assert everywhere(page, ELEMENT, name) == []
        if again:
            page.unroute_all()
            page.get_by_role("button", name="Try again").click()
            expect(page.get_by_text("People who could help you")).to_be_visible(timeout=10_000)
            expect(page.get_by_role("alert")).to_have_count(0)


@pytest.mark.parametrize("name", STATES)
def test_a_failure_is_said_in_the_forum_and_the_forum_goes_on(themed: Stage, browser: Browser, name: str) -> None:
    prepare, words, again = STATES[name]
    with themed.signed_in(browser, "seun_a") as context:
        page = panel(opened(context, f"{themed.forum.base_url}/latest", before=None if prepare is None else lambda page: prepare(themed, page)))
        expect(page.locator(".mg").get_by_role("alert")).to_contain_text(words, timeout=10_000)
        expect(page.locator(".mg").get_by_role("button", name="Try again")).to_have_count(1 if again else 0)
        assert everywhere(page, ".mg", name) == []
        page.locator("a.t-title").first.click()
        expect(page.locator("article.post").first).to_be_visible()


def test_who_is_signed_out_is_told_what_to_do(stage: Stage, browser: Browser) -> None:
    with stage.signed_in(browser, None) as context:
        page = plain(stage, context)
        expect(page.get_by_role("alert")).to_contain_text("Sign in to the community", timeout=10_000)
        expect(page.locator("#own")).to_be_visible()
        assert everywhere(page, ELEMENT, "signed out") == []


def test_nobody_is_signed_in_for_who_is_not(themed: Stage, browser: Browser) -> None:
    """Anonymous visitors of the forum see no panel, and the service is not asked."""
    with themed.signed_in(browser, None) as context:
        asked: list[str] = []
        page = context.new_page()

        def note(request: object) -> None:
            asked.append(str(getattr(request, "url", "")))

        page.on("request", note)
        page.goto(f"{themed.forum.base_url}/latest")
        page.wait_for_function("() => globalThis.__themeReady")
        page.wait_for_timeout(300)
        expect(page.locator(".mg")).to_have_count(0)
        assert not [one for one in asked if one.startswith(themed.service)]


def test_a_member_who_leaves_the_forum_leaves_nothing_on_the_page(stage: Stage, browser: Browser) -> None:
    stage.run(stage.sign_up("leaving"))
    with stage.signed_in(browser, "leaving") as context:
        page = plain(stage, context)
        expect(page.get_by_text("People who could help you")).to_be_visible(timeout=10_000)
        context.clear_cookies()
        page.evaluate("() => { const panel = document.querySelector('mentorship-suggestions'); panel.board.session.forget(); return panel.board.refresh(); }")
        expect(page.get_by_role("alert")).to_contain_text("Sign in to the community")
        expect(page.get_by_text("People who could help you")).to_have_count(0)


def test_a_token_that_ended_is_renewed_without_a_word(stage: Stage, browser: Browser) -> None:
    with stage.signed_in(browser, "seun_a") as context:
        page = plain(stage, context)
        expect(page.get_by_text("People who could help you")).to_be_visible(timeout=10_000)
        once = [True]

        def answer(route: Route) -> None:
            if route.request.method == "POST" and once:
                once.clear()
                headers = {"Access-Control-Allow-Origin": stage.forum.base_url, "Content-Type": "application/json"}
                route.fulfill(status=401, headers=headers, body='{"error": {"code": "unauthenticated", "message": "ended"}}')
            else:
                route.fallback()

        page.route(f"{stage.service}/graphql", answer)
        page.get_by_label("What would you like help with?").fill("How do I hire my first employee in another country?")
        page.get_by_role("button", name="Find people").click()
        expect(page.get_by_text("Here is who could help.")).to_be_visible(timeout=10_000)
        assert not once
        expect(page.get_by_role("alert")).to_have_count(0)


SLOW = """const ask = window.fetch;
window.fetch = async (address, ...rest) => {
  if (String(address).endsWith("/graphql")) {
    await new Promise((done) => setTimeout(done, 5500));
  }
  return ask(address, ...rest);
};"""


def test_a_slow_service_is_waited_for_and_said_to_be_slow(stage: Stage, browser: Browser) -> None:
    with stage.signed_in(browser, "seun_a") as context:
        page = plain(stage, context, before=lambda _stage, page: page.add_init_script(SLOW))
        expect(page.get_by_text("Finding people who could help…")).to_be_visible()
        picture(page, "state-loading")
        assert everywhere(page, ELEMENT, "loading", wait=0) == []
        expect(page.get_by_text("This takes longer than usual.")).to_be_visible(timeout=6_000)
        expect(page.get_by_text("People who could help you")).to_be_visible(timeout=10_000)


def test_a_service_that_never_answers_is_given_up(stage: Stage, browser: Browser) -> None:
    """After twelve seconds, and without a trace in the console that a host's admin would have to explain."""
    with stage.signed_in(browser, "seun_a") as context:
        page = plain(stage, context, before=lambda stage, page: page.route(f"{stage.service}/graphql", lambda _route: None))
        expect(page.get_by_role("alert")).to_contain_text("took too long to answer", timeout=15_000)
        expect(page.get_by_role("button", name="Try again")).to_be_visible()


def test_who_takes_part_in_nothing_is_shown_how_to(stage: Stage, browser: Browser) -> None:
    stage.run(stage.sign_up("curious"))
    with stage.signed_in(browser, "curious") as context:
        page = plain(stage, context)
        expect(page.get_by_text("Nobody yet. Say what you would like help with")).to_be_visible(timeout=10_000)
        assert everywhere(page, ELEMENT, "not enrolled") == []
        page.get_by_role("button", name="Offer to mentor: Founders help founders").click()
        expect(page.get_by_label("For how many people do you have room?")).to_be_focused()
        assert everywhere(page, ELEMENT, "enrolling") == []
        picture(page, "state-enrolling")
        page.get_by_role("button", name="Take part").click()
        expect(page.get_by_label("I am of age")).to_be_focused()  # the browser says that it is wanted
        page.get_by_label("I am of age").check()
        page.get_by_role("button", name="Take part").click()
        expect(page.get_by_text("You take part.")).to_be_visible()
        page.get_by_text("Your places").click()
        expect(page.get_by_text("Mentor in Founders help founders")).to_be_visible()
        page.get_by_role("button", name="Pause: Mentor in Founders help founders").click()
        expect(page.get_by_text("Paused: nobody is brought to you")).to_be_visible()
        page.get_by_label("Places").fill("5")
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_text("Saved.")).to_be_visible()
        assert everywhere(page, ELEMENT, "places") == []


def test_a_blocked_script_leaves_what_the_page_says(stage: Stage, browser: Browser) -> None:
    with stage.signed_in(browser, "seun_a") as context:
        page = plain(stage, context, before=lambda stage, page: page.route(f"{stage.service}/embed/**", lambda route: route.abort()))
        expect(page.get_by_role("link", name="Mentorship")).to_be_visible()
        expect(page.locator("#own")).to_be_visible()


def test_a_changed_script_does_not_run(stage: Stage, browser: Browser) -> None:
    """Its hash is what the admin put on the page."""
    with stage.signed_in(browser, "seun_a") as context:

        def change(route: Route) -> None:
            answer = route.fetch()
            route.fulfill(response=answer, body=answer.text() + "\nwindow.evil = true;")

        page = plain(stage, context, before=lambda stage, page: page.route(f"{stage.service}/embed/**", change))
        expect(page.get_by_role("link", name="Mentorship")).to_be_visible()
        assert page.evaluate("() => window.evil") is None


def test_everything_at_once(themed: Stage, browser: Browser) -> None:
    themed.run(themed.busy_member("rich"))
    with themed.signed_in(browser, "rich", viewport={"width": 1180, "height": 900}) as context:
        page = plain(themed, context)
        expect(page.get_by_text("A request for you")).to_be_visible(timeout=10_000)
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
        profile = panel(opened(context, f"{themed.forum.base_url}/u/rich/summary"))
        expect(profile.get_by_text("A request for you")).to_be_visible(timeout=10_000)
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
        other = opened(context, f"{themed.forum.base_url}/u/seun_a/summary")
        other.wait_for_function("() => globalThis.__themeReady")
        expect(other.locator(".mg")).to_have_count(0)


def test_german_words(themed: Stage, browser: Browser) -> None:
    themed.run(themed.sign_up("deutsch"))
    with themed.signed_in(browser, "deutsch") as context:
        page = plain(themed, context, lang="de-AT")
        expect(page.get_by_text("Menschen, die dir helfen könnten")).to_be_visible(timeout=10_000)
        assert page.locator(ELEMENT).evaluate("panel => panel.shadowRoot.querySelector('section').lang") == "de"


def test_the_user_card_the_menu_and_the_sidebar(themed: Stage, browser: Browser) -> None:
    themed.run(themed.sign_up("card_mentee"))
    themed.run(themed.sign_up("card_mentor"))
    themed.run(themed.enrol("card_mentee", "MENTEE"))
    themed.run(themed.enrol("card_mentor", "MENTOR"))
    with themed.signed_in(browser, "card_mentee") as context:
        page = panel(opened(context, f"{themed.forum.base_url}/latest"))
        page.evaluate(
            "() => { const link = document.createElement('a'); link.href = '/u/card_mentor'; link.dataset.userCard = 'card_mentor'; link.textContent = 'card';"
            " document.querySelector('main').prepend(link); }"
        )
        page.get_by_role("link", name="card", exact=True).click()
        card = page.get_by_role("dialog", name="card_mentor")
        card.get_by_role("button", name="Ask for mentorship: card_mentor").click()
        card.get_by_label("What would you like to reach?").fill("Find my first ten customers")
        assert everywhere(page, "#user-card", "user card") == []
        picture(page, "card")
        card.get_by_role("button", name="Send request").click()
        expect(card.get_by_text("Your request is with card_mentor.")).to_be_visible()
        expect(page.locator(".sidebar-section-link")).to_have_attribute("href", "/u/card_mentee/summary")
    with themed.signed_in(browser, "card_mentor") as context:
        page = opened(context, f"{themed.forum.base_url}/latest")
        expect(page.locator(".badge-notification")).to_have_text("1", timeout=10_000)
        page.locator("#user-menu-button-mentorship").click()
        menu = page.locator(".user-menu")
        expect(menu.get_by_text("Find my first ten customers")).to_be_visible()
        assert everywhere(page, ".user-menu", "user menu") == []
        picture(page, "menu")
