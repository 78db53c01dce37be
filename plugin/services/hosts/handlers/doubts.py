"""Questions to the host that a hint gives rise to; each is asked once, however often it arises."""

from datetime import timedelta

from mentorgraph.events import Kind, NewsHinted, SubjectDoubted
from plugin.store.unit_of_work import UnitOfWork

PAUSE: dict[Kind, timedelta] = {"member": timedelta(seconds=3), "topic": timedelta(seconds=2), "post": timedelta(seconds=2)}
"""How long a doubt waits, so that a burst of deliveries about one subject costs one question."""


NEWS_PAUSE = timedelta(seconds=20)
"""How long hints of anything gather before the host is read."""


def doubt(kind: Kind, *host_ids: str, unit: UnitOfWork, urgent: bool = False) -> None:
    """Have the host asked about these; ``urgent`` for what is said to be gone."""
    due = unit.now if urgent else unit.now + PAUSE.get(kind, timedelta())
    unit.checks.add(kind, host_ids, due_at=due)
    unit.wake("checks", at=due)


def doubted(event: SubjectDoubted, unit: UnitOfWork) -> None:
    """Have the host asked at once: the source said all that there is to wait for."""
    doubt(event.kind, event.host_id, unit=unit, urgent=True)


def hinted(_event: NewsHinted, unit: UnitOfWork) -> None:
    """Have what is new read soon; many hints in a row cost one reading."""
    unit.wake("reconcile", at=unit.now + NEWS_PAUSE)
