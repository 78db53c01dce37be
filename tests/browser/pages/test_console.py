"""The console's main path, as an admin walks it: sign in, design a program, let people in, run a round, publish it."""

import re

import pytest
from playwright.sync_api import Browser, expect

from plugin.domain.programs import Role
from plugin.services import enrolling
from tests.browser.pages.running import Stage, picture

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("pages")]

MENTORS = ("ana_lua", "anjali_r", "arjun_k")
MENTEES = ("chef_abel", "chloe_w", "dana_reyes", "dokafor")


def enrol(here: Stage, program_id: int, names: tuple[str, ...], role: Role) -> None:
    for name in names:
        principal = here.site.acts_for(name)
        here.run(enrolling.apply(here.site.parts.runtime, principal, program_id=program_id, role=role, capacity=None, minimum=0, track="", adult=True))


def test_an_admin_goes_from_signing_in_to_a_published_round(here: Stage, browser: Browser) -> None:
    page = here.open(browser)
    here.enter_forum(page, "marit")
    page.goto(f"{here.url}/console")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in with Second Desk")
    page.get_by_role("link", name="Continue to Second Desk").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Second Desk")

    page.get_by_role("link", name="Programs", exact=True).click()
    page.get_by_role("link", name="New program").first.click()
    page.get_by_role("link", name=re.compile("Use this one.*Young professionals")).click()
    page.get_by_label("Name").fill("x")
    page.get_by_role("button", name="Create as a draft").click()
    wrong = page.get_by_role("alert")
    expect(wrong).to_contain_text("3 to 120 characters")
    expect(wrong).to_be_focused()
    expect(page.get_by_label("Name")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("Name").fill("A desk beside yours")
    page.get_by_role("button", name="Create as a draft").click()
    expect(page.get_by_role("status")).to_have_text("Created.")
    expect(page.get_by_role("heading", level=1)).to_have_text("A desk beside yours")
    page.get_by_role("button", name="Open for enrolment").click()
    expect(page.get_by_role("listitem").filter(has_text="Enrolling")).to_have_attribute("aria-current", "step")

    program_id = int(re.search(r"/programs/(\d+)", page.url)[1])  # type: ignore[index]  # there is one
    enrol(here, program_id, MENTORS, Role.MENTOR)
    enrol(here, program_id, MENTEES, Role.MENTEE)
    page.get_by_role("link", name="People").click()
    for name in ("Ana Luísa Teles", "Anjali Rao", "Arjun Kulkarni"):
        page.get_by_role("link", name=re.compile(f"Review.*{name}")).click()
        page.get_by_role("button", name="Approve").click()
        expect(page.get_by_role("status")).to_have_text("Approved. They were told.")

    page.get_by_role("link", name="Rounds").click()
    page.get_by_role("link", name="New round of pairs").click()
    page.get_by_label("Name").fill("First round")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Compute").click()
    expect(page.get_by_text("Mentees with a mentor")).to_be_visible()
    rows = page.get_by_role("region", name="Pairs").get_by_role("row")
    expect(rows).to_have_count(1 + len(MENTEES))
    picture(page, "round")

    page.get_by_role("link", name=re.compile("Compare")).first.click()
    best = page.get_by_role("article").first
    expect(best).to_contain_text("Mentor in this round")
    expect(page.get_by_role("article")).to_have_count(3)
    picture(page, "side-by-side")
    best.get_by_role("button", name="Forbid").click()
    expect(page.get_by_text("Decided by hand")).to_be_visible()
    page.get_by_text("Publish", exact=True).click()
    page.get_by_role("button", name="Publish now").click()
    expect(page.get_by_role("main")).to_contain_text("Published")

    running = here.run(here.site.parts.runtime.database.read(here.site.installation_id, lambda unit: unit.rounds.page(program_id, after=None, limit=5)))
    assert [one.state.value for one in running] == ["published"]


def test_somebody_who_is_no_admin_is_told_so(here: Stage, browser: Browser) -> None:
    page = here.open(browser, "earl_j")
    answer = page.goto(f"{here.url}/console")
    assert answer is not None
    assert answer.status == 403
    expect(page.get_by_role("heading", level=1)).to_have_text("This page is for admins")
