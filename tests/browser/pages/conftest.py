"""One site and one browser for all of these tests; each test makes what it needs in it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.pages.running import Stage, chromium, stage
from tests.conftest import make_settings


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="session")
def here(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A forum that is connected and read, with a program in it."""
    path = tmp_path_factory.mktemp("pages") / "mentorgraph.db"
    shutil.copyfile(sqlite_template, path)
    with stage(make_settings(database_url=f"sqlite:///{path}")) as made:
        yield made
