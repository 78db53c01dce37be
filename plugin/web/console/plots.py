"""Numbers over time as small pictures that a template draws."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Self

WIDTH, HEIGHT = 320, 110
LEFT, RIGHT, TOP, BOTTOM = 4, 8, 10, 8


@dataclass(frozen=True, kw_only=True)
class Plot:
    """A line, the newest number, and every number for a table."""

    name: str
    line: str
    area: str
    last: tuple[float, float]
    latest: str
    change: str
    rows: tuple[tuple[str, str], ...]
    width: int = WIDTH
    height: int = HEIGHT

    @classmethod
    def of(cls, name: str, found: Sequence[tuple[str, float]], *, say: Callable[[float], str]) -> Self:
        """A plot of at least one number, the oldest first."""
        top = max((value for _, value in found), default=0.0) or 1.0
        step = (WIDTH - LEFT - RIGHT) / max(len(found) - 1, 1)
        start = LEFT if len(found) > 1 else WIDTH - RIGHT
        points = [
            (round(start + step * i, 1), round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * max(value, 0.0) / top, 1)) for i, (_, value) in enumerate(found)
        ]
        line = " ".join(f"{x},{y}" for x, y in points)
        floor = HEIGHT - BOTTOM
        return cls(
            name=name,
            line=line,
            area=f"{points[0][0]},{floor} {line} {points[-1][0]},{floor}",
            last=points[-1],
            latest=say(found[-1][1]),
            change=say(found[-1][1] - found[0][1]) if len(found) > 1 else "",
            rows=tuple((day, say(value)) for day, value in reversed(found)),
        )
