"""Which texts of queries are remembered, parsed and validated: none that may hold what somebody wrote.

Words belong into variables. What is written into a query instead would stay in memory with it for as long as others do not push it out, whoever was erased
meanwhile. A literal that has the form of an id says nothing of anybody, and is in many queries.
"""

import re
from collections.abc import Iterator

from graphql import GraphQLError
from strawberry.extensions import ParserCache, ValidationCache

from schema.limits import refused

_LITERAL = re.compile(r'"([^"]*)"?')
_ID = re.compile(r"(?:[A-Za-z0-9_=-]{16,200})?\Z")


def holds_words(text: str) -> bool:
    """Whether a query has a comment, or a literal that is no id."""
    return "#" in text or ('"' in text and not all(_ID.match(one) for one in _LITERAL.findall(text)))


class Parsing(ParserCache):
    """Remembers what was parsed."""

    def on_parse(self) -> Iterator[None]:
        """Around the parsing of an operation."""
        if holds_words(self.execution_context.query or ""):
            yield
            return
        try:
            yield from super().on_parse()
        except GraphQLError:
            # Raised before the parsing begins for the others, who never hear of it.
            refused(self.execution_context.context)
            raise


class Validating(ValidationCache):
    """Remembers what was validated."""

    def on_validate(self) -> Iterator[None]:
        """Around the validation of an operation."""
        if holds_words(self.execution_context.query or ""):
            yield
        else:
            yield from super().on_validate()
