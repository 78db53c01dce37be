"""Two members and a session of theirs, and one who keeps another away."""

import re
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, expect

from plugin.domain.sessions import CancelReason, SessionState
from plugin.domain.strikes import Strike, StrikeKind
from plugin.services.meetings import meeting
from plugin.services.mentorships import ranking
from tests.browser.pages.running import Stage, picture, violations
from tests.browser.pages.world import ADMIN, MENTEE, MENTOR, OTHER, World

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("pages")]


def test_a_session_is_planned_prepared_moved_and_written_down_and_somebody_is_thanked(here: Stage, world: World, browser: Browser) -> None:
    asking, answering = here.open(browser, OTHER), here.open(browser, MENTOR, phone=True)
    asking.goto(f"{here.url}/my/mentorships/{world.mentorship}")
    asking.get_by_role("link", name="Propose a session").click()
    suits = asking.get_by_role("group", name="Times that suit all of you").get_by_role("checkbox")
    suits.nth(0).check()
    suits.nth(2).check()
    asking.get_by_label("What it is about").fill("How it began")
    asking.get_by_label("A plan for the session").select_option(label="First meeting")
    assert violations(asking) == []
    asking.get_by_role("button", name="Propose", exact=True).click()
    expect(asking.get_by_role("status")).to_have_text("Sent.")
    card = asking.get_by_role("article").filter(has_text="How it began")
    card.get_by_role("link", name=re.compile("Prepare, move, note")).click()
    expect(asking.get_by_role("heading", level=1)).to_have_text("How it began")
    expect(asking.get_by_role("region", name="How it is prepared")).to_contain_text("5 min: arrive")
    # Mentor and mentee get ready in different ways, and see their own only.
    expect(asking.get_by_role("main")).to_contain_text("Write down in three sentences")
    answering.goto(asking.url)
    expect(answering.get_by_role("main")).to_contain_text("Read what your mentee wrote")
    answering.get_by_label("Note").fill("Bring the letter.")
    answering.get_by_role("region", name="What it is about").get_by_role("button", name="Save").click()
    expect(answering.get_by_role("status")).to_have_text("Saved.")
    later = answering.get_by_role("region", name="Other times")
    later.get_by_role("button").click()
    expect(answering.get_by_role("alert")).to_contain_text("at least one time")
    later.get_by_role("checkbox").last.check()
    assert violations(answering) == []
    picture(answering, "members-session-moving-phone")
    later.get_by_role("button").click()
    expect(answering.get_by_role("region", name="Times that are proposed")).to_contain_text("Ana")
    asking.reload()
    expect(asking.get_by_label("Note")).to_have_value("Bring the letter.")
    number = int(asking.url.rpartition("/")[2].partition("?")[0])
    (session,) = [one.session for one in sessions_of(here, OTHER) if one.session.id == number]
    assert [one.member_id for one in session.people if one.asks] == [here.site.members[MENTOR]]
    stranger = here.open(browser, MENTEE)
    assert stranger.goto(f"{here.url}/my/sessions/{number}").status == 404  # type: ignore[union-attr]  # it is answered

    # One that took place without an appointment; thanks, which only the other reads; a wish list; a link to bring somebody along.
    asking.goto(f"{here.url}/my/sessions/past")
    asking.get_by_label("When it began").fill("2031-01-01T10:00")
    asking.get_by_role("button", name="Write it down").click()
    expect(asking.get_by_role("alert")).to_contain_text("a session that is over")
    lately = (here.site.parts.runtime.clock() - timedelta(hours=2)).astimezone(ZoneInfo("America/Chicago"))  # as her clock shows it
    asking.get_by_label("When it began").fill(lately.strftime("%Y-%m-%dT%H:%M"))
    asking.get_by_label("What it was about").fill("On the stairs")
    asking.get_by_role("button", name="Write it down").click()
    expect(asking.get_by_role("status")).to_have_text("Saved.")
    asking.goto(f"{here.url}/my/mentorships/{world.mentorship}")
    asking.get_by_text("Write a few words").click()
    asking.get_by_label("Your thanks").fill("For the first evening.")
    asking.get_by_role("region", name="Say thanks").get_by_role("button").click()
    expect(asking.get_by_role("status")).to_have_text("Thanked. They were told.")
    answering.goto(f"{here.url}/my/programs")
    expect(answering.get_by_role("region", name="What came back to you")).to_contain_text("For the first evening.")
    assert violations(answering) == []
    picture(answering, "members-thanked-phone")
    asking.goto(f"{here.url}/my/programs/{world.program}")
    asking.get_by_text("Whom you would like to have").click()
    asking.get_by_label("Choice 1", exact=True).last.select_option(label="Arjun Kulkarni")
    asking.get_by_label("Choice 2", exact=True).last.select_option(label="Anjali Rao")
    asking.locator("details", has_text="Whom you would like to have").get_by_role("button", name="Save").click()
    expect(asking.get_by_role("status")).to_have_text("Saved.")
    ranked = here.run(ranking.ranked(here.site.parts.runtime, here.site.acts_for(OTHER), world.program))
    assert ranked == [here.site.members["arjun_k"], here.site.members["anjali_r"]]
    asking.get_by_text("Make a link").click()
    asking.get_by_label("Show that it is from me").check()
    asking.get_by_role("button", name="Make it").click()
    expect(asking.get_by_role("status")).to_contain_text("Here is your link.")
    guest = here.open(browser)
    guest.goto(asking.locator(".secret").inner_text())
    expect(guest.get_by_role("heading", level=1)).to_have_text("Second Desk mentors")
    expect(guest.get_by_role("main")).to_contain_text("Dana")
    asking.get_by_role("region", name="Bring somebody along").get_by_role("button", name="Take back").click()
    expect(asking.get_by_role("status")).to_contain_text("no longer works")
    guest.reload()
    expect(guest.locator("body")).to_contain_text("leads nowhere any more")
    asking.goto(f"{here.url}/my/sessions/{number}")
    here.run(meeting.cancel(here.site.parts.runtime, here.site.acts_for(OTHER), number, reason=CancelReason.OTHER))
    for page in (asking, answering, stranger, guest):
        page.context.close()


def sessions_of(here: Stage, username: str) -> list[meeting.Seen]:
    return here.run(meeting.mine(here.site.parts.runtime, here.site.acts_for(username), states=None, mentorship_id=None))


def test_a_session_is_proposed_agreed_on_and_called_off_and_somebody_is_reported_and_kept_away(here: Stage, world: World, browser: Browser) -> None:
    here.run(meeting.cancel(here.site.parts.runtime, here.site.acts_for(OTHER), world.session, reason=CancelReason.OTHER))
    before = len(sessions_of(here, OTHER))
    asking, answering = here.open(browser, OTHER), here.open(browser, MENTOR, phone=True)
    asking.goto(f"{here.url}/my/sessions/new")
    asking.get_by_role("button", name="Propose", exact=True).click()
    expect(asking.get_by_role("alert")).to_contain_text("at least one time")
    soon = here.site.parts.runtime.clock() + timedelta(days=2)
    asking.get_by_label("Time 1").fill(soon.strftime("%Y-%m-%dT10:00"))
    asking.get_by_label("Time 2").fill(soon.strftime("%Y-%m-%dT15:00"))
    asking.get_by_label("What it is about").fill("The first price")
    asking.get_by_role("button", name="Propose", exact=True).click()
    expect(asking.get_by_role("status")).to_have_text("Sent.")

    answering.goto(f"{here.url}/my/sessions")
    card = answering.get_by_role("article", name=re.compile("Session")).filter(has_text="The first price")
    expect(card).to_contain_text("The first price")
    assert violations(answering) == []
    picture(answering, "members-session-asked-phone")
    card.get_by_role("checkbox").nth(1).check()
    card.get_by_role("button", name="Answer").click()
    expect(card).to_contain_text("Agreed on")
    with answering.expect_download() as file:
        card.get_by_role("link", name="Add to your calendar").click()
    assert "BEGIN:VEVENT" in file.value.path().read_text(encoding="utf-8")

    asking.goto(f"{here.url}/my/sessions")
    asking.get_by_role("button", name="Make an address").click()
    expect(asking.locator("#feed")).to_contain_text("/calendar/")
    assert violations(asking) == []
    picture(asking, "members-session-agreed")
    asking.get_by_role("article").filter(has_text="The first price").get_by_text("Call it off").click()
    asking.get_by_role("button", name="Call the session off").click()
    expect(asking.get_by_role("main")).to_contain_text("Called off")

    # Somebody did not come, and says how it was.
    site, now = here.site, here.site.parts.runtime.clock()
    seen = sessions_of(here, OTHER)[before]
    missed = Strike(
        id=1,
        member_id=site.members[MENTOR],
        program_id=world.program,
        session_id=seen.session.id,
        kind=StrikeKind.NO_SHOW,
        at=now,
        expires_at=now + timedelta(days=180),
    )
    here.run(site.parts.runtime.database.write(site.installation_id, lambda unit: unit.strikes.put(missed)))
    answering.goto(f"{here.url}/my/sessions")
    answering.get_by_text("It was otherwise", exact=True).click()
    answering.get_by_label("How it was").fill("The train stood still.")
    assert violations(answering) == []
    picture(answering, "members-missed-phone")
    answering.get_by_role("button", name="Send", exact=True).click()
    expect(answering.get_by_role("region", name="When others waited for you")).to_contain_text("Waits for a manager's decision")

    asking.goto(f"{here.url}/my/safety")
    asking.get_by_label("User name").nth(1).fill(MENTOR)
    asking.get_by_label("What happened").fill("They want money for it.")
    asking.get_by_role("button", name="Report", exact=True).click()
    expect(asking.get_by_role("main")).to_contain_text("Waits to be looked at")
    assert violations(asking) == []
    picture(asking, "members-reported")
    asking.get_by_role("button", name="Take back").click()
    asking.get_by_label("User name").nth(0).fill(f"@{MENTOR}")
    asking.get_by_role("button", name="Keep away").click()
    expect(asking.get_by_role("status")).to_have_text("Saved.")
    site = here.site
    kept = here.run(site.parts.runtime.database.read(site.installation_id, lambda unit: unit.blocks.of(site.members[OTHER])))
    assert kept == [site.members[MENTOR]]
    found = sessions_of(here, OTHER)[before:]
    assert [one.session.state for one in found] == [SessionState.CANCELLED]

    # What is not clear waits for a manager's word.
    unclear = replace(found[0].session, state=SessionState.UNCLEAR, settled_at=None)
    here.run(site.parts.runtime.database.write(site.installation_id, lambda unit: unit.sessions.put(unclear)))
    managing = here.open(browser, ADMIN)
    managing.goto(f"{here.url}/console/programs/{world.program}/sessions")
    assert violations(managing) == []
    managing.get_by_role("button", name="It took place").click()
    expect(managing.get_by_role("main")).to_contain_text("Took place")
