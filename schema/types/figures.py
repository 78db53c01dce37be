"""Figures and numbers as GraphQL shows them."""

from collections.abc import Mapping

import strawberry

from plugin.domain import health as domain


@strawberry.type(description="A figure with its 95 % interval, where there are enough values for one.")
class Figure:
    """A figure."""

    value: float
    low: float | None
    high: float | None
    n: int = strawberry.field(description="How many it rests on.")


def figure(found: domain.Figure | None) -> Figure | None:
    """A figure as GraphQL shows it."""
    return None if found is None else Figure(value=found.value, low=found.low, high=found.high, n=found.n)


@strawberry.type(description="A number with its name.")
class NamedNumber:
    """A number."""

    name: str
    value: float


def numbers(found: Mapping[str, float]) -> list[NamedNumber]:
    """Numbers as GraphQL shows them."""
    return [NamedNumber(name=name, value=float(value)) for name, value in sorted(found.items())]
