"""How often a host with a monthly quota was called."""

from sqlalchemy import BigInteger, Column, Text

from plugin.store.tables.base import table

host_calls = table("host_calls", Column("month", Text, nullable=False), Column("calls", BigInteger, nullable=False), key=("month",))
