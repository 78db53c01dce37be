"""When each kind of work of a community is due, and who has it in hand."""

from datetime import datetime
from typing import Literal

from sqlalchemy import bindparam, case, update

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

    def stop(self) -> None:
        """Let no lane ever fall due again."""
        self._run(self._update(lanes).values(due_at=NEVER))

    def notes(self) -> dict[str, str]:
        """Why lanes rest, by lane."""
        return {row.lane: row.note for row in self._rows(self._select(lanes, lanes.c.lane, lanes.c.note))}

    def all(self) -> list[dict[str, object]]:
        """All lanes, for the admin and the doctor."""
        return [dict(row._mapping) for row in self._rows(self._select(lanes))]  # noqa: SLF001 - SQLAlchemy's documented name
