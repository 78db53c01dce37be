"""The web component on plain pages, in a real browser."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect

from tests.browser.looks import everywhere, violations
from tests.browser.stage import ELSEWHERE, Stage, picture
from tests.browser.test_theme import SOON

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]

PLAIN = """<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>Plain</title><meta name="viewport" content="width=device-width">
<style>body{{font-family:system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}}</style>
<script type="module" crossorigin="anonymous" src="{script}" integrity="{integrity}"></script></head>
<body><main><h1>A page of the community</h1><p id="own">This stays.</p>
<mentorship-suggestions installation="{installation}" proof="{proof}" {more}><a href="/elsewhere">Mentorship</a></mentorship-suggestions>
</main></body></html>"""


def script_of(stage: Stage) -> tuple[str, str]:
    """Address and hash, as the admin's page shows them."""
    text = stage.run(stage.http.get(f"{stage.service}/embed/{stage.installation_id}")).text
    path = text.partition("/embed/v1/")[2].partition("&#34;")[0].partition('"')[0]
    integrity = "sha384-" + text.partition("sha384-")[2].partition("&#34;")[0].partition('"')[0]
    return f"{stage.service}/embed/v1/{path}", integrity


def plain(
    stage: Stage,
    context: BrowserContext,
    *,
    origin: str = "",
    proof: str = "discourse",
    more: str = "",
    lang: str = "en",
    before: Callable[[Stage, Page], object] | None = None,
) -> Page:
    """A page on the forum's own origin that holds the component and nothing else of ours."""
    script, integrity = script_of(stage)
    html = PLAIN.format(script=script, integrity=integrity, installation=stage.installation_id, proof=proof, more=more, lang=lang)
    page = context.new_page()
    if before is not None:
        before(stage, page)
    headers = {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": "base-uri 'self'; object-src 'none'; frame-ancestors 'self'"}
    address = f"{origin or stage.forum.base_url}/plain"
    page.route(address, lambda route: route.fulfill(body=html, headers=headers))
    page.goto(address)
    return page


def test_from_a_plain_page_to_a_mentorship_that_both_see(stage: Stage, browser: Browser) -> None:
    stage.run(stage.sign_up("plain_mentee"))
    stage.run(stage.enrol("plain_mentee", "MENTEE"))
    suggested = stage.run(stage.need("plain_mentee", "How do I price a first subscription product for small customers?"))
    mentor = suggested[0]
    stage.run(stage.enrol(mentor, "MENTOR"))
    context, other = stage.signed_in(browser, "plain_mentee"), stage.signed_in(browser, mentor)
    asked: list[Request] = []

    def note(request: Request) -> None:  # a built-in method is not taken by playwright
        asked.append(request)

    context.on("request", note)
    page = plain(stage, context)
    card = page.locator("mentorship-suggestions li.mg__card").first
    expect(card).to_be_visible()
    picture(page, "plain")
    ours = [one for one in asked if one.url.startswith(stage.service)]
    assert ours
    assert not [one.url for one in ours if "cookie" in one.all_headers()]
    card.get_by_role("button", name="Ask for mentorship").click()
    page.get_by_label("What would you like to reach?").fill("Price my first product by spring")
    page.get_by_label("A short note").fill("I read your answers <b>all</b> week.")
    page.get_by_role("button", name="Send request").click()
    expect(page.get_by_role("status").first).to_contain_text("Your request is with")
    theirs = plain(stage, other)
    expect(theirs.get_by_text("Price my first product by spring")).to_be_visible()
    expect(theirs.get_by_text("I read your answers <b>all</b> week.")).to_be_visible()
    theirs.get_by_role("button", name="Accept: plain_mentee").click()
    theirs.get_by_role("button", name="Accept and begin").click()
    expect(theirs.get_by_text("You mentor", exact=False).first).to_be_visible()
    # The mentee has touched nothing.
    expect(page.get_by_text("Your mentor · since")).to_be_visible(timeout=SOON)
    context.close()
    other.close()


def test_on_another_page_a_window_of_the_community_says_who_is_there(stage: Stage, browser: Browser) -> None:
    with stage.signed_in(browser, "seun_a") as context:
        page = plain(stage, context, origin=ELSEWHERE, proof="popup")
        expect(page.get_by_role("alert")).to_contain_text("Sign in to the community")
        assert everywhere(page, "mentorship-suggestions", "to sign in") == []
        picture(page, "state-sign-in")
        with context.expect_page() as opened:
            page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_text("People who could help you")).to_be_visible()
        opened.value.wait_for_event("close") if not opened.value.is_closed() else None
        assert not [one for one in context.cookies() if "mentorgraph" in one["name"]]


FORGED = "{ mentorgraph: { sso: 'bm9uY2U9YQ', sig: 'aa' } }"
"""What the window of the community hands over, made up."""


def test_only_the_window_that_was_opened_is_believed(stage: Stage, browser: Browser) -> None:
    """The page itself, another window of the service's own origin, and a frame around ours say that somebody is there: nobody is signed in by it."""
    with stage.signed_in(browser, None) as context:
        page = plain(stage, context, origin=ELSEWHERE, proof="popup")
        page.evaluate("() => { window.kept = window.open; window.open = () => null; }")
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("alert")).to_contain_text("Your browser kept the window back")
        assert everywhere(page, "mentorship-suggestions", "window kept back") == []
        page.evaluate("() => { window.open = window.kept; }")
        exchanged: list[str] = []
        page.on("request", lambda request: exchanged.append(request.url) if "/exchange" in request.url else None)
        with context.expect_page() as opened:
            page.get_by_role("button", name="Sign in").click()
        window = opened.value
        expect(window.get_by_role("heading", name="Log in")).to_be_visible()
        page.evaluate(f"() => postMessage({FORGED}, '*')")
        with context.expect_page() as other:
            page.evaluate("service => void open(service + '/auth/done', 'other')", stage.service)
        other.value.wait_for_load_state()
        other.value.evaluate(f"() => opener.postMessage({FORGED}, '*')")
        window.evaluate(f"() => opener.postMessage({FORGED}, '*')")  # the right window, but it shows the forum as yet
        page.evaluate("() => new Promise((done) => setTimeout(done, 50))")
        assert exchanged == []
        expect(page.get_by_role("alert")).to_have_count(0)
        window.close()
        expect(page.get_by_role("alert")).to_contain_text("Sign in to the community")
        framed_page = framed(stage, context, stage.forum.base_url)
        with context.expect_page() as again:
            framed_page.frame_locator("iframe").get_by_role("button", name="Sign in").click()
        framed_page.on("request", lambda request: exchanged.append(request.url) if "/exchange" in request.url else None)
        framed_page.evaluate(f"() => frames[0].postMessage({FORGED}, '*')")
        again.value.close()
        expect(framed_page.frame_locator("iframe").get_by_role("alert")).to_contain_text("Sign in to the community")
        assert exchanged == []


def test_a_window_that_is_closed_is_no_sign_in(stage: Stage, browser: Browser) -> None:
    with stage.signed_in(browser, None) as context:
        page = plain(stage, context, origin=ELSEWHERE, proof="popup")
        with context.expect_page() as opened:
            page.get_by_role("button", name="Sign in").click()
        expect(opened.value.get_by_role("heading", name="Log in")).to_be_visible()
        opened.value.close()
        expect(page.get_by_role("alert")).to_contain_text("Sign in to the community")
        expect(page.get_by_role("button", name="Sign in")).to_be_enabled()


def framed(stage: Stage, context: BrowserContext, origin: str, *, page: Page | None = None) -> Page:
    """A page that holds the frame and no script."""
    page = page or context.new_page()
    source = f"{stage.service}/embed/{stage.installation_id}/frame?locale=en"
    html = f'<!doctype html><html lang="en"><title>Framed</title><h1>A page</h1><iframe src="{source}" title="Mentorship" width="700" height="900"></iframe>'
    page.route(f"{origin}/framed", lambda route: route.fulfill(body=html, headers={"Content-Type": "text/html"}))
    page.goto(f"{origin}/framed")
    return page


def test_in_a_frame_of_the_communitys_page(stage: Stage, browser: Browser) -> None:
    with stage.signed_in(browser, "seun_a") as context:
        page = framed(stage, context, stage.forum.base_url)
        page.evaluate("() => addEventListener('message', (event) => { window.told = [event.origin, event.data.mentorgraph.height]; })")
        frame = page.frame_locator("iframe")
        with context.expect_page():
            frame.get_by_role("button", name="Sign in").click()
        expect(frame.get_by_text("People who could help you")).to_be_visible()
        page.wait_for_function("() => window.told && window.told[1] > 300")
        assert page.evaluate("() => window.told[0]") == stage.service
        picture(page, "frame")


def test_no_other_page_may_show_the_frame(stage: Stage, browser: Browser) -> None:
    with stage.signed_in(browser, "seun_a") as context:
        page = context.new_page()
        with page.expect_console_message(lambda line: "frame-ancestors" in line.text):
            framed(stage, context, "http://localhost:8124", page=page)
        expect(page.frame_locator("iframe").locator("mentorship-suggestions")).to_have_count(0)


def test_a_session_is_proposed_chosen_and_seen_by_both(stage: Stage, browser: Browser) -> None:
    stage.run(stage.paired("session_mentee", "session_mentor"))
    with stage.signed_in(browser, "session_mentee") as context, stage.signed_in(browser, "session_mentor") as other:
        page, theirs = plain(stage, context), plain(stage, other)
        page.get_by_role("button", name="Propose a session: session_mentor").click()
        day = page.evaluate("() => new Date(Date.now() + 3 * 86400000).toISOString().slice(0, 10)")
        page.get_by_label("When?").fill(f"{day}T15:00")
        page.get_by_label("How long, in minutes?").select_option("45")
        page.get_by_label("What about?").fill("My first ten customers")
        page.get_by_label("Where?").fill("https://meet.example.org/ten")
        assert everywhere(page, "mentorship-suggestions", "proposing") == []
        page.get_by_role("button", name="Propose", exact=True).click()
        expect(page.get_by_text("Times are proposed; the other side chooses.")).to_be_visible()
        expect(theirs.get_by_text("Times that were proposed. Which suits you?")).to_be_visible()
        assert everywhere(theirs, "mentorship-suggestions", "choosing") == []
        theirs.get_by_role("button", name="session_mentee").filter(has_text="PM").click()
        expect(theirs.get_by_text("Next session:")).to_be_visible()
        expect(page.get_by_text("Next session:")).to_be_visible(timeout=SOON)
        expect(page.get_by_role("link", name="https://meet.example.org/ten")).to_have_attribute("href", "https://meet.example.org/ten")
        picture(page, "session")


def test_the_colours_of_the_page_and_the_language_that_is_asked_for(stage: Stage, browser: Browser) -> None:
    stage.run(stage.sign_up("colours"))
    with stage.signed_in(browser, "colours", color_scheme="dark") as context:
        page = plain(stage, context, more='locale="de"')
        panel = page.locator("mentorship-suggestions")
        expect(page.get_by_text("Menschen, die dir helfen könnten")).to_be_visible()
        ground = "panel => getComputedStyle(panel.shadowRoot.querySelector('.mg')).backgroundColor"
        assert panel.evaluate(ground) == "rgb(26, 30, 36)", "the reader's scheme"
        page.evaluate("() => document.querySelector('mentorship-suggestions').setAttribute('theme', 'light')")
        expect(panel.locator(".mg--light")).to_be_visible()
        assert panel.evaluate(ground) == "rgb(255, 255, 255)", "the page's word"
        page.add_style_tag(
            content=":root { --mentorship-surface: rgb(250, 240, 230); --mentorship-ink: rgb(40, 20, 60); --mentorship-accent: rgb(110, 30, 90) }"
        )
        assert panel.evaluate(ground) == "rgb(250, 240, 230)", "the page's colours"
        page.get_by_role("button", name="Mentoring anbieten: Founders help founders").click()
        send = page.get_by_role("button", name="Mitmachen", exact=True)
        assert send.evaluate("button => getComputedStyle(button).backgroundColor") == "rgb(110, 30, 90)"
        assert violations(page, "mentorship-suggestions") == []
        picture(page, "plain-colours")
