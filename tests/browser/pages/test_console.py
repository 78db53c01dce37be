"""The console's main path, as an admin walks it by the keyboard alone: sign in, design a program, let people in, run a round, publish it."""

import re

import pytest
from playwright.sync_api import Browser, expect

from plugin.domain.programs import Role
from plugin.services.recruiting import enrolling
from tests.browser import keys
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
    keys.follow(page, "^Continue to Second Desk$")
    expect(page.get_by_role("heading", level=1)).to_have_text("Second Desk")

    keys.follow(page, "^Programs$")
    keys.follow(page, "^New program$")
    keys.follow(page, "^Use this one.*Young professionals")
    keys.reach(page, "^Name")
    page.keyboard.press("Control+A")
    page.keyboard.type("x")
    keys.follow(page, "^Create as a draft$")
    wrong = page.get_by_role("alert")
    expect(wrong).to_contain_text("3 to 120 characters")
    expect(wrong).to_be_focused()
    expect(page.get_by_label("Name")).to_have_attribute("aria-invalid", "true")
    keys.press(page, "3 to 120 characters")
    expect(page.get_by_label("Name")).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type("A desk beside yours")
    keys.follow(page, "^Create as a draft$")
    expect(page.get_by_role("status")).to_have_text("Created.")
    expect(page.get_by_role("heading", level=1)).to_have_text("A desk beside yours")
    keys.follow(page, "^Open for enrolment$")
    expect(page.get_by_role("listitem").filter(has_text="Enrolling")).to_have_attribute("aria-current", "step")

    program_id = int(re.search(r"/programs/(\d+)", page.url)[1])  # type: ignore[index]  # there is one
    enrol(here, program_id, MENTORS, Role.MENTOR)
    enrol(here, program_id, MENTEES, Role.MENTEE)
    keys.follow(page, "^People$")
    for name in ("Ana Luísa Teles", "Anjali Rao", "Arjun Kulkarni"):
        keys.follow(page, f"^Review.*{name}")
        keys.follow(page, "^Approve$")
        expect(page.get_by_role("status")).to_have_text("Approved. They were told.")

    keys.follow(page, "^Rounds$")
    keys.follow(page, "^New round of pairs$")
    keys.reach(page, "^Name")
    page.keyboard.type("First round")
    keys.follow(page, "^Save$")
    keys.follow(page, "^Compute$")
    expect(page.get_by_text("Mentees with a mentor")).to_be_visible()
    rows = page.get_by_role("region", name="Pairs").get_by_role("row")
    expect(rows).to_have_count(1 + len(MENTEES))
    # What each rule costs, and what an even load would.
    expect(page.get_by_role("heading", name="What each rule costs")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="Nobody meets somebody they have blocked")).to_be_visible()
    expect(page.get_by_role("figure").filter(has_text="none has both a more even load and a higher total").locator("svg .here")).to_have_count(1)
    picture(page, "round")

    keys.follow(page, "^Compare")
    best = page.get_by_role("article").first
    expect(best).to_contain_text("Mentor in this round")
    expect(page.get_by_role("article")).to_have_count(3)
    picture(page, "side-by-side")
    keys.follow(page, "^Forbid$")
    expect(page.get_by_text("Decided by hand")).to_be_visible()
    keys.press(page, "^Publish$")
    keys.follow(page, "^Publish now$")
    expect(page.get_by_role("main")).to_contain_text("Published")

    running = here.run(here.site.parts.runtime.database.read(here.site.installation_id, lambda unit: unit.rounds.page(program_id, after=None, limit=5)))
    assert [one.state.value for one in running] == ["published"]


def test_somebody_who_is_no_admin_is_told_so(here: Stage, browser: Browser) -> None:
    page = here.open(browser, "earl_j")
    answer = page.goto(f"{here.url}/console")
    assert answer is not None
    assert answer.status == 403
    expect(page.get_by_role("heading", level=1)).to_have_text("This page is for admins")
