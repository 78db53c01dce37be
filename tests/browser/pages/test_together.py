"""Two members and a session of theirs, and one who keeps another away."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, expect

from plugin.domain.sessions import SessionState
from plugin.domain.strikes import Strike, StrikeKind
from plugin.services import meeting, thanking
from tests.browser.pages.running import Stage, picture, violations
from tests.browser.pages.world import ADMIN, MENTOR, OTHER, World

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("pages")]


def test_a_session_is_proposed_agreed_on_and_called_off_and_somebody_is_reported_and_kept_away(here: Stage, world: World, browser: Browser) -> None:
    asking, answering = here.open(browser, OTHER), here.open(browser, MENTOR, phone=True)
    asking.goto(f"{here.url}/my/sessions")
    asking.get_by_role("button", name="Propose", exact=True).click()
    expect(asking.get_by_role("alert")).to_contain_text("at least one time")
    soon = here.site.parts.runtime.clock() + timedelta(days=2)
    asking.get_by_label("Time 1").fill(soon.strftime("%Y-%m-%dT10:00"))
    asking.get_by_label("Time 2").fill(soon.strftime("%Y-%m-%dT15:00"))
    asking.get_by_label("What it is about").fill("The first price")
    asking.get_by_role("button", name="Propose", exact=True).click()
    expect(asking.get_by_role("status")).to_have_text("Sent.")

    answering.goto(f"{here.url}/my/sessions")
    card = answering.get_by_role("article", name=re.compile("Session"))
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
    asking.get_by_text("Call it off").click()
    asking.get_by_role("button", name="Call the session off").click()
    expect(asking.get_by_role("main")).to_contain_text("Called off")

    # Somebody did not come, and says how it was; and they are thanked.
    site, now = here.site, here.site.parts.runtime.clock()
    (seen,) = here.run(meeting.mine(site.parts.runtime, site.acts_for(OTHER), states=None, mentorship_id=None))
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
    here.run(thanking.thank(site.parts.runtime, site.acts_for(OTHER), world.program, site.members[MENTOR], words="For the evening on prices.", public=False))
    answering.goto(f"{here.url}/my/sessions")
    answering.get_by_text("It was otherwise", exact=True).click()
    answering.get_by_label("How it was").fill("The train stood still.")
    assert violations(answering) == []
    picture(answering, "members-missed-phone")
    answering.get_by_role("button", name="Send", exact=True).click()
    expect(answering.get_by_role("region", name="When others waited for you")).to_contain_text("Waits for a manager's decision")
    answering.goto(f"{here.url}/my/programs")
    expect(answering.get_by_role("region", name="What came back to you")).to_contain_text("For the evening on prices.")
    assert violations(answering) == []
    picture(answering, "members-thanked-phone")

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
    found = here.run(meeting.mine(site.parts.runtime, site.acts_for(OTHER), states=None, mentorship_id=None))
    assert [one.session.state for one in found] == [SessionState.CANCELLED]

    # What is not clear waits for a manager's word.
    unclear = replace(found[0].session, state=SessionState.UNCLEAR, settled_at=None)
    here.run(site.parts.runtime.database.write(site.installation_id, lambda unit: unit.sessions.put(unclear)))
    managing = here.open(browser, ADMIN)
    managing.goto(f"{here.url}/console/programs/{world.program}/sessions")
    assert violations(managing) == []
    managing.get_by_role("button", name="It took place").click()
    expect(managing.get_by_role("main")).to_contain_text("Took place")
