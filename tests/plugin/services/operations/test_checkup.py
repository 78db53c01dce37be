"""The doctor finds the mistakes that are made most, and says of each what to do."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from mentorgraph.host import HostDenied, HostUnreachable, RateLimit, Response, Sweep
from plugin.domain.community import InstallationState, Policy
from plugin.services.hosts.choosing import policy_values
from plugin.services.operations import checkup
from plugin.store.intake import Arrival
from plugin.store.unit_of_work import UnitOfWork
from tests.conftest import FixedClock
from tests.plugin.support import NoHttp, World


def lines(found: list[checkup.Finding], level: str = "") -> str:
    return "\n".join(one["message"] for one in found if not level or one["level"] == level)


class Answering(NoHttp):
    """A way out that gives one answer."""

    def __init__(self, answer: Response | Exception) -> None:
        self._answer = answer

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Sequence[tuple[str, str]] = (),
        json: object | None = None,
        form: Sequence[tuple[str, str]] | None = None,
        repeatable: bool | None = None,
    ) -> Response:
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer


def answer_of(world: World, answer: Response | Exception) -> None:
    def make(_limit: RateLimit) -> Answering:
        return Answering(answer)

    world.runtime.make_http = make


@pytest.fixture(autouse=True)
async def _healthy(small_world: World) -> None:
    """A community in good order, so that each test has one mistake."""
    answer_of(small_world, Response(status=200, headers={}, body=b'{"status":"ok"}'))

    def work(unit: UnitOfWork) -> None:
        unit.update_installation(policy=policy_values(Policy(opt_in_group="7")), pinged_at=unit.now)
        state = unit.sweeps.get(Sweep.RECENT)
        unit.sweeps.put(replace(state, number=1, began_at=unit.now, finished_at=unit.now))

    await small_world.database.write(small_world.installation_id, work)
    small_world.runtime.settings.sqlite_path.chmod(0o600)


async def test_a_community_in_good_order(small_world: World) -> None:
    found = await checkup.examine(small_world.runtime)
    assert not lines(found, "error")
    assert "the database answers" in lines(found, "ok")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (HostUnreachable("No answer."), "cannot be reached"),
        (Response(status=200, headers={}, body=b"<html>nginx</html>"), "cannot be reached"),
        (Response(status=200, headers={}, body=b'{"status":"somebody else"}'), "leads to something else"),
        (Response(status=502, headers={}, body=b"{}"), "leads to something else"),
    ],
)
async def test_the_public_address_does_not_lead_here(small_world: World, answer: Response | Exception, said: str) -> None:
    answer_of(small_world, answer)
    assert said in lines(await checkup.examine(small_world.runtime), "error")


@pytest.mark.parametrize(("url", "level"), [("http://mentors.example.org", "error"), ("http://127.0.0.1:8000", "warning")])
async def test_an_address_that_hosts_cannot_use(small_world: World, url: str, level: str) -> None:
    small_world.runtime.settings = small_world.runtime.settings.model_copy(update={"public_url": url})
    assert "MENTORGRAPH_PUBLIC_URL" in lines(await checkup.examine(small_world.runtime), level)


async def test_the_file_can_be_read_by_everybody(small_world: World) -> None:
    small_world.runtime.settings.sqlite_path.chmod(0o644)
    assert "chmod 600" in lines(await checkup.examine(small_world.runtime), "warning")


async def test_the_disk_is_full(small_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def usage(_path: Path) -> SimpleNamespace:
        return SimpleNamespace(free=5_000_000)

    monkeypatch.setattr("shutil.disk_usage", usage)
    assert "5 MB left" in lines(await checkup.examine(small_world.runtime), "error")


async def test_the_key_was_revoked(small_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse() -> None:
        raise HostDenied("The key is not accepted.")

    monkeypatch.setattr(small_world.client, "describe", refuse)
    assert "The key is not accepted." in lines(await checkup.examine(small_world.runtime), "error")


ROWS: dict[str, tuple[Callable[[UnitOfWork], object], str, str]] = {
    "nobody can agree": (lambda unit: unit.update_installation(policy=policy_values(Policy())), "warning", "no way to agree to messages"),
    "no ping": (lambda unit: unit.update_installation(pinged_at=None), "warning", "no ping"),
    "not connected": (lambda unit: unit.update_installation(state=InstallationState.DISCONNECTED.value), "warning", "is disconnected"),
}


@pytest.mark.parametrize("name", ROWS)
async def test_what_the_rows_show(small_world: World, name: str) -> None:
    work, level, said = ROWS[name]
    await small_world.database.write(small_world.installation_id, work)
    assert said in lines(await checkup.examine(small_world.runtime), level)


async def test_nobody_works(small_world: World, clock: FixedClock) -> None:
    arrival = Arrival(small_world.installation_id, "1", "post", b"1", b"sealed", "t", clock())
    await small_world.database.put(arrival)
    clock.move(minutes=11)
    assert "is a worker running?" in lines(await checkup.examine(small_world.runtime), "error")


async def test_nobody_reads(small_world: World, clock: FixedClock) -> None:
    clock.move(seconds=timedelta(hours=4).total_seconds())
    assert "was last read at" in lines(await checkup.examine(small_world.runtime), "warning")


async def test_why_a_lane_rests(small_world: World) -> None:
    def work(unit: UnitOfWork) -> None:
        unit.lanes.wake("outbox", at=unit.now)

    await small_world.database.write(small_world.installation_id, work)
    (claim,) = await small_world.database.dispatch(lambda found: found.claim(now=small_world.runtime.clock(), lease=timedelta(minutes=1), holder="x", limit=1))

    await small_world.database.dispatch(lambda found: found.release(claim, due_at=None, note="The host asks us to wait."))
    assert "The host asks us to wait." in lines(await checkup.examine(small_world.runtime), "warning")
