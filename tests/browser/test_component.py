"""The web component on plain pages, in a real browser."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect

from tests.browser.stage import Stage, picture

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
    path: str = "/plain",
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
    page.route(f"{stage.forum.base_url}{path}", lambda route: route.fulfill(body=html, headers=headers))
    page.goto(f"{stage.forum.base_url}{path}")
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
    expect(card).to_be_visible(timeout=10_000)
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
    expect(theirs.get_by_text("Price my first product by spring")).to_be_visible(timeout=10_000)
    expect(theirs.get_by_text("I read your answers <b>all</b> week.")).to_be_visible()
    theirs.get_by_role("button", name="Accept: plain_mentee").click()
    theirs.get_by_role("button", name="Accept and begin").click()
    expect(theirs.get_by_text("You mentor", exact=False).first).to_be_visible()
    # The mentee has touched nothing.
    expect(page.get_by_text("Your mentor · since")).to_be_visible(timeout=5_000)
    context.close()
    other.close()
