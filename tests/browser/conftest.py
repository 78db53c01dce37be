"""A stage for each file and one browser for all of these tests; each test has members of its own."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import stage as staging
from tests.browser.component import compile_theme
from tests.browser.stage import Stage

# Generous: what is waited for comes at once where nothing else runs.
expect.set_options(timeout=20_000)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with staging.stage(tmp_path_factory.mktemp("stage")) as made:
        yield made


@pytest.fixture(scope="module")
def themed(stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """The stage, with the theme component compiled."""
    compile_theme(stage, tmp_path_factory.mktemp("theme"))
    return stage


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with staging.browser() as opened:
        yield opened
