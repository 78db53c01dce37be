"""Every state that there is, good or bad: designed, said in words, accessible, and none of them breaks the page around it."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, Route, WebSocketRoute, expect

from plugin.services.guarding import safeguarding
from plugin.services.hosts import choosing
from plugin.store.unit_of_work import UnitOfWork
from tests.browser.looks import everywhere
from tests.browser.stage import Stage, picture
from tests.browser.test_component import plain
from tests.browser.test_theme import opened, panel

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
        expect(page.get_by_role("alert")).to_contain_text(words)
        expect(page.get_by_role("button", name="Try again")).to_have_count(1 if again else 0)
        expect(page.locator("#own")).to_be_visible()
        picture(page, f"state-{name}")
        assert everywhere(page, ELEMENT, name) == []
        if again:
            page.unroute_all()
            page.get_by_role("button", name="Try again").click()
            expect(page.get_by_text("People who could help you")).to_be_visible()
            expect(page.get_by_role("alert")).to_have_count(0)


@pytest.mark.parametrize("name", STATES)
def test_a_failure_is_said_in_the_forum_and_the_forum_goes_on(themed: Stage, browser: Browser, name: str) -> None:
    prepare, words, again = STATES[name]
    with themed.signed_in(browser, "seun_a") as context:
        page = panel(opened(context, f"{themed.forum.base_url}/latest", before=None if prepare is None else lambda page: prepare(themed, page)))
        expect(page.locator(".mg").get_by_role("alert")).to_contain_text(words)
        expect(page.locator(".mg").get_by_role("button", name="Try again")).to_have_count(1 if again else 0)
        assert everywhere(page, ".mg", name) == []
        page.locator("a.t-title").first.click()
        expect(page.locator("article.post").first).to_be_visible()


def test_who_is_signed_out_is_told_what_to_do(stage: Stage, browser: Browser) -> None:
    with stage.signed_in(browser, None) as context:
        page = plain(stage, context)
        expect(page.get_by_role("alert")).to_contain_text("Sign in to the community")
        expect(page.locator("#own")).to_be_visible()
        assert everywhere(page, ELEMENT, "signed out") == []


def test_who_signed_out_in_another_tab_is_told_so_in_the_forum(themed: Stage, browser: Browser) -> None:
    with themed.signed_in(browser, "seun_a") as context:

        def leave(route: Route) -> None:
            context.clear_cookies()
            route.fallback()

        page = panel(opened(context, f"{themed.forum.base_url}/latest", before=lambda page: page.route(f"{themed.service}/auth/*/start", leave)))
        expect(page.locator(".mg").get_by_role("alert")).to_contain_text("Sign in to the community")
        assert everywhere(page, ".mg", "signed out") == []
        picture(page, "forum-signed-out")
        page.locator("a.t-title").first.click()
        expect(page.locator("article.post").first).to_be_visible()
        assert "sso_destination_url" not in {one["name"] for one in context.cookies()}


def test_who_takes_part_in_nothing_is_shown_how_to_in_the_forum(themed: Stage, browser: Browser) -> None:
    themed.run(themed.sign_up("forum_new"))
    with themed.signed_in(browser, "forum_new") as context:
        page = panel(opened(context, f"{themed.forum.base_url}/latest"))
        expect(page.get_by_text("Nobody yet. Say what you would like help with")).to_be_visible()
        expect(page.get_by_role("button", name="Offer to mentor: Founders help founders")).to_be_visible()
        assert everywhere(page, ".mg", "not enrolled") == []
        picture(page, "forum-not-enrolled")


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
        page.evaluate("() => new Promise((done) => requestIdleCallback(() => requestIdleCallback(() => done(true))))")
        expect(page.locator(".mg")).to_have_count(0)
        assert not [one for one in asked if one.startswith(themed.service)]


def older(_stage: Stage, page: Page) -> None:
    """The forum redirects whoever asks, as it did before it answered scripts."""

    def redirect(route: Route) -> None:
        headers = {name: value for name, value in route.request.headers.items() if name != "x-requested-with"}
        answer = route.fetch(headers=headers, max_redirects=0)
        route.fulfill(status=answer.status, headers={"location": answer.headers["location"]})

    page.route("**/session/sso_provider*", redirect)


def test_an_older_forum_that_only_redirects_signs_its_members_in_as_well(themed: Stage, browser: Browser) -> None:
    with themed.signed_in(browser, "seun_a") as context:
        page = plain(themed, context, before=older)
        expect(page.get_by_text("People who could help you")).to_be_visible()
        page = panel(opened(context, f"{themed.forum.base_url}/latest", before=lambda page: older(themed, page)))
        expect(page.get_by_text("People who could help you")).to_be_visible()
        assert {one["name"] for one in context.cookies()} == {"_t"}


def test_where_no_script_may_ask_the_forum_a_window_of_it_signs_in(themed: Stage, browser: Browser) -> None:
    """The last of the ways: something before the forum lets scripts ask nothing, and pages open as ever."""

    def shut(_stage: Stage, page: Page) -> None:
        page.route("**/session/sso_provider*", lambda route: route.abort("failed"))

    with themed.signed_in(browser, "seun_a") as context:
        page = panel(opened(context, f"{themed.forum.base_url}/latest", before=lambda page: shut(themed, page)))
        expect(page.locator(".mg").get_by_role("alert")).to_contain_text("could not find out who you are")
        assert everywhere(page, ".mg", "unproven") == []
        picture(page, "forum-unproven")
        with context.expect_page():
            page.locator(".mg").get_by_role("button", name="Sign in").click()
        expect(page.get_by_text("People who could help you")).to_be_visible()
        assert {one["name"] for one in context.cookies()} == {"_t"}
        page = plain(themed, context, before=shut)
        with context.expect_page():
            page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_text("People who could help you")).to_be_visible()


def test_a_member_who_leaves_the_forum_leaves_nothing_on_the_page(stage: Stage, browser: Browser) -> None:
    stage.run(stage.sign_up("leaving"))
    with stage.signed_in(browser, "leaving") as context:
        page = plain(stage, context)
        expect(page.get_by_text("People who could help you")).to_be_visible()
        context.clear_cookies()
        page.evaluate("() => { const panel = document.querySelector('mentorship-suggestions'); panel.board.session.forget(); return panel.board.refresh(); }")
        expect(page.get_by_role("alert")).to_contain_text("Sign in to the community")
        expect(page.get_by_text("People who could help you")).to_have_count(0)


def test_a_token_that_ended_is_renewed_without_a_word(stage: Stage, browser: Browser) -> None:
    with stage.signed_in(browser, "seun_a") as context:
        page = plain(stage, context)
        expect(page.get_by_text("People who could help you")).to_be_visible()
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
        expect(page.get_by_text("Here is who could help.")).to_be_visible()
        assert not once
        expect(page.get_by_role("alert")).to_have_count(0)


def test_a_request_that_fails_is_said_once_where_it_was_sent(themed: Stage, browser: Browser) -> None:
    """By the form, on a plain page as in the forum; what was typed is still there."""
    with themed.signed_in(browser, "seun_a") as context:
        forum = panel(opened(context, f"{themed.forum.base_url}/latest"))
        for page, place in ((forum, ".mg"), (plain(themed, context), ELEMENT)):
            found = page.locator(place).first
            expect(found.get_by_text("People who could help you")).to_be_visible()
            page.route(f"{themed.service}/graphql", lambda route: route.abort("failed") if route.request.method == "POST" else route.fallback())
            found.get_by_label("What would you like help with?").fill("How do I find a first customer abroad?")
            found.get_by_role("button", name="Find people").click()
            expect(found.locator("form").get_by_role("alert")).to_contain_text("The mentorship service does not answer.")
            expect(found.get_by_role("alert")).to_have_count(1)
            expect(found.get_by_label("What would you like help with?")).to_have_value("How do I find a first customer abroad?")


def unheard(page: Page) -> None:
    """News do not come by themselves: what is shown stays as it was, however long that takes."""

    def hold(socket: WebSocketRoute) -> None:
        service = socket.connect_to_server()
        service.on_message(lambda message: None if '"next"' in str(message) else socket.send(message))

    page.route_web_socket(re.compile("/graphql$"), hold)


@pytest.mark.parametrize("place", [".mg", ELEMENT])
def test_what_a_button_could_not_do_is_said_once_beside_it(themed: Stage, browser: Browser, place: str) -> None:
    """In the forum and on a plain page: a request was accepted elsewhere just before it is taken back, then the service is gone."""
    forum = place == ".mg"
    mentee, mentor = ("late_forum", "quick_forum") if forum else ("late_plain", "quick_plain")
    for username, role in ((mentee, "MENTEE"), (mentor, "MENTOR")):
        themed.run(themed.sign_up(username))
        themed.run(themed.enrol(username, role))
    request = themed.run(themed.request(mentee, mentor, "Find my first ten customers"))
    with themed.signed_in(browser, mentee) as context:
        if forum:
            page = panel(opened(context, f"{themed.forum.base_url}/u/{mentee}/summary", before=unheard))
        else:
            page = plain(themed, context, before=lambda _stage, page: unheard(page))
        found = page.locator(place).first
        alert = found.get_by_role("alert")
        back = page.get_by_role("button", name=f"Take back: {mentor}")
        said = found.locator(".mg__card").filter(has=back).get_by_role("alert")
        expect(back).to_be_visible()
        themed.run(themed.accept(mentor, request))
        back.click()
        expect(said).to_have_text("This has changed meanwhile, and cannot be done any more.")
        expect(alert).to_have_count(1)
        assert everywhere(page, place, "refused") == []
        picture(page, f"refused-{place.strip('.')}")

        page.route(f"{themed.service}/graphql", lambda route: route.abort("failed") if route.request.method == "POST" else route.fallback())
        found.get_by_text("Your places").click()
        box = found.get_by_label("I may be suggested to others")
        before = box.is_checked()
        box.click()
        expect(found.locator("details").get_by_role("alert")).to_contain_text("The mentorship service does not answer.")
        expect(box).to_be_checked(checked=before)
        expect(alert).to_have_count(1)
        back.click()
        expect(said).to_contain_text("The mentorship service does not answer.")
        expect(alert).to_have_count(1)

        page.unroute_all()
        found.get_by_role("button", name="Pause: Looking for a mentor in Founders help founders").click()
        expect(found.get_by_text("Paused: nobody is brought to you")).to_be_visible()
        expect(found.get_by_text("Your mentor · since")).to_be_visible()
        expect(alert).to_have_count(0)


def silent(stage: Stage, page: Page) -> None:
    """Questions are never answered; the page's clock is ours."""
    page.clock.install()
    page.route(f"{stage.service}/graphql", lambda route: None if route.request.method == "POST" else route.fallback())


def waited(page: Page, place: str, name: str) -> list[str]:
    """A silent service is waited for, said to be slow after four seconds and given up after twelve."""
    found = page.locator(place).first
    expect(found.get_by_text("Finding people who could help…")).to_be_visible()
    picture(page, f"{name}-loading")
    # The clock goes on while one looks, so one looks once: this is the same but for its line of text.
    page.clock.fast_forward(4_500)
    expect(found.get_by_text("This takes longer than usual.")).to_be_visible()
    wrong = everywhere(page, place, "late")
    page.clock.fast_forward(12_000)
    expect(found.get_by_role("alert")).to_contain_text("took too long to answer")
    picture(page, f"{name}-slow")
    wrong += everywhere(page, place, "never answered")
    page.unroute_all()
    found.get_by_role("button", name="Try again").click()
    expect(found.get_by_text("People who could help you")).to_be_visible()
    return wrong


def test_who_is_under_age_takes_part_where_the_community_admits_them(themed: Stage, browser: Browser) -> None:
    """In the forum and on a plain page one says how old one is and who the guardian is, and waits; nobody has to say it in public."""
    runtime, here = themed.parts.runtime, themed.installation_id
    for username in ("young_forum", "young_plain"):
        themed.run(themed.sign_up(username))
    themed.run(choosing.configure(runtime, here, {"minimum_age": "14"}))
    try:
        with themed.signed_in(browser, "young_forum") as context, themed.signed_in(browser, "young_plain") as other:
            forum = panel(opened(context, f"{themed.forum.base_url}/u/young_forum/summary"))
            for page, place in ((forum, ".mg"), (plain(themed, other), "mentorship-suggestions")):
                # Only adults mentor, and say so.
                page.get_by_role("button", name="Offer to mentor: Founders help founders").click()
                expect(page.get_by_label("I am of age and keep to the code of conduct.")).to_be_visible()
                expect(page.get_by_text("If you are not of age")).to_have_count(0)
                page.get_by_role("button", name="Cancel").click()
                page.get_by_role("button", name="Look for a mentor: Founders help founders").click()
                page.get_by_label("I keep to the code of conduct.").check()
                page.get_by_role("button", name="Take part", exact=True).click()
                expect(page.get_by_role("alert")).to_contain_text("say that you are of age, or how old you are: programs are for people of 14 or older")
                expect(page.get_by_role("group", name="If you are not of age")).to_be_visible()
                page.get_by_label("How old are you?").fill("16")
                expect(page.get_by_text("You can take part from 14 years on")).to_be_visible()
                assert everywhere(page, place, "under age") == []
                page.get_by_label("I keep to the code of conduct.").check()
                page.get_by_role("button", name="Take part", exact=True).click()
                expect(page.get_by_role("alert")).to_contain_text("say who your parent or guardian is and how to reach them")
                picture(page, f"under-age-{place.strip('.')}")
                page.get_by_label("Your parent or guardian").fill("Ada Young, ada@example.org")
                page.get_by_role("button", name="Take part", exact=True).click()
                expect(page.get_by_text("You applied. A manager looks at it, and you hear from us.")).to_be_visible()
        members = [themed.run(themed.member_id(username)) for username in ("young_forum", "young_plain")]

        def said(unit: UnitOfWork) -> list[tuple[int, bool, str]]:
            found = [(safeguarding.minor(unit, one), safeguarding.guardian_of(unit, one)) for one in members]
            return [(one.age, one.consented_at is not None, guardian) for one, guardian in found if one is not None]

        assert themed.run(runtime.database.read(here, said)) == [(16, False, "Ada Young, ada@example.org")] * 2
    finally:
        themed.run(choosing.configure(runtime, here, {"minimum_age": "18"}))


def test_a_service_that_is_slow_or_never_answers(themed: Stage, browser: Browser) -> None:
    with themed.signed_in(browser, "seun_a") as context:
        assert waited(plain(themed, context, before=silent), ELEMENT, "state") == []
        page = panel(opened(context, f"{themed.forum.base_url}/latest", before=lambda page: silent(themed, page)))
        assert waited(page, ".mg", "forum") == []
        page.locator("a.t-title").first.click()
        expect(page.locator("article.post").first).to_be_visible()


def test_a_blocked_script_leaves_what_the_page_says(stage: Stage, browser: Browser) -> None:
    with stage.signed_in(browser, "seun_a") as context:
        page = plain(stage, context, before=lambda stage, page: page.route(f"{stage.service}/embed/**", lambda route: route.abort()))
        expect(page.get_by_role("link", name="Mentorship")).to_be_visible()
        expect(page.locator("#own")).to_be_visible()
        assert everywhere(page, "main", "script blocked") == []
        picture(page, "state-script-blocked")


def test_a_blocked_script_leaves_the_forum(themed: Stage, browser: Browser) -> None:
    with themed.signed_in(browser, "seun_a") as context:
        page = opened(
            context, f"{themed.forum.base_url}/latest", before=lambda page: page.route("**/theme-javascripts/**", lambda route: route.abort("blockedbyclient"))
        )
        page.locator("a.t-title").first.click()
        expect(page.locator("article.post").first).to_be_visible()
        expect(page.locator(".mg")).to_have_count(0)


def test_a_changed_script_does_not_run(stage: Stage, browser: Browser) -> None:
    """Its hash is what the admin put on the page."""
    with stage.signed_in(browser, "seun_a") as context:

        def change(route: Route) -> None:
            answer = route.fetch()
            route.fulfill(response=answer, body=answer.text() + "\nwindow.evil = true;")

        page = plain(stage, context, before=lambda stage, page: page.route(f"{stage.service}/embed/**", change))
        expect(page.get_by_role("link", name="Mentorship")).to_be_visible()
        assert page.evaluate("() => window.evil") is None
