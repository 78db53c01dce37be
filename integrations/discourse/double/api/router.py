"""Routes: method and address to handler, with the granular scopes that open them."""

import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

from integrations.discourse.double.api.call import Call

Handler = Callable[[Call], object] | Callable[[Call], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Route:
    """One address. ``scopes`` are the granular key scopes that reach it; a global key reaches everything."""

    method: str
    pattern: str
    handler: Handler
    scopes: frozenset[str]
    open: bool
    regex: re.Pattern[str]
    literals: int

    @property
    def name(self) -> str:
        """How it is counted and listed."""
        return f"{self.method} {self.pattern}"


class Routes:
    """The routes of one area; a decorator a method."""

    def __init__(self) -> None:
        self.found: list[Route] = []

    def __call__(self, method: str, *patterns: str, scopes: str = "", open_site: bool = False) -> Callable[[Handler], Handler]:
        """Register a handler. ``open_site`` routes answer on sites that need a log-in, too."""

        def register(handler: Handler) -> Handler:
            for pattern in patterns:
                parts = [part for part in pattern.split("/") if part]
                regex = "".join("/" + (_part(part) if part.startswith("{") else re.escape(part)) for part in parts)
                literals = sum(not part.startswith("{") for part in parts)
                self.found.append(Route(method, pattern, handler, frozenset(scopes.split()), open_site, re.compile(regex), literals))
            return handler

        return register


def _part(part: str) -> str:
    name, _, kind = part.strip("{}").partition(":")
    return f"(?P<{name}>{'-?[0-9]+' if kind == 'int' else '[^/]+'})"


class Table:
    """All routes, found by method and number of parts; the more literal one wins, then the one with more numbers."""

    def __init__(self, areas: Iterable[Routes]) -> None:
        self._by_shape: dict[tuple[str, int], list[Route]] = {}
        for area in areas:
            for route in area.found:
                self._by_shape.setdefault((route.method, route.pattern.count("/")), []).append(route)
        for routes in self._by_shape.values():
            routes.sort(key=lambda route: (-route.literals, -route.pattern.count(":int}")))

    def match(self, method: str, path: str) -> tuple[Route, dict[str, str]] | None:
        """The route of a path without its extension."""
        for route in self._by_shape.get((method, path.count("/")), ()):
            if found := route.regex.fullmatch(path):
                return route, found.groupdict()
        if path.startswith("/users/"):  # every address of a user has this older root too
            return self.match(method, "/u/" + path.removeprefix("/users/"))
        return None

    def names(self) -> list[str]:
        """Every route, for listing."""
        return sorted(route.name for routes in self._by_shape.values() for route in routes)
