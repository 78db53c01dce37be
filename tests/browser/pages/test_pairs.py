"""Two members of a mentorship: what they agree on, work towards and tell; events, tokens, and somebody who is kept away, each on its page."""

import re

import httpx2
import pytest
from playwright.sync_api import Browser, Page, expect

from plugin.services.pairs import agreeing, goals
from plugin.services.safety import keeping_apart
from tests.browser.pages.running import Stage, picture, violations
from tests.browser.pages.world import EVENT, GOAL, MENTEE, MENTEES, MENTOR, OTHER, STEP, World

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("pages")]
QUERY = "{ viewer { member { username } } }"


def saved(page: Page) -> None:
    expect(page.get_by_role("status")).to_have_text("Saved.")


def test_a_pair_agrees_works_towards_a_goal_and_tells_the_community(here: Stage, world: World, browser: Browser) -> None:
    mentee, mentor = here.open(browser, OTHER), here.open(browser, MENTOR, phone=True)
    mentee.goto(f"{here.url}/my/mentorships")
    mentee.get_by_role("link", name=re.compile("Agreement, goals, story")).click()
    agreement = mentee.get_by_role("region", name="What you agreed on")
    expect(agreement).to_contain_text("The others have not yet.")

    # What is wrong is said beside its field, and nothing that was typed is lost.
    agreement.get_by_text("Propose a change").click()
    agreement.get_by_label("Topics, one a line").fill("The first price\nThe first ten")
    agreement.get_by_label("Days from one meeting to the next").fill("500")
    agreement.get_by_role("button", name="Propose it").click()
    expect(mentee.get_by_role("alert")).to_contain_text("1 to 120 days")
    expect(agreement.get_by_label("Topics, one a line")).to_have_value("The first price\nThe first ten")
    assert violations(mentee) == []
    agreement.get_by_label("Days from one meeting to the next").fill("7")
    agreement.get_by_role("button", name="Propose it").click()
    saved(mentee)

    mentor.goto(f"{here.url}/my/mentorships/{world.mentorship}")
    theirs = mentor.get_by_role("region", name="What you agreed on")
    expect(theirs).to_contain_text("The first price, The first ten")
    theirs.get_by_role("button", name="Sign").click()
    saved(mentor)
    expect(theirs).to_contain_text("every 7 days")
    expect(mentor.get_by_role("region", name="How far you are").get_by_text("You have agreed on how you work")).not_to_contain_text("not yet")
    versions = here.run(agreeing.of_mentorship(here.site.parts.runtime, here.site.acts_for(OTHER), world.mentorship))
    assert [one.agreement.state.value for one in versions] == ["replaced", "in_force"]

    # A goal, a step towards it, done, opened again, changed, taken away.
    mentor.get_by_text("Write down a goal or a step").click()
    form = mentor.locator("details", has_text="Write down a goal or a step").locator("form")
    form.get_by_role("radio", name="A step").check()
    form.get_by_label("In a sentence").fill("Write to the first three")
    form.get_by_label("Until (optional)").fill("2031-05-04")
    form.get_by_label("The goal that a step leads to").select_option(GOAL)
    form.get_by_role("button", name="Write it down").click()
    saved(mentor)
    goal = mentor.get_by_role("article", name=GOAL)
    step = goal.get_by_role("listitem").filter(has_text="Write to the first three")
    step.get_by_role("button", name="Done").click()
    expect(step).to_contain_text("Open again")
    step.get_by_role("button", name="Open again").click()
    step.get_by_text("Change").click()
    step.get_by_label("In a sentence").fill("Write to the first five")
    step.get_by_role("button", name="Save").click()
    step = goal.get_by_role("listitem").filter(has_text="Write to the first five")
    assert violations(mentor) == []
    picture(mentor, "members-mentorship-agreed-phone")
    step.get_by_text("Change").click()
    step.get_by_role("button", name="Take away").click()
    expect(step).to_have_count(0)
    goal.get_by_role("button", name="Done").first.click()
    saved(mentor)
    found = here.run(goals.of_mentorship(here.site.parts.runtime, here.site.acts_for(OTHER), world.mentorship))
    assert {one.title: one.item.state.value for one in found} == {GOAL: "done", STEP: "open"}

    # The story is told once both agree, and taken back without a reason.
    mentor.get_by_role("button", name="It may be told").click()
    expect(mentor.get_by_role("region", name="Tell the community")).to_contain_text("Published")
    mentee.reload()
    picture(mentee, "members-mentorship-agreed")
    mentee.get_by_role("region", name="Tell the community").get_by_role("button", name="Take back").click()
    expect(mentee.get_by_role("region", name="Tell the community")).to_contain_text("Taken back")

    # Nobody else gets to it.
    stranger = here.open(browser, MENTEE)
    assert stranger.goto(f"{here.url}/my/mentorships/{world.mentorship}").status == 404  # type: ignore[union-attr]  # it is answered


def test_who_takes_part_says_whether_they_come_to_an_event_and_waits_where_it_is_full(here: Stage, world: World, browser: Browser) -> None:
    first, second = here.open(browser, OTHER), here.open(browser, MENTEE, phone=True)
    first.goto(f"{here.url}/my/events")
    first.get_by_role("article", name=EVENT).get_by_role("button", name="I come").click()
    saved(first)
    with first.expect_download() as file:
        first.get_by_role("link", name="Add to your calendar").click()
    assert f"SUMMARY:{EVENT}" in file.value.path().read_text(encoding="utf-8")
    second.goto(f"{here.url}/my/events")
    second.get_by_role("article", name=EVENT).get_by_role("button", name="Wait for a place").click()
    expect(second.get_by_role("status")).to_contain_text("you wait for one")
    assert violations(second) == []
    picture(second, "members-event-waiting-phone")
    first.reload()
    first.get_by_role("article", name=EVENT).get_by_role("button", name="I do not come").click()
    second.reload()
    expect(second.get_by_role("article", name=EVENT)).to_contain_text("You come")
    second.context.close()
    outside = here.open(browser, "marit")
    outside.goto(f"{here.url}/my/events")
    expect(outside.get_by_role("heading", name="No event lies ahead")).to_be_visible()


def test_a_member_makes_a_token_uses_it_and_revokes_it(here: Stage, world: World, browser: Browser) -> None:
    page = here.open(browser, OTHER)
    page.goto(f"{here.url}/my/tokens")
    page.get_by_role("button", name="Make it").click()
    expect(page.get_by_role("alert")).to_contain_text("1 to 100 characters")
    page.get_by_label("What for").fill("a calendar of mine")
    page.get_by_role("button", name="Make it").click()
    token = page.locator("#made").inner_text()
    assert violations(page) == []
    picture(page, "members-token-made")

    def ask() -> httpx2.Response:
        return httpx2.post(f"{here.url}/graphql", json={"query": QUERY}, headers={"Authorization": f"Bearer {token}"}, trust_env=False)

    assert ask().json()["data"]["viewer"]["member"]["username"] == OTHER
    page.goto(f"{here.url}/my/tokens")
    assert token not in page.content(), "it is shown once"
    row = page.get_by_role("listitem").filter(has_text="a calendar of mine")
    row.get_by_role("button", name="Revoke").click()
    expect(page.get_by_role("status")).to_contain_text("no longer works")
    assert ask().status_code == 401
    # Ending this browser's own session leads to the sign-in.
    page.get_by_role("listitem").filter(has_text="This browser").get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Sign in")


def test_who_is_kept_away_is_listed_and_allowed_again(here: Stage, world: World, browser: Browser) -> None:
    page = here.open(browser, MENTEE)
    page.goto(f"{here.url}/my/safety")
    kept = page.get_by_role("list", name="You keep away")
    expect(kept.get_by_role("listitem")).to_have_count(1)
    expect(kept).to_contain_text(f"@{MENTEES[-1]}")
    assert violations(page) == []
    picture(page, "members-safety-kept")
    kept.get_by_role("button", name="Allow again").click()
    saved(page)
    expect(kept).to_have_count(0)
    assert here.run(keeping_apart.mine(here.site.parts.runtime, here.site.acts_for(MENTEE))) == []
