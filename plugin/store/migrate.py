"""Brings the tables to this version with Alembic; safe to run twice and at the same time."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from plugin.errors import Misconfigured
from plugin.settings import Settings
from plugin.store.engines import REFUSED, postgres_engine, sqlite_engine, unavailable
from plugin.store.roles import grant_service
from plugin.store.statistics import tell_planner

PATIENCE = 60.0
"""Seconds that a migrator waits for another one on the embedded database."""
_MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    return config


@cache
def expected_revision() -> str:
    """The newest migration of this version."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    assert head is not None  # noqa: S101 - the package ships its migrations
    return head


def upgrade_connection(connection: Connection) -> str:
    """Run the migrations that are missing, in one transaction that a second migrator waits for; gives the version of the tables then.

    Tables of a later version stay as they are. Raises :class:`Misconfigured` for those that this program cannot work on.
    """
    config = _config()
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7261637)")
    config.attributes["connection"] = connection
    known = {one.revision for one in ScriptDirectory.from_config(config).walk_revisions()}
    found = MigrationContext.configure(connection).get_current_revision()
    if found is not None and found not in known:
        check_revision(found)
        return found
    command.upgrade(config, "head")
    return expected_revision()


def check_revision(found: str | None) -> None:
    """Raise :class:`Misconfigured` unless this program can work on the tables.

    It can on those of its version and of any later one of the same generation, which is the first digit: migrations within one only add, so that an old
    process serves on, and can be started again, while a new one already runs beside it.
    """
    needed = expected_revision()
    if found is None or found < needed:
        raise Misconfigured(f"the database has the tables of version {found or 'none'}, this program needs {needed}: run `mentorgraph migrate`")
    if found[0] != needed[0]:
        raise Misconfigured(
            f"the database has the tables of version {found}, which is newer than this program can read ({needed}): install the newer Mentorgraph"
        )


def _unmigrated(error: Exception) -> str:
    code = getattr(getattr(error, "orig", None), "sqlstate", None)
    if code == "42501":
        return "the role of MENTORGRAPH_MIGRATE_URL may not do this: it must own the tables and may create in the schema"
    if code in REFUSED:
        return "PostgreSQL refused the connection: check the user, the password and the database's name in MENTORGRAPH_MIGRATE_URL or MENTORGRAPH_DATABASE_URL"
    if isinstance(error, DBAPIError) and code is not None:
        return f"PostgreSQL refused the migration with code {code}: nothing was changed; its own log says more"
    return "PostgreSQL does not answer: check the host and port in MENTORGRAPH_MIGRATE_URL or MENTORGRAPH_DATABASE_URL"


async def migrate_database(settings: Settings) -> str:
    """Bring the database of the settings to this version, unless it is of a later one; gives the version that it is of.

    Raises :class:`Misconfigured` with what to do when that is not possible.
    """
    if settings.embedded:
        path = settings.sqlite_path
        if not path.parent.is_dir():
            raise Misconfigured(f"the folder {path.parent} of the database does not exist: create it or change MENTORGRAPH_DATABASE_URL")
        engine = sqlite_engine(path, patience=PATIENCE)
        try:
            with engine.begin() as connection:
                reached = upgrade_connection(connection)
                tell_planner(connection)
                return reached
        except DBAPIError as error:
            if "unable to open" in str(error.orig):
                raise Misconfigured(f"the database {path} cannot be opened: check that it is a file in a folder that can be written") from error
            raise unavailable(error) from error
        finally:
            engine.dispose()
    engine_pg = postgres_engine(settings.migrate_url or settings.database_url, size=1, patience=None)
    try:
        async with engine_pg.begin() as opened:
            reached = await opened.run_sync(upgrade_connection)
            if settings.granted_role:
                await opened.run_sync(grant_service, settings.granted_role)
            return reached
    except (DBAPIError, OSError, TimeoutError) as error:
        raise Misconfigured(_unmigrated(error)) from error
    finally:
        await engine_pg.dispose()
