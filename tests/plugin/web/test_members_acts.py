"""What members say about sessions that they missed, and what came back for what they gave, over HTTP."""

from datetime import timedelta

import pytest

from plugin.domain.people import MEMBER_SCOPES, Principal
from plugin.domain.programs import Role
from plugin.domain.rewards import Figure, Level, Rule
from plugin.domain.strikes import Strike, StrikeKind, StrikeState
from plugin.services.meetings import meeting
from plugin.services.meetings.sessions import Words
from plugin.services.mentorships import mentoring
from plugin.services.pairs import thanking
from plugin.services.rewards import rewarding
from plugin.store.unit_of_work import UnitOfWork
from tests.plugin.services.matching.support import put_enrolment
from tests.plugin.web.test_browser import hidden, sign_in
from tests.plugin.web.test_console_running import admin_of, done, get, ids, program_of, send
from tests.schema.world import World

pytestmark = pytest.mark.slow


async def member_of(world: World, username: str) -> Principal:
    return Principal(installation_id=world.installation_id, member_id=await world.member_id(username), scopes=MEMBER_SCOPES, token_id=1)


async def test_a_member_says_that_it_was_otherwise_and_sees_what_came_back(world: World) -> None:
    program = await program_of(world, "ben")
    cat, dan = await world.member_id("cat"), await world.member_id("dan")
    runtime, now = world.parts.runtime, world.clock.now

    def begin(unit: UnitOfWork) -> int:
        put_enrolment(unit, program, cat, Role.MENTOR)
        put_enrolment(unit, program, dan, Role.MENTEE)
        return mentoring.begin(unit, program_id=program, mentor_id=cat, mentee_ids=[dan], source="admin", by="test").id

    pair = await world.write(begin)
    times = [[now + timedelta(days=days)] for days in (1, 2)]
    me = await member_of(world, "cat")
    agreed = [(await meeting.propose(runtime, me, pair, times=one, minutes=60, words=Words())).session.id for one in times]

    def missed(unit: UnitOfWork) -> None:
        for session, days in zip(agreed, (1, 20), strict=True):
            at = now - timedelta(days=days)
            one = Strike(
                id=unit.new_id(),
                member_id=cat,
                program_id=program,
                session_id=session,
                kind=StrikeKind.NO_SHOW if days == 1 else StrikeKind.LATE_CANCEL,
                at=at,
                expires_at=at + timedelta(days=180),
            )
            unit.strikes.put(one)

    await world.write(missed)
    await sign_in(world)
    shown = await get(world, "/my/sessions")
    assert "Did not come" in shown
    assert "Called off too late" in shown
    (strike,) = ids(shown, "strike")
    refused = await send(world, "/my/sessions", do="appeal", strike=strike, words="no")
    assert refused.status_code == 422
    assert "3 to 1,000 characters" in refused.text or "3 to 1000 characters" in refused.text
    said = await done(world, "/my/sessions", do="appeal", strike=strike, words="My train was late, and I said so.")
    assert "Waits for a manager&#39;s decision" in said
    assert "My train was late, and I said so." in said
    states = await world.read(lambda unit: sorted(one.state for one in unit.strikes.of_member(cat)))
    assert states == [StrikeState.APPEALED, StrikeState.COUNTED]

    assert "What came back to you" not in await get(world, "/my/programs")
    admin = admin_of(world)
    await rewarding.add_rule(runtime, admin, rule=Rule(id=0, program_id=program, figure=Figure.MENTORSHIPS, least=1, badge="Begun", points=10, created_at=now))
    await rewarding.set_levels(runtime, admin, program, levels=[Level(name="Guide", points=5), Level(name="Elder", points=50)])
    await thanking.thank(runtime, await member_of(world, "dan"), program, cat, words="For every hour.", public=False)
    shown = await get(world, "/my/programs")
    for words in ("What came back to you", "For every hour."):
        assert words in shown
    await sign_in(world, user="4", username="dan")
    assert "For every hour." not in await get(world, "/my/programs")


@pytest.mark.parametrize("word", ["²:00", "22:²³", "٣:00", "9" * 400])
async def test_what_only_looks_like_a_time_of_day_is_refused(world: World, word: str) -> None:
    await sign_in(world)
    csrf = hidden((await world.http.get("/my/notices")).text)
    form = {"csrf": csrf, "do": "reach", "quiet_from": word}
    answer = await world.http.post("/my/notices", data=form, headers={"sec-fetch-site": "same-origin"})
    assert answer.status_code == 422
    assert "quiet_from" in answer.text


@pytest.mark.parametrize("days", ["²", "9" * 5_000])
async def test_what_only_looks_like_a_number_of_days_is_refused(world: World, days: str) -> None:
    await sign_in(world, admin="true")
    assert (await world.http.get("/console/graph", params={"days": days})).status_code in {400, 422}
