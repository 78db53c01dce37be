"""Notices that are due are sent, held, gathered, put off or only listed, by what holds at that moment."""

from datetime import datetime

import orjson
import structlog

from mentorgraph.host import Block, Capability, DirectMessage, Link, Paragraph
from plugin.domain.members import Member
from plugin.domain.notices import Channel, Frequency, NoticeState, Reach, awake, day_start, next_day
from plugin.errors import Unavailable
from plugin.services.messages import calendars, digesting, mailing, outgoing, reaching, telling
from plugin.services.runtime import Runtime
from plugin.store.repositories.telling import Notice
from plugin.store.unit_of_work import UnitOfWork
from plugin.texts import KINDS, About, Person, Shown, Site, language_of, mentions_in, people_in, render, translate
from plugin.texts.service import STOP, WHY

log = structlog.get_logger()

BATCH = 100


async def deliver_due(runtime: Runtime, installation_id: int, *, limit: int = BATCH) -> int:
    """Decide about notices that are due, each in a transaction of its own; returns how many were looked at."""
    due = await runtime.database.read(installation_id, lambda unit: unit.notices.due(now=unit.now, limit=limit))
    if not due:
        return 0
    ways = await ways_of(runtime, installation_id)
    for notice_id in due:
        try:
            await runtime.database.write(installation_id, lambda unit, one=notice_id: deliver(unit, one, ways=ways))  # type: ignore[misc]  # a default binds
        except Unavailable:
            raise
        except Exception:
            # One that cannot be put into words must not stop the others.
            log.exception("notice_broken", installation=installation_id, notice=notice_id)
            await runtime.database.write(
                installation_id,
                lambda unit, one=notice_id: unit.notices.move([one], NoticeState.DROPPED, why="it could not be put into words; the log has it"),  # type: ignore[misc]
            )
    runtime.bus.tell(installation_id)
    return len(due)


class Ways:
    """By which ways members of a community can be told, and where links of ours lead."""

    def __init__(self, *, host: bool, mail: bool, public_url: str) -> None:
        self.host = host
        self.mail = mail
        self.public_url = public_url


async def ways_of(runtime: Runtime, installation_id: int) -> Ways:
    """What can be done for a community."""
    installation = await runtime.installation(installation_id)
    host = Capability.DIRECT_MESSAGES in runtime.host(installation.host).capabilities
    return Ways(host=host, mail=runtime.mailer is not None, public_url=runtime.settings.public_url)


def deliver(unit: UnitOfWork, notice_id: int, *, ways: Ways) -> NoticeState | None:
    """Decide about one notice; returns the state it is in then, or ``None`` if somebody else did."""
    notice = unit.notices.take(notice_id)
    if notice is None or notice.due_at > unit.now:
        return None
    member = unit.members.get(notice.member_id)
    if member is None or not member.takes_part or notice.kind not in KINDS:
        return _end(unit, notice, NoticeState.DROPPED, "the member does not take part, or this version does not tell such things")
    if not notice.released and unit.wishes.held(notice.kind):
        return _end(unit, notice, NoticeState.HELD, "a manager wants to see it first")
    said = reaching.verdict(unit, member, group=notice.group)
    too_late = notice.until is not None and notice.until <= unit.now
    if too_late or (not said.send and said.wait_until is None):
        return _end(unit, notice, NoticeState.SHOWN, "it came too late to be sent" if too_late else said.why)
    return _reach(unit, notice, member, said.wait_until, ways)


def _reach(unit: UnitOfWork, notice: Notice, member: Member, wait_until: datetime | None, ways: Ways) -> NoticeState:
    choice, reach = reaching.choice_of(unit, member.id, notice.group), reaching.reach_of(unit, member)
    at_any_time = KINDS[notice.kind].urgent or notice.kind == digesting.KIND
    if reaching.choice_of(unit, member.id, "community").channel is not Channel.PRODUCT:
        digesting.arrange(unit, member.id, Frequency.WEEKLY, reach)
    if choice.frequency is not Frequency.AT_ONCE and not at_any_time:
        digesting.arrange(unit, member.id, choice.frequency, reach)
        return _end(unit, notice, NoticeState.GATHERED, "")
    if wait_until is None and not at_any_time:
        since = day_start(unit.now, reach.timezone)
        free = {digesting.KIND, *(name for name, kind in KINDS.items() if kind.urgent)}
        if unit.notices.sent_since(member.id, since, but=free) >= unit.policy.messages_per_day:
            wait_until = awake(next_day(unit.now, reach.timezone), reach)
    if wait_until is not None:
        unit.notices.postpone(notice.id, due_at=wait_until)
        return NoticeState.WAITING
    return _send(unit, notice, member, reach, _channel(unit, member.id, choice.channel, ways), ways)


def _end(unit: UnitOfWork, notice: Notice, state: NoticeState, why: str) -> NoticeState:
    unit.notices.move([notice.id], state, why=why)
    return state


def _channel(unit: UnitOfWork, member_id: int, wanted: Channel, ways: Ways) -> Channel | None:
    """The way that a member chose, or the other where that one is closed."""
    can_mail = ways.mail and mailing.usable(unit, member_id)
    if wanted is Channel.EMAIL and can_mail:
        return Channel.EMAIL
    if ways.host:
        return Channel.HOST
    return Channel.EMAIL if can_mail else None


def _send(unit: UnitOfWork, notice: Notice, member: Member, reach: Reach, channel: Channel | None, ways: Ways) -> NoticeState:
    shown = words_of(unit, notice, reach, public_url=ways.public_url)
    if notice.kind == digesting.KIND:
        more = digesting.compose(unit, member, reach)
        if more is None:
            return _end(unit, notice, NoticeState.DROPPED, "there is nothing to tell")
        shown = Shown(shown.title, (*shown.body, *more.blocks))
        unit.notices.name(notice.id, (unit.notices.named(more.notice_ids) | _mentioned(unit, shown)) - {member.id})
        unit.notices.move(more.notice_ids, NoticeState.SENT, channel="digest", sent_at=unit.now)
    if channel is None:
        return _end(unit, notice, NoticeState.SHOWN, "there is no way to send it")
    key = f"{telling.NOTICE}{notice.key}"
    event = str(about_of(unit, notice).get("event", ""))
    send_shown(unit, member, shown, key=key, group=notice.group, locale=reach.locale, channel=channel, public_url=ways.public_url, event=event)
    unit.notices.move([notice.id], NoticeState.SENT, channel=channel.value, sent_at=unit.now)
    return NoticeState.SENT


def _mentioned(unit: UnitOfWork, shown: Shown) -> set[int]:
    found = (unit.members.by_username(one) for one in mentions_in(shown))
    return {one.id for one in found if one is not None}


def send_shown(
    unit: UnitOfWork, member: Member, shown: Shown, *, key: str, group: str, locale: str, channel: Channel, public_url: str, event: str = ""
) -> None:
    """Hand a text for one member over to the outbox of their channel, with why they get it and a link that stops it; a mail has a file of ``event``."""
    language = language_of(locale)
    stop = reaching.stop_link(unit, member.id, group, public_url=public_url)
    why = translate(WHY, language=language).format(community=unit.community.name)
    if channel is Channel.EMAIL:
        last = f"{why} {translate(STOP, language=language).format(url=stop)}"
        paragraphs = (*shown.paragraphs, last)
        mailing.post(unit, key=key, group=group, member_id=member.id, subject=shown.title, paragraphs=paragraphs, stop_url=stop, locale=language, event=event)
        return
    before, _, after = translate(STOP, language=language).partition("{url}")
    body: tuple[Block, ...] = (*shown.body, Paragraph((f"{why} {before}", Link(stop.split("/stop/")[0] + "/stop", stop), after)))
    message = DirectMessage(to=(member.username,), title=shown.title, body=body)
    outgoing.post(message, kind=f"{outgoing.NOTICE}{group}", key=key, member_id=member.id, unit=unit)


def words_of(unit: UnitOfWork, notice: Notice, reach: Reach, *, public_url: str = "") -> Shown:
    """A notice in its reader's words."""
    about = about_of(unit, notice)
    found = unit.members.many(people_in(notice.kind, about))
    people = {one.id: Person(one.username, one.name) for one in found.values()}
    site = Site(public_url, unit.community.base_url) if public_url else None
    shown = render(notice.kind, about, reach.locale, timezone=reach.timezone, people=people, site=site)
    event = calendars.find(unit, str(about["event"])) if about.get("event") else None
    return shown if event is None or event.cancelled else Shown(shown.title, (*shown.body, calendars.entry(event, timezone=reach.timezone)))


def about_of(unit: UnitOfWork, notice: Notice) -> About:
    """What a notice is about."""
    found: dict[str, str | int] = orjson.loads(unit.unseal(notice.about, purpose="notice"))
    return found
