"""Unique strings in every personal column: gone from the files of either database after erasure, and never in a log.

The columns are read from the tables, so that a column that is added is planted as well; of a table that names no member it has to be said what of one is in it.
What members wrote and where features carried it is in ``test_words_of_members.py``.
"""

import gc
from dataclasses import replace
from datetime import datetime
from types import FrameType
from typing import Any

import pytest
from sqlalchemy import BigInteger, Boolean, Column, Connection, Date, LargeBinary, Text, select
from structlog.testing import capture_logs

from plugin.services.departures.erasure import erase_member
from plugin.services.hosts import handlers
from plugin.services.operations import housekeeping
from plugin.settings import Settings
from plugin.store.crypto import Vault
from plugin.store.database import Database
from plugin.store.tables import JSON, MEMBER_COLUMNS, members, metadata
from plugin.store.types import Moment, Terms
from plugin.store.unit_of_work import UnitOfWork
from schema import trusted
from schema.ids import GlobalId
from tests.conftest import FixedClock
from tests.plugin.services import stories
from tests.plugin.support import FakeClient, FakeHost, Picture, community, make_runtime
from tests.schema.world import START, World, person, world_of
from tests.security.behind import Behind, found_in

PERSONAL = sorted(set(MEMBER_COLUMNS) - {"members"})

OF_OTHERS = {
    "agreements": "words of a pair, planted by test_words_of_members",
    "calendar_events": "likewise",
    "sessions": "likewise",
    "announcements": "managers' words about a program",
    "application_tokens": "numbers of ours",
    "applications": "what a developer says of an application",
    "audit": "names members by numbers drawn by lot; test_words_of_members looks into it",
    "bank_questions": "managers' questions",
    "budgets": "sums",
    "changes": "numbers of ours, for a day",
    "checks": "ids of the host, until it was asked; a member's goes with the member",
    "criterion_weights": "figures",
    "evidence": "ids of posts, gone with the suggestion",
    "feed": "ids of ours, handed out to developers, who hear of the erasure",
    "form_versions": "managers' questions",
    "forms": "managers' names of forms",
    "gone": "ids of the host, for 30 days, so that late deliveries bring nothing back",
    "groups": "groups of the host",
    "groups_ours": "names and figures of groups",
    "host_calls": "counts",
    "inbox": "sealed deliveries until they are handled, of dead ones for seven days: manifest.yaml says so",
    "installations": "the community and its secrets",
    "invitations": "hashes",
    "jobs": "numbers of ours",
    "kind_holds": "kinds of messages",
    "lanes": "what is due",
    "learned": "keyed hashes, anew each day",
    "measures": "figures of the whole community",
    "operator_keys": "hashes",
    "program_events": "managers' words about an event",
    "programs": "managers' words about a program",
    "ranking_weights": "figures",
    "reward_levels": "managers' names of levels",
    "reward_rules": "managers' names of badges",
    "rounds": "managers' names of rounds, and figures",
    "session_kits": "managers' words",
    "sign_ins": "hashes, and a seal for ten minutes",
    "skill_names": "names of skills that managers brought together",
    "spaces": "spaces of the host",
    "sweeps": "how far the host was read",
    "tags": "tags of the host",
    "tombstones": "keyed hashes, which is what they are for",
    "vocabulary": "words of three members or more",
    "waves": "when members are asked",
    "webhook_posts": "numbers of ours and states",
    "webhooks": "addresses of developers' programs, sealed",
    "weight_moves": "figures",
}
"""Tables that name no member by a number, and what of a member is in them."""


def test_every_table_is_planted_or_said_why_not() -> None:
    assert not set(OF_OTHERS) & set(MEMBER_COLUMNS)
    assert set(OF_OTHERS) | set(MEMBER_COLUMNS) == set(metadata.tables), "whose words are in the new table? MEMBER_COLUMNS, or OF_OTHERS"


def canary(table: str, column: str) -> str:
    return f"zq-{table}-{column}-canary"


CLOSED = {("mentorships", "end_reason"): "other"}
"""Columns that hold one of a few words of ours, which are read as such on the way."""


def value(table: str, column: Column[object], member_id: int, now: datetime) -> object:
    """Something for a column that the database takes; a canary where it takes words."""
    if column.name in MEMBER_COLUMNS[table]:
        return member_id
    if (table, column.name) in CLOSED:
        return CLOSED[table, column.name]
    if column.type is JSON:
        return [canary(table, column.name)]
    for kind, found in (
        (Moment, now),
        (Date, now.date()),
        (Terms, {1: 1}),
        (LargeBinary, canary(table, column.name).encode()),
        (Text, canary(table, column.name)),
        (Boolean, True),
        (BigInteger, 70_000 + len(column.name)),
    ):
        if isinstance(column.type, kind):
            return found
    return 1


def planted_words() -> set[str]:
    return {canary(name, column.name) for name in PERSONAL for column in metadata.tables[name].c if _is_planted(name, column)}


def _is_planted(table: str, column: Column[object]) -> bool:
    if column.name in MEMBER_COLUMNS[table] or (table, column.name) in CLOSED or isinstance(column.type, Terms):
        return False
    return isinstance(column.type, (Text, LargeBinary)) or column.type is JSON


SPOKEN = ("username", "name", "avatar_url", "title", "bio", "location", "locale", "timezone")


def plant(connection: Connection, installation_id: int, member_id: int, now: datetime) -> None:
    """A row about the member in every table, behind the service's back."""
    for name in PERSONAL:
        table = metadata.tables[name]
        row = {column.name: value(name, column, member_id, now) for column in table.c if column.name != "installation_id"}
        connection.execute(table.insert().values(installation_id=installation_id, **row))
    words = {column.name: canary("members", column.name) for column in members.c if isinstance(column.type, Text) and column.name in SPOKEN}
    mine = (members.c.installation_id == installation_id, members.c.member_id == member_id)
    connection.execute(members.update().where(*mine).values(**words))
    assert connection.execute(select(members.c.member_id).where(*mine)).scalar() == member_id


REMEMBERED = {canary("posts", "post_id"), canary("topics", "topic_id")}
"""The host's ids of what the member wrote are remembered for 30 days, so that late deliveries do not bring it back."""
STAYS = {
    "ledger": ("currency", "decided_by", "kind", "proposed_by", "reference", "state", "words"),
    "mentorships": ("begun_by", "source"),
    "pair_items": ("kind", "state"),
    "topics": ("solution_post_id", "space_id", "tags", "topic_id"),
}
"""What stays when the member's number is taken out of a row: closed words of ours, numbers of whoever decided, the accounts of money that was paid, and where
others answered in the host: its numbers and its tags."""


@pytest.mark.slow
@pytest.mark.parametrize(("settings", "why"), [("sqlite", "host"), ("sqlite", "self"), ("sqlite", "admin"), ("postgres", "self")], indirect=["settings"])
async def test_every_planted_word_is_gone_after_erasure_and_none_was_logged(
    settings: Settings, database: Database, behind: Behind, vault: Vault, clock: FixedClock, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    installation_id = await community(database)
    runtime = make_runtime(settings, database, vault, clock, FakeHost(FakeClient(Picture(), clock)))
    await database.write(installation_id, lambda unit: handlers.apply([stories.person("77", source=stories.HOST)], unit))

    def find(unit: UnitOfWork) -> int:
        found = unit.members.by_host("77")
        assert found is not None
        return found.id

    member_id = await database.read(installation_id, find)
    await behind.run(lambda connection: plant(connection, installation_id, member_id, clock()))
    words = planted_words() | {canary("members", one) for one in SPOKEN}
    assert len(words) > 30
    assert found_in(await behind.files(), words) == words, "this test plants what it looks for"
    with capture_logs() as logs:
        await housekeeping.tidy(runtime, installation_id)
        await database.write(installation_id, lambda unit: erase_member("77", unit, why=why))
    kept = {canary(table, column) for table, columns in STAYS.items() for column in columns}
    assert found_in(await behind.files(), words) - kept <= REMEMBERED
    clock.move(days=31)
    with capture_logs() as later:
        await housekeeping.tidy(runtime, installation_id)
    assert found_in(await behind.files(), words) - kept == set()
    logs += later
    said = capsys.readouterr()
    assert not [word for word in words if word in repr(logs) + said.out + said.err]


def held_in_memory(word: str) -> list[str]:
    """What holds texts or bytes with the word in this process, apart from the test itself; ``word`` is in capitals here, so that it does not find itself."""
    needle, found = word.lower(), []
    raw = needle.encode()
    gc.collect()
    for holder in gc.get_objects():
        if isinstance(holder, FrameType):
            continue
        said = [one for one in gc.get_referents(holder) if (type(one) is str and needle in one) or (type(one) is bytes and raw in one)]
        found += [f"{type(holder).__name__}: {str(one)[:200]}" for one in said if one is not needle and one is not raw]
    return found


async def test_nothing_in_memory_holds_the_words_of_who_was_erased(world: World) -> None:
    """Rendered answers, plans, parsed queries, the graph and its index: with the next request after an erasure they are gone, not only not shown."""
    word = "ZQMEMORY" + "CANARY"
    await world.apply(replace(person(1, "ann", START), name=f"{word.lower()} Ann"))
    token, hers = await world.token("cat"), await world.token("ann")
    home = trusted.document_hash((trusted.FOLDER / "suggestions.v1.graphql").read_text())
    written = "mutation { setNeed(input: {text: %s}) { need { id } userErrors { message } } }"
    for _ in range(4):
        for body in (
            {"documentId": f"sha256:{home}"},
            {"query": "{ members(first: 50) { edges { node { name } } } }"},
            {"query": "{ viewer { suggestions(first: 20) { edges { node { member { name } } } } } }"},
            {"query": "query($n: String!) { expertsFor(need: $n) { member { name } } }", "variables": {"n": f"pricing {word.lower()} plans"}},
        ):
            await world.http.post("/graphql", json=body, headers={"Authorization": f"Bearer {token}"})
        await world.ask(written % f'"how do annual pricing plans {word.lower()} work"', hers)
        await world.ask(f'{{ expertsFor(need: "pricing {word.lower()}") {{ member {{ name }} }} }} # {word.lower()}', hers)
    assert held_in_memory(word), "this test finds what it looks for"
    await world.write(lambda unit: erase_member("1", unit, why="self"))
    await world.ask("{ members(first: 50) { edges { node { name } } } }", token)
    await world.ask("{ viewer { suggestions(first: 20) { edges { node { member { name } } } } } }", token)
    await world.ask('{ expertsFor(need: "annual pricing plans") { member { name } } }', token)
    assert held_in_memory(word) == []


async def test_what_is_remembered_in_memory_goes_with_the_commit(world: World) -> None:
    """Graphs, answers that are kept, tokens that were looked up: none shows the member once more, in this process or in another on the same database."""
    await world.apply(replace(person(1, "ann", START), name="Zqnamecanary Ann"))
    token, hers = await world.token("cat"), await world.token("ann")
    ann = str(GlobalId("Member", world.installation_id, str(await world.member_id("ann"))))
    asking: list[tuple[str, dict[str, Any]]] = [
        ('{ expertsFor(need: "pricing a first product with annual plans", first: 10) { member { name username } reasons { text evidence { title } } } }', {}),
        ("{ viewer { suggestions(first: 20) { edges { node { member { name } } } } } }", {}),
        ("{ members(first: 50) { edges { node { name } } } }", {}),
        ("query($id: ID!) { node(id: $id) { ... on Member { name skills { name } } } }", {"id": ann}),
    ]
    async with world_of(world.parts.runtime.settings, world.clock) as beside:
        for one in (world, beside):
            for query, variables in (*asking, *asking):
                assert "Zqnamecanary" in str((await one.ask(query, token, **variables)).data), query
            assert (await one.ask("{ viewer { member { name } } }", hers)).data["viewer"]["member"]["name"]
        await world.write(lambda unit: erase_member("1", unit, why="self"))
        for one in (world, beside):
            for query, variables in asking:
                assert "Zqnamecanary" not in str((await one.ask(query, token, **variables)).body), query
            assert (await one.ask("{ viewer { member { name } } }", hers)).status == 401
