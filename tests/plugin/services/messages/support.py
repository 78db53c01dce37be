"""Members who agreed to messages, and kinds of notices that only tests tell."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from plugin.domain.members import Consent
from plugin.domain.notices import Channel, Choice, Frequency, Reach
from plugin.mail import Letter, MailFailed
from plugin.services.hosts import handlers
from plugin.services.hosts.handlers.members import decide
from plugin.services.messages import calendars, mailing, telling
from plugin.store.repositories.addresses import Address
from plugin.store.repositories.stories import Story
from plugin.store.unit_of_work import UnitOfWork
from plugin.texts import KINDS, declare
from plugin.worker import Worker
from tests.plugin.services.stories import HOST, person
from tests.plugin.support import World

ASKED, URGENT, SECRET = "test.asked", "test.urgent", "test.secret"


@contextmanager
def test_kinds() -> Iterator[None]:
    """Kinds of tests, gone afterwards."""
    before = dict(KINDS)
    declare(ASKED, group="requests", title="{who:member} asks", body="They write: {note}", roles={"mentee": ("You asked", "You wrote: {note}")})
    declare(URGENT, group="sessions", title="It begins", body="At {at:when}.", urgent=True)
    declare(SECRET, group="safety", title="A report", body="It says: {note}", private=True)
    try:
        yield
    finally:
        KINDS.clear()
        KINDS.update(before)


test_kinds.__test__ = False  # type: ignore[attr-defined]  # not a test, in spite of its name


async def joined(world: World, *numbers: str, timezone: str = "UTC", agreed: bool = True, locale: str = "en") -> list[int]:
    """Members, who agreed to messages."""

    def work(unit: UnitOfWork) -> list[int]:
        found = []
        handlers.apply([person(number, source=HOST, timezone=timezone, locale=locale) for number in numbers], unit)
        for number in numbers:
            member = unit.members.by_host(number)
            assert member is not None
            if agreed:
                decide(member, Consent.MESSAGES, given=True, source="self", unit=unit)
            found.append(member.id)
        return found

    return await world.database.write(world.installation_id, work)


async def choose(world: World, member_id: int, group: str, channel: Channel = Channel.HOST, frequency: Frequency = Frequency.AT_ONCE) -> None:
    """What a member chooses."""
    await world.database.write(world.installation_id, lambda unit: unit.wishes.choose(member_id, {group: Choice(channel=channel, frequency=frequency)}))


async def work(world: World) -> None:
    """Everything that is due is done, but for reading the host."""
    await Worker(world.runtime, world.graphs).run_until_idle(lanes=frozenset({"jobs", "tell", "outbox", "mail"}))


def fill_telling(unit: UnitOfWork, member_id: int) -> None:
    """A row about a member in every table of telling."""
    assert telling.tell(unit, member_id, "mail.stopped", key=f"k{member_id}", about={})
    told = unit.notices.by_key(f"k{member_id}")
    assert told is not None
    unit.notices.name(told.id, [member_id])
    unit.wishes.choose(member_id, {"requests": Choice()})
    unit.wishes.set_reach(member_id, Reach())
    unit.addresses.put(Address(member_id=member_id, address=unit.seal(b"a@example.org", purpose="address")))
    mailing.post(unit, key=f"k{member_id}", group="requests", member_id=member_id, subject="s", paragraphs=("p",), stop_url="", locale="en")
    begins = unit.now
    calendars.put_event(unit, f"session:{member_id}", name="n", starts_at=begins, ends_at=begins + timedelta(hours=1), member_ids=[member_id])
    unit.calendars.set_feed(member_id, str(member_id).encode(), at=unit.now)
    story = Story(id=unit.new_id(), mentorship_id=member_id, author_id=member_id, words=b"x", state="asked", space_id="1", created_at=unit.now)
    unit.stories.put(story, [member_id])


class FakeMailer:
    """Keeps letters; refuses by address."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []
        self.refuse: dict[str, MailFailed] = {}

    async def send(self, letter: Letter) -> None:
        if letter.to in self.refuse:
            raise self.refuse[letter.to]
        self.letters.append(letter)
