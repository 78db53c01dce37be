"""The filled community of the schema's tests; and the databases from behind."""

import pytest

from plugin.settings import Settings
from plugin.store.database import Database
from tests.schema.conftest import both, clock, filled, world
from tests.security.behind import Behind
from tests.security.behind import behind as from_behind

__all__ = ["both", "clock", "filled", "world"]


@pytest.fixture
def behind(request: pytest.FixtureRequest, settings: Settings, database: Database) -> Behind:
    """The database of the test, as somebody who has it all."""
    return from_behind(settings, database, None if settings.embedded else request.getfixturevalue("postgres"))
