"""When each kind of work of a community is due, and who has it in hand."""

from datetime import datetime
from typing import Literal

from sqlalchemy import and_, bindparam, case, literal, update

from plugin.store.dispatch import EPOCH, NEVER
from plugin.store.repositories.base import Repository
from plugin.store.tables import lanes
from plugin.store.types import Moment

Lane = Literal["inbox", "checks", "suggest", "outbox", "reconcile", "rounds", "learn", "jobs", "tell", "mail", "webhooks"]
ENDPOINT = "endpoint:"
"""What lanes begin with of which there is one for each of several things, here a developer's endpoint: behind it comes the number."""
LANES: tuple[Lane, ...] = ("inbox", "checks", "suggest", "outbox", "reconcile", "rounds", "learn", "jobs", "tell", "mail", "webhooks")

_WAKING = (
    update(lanes)
    .where(lanes.c.installation_id == bindparam("installation"), lanes.c.lane == bindparam("named"))
    .values(due_at=case((lanes.c.due_at < bindparam("at", type_=Moment), lanes.c.due_at), else_=bindparam("at", type_=Moment)))
)
"""Made once, as nearly every unit of work runs it."""


class Lanes(Repository):
    """When each kind of work of this community is due."""

    def create(self) -> None:
        """Make all lanes, idle."""
        self._put(lanes, [{"lane": lane, "due_at": NEVER, "leased_until": EPOCH} for lane in LANES], keep=("due_at", "leased_until"))

    def wake(self, lane: Lane, *, at: datetime) -> None:
        """Make a lane due at ``at`` unless it is due earlier.

        The row is written in both cases: until this transaction ends nobody else can claim the lane, look for the work that it brings, and not see it.
        """
        self._wake(lane, at=at)

    def _wake(self, lane: str, *, at: datetime) -> None:
        self._connection.execute(_WAKING, {"installation": self.installation_id, "named": lane, "at": at})

    def wake_endpoint(self, number: int, *, at: datetime) -> None:
        """Make the lane of a developer's endpoint due at ``at`` unless it is due earlier; it is made when it is first needed."""
        lane = f"{ENDPOINT}{number}"
        self._put(lanes, [{"lane": lane, "due_at": NEVER, "leased_until": EPOCH}], keep=("due_at", "leased_until"))
        self._wake(lane, at=at)

    def drop_endpoint(self, number: int) -> None:
        """The endpoint is gone."""
        self._run(self._delete(lanes).where(lanes.c.lane == f"{ENDPOINT}{number}"))

    def renew(self, lane: str, *, holder: str, until: datetime, later: datetime) -> bool:
        """Prolong a lease that runs ``until``; ``False`` if it was lost. Work that came meanwhile keeps its earlier time."""
        due = case((lanes.c.due_at < until, lanes.c.due_at), else_=literal(later, Moment))
        held = lanes.c.lane == lane, lanes.c.holder == holder, lanes.c.leased_until == until
        return self._run(self._update(lanes).where(*held).values(leased_until=later, due_at=due)) > 0

    def release(self, lane: str, *, holder: str, until: datetime, due_at: datetime | None, note: str = "") -> None:
        """Give a lease that runs ``until`` back and say when the lane is due again. Work that came meanwhile keeps its earlier time.

        The row was made due at ``until`` by the claim, so an earlier time in it was set by someone who brought work. A lease that ran out and was taken over,
        be it by the same holder, is not given back.
        """
        later = due_at or NEVER
        due = case((and_(lanes.c.due_at < until, lanes.c.due_at < later), lanes.c.due_at), else_=literal(later, Moment))
        values = {"due_at": due, "leased_until": EPOCH, "holder": "", "note": note[:500]}
        held = lanes.c.lane == lane, lanes.c.holder == holder, lanes.c.leased_until == until
        self._run(self._update(lanes).where(*held).values(**values))

    def stop(self) -> None:
        """Let no lane ever fall due again."""
        self._run(self._update(lanes).values(due_at=NEVER))

    def notes(self) -> dict[str, str]:
        """Why lanes rest, by lane."""
        return {row.lane: row.note for row in self._rows(self._select(lanes, lanes.c.lane, lanes.c.note))}

    def all(self) -> list[dict[str, object]]:
        """All lanes, for the admin and the doctor."""
        return [dict(row._mapping) for row in self._rows(self._select(lanes))]  # noqa: SLF001 - SQLAlchemy's documented name
