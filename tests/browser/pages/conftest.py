"""One site for all of these tests; each test makes what it needs in it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.pages.running import Stage, stage
from tests.browser.pages.world import World, inhabit
from tests.conftest import make_settings


@pytest.fixture(scope="session")
def here(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A forum that is connected and read."""
    path = tmp_path_factory.mktemp("pages") / "mentorgraph.db"
    shutil.copyfile(sqlite_template, path)
    with stage(make_settings(database_url=f"sqlite:///{path}")) as made:
        yield made


@pytest.fixture(scope="session")
def world(here: Stage) -> World:
    """A program with people, forms, rounds, requests and mentorships in it."""
    return inhabit(here)
