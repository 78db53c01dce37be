"""Every query and every mutation of the schema, by who has no token and by a member of another community.

The documents are made from the schema, so what is added later is tried as well. A foreign id is answered exactly as a random one is.
"""

from typing import Any

import pytest
from sqlalchemy import BigInteger

from plugin.domain.people import MEMBER_SCOPES, SERVICE_SCOPES, Principal
from plugin.store.tables import metadata
from plugin.store.unit_of_work import UnitOfWork
from schema.context import Context
from schema.ids import GlobalId
from schema.schema import schema
from tests.plugin.support import community
from tests.schema.world import START, World, person
from tests.security.documents import Document, documents, node_names

RANDOM = 4_242_424_242_424_242
REFUSED = {"unauthenticated", "forbidden"}
EVERY = list(documents("query", "mutation"))


async def run(world: World, document: Document, principal: Principal | None, variables: dict[str, object]) -> dict[str, Any]:
    context = Context(runtime=world.parts.runtime, graphs=world.parts.graphs, principal=principal)
    found = await schema.execute(document.text, variable_values=variables, context_value=context)
    errors = [{"message": one.message, "code": (one.extensions or {}).get("code", "")} for one in found.errors or ()]
    return {"data": found.data, "errors": errors}


@pytest.mark.parametrize("document", EVERY, ids=str)
async def test_who_has_no_token_learns_nothing(world: World, document: Document) -> None:
    answer = await run(world, document, None, document.filled("x"))
    data = answer["data"]
    assert data is None or list(data.values()) == [None], answer
    assert {one["code"] for one in answer["errors"]} <= REFUSED, answer
    assert answer["errors"] or document.field == "viewer", "only `viewer` says by null that nobody is there; everything else must say what is missing"


def numbers(unit: UnitOfWork) -> set[int]:
    """One number of ours from every table that has rows."""
    found = set()
    for table in metadata.tables.values():
        column = next((one for one in table.primary_key.columns if one.name != "installation_id" and isinstance(one.type, BigInteger)), None)
        if column is not None:
            row = unit._connection.execute(table.select().where(table.c.installation_id == unit.installation_id).limit(1)).first()
            # Small ones are counters, which stand in answers for other reasons.
            if row is not None and row._mapping[column.name] > 1_000:
                found.add(int(row._mapping[column.name]))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("member", [True, False], ids=["member", "service"])
async def test_a_foreign_id_is_answered_as_a_random_one(world: World, member: bool) -> None:
    """As a member and as a service of another community, with its own installation in the id (forged) and with the one it belongs to."""
    other = await community(world.database, base_url="https://other.example.org", host="discourse")
    await world.apply(person(1, "zed", START), of=other)
    principal = Principal(
        installation_id=other, member_id=await world.member_id("zed", of=other) if member else None, scopes=SERVICE_SCOPES | MEMBER_SCOPES, token_id=9
    )
    theirs = await world.read(numbers)
    assert len(theirs) >= 3, "this test has something to ask for"
    differing, failing, tried = set(), set(), 0
    for document in (one for one in EVERY if one.takes_ids):
        for name in [*node_names(), "Proposal"]:
            for installation in (other, world.installation_id):
                random = str(GlobalId(name, installation, str(RANDOM)))
                baseline = repr(await run(world, document, principal, document.filled(random))).replace(random, "ID").replace(str(RANDOM), "NUMBER")
                failing |= {str(document)} if "'internal'" in baseline else set()
                for number in sorted(theirs):
                    foreign = str(GlobalId(name, installation, str(number)))
                    answer = repr(await run(world, document, principal, document.filled(foreign))).replace(foreign, "ID").replace(str(number), "NUMBER")
                    tried += 1
                    if answer != baseline:
                        differing.add(f"{document} with a {name}: {answer} instead of {baseline}")
    assert tried > 100
    assert not differing, "\n".join(sorted(differing))
    assert not failing


async def test_the_walk_would_show_a_leak(world: World) -> None:
    """The owner's own ids are answered otherwise than random ones: the documents reach what they ask for."""
    principal = Principal(installation_id=world.installation_id, member_id=await world.member_id("cat"), scopes=MEMBER_SCOPES, token_id=9)
    node = next(one for one in EVERY if one.field == "node")
    mine = str(GlobalId("Member", world.installation_id, str(await world.member_id("ann"))))
    assert (await run(world, node, principal, node.filled(mine)))["data"]["node"]
    assert not (await run(world, node, principal, node.filled(str(GlobalId("Member", world.installation_id, str(RANDOM))))))["data"]["node"]
