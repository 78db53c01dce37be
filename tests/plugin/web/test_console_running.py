"""Console pages for running a program over HTTP, as its manager and as one of another program; reports for who looks after safety."""

import re
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest

from plugin.domain.people import MEMBER_SCOPES, SERVICE_SCOPES, Office, Principal, Scope
from plugin.domain.programs import Plan, ProgramState, Role
from plugin.domain.reports import ReportKind
from plugin.domain.strikes import PRIORITY_FOR, Strike, StrikeKind, StrikeState
from plugin.services.meetings import meeting
from plugin.services.meetings.sessions import Words
from plugin.services.mentorships import mentoring
from plugin.services.programs import programming
from plugin.services.rewards import budgeting
from plugin.services.safety import reporting
from plugin.store.unit_of_work import UnitOfWork
from plugin.texts import running
from tests.plugin.services.matching.support import put_enrolment
from tests.plugin.web.test_browser import hidden, sign_in
from tests.schema.world import WORDS, World, thread

pytestmark = pytest.mark.slow
ROOT = Path(running.__file__).parents[1]
SAME = {"sec-fetch-site": "same-origin"}
PAGES = (
    "recruiting",
    "recruiting/prospects",
    "recruiting/prospects?need=pricing",
    "recruiting/waves",
    "no-shows",
    "events",
    "events/new",
    "rewards",
    "rewards/levels",
    "rewards/thanks",
    "rewards/certificates",
    "ledger",
    "ledger/budget",
)


def admin_of(world: World) -> Principal:
    return Principal(installation_id=world.installation_id, member_id=None, scopes=SERVICE_SCOPES | {Scope.ADMIN}, token_id=1)


async def program_of(world: World, manager: str, *, name: str = "Spring") -> int:
    """A program that takes people in, which one member manages."""
    runtime, admin = world.parts.runtime, admin_of(world)
    plan = Plan(name=name, purpose="To learn", mentor_benefits="A new view", mentee_benefits="Advice", open=True)
    made = await programming.create_program(runtime, admin, plan=plan)
    await programming.move_program(runtime, admin, made.id, ProgramState.ENROLLING)
    await programming.set_manager(runtime, admin, made.id, await world.member_id(manager), manages=True)
    return made.id


@pytest.fixture
async def place(world: World) -> str:
    """The address of a program in which ann mentors dan; cat manages it and is signed in."""
    program = await program_of(world, "cat")
    ann, dan = await world.member_id("ann"), await world.member_id("dan")

    def begin(unit: UnitOfWork) -> None:
        put_enrolment(unit, program, ann, Role.MENTOR)
        put_enrolment(unit, program, dan, Role.MENTEE)
        mentoring.begin(unit, program_id=program, mentor_id=ann, mentee_ids=[dan], source="admin", by="test")

    await world.write(begin)
    await sign_in(world)
    return f"/console/programs/{program}"


async def get(world: World, path: str, *, status: int = 200, headers: dict[str, str] | None = None) -> str:
    answer = await world.http.get(path, headers=headers or {})
    assert answer.status_code == status, (path, answer.text[:2000])
    return answer.text


async def send(world: World, path: str, at: str = "", **fields: object) -> httpx2.Response:
    """Send a form of the page; ``at`` is where it stands if not there."""
    csrf = hidden(await get(world, at or path))
    return await world.http.post(path, data={"csrf": csrf, **fields}, headers=SAME)


async def done(world: World, path: str, at: str = "", **fields: object) -> str:
    """Send a form that is taken; gives the page that it leads to."""
    answer = await send(world, path, at, **fields)
    assert answer.status_code == 303, answer.text[:3000]
    return await get(world, answer.headers["location"])


async def refused(world: World, path: str, field: str, **fields: object) -> str:
    """Send a form with something wrong, which the page says at its field."""
    answer = await send(world, path, "", **fields)
    assert answer.status_code == 422, answer.text[:3000]
    assert f'href="#f-{field}"' in answer.text
    assert f'id="f-{field}"' in answer.text
    return answer.text


def ids(text: str, name: str) -> list[str]:
    return re.findall(rf'name="{name}" value="(\d+)"', text)


async def test_every_page_opens_in_both_languages_for_its_manager_and_for_nobody_else(world: World, place: str) -> None:
    for page in PAGES:
        shown = await get(world, f"{place}/{page}")
        assert 'lang="en"' in shown
        names = re.findall(r'\sid="([^"]+)"', shown)
        assert len(names) == len(set(names)), page
        assert set(re.findall(r'(?:aria-labelledby|for)="([^"]+)"', shown)) <= set(names), page
        assert 'lang="de"' in await get(world, f"{place}/{page}", headers={"accept-language": "de"})
    other = await program_of(world, "dan", name="Autumn")
    for page in PAGES:
        await get(world, f"/console/programs/{other}/{page}", status=403)
    await get(world, "/console/reports", status=403)
    csrf = hidden(await get(world, f"{place}/events/new"))
    wrong = {
        "recruiting": {"do": "announce", "space": "1"},
        "recruiting/prospects": {"role": "mentor", "names": "ben"},
        "events/new": {"title": "Kick-off", "startsAt": "2099-01-01T10:00"},
        "rewards": {"do": "add", "figure": "hours", "least": "1", "points": "1"},
        "rewards/levels": {"name_0": "Gold", "points_0": "1"},
        "rewards/certificates": {"do": "issue", "member": "ann", "role": "mentor"},
        "ledger": {"member": "ann", "kind": "gift", "amount": "1", "words": "For it"},
        "ledger/export": {"format": "csv"},
    }
    for page, fields in wrong.items():
        answer = await world.http.post(f"/console/programs/{other}/{page}", data={"csrf": csrf, **fields}, headers=SAME)
        assert answer.status_code == 403, page


async def test_a_refusal_speaks_the_language_of_its_reader(world: World, place: str) -> None:
    csrf = hidden(await get(world, f"{place}/rewards/thanks"))
    answer = await world.http.post(f"{place}/rewards/thanks", data={"csrf": csrf, "member": "nobody"}, headers=SAME | {"accept-language": "de"})
    assert "Niemand in der Community hat diesen Benutzernamen" in answer.text


async def test_a_program_is_announced_after_a_look_and_changed(world: World, place: str) -> None:
    at = f"{place}/recruiting"
    await refused(world, at, "space", do="announce", space="2", intro="Hello")
    shown = (await send(world, at, do="preview", space="1", intro="Hello <everybody>")).text
    assert "Take part in Spring" in shown.partition("<pre")[2]
    assert "<everybody>" not in shown
    assert "on its way" in await done(world, at, do="announce", space="1", intro="Hello")
    assert "Update the announcement" in await done(world, at, do="announce", space="1", intro="Hello again")
    assert "Left as it is" in await done(world, at, do="stop")


async def test_prospects_are_asked_in_waves_and_seen_with_what_speaks_for_them(world: World, place: str) -> None:
    at, waves = f"{place}/recruiting/prospects", f"{place}/recruiting/waves"
    for one in range(4):
        await world.apply(*thread(400 + one, world.clock(), space="1", asker=10 + one, answers=[2], title=f"Pricing {one}", days=5 + one, text=WORDS[0]))
    found = await get(world, at)
    ben = str(await world.member_id("ben"))
    assert ben in ids(found, "members")
    assert 'class="evidence"' in found
    await refused(world, at, "members", role="mentor", words="")
    await refused(world, at, "names", role="mentor", names="nobody")
    soon = (world.clock() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    await refused(world, at, "dueAt", role="mentor", members=ben, dueAt="soon")
    planned = await done(world, at, role="mentor", members=ben, words="You helped.", dueAt=soon)
    (wave,) = set(ids(planned, "wave"))
    assert "Answers to others lately" in planned
    assert 'class="evidence"' in planned
    assert "Not sent" in await done(world, waves, do="cancel", wave=wave)
    again = await done(world, at, role="mentor", names="@ben, user05", dueAt=soon)
    (wave,) = set(ids(again, "wave"))
    assert "Asked: 2" in await done(world, waves, do="send", wave=wave)
    assert "user05" not in await get(world, f"{waves}?state=accepted")


async def test_an_event_is_planned_changed_and_called_off(world: World, place: str) -> None:
    form = {"title": "Kick-off", "minutes": "60", "place": "Room 1", "capacity": "", "description": "Hello", "space": ""}
    await refused(world, f"{place}/events/new", "startsAt", **form)
    await refused(world, f"{place}/events/new", "startsAt", **form, startsAt="2020-01-01T10:00")
    await refused(world, f"{place}/events/new", "startsAt", **form, startsAt="9999-12-31T23:59")
    await refused(world, f"{place}/events/new", "title", **form | {"title": "K"}, startsAt="2099-01-01T10:00")
    answer = await send(world, f"{place}/events/new", **form, startsAt="2099-01-01T10:00")
    at = answer.headers["location"].partition("?")[0]
    assert 'value="2099-01-01T10:00"' in await get(world, at)
    await refused(world, at, "capacity", do="change", **form | {"capacity": "0"}, startsAt="2099-01-01T10:00")
    assert "Room 2" in await done(world, at, do="change", **form | {"place": "Room 2"}, startsAt="2099-01-01T10:00")
    assert "Called off" in await done(world, at, do="cancel")
    await get(world, f"{at}9", status=404)
    other = await program_of(world, "cat", name="Summer")
    await get(world, f"/console/programs/{other}/events/{at.rpartition('/')[2]}", status=404)


async def test_rewards_by_rules_levels_thanks_and_certificates(world: World, place: str) -> None:
    at = f"{place}/rewards"
    await refused(world, at, "badge", do="add", figure="mentorships", least="1")
    await refused(world, at, "least", do="add", figure="mentorships", least="0", points="5")
    with_rule = await done(world, at, do="add", figure="mentorships", least="1", role="mentor", badge="Opener", points="5")
    assert "Opener" in with_rule
    assert "Nothing is given" in await done(world, at, do="end", rule=ids(with_rule, "rule")[0])
    await refused(world, f"{at}/levels", "levels", name_0="Gold", points_0="")
    assert "Gold" in await done(world, f"{at}/levels", name_0="Gold", points_0="10")
    await refused(world, f"{at}/thanks", "member", member="nobody", words="Thank you")
    await refused(world, f"{at}/thanks", "words", member="ann", words="")
    assert "Thanked" in await done(world, f"{at}/thanks", member="ann", words="For your time")
    await refused(world, f"{at}/certificates", "member", do="issue", member="user03", role="mentor")
    assert "They have none" in await done(world, f"{at}/certificates", do="look", member="ann")
    issued = await done(world, f"{at}/certificates", do="issue", member="ann", role="mentor")
    (certificate,) = ids(issued, "certificate")
    assert "Taken back" in await done(world, f"{at}/certificates", f"{at}/certificates?member=ann", do="revoke", member="ann", certificate=certificate)
    await get(world, f"{at}/certificates?member=nobody", status=422)


async def test_the_ledger_from_a_proposal_of_two_people_to_a_file(world: World, place: str) -> None:
    at, program = f"{place}/ledger", int(place.rpartition("/")[2])
    assert (await send(world, f"{at}/budget", amount="100", currency="EUR")).status_code == 403
    runtime = world.parts.runtime
    await budgeting.set_budget(runtime, admin_of(world), program, amount=100_00, currency="EUR")
    form = {"member": "ann", "kind": "stipend", "words": "For six hours"}
    for wrong in ("1.234", "0", "-1", "NaN", "1e3000", "a lot", ""):
        await refused(world, at, "amount", **form, amount=wrong)
    await refused(world, at, "member", **form | {"member": "nobody"}, amount="1")
    assert (await send(world, at, **form, amount="100.01")).status_code == 422
    answer = await send(world, at, **form, amount="40,50")
    mine = answer.headers["location"].partition("?")[0]
    assert "€40.50" in await get(world, mine)
    assert (await send(world, mine, do="approve")).status_code == 403
    # Another manager approves it, pays it and takes some of it back.
    await programming.set_manager(runtime, admin_of(world), program, await world.member_id("ben"), manages=True)
    await sign_in(world, user="2", username="ben")
    assert "It was paid" in await done(world, mine, do="approve")
    assert "R-7" in await done(world, mine, do="pay", reference="R-7")
    await refused(world, mine, "amount", do="correct", amount="0", words="Too much")
    await refused(world, mine, "amount", do="correct", amount="-41", words="Too much")
    assert "-€10.00" in await done(world, mine, do="correct", amount="-10", words="Too much")
    file = await send(world, f"{at}/export", at, format="csv")
    assert file.headers["content-type"].startswith("text/csv")
    assert "For six hours" in file.text
    assert "For six hours" not in await get(world, f"{at}?state=rejected")
    await get(world, f"{at}/1", status=403)


async def test_a_no_show_is_pardoned_by_a_manager(world: World, place: str) -> None:
    at, program = f"{place}/no-shows", int(place.rpartition("/")[2])
    dan, now = await world.member_id("dan"), world.clock()
    me = Principal(installation_id=world.installation_id, member_id=dan, scopes=MEMBER_SCOPES, token_id=1)
    (pair,) = await world.read(lambda unit: unit.mentorships.of_member(dan))
    agreed = await meeting.propose(world.parts.runtime, me, pair.id, times=[now + timedelta(days=2)], minutes=60, words=Words())

    def count(unit: UnitOfWork) -> None:
        words = unit.seal(b"My train was late", purpose="appeal")
        unit.strikes.put(
            Strike(
                id=unit.new_id(),
                member_id=dan,
                program_id=program,
                session_id=agreed.session.id,
                kind=StrikeKind.NO_SHOW,
                state=StrikeState.APPEALED,
                at=now,
                expires_at=now + timedelta(days=180),
                words=words,
            )
        )
        unit.strikes.let_down(agreed.session.id, [one for one in pair.people if one != dan], program_id=program, until=now + PRIORITY_FOR)

    assert "Who waited in vain" not in await get(world, at)
    await world.write(count)
    shown = await get(world, at)
    assert "Who waited in vain" in shown
    assert "1 time" in shown
    assert "My train was late" in shown
    number = ids(shown, "strike")[0]
    assert "Counts, after an appeal" in await done(world, at, do="uphold", strike=number)
    assert "Pardoned" in await done(world, at, do="pardon", strike=number)
    assert "My train" not in await get(world, f"{at}?state=appealed")


async def test_reports_are_for_who_looks_after_safety_and_nobody_decides_about_their_own(world: World) -> None:
    cat, now = await world.member_id("cat"), world.clock()
    await world.write(lambda unit: unit.staff.grant(cat, Office.SAFETY, at=now))
    for who, about in (("ann", "ben"), ("dan", "cat")):
        me = Principal(installation_id=world.installation_id, member_id=await world.member_id(who), scopes=MEMBER_SCOPES, token_id=1)
        other = await world.member_id(about)
        await reporting.report(world.parts.runtime, me, other, kind=ReportKind.PRESSURE, words=f"About {about}", mentorship_id=None, block=False)
    await sign_in(world)
    assert (await world.http.get("/console")).headers["location"] == "/console/reports"
    shown = await get(world, "/console/reports")
    assert "About ben" in shown
    assert "About cat" not in shown
    assert "/console/programs" not in shown
    number = ids(shown, "report")[0]
    assert (await send(world, "/console/reports", report=number, decision="dismissed", apart="1")).status_code == 422
    assert "Is being looked into" in await done(world, "/console/reports", report=number, decision="looking")
    assert "Upheld" in await done(world, "/console/reports", report=number, decision="upheld", apart="1")
    assert await world.read(lambda unit: len(unit.blocks.of(cat))) == 0
