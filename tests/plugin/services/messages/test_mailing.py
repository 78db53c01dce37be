"""Mail goes only to addresses that members gave and confirmed, once, and stops when it comes back."""

import re
from collections.abc import Iterator
from datetime import timedelta

import icalendar
import pytest

from plugin.domain.members import Consent
from plugin.domain.notices import Channel
from plugin.domain.people import Principal, Scope
from plugin.errors import Invalid, TooMany
from plugin.mail import MailFailed
from plugin.services.departures.erasure import erase_member
from plugin.services.hosts.handlers.members import decide
from plugin.services.messages import calendars, mailing, telling
from plugin.store.unit_of_work import UnitOfWork
from tests.conftest import FixedClock
from tests.plugin.services.messages.support import ASKED, FakeMailer, choose, joined, test_kinds, work
from tests.plugin.support import World

ADDRESS = "maya@example.org"


@pytest.fixture(autouse=True)
def _kinds() -> Iterator[None]:
    with test_kinds():
        yield


@pytest.fixture
def mailer(world: World) -> FakeMailer:
    made = FakeMailer()
    world.runtime.mailer = made
    return made


def me(world: World, member_id: int) -> Principal:
    return Principal(installation_id=world.installation_id, member_id=member_id, scopes=frozenset({Scope.ME}), token_id=1)


def code_of(mailer: FakeMailer) -> str:
    found = re.search(r"\b\d{8}\b", mailer.letters[-1].paragraphs[1])
    assert found is not None
    return found.group()


async def confirmed(world: World, mailer: FakeMailer) -> int:
    (ann,) = await joined(world, "1")
    await mailing.give_address(world.runtime, me(world, ann), address=ADDRESS)
    await work(world)
    await mailing.confirm_address(world.runtime, me(world, ann), code=code_of(mailer))
    await choose(world, ann, "requests", Channel.EMAIL)
    mailer.letters.clear()
    return ann


async def say(world: World, member_id: int, key: str) -> None:
    about: dict[str, str | int] = {"who": member_id, "note": "hello"}
    await world.database.write(world.installation_id, lambda unit: telling.tell(unit, member_id, ASKED, key=key, about=about))
    await work(world)


async def test_a_confirmed_address_gets_what_the_member_chose(world: World, mailer: FakeMailer) -> None:
    ann = await confirmed(world, mailer)
    await say(world, ann, "k")
    await work(world)
    (letter,) = mailer.letters
    assert (letter.to, letter.subject, letter.paragraphs[0]) == (ADDRESS, "user1 asks", "They write: hello")
    assert letter.stop_url.startswith("https://mentors.example.org/stop/")
    assert letter.stop_url in letter.paragraphs[-1]
    assert world.client.sends == []
    (row,) = [one for one in await world.database.read(world.installation_id, lambda unit: unit.mails.listing(limit=9)) if one.group == "requests"]
    assert (row.state, row.body) == ("sent", None), "the content is erased"


async def test_a_mail_about_an_event_has_its_calendar_file(world: World, mailer: FakeMailer, clock: FixedClock) -> None:
    ann = await confirmed(world, mailer)

    def put(unit: UnitOfWork, *people: int) -> None:
        starts = unit.now + timedelta(days=3)
        calendars.put_event(unit, "session:1", name="Tea", starts_at=starts, ends_at=starts + timedelta(hours=1), member_ids=people)

    def tell(unit: UnitOfWork, key: str) -> None:
        telling.tell(unit, ann, ASKED, key=key, about={"who": ann, "note": "hello", "event": "session:1"})

    write, here = world.database.write, world.installation_id
    await write(here, lambda unit: put(unit, ann))
    await write(here, lambda unit: tell(unit, "one"))
    await work(world)
    (event,) = icalendar.Calendar.from_ical(mailer.letters[0].calendar).walk("VEVENT")
    assert event["SUMMARY"] == "Tea"
    # Who is in it no longer is told in words alone.
    await write(here, put)
    await write(here, lambda unit: tell(unit, "two"))
    await work(world)
    assert [bool(letter.calendar) for letter in mailer.letters] == [True, False]


async def test_without_a_confirmed_address_it_comes_by_the_host(world: World, mailer: FakeMailer) -> None:
    (ann,) = await joined(world, "1")
    await mailing.give_address(world.runtime, me(world, ann), address=ADDRESS)
    await choose(world, ann, "requests", Channel.EMAIL)
    await say(world, ann, "k")
    assert [one.subject for one in mailer.letters] == [f"Your code for Forum: {code_of(mailer)}"]
    assert len(world.client.sends) == 1


async def test_a_wrong_code_confirms_nothing_and_tries_end(world: World, mailer: FakeMailer, clock: FixedClock) -> None:
    (ann,) = await joined(world, "1")
    await mailing.give_address(world.runtime, me(world, ann), address=ADDRESS)
    await work(world)
    right = code_of(mailer)
    for _ in range(mailing.CODE_TRIES):
        with pytest.raises(Invalid, match="not the code"):
            await mailing.confirm_address(world.runtime, me(world, ann), code="0" * 9)
    with pytest.raises(Invalid, match="new one"):
        await mailing.confirm_address(world.runtime, me(world, ann), code=right)
    await mailing.give_address(world.runtime, me(world, ann), address=ADDRESS)
    await work(world)
    clock.move(minutes=31)
    with pytest.raises(Invalid, match="new one"):
        await mailing.confirm_address(world.runtime, me(world, ann), code=code_of(mailer))


async def test_a_member_cannot_send_codes_to_strangers_all_day(world: World, mailer: FakeMailer, clock: FixedClock) -> None:
    (ann,) = await joined(world, "1")
    for number in range(mailing.CODES_A_DAY):
        await mailing.give_address(world.runtime, me(world, ann), address=f"a{number}@example.org")
        await work(world)
        await mailing.forget_address(world.runtime, me(world, ann))
    with pytest.raises(TooMany):
        await mailing.give_address(world.runtime, me(world, ann), address=ADDRESS)
    clock.move(days=2)
    await mailing.give_address(world.runtime, me(world, ann), address=ADDRESS)


async def test_mail_that_comes_back_stops_after_the_third(world: World, mailer: FakeMailer, clock: FixedClock) -> None:
    ann = await confirmed(world, mailer)
    mailer.refuse[ADDRESS] = MailFailed("no such user", permanent=True)
    for number in range(mailing.BOUNCES):
        assert world.client.sends == []
        await say(world, ann, f"k{number}")
    found = await mailing.address_of(world.runtime, me(world, ann))
    assert found is not None
    assert found[2], "stopped"
    assert len(world.client.sends) == 1, "the member is told so by the host, once"
    await say(world, ann, "later")
    assert len(world.client.sends) == 2, "and gets the rest there"
    assert mailer.letters == []


async def test_a_server_that_is_busy_is_tried_again_and_says_nothing_of_the_address(world: World, mailer: FakeMailer, clock: FixedClock) -> None:
    ann = await confirmed(world, mailer)
    mailer.refuse[ADDRESS] = MailFailed("busy", permanent=False)
    for number in range(4):
        await say(world, ann, f"k{number}")
    mailer.refuse.clear()
    clock.move(minutes=10)
    await work(world)
    assert len(mailer.letters) == 4
    assert len({one.key for one in mailer.letters}) == 4


async def test_a_change_of_mind_or_leaving_before_it_leaves_counts(world: World, mailer: FakeMailer, clock: FixedClock) -> None:
    ann = await confirmed(world, mailer)
    mailer.refuse[ADDRESS] = MailFailed("busy", permanent=False)
    await say(world, ann, "a")
    mailer.refuse.clear()

    def withdraw(unit: UnitOfWork) -> None:
        member = unit.members.get(ann)
        assert member is not None
        decide(member, Consent.MESSAGES, given=False, source="self", unit=unit)

    await world.database.write(world.installation_id, withdraw)
    clock.move(hours=1)
    await work(world)
    assert mailer.letters == []
    notice = await world.database.read(world.installation_id, lambda unit: unit.notices.by_key("a"))
    assert notice is not None
    assert notice.state.value == "shown"
    await world.database.write(world.installation_id, lambda unit: erase_member("1", unit, why="self"))
    assert await world.database.read(world.installation_id, lambda unit: unit.mails.listing(limit=9)) == []


async def test_a_night_that_came_in_between_is_waited_for(world: World, mailer: FakeMailer, clock: FixedClock) -> None:
    ann = await confirmed(world, mailer)
    mailer.refuse[ADDRESS] = MailFailed("busy", permanent=False)
    await say(world, ann, "a")
    mailer.refuse.clear()
    clock.move(hours=10)
    await work(world)
    assert mailer.letters == []
    clock.move(hours=11)
    await work(world)
    assert len(mailer.letters) == 1


async def test_an_address_that_was_taken_back_gets_nothing(world: World, mailer: FakeMailer) -> None:
    ann = await confirmed(world, mailer)
    await mailing.forget_address(world.runtime, me(world, ann))
    await say(world, ann, "a")
    assert mailer.letters == []
    assert len(world.client.sends) == 1


async def test_a_community_without_mail_says_so(world: World) -> None:
    (ann,) = await joined(world, "1")
    with pytest.raises(Invalid, match="SMTP_URL"):
        await mailing.give_address(world.runtime, me(world, ann), address=ADDRESS)
