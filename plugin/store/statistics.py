"""What SQLite is told of how rows are spread over communities.

Without figures it takes for granted that few rows have one ``installation_id``, and reads all rows of a community by their primary key instead of taking a
narrower index: nearly every table is kept in its primary key, which is the cheaper one then. So ``migrate`` writes the figures of large communities into
``sqlite_stat1`` (sqlite.org/fileformat2.html, section 2.6.3). They are the same in every database: a plan does not depend on when somebody counted.
"""

from sqlalchemy import Connection

ROWS = 1_000_000
"""Of a table, all of them of one community."""
IN_A_STATE = 2_000
"""Rows of a community in one state: what is asked for are the few that wait."""
FEW = 1_000
"""Rows in an index that has those alone that wait: it is taken before one by the state, and gives them in the order in which they are due."""
ALIKE = 20
"""Rows of a community that have any other column in common, such as the posts of a topic."""


def tell_planner(connection: Connection) -> None:
    """Write the figures for every index that there is. For SQLite alone."""
    # This reads no rows: it makes the table of figures where there is none, and below has them taken up.
    connection.exec_driver_sql("ANALYZE sqlite_master")
    connection.exec_driver_sql("DELETE FROM sqlite_stat1")
    tables = connection.exec_driver_sql(
        "SELECT name, sql LIKE '%WITHOUT ROWID' FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'"
    )
    figures = [
        # A primary key that is the table goes by the table's name.
        (table, table if origin == "pk" and within else index, _figures(connection, index, unique=bool(unique), partial=bool(partial)))
        for table, within in tables.all()
        for _, index, unique, origin, partial in connection.exec_driver_sql(f'PRAGMA index_list("{table}")').all()
    ]
    connection.exec_driver_sql("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?, ?, ?)", figures)
    connection.exec_driver_sql("ANALYZE sqlite_master")


def _figures(connection: Connection, index: str, *, unique: bool, partial: bool) -> str:
    """How many rows there are in an index, and how many have its first column in common, the first two, and so on."""
    names = [name for _, _, name in connection.exec_driver_sql(f'PRAGMA index_info("{index}")').all()]
    rows = FEW if partial else ROWS
    found = [rows, rows if names[0] == "installation_id" and len(names) > 1 else ALIKE]
    for name in names[1:]:
        found.append(min(found[-1], IN_A_STATE if name == "state" else ALIKE))
    if unique:
        found[-1] = 1
    return " ".join(map(str, found))
