"""Our own hosts pass what we ask of others."""

from datetime import timedelta

import pytest

from mentorgraph.kit import HostSuite
from plugin.services.hosts.handlers import doubts
from tests.kit.stages import CircleStage, DiscourseStage, MatrixStage

pytestmark = pytest.mark.slow


@pytest.mark.xdist_group("kit-discourse")
class TestDiscourse(HostSuite):
    stage = DiscourseStage


@pytest.mark.xdist_group("kit-circle")
class TestCircle(HostSuite):
    stage = CircleStage

    @pytest.fixture(autouse=True)
    def _hints_gather_for_a_second(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(doubts, "NEWS_PAUSE", timedelta(seconds=1))


@pytest.mark.xdist_group("synapse")
class TestMatrix(HostSuite):
    stage = MatrixStage
