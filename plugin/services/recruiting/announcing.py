"""A program's announcement in the host: one topic, kept in step with the program, and replies to it that enrol."""

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time

from mentorgraph.events import Access
from mentorgraph.host import Block, Capability, Host, Link, Paragraph, Rendered, TopicMessage, Words
from plugin.domain.content import Space
from plugin.domain.people import Principal
from plugin.domain.programs import TAKING_IN, Program
from plugin.domain.recruiting import MAX_WORDS, Announcement, AnnouncementState
from plugin.errors import Conflict, Invalid, NotFound, Remark
from plugin.services import scheduling
from plugin.services.guarding import safeguarding
from plugin.services.guarding.managing import require_manager
from plugin.services.messages import outgoing, wire
from plugin.services.recruiting.enrolling import taking_in
from plugin.services.runtime import Runtime
from plugin.store.unit_of_work import UnitOfWork
from plugin.texts import day_words, language_of, translate
from plugin.texts.recruiting import ANNOUNCEMENT

KIND = "announcement"


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """A program's announcement, and whether the host has what it says."""

    announcement: Announcement
    topic_id: str
    url: str


def _key(program_id: int) -> str:
    return f"announcement:{program_id}"


def page_of(program_id: int, installation_id: int) -> str:
    """The path of the page on which members enrol in a program."""
    return f"/enrol/{installation_id}/p{program_id}"


# ---------------------------------------------------------------------------------------------------------------------- the words


def content(unit: UnitOfWork, program: Program, *, intro: str, address: str) -> tuple[str, tuple[Block, ...]]:
    """Title and text of a program's announcement, in the community's language."""
    language = language_of(unit.community.locale)
    said = {name: translate(template, language=language) for name, template in ANNOUNCEMENT.items()}
    blocks: list[Block] = [Paragraph((Words(part),)) for text in (intro, program.purpose) for part in text.split("\n\n") if part.strip()]
    about = {name: " ".join(getattr(program, name).split()) for name in ("audience", "needs", "mentor_benefits", "mentee_benefits")}
    blocks += [Paragraph((f"{said[name]}: ", Words(words))) for name, words in about.items() if words]
    if program.starts_on is not None:
        start, end = (None if day is None else day_words(_noon(day), "UTC", language) for day in (program.starts_on, program.ends_on))
        blocks.append(Paragraph((said["dates" if end else "from"].format(start=start, end=end),)))
    blocks += _ways(program, said, address, any_age=safeguarding.admits_minors(unit))
    return said["title"].format(program=program.name), tuple(blocks)


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), tzinfo=UTC)


def _ways(program: Program, said: dict[str, str], address: str, *, any_age: bool) -> list[Block]:
    if program.state not in TAKING_IN:
        return [Paragraph((said["closed"],))]
    before, _, after = said["form" if program.open else "invited"].partition("{url}")
    link = Paragraph((before, Link(address, address), after))
    return [Paragraph((said["reply_of_any_age" if any_age else "reply"],)), link] if program.open else [link]


def _hash(title: str, body: tuple[Block, ...]) -> bytes:
    return hashlib.sha256(wire.dump(TopicMessage(space_id="", title=title, body=body))).digest()


# ---------------------------------------------------------------------------------------------------------------------- managers


async def spaces(runtime: Runtime, principal: Principal) -> list[Space]:
    """The spaces in which a program or an event of it can be announced, by name; none for a host without topics."""
    installation = await runtime.installation(principal.installation_id)
    if Capability.TOPICS not in runtime.host(installation.host).capabilities:
        return []

    def work(unit: UnitOfWork) -> list[Space]:
        return sorted((one for one in unit.spaces.all().values() if one.access is Access.MEMBERS), key=lambda one: (one.name.casefold(), one.id))

    return await runtime.database.read(principal.installation_id, work)


async def preview(runtime: Runtime, principal: Principal, program_id: int, *, space_id: str, intro: str) -> Rendered:
    """The announcement as the host would get it; nothing is kept or sent. Raises as :func:`announce` does."""
    host = await _host_with_topics(runtime, principal)

    def work(unit: UnitOfWork) -> Rendered:
        program = _ready(unit, principal, program_id, space_id, intro)
        title, body = content(unit, program, intro=intro.strip(), address=_address(runtime, principal, program_id))
        return host.render(TopicMessage(space_id=space_id, title=title, body=body))

    return await runtime.database.read(principal.installation_id, work)


async def announce(runtime: Runtime, principal: Principal, program_id: int, *, space_id: str, intro: str) -> Announced:
    """Announce a program in a space of the host, or change what its announcement begins with; a program has one, which is edited and never doubled.

    Raises :class:`Invalid` for a space that not every member may read and for a program that does not say what people get, :class:`Conflict` for one that takes
    nobody in, for another space than that of the topic, and for a host without topics.
    """
    await _host_with_topics(runtime, principal)

    def work(unit: UnitOfWork) -> Announced:
        _ready(unit, principal, program_id, space_id, intro)
        known = unit.announcements.get(program_id)
        if known is None:
            found = _post(unit, taking_in(unit, program_id), space_id=space_id, intro=intro.strip(), address=_address(runtime, principal, program_id))
        else:
            if known.space_id != space_id:
                raise Conflict("the announcement is in another space; move the topic there in the community", code="announced", field="space")
            unit.announcements.put(replace(known, intro=intro.strip(), state=AnnouncementState.POSTED))
            follow(unit, program_id)
            found = unit.announcements.get(program_id) or known
        unit.record("program.announced", actor=principal.actor, program=str(program_id), version=found.version)
        return _shown(unit, found)

    done = await runtime.database.write(principal.installation_id, work)
    runtime.bus.tell(principal.installation_id)
    return done


async def stop(runtime: Runtime, principal: Principal, program_id: int) -> Announced:
    """Leave the topic as it is from now on; replies to it enrol nobody any more. Raises :class:`NotFound`."""

    def work(unit: UnitOfWork) -> Announced:
        require_manager(unit, principal, program_id)
        known = unit.announcements.get(program_id)
        if known is None:
            raise NotFound("this program is not announced", field="program")
        stopped = replace(known, state=AnnouncementState.STOPPED)
        unit.announcements.put(stopped)
        unit.record("program.announcement_stopped", actor=principal.actor, program=str(program_id))
        return _shown(unit, stopped)

    return await runtime.database.write(principal.installation_id, work)


async def announced(runtime: Runtime, principal: Principal, program_id: int) -> Announced | None:
    """A program's announcement; any member may know where it is."""

    def work(unit: UnitOfWork) -> Announced | None:
        known = unit.announcements.get(program_id)
        return None if known is None else _shown(unit, known)

    return await runtime.database.read(principal.installation_id, work)


def _shown(unit: UnitOfWork, one: Announcement) -> Announced:
    topic_id, url = (one.topic_id, one.url) if one.topic_id else outgoing.topic_of(unit, _key(one.program_id))
    return Announced(announcement=one, topic_id=topic_id, url=url)


def topic_of(unit: UnitOfWork, one: Announcement) -> str:
    """What the host calls an announcement's topic; empty as long as it is not there."""
    return _shown(unit, one).topic_id


def _address(runtime: Runtime, principal: Principal, program_id: int) -> str:
    return f"{runtime.settings.public_url}{page_of(program_id, principal.installation_id)}"


async def _host_with_topics(runtime: Runtime, principal: Principal) -> Host:
    installation = await runtime.installation(principal.installation_id)
    host = runtime.host(installation.host)
    if Capability.TOPICS not in host.capabilities:
        raise Conflict("{title} has no topics in which a program could be announced: pass on the address of its page", code="not_offered", title=host.title)
    return host


def _ready(unit: UnitOfWork, principal: Principal, program_id: int, space_id: str, intro: str) -> Program:
    require_manager(unit, principal, program_id)
    program = unit.programs.get(program_id)
    if program is None:
        raise NotFound("there is no such program", field="program")
    if len(intro) > MAX_WORDS:
        raise Invalid("an introduction has at most {most} characters", field="intro", most=MAX_WORDS)
    check_space(unit, space_id)
    missing = [name for name in ("mentor_benefits", "mentee_benefits") if not getattr(program, name).strip()]
    if missing:
        sides = [Remark("mentors") if name.startswith("mentor") else Remark("mentees") for name in missing]
        raise Invalid("say first what {sides} get from the program: nobody joins for the organiser's sake", field=missing[0], sides=sides)
    return program


# ---------------------------------------------------------------------------------------------------------------------- the topic


def _post(unit: UnitOfWork, program: Program, *, space_id: str, intro: str, address: str) -> Announcement:
    title, body = content(unit, program, intro=intro, address=address)
    made = Announcement(
        program_id=program.id,
        space_id=space_id,
        state=AnnouncementState.POSTED,
        version=1,
        said=_hash(title, body),
        intro=intro,
        address=address,
        created_at=unit.now,
        changed_at=unit.now,
    )
    unit.announcements.put(made)
    outgoing.post(TopicMessage(space_id=space_id, title=title, body=body), kind=KIND, key=_key(program.id), member_id=None, unit=unit)
    return made


def follow(unit: UnitOfWork, program_id: int) -> bool:
    """Bring a program's announcement to what the program is now; returns whether there was anything to change.

    A topic that was not sent yet is changed before it is; one that is there is edited; one that is being sent just now is looked at again later.
    """
    known, program = unit.announcements.get(program_id), unit.programs.get(program_id)
    if known is None or program is None or known.state is AnnouncementState.STOPPED:
        return False
    title, body = content(unit, program, intro=known.intro, address=known.address)
    said = _hash(title, body)
    if said == known.said:
        return False
    key, version = _key(program_id), known.version + 1
    if not outgoing.say_anew(unit, TopicMessage(space_id=known.space_id, title=title, body=body), kind=KIND, key=key, version=version):
        if unit.outbox.on_its_way(key):
            scheduling.schedule(unit, "announcement.follow", key=f"{key}:follow", at=unit.now + outgoing.AGAIN, about={"program": program_id})
        return False
    topic_id, url = outgoing.topic_of(unit, key)
    unit.announcements.put(replace(known, topic_id=topic_id, url=url, version=version, said=said, changed_at=unit.now))
    return True


@scheduling.job("announcement.follow")
def follow_later(unit: UnitOfWork, about: scheduling.About) -> None:
    """A change of the program came while its announcement was being sent."""
    follow(unit, int(about["program"]))


def follow_all(unit: UnitOfWork) -> None:
    """Something that every announcement says has changed."""
    for one in unit.announcements.all():
        follow(unit, one.program_id)


def check_space(unit: UnitOfWork, space_id: str) -> None:
    """Raise :class:`Invalid` for a space that there is not, or that some members may not read."""
    space = unit.spaces.all().get(space_id)
    if space is None or space.access is not Access.MEMBERS:
        raise Invalid("choose a space that every member may read, or most would never see the announcement", field="space")
