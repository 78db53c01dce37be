"""What the service's own role may do on PostgreSQL.

The tables belong to the role that runs ``migrate``; the service connects as a weaker one, so that row-level security holds behind every statement and no
statement of the service can change a table or a policy. ``migrate`` grants what that role needs and nothing else, after every migration, so that new tables are
covered.
"""

from sqlalchemy import Connection, text

from plugin.errors import Misconfigured
from plugin.store.tables import metadata

_ROLE = text("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = :role")


def grant_service(connection: Connection, role: str) -> None:
    """Let ``role`` read and write rows, and read which version the tables have.

    Raises :class:`Misconfigured` for a role that does not exist, or that row-level security does not bind.
    """
    found = connection.execute(_ROLE, {"role": role}).one_or_none()
    quoted = connection.dialect.identifier_preparer.quote(role)
    if found is None:
        raise Misconfigured(f"there is no role {role} in PostgreSQL: make it with CREATE ROLE {quoted} LOGIN PASSWORD '…', then migrate again")
    refuse_unbound(role, superuser=found.rolsuper, bypasses=found.rolbypassrls)
    schema = connection.dialect.identifier_preparer.quote(connection.execute(text("SELECT current_schema()")).scalar_one())
    tables = ", ".join(f"{schema}.{connection.dialect.identifier_preparer.quote(table.name)}" for table in metadata.sorted_tables)
    connection.exec_driver_sql(f"GRANT USAGE ON SCHEMA {schema} TO {quoted}")
    connection.exec_driver_sql(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {tables} TO {quoted}")
    connection.exec_driver_sql(f"GRANT SELECT ON {schema}.alembic_version TO {quoted}")


def check_bound(connection: Connection) -> None:
    """Raise :class:`Misconfigured` if the policies do not bind the role that this connection has: PostgreSQL passes over them silently."""
    role = connection.execute(text("SELECT current_user")).scalar_one()
    found = connection.execute(_ROLE, {"role": role}).one()
    refuse_unbound(role, superuser=found.rolsuper, bypasses=found.rolbypassrls)


def refuse_unbound(role: str, *, superuser: bool, bypasses: bool) -> None:
    """Raise :class:`Misconfigured` for a role that row-level security does not bind."""
    if superuser or bypasses:
        what = "is a superuser" if superuser else "has BYPASSRLS"
        raise Misconfigured(f"the role {role} {what}, so nothing would keep communities apart: let MENTORGRAPH_DATABASE_URL name a plain role")
