"""Members, their groups, badges and consents."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, bindparam, func, or_, select
from sqlalchemy.sql.expression import true

from plugin.domain.members import Card, Consent, ConsentRecord, Member, Standing
from plugin.store.repositories.base import Repository, chunks
from plugin.store.tables import badges, consents, group_members, groups, members, tombstones

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


class Groups(Repository):
    """Groups of the host that are not automatic, and who is in them."""

    def put(self, group_id: str, *, name: str, title: str) -> None:
        """Insert or replace a group."""
        self._put(groups, [{"group_id": group_id, "name": name, "title": title}])

    def remove(self, group_id: str) -> None:
        """Forget a group and its memberships."""
        self._run(self._delete(group_members).where(group_members.c.group_id == group_id))
        self._run(self._delete(groups).where(groups.c.group_id == group_id))

    def add(self, group_id: str, member_ids: Iterable[int]) -> None:
        """Put members into a group."""
        self._put(group_members, [{"group_id": group_id, "member_id": one} for one in member_ids])

    def discard(self, group_id: str, member_ids: Iterable[int]) -> None:
        """Take members out of a group."""
        for part in chunks(member_ids):
            self._run(self._delete(group_members).where(group_members.c.group_id == group_id, group_members.c.member_id.in_(part)))

    def members_of(self, group_id: str) -> set[int]:
        """Who is in a group."""
        return {row[0] for row in self._where(group_members.c.group_id, group_id, group_members.c.member_id)}

    def groups_of(self, member_id: int) -> set[str]:
        """Which groups a member is in."""
        return {row[0] for row in self._where(group_members.c.member_id, member_id, group_members.c.group_id)}

    def all(self) -> dict[str, str]:
        """Names by id."""
        return {row.group_id: row.name for row in self._rows(self._select(groups, groups.c.group_id, groups.c.name))}

    def memberships(self) -> set[tuple[str, int]]:
        """All pairs of group and member."""
        return {(row[0], row[1]) for row in self._rows(self._select(group_members, group_members.c.group_id, group_members.c.member_id))}

    def mark_seen(self, group_ids: Sequence[str], *, sweep: int) -> None:
        """Remember that a listing named these groups."""
        for part in chunks(group_ids):
            self._run(self._update(groups).where(groups.c.group_id.in_(part)).values(seen_sweep=sweep))

    def unseen(self, *, sweep: int) -> list[str]:
        """Groups that a whole listing did not name."""
        return [row[0] for row in self._rows(self._select(groups, groups.c.group_id).where(groups.c.seen_sweep < sweep))]


class Badges(Repository):
    """Badges that members hold."""

    def grant(self, member_id: int, badge_id: str, *, grant_id: str, name: str, at: datetime) -> None:
        """Remember a grant."""
        self._put(badges, [{"member_id": member_id, "badge_id": badge_id, "grant_id": grant_id, "name": name, "granted_at": at}])

    def revoke(self, member_id: int, badge_id: str, *, grant_id: str | None) -> None:
        """Forget a grant, or all grants of a badge when the host did not number them."""
        which: ColumnElement[bool] = true() if grant_id is None else badges.c.grant_id == grant_id
        self._run(self._delete(badges).where(and_(badges.c.member_id == member_id, badges.c.badge_id == badge_id, which)))

    def all(self) -> set[tuple[int, str]]:
        """All pairs of member and badge."""
        return {(row[0], row[1]) for row in self._rows(self._select(badges, badges.c.member_id, badges.c.badge_id))}


class Consents(Repository):
    """Every decision of every member, the last of each kind being in force."""

    def add(self, record: ConsentRecord) -> None:
        """Remember a decision."""
        self._put(
            consents,
            [
                {
                    "member_id": record.member_id,
                    "kind": record.kind.value,
                    "at": record.at,
                    "given": record.given,
                    "source": record.source,
                    "text_version": record.text_version,
                }
            ],
        )

    def of(self, member_id: int) -> dict[Consent, ConsentRecord]:
        """The decisions of a member that are in force."""
        rows = self._rows(self._select(consents).where(consents.c.member_id == member_id).order_by(consents.c.at))
        return {record.kind: record for record in map(_consent, rows)}

    def refused(self, kind: Consent, member_ids: Iterable[int]) -> set[int]:
        """Who of these members decided last not to agree."""
        columns = consents.c.member_id, consents.c.given, consents.c.kind, consents.c.at
        rows = [row for row in self._among(consents.c.member_id, member_ids, *columns) if row.kind == kind.value]
        return {one for one, given in {row.member_id: row.given for row in sorted(rows, key=lambda row: row.at)}.items() if not given}

    def in_force(self, kind: Consent) -> dict[int, bool]:
        """What each member who decided has decided last."""
        rows = self._rows(self._select(consents, consents.c.member_id, consents.c.given).where(consents.c.kind == kind.value).order_by(consents.c.at))
        return {row.member_id: row.given for row in rows}


def _consent(row: Row[*tuple[Any, ...]]) -> ConsentRecord:
    values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's documented name
    values.pop("installation_id")
    return ConsentRecord(kind=Consent(values.pop("kind")), **values)
