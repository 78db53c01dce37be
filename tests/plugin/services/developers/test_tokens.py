"""Tokens that people make, on both databases."""

import asyncio
from dataclasses import replace

import pytest

from plugin.domain.people import Principal, Scope
from plugin.errors import Conflict
from plugin.services.developers import tokens
from tests.plugin.services.taking_part import crowd_of
from tests.plugin.support import World


async def test_nobody_gets_more_tokens_by_asking_for_several_at_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "MOST", 2)
    ann: Principal = replace(await (await crowd_of(world)).member("ann"), audience="session")
    asked = [tokens.create_for_member(world.runtime, ann, name=f"token {number}", scopes=frozenset({Scope.READ}), days=1) for number in range(5)]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert sum(isinstance(one, Conflict) for one in answers) == 3
    assert len(await tokens.of_member(world.runtime, ann)) == 2
