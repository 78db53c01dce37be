"""What members were told, and how they want to be told."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func

from plugin.domain.notices import Channel, Choice, Frequency, NoticeState, Reach
from plugin.store.repositories.base import Repository, chunks
from plugin.store.tables import kind_holds, notice_choices, notice_people, notices, reaches


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something that one member is told; ``about`` is sealed. ``until`` is when it is of no use any more."""

    id: int
    key: str
    member_id: int
    kind: str
    group: str
    about: bytes = field(repr=False)
    state: NoticeState = NoticeState.WAITING
    channel: str = ""
    created_at: datetime
    due_at: datetime
    until: datetime | None = None
    released: bool = False
    sent_at: datetime | None = None
    read_at: datetime | None = None
    why: str = ""


class Notices(Repository):
    """Notices. A key is used once, for as long as the notice is remembered: nothing is told twice."""

    def put(self, notice: Notice) -> bool:
        """Keep a notice unless its key is known; ``False`` if it is."""
        row = {
            "notice_id": notice.id,
            "key": notice.key,
            "member_id": notice.member_id,
            "kind": notice.kind,
            "group": notice.group,
            "about": notice.about,
            "state": notice.state.value,
            "created_at": notice.created_at,
            "due_at": notice.due_at,
            "until": notice.until,
        }
        return self._add(notices, row, unique=("key",))

    def name(self, notice_id: int, member_ids: Iterable[int]) -> None:
        """Remember whom a notice names, or whose words it holds."""
        rows = [{"member_id": one, "notice_id": notice_id} for one in sorted(set(member_ids))]
        self._put(notice_people, rows)

    def named(self, notice_ids: Iterable[int]) -> set[int]:
        """Whom notices name."""
        return {int(row[0]) for row in self._among(notice_people.c.notice_id, notice_ids, notice_people.c.member_id)}

    def naming(self, member_id: int) -> list[Notice]:
        """What others were or are to be told in which a member is named."""
        theirs = self._select(notice_people, notice_people.c.notice_id).where(notice_people.c.member_id == member_id).scalar_subquery()
        return [_notice(row) for row in self._rows(self._select(notices).where(notices.c.member_id != member_id, notices.c.notice_id.in_(theirs)))]

    def reword(self, notice_id: int, about: bytes) -> None:
        """Put other words in the place of what a notice is about."""
        self._run(self._update(notices).where(notices.c.notice_id == notice_id).values(about=about))

    def get(self, notice_id: int) -> Notice | None:
        """A notice by its id."""
        row = self._one(self._select(notices).where(notices.c.notice_id == notice_id))
        return None if row is None else _notice(row)

    def by_key(self, key: str) -> Notice | None:
        """A notice by its key."""
        row = self._one(self._select(notices).where(notices.c.key == key))
        return None if row is None else _notice(row)

    def due(self, *, now: datetime, limit: int) -> list[int]:
        """Ids of notices that are to be sent now, the longest-waiting first."""
        waiting = notices.c.state == NoticeState.WAITING.value, notices.c.due_at <= now
        order = notices.c.due_at, notices.c.notice_id
        return [int(row[0]) for row in self._rows(self._select(notices, notices.c.notice_id).where(*waiting).order_by(*order).limit(limit))]

    def take(self, notice_id: int, *, state: NoticeState = NoticeState.WAITING) -> Notice | None:
        """A notice in a state; ``None`` if it is in another one by now."""
        row = self._one(self._select(notices).where(notices.c.notice_id == notice_id, notices.c.state == state.value))
        return None if row is None else _notice(row)

    def next_at(self) -> datetime | None:
        """When the next notice falls due."""
        row = self._one(self._select(notices, func.min(notices.c.due_at)).where(notices.c.state == NoticeState.WAITING.value))
        return None if row is None else row[0]

    def move(self, notice_ids: Iterable[int], state: NoticeState, *, why: str = "", channel: str = "", sent_at: datetime | None = None) -> None:
        """Bring notices into another state."""
        values: dict[str, object] = {"state": state.value, "why": why[:300], "channel": channel, "sent_at": sent_at}
        for part in chunks(notice_ids):
            if len(part) == 1:
                self._assign(notices, {"notice_id": part[0]}, **values)
            else:
                self._run(self._update(notices).where(notices.c.notice_id.in_(part)).values(**values))

    def postpone(self, notice_id: int, *, due_at: datetime) -> None:
        """Let a notice wait longer."""
        self._assign(notices, {"notice_id": notice_id}, due_at=due_at)

    def release(self, notice_ids: Iterable[int], *, now: datetime) -> int:
        """Let notices go that a manager held; returns how many there were."""
        count = 0
        for part in chunks(notice_ids):
            held = notices.c.notice_id.in_(part), notices.c.state == NoticeState.HELD.value
            count += self._run(self._update(notices).where(*held).values(state=NoticeState.WAITING.value, due_at=now, released=True, why=""))
        return count

    def drop_held(self, notice_ids: Iterable[int], *, why: str) -> int:
        """Give notices up that a manager held; returns how many there were."""
        count = 0
        for part in chunks(notice_ids):
            held = notices.c.notice_id.in_(part), notices.c.state == NoticeState.HELD.value
            count += self._run(self._update(notices).where(*held).values(state=NoticeState.DROPPED.value, why=why[:300]))
        return count

    def unsent(self, prefix: str) -> list[Notice]:
        """What was not sent yet and whose keys begin with ``prefix``."""
        return [_notice(row) for row in self._rows(self._select(notices).where(*_unsent(prefix)).order_by(notices.c.notice_id))]

    def drop_keys(self, prefix: str, *, why: str) -> int:
        """Give up what was not sent yet and whose keys begin with ``prefix``; returns how many there were."""
        return self._run(self._update(notices).where(*_unsent(prefix)).values(state=NoticeState.DROPPED.value, why=why[:300]))

    def gathered(self, member_id: int) -> list[Notice]:
        """What waits for a member's digest, oldest first."""
        mine = notices.c.member_id == member_id, notices.c.state == NoticeState.GATHERED.value
        return [_notice(row) for row in self._rows(self._select(notices).where(*mine).order_by(notices.c.created_at, notices.c.notice_id))]

    def gather_again(self, member_id: int, *, sent_at: datetime) -> None:
        """Have what was told in a digest wait for the next one: that digest never left."""
        told = notices.c.member_id == member_id, notices.c.channel == "digest", notices.c.sent_at == sent_at
        self._run(self._update(notices).where(*told).values(state=NoticeState.GATHERED.value, channel="", sent_at=None))

    def sent_since(self, member_id: int, since: datetime, *, but: Iterable[str]) -> int:
        """How many messages a member was sent since a moment, ``but`` of these kinds; what was in a digest is none of its own."""
        mine = notices.c.member_id == member_id, notices.c.sent_at >= since, notices.c.state == NoticeState.SENT.value, notices.c.channel != "digest"
        row = self._one(self._select(notices, func.count()).where(*mine, notices.c.kind.not_in(sorted(but))))
        return 0 if row is None else int(row[0])

    def of_member(self, member_id: int, *, after: int | None, limit: int, unread: bool = False) -> list[Notice]:
        """What a member was told, newest first. What a manager holds or dropped is not among it."""
        hidden = [NoticeState.HELD.value, NoticeState.DROPPED.value]
        statement = self._select(notices).where(notices.c.member_id == member_id, notices.c.state.not_in(hidden))
        if after is not None:
            statement = statement.where(notices.c.notice_id < after)
        if unread:
            statement = statement.where(notices.c.read_at.is_(None))
        return [_notice(row) for row in self._rows(statement.order_by(notices.c.notice_id.desc()).limit(limit))]

    def read(self, member_id: int, *, upto: int, at: datetime) -> int:
        """A member has read everything up to this one; returns how many that were."""
        mine = notices.c.member_id == member_id, notices.c.notice_id <= upto, notices.c.read_at.is_(None)
        return self._run(self._update(notices).where(*mine).values(read_at=at))

    def listing(self, *, state: NoticeState, kind: str | None, after: int | None, limit: int) -> list[Notice]:
        """Notices in a state, oldest first."""
        statement = self._select(notices).where(notices.c.state == state.value)
        if kind is not None:
            statement = statement.where(notices.c.kind == kind)
        if after is not None:
            statement = statement.where(notices.c.notice_id > after)
        return [_notice(row) for row in self._rows(statement.order_by(notices.c.notice_id).limit(limit))]

    def prune(self, *, before: datetime) -> None:
        """Forget what was told long ago."""
        self._run(self._delete(notices).where(notices.c.created_at < before))

    def counts(self) -> dict[tuple[str, str], int]:
        """How many notices there are by kind and state."""
        columns = notices.c.kind, notices.c.state
        return {(str(row[0]), str(row[1])): int(row[2]) for row in self._rows(self._select(notices, *columns, func.count()).group_by(*columns))}


class Wishes(Repository):
    """How members want to be told, and what managers want to see first. What was read in a unit of work is remembered until its end."""

    def __init__(self, connection: Connection, installation_id: int) -> None:
        super().__init__(connection, installation_id)
        self._choices: dict[int, dict[str, Choice]] = {}
        self._reaches: dict[int, Reach | None] = {}

    def choices(self, member_id: int) -> dict[str, Choice]:
        """A member's choices, by group."""
        if member_id not in self._choices:
            rows = self._where(notice_choices.c.member_id, member_id)
            self._choices[member_id] = {row.group: Choice(channel=Channel(row.channel), frequency=Frequency(row.frequency)) for row in rows}
        return self._choices[member_id]

    def chosen(self, group: str) -> dict[int, Choice]:
        """What each member who chose something for a group of kinds chose."""
        rows = self._rows(self._select(notice_choices).where(notice_choices.c.group == group))
        return {row.member_id: Choice(channel=Channel(row.channel), frequency=Frequency(row.frequency)) for row in rows}

    def choose(self, member_id: int, choices: Mapping[str, Choice]) -> None:
        """Keep a member's choices."""
        rows = [{"member_id": member_id, "group": group, "channel": one.channel.value, "frequency": one.frequency.value} for group, one in choices.items()]
        self._put(notice_choices, rows)
        self._choices.pop(member_id, None)

    def reach(self, member_id: int) -> Reach | None:
        """When a member can be reached, if they said so. ``timezone`` and ``locale`` are empty where the host's count."""
        if member_id not in self._reaches:
            self._reaches[member_id] = self._reach(member_id)
        return self._reaches[member_id]

    def _reach(self, member_id: int) -> Reach | None:
        found = self._where(reaches.c.member_id, member_id)
        if not found:
            return None
        row = found[0]
        return Reach(
            timezone=row.timezone,
            locale=row.locale,
            quiet_from=row.quiet_from,
            quiet_until=row.quiet_until,
            digest_at=row.digest_at,
            weekday=row.weekday,
        )

    def set_reach(self, member_id: int, reach: Reach) -> None:
        """Keep when a member can be reached."""
        row = {
            "member_id": member_id,
            "timezone": reach.timezone,
            "locale": reach.locale,
            "quiet_from": reach.quiet_from,
            "quiet_until": reach.quiet_until,
            "digest_at": reach.digest_at,
            "weekday": reach.weekday,
        }
        self._put(reaches, [row])
        self._reaches.pop(member_id, None)

    def held(self, kind: str) -> bool:
        """Whether managers want to see notices of this kind first."""
        return self._one(self._select(kind_holds, kind_holds.c.kind).where(kind_holds.c.kind == kind)) is not None

    def holds(self) -> dict[str, datetime]:
        """The kinds that managers want to see first, and since when."""
        return {row.kind: row.since for row in self._rows(self._select(kind_holds))}

    def hold(self, kind: str, *, at: datetime) -> None:
        """Have notices of a kind wait for a manager."""
        self._put(kind_holds, [{"kind": kind, "since": at}], keep=("since",))

    def let_go(self, kind: str) -> None:
        """Have notices of a kind wait no more."""
        self._run(self._delete(kind_holds).where(kind_holds.c.kind == kind))


def _unsent(prefix: str) -> tuple[ColumnElement[bool], ...]:
    states = [one.value for one in (NoticeState.WAITING, NoticeState.HELD, NoticeState.GATHERED)]
    return notices.c.key.startswith(prefix, autoescape=True), notices.c.state.in_(states)


def _notice(row: Row[*tuple[Any, ...]]) -> Notice:
    return Notice(
        id=row.notice_id,
        key=row.key,
        member_id=row.member_id,
        kind=row.kind,
        group=row.group,
        about=row.about,
        state=NoticeState(row.state),
        channel=row.channel,
        created_at=row.created_at,
        due_at=row.due_at,
        until=row.until,
        released=row.released,
        sent_at=row.sent_at,
        read_at=row.read_at,
        why=row.why,
    )
