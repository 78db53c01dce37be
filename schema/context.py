"""What resolvers are given: who asks, and loaders that live as long as the request."""

from dataclasses import dataclass, field

from strawberry.types import Info as StrawberryInfo

from plugin.domain.people import Principal, Scope
from plugin.services import access
from plugin.services.graphs import Graphs
from plugin.services.runtime import Runtime
from schema.loaders import Loaders


@dataclass(kw_only=True)
class Context:
    """One request. ``principal`` is ``None`` without a token; :meth:`require` is how resolvers get at it."""

    runtime: Runtime
    graphs: Graphs
    principal: Principal | None
    connection_params: object = None
    """What a WebSocket client sent with ``connection_init``; set by Strawberry."""
    _loaders: Loaders | None = field(default=None)

    def require(self, scope: Scope) -> Principal:
        """Who asks, if they may. Raises :class:`~plugin.errors.Unauthenticated` or :class:`~plugin.errors.Forbidden`."""
        return access.require(self.principal, scope)

    @property
    def loaders(self) -> Loaders:
        """Loaders for whoever asks."""
        if self._loaders is None:
            self._loaders = Loaders(self.runtime, self.graphs, self.require(Scope.READ))
        return self._loaders


Info = StrawberryInfo[Context, None]
