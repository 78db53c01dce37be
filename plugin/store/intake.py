"""A delivery on its way into the inbox, and what the two ways there have in common: :mod:`plugin.store.sqlite_intake`, :mod:`plugin.store.postgres_intake`.

The statements are SQLAlchemy's, compiled once and then handed to the driver with plain values: what a request costs is mostly what is done for each row.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnClause,
    ColumnElement,
    LargeBinary,
    Text,
    Update,
    case,
    literal_column,
    type_coerce,
    update,
)

from plugin.store.tables import lanes
from plugin.store.types import to_micros


class Arrival(NamedTuple):
    """One admitted delivery, sealed; ``digest`` is of what was sealed, so that two deliveries under one id can be told apart."""

    installation_id: int
    event_id: str
    kind: str
    digest: bytes
    body: bytes
    trace_id: str
    received_at: datetime


COLUMNS = {
    "installation_id": BigInteger,
    "event_id": Text,
    "kind": Text,
    "digest": LargeBinary,
    "body": LargeBinary,
    "trace_id": Text,
    "received_at": BigInteger,
    "next_at": BigInteger,
}
"""What a delivery fills."""
NEW: ColumnClause[str] = literal_column("'new'")


def row_of(one: Arrival) -> tuple[int, str, str, bytes, bytes, str, int, int]:
    """What a delivery fills, in the order of :data:`COLUMNS`."""
    received_at = to_micros(one.received_at)
    return (*one[:6], received_at, received_at)


def waking(now: ColumnElement[int], installation_id: ColumnElement[int]) -> Update:
    """The statement that makes the inbox's lane of an installation due."""
    due_at = type_coerce(lanes.c.due_at, BigInteger)
    mine = lanes.c.installation_id == installation_id, lanes.c.lane == literal_column("'inbox'")
    return update(lanes).where(*mine).values(due_at=case((due_at < now, due_at), else_=now))


def same_under_other_ids(arrivals: Sequence[Arrival], taken: Mapping[tuple[int, str], bytes]) -> list[Arrival]:
    """Those deliveries whose id is taken by another body, each under its id and its own digest; ``taken`` has the digest that is kept under each id.

    The host's id of a delivery is not signed. So a second, different body under an id is kept too: nobody can make us drop a real delivery by sending an old
    one under its number.
    """
    return [
        one._replace(event_id=f"{one.event_id}~{one.digest.hex()}")
        for one in arrivals
        if taken.get((one.installation_id, one.event_id), one.digest) != one.digest
    ]
