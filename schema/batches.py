"""Fields that are resolved for many objects at once.

A field says with :func:`batch` what answers it for all objects of a level. A plan (:mod:`schema.plans`) calls that once; the engine, which knows fields one by
one, calls the field's own resolver, which must give the same.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar

from strawberry.types.field import StrawberryField

from schema.context import HasContext

Source = TypeVar("Source")
Value = TypeVar("Value")
Batch = Callable[[HasContext, Sequence[Any]], Awaitable[Sequence[Any]]]
_KEY = "batch"


def batch(answer: Callable[[HasContext, Sequence[Source]], Awaitable[Sequence[Value]]]) -> Mapping[str, Any]:
    """Metadata for a field without arguments: ``answer`` gives the values for many objects, in their order."""
    return {_KEY: answer}


def batch_of(field: StrawberryField) -> Batch | None:
    """What answers a field for many objects at once, if anything does."""
    found: Batch | None = field.metadata.get(_KEY)
    return found
