"""The two databases behind one shape.

A unit of work is a plain function of a :class:`~plugin.store.unit_of_work.UnitOfWork`; it runs in one transaction and returns what the caller needs. On SQLite
it runs in a thread: one thread writes, a few read, because a read-then-write transaction against a second writer fails at once whatever the busy time-out. On
PostgreSQL the same function runs over asyncpg on the event loop (docs/decisions/0004-units-of-work.md).
"""

from collections.abc import Callable
from typing import Protocol, TypeVar

from plugin.store.dispatch import Dispatcher
from plugin.store.installations import Installations
from plugin.store.intake import Arrival
from plugin.store.unit_of_work import UnitOfWork

T = TypeVar("T")


class Database(Protocol):
    """Where everything is kept."""

    async def read(self, installation_id: int, work: Callable[[UnitOfWork], T]) -> T:
        """Run ``work`` on a consistent state; it must not write."""
        ...

    async def glance(self, installation_id: int, work: Callable[[UnitOfWork], T]) -> T:
        """:meth:`read` for work that finds a few rows by their keys. SQLite does it on the spot: to hand it to a thread would take longer than to do it."""
        ...

    async def write(self, installation_id: int, work: Callable[[UnitOfWork], T]) -> T:
        """Run ``work`` in a transaction that is durable when this returns, and undone whole when ``work`` raises.

        Units that write for one community come one after the other, in all processes together: what a unit reads holds until it has written.
        """
        ...

    async def dispatch(self, work: Callable[[Dispatcher], T]) -> T:
        """Run one of the statements that look across installations."""
        ...

    async def manage(self, work: Callable[[Installations], T]) -> T:
        """Create or remove an installation."""
        ...

    async def epoch(self, installation_id: int) -> int | None:
        """A number that is another after every commit that may change an answer (:mod:`plugin.store.epochs`); ``None`` if there is no such installation."""
        ...

    async def put(self, *arrivals: Arrival) -> None:
        """Keep deliveries, all of them or none; returns once they are durable."""
        ...

    async def check(self) -> None:
        """Raise :class:`~plugin.errors.Unavailable` unless the database answers and has the tables of this version."""
        ...

    async def close(self) -> None:
        """Finish what is under way and let go."""
        ...
