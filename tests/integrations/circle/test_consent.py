"""In Chromium: an application sends a member to us, they sign in by a code, read what it wants, and allow it or do not."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from authlib.common.security import generate_token
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from playwright.async_api import Page, async_playwright
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from integrations.circle import webhooks
from integrations.circle.double.model import State
from plugin.domain.applications import ApplicationState
from plugin.settings import Settings
from plugin.store.unit_of_work import UnitOfWork
from tests.integrations.circle.service import Place, place_of
from tests.schema.world import served
from tests.tools import chromium

pytestmark = pytest.mark.slow


@pytest.fixture
async def place(sqlite_settings: Settings, state: State) -> AsyncIterator[Place]:
    async with place_of(sqlite_settings, state) as made:
        yield made


async def registered(place: Place, back: str) -> dict[str, str]:
    """An application that an admin approved."""
    wanted = {"client_name": "Calendar of mentoring", "redirect_uris": [back], "grant_types": ["authorization_code"], "scope": "community:read me"}
    made: dict[str, str] = (await place.circle.post(f"{place.url}/oauth/{place.id}/register", json=wanted)).json()

    def approve(unit: UnitOfWork) -> None:
        found = unit.applications.find(made["client_id"])
        assert found is not None
        unit.applications.put(replace(found, state=ApplicationState.APPROVED))

    await place.parts.runtime.database.write(place.id, approve)
    return made


async def sign_in(page: Page, place: Place) -> None:
    """What a member does on our pages."""
    place.mails.came.clear()
    await page.get_by_label("Your e-mail address").fill(place.maya.email)
    await page.get_by_role("button", name="Send me a code by e-mail").click()
    await asyncio.wait_for(place.mails.came.wait(), 60)
    await page.get_by_label("The code, 8 characters").fill(place.code())
    await page.get_by_role("button", name="Sign in").click()


async def test_the_snippet_puts_one_link_on_circles_pages_and_believes_nothing_there() -> None:
    snippet = (Path(webhooks.__file__).parent / "ui" / "snippet.js").read_text(encoding="utf-8")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"])
        try:
            page = await browser.new_page()
            failed: list[str] = []
            page.on("pageerror", lambda error: failed.append(str(error)))
            await page.set_content("<main><h1>Home</h1></main>")
            # Whoever reads it is told on; nobody does.
            await page.evaluate("Object.defineProperty(window, 'circleUser', {get() { throw new Error('it was read') }})")
            await page.add_script_tag(content=snippet.replace("SERVICE", "https://mentors.example.org").replace("INSTALLATION", "7"))
            link = page.get_by_role("link", name="Mentorship")
            assert await link.get_attribute("href") == "https://mentors.example.org/auth/7/start?next=/my"
            # Circle changes its pages without loading them anew.
            await page.evaluate("document.body.innerHTML = '<main><h1>Another space</h1></main>'")
            await link.wait_for()
            await page.evaluate("for (let i = 0; i < 20; i++) document.body.append(document.createElement('p'))")
            assert await link.count() == 1
            assert failed == []
        finally:
            await browser.close()


async def test_a_member_lets_an_application_in_and_another_time_does_not(place: Place) -> None:
    program, told = chromium(), []

    async def back(request: Request) -> Response:
        told.append((dict(request.query_params), request.headers.get("referer", "")))
        return HTMLResponse("<!doctype html><title>App</title><p>Back</p>")

    async with served(Starlette(routes=[Route("/back", back)])) as address, async_playwright() as playwright:
        home = f"http://{address}/back"
        app, verifier = await registered(place, home), generate_token(48)
        proof = {"code_challenge": create_s256_code_challenge(verifier), "code_challenge_method": "S256"}
        asked = {"response_type": "code", "client_id": app["client_id"], "redirect_uri": home, "state": "s 1", "scope": "community:read me", **proof}
        start = f"{place.url}/oauth/{place.id}/authorize?{urlencode(asked)}"
        browser = await playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"])
        try:
            page = await browser.new_page()
            seen: list[tuple[str, str]] = []
            page.on("request", lambda request: seen.append((request.url, request.headers.get("referer", ""))))
            await page.goto(start)
            await sign_in(page, place)
            await page.get_by_text("Calendar of mentoring").first.wait_for()
            shown = await page.inner_text("main")
            assert "Act for you" in shown
            assert address in shown, "where it leads is said"
            await page.get_by_role("button", name="Do not allow").click()
            await page.wait_for_url(f"{home}?*")
            assert (told[-1][0]["error"], told[-1][0]["state"]) == ("access_denied", "s 1")
            await page.goto(start)
            await page.get_by_role("button", name="Allow", exact=True).click()
            await page.wait_for_url(f"{home}?*code=*")
        finally:
            await browser.close()
    answer, referrer = told[-1]
    assert (answer["state"], answer["iss"], referrer) == ("s 1", f"{place.url}/oauth/{place.id}", "")
    form = {"grant_type": "authorization_code", "code": answer["code"], "redirect_uri": home, "code_verifier": verifier}
    got = await place.circle.post(f"{place.url}/oauth/{place.id}/token", data=form, auth=(app["client_id"], app["client_secret"]))
    query, bearer = {"query": "{ viewer { member { hostUserId } } }"}, {"Authorization": f"Bearer {got.json()['access_token']}"}
    viewer = (await place.circle.post(f"{place.url}/graphql", json=query, headers=bearer)).json()["data"]["viewer"]
    assert viewer["member"]["hostUserId"] == str(place.maya.id)
    codes = {code for url, _ in seen for code in parse_qs(urlsplit(url).query).get("code", [])}
    assert codes
    assert not any(code in referrer for code in codes for _, referrer in seen), "no referrer tells a code"
