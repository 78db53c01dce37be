"""The trade-off of a round as a picture: how even the load can be, and what that costs."""

from dataclasses import dataclass

from plugin.web.pages import Speaker

WIDTH, HEIGHT = 640, 300
LEFT, RIGHT, TOP, BOTTOM = 58, 20, 16, 44


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A place in a picture with the words beside it."""

    x: float
    y: float
    words: str = ""


@dataclass(frozen=True, kw_only=True)
class Curve:
    """A curve as a template draws it; ``rows`` are the same figures for a table."""

    line: str
    points: tuple[Mark, ...]
    here: Mark | None
    across: tuple[Mark, ...]
    up: tuple[Mark, ...]
    rows: tuple[tuple[float, float], ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    bottom: int = HEIGHT - BOTTOM
    right: int = WIDTH - RIGHT


def trade_off(points: list[object], gini: object, total: object, speaker: Speaker) -> Curve | None:
    """Load (Gini, 0 is even) across, the total upwards; ``None`` for fewer than two points, which are no trade-off."""
    found = sorted((float(one[0]), float(one[1])) for one in points if isinstance(one, list | tuple) and len(one) == 2)
    if len(found) < 2:
        return None
    here = (float(gini), float(total)) if isinstance(gini, int | float) and isinstance(total, int | float) else None
    every = [*found, here] if here else found
    across, up = [x for x, _ in every], [y for _, y in every]
    low_x, high_x, low_y, high_y = min(across), max(across), min(up), max(up)

    def at(x: float, y: float) -> Mark:
        part_x = (x - low_x) / ((high_x - low_x) or 1)
        part_y = (y - low_y) / ((high_y - low_y) or 1)
        return Mark(x=round(LEFT + part_x * (WIDTH - LEFT - RIGHT), 1), y=round(HEIGHT - BOTTOM - part_y * (HEIGHT - BOTTOM - TOP), 1))

    marks = tuple(at(x, y) for x, y in found)
    return Curve(
        line=" ".join(f"{one.x},{one.y}" for one in marks),
        points=marks,
        here=at(*here) if here else None,
        across=tuple(Mark(x=at(x, low_y).x, y=0, words=speaker.number(x)) for x in sorted({low_x, (low_x + high_x) / 2, high_x})),
        up=tuple(Mark(x=0, y=at(low_x, y).y, words=speaker.number(y)) for y in sorted({low_y, (low_y + high_y) / 2, high_y})),
        rows=tuple(found),
    )
