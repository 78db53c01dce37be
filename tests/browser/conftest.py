"""One stage and one browser for all of these tests; each test has members of its own."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser import stage as staging
from tests.browser.stage import Stage


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with staging.stage(tmp_path_factory.mktemp("stage")) as made:
        yield made


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with staging.browser() as opened:
        yield opened
