"""The console's pages of webhooks, asked over HTTP."""

import re

import httpx2

from tests.plugin.web.test_oauth import Place, csrf, place

__all__ = ["place"]


async def test_an_admin_makes_a_webhook_and_looks_after_it_in_the_console(place: Place) -> None:
    """Its secret is shown once; what is wrong is said at the form; each button does what it says."""

    async def press(path: str, **values: str) -> httpx2.Response:
        page = await place.browser.get(path)
        assert page.status_code == 200, page.text
        return await place.browser.post(path, data={"csrf": csrf(page.text)} | values, headers={"sec-fetch-site": "same-origin"})

    wrong = await press("/console/webhooks", name="App", url="https://10.0.0.1/")
    assert wrong.status_code == 422
    assert "private address" in wrong.text
    made = await press("/console/webhooks", name="App", url="https://app.example.org/events", type="program.created")
    assert made.status_code == 200
    (secret,) = set(re.findall(r"whsec_[\w+/=]{44}", made.text))
    here = re.findall(r'href="(/console/webhooks/\d+)"', made.text)[0]
    page = await place.browser.get(here)
    assert secret not in page.text
    for do, shown in (("pause", "Paused"), ("resume", "Active")):
        assert (await press(here, do=do)).status_code == 303
        assert shown in (await place.browser.get(here)).text
    fresh = re.findall(r"whsec_[\w+/=]{44}", (await press(here, do="rotate")).text)
    assert fresh
    assert fresh[0] != secret
    tried = await press(here, do="test")
    assert "did not take the test" in tried.text
    assert (await press(here, do="replay", since="2026-01-01T00:00")).status_code == 303
    assert (await press(here, do="change", name="Other", url="https://b.example.org/")).status_code == 303
    assert "https://b.example.org/" in (await place.browser.get(here)).text
    assert (await press(here, do="sing")).status_code == 422
    assert (await press(here, do="delete")).status_code == 303
    assert (await place.browser.get(here)).status_code == 404
