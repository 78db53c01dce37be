"""Loaders: what many fields of one answer ask for is read at once."""

from collections.abc import Collection, Mapping, Sequence

from strawberry.dataloader import DataLoader

from plugin.domain.content import Cited
from plugin.domain.members import Member
from plugin.domain.people import Principal
from plugin.domain.programs import Program
from plugin.graph.skills import Item
from plugin.services.knowledge import reading
from plugin.services.knowledge.graphs import Graphs
from plugin.services.knowledge.reading import Suggested
from plugin.services.runtime import Runtime
from plugin.services.suggestions import approaching, knowing


class Loaders:
    """For one request of one principal."""

    def __init__(self, runtime: Runtime, graphs: Graphs, principal: Principal) -> None:
        self._runtime = runtime
        self._graphs = graphs
        self.principal = principal
        self.members: DataLoader[int, Member | None] = DataLoader(load_fn=self._members)
        self.evidence: DataLoader[tuple[str, ...], list[Cited]] = DataLoader(load_fn=self._evidence)
        self.skills: DataLoader[int, Sequence[Item]] = DataLoader(load_fn=self._skills)
        self.programs: DataLoader[int, Program | None] = DataLoader(load_fn=self._programs)
        self.managers: DataLoader[int, Sequence[int]] = DataLoader(load_fn=self._managers)
        self.suggestions: DataLoader[int, Sequence[Suggested]] = DataLoader(load_fn=self._suggestions)
        self.askable: DataLoader[int, Sequence[Program]] = DataLoader(load_fn=self._askable)

    async def _members(self, keys: list[int]) -> list[Member | None]:
        found = await reading.members(self._runtime, self.principal, keys)
        return [found.get(key) for key in keys]

    async def cited(self, post_ids: Collection[str]) -> Mapping[str, Cited]:
        """Those of these posts that are there and that the reader may read."""
        return await reading.evidence(self._runtime, self.principal, post_ids) if post_ids else {}

    async def _evidence(self, keys: list[tuple[str, ...]]) -> list[list[Cited]]:
        found = await self.cited({post for key in keys for post in key})
        return [[found[post] for post in key if post in found] for key in keys]

    async def _skills(self, keys: list[int]) -> list[Sequence[Item]]:
        found = await knowing.skills(self._runtime, self._graphs, self.principal, keys)
        return [found[key] for key in keys]

    async def _programs(self, keys: list[int]) -> list[Program | None]:
        found = await reading.programs(self._runtime, self.principal, keys)
        return [found.get(key) for key in keys]

    async def _managers(self, keys: list[int]) -> list[Sequence[int]]:
        found = await reading.managers(self._runtime, self.principal, keys)
        return [found.get(key, ()) for key in keys]

    async def _suggestions(self, keys: list[int]) -> list[Sequence[Suggested]]:
        found = await reading.suggestions_of_needs(self._runtime, self.principal, keys)
        return [found.get(key, ()) for key in keys]

    async def _askable(self, keys: list[int]) -> list[Sequence[Program]]:
        found = await approaching.askable(self._runtime, self.principal, keys)
        return [found[key] for key in keys]
