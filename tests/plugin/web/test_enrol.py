"""The page on which members enrol: by a program's address, an invitation, or a link of another member."""

import re
from dataclasses import dataclass
from datetime import timedelta

import httpx2
import pytest

from plugin.domain.members import Consent
from plugin.domain.notices import Reach
from plugin.domain.people import MEMBER_SCOPES, SERVICE_SCOPES, Principal
from plugin.domain.programs import Plan, Program, ProgramState, Role
from plugin.domain.recruiting import LINK_FOR, Referral
from plugin.services.guarding import safeguarding
from plugin.services.hosts import choosing
from plugin.services.identity import access
from plugin.services.privacy import consenting
from plugin.services.programs import programming
from plugin.services.recruiting import asking, referring
from plugin.services.recruiting.inviting import Named
from tests.schema.world import World

COOKIE = "__Host-mentorgraph-session"
HERE = {"Origin": "https://mentors.example.org"}


@dataclass
class Door:
    """A program that takes members in, seen by browsers."""

    world: World
    program: Program
    admin: Principal

    async def principal(self, name: str) -> Principal:
        return Principal(installation_id=self.world.installation_id, member_id=await self.world.member_id(name), scopes=MEMBER_SCOPES, token_id=1)

    async def cookie(self, name: str) -> dict[str, str]:
        member_id = await self.world.member_id(name)
        token = await access.create_token(
            self.world.parts.runtime,
            self.world.installation_id,
            member_id=member_id,
            scopes=None,
            name="browser",
            lifetime=timedelta(hours=1),
            audience="session",
        )
        return {"Cookie": f"{COOKIE}={token}"}

    def path(self, token: str) -> str:
        return f"/enrol/{self.world.installation_id}/{token}"

    async def open(self, path: str, name: str = "") -> httpx2.Response:
        return await self.world.http.get(path, headers=await self.cookie(name) if name else {})

    async def send(self, path: str, name: str, **values: str) -> httpx2.Response:
        headers = await self.cookie(name)
        page = await self.world.http.get(path, headers=headers)
        found = re.search(r'name="csrf" value="([^"]+)"', page.text)
        form = {"csrf": found[1]} if found else {}
        return await self.world.http.post(path, data=form | values, headers=headers | HERE)

    async def link(self, name: str, *, named: bool = False, role: Role | None = None) -> str:
        shown = await referring.make(self.world.parts.runtime, await self.principal(name), self.program.id, role=role, named=named)
        return shown.address.removeprefix("https://mentors.example.org")

    async def referrals(self) -> list[Referral]:
        return await referring.of_program(self.world.parts.runtime, self.admin, self.program.id)


@pytest.fixture
async def door(world: World) -> Door:
    admin = Principal(installation_id=world.installation_id, member_id=None, scopes=SERVICE_SCOPES, token_id=9)
    plan = Plan(name="Spring & <friends>", purpose="To learn.", mentor_benefits="Fresh eyes", mentee_benefits="An ear", code_of_conduct="Be kind.")
    made = await programming.create_program(world.parts.runtime, admin, plan=plan)
    made = await programming.move_program(world.parts.runtime, admin, made.id, ProgramState.ENROLLING)
    return Door(world, made, admin)


async def test_anybody_sees_what_it_is_and_signs_in_to_take_part(door: Door) -> None:
    path = door.path(f"p{door.program.id}")
    answer = await door.open(path)
    assert answer.status_code == 200
    assert "Spring &amp; &lt;friends&gt;" in answer.text
    assert "Fresh eyes" in answer.text
    assert f"/auth/{door.world.installation_id}/start?next=%2Fenrol%2F{door.world.installation_id}%2Fp{door.program.id}" in answer.text
    assert "<form" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    # Without a session nothing is done.
    assert (await door.world.http.post(path, data={"role": "mentor", "adult": "1", "conduct": "1", "join": "1"}, headers=HERE)).status_code == 403
    assert await door.world.read(lambda unit: unit.enrolments.ever(door.program.id)) == set()


async def test_a_member_enrols_by_the_form_once(door: Door) -> None:
    path = door.path(f"p{door.program.id}")
    refused = await door.send(path, "cat", role="mentee", join="1")
    assert refused.status_code == 400
    assert "of age" in refused.text
    for wrong in ("", "king"):
        assert "as a mentor or as a mentee" in (await door.send(path, "cat", role=wrong, adult="1", conduct="1")).text
    done = await door.send(path, "cat", role="mentee", adult="1", conduct="1", join="1")
    assert (done.status_code, "You take part" in done.text) == (200, True)
    assert "<form" not in (await door.open(path, "cat")).text
    assert (await door.send(path, "dan", role="mentor", adult="1", conduct="1", join="1")).status_code == 200
    assert "You applied" in (await door.open(path, "dan")).text


async def test_where_minors_take_part_the_page_asks_how_old_one_is(door: Door) -> None:
    path, here = door.path(f"p{door.program.id}"), door.world.installation_id
    await choosing.configure(door.world.parts.runtime, here, {"minimum_age": "14"})
    page = (await door.open(path, "cat")).text
    assert 'name="guardian"' in page
    assert "from 14 years on" in page
    agreed = {"role": "mentee", "conduct": "1"}
    for said, words in (
        ({}, "how old you are"),
        ({"age": "13", "guardian": "Eva Ray, mother"}, "14 or older"),
        ({"age": "16"}, "parent or guardian"),
        ({"age": "16", "guardian": "Eva Ray, mother", "role": "mentor"}, "as a mentee"),
        ({"adult": "1", "conduct": ""}, "gree to the code of conduct"),
    ):
        sent = {key: value for key, value in (agreed | said).items() if value}
        refused = await door.send(path, "cat", **sent)
        assert refused.status_code in {400, 409}, said
        alert = re.search(r'role="alert">([^<]+)<', refused.text)
        assert alert
        assert words in alert[1], said
    assert 'value="16"' in (await door.send(path, "cat", **agreed, age="16")).text, "what was typed is there still"
    assert await door.world.read(lambda unit: unit.enrolments.ever(door.program.id)) == set()

    # An age that is given counts more than a box that was ticked.
    done = await door.send(path, "cat", **agreed, adult="1", age="16", guardian="Eva Ray, mother")
    assert "You applied" in done.text
    cat = await door.world.member_id("cat")
    part = await door.world.read(lambda unit: unit.enrolments.find(door.program.id, cat, Role.MENTEE))
    assert part is not None
    assert (part.adult, part.state.value) == (False, "applied")
    assert await door.world.read(lambda unit: safeguarding.is_minor(unit, cat))
    assert "You take part" in (await door.send(path, "dan", role="mentee", adult="1", conduct="1")).text


async def test_a_form_of_somebody_else_or_another_site_is_refused(door: Door) -> None:
    path = door.path(f"p{door.program.id}")
    page = await door.open(path, "cat")
    found = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert found
    for form in (found[1], "", "x"):
        answer = await door.world.http.post(path, data={"csrf": form, "role": "mentee", "adult": "1", "conduct": "1"}, headers=await door.cookie("dan") | HERE)
        assert answer.status_code == 403, form
    for elsewhere in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {}):
        answer = await door.world.http.post(path, data={"role": "mentee", "adult": "1", "conduct": "1"}, headers=await door.cookie("cat") | elsewhere)
        assert answer.status_code == 403
    assert await door.world.read(lambda unit: unit.enrolments.ever(door.program.id)) == set()


async def test_a_token_that_is_no_session_does_not_open_it(door: Door) -> None:
    token = await door.world.token("cat")
    answer = await door.world.http.get(door.path(f"p{door.program.id}"), headers={"Cookie": f"{COOKIE}={token}"})
    assert "<form" not in answer.text


@pytest.mark.parametrize("token", ["p1", "p", "px", "i1", "p" + "9" * 30, "r" + "a" * 32, "r", "x", "%00", "ré", "p-1", "i٣"])
async def test_what_leads_nowhere_says_so(door: Door, token: str) -> None:
    answer = await door.open(door.path(token))
    assert answer.status_code == 404


async def test_a_draft_is_nobodys_business(door: Door) -> None:
    await programming.move_program(door.world.parts.runtime, door.admin, door.program.id, ProgramState.DRAFT)
    assert (await door.open(door.path(f"p{door.program.id}"))).status_code == 404


# ---------------------------------------------------------------------------------------------------------------------- referrals


async def test_who_comes_by_a_link_is_put_down_to_its_maker(door: Door) -> None:
    path = await door.link("ann")
    assert "ann" not in (await door.open(path)).text.lower().replace("announcement", "")
    assert (await door.send(path, "cat", role="mentee", adult="1", conduct="1")).status_code == 200
    assert [(one.member_id, one.referrer_id) for one in await door.referrals()] == [(await door.world.member_id("cat"), await door.world.member_id("ann"))]
    (mine,) = await referring.mine(door.world.parts.runtime, await door.principal("ann"))
    assert mine.came == 1
    told = await door.world.read(lambda unit: [one.kind for one in unit.notices.of_member(mine.link.referrer_id, after=None, limit=9)])
    assert told == ["referral.enrolled"]


async def test_the_maker_is_shown_only_if_they_agreed(door: Door) -> None:
    assert "Ann thinks that this is for you." in (await door.open(await door.link("ann", named=True))).text


async def test_nobody_refers_themselves_or_who_was_there_before(door: Door) -> None:
    path = await door.link("ann", role=Role.MENTEE)
    assert 'value="mentor"' not in (await door.open(path, "ann")).text
    assert (await door.send(path, "ann", role="mentee", adult="1", conduct="1")).status_code == 200
    await door.send(door.path(f"p{door.program.id}"), "cat", role="mentee", adult="1", conduct="1")
    assert len(await door.world.read(lambda unit: unit.enrolments.of_program(door.program.id))) == 2
    await door.send(path, "cat", role="mentee", adult="1", conduct="1")
    assert await door.referrals() == []


async def test_the_first_link_counts(door: Door) -> None:
    first, second = await door.link("ann"), await door.link("ben")
    await door.send(first, "cat", role="mentee", adult="1", conduct="1")
    await door.send(second, "cat", role="mentee", adult="1", conduct="1")
    assert [one.referrer_id for one in await door.referrals()] == [await door.world.member_id("ann")]


async def test_a_link_ends(door: Door) -> None:
    path = await door.link("ann")
    runtime, ann = door.world.parts.runtime, await door.principal("ann")
    (mine,) = await referring.mine(runtime, ann)
    assert (await door.open(path)).status_code == 200
    door.world.clock.move(days=LINK_FOR.days, seconds=1)
    assert (await door.open(path)).status_code == 404
    path = await door.link("ann")
    shown = (await referring.mine(runtime, ann))[0]
    assert shown.address.endswith(path)
    await referring.revoke(runtime, ann, shown.link.id)
    assert (await door.open(path)).status_code == 404
    assert mine.link.revoked_at is None


async def test_secrets_are_opaque(door: Door) -> None:
    path = await door.link("ann")
    secret = path.rpartition("/")[2]
    ann = await door.world.member_id("ann")
    rows = await door.world.read(lambda unit: unit.referrals.links_of(ann))
    assert len(secret) > 30
    assert secret.encode() not in rows[0].digest + rows[0].secret


# ---------------------------------------------------------------------------------------------------------------------- invitations


async def invited(door: Door, name: str) -> str:
    people = [Named(member_id=await door.world.member_id(name))]
    _, (one,) = await asking.plan(door.world.parts.runtime, door.admin, door.program.id, role=Role.MENTOR, people=people, words="", due_at=None, until=None)
    return door.path(f"i{one.id}")


async def test_an_invitation_is_answered_on_its_page_by_its_member_alone(door: Door) -> None:
    path = await invited(door, "dan")
    assert (await door.open(path, "cat")).status_code == 404
    page = await door.open(path, "dan")
    assert "You are invited" in page.text
    assert 'value="mentee"' not in page.text
    states = await door.world.read(lambda unit: list(unit.invitations.asked(door.program.id).values()))
    assert states == ["seen"]
    done = await door.send(path, "dan", decline="1")
    assert "You are not asked again" in done.text
    again = await door.send(path, "dan", role="mentor", adult="1", conduct="1")
    assert "not asked again" not in again.text
    assert await door.world.read(lambda unit: list(unit.invitations.asked(door.program.id).values())) == ["declined"]


async def test_who_is_invited_is_in_at_once_in_their_language(door: Door) -> None:
    path = await invited(door, "dan")
    dan = await door.world.member_id("dan")
    await door.world.write(lambda unit: unit.wishes.set_reach(dan, Reach(locale="de", timezone="Europe/Berlin")))
    assert "Du bist eingeladen" in (await door.open(path, "dan")).text
    done = await door.send(path, "dan", role="mentor", adult="1", conduct="1")
    assert "Du machst mit" in done.text


async def test_opting_out_leaves_a_waiting_invitation_open(door: Door) -> None:
    path = await invited(door, "dan")
    await consenting.set_consent(door.world.parts.runtime, await door.principal("dan"), Consent.INVITATIONS, given=False)
    assert (await door.open(path, "dan")).status_code == 200
