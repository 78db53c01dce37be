"""What answers have taught about criteria."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from plugin.store.repositories.base import Repository
from plugin.store.tables import criterion_weights, lessons, weight_moves


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """What somebody said to a pair; ``fits`` are the pair's fits by criterion at the time."""

    id: int
    program_id: int
    kind: str
    mentor_id: int
    mentee_id: int
    reason: str = ""
    rating: float | None = None
    fits: Mapping[str, float] = field(default_factory=dict)
    learned: bool = False
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A change of a criterion's factor, and the numbers that moved it."""

    id: int
    program_id: int
    criterion: str
    earlier: float
    later: float
    because: Mapping[str, float]
    at: datetime


class Lessons(Repository):
    """What answers have taught, by program (0 for none)."""

    def add(self, lesson: Lesson) -> None:
        """Keep a lesson."""
        self._put(
            lessons,
            [
                {
                    "lesson_id": lesson.id,
                    "program_id": lesson.program_id,
                    "kind": lesson.kind,
                    "mentor_id": lesson.mentor_id,
                    "mentee_id": lesson.mentee_id,
                    "reason": lesson.reason,
                    "rating": lesson.rating,
                    "fits": dict(lesson.fits),
                    "learned": lesson.learned,
                    "at": lesson.at,
                }
            ],
        )

    def of_program(self, program_id: int) -> list[Lesson]:
        """The lessons of a program that are still there, the oldest first."""
        rows = self._rows(self._select(lessons).where(lessons.c.program_id == program_id).order_by(lessons.c.lesson_id))
        return [
            Lesson(
                id=row.lesson_id,
                program_id=row.program_id,
                kind=row.kind,
                mentor_id=row.mentor_id,
                mentee_id=row.mentee_id,
                reason=row.reason,
                rating=row.rating,
                fits=row.fits,
                learned=row.learned,
                at=row.at,
            )
            for row in rows
        ]

    def untaught(self) -> list[int]:
        """Programs with lessons that were not learned from yet."""
        rows = self._rows(self._select(lessons, lessons.c.program_id).where(lessons.c.learned.is_(False)).distinct().order_by(lessons.c.program_id))
        return [row[0] for row in rows]

    def mark(self, program_id: int) -> None:
        """The lessons of a program were learned from."""
        self._run(self._update(lessons).where(lessons.c.program_id == program_id).values(learned=True))

    def forget(self, program_id: int) -> None:
        """Forget the lessons of a program and what they have taught; the moves stay as a record."""
        for table in (lessons, criterion_weights):
            self._run(self._delete(table).where(table.c.program_id == program_id))

    def factors(self, program_id: int) -> dict[str, tuple[float, int]]:
        """By what each criterion's weight is multiplied, and how many lessons say so."""
        rows = self._rows(self._select(criterion_weights).where(criterion_weights.c.program_id == program_id).order_by(criterion_weights.c.criterion))
        return {row.criterion: (row.factor, row.samples) for row in rows}

    def move(self, moves: Iterable[Move], *, samples: int) -> None:
        """Change factors and record it."""
        for one in moves:
            self._put(criterion_weights, [{"program_id": one.program_id, "criterion": one.criterion, "factor": one.later, "samples": samples}])
            self._put(
                weight_moves,
                [
                    {
                        "move_id": one.id,
                        "program_id": one.program_id,
                        "criterion": one.criterion,
                        "earlier": one.earlier,
                        "later": one.later,
                        "because": dict(one.because),
                        "at": one.at,
                    }
                ],
            )

    def moves(self, program_id: int, *, limit: int) -> list[Move]:
        """The latest changes, the newest first."""
        statement = (
            self._select(weight_moves)
            .where(weight_moves.c.program_id == program_id)
            .order_by(weight_moves.c.at.desc(), weight_moves.c.move_id.desc())
            .limit(limit)
        )
        return [
            Move(
                id=row.move_id,
                program_id=row.program_id,
                criterion=row.criterion,
                earlier=row.earlier,
                later=row.later,
                because=row.because,
                at=row.at,
            )
            for row in self._rows(statement)
        ]
