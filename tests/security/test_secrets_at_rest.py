"""Keys are rotated and dropped without a loss, in every column of seals; and neither a backup nor the files hold any secret that the service has or makes."""

from datetime import date, timedelta
from typing import Any

import orjson
import pytest
import sqlalchemy as sa
from sqlalchemy import Connection
from structlog.testing import capture_logs

from plugin.domain.people import MEMBER_SCOPES, Office, Principal, Scope
from plugin.domain.webhooks import Webhook, WebhookState
from plugin.services.developers import applications
from plugin.services.identity import operating, staffing
from plugin.services.messages import calendars, mailing, reaching
from plugin.services.operations import checkup, housekeeping, resealing
from plugin.services.operations.resealing import Moved
from plugin.settings import Settings
from plugin.store.crypto import Vault, new_secret, token_digest
from plugin.store.database import Database
from plugin.store.repositories.addresses import Address
from plugin.store.repositories.seals import SEALED
from plugin.store.tables import JSON, metadata
from plugin.store.types import Moment, Terms
from plugin.store.unit_of_work import UnitOfWork
from plugin.worker import Worker
from tests.conftest import NOW, FixedClock, make_settings
from tests.plugin.support import FakeClient, FakeHost, Picture, community, make_runtime
from tests.plugin.web.test_hooks import body_of, signed
from tests.schema.world import ORIGIN, World, fill, world_of
from tests.security.behind import Behind, found_in
from tests.security.behind import behind as from_behind

OLD, NEW = "the old key of this test", "the new key of this test"

HASHES = {
    *(
        "tokens.digest",
        "sign_ins.nonce",
        "sign_ins.binding",
        "sign_ins.about",
        "invitations.digest",
        "operator_keys.digest",
        "tombstones.digest",
        "audit.chain",
    ),
    *("applications.secret", "application_codes.digest", "application_refreshes.digest", "referral_links.digest", "certificates.digest"),
    *("addresses.code", "calendar_feeds.digest", "inbox.digest", "announcements.said", "learned.body"),
}
"""Columns of bytes that are hashes, or made of them: there is nothing in them to be opened."""


def test_every_column_of_bytes_is_a_seal_or_a_hash() -> None:
    seals = {f"{table.name}.{column.name}" for table, column in SEALED}
    found = {f"{table.name}.{column.name}" for table in metadata.sorted_tables for column in table.c if type(column.type) is sa.LargeBinary}
    assert not seals & HASHES
    assert found == seals | HASHES, "a new column of bytes: `sealed(…)` in its table, or a hash that is listed here"


# ---------------------------------------------------------------------------------------------------------------------- every column


def _words_of(table: sa.Table, column: sa.Column[Any]) -> str:
    return f"zqsealed-{table.name}-{column.name}-words"


def _fitting(column: sa.Column[object]) -> object:
    if column.type is JSON:
        return []
    for kind, value in (
        (Moment, NOW),
        (sa.Date, date(2026, 1, 1)),
        (Terms, {1: 1}),
        (sa.LargeBinary, b"x"),
        (sa.Text, "x"),
        (sa.Boolean, False),
    ):
        if isinstance(column.type, kind):
            return value
    return 7


def _plant(connection: Connection, vault: Vault, installation_id: int) -> None:
    for table in {table for table, _ in SEALED if table.name != "installations"}:
        row = {column.name: _fitting(column) for column in table.c if column.name != "installation_id"}
        for column in table.c:
            if column.info.get("sealed"):
                # Deliveries are sealed without Base64.
                text = table.name != "inbox"
                row[column.name] = vault.seal(_words_of(table, column).encode(), installation_id=installation_id, purpose="p", text=text)
        connection.execute(table.insert().values(installation_id=installation_id, **row))


async def test_every_seal_moves_to_the_newest_key(settings: Settings, behind: Behind, database: Database, clock: FixedClock) -> None:
    """In every table, twice as well, and what no key opens is counted and left as it is."""
    installation_id = await community(database)
    old, both_keys, new = Vault([OLD]), Vault([NEW, OLD]), Vault([NEW])
    await behind.run(lambda connection: _plant(connection, old, installation_id))
    chosen = settings.model_copy(update={"secret_keys": (NEW, OLD)})
    runtime = make_runtime(chosen, database, both_keys, clock, FakeHost(FakeClient(Picture(), clock)))
    # The installation's own row was sealed with the tests' key, which is neither of the two.
    assert await resealing.reseal_everywhere(runtime) == {installation_id: Moved(moved=len(SEALED) - 2, lost=2)}
    assert await resealing.reseal(runtime, installation_id) == Moved(lost=2)
    (found,) = [one for one in await checkup.examine(runtime) if "sealed by older keys" in one["message"]]
    assert "2 values" in found["message"]

    def check(unit: UnitOfWork) -> None:
        for table, column in SEALED:
            if table.name != "installations":
                (seal,) = unit._connection.execute(sa.select(column).where(table.c.installation_id == installation_id)).scalars()
                assert new.unseal(bytes(seal), installation_id=installation_id, purpose="p").decode() == _words_of(table, column)

    await database.read(installation_id, check)
    assert found_in(await behind.dump(), {_words_of(table, column) for table, column in SEALED}) == set()


# ---------------------------------------------------------------------------------------------------------------------- every secret


class Secrets:
    """What the service was given, and what it gave out: none of it is in the database."""

    def __init__(self) -> None:
        self.host = {name: f"zqsecret-{name}" for name in ("api_key", "hook", "sign_in", "openid")}
        self.made: dict[str, str] = {}

    @property
    def words(self) -> set[str]:
        return {*self.host.values(), *self.made.values(), OLD, NEW}


async def _secrets(world: World) -> Secrets:
    found = Secrets()
    cat = Principal(installation_id=world.installation_id, member_id=await world.member_id("cat"), scopes=MEMBER_SCOPES, token_id=9, audience="session")
    endpoint = f"whsec_{new_secret()}"

    def work(unit: UnitOfWork) -> None:
        held = found.host
        unit.update_installation(
            secrets={"api_key": held["api_key"], "hook_secrets": [held["hook"]], "sign_in_secrets": [held["sign_in"]], "provider_secret": held["openid"]}
        )
        secrets = unit.seal(orjson.dumps([[endpoint, None]]), purpose="webhook")
        url = unit.seal(b"https://app.example.org/zqsecret-in-address", purpose="webhook")
        unit.webhooks.put(
            Webhook(id=unit.new_id(), name="CRM", url=url, secrets=secrets, types=("mentorship.begun",), state=WebhookState.ACTIVE, created_at=unit.now)
        )

    await world.write(work)
    world.parts.runtime.forget(world.installation_id)
    wanted = applications.Wanted(
        name="App",
        redirect_uris=("https://app.example.org/back",),
        grants=frozenset({"authorization_code"}),
        scopes=frozenset({Scope.READ, Scope.ME}),
        confidential=True,
    )
    runtime, which = world.parts.runtime, world.installation_id
    found.made = {
        "member's token": await world.token("cat"),
        "service's token": await world.token(),
        "endpoint": endpoint,
        "endpoint's address": "zqsecret-in-address",
        "application": (await applications.register(runtime, which, wanted)).secret or "",
        "calendar": (await calendars.new_feed(runtime, cat)).rpartition("/")[2].removesuffix(".ics"),
        "invitation": (await staffing.invite(runtime, which, Office.SAFETY, by="operator")).rpartition("/")[2],
        "set-up": (await operating.set_up_link(runtime)).rpartition("/")[2],
    }
    assert all(len(one) > 15 for one in found.made.values())
    return found


async def _delivers(world: World, secret: str) -> int:
    body = body_of()
    return (await world.http.post(f"/hooks/{world.installation_id}/", content=body, headers=signed(body, secret=secret))).status_code


@pytest.mark.slow
async def test_an_old_key_is_dropped_and_everything_goes_on(request: pytest.FixtureRequest, settings: Settings, clock: FixedClock) -> None:
    def with_keys(*keys: str) -> Settings:
        return make_settings(database_url=settings.database_url, public_url=ORIGIN, secret_keys=",".join(keys))

    async with world_of(with_keys(OLD), clock) as world:
        await fill(world)
        secrets = await _secrets(world)
        link = await world.read(lambda unit: reaching.stop_link(unit, 7, "requests", public_url=""))
    async with world_of(with_keys(NEW, OLD), clock) as world:
        # While both are there, the service works as before and seals with the newest.
        assert await _delivers(world, secrets.host["hook"]) == 202
        moved = await resealing.reseal_everywhere(world.parts.runtime)
        assert all(one.moved and not one.lost for one in moved.values()), moved
    async with world_of(with_keys(NEW), clock) as world:
        runtime = world.parts.runtime
        assert await world.read(lambda unit: unit.seals.count_others(starts=runtime.vault.starts)) == 0
        installation = await runtime.installation(world.installation_id)
        assert (installation.api_key, installation.provider_secret) == (secrets.host["api_key"], secrets.host["openid"])
        assert await _delivers(world, secrets.host["hook"]) == 202
        assert (await world.ask("{ viewer { member { username } } }", secrets.made["member's token"])).data["viewer"]["member"]["username"] == "cat"
        assert (await world.http.get(f"/calendar/{world.installation_id}/{secrets.made['calendar']}.ics")).status_code == 200
        assert (await world.http.get(link)).status_code in {200, 404}, "the link is read, whoever member 7 is"
        assert (await staffing.invitation(runtime, world.installation_id, secrets.made["invitation"]))[0] is Office.SAFETY
        (app,) = await world.read(lambda unit: unit.applications.listing())
        assert app.secret == token_digest(secrets.made["application"])

        def every_seal(unit: UnitOfWork) -> int:
            rows = [
                seal
                for table, column in SEALED
                for seal in unit._connection.execute(sa.select(column).where(table.c.installation_id == unit.installation_id, column.is_not(None))).scalars()
            ]
            return sum(1 for seal in rows if seal and unit.vault._open(bytes(seal)))

        assert await world.read(every_seal) > 4
        server = None if settings.embedded else request.getfixturevalue("postgres")
        held = from_behind(settings, world.database._inner, server)
        for bytes_ in (await held.dump(), await held.files()):
            assert found_in(bytes_, secrets.words) == set()
            assert found_in(bytes_, {"cat"}) == {"cat"}, "this test looks where the rows are"
    async with world_of(with_keys(OLD), clock) as world:
        (lost,) = [one for one in await checkup.examine(world.parts.runtime) if "open with none" in one["message"]]
        assert lost["level"] == "error"


async def test_each_reading_moves_seals_too(sqlite_settings: Settings, clock: FixedClock) -> None:
    """So that a rotation is done with by itself."""

    def with_keys(*keys: str) -> Settings:
        return make_settings(database_url=sqlite_settings.database_url, public_url=ORIGIN, secret_keys=",".join(keys))

    async with world_of(with_keys(OLD), clock) as world:
        made = await community(world.database)
    async with world_of(with_keys(NEW, OLD), clock) as world:
        starts = world.parts.runtime.vault.starts
        assert await world.database.read(made, lambda unit: unit.seals.count_others(starts=starts)) == 2
        await housekeeping.tidy(world.parts.runtime, made)
        assert await world.database.read(made, lambda unit: unit.seals.count_others(starts=starts)) == 0
        clock.now += timedelta(seconds=1)


async def test_the_password_of_the_mail_server_is_nowhere(sqlite_settings: Settings, clock: FixedClock, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither when nothing answers there, which is written down with the mail, nor in what the service says of itself."""
    words = {"zqsecret-mail-user", "zqsecret-mail-password"}
    smtp_url = f"smtp://{'zqsecret-mail-user'}:{'zqsecret-mail-password'}@127.0.0.1:9"
    settings = make_settings(database_url=sqlite_settings.database_url, public_url=ORIGIN, secret_keys=NEW, smtp_url=smtp_url)
    async with world_of(settings, clock) as world:
        await fill(world)
        cat = await world.member_id("cat")

        def write(unit: UnitOfWork) -> None:
            unit.addresses.put(Address(member_id=cat, address=unit.seal(b"cat@example.org", purpose="address"), confirmed_at=unit.now))
            mailing.post(unit, key="k", group="confirm", member_id=cat, subject="s", paragraphs=("p",), stop_url="", locale="en")

        with capture_logs() as logs:
            await world.write(write)
            await Worker(world.parts.runtime, world.parts.graphs).run_until_idle(lanes=frozenset({"mail"}))
            said = [await checkup.examine(world.parts.runtime), settings, world.parts.runtime]
        (mail,) = await world.read(lambda unit: unit.mails.listing(limit=9))
        assert mail.error, "this test looks at a mail that failed"
        held = from_behind(settings, world.database._inner, None)
        assert found_in(await held.files(), words) == set()
        out = capsys.readouterr()
        assert not [one for one in words if one in repr([mail, logs, said]) + out.out + out.err]
