"""The closed list of statements that look across installations.

They return ids only, or write nothing but leases. A test reads every other statement for its ``installation_id``.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, case, literal, or_, select, update

from plugin.store.tables import installations, lanes, tokens
from plugin.store.types import Moment, from_micros

EPOCH = from_micros(0)
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
MARK = {"mentorgraph": "dispatcher"}
"""Execution option that marks a statement of this module."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A lane of work that this worker holds until its lease runs out."""

    installation_id: int
    lane: str
    until: datetime
    holder: str


class Dispatcher:
    """Finds work, and whose token it is."""

    def __init__(self, connection: Connection, *, skip_locked: bool) -> None:
        self._connection = connection
        self._skip_locked = skip_locked

    def claim(self, *, now: datetime, lease: timedelta, holder: str, limit: int, only: Sequence[str] = ()) -> list[Claim]:
        """Take up to ``limit`` lanes that are due and free, the longest-waiting first, each for ``lease``.

        A claimed lane is due again when its lease ends, so that work is taken up by another if this worker dies, and work that comes meanwhile shows as an
        earlier time. ``only`` has names of lanes, or beginnings of them that end in a colon.
        """
        due = select(lanes.c.installation_id, lanes.c.lane).where(lanes.c.due_at <= now, lanes.c.leased_until <= now).order_by(lanes.c.due_at).limit(limit)
        if only:
            several = [lanes.c.lane.startswith(name) for name in only if name.endswith(":")]
            due = due.where(or_(lanes.c.lane.in_([name for name in only if not name.endswith(":")]), *several))
        if self._skip_locked:
            due = due.with_for_update(skip_locked=True)
        until = now + lease
        found = [Claim(row.installation_id, row.lane, until, holder) for row in self._connection.execute(due, execution_options=MARK)]
        for claim in found:
            self._connection.execute(
                update(lanes)
                .where(lanes.c.installation_id == claim.installation_id, lanes.c.lane == claim.lane)
                .values(leased_until=until, due_at=until, holder=holder),
                execution_options=MARK,
            )
        return found

    def renew(self, claim: Claim, *, until: datetime) -> Claim | None:
        """Prolong a lease; ``None`` if it was lost. Work that came meanwhile keeps its earlier time."""
        due = case((lanes.c.due_at < claim.until, lanes.c.due_at), else_=literal(until, Moment))
        found = self._connection.execute(update(lanes).where(*_held(claim)).values(leased_until=until, due_at=due))
        return replace(claim, until=until) if found.rowcount else None

    def release(self, claim: Claim, *, due_at: datetime | None, note: str = "") -> None:
        """Give a lease back and say when the lane is due again. Work that came meanwhile keeps its earlier time.

        The row was made due at the end of the lease by the claim, so an earlier time in it was set by someone who brought work. A lease that ran out and was
        taken over, be it by the same holder, is not given back.
        """
        later = due_at or NEVER
        due = case((and_(lanes.c.due_at < claim.until, lanes.c.due_at < later), lanes.c.due_at), else_=literal(later, Moment))
        values = {"due_at": due, "leased_until": EPOCH, "holder": "", "note": note[:500]}
        self._connection.execute(update(lanes).where(*_held(claim)).values(**values))

    def free(self, *, now: datetime) -> int:
        """End every lease, because whoever held one is gone for certain; returns how many. What was held is due at once."""
        held = update(lanes).where(lanes.c.leased_until > now).values(leased_until=now, due_at=now)
        return self._connection.execute(held, execution_options=MARK).rowcount

    def installation_of_token(self, digest: bytes) -> int | None:
        """The installation that a token belongs to."""
        return self._connection.execute(select(tokens.c.installation_id).where(tokens.c.digest == digest), execution_options=MARK).scalar()

    def installation_ids(self) -> list[int]:
        """All installations, for the start of the service and the operator's commands."""
        return list(
            self._connection.execute(select(installations.c.installation_id).order_by(installations.c.installation_id), execution_options=MARK).scalars()
        )

    def find_installation(self, host: str, base_url: str) -> int | None:
        """The installation of a community that is connected already."""
        return self._connection.execute(
            select(installations.c.installation_id).where(installations.c.host == host, installations.c.base_url == base_url), execution_options=MARK
        ).scalar()


def _held(claim: Claim) -> tuple[ColumnElement[bool], ...]:
    mine = lanes.c.installation_id == claim.installation_id, lanes.c.lane == claim.lane
    return *mine, lanes.c.holder == claim.holder, lanes.c.leased_until == claim.until
