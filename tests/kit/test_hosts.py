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

    def test_six_months_in_short_with_an_outage_and_a_restart_in_the_middle(self) -> None:
        self.run(self._six_months())

    async def _six_months(self) -> None:
        """A question and an answer for each month; we are away in the third and fourth, and the homeserver restarts before the fifth."""
        stage, service = self.on_stage, self.service
        assert isinstance(stage, MatrixStage)
        await service.reconcile()
        said: list[str] = []
        for month in range(1, 7):
            service.door.down = month in {3, 4}
            if month == 5:
                await stage.restart()
            topic, first = await stage.ask(self.people["asker"], f"Month {month}", f"What did we learn about pricing in month {month}?")
            said += [first, await stage.answer(self.people["expert"], topic, f"In month {month} annual plans sold better than the subscription")]

        async def all_heard() -> bool:
            return all([await service.has_post(one) for one in said])

        await service.until(all_heard, seconds=120)
        heard = await service.picture()
        posts = heard["posts"]
        assert isinstance(posts, dict)
        assert sum(one in posts for one in said) == len(said) == 12
        await service.reconcile()
        assert await service.picture() == heard, "nothing lost, nothing twice"
