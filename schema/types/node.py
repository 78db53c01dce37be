"""The interface of everything that has an id."""

import strawberry


@strawberry.interface(description="Something with an id that `node` finds again.")
class Node:
    """See the Relay specification, Object Identification."""

    id: strawberry.ID
