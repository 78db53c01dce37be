"""Relay connections with keyset cursors: a cursor is the place of a row in the order, so a row that comes or goes between two pages repeats and hides nothing.

Source: GraphQL Cursor Connections Specification (relay.dev/graphql/connections.htm). Backward paging is not offered.
"""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import strawberry

from plugin.domain.global_ids import url_safe
from plugin.errors import Invalid
from schema.ids import LARGEST

MAX_PAGE = 100
DEFAULT_PAGE = 20

T = TypeVar("T")
Node = TypeVar("Node")


@strawberry.type(description="Where a page stands in its list.")
class PageInfo:
    """See the Relay specification."""

    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


@strawberry.type(description="One row of a page, and its place.")
class Edge(Generic[Node]):
    """See the Relay specification."""

    node: Node
    cursor: str


@strawberry.type(description="A page of a list.")
class Connection(Generic[Node]):
    """See the Relay specification."""

    edges: list[Edge[Node]]
    page_info: PageInfo


def page_size(first: int | None) -> int:
    """How many rows are asked for. Raises :class:`Invalid` below 0 and above :data:`MAX_PAGE`."""
    size = DEFAULT_PAGE if first is None else first
    if not 0 <= size <= MAX_PAGE:
        raise Invalid(f"first must be 0 to {MAX_PAGE}", field="first")
    return size


def encode_cursor(kind: str, *place: int) -> str:
    """A place in a list of a kind, as an opaque text."""
    return url_safe(":".join([kind, *map(str, place)]))


def decode_cursor(cursor: str | None, kind: str, size: int) -> tuple[int, ...] | None:
    """The place that a cursor names. Raises :class:`Invalid` for one that is not of this list."""
    if cursor is None:
        return None
    try:
        found, *place = base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4)).decode("ascii").split(":")
        numbers = tuple(int(one) for one in place if one.isdigit() and len(one) < 20)
    except (ValueError, binascii.Error) as error:
        raise Invalid("after is no cursor of this list: take endCursor of the page before", field="after") from error
    if found != kind or len(numbers) != size or len(place) != size or max(numbers) >= LARGEST:
        raise Invalid("after is no cursor of this list: take endCursor of the page before", field="after")
    return numbers


@dataclass(frozen=True)
class Page(Generic[T]):
    """Rows of a page, one more than asked for if there is a next page."""

    rows: Sequence[T]
    size: int
    after: bool


def connection(page: Page[T], *, node: Callable[[T], Node | None], cursor: Callable[[T], str]) -> Connection[Node]:
    """A page as a connection. A row without a node, such as one about who is suspended, is left out; the page goes on behind it all the same."""
    shown = page.rows[: page.size]
    edges = [Edge(node=made, cursor=cursor(row)) for row in shown if (made := node(row)) is not None]
    info = PageInfo(
        has_next_page=len(page.rows) > page.size,
        has_previous_page=page.after,
        start_cursor=cursor(shown[0]) if shown else None,
        end_cursor=cursor(shown[-1]) if shown else None,
    )
    return Connection(edges=edges, page_info=info)
