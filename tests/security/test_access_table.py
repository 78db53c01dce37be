"""docs/access.md says of every field who is answered; it is compared with what the service does."""

import pytest

from tests.schema.world import World
from tests.security.access_table import PATH, ROLES, measured, table


@pytest.mark.slow
async def test_the_table_is_what_the_service_does(world: World) -> None:
    found = await measured(world)
    assert PATH.read_text(encoding="utf-8") == table(found), "run: python -m tests.security.access_table"


@pytest.mark.slow
async def test_nobody_is_answered_nothing_and_members_write_no_programs(world: World) -> None:
    found = await measured(world)
    assert not [key for key, who in found.items() if who["nobody"]]
    assert found["mutation", "createProgram"] == {role: role in {"admin", "builder"} for role in ROLES}
    assert found["mutation", "draftRound"] == {role: role in {"manager", "admin", "builder"} for role in ROLES}
    assert found["mutation", "setNeed"] == {role: role in {"member", "manager", "admin", "safety"} for role in ROLES}
    assert found["query", "deliveries"] == found["mutation", "retryDeliveries"] == {role: role == "admin" for role in ROLES}
    assert found["mutation", "createServiceToken"] == found["mutation", "grantOffice"] == {role: role == "admin" for role in ROLES}
    assert found["query", "members"] == {role: role != "nobody" for role in ROLES}
