"""A delivery on its way into the inbox."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One admitted delivery, sealed; ``digest`` is of what was sealed, so that two deliveries under one id can be told apart."""

    installation_id: int
    event_id: str
    kind: str
    digest: bytes
    body: bytes = field(repr=False)
    trace_id: str
    received_at: datetime
