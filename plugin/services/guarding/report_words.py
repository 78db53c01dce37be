"""What reports say: for who wrote them, and who looks into them."""

from plugin.domain.reports import Report
from plugin.store.unit_of_work import UnitOfWork

PURPOSE = "report"


def seal(unit: UnitOfWork, words: str) -> bytes:
    """What somebody reported, sealed."""
    return unit.seal(words.encode(), purpose=PURPOSE)


def words_of(unit: UnitOfWork, one: Report) -> str:
    """What somebody reported."""
    return unit.unseal(one.words, purpose=PURPOSE).decode()


def export_of(unit: UnitOfWork, member_id: int) -> list[dict[str, object]]:
    """What a member reported, opened for their export."""
    return [{"report": one.id, "words": words_of(unit, one)} for one in unit.reports.of_reporter(member_id)]
