"""Our own hosts pass what we ask of others."""

import pytest

from mentorgraph.kit import HostSuite
from tests.kit.stages import CircleStage, DiscourseStage, MatrixStage

pytestmark = pytest.mark.slow


@pytest.mark.xdist_group("kit-discourse")
class TestDiscourse(HostSuite):
    stage = DiscourseStage


@pytest.mark.xdist_group("kit-circle")
class TestCircle(HostSuite):
    stage = CircleStage


@pytest.mark.xdist_group("synapse")
class TestMatrix(HostSuite):
    stage = MatrixStage
