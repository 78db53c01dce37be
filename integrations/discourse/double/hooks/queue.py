"""Deliveries that wait to be sent. The payload is frozen when it is put here, not when it is sent."""

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Job:
    """One delivery to one hook. ``event_id`` is set for a redelivery, which keeps its id; ``try_number`` counts retries."""

    web_hook_id: int
    event_type: str
    event_name: str
    body: bytes
    due: float = 0.0
    try_number: int = 0
    event_id: int | None = None
    category_id: int | None = None
    tags: tuple[str, ...] = ()
    group_ids: tuple[int, ...] = ()


@dataclass(slots=True)
class HookQueue:
    """Jobs in the order in which they were put. ``wake`` is called whenever one comes in; ``muted`` drops new ones."""

    jobs: list[Job] = field(default_factory=list)
    muted: bool = False
    wake: Callable[[], None] = lambda: None

    def put(self, job: Job) -> None:
        """Add a delivery."""
        if not self.muted:
            self.jobs.append(job)
            self.wake()
