"""Members, and what is left of those who were erased."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, func, or_, select

from plugin.domain.members import Card, Member, Standing
from plugin.store.repositories.base import Repository, chunks
from plugin.store.tables import members, tombstones

_COLUMNS = [column for column in members.c if column.name not in {"installation_id", "seen_sweep"}]
_CARD = [members.c["member_id" if name == "id" else name] for name in Card._fields]
_FIELDS = tuple("id" if column.name == "member_id" else column.name for column in _COLUMNS)
_STANDINGS = {one.value: one for one in Standing}


def _member(row: Row[*tuple[Any, ...]]) -> Member:
    # By place: a page of members is asked for all the time, and names of columns take SQLAlchemy longer to give than the row.
    values: dict[str, Any] = dict(zip(_FIELDS, row, strict=True))
    values["standing"] = _STANDINGS[values["standing"]]
    return Member(**values)


def _values(member: Member) -> dict[str, object]:
    return {
        "member_id": member.id,
        "host_user_id": member.host_user_id,
        "username": member.username,
        "name": member.name,
        "avatar_url": member.avatar_url,
        "standing": member.standing.value,
        "created_at": member.created_at,
        "last_seen_at": member.last_seen_at,
        "trust_level": member.trust_level,
        "admin": member.admin,
        "moderator": member.moderator,
        "title": member.title,
        "bio": member.bio,
        "location": member.location,
        "locale": member.locale,
        "timezone": member.timezone,
        "fields": dict(member.fields),
        "read_at": member.read_at,
    }


@cache
def _page(*, named: bool) -> Select[*tuple[Any, ...]]:
    """One page of the directory. Made once, as it is asked for all the time."""
    statement = select(*_CARD).where(
        members.c.installation_id == bindparam("installation"),
        # Not IN: SQLAlchemy writes that anew for every call.
        or_(members.c.standing == Standing.MEMBER.value, members.c.standing == Standing.UNKNOWN.value),
        members.c.member_id > bindparam("after"),
    )
    if named:
        # The database lowers both: SQLite leaves what is not ASCII as it is, and so must what is looked for.
        like = (func.lower(column).like(func.lower(bindparam("word")), escape="\\") for column in (members.c.username, members.c.name))
        statement = statement.where(or_(*like))
    return statement.order_by(members.c.member_id).limit(bindparam("limit"))


class Members(Repository):
    """Members by our id and by the host's. What was read or written in a unit of work is remembered until its end."""

    def __init__(self, connection: Connection, installation_id: int) -> None:
        super().__init__(connection, installation_id)
        self._by_host: dict[str, Member | None] = {}
        self._dirty: dict[int, Member] = {}
        self._buried: dict[bytes, bool] = {}
        self._any_buried: bool | None = None

    # ------------------------------------------------------------------------------------------------------------- one by one

    def load(self, host_user_ids: Iterable[str]) -> None:
        """Read many at once, so that :meth:`by_host` need not."""
        missing = {one for one in host_user_ids if one not in self._by_host}
        self._by_host |= dict.fromkeys(missing)
        for row in self._among(members.c.host_user_id, missing, *_COLUMNS):
            found = _member(row)
            self._by_host[found.host_user_id] = found

    def by_host(self, host_user_id: str) -> Member | None:
        """The member with the host's id."""
        self.load([host_user_id])
        return self._by_host[host_user_id]

    def get(self, member_id: int) -> Member | None:
        """The member with our id."""
        return self.many([member_id]).get(member_id)

    def many(self, member_ids: Iterable[int]) -> dict[int, Member]:
        """Members by our ids; unknown ids are left out."""
        self.flush()
        return {one.id: one for one in map(_member, self._among(members.c.member_id, member_ids, *_COLUMNS))}

    def by_username(self, username: str) -> Member | None:
        """The member with this name now, whatever the case of its letters (on SQLite: of A to Z). Names are reused on hosts: the one read last wins."""
        self.flush()
        same = func.lower(members.c.username) == func.lower(username)
        found = self._rows(self._select(members, *_COLUMNS).where(same).order_by(members.c.read_at.desc().nulls_last()).limit(1))
        return _member(found[0]) if found else None

    def put(self, member: Member) -> None:
        """Insert or replace a member at the end of the unit of work, or before the next read that needs it."""
        self._by_host[member.host_user_id] = member
        self._dirty[member.id] = member

    def flush(self) -> None:
        """Write what :meth:`put` gathered."""
        if self._dirty:
            rows = [_values(member) for member in self._dirty.values()]
            self._dirty.clear()
            self._put(members, rows)

    # ------------------------------------------------------------------------------------------------------------- lists

    def page(self, *, after: int | None, limit: int, query: str | None) -> list[Card]:
        """Members that take part, by our id; ``query`` is a part of a name."""
        self.flush()
        given: dict[str, object] = {"installation": self.installation_id, "after": -1 if after is None else after, "limit": limit}
        if query:
            word = query.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
            given["word"] = f"%{word}%"
        return list(map(Card._make, self._connection.execute(_page(named=bool(query)), given)))

    def all(self) -> list[Member]:
        """Every member; for the graph and for comparisons."""
        self.flush()
        return [_member(row) for row in self._rows(self._select(members, *_COLUMNS).order_by(members.c.member_id))]

    def since(self, moment: datetime, *, limit: int = 200) -> list[Member]:
        """Members whose accounts were made after a moment, the newest first."""
        self.flush()
        statement = self._select(members, *_COLUMNS).where(members.c.created_at > moment)
        return [_member(row) for row in self._rows(statement.order_by(members.c.created_at.desc(), members.c.member_id).limit(limit))]

    def admins(self) -> list[Member]:
        """Members who are admins of the community, as far as the host said."""
        self.flush()
        return [_member(row) for row in self._rows(self._select(members, *_COLUMNS).where(members.c.admin.is_(True)).order_by(members.c.member_id))]

    def ids(self, *, joined_after: datetime | None = None) -> frozenset[int]:
        """The ids of members that take part; of those only whose accounts were made after a moment."""
        self.flush()
        statement = self._select(members, members.c.member_id).where(members.c.standing.in_([Standing.MEMBER.value, Standing.UNKNOWN.value]))
        if joined_after is not None:
            statement = statement.where(members.c.created_at > joined_after)
        return frozenset(row[0] for row in self._rows(statement))

    def count(self) -> int:
        """How many members take part."""
        self.flush()
        row = self._one(self._select(members, func.count()).where(members.c.standing.in_([Standing.MEMBER.value, Standing.UNKNOWN.value])))
        return 0 if row is None else int(row[0])

    def mark_seen(self, host_user_ids: Sequence[str], *, sweep: int) -> None:
        """Remember that a listing named these members."""
        self.flush()
        for part in chunks(host_user_ids):
            self._run(self._update(members).where(members.c.host_user_id.in_(part)).values(seen_sweep=sweep))

    def unseen(self, *, sweep: int, before: datetime) -> list[str]:
        """Host ids of members that a whole listing did not name although it began after they were last read."""
        self.flush()
        doubtful = or_(members.c.read_at.is_(None), members.c.read_at < before)
        statement = self._select(members, members.c.host_user_id).where(members.c.seen_sweep < sweep, doubtful, members.c.standing != Standing.PENDING.value)
        return [row[0] for row in self._rows(statement)]

    # ------------------------------------------------------------------------------------------------------------- tombstones

    def load_buried(self, digests: Iterable[bytes]) -> None:
        """Read many at once, so that :meth:`buried` need not."""
        missing = {one for one in digests if one not in self._buried}
        self._buried |= dict.fromkeys(missing, False)
        self._buried |= {bytes(row[0]): True for row in self._among(tombstones.c.digest, missing, tombstones.c.digest)}

    def buried(self, digest: bytes) -> bool:
        """Whether an erased member has this tombstone."""
        self.load_buried([digest])
        return self._buried[digest]

    def any_buried(self) -> bool:
        """Whether there is any tombstone, so that the common case need not compute digests."""
        if self._any_buried is None:
            self._any_buried = bool(self._rows(self._select(tombstones, tombstones.c.at).limit(1)))
        return self._any_buried

    def all_buried(self) -> list[bytes]:
        """All tombstones."""
        return [bytes(row[0]) for row in self._rows(self._select(tombstones, tombstones.c.digest))]

    def bury(self, digest: bytes, *, at: datetime) -> None:
        """Leave a tombstone."""
        self._put(tombstones, [{"digest": digest, "at": at}])
        self._buried[digest] = self._any_buried = True

    def unbury(self, digest: bytes) -> None:
        """Remove a tombstone, because the person came back by their own will."""
        self._run(self._delete(tombstones).where(tombstones.c.digest == digest))
        self._buried[digest], self._any_buried = False, None
