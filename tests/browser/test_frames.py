"""The frame for places that take no script: every state in it, good or bad, in both colour schemes."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, BrowserContext, Frame, Page, expect

from tests.browser.looks import everywhere, violations
from tests.browser.stage import Stage, picture
from tests.browser.test_component import framed
from tests.browser.test_states import STATES, refuse, silent

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]
ELEMENT = "mentorship-suggestions"


def inside(page: Page) -> Frame:
    """The document in the frame."""
    found = page.frame(url=re.compile(r"/frame\?"))
    assert found is not None
    return found


def sign_in(context: BrowserContext, frame: Frame) -> None:
    with context.expect_page() as opened:
        frame.get_by_role("button", name="Sign in").click()
    for _ in range(500):
        if opened.value.is_closed():
            return
        frame.page.wait_for_timeout(20)
    raise AssertionError("the window stays open")


def look(page: Page, name: str) -> list[str]:
    """Pictures of a state in both schemes, and what is wrong with it."""
    wrong: list[str] = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        picture(page, f"frame-{name}-{scheme}")
        wrong += [f"{name}, {scheme}: {one}" for one in violations(inside(page), "main")]
    return wrong


def frame_of(stage: Stage, context: BrowserContext, before: Callable[[Stage, Page], object] | None = None) -> tuple[Page, Frame]:
    page = context.new_page()
    if before is not None:
        before(stage, page)
    framed(stage, context, stage.forum.base_url, page=page)
    return page, inside(page)


def test_every_failure_is_said_in_a_frame(stage: Stage, browser: Browser) -> None:
    wrong: list[str] = []
    with stage.signed_in(browser, "seun_a") as context:
        for name in ("down", "busy", "broken", "not-a-member", "not-set-up"):
            prepare, words, again = STATES[name]
            page, frame = frame_of(stage, context, prepare)
            if name in {"broken", "not-a-member"}:
                # What comes before the window is said before it; these come after.
                expect(frame.get_by_role("alert")).to_contain_text("Sign in to the community")
                sign_in(context, frame)
            expect(frame.get_by_role("alert")).to_contain_text(words)
            expect(frame.get_by_role("button", name="Try again")).to_have_count(1 if again else 0)
            wrong += look(page, name)
            page.close()
            # No empty window is left behind.
            assert not [one.url for one in context.pages]
    assert wrong == []


def test_a_frame_without_a_script_a_sign_in_or_an_answer(stage: Stage, browser: Browser) -> None:
    with stage.signed_in(browser, None) as context:
        page, frame = frame_of(stage, context)
        expect(frame.get_by_role("button", name="Sign in")).to_be_visible()
        wrong = look(page, "signed-out")
        page, frame = frame_of(stage, context, lambda stage, page: page.route(f"{stage.service}/embed/v1/**", lambda route: route.abort()))
        expect(frame.get_by_role("link", name="Mentorship")).to_be_visible()
        wrong += look(page, "script-blocked")
    with stage.signed_in(browser, "seun_a") as context:
        page, frame = frame_of(stage, context, silent)
        sign_in(context, frame)
        expect(frame.get_by_text("Finding people who could help…")).to_be_visible()
        page.clock.fast_forward(4_500)
        expect(frame.get_by_text("This takes longer than usual.")).to_be_visible()
        wrong += look(page, "late")
        page.clock.fast_forward(12_000)
        expect(frame.get_by_role("alert")).to_contain_text("took too long to answer")
        wrong += look(page, "slow")
    assert wrong == []


def test_a_sign_in_by_a_window_that_is_over_is_said_and_nothing_is_lost(stage: Stage, browser: Browser) -> None:
    stage.run(stage.sign_up("framed_new"))
    with stage.signed_in(browser, "framed_new") as context:
        page, frame = frame_of(stage, context)
        sign_in(context, frame)
        expect(frame.get_by_text("Nobody yet. Say what you would like help with")).to_be_visible()
        wrong = look(page, "not-enrolled")
        refuse("unauthenticated", 401, "/graphql")(stage, page)
        frame.get_by_label("What would you like help with?").fill("How do I hire my first employee in another country?")
        frame.get_by_role("button", name="Find people").click()
        expect(frame.get_by_role("alert").first).to_contain_text("Signing in by a window lasts ten minutes")
        wrong += look(page, "ended")
        page.unroute_all()
        sign_in(context, frame)
        expect(frame.get_by_role("alert")).to_have_count(0)
        expect(frame.get_by_label("What would you like help with?")).to_have_value("How do I hire my first employee in another country?")
    assert wrong == []


def test_everything_at_once_in_a_frame(stage: Stage, browser: Browser) -> None:
    """Asked, asking, mentoring, ended, told no; and three days are nearly over."""
    stage.run(stage.busy_member("framed_busy"))
    later = datetime.now(UTC) + timedelta(days=2, hours=20)
    with stage.signed_in(browser, "framed_busy") as context:
        page, frame = frame_of(stage, context, lambda _stage, page: page.clock.install(time=later))
        sign_in(context, frame)
        expect(frame.get_by_role("heading", name="A request for you")).to_be_visible()
        expect(frame.locator(".mg__soon")).to_contain_text("hours left to answer")
        for heading in ("Waiting for an answer", "Answers", "Your mentorships", "How is it going?", "Ended"):
            expect(frame.get_by_role("heading", name=heading)).to_be_visible()
        page.evaluate("() => { document.querySelector('iframe').height = 2600; }")
        assert look(page, "everything") == []
        assert everywhere(frame, "main", "everything") == []
