"""What resolvers are given: who asks, and loaders that live as long as the request."""

from dataclasses import dataclass, field
from typing import Protocol

from strawberry.types import Info as StrawberryInfo

from plugin.domain.people import Principal, Scope
from plugin.services.identity import access
from plugin.services.knowledge.graphs import Graphs
from plugin.services.runtime import Runtime
from schema.budget import Budgets
from schema.loaders import Loaders


@dataclass(kw_only=True)
class Context:
    """One request. ``principal`` is ``None`` without a token; :meth:`require` is how resolvers get at it."""

    runtime: Runtime
    graphs: Graphs
    principal: Principal | None
    token: str = field(default="", repr=False)
    """What the principal was found by; on a WebSocket it is looked at again for every operation."""
    connection_params: object = None
    """What a WebSocket client sent with ``connection_init``; set by Strawberry."""
    budgets: Budgets | None = None
    streams: bool = True
    """Whether the transport can carry the answers of a subscription."""
    epoch: int = 0
    """The epoch of the installation when it was found who asks; whatever is read after that is at least as new."""
    status: int = 0
    """The status of an answer that nothing was executed for, where it is not 200 or 400."""
    retry_after: float = 0.0
    """Seconds after which the budget suffices for what was refused."""
    _loaders: Loaders | None = field(default=None)

    def require(self, scope: Scope) -> Principal:
        """Who asks, if they may. Raises :class:`~plugin.errors.Unauthenticated` or :class:`~plugin.errors.Forbidden`."""
        return access.require(self.principal, scope)

    def renew(self) -> None:
        """Begin an operation: a WebSocket has one context for many, and what an earlier one read is old by then."""
        self._loaders = None

    @property
    def loaders(self) -> Loaders:
        """Loaders for whoever asks."""
        if self._loaders is None:
            self._loaders = Loaders(self.runtime, self.graphs, self.require(Scope.READ))
        return self._loaders


class HasContext(Protocol):
    """As much of Strawberry's ``Info`` as resolvers of ours may use, so that a plan can call them too (:mod:`schema.plans`)."""

    @property
    def context(self) -> Context:
        """What the request is about."""
        ...


Info = StrawberryInfo[Context, None]
