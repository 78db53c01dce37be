"""Brings the tables to this version with Alembic; safe to run twice and at the same time."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

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


def upgrade(engine: Engine) -> None:
    """Run the migrations that are missing, in one transaction that a second migrator waits for."""
    config = _config()
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7261637)")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
