"""Writes docs/access.md: which field answers whom. ``python -m tests.security.access_table``.

Nothing in it is declared by hand: every field is asked as each role over a filled community, and the table says who was refused. A type's fields are within
reach of whoever gets an answer from a root field that leads to the type.
"""

import asyncio
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from graphql import GraphQLObjectType, get_named_type, is_interface_type, is_object_type

from plugin.domain.people import MEMBER_SCOPES, RIGHTS, SERVICE_SCOPES, Office, Principal, Scope
from plugin.store.migrate import migrate_database
from schema.context import Context
from schema.ids import GlobalId, parse_number
from schema.schema import schema
from tests.conftest import FixedClock, make_settings
from tests.schema.world import ORIGIN, START, World, fill, person, world_of
from tests.security.documents import Document, documents, node_names

PATH = Path(__file__).resolve().parents[2] / "docs" / "access.md"
ROLES = ("nobody", "member", "manager", "admin", "safety", "service", "builder")
HEAD = """# Who may ask for what

Made by `python -m tests.security.access_table`, which asks every field as each role; a test compares. A field that is added without a row here fails it.

*nobody* has no token; the operator's session is none, GraphQL looks at no cookie · *member* has a token of their own ·
*manager* is a member to whom the program that is asked about was granted · *admin* is a member whom the host calls an admin ·
*safety* is a member who looks after safety · *service* has a token of an admin's making that may read ·
*builder* has one with `programs:write`. ✓: is answered, by what they may see of it; –: is refused. Rows that belong to one member (needs, suggestions,
consents) are answered to that member alone, whatever the role; ids of another community are answered as ids that name nothing.
"""


def roles(world: World, people: Mapping[str, int]) -> dict[str, Principal | None]:
    """Who asks, as :func:`plugin.services.identity.access.principal_of` has them."""
    mine = world.installation_id

    def member(name: str, *scopes: Scope, number: int) -> Principal:
        return Principal(installation_id=mine, member_id=people[name], scopes=MEMBER_SCOPES | set(scopes), token_id=number)

    return {
        "nobody": None,
        "member": member("cat", number=1),
        "manager": member("user02", number=5),
        "admin": member("ann", *RIGHTS[Office.ADMIN], number=4),
        "safety": member("user01", *RIGHTS[Office.SAFETY], number=6),
        "service": Principal(installation_id=mine, member_id=None, scopes=frozenset({Scope.READ}), token_id=2),
        "builder": Principal(installation_id=mine, member_id=None, scopes=SERVICE_SCOPES, token_id=3),
    }


async def answered(world: World, document: Document, principal: Principal | None, ids: Sequence[str]) -> bool:
    """Whether a root field is answered, not refused, with every one of these ids."""
    for one in ids if document.takes_ids else ids[:1]:
        context = Context(runtime=world.parts.runtime, graphs=world.parts.graphs, principal=principal)
        if document.kind == "subscription":
            stream = await schema.stream(document.text, variable_values=document.filled(one), context_value=context)
            async for first in stream:
                return not getattr(first, "errors", None)
            return False
        found = await schema.execute(document.text, variable_values=document.filled(one), context_value=context)
        refused = any((error.extensions or {}).get("code") in {"unauthenticated", "forbidden"} for error in found.errors or ())
        if refused or (document.field == "viewer" and (found.data or {}).get("viewer") is None):
            return False
    return True


async def measured(world: World) -> dict[tuple[str, str], dict[str, bool]]:
    """Each root field and who is answered."""
    await world.apply(person(1, "ann", START, admin=True))
    people = roles(world, {name: await world.member_id(name) for name in ("ann", "cat", "user01", "user02")})
    creating = next(one for one in documents("mutation") if one.field == "createProgram")
    context = Context(runtime=world.parts.runtime, graphs=world.parts.graphs, principal=people["builder"])
    made = await schema.execute(creating.text, variable_values={"input": {"name": "To be asked about"}}, context_value=context)
    assert made.data is not None, made.errors
    program = parse_number(made.data["createProgram"]["program"]["id"], type_name="Program", installation_id=world.installation_id)
    managing = people["manager"]
    assert managing is not None
    await world.write(lambda unit: unit.managers.add(program, managing.member_id or 0, at=unit.now))
    # What an id names is looked at before rights in some places: the ids are those of something that there is.
    ids = [str(GlobalId(name, world.installation_id, str(program))) for name in node_names()]
    every = documents("query", "mutation", "subscription", depth=1)
    return {(one.kind, one.field): {role: await answered(world, one, people[role], ids) for role in ROLES} for one in every}


def _reached(name: str) -> set[str]:
    found: set[str] = set()
    left = [schema._schema.get_type(name)]
    while left:
        kind = left.pop()
        if kind is None or kind.name in found or not (is_object_type(kind) or is_interface_type(kind)):
            continue
        found.add(kind.name)
        left += [get_named_type(field.type) for field in kind.fields.values()]
    return found


def table(roots: Mapping[tuple[str, str], Mapping[str, bool]]) -> str:
    """The page."""
    lines = [HEAD]
    by_type: dict[str, set[str]] = {}
    for kind, root in (("query", schema._schema.query_type), ("mutation", schema._schema.mutation_type), ("subscription", schema._schema.subscription_type)):
        assert isinstance(root, GraphQLObjectType)
        lines += [f"\n## {root.name}\n", f"| field | {' | '.join(ROLES)} |", "|---" * (len(ROLES) + 1) + "|"]
        for name, field in sorted(root.fields.items()):
            who = roots[kind, name]
            lines.append(f"| `{name}` | " + " | ".join("✓" if who[role] else "–" for role in ROLES) + " |")
            for reached in _reached(get_named_type(field.type).name):
                by_type.setdefault(reached, set()).update(role for role in ROLES if who[role])
    lines += ["\n## Types\n", f"| type | fields | {' | '.join(ROLES)} |", "|---" * (len(ROLES) + 2) + "|"]
    for name, kind_of in sorted(schema._schema.type_map.items()):
        if isinstance(kind_of, GraphQLObjectType) and not name.startswith("__") and name not in {"Query", "Mutation", "Subscription"}:
            marks = " | ".join("✓" if role in by_type.get(name, set()) else "–" for role in ROLES)
            lines.append(f"| `{name}` | {', '.join(f'`{field}`' for field in kind_of.fields)} | {marks} |")
    return "\n".join(lines) + "\n"


async def made() -> str:
    """The page, from a community in a database of its own."""
    with tempfile.TemporaryDirectory() as folder:
        settings = make_settings(database_url=f"sqlite:///{folder}/access.db", public_url=ORIGIN)
        await migrate_database(settings)
        async with world_of(settings, FixedClock(now=START)) as world:
            await fill(world)
            return table(await measured(world))


if __name__ == "__main__":
    PATH.write_text(asyncio.run(made()), encoding="utf-8")
