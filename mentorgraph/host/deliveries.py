"""What a host sends by itself: one webhook request, what may be kept of it, and the answer that the host wants."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One webhook request as it came in.

    Header names are lower case; ``rest`` is the path behind the installation; ``body`` is the raw bytes. ``received_at`` is for hosts whose deliveries have
    neither an id nor a time; a recording may lack it.
    """

    method: str
    rest: str
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    received_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """What may be stored of a delivery.

    ``key`` is the host's own id of this delivery, unique within the installation; a second one with the same key and body is the same delivery. ``kind`` is
    the host's name of what happened, for counting. ``body`` may be less than what came: it is all that :meth:`Host.to_events` gets to see.
    """

    key: str
    kind: str
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """The answer a host wants for a delivery that is kept, or that was dropped on purpose."""

    status: int = 202
    body: bytes = b""
    content_type: str = "text/plain; charset=utf-8"
