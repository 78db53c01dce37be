"""Row-level security on PostgreSQL, for tables that a migration makes."""

from collections.abc import Sequence

from alembic import op


def protect(*tables: str, across: Sequence[str] = ()) -> None:
    """Let a transaction see the rows of the installation that it named; unnamed ones see nothing. The dispatcher sees those of ``across`` as well.

    FORCE: the rules hold for the owner of the tables too. Only a superuser or a role with BYPASSRLS is beyond them, and the service must not be one.
    On SQLite this does nothing.
    """
    if op.get_bind().dialect.name != "postgresql":
        return
    mine = "installation_id = nullif(current_setting('mentorgraph.installation', true), '')::bigint"
    dispatcher = "nullif(current_setting('mentorgraph.dispatcher', true), '') = 'on'"
    for table in tables:
        rule = f"({mine}) OR {dispatcher}" if table in across else mine
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY one_community ON {table} USING ({rule}) WITH CHECK ({rule})")
